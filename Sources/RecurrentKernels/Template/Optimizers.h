// Optimizer steps. Each reads the parameters p, the gradient g and its moments once and writes what it changes once.
// All of them take the gradient as  G = gradient_scale * g + decay * p.

#define optimizer_step NAMED(rk_optimizer_step)
#define sgd_range NAMED(rk_sgd_range)
#define adam_range NAMED(rk_adam_range)
#define rmsprop_range NAMED(rk_rmsprop_range)
#define adagrad_range NAMED(rk_adagrad_range)
#define scaled_gradient NAMED(rk_scaled_gradient)

typedef struct {
  SCALAR *p;
  const SCALAR *g;
  SCALAR *first, *second;  // moments
  SCALAR scale, rate, decay, epsilon;
  SCALAR momentum, alpha;           // decay rates of the first and the second moment
  SCALAR correction1, correction2;  // Adam's, already inverted
  bool nesterov, decoupled;
} optimizer_step;

RK_INLINE vec scaled_gradient(const optimizer_step *s, vec p, ptrdiff_t i, ptrdiff_t remaining) {
  return v_fma(v_set(s->scale), load_some(s->g + i, remaining), s->decay * p);
}

// velocity = momentum * velocity + G;  p -= rate * velocity, or with Nesterov  p -= rate * (G + momentum * velocity)
static void sgd_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const optimizer_step *s = context;
  vec rate = v_set(-s->rate), momentum = v_set(s->momentum);
  for (ptrdiff_t i = begin; i < end; i += LANES) {
    vec p = load_some(s->p + i, end - i);
    vec step = scaled_gradient(s, p, i, end - i);
    if (s->first != NULL) {
      vec velocity = v_fma(momentum, load_some(s->first + i, end - i), step);
      store_some(s->first + i, velocity, end - i);
      step = s->nesterov ? v_fma(momentum, velocity, step) : velocity;
    }
    store_some(s->p + i, v_fma(rate, step, p), end - i);
  }
}

static void NAME(sgd)(SCALAR *p, const SCALAR *g, SCALAR *velocity, ptrdiff_t count, SCALAR gradient_scale, SCALAR rate,
                      SCALAR momentum, bool nesterov, SCALAR decay) {
  optimizer_step s = {.p = p, .g = g, .first = velocity, .scale = gradient_scale, .rate = rate, .momentum = momentum,
                      .nesterov = nesterov, .decay = decay};
  rk_ranges(count, rk_grain, sgd_range, &s);
}

// m = beta1 m + (1 - beta1) G;  v = beta2 v + (1 - beta2) G^2;
// p -= rate * (m / correction1) / (sqrt(v / correction2) + epsilon)
static void adam_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const optimizer_step *s = context;
  vec beta1 = v_set(s->momentum), beta2 = v_set(s->alpha);
  vec rest1 = (SCALAR)1 - beta1, rest2 = (SCALAR)1 - beta2;
  vec rate = v_set(-s->rate * s->correction1), correction2 = v_set(s->correction2), epsilon = v_set(s->epsilon);
  vec shrink = v_set(s->decoupled ? 1 - s->rate * s->decay : 1);
  vec decay = v_set(s->decoupled ? 0 : s->decay), scale = v_set(s->scale);
  for (ptrdiff_t i = begin; i < end; i += LANES) {
    vec p = load_some(s->p + i, end - i);
    vec g = v_fma(scale, load_some(s->g + i, end - i), decay * p);
    vec m = v_fma(beta1, load_some(s->first + i, end - i), rest1 * g);
    vec v = v_fma(beta2, load_some(s->second + i, end - i), rest2 * (g * g));
    store_some(s->first + i, m, end - i);
    store_some(s->second + i, v, end - i);
    store_some(s->p + i, v_fma(rate, m / (v_sqrt(v * correction2) + epsilon), p * shrink), end - i);
  }
}

static void NAME(adam)(SCALAR *p, const SCALAR *g, SCALAR *m, SCALAR *v, ptrdiff_t count, SCALAR gradient_scale,
                       SCALAR rate, SCALAR beta1, SCALAR beta2, SCALAR correction1, SCALAR correction2, SCALAR epsilon,
                       SCALAR decay, bool decoupled) {
  optimizer_step s = {.p = p, .g = g, .first = m, .second = v, .scale = gradient_scale, .rate = rate, .decay = decay,
                      .epsilon = epsilon, .momentum = beta1, .alpha = beta2, .correction1 = 1 / correction1,
                      .correction2 = 1 / correction2, .decoupled = decoupled};
  rk_ranges(count, rk_grain, adam_range, &s);
}

// square = alpha * square + (1 - alpha) G^2;  step = G / (sqrt(square) + epsilon);
// velocity = momentum * velocity + step;  p -= rate * velocity, or rate * step where there is no velocity
static void rmsprop_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const optimizer_step *s = context;
  vec alpha = v_set(s->alpha), rest = (SCALAR)1 - alpha, rate = v_set(-s->rate), momentum = v_set(s->momentum);
  for (ptrdiff_t i = begin; i < end; i += LANES) {
    vec p = load_some(s->p + i, end - i);
    vec g = scaled_gradient(s, p, i, end - i);
    vec square = v_fma(alpha, load_some(s->second + i, end - i), rest * (g * g));
    store_some(s->second + i, square, end - i);
    vec step = g / (v_sqrt(square) + s->epsilon);
    if (s->first != NULL) {
      step = v_fma(momentum, load_some(s->first + i, end - i), step);
      store_some(s->first + i, step, end - i);
    }
    store_some(s->p + i, v_fma(rate, step, p), end - i);
  }
}

static void NAME(rmsprop)(SCALAR *p, const SCALAR *g, SCALAR *square, SCALAR *velocity, ptrdiff_t count,
                          SCALAR gradient_scale, SCALAR rate, SCALAR alpha, SCALAR epsilon, SCALAR momentum,
                          SCALAR decay) {
  optimizer_step s = {.p = p, .g = g, .first = velocity, .second = square, .scale = gradient_scale, .rate = rate,
                      .decay = decay, .epsilon = epsilon, .momentum = momentum, .alpha = alpha};
  rk_ranges(count, rk_grain, rmsprop_range, &s);
}

// square += G^2;  p -= rate * G / (sqrt(square) + epsilon)
static void adagrad_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const optimizer_step *s = context;
  vec rate = v_set(-s->rate);
  for (ptrdiff_t i = begin; i < end; i += LANES) {
    vec p = load_some(s->p + i, end - i);
    vec g = scaled_gradient(s, p, i, end - i);
    vec square = v_fma(g, g, load_some(s->second + i, end - i));
    store_some(s->second + i, square, end - i);
    store_some(s->p + i, v_fma(rate, g / (v_sqrt(square) + s->epsilon), p), end - i);
  }
}

static void NAME(adagrad)(SCALAR *p, const SCALAR *g, SCALAR *square, ptrdiff_t count, SCALAR gradient_scale,
                          SCALAR rate, SCALAR epsilon, SCALAR decay) {
  optimizer_step s = {.p = p, .g = g, .second = square, .scale = gradient_scale, .rate = rate, .decay = decay,
                      .epsilon = epsilon};
  rk_ranges(count, rk_grain, adagrad_range, &s);
}
