// The kernels for what every machine has: vectors of 16 bytes, which are SSE2 on x86-64 and NEON on arm64.
#include "Includes.h"

#define VECTOR_BYTES 16
#include "Set.h"

const rk_kernel_table rk_kernels_plain = RK_KERNEL_TABLE;
