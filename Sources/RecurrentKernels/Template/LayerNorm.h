// Layer normalization of rows (Ba, Kiros, Hinton 2016) and its gradient. With n = (x - mean) * rstd and g = gain * dy,
//   dx = rstd * (g - mean(g) - n * mean(g * n)),   dgain += sum over rows of dy * n,   dbias += sum over rows of dy.

#define layer_norm_job NAMED(rk_layer_norm_job)
#define layer_norm_range NAMED(rk_layer_norm_range)
#define layer_norm_gradient_range NAMED(rk_layer_norm_gradient_range)
#define layer_norm_parameters_range NAMED(rk_layer_norm_parameters_range)
#define gain_at NAMED(rk_gain_at)

typedef struct {
  ptrdiff_t rows, columns;
  const SCALAR *x, *gain, *bias, *dy;
  SCALAR epsilon;
  SCALAR *y, *mean, *rstd, *dgain, *dbias;
} layer_norm_job;

RK_INLINE vec gain_at(const layer_norm_job *l, ptrdiff_t i) {
  return l->gain == NULL ? v_set(1) : load_some(l->gain + i, l->columns - i);
}

static void layer_norm_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const layer_norm_job *l = context;
  ptrdiff_t n = l->columns;
  for (ptrdiff_t row = begin; row < end; row++) {
    const SCALAR *x = l->x + row * n;
    SCALAR *y = l->y + row * n;
    SCALAR mean = reduce_row_by(rk_reduce_sum, x, n) / (SCALAR)n;
    vec squares = v_zero();
    for (ptrdiff_t i = 0; i < n; i += LANES) {
      vec d = keep_some(load_some(x + i, n - i) - mean, n - i, 0);
      squares = v_fma(d, d, squares);
    }
    SCALAR rstd = 1 / v_sqrt(v_set(finish(rk_reduce_sum, squares) / (SCALAR)n + l->epsilon))[0];
    for (ptrdiff_t i = 0; i < n; i += LANES) {
      vec normalized = (load_some(x + i, n - i) - mean) * rstd;
      vec bias = l->bias == NULL ? v_zero() : load_some(l->bias + i, n - i);
      store_some(y + i, v_fma(normalized, gain_at(l, i), bias), n - i);
    }
    l->mean[row] = mean;
    l->rstd[row] = rstd;
  }
}

static void NAME(layer_norm)(ptrdiff_t rows, ptrdiff_t columns, const SCALAR *x, const SCALAR *gain, const SCALAR *bias,
                             SCALAR epsilon, SCALAR *y, SCALAR *mean, SCALAR *rstd) {
  layer_norm_job l = {.rows = rows, .columns = columns, .x = x, .gain = gain, .bias = bias, .epsilon = epsilon, .y = y,
                      .mean = mean, .rstd = rstd};
  if (columns > 0) rk_ranges(rows, rk_rows_grain(2 * columns), layer_norm_range, &l);
}

static void layer_norm_gradient_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const layer_norm_job *l = context;
  ptrdiff_t n = l->columns;
  for (ptrdiff_t row = begin; row < end; row++) {
    const SCALAR *x = l->x + row * n, *dy = l->dy + row * n;
    SCALAR *dx = l->y + row * n;
    SCALAR mean = l->mean[row], rstd = l->rstd[row];
    vec sum = v_zero(), dot = v_zero();
    for (ptrdiff_t i = 0; i < n; i += LANES) {
      // dy is zero behind the end, and so are both terms there.
      vec g = load_some(dy + i, n - i) * gain_at(l, i);
      sum += g;
      dot = v_fma(g, (load_some(x + i, n - i) - mean) * rstd, dot);
    }
    SCALAR mean_g = finish(rk_reduce_sum, sum) / (SCALAR)n, mean_gn = finish(rk_reduce_sum, dot) / (SCALAR)n;
    for (ptrdiff_t i = 0; i < n; i += LANES) {
      vec g = load_some(dy + i, n - i) * gain_at(l, i);
      vec normalized = (load_some(x + i, n - i) - mean) * rstd;
      store_some(dx + i, (g - mean_g - normalized * mean_gn) * rstd, n - i);
    }
  }
}

/// The sums over rows, for a range of columns in units of vectors.
static void layer_norm_parameters_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const layer_norm_job *l = context;
  for (ptrdiff_t j = begin * LANES; j < end * LANES; j += LANES) {
    ptrdiff_t width = l->columns - j;
    vec gain_sum = v_zero(), bias_sum = v_zero();
    for (ptrdiff_t block = 0; block < l->rows; block += ROWS_A_BLOCK) {
      ptrdiff_t last = l->rows - block < ROWS_A_BLOCK ? l->rows : block + ROWS_A_BLOCK;
      vec gain_part = v_zero(), bias_part = v_zero();
      for (ptrdiff_t row = block; row < last; row++) {
        vec dy = load_some(l->dy + row * l->columns + j, width);
        vec normalized = (load_some(l->x + row * l->columns + j, width) - l->mean[row]) * l->rstd[row];
        gain_part = v_fma(dy, normalized, gain_part);
        bias_part += dy;
      }
      gain_sum += gain_part;
      bias_sum += bias_part;
    }
    if (l->dgain != NULL) store_some(l->dgain + j, load_some(l->dgain + j, width) + gain_sum, width);
    if (l->dbias != NULL) store_some(l->dbias + j, load_some(l->dbias + j, width) + bias_sum, width);
  }
}

static void NAME(layer_norm_gradient)(ptrdiff_t rows, ptrdiff_t columns, const SCALAR *x, const SCALAR *gain,
                                      const SCALAR *mean, const SCALAR *rstd, const SCALAR *dy, SCALAR *dx,
                                      SCALAR *dgain, SCALAR *dbias) {
  layer_norm_job l = {.rows = rows, .columns = columns, .x = x, .gain = gain, .dy = dy, .y = dx, .mean = (SCALAR *)mean,
                      .rstd = (SCALAR *)rstd, .dgain = dgain, .dbias = dbias};
  if (columns == 0) return;
  // The parameters first: then dx may take dy's place.
  if (dgain != NULL || dbias != NULL)
    rk_ranges((columns + LANES - 1) / LANES, rk_rows_grain(rows * LANES), layer_norm_parameters_range, &l);
  rk_ranges(rows, rk_rows_grain(2 * columns), layer_norm_gradient_range, &l);
}
