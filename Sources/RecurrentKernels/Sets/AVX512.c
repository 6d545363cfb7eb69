// The kernels for AVX-512 (F, DQ, BW, VL) with FMA: vectors of 64 bytes.
#include "Includes.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma,bmi,bmi2"))), \
                             apply_to = function)
#define VECTOR_BYTES 64
#include "Set.h"

const rk_kernel_table rk_kernels_avx512 = RK_KERNEL_TABLE;
#pragma clang attribute pop
#endif
