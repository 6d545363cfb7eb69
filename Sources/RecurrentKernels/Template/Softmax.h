// Softmax of rows and its logarithm, in three passes over a row that stays in the cache: its maximum, the exponentials
// and their sum, the scaling. Rows are independent; blocks of them go to the threads.

#define softmax_job NAMED(rk_softmax_job)
#define row_exponentials NAMED(rk_row_exponentials)
#define row_maximum NAMED(rk_row_maximum)
#define row_dot NAMED(rk_row_dot)
#define log_of NAMED(rk_log_of)
#define softmax_range NAMED(rk_softmax_range)
#define softmax_gradient_range NAMED(rk_softmax_gradient_range)
#define log_softmax_range NAMED(rk_log_softmax_range)
#define log_softmax_gradient_range NAMED(rk_log_softmax_gradient_range)

typedef struct {
  ptrdiff_t columns;
  const SCALAR *x, *dy;
  SCALAR *y;
} softmax_job;

/// The largest element, NaN aside: in a row with NaN the exponentials see to it that all becomes NaN.
RK_INLINE SCALAR row_maximum(const SCALAR *x, ptrdiff_t n) {
  vec a = v_set(-(SCALAR)INFINITY), b = a;
  ptrdiff_t i = 0;
  for (; i + 2 * LANES <= n; i += 2 * LANES) {
    a = v_max(v_load(x + i), a);
    b = v_max(v_load(x + i + LANES), b);
  }
  for (; i < n; i += LANES) a = v_max(load_some_or(x + i, n - i, -(SCALAR)INFINITY), a);
  return finish(rk_reduce_max, v_max(a, b));
}

/// The sum of exp(x[i] - shift); the terms are stored in y where it is not null.
RK_INLINE SCALAR row_exponentials(const SCALAR *x, SCALAR shift, SCALAR *y, ptrdiff_t n) {
  vec a = v_zero(), b = v_zero();
  ptrdiff_t i = 0;
  for (; i + 2 * LANES <= n; i += 2 * LANES) {
    vec e = v_exp(v_load(x + i) - shift), f = v_exp(v_load(x + i + LANES) - shift);
    if (y != NULL) {
      v_store(y + i, e);
      v_store(y + i + LANES, f);
    }
    a += e;
    b += f;
  }
  for (; i < n; i += LANES) {
    vec e = keep_some(v_exp(load_some(x + i, n - i) - shift), n - i, 0);
    if (y != NULL) store_some(y + i, e, n - i);
    a += e;
  }
  return finish(rk_reduce_sum, a + b);
}

/// The sum of x[i] * y[i].
RK_INLINE SCALAR row_dot(const SCALAR *x, const SCALAR *y, ptrdiff_t n) {
  vec a = v_zero(), b = v_zero();
  ptrdiff_t i = 0;
  for (; i + 2 * LANES <= n; i += 2 * LANES) {
    a = v_fma(v_load(x + i), v_load(y + i), a);
    b = v_fma(v_load(x + i + LANES), v_load(y + i + LANES), b);
  }
  for (; i < n; i += LANES) a = v_fma(load_some(x + i, n - i), load_some(y + i, n - i), a);
  return finish(rk_reduce_sum, a + b);
}

RK_INLINE SCALAR log_of(SCALAR x) { return v_log(v_set(x))[0]; }

// y = exp(x - max) / sum
static void softmax_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const softmax_job *s = context;
  ptrdiff_t n = s->columns;
  for (ptrdiff_t row = begin; row < end; row++) {
    const SCALAR *x = s->x + row * n;
    SCALAR *y = s->y + row * n;
    SCALAR factor = 1 / row_exponentials(x, row_maximum(x, n), y, n);
    for (ptrdiff_t i = 0; i < n; i += LANES) store_some(y + i, load_some(y + i, n - i) * factor, n - i);
  }
}

static void NAME(softmax)(ptrdiff_t rows, ptrdiff_t columns, const SCALAR *x, SCALAR *y) {
  softmax_job s = {.columns = columns, .x = x, .y = y};
  if (columns > 0) rk_ranges(rows, rk_rows_grain(4 * columns), softmax_range, &s);
}

// dx = y * (dy - sum(y * dy))
static void softmax_gradient_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const softmax_job *s = context;
  ptrdiff_t n = s->columns;
  for (ptrdiff_t row = begin; row < end; row++) {
    const SCALAR *y = s->x + row * n, *dy = s->dy + row * n;
    SCALAR *dx = s->y + row * n;
    SCALAR dot = row_dot(y, dy, n);
    for (ptrdiff_t i = 0; i < n; i += LANES)
      store_some(dx + i, load_some(y + i, n - i) * (load_some(dy + i, n - i) - dot), n - i);
  }
}

static void NAME(softmax_gradient)(ptrdiff_t rows, ptrdiff_t columns, const SCALAR *y, const SCALAR *dy, SCALAR *dx) {
  softmax_job s = {.columns = columns, .x = y, .dy = dy, .y = dx};
  if (columns > 0) rk_ranges(rows, rk_rows_grain(2 * columns), softmax_gradient_range, &s);
}

// y = (x - max) - log(sum(exp(x - max)))
static void log_softmax_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const softmax_job *s = context;
  ptrdiff_t n = s->columns;
  for (ptrdiff_t row = begin; row < end; row++) {
    const SCALAR *x = s->x + row * n;
    SCALAR *y = s->y + row * n;
    SCALAR maximum = row_maximum(x, n), log_sum = log_of(row_exponentials(x, maximum, NULL, n));
    for (ptrdiff_t i = 0; i < n; i += LANES) store_some(y + i, (load_some(x + i, n - i) - maximum) - log_sum, n - i);
  }
}

static void NAME(log_softmax)(ptrdiff_t rows, ptrdiff_t columns, const SCALAR *x, SCALAR *y) {
  softmax_job s = {.columns = columns, .x = x, .y = y};
  if (columns > 0) rk_ranges(rows, rk_rows_grain(4 * columns), log_softmax_range, &s);
}

// dx = dy - exp(y) * sum(dy)
static void log_softmax_gradient_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const softmax_job *s = context;
  ptrdiff_t n = s->columns;
  for (ptrdiff_t row = begin; row < end; row++) {
    const SCALAR *y = s->x + row * n, *dy = s->dy + row * n;
    SCALAR *dx = s->y + row * n;
    vec sum = v_set(reduce_row_by(rk_reduce_sum, dy, n));
    for (ptrdiff_t i = 0; i < n; i += LANES)
      store_some(dx + i, v_fma(-sum, v_exp(load_some(y + i, n - i)), load_some(dy + i, n - i)), n - i);
  }
}

static void NAME(log_softmax_gradient)(ptrdiff_t rows, ptrdiff_t columns, const SCALAR *y, const SCALAR *dy,
                                       SCALAR *dx) {
  softmax_job s = {.columns = columns, .x = y, .dy = dy, .y = dx};
  if (columns > 0) rk_ranges(rows, rk_rows_grain(4 * columns), log_softmax_gradient_range, &s);
}
