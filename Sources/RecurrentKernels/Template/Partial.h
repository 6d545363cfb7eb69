// Loads and stores at the end of a loop over vectors, where fewer than LANES elements may remain. The elementwise
// kernels have one loop body each, which runs on whole vectors and on the rest alike, so that an element's bits do not
// depend on where it stands; the branch on `remaining` is predicted.

#define load_rest NAMED(rk_load_rest)
#define store_rest NAMED(rk_store_rest)
#define load_some NAMED(rk_load_some)
#define load_some_or NAMED(rk_load_some_or)
#define store_some NAMED(rk_store_some)
#define load_strided NAMED(rk_load_strided)
#define keep_some NAMED(rk_keep_some)

// Out of line where they are loops: in each kernel's body they would outweigh it.
#if VECTOR_BYTES == 64
RK_INLINE vec load_rest(const SCALAR *p, ptrdiff_t count) { return v_load_partial(p, count); }
RK_INLINE void store_rest(SCALAR *p, vec v, ptrdiff_t count) { v_store_partial(p, v, count); }
#else
static __attribute__((noinline, unused)) vec load_rest(const SCALAR *p, ptrdiff_t count) {
  return v_load_partial(p, count);
}
static __attribute__((noinline, unused)) void store_rest(SCALAR *p, vec v, ptrdiff_t count) {
  v_store_partial(p, v, count);
}
#endif

/// LANES elements at p, or the `remaining` ones and zeros where there are fewer.
RK_INLINE vec load_some(const SCALAR *p, ptrdiff_t remaining) {
  return __builtin_expect(remaining >= LANES, 1) ? v_load(p) : load_rest(p, remaining);
}

RK_INLINE void store_some(SCALAR *p, vec v, ptrdiff_t remaining) {
  if (__builtin_expect(remaining >= LANES, 1)) {
    v_store(p, v);
  } else {
    store_rest(p, v, remaining);
  }
}

/// v in its first `remaining` lanes, `other` in the rest.
RK_INLINE vec keep_some(vec v, ptrdiff_t remaining, SCALAR other) {
  if (__builtin_expect(remaining >= LANES, 1)) return v;
  vec_int lane;
  for (ptrdiff_t i = 0; i < LANES; i++) lane[i] = (INTEGER)i;
  return v_select(lane < (vec_int)(INTEGER)remaining, v, v_set(other));
}

/// As load_some, with `other` in the lanes that remain: an element that a reduction does not feel.
RK_INLINE vec load_some_or(const SCALAR *p, ptrdiff_t remaining, SCALAR other) {
  return keep_some(load_some(p, remaining), remaining, other);
}

/// The elements p[0], p[stride], ..., LANES of them or `remaining` where there are fewer.
RK_INLINE vec load_strided(const SCALAR *p, ptrdiff_t stride, ptrdiff_t remaining) {
  if (stride == 1) return load_some(p, remaining);
  if (stride == 0) return v_set(*p);
  vec v = v_zero();
  ptrdiff_t count = remaining < LANES ? remaining : LANES;
  for (ptrdiff_t i = 0; i < count; i++) v[i] = p[i * stride];
  return v;
}
