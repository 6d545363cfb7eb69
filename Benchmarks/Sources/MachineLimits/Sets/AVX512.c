// The loops for AVX-512: vectors of 64 bytes.
#if defined(__x86_64__)
#include "../include/MachineLimits.h"
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma"))), apply_to = function)
#define SET avx512
#define VECTOR_BYTES 64
#include "../Loops.h"
#pragma clang attribute pop
#endif
