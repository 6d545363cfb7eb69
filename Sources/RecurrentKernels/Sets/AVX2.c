// The kernels for AVX2 with FMA: vectors of 32 bytes.
#include "Includes.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma,bmi,bmi2"))), apply_to = function)
#define VECTOR_BYTES 32
#include "Set.h"

const rk_kernel_table rk_kernels_avx2 = RK_KERNEL_TABLE;
#pragma clang attribute pop
#endif
