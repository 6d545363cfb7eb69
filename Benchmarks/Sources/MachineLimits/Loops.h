// The loops of one instruction set. The including file has pushed the matching target attribute and defines SET (plain,
// avx2, avx512) and VECTOR_BYTES.
#include "MachineLimits.h"

#define PASTE_(a, b) a##_##b
#define PASTE(a, b) PASTE_(a, b)
#define LANES (VECTOR_BYTES / sizeof(float))

typedef float PASTE(floats, SET) __attribute__((ext_vector_type(LANES)));
typedef uint32_t PASTE(words, SET) __attribute__((ext_vector_type(LANES)));

// Enough accumulators to fill the pipes for as long as one multiply-add takes, few enough to stay in registers.
#if VECTOR_BYTES == 64 || defined(__aarch64__)
enum { PASTE(accumulators, SET) = 24 };
#else
enum { PASTE(accumulators, SET) = 12 };
#endif
enum { PASTE(steps, SET) = 8 };

const int64_t PASTE(machine_operations, SET) = 2 * (int64_t)LANES * PASTE(accumulators, SET) * PASTE(steps, SET);

/// Half of every accumulator plus one, again and again; the values stay between 1 and 2.
double PASTE(machine_multiply_add, SET)(int64_t rounds, float half, float one) {
  typedef PASTE(floats, SET) vector;
  enum { count = PASTE(accumulators, SET) };
  vector a[count], factor = (vector)half, term = (vector)one;
#pragma clang loop unroll(full)
  for (int i = 0; i < count; i++) a[i] = (vector)1.0f;
  for (int64_t round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
    for (int step = 0; step < PASTE(steps, SET); step++) {
#pragma clang loop unroll(full)
      for (int i = 0; i < count; i++) a[i] = a[i] * factor + term;
    }
  }
  double sum = 0;
  for (int i = 0; i < count; i++) {
    for (size_t lane = 0; lane < LANES; lane++) sum += (double)a[i][lane];
  }
  return sum;
}

/// The sum of a block's words, read `passes` times: eight sums side by side, so that reading alone decides the time.
uint32_t PASTE(machine_read, SET)(const uint32_t *block, size_t bytes, int64_t passes) {
  typedef PASTE(words, SET) vector;
  enum { count = 8 };
  vector a[count];
#pragma clang loop unroll(full)
  for (int i = 0; i < count; i++) a[i] = (vector)0u;
  for (int64_t pass = 0; pass < passes; pass++) {
    // The block might have changed, for all the compiler knows: it has to be read again.
    __asm__ volatile("" ::: "memory");
    for (size_t word = 0; word < bytes / 4; word += count * LANES) {
#pragma clang loop unroll(full)
      for (size_t i = 0; i < count; i++) {
        vector v;
        __builtin_memcpy(&v, block + word + i * LANES, sizeof v);
        a[i] += v;
      }
    }
  }
  uint32_t sum = 0;
  for (int i = 0; i < count; i++) {
    for (size_t lane = 0; lane < LANES; lane++) sum += a[i][lane];
  }
  return sum;
}

#undef PASTE_
#undef PASTE
#undef LANES
