// Sums and extremes. The order in which numbers are added depends on the shape only:
//   along a row     four vectors of partial results, in chunks of rk_grain where the row is long;
//   along columns   one partial result a column for every 64 rows, added in order.
// Maxima and minima keep NaN.

#define combine NAMED(rk_combine)
#define identity_of NAMED(rk_identity_of)
#define finish NAMED(rk_finish)
#define reduce_row NAMED(rk_reduce_row)
#define reduce_row_by NAMED(rk_reduce_row_by)
#define reduce_columns_by NAMED(rk_reduce_columns_by)
#define reduce_columns NAMED(rk_reduce_columns)
#define column_vectors NAMED(rk_column_vectors)
#define reduce_job NAMED(rk_reduce_job)
#define reduce_rows_range NAMED(rk_reduce_rows_range)
#define reduce_chunks_range NAMED(rk_reduce_chunks_range)
#define reduce_columns_range NAMED(rk_reduce_columns_range)
#define index_rows_range NAMED(rk_index_rows_range)
#define index_columns_range NAMED(rk_index_columns_range)
#define sum_job NAMED(rk_sum_job)
#define sum_chunk NAMED(rk_sum_chunk)
#define sum_range NAMED(rk_sum_range)
#define sum_of_squares_range NAMED(rk_sum_of_squares_range)
#define chunked_sum NAMED(rk_chunked_sum)
#define finite_job NAMED(rk_finite_job)
#define finite_range NAMED(rk_finite_range)

#define ROWS_A_BLOCK 64
#define TILE_VECTORS 4

RK_INLINE vec combine(rk_reduction op, vec a, vec b) {
  if (op == rk_reduce_sum) return a + b;
  // v_max and v_min give b where either is NaN; a's NaN is kept here.
  return v_select(a != a, a, op == rk_reduce_max ? v_max(a, b) : v_min(a, b));
}

RK_INLINE SCALAR identity_of(rk_reduction op) {
  return op == rk_reduce_sum ? 0 : op == rk_reduce_max ? -(SCALAR)INFINITY : (SCALAR)INFINITY;
}

// The two halves of a vector combined: a vector of half the lanes, in the end a scalar.
#define FOLD(op, v)                                                                                                    \
  ({                                                                                                                   \
    __auto_type low = (v).lo;                                                                                          \
    __auto_type high = (v).hi;                                                                                         \
    (op) == rk_reduce_sum   ? low + high                                                                               \
    : (op) == rk_reduce_max ? (low != low ? low : low > high ? low : high)                                             \
                            : (low != low ? low : low < high ? low : high);                                            \
  })

/// The lanes of v combined, half with half.
RK_INLINE SCALAR finish(rk_reduction op, vec v) {
#if VECTOR_BYTES == 64 && SCALAR_IS_FLOAT
  __auto_type eight = FOLD(op, v);
  __auto_type four = FOLD(op, eight);
  __auto_type two = FOLD(op, four);
#elif VECTOR_BYTES == 64 || (VECTOR_BYTES == 32 && SCALAR_IS_FLOAT)
  __auto_type four = FOLD(op, v);
  __auto_type two = FOLD(op, four);
#elif VECTOR_BYTES == 32 || SCALAR_IS_FLOAT
  __auto_type two = FOLD(op, v);
#else
  vec two = v;
#endif
  return FOLD(op, two);
}

#undef FOLD

// MARK: Along rows

/// x [n] reduced.
RK_INLINE SCALAR reduce_row_by(rk_reduction op, const SCALAR *x, ptrdiff_t n) {
  SCALAR none = identity_of(op);
  vec a = v_set(none), b = a, c = a, d = a;
  ptrdiff_t i = 0;
  for (; i + 4 * LANES <= n; i += 4 * LANES) {
    a = combine(op, a, v_load(x + i));
    b = combine(op, b, v_load(x + i + LANES));
    c = combine(op, c, v_load(x + i + 2 * LANES));
    d = combine(op, d, v_load(x + i + 3 * LANES));
  }
  for (; i < n; i += LANES) a = combine(op, a, load_some_or(x + i, n - i, none));
  return finish(op, combine(op, combine(op, a, b), combine(op, c, d)));
}

static SCALAR reduce_row(rk_reduction op, const SCALAR *x, ptrdiff_t n) {
  switch (op) {
  case rk_reduce_sum: return reduce_row_by(rk_reduce_sum, x, n);
  case rk_reduce_max: return reduce_row_by(rk_reduce_max, x, n);
  case rk_reduce_min: return reduce_row_by(rk_reduce_min, x, n);
  }
  return 0;
}

typedef struct {
  rk_reduction op;
  ptrdiff_t n, inner, chunks;
  const SCALAR *x;
  SCALAR *y, *partial;
  int32_t *index;
} reduce_job;

static void reduce_rows_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const reduce_job *r = context;
  for (ptrdiff_t row = begin; row < end; row++) r->y[row] = reduce_row(r->op, r->x + row * r->n, r->n);
}

static void reduce_chunks_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const reduce_job *r = context;
  for (ptrdiff_t unit = begin; unit < end; unit++) {
    ptrdiff_t row = unit / r->chunks, first = unit % r->chunks * rk_grain;
    ptrdiff_t n = r->n - first < rk_grain ? r->n - first : rk_grain;
    r->partial[unit] = reduce_row(r->op, r->x + row * r->n + first, n);
  }
}

// MARK: Along columns

/// `vectors` vectors of columns, of which `width` columns exist, reduced over n rows that lie `stride` apart.
RK_INLINE void column_vectors(rk_reduction op, ptrdiff_t vectors, ptrdiff_t width, ptrdiff_t n, ptrdiff_t stride,
                              const SCALAR *x, vec *total) {
  for (ptrdiff_t v = 0; v < vectors; v++) total[v] = v_set(identity_of(op));
  for (ptrdiff_t row = 0; row < n; row += ROWS_A_BLOCK) {
    ptrdiff_t last = n - row < ROWS_A_BLOCK ? n : row + ROWS_A_BLOCK;
    vec part[TILE_VECTORS];
    for (ptrdiff_t v = 0; v < vectors; v++) part[v] = v_set(identity_of(op));
    for (ptrdiff_t i = row; i < last; i++)
      for (ptrdiff_t v = 0; v < vectors; v++)
        part[v] = combine(op, part[v], load_some(x + i * stride + v * LANES, width - v * LANES));
    for (ptrdiff_t v = 0; v < vectors; v++) total[v] = combine(op, total[v], part[v]);
  }
}

/// y [width] = x [n rows, stride apart; width columns] reduced over rows, or y += it where accumulate (sums only).
RK_INLINE void reduce_columns_by(rk_reduction op, ptrdiff_t width, ptrdiff_t n, ptrdiff_t stride, const SCALAR *x,
                                 SCALAR *y, bool accumulate) {
  vec total[TILE_VECTORS];
  ptrdiff_t j = 0;
  for (; j + TILE_VECTORS * LANES <= width; j += TILE_VECTORS * LANES) {
    column_vectors(op, TILE_VECTORS, TILE_VECTORS * LANES, n, stride, x + j, total);
    for (ptrdiff_t v = 0; v < TILE_VECTORS; v++) {
      SCALAR *to = y + j + v * LANES;
      v_store(to, accumulate ? v_load(to) + total[v] : total[v]);
    }
  }
  for (; j < width; j += LANES) {
    column_vectors(op, 1, width - j, n, stride, x + j, total);
    store_some(y + j, accumulate ? load_some(y + j, width - j) + total[0] : total[0], width - j);
  }
}

static void reduce_columns(rk_reduction op, ptrdiff_t width, ptrdiff_t n, ptrdiff_t stride, const SCALAR *x, SCALAR *y,
                           bool accumulate) {
  switch (op) {
  case rk_reduce_sum: return reduce_columns_by(rk_reduce_sum, width, n, stride, x, y, accumulate);
  case rk_reduce_max: return reduce_columns_by(rk_reduce_max, width, n, stride, x, y, false);
  case rk_reduce_min: return reduce_columns_by(rk_reduce_min, width, n, stride, x, y, false);
  }
}

/// Units are blocks of TILE_VECTORS * LANES columns, `chunks` of them to an outer index.
static void reduce_columns_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const reduce_job *r = context;
  for (ptrdiff_t unit = begin; unit < end; unit++) {
    ptrdiff_t outer = unit / r->chunks, j = unit % r->chunks * TILE_VECTORS * LANES;
    ptrdiff_t width = r->inner - j < TILE_VECTORS * LANES ? r->inner - j : TILE_VECTORS * LANES;
    const SCALAR *x = r->x + outer * r->n * r->inner + j;
    reduce_columns(r->op, width, r->n, r->inner, x, r->y + outer * r->inner + j, false);
  }
}

static void NAME(reduce)(rk_reduction op, ptrdiff_t outer, ptrdiff_t n, ptrdiff_t inner, const SCALAR *x, SCALAR *y) {
  reduce_job r = {.op = op, .n = n, .inner = inner, .x = x, .y = y};
  if (outer == 0 || inner == 0) return;
  if (inner > 1) {
    r.chunks = (inner + TILE_VECTORS * LANES - 1) / (TILE_VECTORS * LANES);
    rk_ranges(outer * r.chunks, rk_rows_grain(n * TILE_VECTORS * LANES), reduce_columns_range, &r);
  } else if (n <= 2 * rk_grain) {
    rk_ranges(outer, rk_rows_grain(n), reduce_rows_range, &r);
  } else {
    r.chunks = (n + rk_grain - 1) / rk_grain;
    r.partial = rk_scratch(12, (size_t)(outer * r.chunks) * sizeof(SCALAR));
    rk_ranges(outer * r.chunks, 1, reduce_chunks_range, &r);
    for (ptrdiff_t i = 0; i < outer; i++) y[i] = reduce_row(op, r.partial + i * r.chunks, r.chunks);
  }
}

// MARK: Index of the maximum

static void index_rows_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const reduce_job *r = context;
  for (ptrdiff_t row = begin; row < end; row++) {
    const SCALAR *x = r->x + row * r->n;
    SCALAR largest = reduce_row(rk_reduce_max, x, r->n);
    ptrdiff_t i = 0;
    if (largest != largest) {
      while (i < r->n && x[i] == x[i]) i++;
    } else {
      vec wanted = v_set(largest);
      while (i + LANES <= r->n && !__builtin_reduce_or(v_load(x + i) == wanted)) i += LANES;
      while (i < r->n && x[i] != largest) i++;
    }
    r->index[row] = i < r->n ? (int32_t)i : 0;
  }
}

/// Units are vectors of columns, `chunks` of them to an outer index.
static void index_columns_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const reduce_job *r = context;
  for (ptrdiff_t unit = begin; unit < end; unit++) {
    ptrdiff_t outer = unit / r->chunks, j = unit % r->chunks * LANES;
    ptrdiff_t width = r->inner - j < LANES ? r->inner - j : LANES;
    const SCALAR *x = r->x + outer * r->n * r->inner + j;
    vec best = load_some(x, width);
    vec_int index = (vec_int)(INTEGER)0;
    for (ptrdiff_t i = 1; i < r->n; i++) {
      vec candidate = load_some(x + i * r->inner, width);
      vec_int better = (best == best) & ((candidate > best) | (candidate != candidate));
      best = v_select(better, candidate, best);
      index = better ? (vec_int)(INTEGER)i : index;
    }
    for (ptrdiff_t lane = 0; lane < width; lane++) r->index[outer * r->inner + j + lane] = (int32_t)index[lane];
  }
}

static void NAME(index_of_max)(ptrdiff_t outer, ptrdiff_t n, ptrdiff_t inner, const SCALAR *x, int32_t *y) {
  reduce_job r = {.n = n, .inner = inner, .x = x, .index = y};
  if (outer == 0 || inner == 0) return;
  if (n == 0) {
    memset(y, 0, (size_t)(outer * inner) * sizeof *y);
  } else if (inner > 1) {
    r.chunks = (inner + LANES - 1) / LANES;
    rk_ranges(outer * r.chunks, rk_rows_grain(n * LANES), index_columns_range, &r);
  } else {
    rk_ranges(outer, rk_rows_grain(n), index_rows_range, &r);
  }
}

// MARK: Sums of everything

typedef struct {
  const SCALAR *x;
  ptrdiff_t count;
  double *partial;  // one a chunk
} sum_job;

/// The sum of x or of its squares: vectors over pieces of 2048 elements, everything above those in double.
RK_INLINE double sum_chunk(bool squares, const SCALAR *x, ptrdiff_t count) {
  double sum = 0;
  for (ptrdiff_t piece = 0; piece < count; piece += 2048) {
    ptrdiff_t end = count - piece < 2048 ? count : piece + 2048, i = piece;
    vec part[4] = {v_zero(), v_zero(), v_zero(), v_zero()};
    for (; i + 4 * LANES <= end; i += 4 * LANES) {
      for (ptrdiff_t k = 0; k < 4; k++) {
        vec v = v_load(x + i + k * LANES);
        part[k] = squares ? v_fma(v, v, part[k]) : part[k] + v;
      }
    }
    for (; i < end; i += LANES) {
      vec v = load_some(x + i, end - i);
      part[0] = squares ? v_fma(v, v, part[0]) : part[0] + v;
    }
    for (ptrdiff_t k = 0; k < 4; k++)
      for (ptrdiff_t lane = 0; lane < LANES; lane++) sum += part[k][lane];
  }
  return sum;
}

static void sum_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const sum_job *s = context;
  for (ptrdiff_t chunk = begin; chunk < end; chunk++) {
    ptrdiff_t first = chunk * rk_grain, count = s->count - first < rk_grain ? s->count - first : rk_grain;
    s->partial[chunk] = sum_chunk(false, s->x + first, count);
  }
}

static void sum_of_squares_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const sum_job *s = context;
  for (ptrdiff_t chunk = begin; chunk < end; chunk++) {
    ptrdiff_t first = chunk * rk_grain, count = s->count - first < rk_grain ? s->count - first : rk_grain;
    s->partial[chunk] = sum_chunk(true, s->x + first, count);
  }
}

RK_INLINE double chunked_sum(rk_range_body body, const SCALAR *x, ptrdiff_t count) {
  ptrdiff_t chunks = (count + rk_grain - 1) / rk_grain;
  sum_job s = {x, count, rk_scratch(12, (size_t)chunks * sizeof(double))};
  rk_ranges(chunks, 1, body, &s);
  double sum = 0;
  for (ptrdiff_t i = 0; i < chunks; i++) sum += s.partial[i];
  return sum;
}

static double NAME(sum)(const SCALAR *x, ptrdiff_t count) { return chunked_sum(sum_range, x, count); }

static double NAME(sum_of_squares)(const SCALAR *x, ptrdiff_t count) {
  return chunked_sum(sum_of_squares_range, x, count);
}

typedef struct {
  const SCALAR *x;
  atomic_bool found;  // something that is not finite
} finite_job;

static void finite_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  finite_job *f = context;
  if (atomic_load_explicit(&f->found, memory_order_relaxed)) return;
  vec_int bad = (vec_int)(INTEGER)0;
  for (ptrdiff_t i = begin; i < end; i += LANES) {
    vec v = load_some(f->x + i, end - i);
    bad |= (v - v) != (SCALAR)0;
  }
  if (__builtin_reduce_or(bad)) atomic_store_explicit(&f->found, true, memory_order_relaxed);
}

static bool NAME(all_finite)(const SCALAR *x, ptrdiff_t count) {
  finite_job f = {.x = x};
  rk_ranges(count, rk_grain, finite_range, &f);
  return !atomic_load(&f.found);
}
