// Functions of one element: maps and their gradients, and the loops of the simplest vector algebra.
// Each is one pass over memory, split among threads where it is long.

#define log1p_of_fraction NAMED(rk_log1p_of_fraction)
#define unary NAMED(rk_unary_vec)
#define unary_gradient NAMED(rk_unary_gradient_vec)
#define map_loop NAMED(rk_map_loop)
#define map_range NAMED(rk_map_range)
#define map_gradient_loop NAMED(rk_map_gradient_loop)
#define map_gradient_range NAMED(rk_map_gradient_range)
#define fill_range NAMED(rk_fill_range)
#define scale_range NAMED(rk_scale_range)
#define add_scaled_range NAMED(rk_add_scaled_range)
#define clamp_range NAMED(rk_clamp_range)
#define select_range NAMED(rk_select_range)
#define elementwise NAMED(rk_elementwise)

/// What the loops over ranges need; each uses the fields that it has a use for.
typedef struct {
  int op;
  SCALAR a, b;
  const SCALAR *u, *v, *w;
  SCALAR *result;
} elementwise;

// MARK: Maps

/// log(1 + x) for x in 0 ... 1: what the sum rounded away comes back as a correction of first order.
RK_INLINE vec log1p_of_fraction(vec x) {
  vec y = x + (SCALAR)1;
  return v_log(y) + (x - (y - (SCALAR)1)) / y;
}

RK_INLINE vec unary(rk_unary op, vec x) {
  switch (op) {
  case rk_negate: return -x;
  case rk_exp: return v_exp(x);
  case rk_log: return v_log(x);
  case rk_tanh: return v_tanh(x);
  case rk_sigmoid: return v_sigmoid(x);
  case rk_relu: return v_max(v_zero(), x);
  case rk_sqrt: return v_sqrt(x);
  case rk_square: return x * x;
  case rk_abs: return v_abs(x);
  case rk_reciprocal: return (SCALAR)1 / x;
  // log(1 + exp(x)), the larger of x and 0 taken out so that nothing overflows.
  case rk_softplus: return v_max(v_zero(), x) + log1p_of_fraction(v_exp(-v_abs(x)));
  }
  return x;
}

/// dx from dy and x, or y for exp, tanh, sigmoid, sqrt and reciprocal.
RK_INLINE vec unary_gradient(rk_unary op, vec x, vec dy) {
  switch (op) {
  case rk_negate: return -dy;
  case rk_exp: return dy * x;
  case rk_log: return dy / x;
  case rk_tanh: return dy * ((SCALAR)1 - x * x);
  case rk_sigmoid: return dy * x * ((SCALAR)1 - x);
  case rk_relu: return v_select(x > (SCALAR)0, dy, v_zero());
  case rk_sqrt: return dy * (SCALAR)0.5 / x;
  case rk_square: return dy * (SCALAR)2 * x;
  case rk_abs: return v_select(x > (SCALAR)0, dy, v_select(x < (SCALAR)0, -dy, v_zero()));
  case rk_reciprocal: return -dy * x * x;
  case rk_softplus: return dy * v_sigmoid(x);
  }
  return dy;
}

// `op` is a constant wherever this is inlined, so that each operation has a loop of its own.
RK_INLINE void map_loop(rk_unary op, const elementwise *e, ptrdiff_t begin, ptrdiff_t end) {
  const SCALAR *x = e->u;
  SCALAR *y = e->result;
  for (ptrdiff_t i = begin; i < end; i += LANES) store_some(y + i, unary(op, load_some(x + i, end - i)), end - i);
}

static void map_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const elementwise *e = context;
  switch ((rk_unary)e->op) {
  case rk_negate: return map_loop(rk_negate, e, begin, end);
  case rk_exp: return map_loop(rk_exp, e, begin, end);
  case rk_log: return map_loop(rk_log, e, begin, end);
  case rk_tanh: return map_loop(rk_tanh, e, begin, end);
  case rk_sigmoid: return map_loop(rk_sigmoid, e, begin, end);
  case rk_relu: return map_loop(rk_relu, e, begin, end);
  case rk_sqrt: return map_loop(rk_sqrt, e, begin, end);
  case rk_square: return map_loop(rk_square, e, begin, end);
  case rk_abs: return map_loop(rk_abs, e, begin, end);
  case rk_reciprocal: return map_loop(rk_reciprocal, e, begin, end);
  case rk_softplus: return map_loop(rk_softplus, e, begin, end);
  }
}

static void NAME(map)(rk_unary op, const SCALAR *x, SCALAR *y, ptrdiff_t count) {
  elementwise e = {.op = op, .u = x, .result = y};
  rk_ranges(count, rk_grain, map_range, &e);
}

RK_INLINE void map_gradient_loop(rk_unary op, const elementwise *e, ptrdiff_t begin, ptrdiff_t end) {
  const SCALAR *x = e->u, *dy = e->v;
  SCALAR *dx = e->result;
  for (ptrdiff_t i = begin; i < end; i += LANES)
    store_some(dx + i, unary_gradient(op, load_some(x + i, end - i), load_some(dy + i, end - i)), end - i);
}

static void map_gradient_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const elementwise *e = context;
  switch ((rk_unary)e->op) {
  case rk_negate: return map_gradient_loop(rk_negate, e, begin, end);
  case rk_exp: return map_gradient_loop(rk_exp, e, begin, end);
  case rk_log: return map_gradient_loop(rk_log, e, begin, end);
  case rk_tanh: return map_gradient_loop(rk_tanh, e, begin, end);
  case rk_sigmoid: return map_gradient_loop(rk_sigmoid, e, begin, end);
  case rk_relu: return map_gradient_loop(rk_relu, e, begin, end);
  case rk_sqrt: return map_gradient_loop(rk_sqrt, e, begin, end);
  case rk_square: return map_gradient_loop(rk_square, e, begin, end);
  case rk_abs: return map_gradient_loop(rk_abs, e, begin, end);
  case rk_reciprocal: return map_gradient_loop(rk_reciprocal, e, begin, end);
  case rk_softplus: return map_gradient_loop(rk_softplus, e, begin, end);
  }
}

static void NAME(map_gradient)(rk_unary op, const SCALAR *x_or_y, const SCALAR *dy, SCALAR *dx, ptrdiff_t count) {
  elementwise e = {.op = op, .u = x_or_y, .v = dy, .result = dx};
  rk_ranges(count, rk_grain, map_gradient_range, &e);
}

// MARK: Vector algebra

static void fill_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const elementwise *e = context;
  vec value = v_set(e->a);
  for (ptrdiff_t i = begin; i < end; i += LANES) store_some(e->result + i, value, end - i);
}

static void NAME(fill)(SCALAR value, SCALAR *y, ptrdiff_t count) {
  elementwise e = {.a = value, .result = y};
  rk_ranges(count, rk_grain, fill_range, &e);
}

static void scale_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const elementwise *e = context;
  vec factor = v_set(e->a);
  for (ptrdiff_t i = begin; i < end; i += LANES)
    store_some(e->result + i, factor * load_some(e->u + i, end - i), end - i);
}

static void NAME(scale)(SCALAR factor, const SCALAR *x, SCALAR *y, ptrdiff_t count) {
  elementwise e = {.a = factor, .u = x, .result = y};
  rk_ranges(count, rk_grain, scale_range, &e);
}

static void add_scaled_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const elementwise *e = context;
  vec factor = v_set(e->a);
  SCALAR *y = e->result;
  for (ptrdiff_t i = begin; i < end; i += LANES)
    store_some(y + i, v_fma(factor, load_some(e->u + i, end - i), load_some(y + i, end - i)), end - i);
}

static void NAME(add_scaled)(SCALAR factor, const SCALAR *x, SCALAR *y, ptrdiff_t count) {
  elementwise e = {.a = factor, .u = x, .result = y};
  rk_ranges(count, rk_grain, add_scaled_range, &e);
}

static void clamp_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const elementwise *e = context;
  vec low = v_set(e->a), high = v_set(e->b);
  // The bound comes first, so that NaN stays.
  for (ptrdiff_t i = begin; i < end; i += LANES)
    store_some(e->result + i, v_min(high, v_max(low, load_some(e->u + i, end - i))), end - i);
}

static void NAME(clamp)(SCALAR low, SCALAR high, const SCALAR *x, SCALAR *y, ptrdiff_t count) {
  elementwise e = {.a = low, .b = high, .u = x, .result = y};
  rk_ranges(count, rk_grain, clamp_range, &e);
}

static void select_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const elementwise *e = context;
  for (ptrdiff_t i = begin; i < end; i += LANES) {
    vec mask = load_some(e->w + i, end - i);
    vec chosen = v_select(mask != (SCALAR)0, load_some(e->u + i, end - i), load_some(e->v + i, end - i));
    store_some(e->result + i, chosen, end - i);
  }
}

static void NAME(select)(const SCALAR *mask, const SCALAR *x, const SCALAR *y, SCALAR *z, ptrdiff_t count) {
  elementwise e = {.u = x, .v = y, .w = mask, .result = z};
  rk_ranges(count, rk_grain, select_range, &e);
}
