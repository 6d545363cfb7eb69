// Random numbers by counter: element i comes from output i of SplitMix64 (Steele, Lea, Flood 2014) started at `state`,
// that is from mix(state + (i + 1) * gamma), so that any element can be computed by itself and any thread may do so. An
// output z becomes a number u in 0 ..< 1 of as many bits as the mantissa holds:
//   float   u = (z >> 40) / 2^24        double   u = (z >> 11) / 2^53
// The arithmetic behind it is never contracted to fused multiply-add: every instruction set gives the same bits.

#define random_job NAMED(rk_random_job)
#define random_unit NAMED(rk_random_unit)
#define random_uniform_range NAMED(rk_random_uniform_range)
#define random_mask_range NAMED(rk_random_mask_range)

typedef struct {
  uint64_t state;
  SCALAR a, b;
  SCALAR *y;
} random_job;

RK_INLINE SCALAR random_unit(uint64_t state, ptrdiff_t i) {
  uint64_t z = state + ((uint64_t)i + 1) * 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  z ^= z >> 31;
  // By way of signed integers, whose conversion is one instruction.
  return IS_DOUBLE ? (SCALAR)(int64_t)(z >> 11) * (SCALAR)0x1p-53 : (SCALAR)(int32_t)(z >> 40) * (SCALAR)0x1p-24;
}

static void random_uniform_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
#pragma clang fp contract(off)
  const random_job *r = context;
  SCALAR low = r->a, width = r->b - r->a, *y = r->y;
  uint64_t state = r->state;
  for (ptrdiff_t i = begin; i < end; i++) y[i] = low + width * random_unit(state, i);
}

// low + (high - low) * u
static void NAME(random_uniform)(uint64_t state, SCALAR low, SCALAR high, SCALAR *y, ptrdiff_t count) {
  random_job r = {state, low, high, y};
  rk_ranges(count, rk_grain, random_uniform_range, &r);
}

static void random_mask_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const random_job *r = context;
  SCALAR keep = r->a, kept = r->b, *y = r->y;
  uint64_t state = r->state;
  for (ptrdiff_t i = begin; i < end; i++) y[i] = random_unit(state, i) < keep ? kept : 0;
}

// 1 / keep where u < keep, else 0
static void NAME(random_mask)(uint64_t state, SCALAR keep, SCALAR *y, ptrdiff_t count) {
  random_job r = {state, keep, 1 / keep, y};
  rk_ranges(count, rk_grain, random_mask_range, &r);
}
