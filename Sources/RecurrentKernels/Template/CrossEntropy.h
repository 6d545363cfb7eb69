// Cross-entropy of softmax(logits) with target classes, label-smoothed, and its gradient, without the probabilities
// ever being stored. With q the target distribution, (1 - smoothing) on the target plus smoothing / columns everywhere
// (its sum is 1),
//   loss = log-sum-exp(x) - sum(q * x)
//        = log(sum(exp(x - max))) - (1 - smoothing) * (x[target] - max) - smoothing * mean(x - max)

#define cross_entropy_job NAMED(rk_cross_entropy_job)
#define cross_entropy_range NAMED(rk_cross_entropy_range)
#define cross_entropy_gradient_range NAMED(rk_cross_entropy_gradient_range)
#define output_cross_entropy_range NAMED(rk_output_cross_entropy_range)
#define add_bias_maximum NAMED(rk_add_bias_maximum)

typedef struct {
  ptrdiff_t columns;
  const SCALAR *logits;
  const int32_t *targets;
  int32_t ignored;
  SCALAR smoothing, scale;
  SCALAR *losses, *log_sums, *dlogits;
  const SCALAR *bias;  // of the output layer, or null
  bool wants_gradient;
} cross_entropy_job;

static void cross_entropy_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const cross_entropy_job *c = context;
  ptrdiff_t n = c->columns;
  for (ptrdiff_t row = begin; row < end; row++) {
    const SCALAR *x = c->logits + row * n;
    if (c->targets[row] == c->ignored) {
      c->losses[row] = 0;
      c->log_sums[row] = 0;  // nobody reads it
      continue;
    }
    SCALAR maximum = row_maximum(x, n), log_sum = log_of(row_exponentials(x, maximum, NULL, n));
    SCALAR loss = log_sum - (1 - c->smoothing) * (x[c->targets[row]] - maximum);
    // Without smoothing a logit of -infinity, a class ruled out, must not become 0 * infinity.
    if (c->smoothing != 0) loss -= c->smoothing * (reduce_row_by(rk_reduce_sum, x, n) / (SCALAR)n - maximum);
    c->losses[row] = loss;
    c->log_sums[row] = maximum + log_sum;
  }
}

static void NAME(cross_entropy)(ptrdiff_t rows, ptrdiff_t columns, const SCALAR *logits, const int32_t *targets,
                                int32_t ignored, SCALAR smoothing, SCALAR *losses, SCALAR *log_sums) {
  cross_entropy_job c = {.columns = columns, .logits = logits, .targets = targets, .ignored = ignored,
                         .smoothing = smoothing, .losses = losses, .log_sums = log_sums};
  if (columns > 0) rk_ranges(rows, rk_rows_grain(4 * columns), cross_entropy_range, &c);
}

// dlogits = scale * (exp(x - log-sum-exp) - q)
static void cross_entropy_gradient_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const cross_entropy_job *c = context;
  ptrdiff_t n = c->columns;
  for (ptrdiff_t row = begin; row < end; row++) {
    const SCALAR *x = c->logits + row * n;
    SCALAR *dx = c->dlogits + row * n;
    if (c->targets[row] == c->ignored) {
      memset(dx, 0, (size_t)n * sizeof(SCALAR));
      continue;
    }
    SCALAR log_sum = c->log_sums[row], even = c->smoothing / (SCALAR)n;
    for (ptrdiff_t i = 0; i < n; i += LANES)
      store_some(dx + i, (v_exp(load_some(x + i, n - i) - log_sum) - even) * c->scale, n - i);
    dx[c->targets[row]] -= (1 - c->smoothing) * c->scale;
  }
}

static void NAME(cross_entropy_gradient)(ptrdiff_t rows, ptrdiff_t columns, const SCALAR *logits,
                                         const int32_t *targets, int32_t ignored, SCALAR smoothing,
                                         const SCALAR *log_sums, SCALAR scale, SCALAR *dlogits) {
  cross_entropy_job c = {.columns = columns, .logits = logits, .targets = targets, .ignored = ignored,
                         .smoothing = smoothing, .scale = scale, .log_sums = (SCALAR *)log_sums, .dlogits = dlogits};
  if (columns > 0) rk_ranges(rows, rk_rows_grain(4 * columns), cross_entropy_gradient_range, &c);
}

// MARK: Behind an output layer

/// x += bias, and the largest of the sums.
RK_INLINE SCALAR add_bias_maximum(SCALAR *x, const SCALAR *bias, ptrdiff_t n) {
  vec maximum = v_set(-(SCALAR)INFINITY);
  ptrdiff_t i = 0;
  for (; i + LANES <= n; i += LANES) {
    vec sum = v_load(x + i) + v_load(bias + i);
    v_store(x + i, sum);
    maximum = v_max(sum, maximum);
  }
  if (i < n) {
    vec sum = load_some_or(x + i, n - i, -(SCALAR)INFINITY) + load_some(bias + i, n - i);
    store_some(x + i, sum, n - i);
    maximum = v_max(sum, maximum);
  }
  return finish(rk_reduce_max, maximum);
}

// The products of an output layer become their gradient where they stand: while a row is in the nearest cache, the bias is
// added, the exponentials take the scores' place (one exponential a score, where loss and gradient apart need two), and
// then the gradient theirs.
static void output_cross_entropy_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const cross_entropy_job *c = context;
  ptrdiff_t n = c->columns;
  for (ptrdiff_t row = begin; row < end; row++) {
    SCALAR *x = c->dlogits + row * n;
    if (c->targets[row] == c->ignored) {
      c->losses[row] = 0;
      if (c->wants_gradient) memset(x, 0, (size_t)n * sizeof(SCALAR));
      continue;
    }
    SCALAR maximum = c->bias != NULL ? add_bias_maximum(x, c->bias, n) : row_maximum(x, n);
    SCALAR of_target = x[c->targets[row]] - maximum;
    SCALAR mean = c->smoothing != 0 ? reduce_row_by(rk_reduce_sum, x, n) / (SCALAR)n - maximum : 0;
    SCALAR sum = row_exponentials(x, maximum, c->wants_gradient ? x : NULL, n);
    c->losses[row] = log_of(sum) - (1 - c->smoothing) * of_target - (c->smoothing != 0 ? c->smoothing * mean : 0);
    if (!c->wants_gradient) continue;
    vec factor = v_set(c->scale / sum), even = v_set(c->smoothing / (SCALAR)n * c->scale);
    for (ptrdiff_t i = 0; i < n; i += LANES) store_some(x + i, load_some(x + i, n - i) * factor - even, n - i);
    x[c->targets[row]] -= (1 - c->smoothing) * c->scale;
  }
}

static void NAME(output_cross_entropy)(ptrdiff_t rows, ptrdiff_t columns, SCALAR *products, const SCALAR *bias,
                                       const int32_t *targets, int32_t ignored, SCALAR smoothing, SCALAR scale,
                                       bool wants_gradient, SCALAR *losses) {
  cross_entropy_job c = {.columns = columns, .dlogits = products, .bias = bias, .targets = targets, .ignored = ignored,
                         .smoothing = smoothing, .scale = scale, .wants_gradient = wants_gradient, .losses = losses};
  if (columns > 0) rk_ranges(rows, rk_rows_grain(4 * columns), output_cross_entropy_range, &c);
}
