// Vectors of SCALAR, as wide as the instruction set allows, and the functions of one vector that the kernels share.
//
// The including file defines SCALAR (float or double), SUFFIX (f32 or f64), VECTOR_BYTES (64, 32 or 16), and has pushed
// the matching target attribute. This file may be included once a scalar type; the names without suffix (vec, v_load,
// ...) then mean those of the present SCALAR.
//
// Accuracy: v_exp, v_expm1, v_log, v_log1p, v_tanh and v_sigmoid are within about 2 units in the last place (3 for
// tanh) over their whole range, give the right limits at infinity, keep NaN, and never make NaN of a number. The
// polynomials are minimax fits (Remez exchange in 200-bit arithmetic) on the reduced ranges named beside them.

#ifndef RK_VECTOR_ONCE
#define RK_VECTOR_ONCE

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#if VECTOR_BYTES > 16
#include <immintrin.h>
#endif

#define RK_INLINE static inline __attribute__((always_inline, unused))
#define RK_PASTE_(a, b) a##_##b
#define RK_PASTE(a, b) RK_PASTE_(a, b)
/// name_f32 or name_f64: how every name of a template is made its own for each scalar type.
#define NAMED(name) RK_PASTE(name, SUFFIX)

#define LANES ((ptrdiff_t)(VECTOR_BYTES / sizeof(SCALAR)))
#define IS_DOUBLE (sizeof(SCALAR) == 8)

/// Whether a * b + c rounds once. Plain x86 has no such instruction, and the library's is a hundred times slower.
#if VECTOR_BYTES > 16 || defined(__aarch64__) || defined(__FMA__)
#define HAS_FMA 1
#else
#define HAS_FMA 0
#endif

typedef int32_t rk_integer_f32;
typedef long rk_integer_f64;  // what comparing doubles gives; int64_t is long long on macOS, and another type

#define INTEGER NAMED(rk_integer)
#define vec NAMED(rk_vec)
#define vec_int NAMED(rk_vec_int)
#define v_load NAMED(rk_v_load)
#define v_store NAMED(rk_v_store)
#define v_load_partial NAMED(rk_v_load_partial)
#define v_store_partial NAMED(rk_v_store_partial)
#define v_set NAMED(rk_v_set)
#define v_zero NAMED(rk_v_zero)
#define v_fma NAMED(rk_v_fma)
#define v_min NAMED(rk_v_min)
#define v_max NAMED(rk_v_max)
#define v_select NAMED(rk_v_select)
#define v_abs NAMED(rk_v_abs)
#define v_sqrt NAMED(rk_v_sqrt)
#define v_bits NAMED(rk_v_bits)
#define v_from_bits NAMED(rk_v_from_bits)
#define v_sum NAMED(rk_v_sum)
#define v_copy_sign NAMED(rk_v_copy_sign)
#define v_reduce_exponent NAMED(rk_v_reduce_exponent)
#define v_expm1_polynomial NAMED(rk_v_expm1_polynomial)
#define v_power_of_two NAMED(rk_v_power_of_two)
#define v_exp NAMED(rk_v_exp)
#define v_expm1 NAMED(rk_v_expm1)
#define v_expm1_bounded NAMED(rk_v_expm1_bounded)
#define v_tanh NAMED(rk_v_tanh)
#define v_sigmoid NAMED(rk_v_sigmoid)
#define v_log NAMED(rk_v_log)
#define v_log1p NAMED(rk_v_log1p)

#endif

typedef SCALAR vec __attribute__((ext_vector_type(VECTOR_BYTES / sizeof(SCALAR))));
/// What a comparison of two vectors gives: all bits set where it holds.
typedef INTEGER vec_int __attribute__((ext_vector_type(VECTOR_BYTES / sizeof(SCALAR))));

// MARK: Moving

RK_INLINE vec v_load(const SCALAR *p) {
  vec v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}

RK_INLINE void v_store(SCALAR *p, vec v) { __builtin_memcpy(p, &v, sizeof v); }

/// The first count (0 ... LANES) elements at p, zeros behind them; reads nothing past them.
RK_INLINE vec v_load_partial(const SCALAR *p, ptrdiff_t count) {
#if VECTOR_BYTES == 64
  if (IS_DOUBLE) {
    return (vec)_mm512_maskz_loadu_pd((__mmask8)((1u << count) - 1), p);
  } else {
    return (vec)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p);
  }
#else
  vec v = (vec)(SCALAR)0;
  for (ptrdiff_t i = 0; i < LANES; i++) {
    if (i < count) v[i] = p[i];
  }
  return v;
#endif
}

/// Writes the first count (0 ... LANES) elements only.
RK_INLINE void v_store_partial(SCALAR *p, vec v, ptrdiff_t count) {
#if VECTOR_BYTES == 64
  if (IS_DOUBLE) {
    _mm512_mask_storeu_pd(p, (__mmask8)((1u << count) - 1), (__m512d)v);
  } else {
    _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), (__m512)v);
  }
#else
  for (ptrdiff_t i = 0; i < LANES; i++) {
    if (i < count) p[i] = v[i];
  }
#endif
}

RK_INLINE vec v_set(SCALAR x) { return (vec)x; }
RK_INLINE vec v_zero(void) { return (vec)(SCALAR)0; }
RK_INLINE vec_int v_bits(vec v) { return (vec_int)v; /* a cast of vectors keeps the bits */ }
RK_INLINE vec v_from_bits(vec_int v) { return (vec)v; }

// MARK: Arithmetic

/// a * b + c
RK_INLINE vec v_fma(vec a, vec b, vec c) {
#if HAS_FMA
  return __builtin_elementwise_fma(a, b, c);
#else
  return a * b + c;
#endif
}

/// The smaller; b where either is NaN. (The order of the operands is that of one machine instruction.)
RK_INLINE vec v_min(vec a, vec b) { return a < b ? a : b; }
/// The larger; b where either is NaN.
RK_INLINE vec v_max(vec a, vec b) { return a > b ? a : b; }
/// a where the mask is set, else b.
RK_INLINE vec v_select(vec_int mask, vec a, vec b) { return mask ? a : b; }
RK_INLINE vec v_abs(vec v) { return __builtin_elementwise_abs(v); }
RK_INLINE vec v_sqrt(vec v) { return __builtin_elementwise_sqrt(v); }

/// The sum of the lanes: halves added to halves, always in this order.
RK_INLINE SCALAR v_sum(vec v) {
  SCALAR lanes[VECTOR_BYTES / sizeof(SCALAR)];
  __builtin_memcpy(lanes, &v, sizeof v);
  for (ptrdiff_t half = LANES / 2; half > 0; half /= 2) {
    for (ptrdiff_t i = 0; i < half; i++) lanes[i] += lanes[i + half];
  }
  return lanes[0];
}

/// |magnitude| with the sign of sign.
RK_INLINE vec v_copy_sign(vec magnitude, vec sign) {
  const vec_int sign_bit = v_bits(v_set((SCALAR)-0.0));
  return v_from_bits((v_bits(magnitude) & ~sign_bit) | (v_bits(sign) & sign_bit));
}

// MARK: Exponentials

// 1.5 * 2^(bits of the mantissa): adding it rounds to an integer, which then stands in the low bits.
#define RK_ROUNDING ((SCALAR)(IS_DOUBLE ? 0x1.8p52 : 0x1.8p23))

/// Splits x = n ln 2 + r, |r| <= ln 2 / 2. n is a whole number; |n| below 2^9 (float), 2^11 (double).
RK_INLINE vec v_reduce_exponent(vec x, vec *n) {
  vec k = v_fma(x, v_set((SCALAR)1.4426950408889634074), v_set(RK_ROUNDING)) - RK_ROUNDING;
  *n = k;
  // The high part of ln 2 is short enough that its product with n is exact even without fused multiply-add.
  vec r = v_fma(k, v_set((SCALAR)(IS_DOUBLE ? -0x1.62e42fefa2p-1 : -0.693359375)), x);
  return v_fma(k, v_set((SCALAR)(IS_DOUBLE ? -7.3710025657671798e-13 : 2.1219444005469058e-4)), r);
}

/// exp(r) - 1 = r + r^2 q(r) for |r| <= ln 2 / 2; relative error of the fit 1.4e-8 (float), 2.7e-19 (double).
RK_INLINE vec v_expm1_polynomial(vec r) {
  vec q;
  if (IS_DOUBLE) {
    q = v_set((SCALAR)2.092448851000311924e-9);
    q = v_fma(q, r, v_set((SCALAR)2.510904464053740716e-8));
    q = v_fma(q, r, v_set((SCALAR)2.75572425874278908e-7));
    q = v_fma(q, r, v_set((SCALAR)2.755724418270301407e-6));
    q = v_fma(q, r, v_set((SCALAR)2.480158736079512671e-5));
    q = v_fma(q, r, v_set((SCALAR)1.984126988615769858e-4));
    q = v_fma(q, r, v_set((SCALAR)1.388888888886669308e-3));
    q = v_fma(q, r, v_set((SCALAR)8.333333333321616192e-3));
    q = v_fma(q, r, v_set((SCALAR)4.166666666666670172e-2));
    q = v_fma(q, r, v_set((SCALAR)1.66666666666666766e-1));
    q = v_fma(q, r, v_set((SCALAR)0.5));
  } else {
    q = v_set((SCALAR)1.394645849225117041e-3);
    q = v_fma(q, r, v_set((SCALAR)8.366584183123262754e-3));
    q = v_fma(q, r, v_set((SCALAR)4.166628188217007261e-2));
    q = v_fma(q, r, v_set((SCALAR)1.666654298993670974e-1));
    q = v_fma(q, r, v_set((SCALAR)0.5000000062000048875));
  }
  return v_fma(q, r * r, r);
}

/// 2^n for a whole n in the range of normal exponents; n one above it gives infinity.
RK_INLINE vec v_power_of_two(vec n) {
  vec_int bits = v_bits(n + RK_ROUNDING) << (INTEGER)(IS_DOUBLE ? 52 : 23);
  return v_from_bits(bits + v_bits(v_set((SCALAR)1)));
}

RK_INLINE vec v_exp(vec x) {
  // Beyond these bounds the result is 0 or infinity, and stays so at the bounds themselves.
  x = v_min(v_set((SCALAR)(IS_DOUBLE ? 710 : 89)), x);
  x = v_max(v_set((SCALAR)(IS_DOUBLE ? -746 : -104)), x);
  vec n, r = v_reduce_exponent(x, &n);
  // 2^n in two factors: the first keeps the result normal, the second rounds it once where it is subnormal.
  vec half = v_fma(n, v_set((SCALAR)0.5), v_set(RK_ROUNDING)) - RK_ROUNDING;
  return (v_expm1_polynomial(r) + (SCALAR)1) * v_power_of_two(half) * v_power_of_two(n - half);
}

/// exp(x) - 1 for x in -40 ... 88 (float), -40 ... 709 (double), accurate near zero.
RK_INLINE vec v_expm1_bounded(vec x) {
  vec n, r = v_reduce_exponent(x, &n);
  vec scale = v_power_of_two(n);
  // With n = 0 nothing is lost; otherwise the result is not small.
  return v_fma(v_expm1_polynomial(r), scale, scale - (SCALAR)1);
}

RK_INLINE vec v_expm1(vec x) {
  vec bounded = v_max(v_set((SCALAR)-40), v_min(v_set((SCALAR)(IS_DOUBLE ? 709 : 88)), x));
  vec small = v_expm1_bounded(bounded);
  // Above, where 2^n would overflow, 1 is far below the last place. NaN is in neither branch's way.
  vec result = v_select(x > (SCALAR)(IS_DOUBLE ? 709 : 88), v_exp(x), small);
  return v_select(x == (SCALAR)0, x, result);
}

/// tanh(|x|) = e / (e + 2) with e = exp(2 |x|) - 1, and the sign of x.
RK_INLINE vec v_tanh(vec x) {
  // From here on the result rounds to 1.
  vec twice = v_min(v_set((SCALAR)(IS_DOUBLE ? 40 : 20)), v_abs(x) * (SCALAR)2);
  vec e = v_expm1_bounded(twice);
  return v_copy_sign(e / (e + (SCALAR)2), x);
}

/// 1 / (1 + exp(-x)); 0 where that would be subnormal.
RK_INLINE vec v_sigmoid(vec x) {
  // At the upper bound 2^n is the largest there is: infinity times a negative exp(r) - 1 would be NaN. At the lower bound
  // the result is 1.
  const vec bound = v_set((SCALAR)(IS_DOUBLE ? 709.4 : 88.3));
  vec y = v_max(v_set((SCALAR)-80), v_min(bound, -x));
  vec n, r = v_reduce_exponent(y, &n);
  // 1 + exp(y) = (2^n + 1) + 2^n (exp(r) - 1)
  vec scale = v_power_of_two(n);
  vec result = (SCALAR)1 / v_fma(v_expm1_polynomial(r), scale, scale + (SCALAR)1);
  return v_select(-x > bound, v_zero(), result);
}

// MARK: Logarithms

/// ln x = e ln 2 + 2 atanh(s), s = (m - 1) / (m + 1), where x = m 2^e and m is in sqrt(1/2) ... sqrt(2).
/// -infinity at 0, NaN below.
RK_INLINE vec v_log(vec x) {
  const INTEGER mantissa_bits = IS_DOUBLE ? 52 : 23;
  // Subnormal numbers are scaled to normal ones first.
  vec_int tiny = x < (SCALAR)(IS_DOUBLE ? 0x1p-1022 : 0x1p-126);
  vec y = v_select(tiny, x * (SCALAR)(IS_DOUBLE ? 0x1p54 : 0x1p25), x);
  vec shift = v_select(tiny, v_set((SCALAR)(IS_DOUBLE ? -54 : -25)), v_zero());
  // Subtracting the bits of sqrt(1/2) makes the exponent field count from the middle of the interval.
  const vec_int middle = v_bits(v_set((SCALAR)0.70710678118654752440));
  vec_int offset = v_bits(y) - middle;
  vec_int field = offset & (vec_int)(INTEGER)(~(((INTEGER)1 << mantissa_bits) - 1));
  vec m = v_from_bits(v_bits(y) - field);
  // The exponent as a number: the field, moved into the low bits of a large number. (A shift of unsigned bits with a
  // bias, since 64-bit arithmetic shifts and conversions are slow before AVX-512.)
  const INTEGER bias = (INTEGER)(IS_DOUBLE ? 1024 : 128);
  vec_int biased = ((field >> 1) & (vec_int)(INTEGER)(IS_DOUBLE ? INT64_MAX : INT32_MAX)) >> (mantissa_bits - 1);
  // An exponent below zero stands as its value modulo 2^(width of the field + 1): take the bias in, and cut.
  biased = (biased + (vec_int)bias) & (vec_int)(INTEGER)(IS_DOUBLE ? 0xFFF : 0x1FF);
  vec e = v_from_bits(biased | v_bits(v_set((SCALAR)(IS_DOUBLE ? 0x1p52 : 0x1p23)))) -
          (SCALAR)((IS_DOUBLE ? 0x1p52 : 0x1p23) + (IS_DOUBLE ? 1024 : 128)) + shift;
  vec f = m - (SCALAR)1;
  vec s = f / (f + (SCALAR)2), z = s * s, q;
  // 2 atanh(s) = 2 s + s z q(z); relative error of the fit 8e-10 (float), 1.3e-18 (double).
  if (IS_DOUBLE) {
    q = v_set((SCALAR)0.1479602703041249131);
    q = v_fma(q, z, v_set((SCALAR)0.1531404425417449911));
    q = v_fma(q, z, v_set((SCALAR)0.1818356450930634854));
    q = v_fma(q, z, v_set((SCALAR)0.2222219857106667373));
    q = v_fma(q, z, v_set((SCALAR)0.2857142874239158769));
    q = v_fma(q, z, v_set((SCALAR)0.3999999999941475859));
    q = v_fma(q, z, v_set((SCALAR)0.6666666666666734378));
  } else {
    q = v_set((SCALAR)0.2987181628693835221);
    q = v_fma(q, z, v_set((SCALAR)0.3997753903373279645));
    q = v_fma(q, z, v_set((SCALAR)0.6666677639360772422));
  }
  // 2 s = f - s f, which rounds once where 2 s would carry the rounding of the division.
  vec series = v_fma(s, z * q - f, f);
  vec low = v_fma(e, v_set((SCALAR)(IS_DOUBLE ? 7.3710025657671798e-13 : -2.1219444005469058e-4)), series);
  vec result = v_fma(e, v_set((SCALAR)(IS_DOUBLE ? 0x1.62e42fefa2p-1 : 0.693359375)), low);
  const vec infinity = v_set((SCALAR)__builtin_inf());
  result = v_select(x == infinity, x, result);
  result = v_select(x < (SCALAR)0, v_set((SCALAR)__builtin_nan("")), result);
  result = v_select(x == (SCALAR)0, -infinity, result);
  return v_select(x != x, x, result);
}

/// ln(1 + x), accurate near zero; for x > -1.
RK_INLINE vec v_log1p(vec x) {
  vec y = x + (SCALAR)1;
  // What the addition rounded away comes back as a correction of first order.
  vec correction = (x - (y - (SCALAR)1)) / y;
  vec result = v_log(y) + correction;
  return v_select(v_abs(x) < (SCALAR)(IS_DOUBLE ? 1e-17 : 1e-9), x, v_select(y > (SCALAR)1e30, v_log(y), result));
}
