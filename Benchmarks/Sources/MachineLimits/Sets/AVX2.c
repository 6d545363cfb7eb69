// The loops for AVX2 with FMA: vectors of 32 bytes.
#if defined(__x86_64__)
#include "../include/MachineLimits.h"
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define SET avx2
#define VECTOR_BYTES 32
#include "../Loops.h"
#pragma clang attribute pop
#endif
