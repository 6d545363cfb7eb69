// Attention over the places of a memory: scores, weights, and the mixtures that the weights make.
//
//   queries  [steps, batch, size]     what looks
//   memory   [time, batch, size]      what is looked at; keys and values are two such memories
//   weights  [steps, batch, time]     scores, and the weights made of them
//
// Sequences keep time first, so the places of one sequence stand batch * size apart, each a contiguous row: the loops go
// sequence by sequence, and a tile of a few queries by a few places (or vectors of features) stays in registers. That
// serves a single step of a decoder and all its steps at once alike. Sequences are divided among the threads.
//
// Place t of sequence b counts where t < lengths[b]; what stands past that is never read, and its weight is zero. Every
// sum has one order, which depends neither on the tile nor on the padding.

#define attention_job NAMED(rk_attention_job)
#define attention_length NAMED(rk_attention_length)
#define attention_ranges NAMED(rk_attention_ranges)
#define attention_dot_tile NAMED(rk_attention_dot_tile)
#define attention_dots_range NAMED(rk_attention_dots_range)
#define attention_mix_tile NAMED(rk_attention_mix_tile)
#define attention_mix_rows NAMED(rk_attention_mix_rows)
#define attention_mix_range NAMED(rk_attention_mix_range)
#define attention_softmax_range NAMED(rk_attention_softmax_range)
#define additive_scores_range NAMED(rk_additive_scores_range)
#define additive_gradient_range NAMED(rk_additive_gradient_range)
#define additive_gradient_columns NAMED(rk_additive_gradient_columns)

#ifndef RK_ATTENTION_ONCE
#define RK_ATTENTION_ONCE
enum {
  // Tiles whose sums stay in registers, of which most instruction sets have 16.
  RK_ATTENTION_ROWS = VECTOR_BYTES == 64 ? 4 : 3,  // queries, where there are several
  RK_DOT_COLUMNS = VECTOR_BYTES == 64 ? 4 : 3,     // places
  RK_MIX_COLUMNS = 4,                              // vectors of features
};
#endif

typedef struct {
  const rk_attention *e;
  SCALAR scale;
  bool over_steps;
  const SCALAR *queries, *keys, *direction, *weights, *x;
  SCALAR *y, *key_gradient, *query_gradient, *direction_gradient;
} attention_job;

static inline ptrdiff_t attention_length(const rk_attention *e, ptrdiff_t b) {
  return e->lengths ? e->lengths[b] : e->time;
}

/// Sequences in ranges with enough work each; `cost` is that of one element of steps * time * size.
static void attention_ranges(const attention_job *job, ptrdiff_t cost, rk_range_body body) {
  const rk_attention *e = job->e;
  ptrdiff_t work = cost * e->steps * e->time * e->size;
  rk_ranges(e->batch, work >= rk_grain ? 1 : rk_grain / (work + 1) + 1, body, (void *)job);
}

// MARK: Products of queries and places

/// out[r][c] = the sum over i of x[r][i] * y[c][i].
RK_INLINE void attention_dot_tile(const ptrdiff_t rows, const SCALAR *const *x, const SCALAR *const *y, ptrdiff_t size,
                                  SCALAR *out) {
  vec sums[RK_ATTENTION_ROWS * RK_DOT_COLUMNS];
  RK_UNROLL for (ptrdiff_t i = 0; i < rows * RK_DOT_COLUMNS; i++) sums[i] = v_zero();
  for (ptrdiff_t i = 0; i < size; i += LANES) {
    vec right[RK_DOT_COLUMNS];
    RK_UNROLL for (ptrdiff_t c = 0; c < RK_DOT_COLUMNS; c++) right[c] = load_some(y[c] + i, size - i);
    RK_UNROLL for (ptrdiff_t r = 0; r < rows; r++) {
      vec left = load_some(x[r] + i, size - i);
      RK_UNROLL for (ptrdiff_t c = 0; c < RK_DOT_COLUMNS; c++) {
        sums[r * RK_DOT_COLUMNS + c] = v_fma(left, right[c], sums[r * RK_DOT_COLUMNS + c]);
      }
    }
  }
  RK_UNROLL for (ptrdiff_t i = 0; i < rows * RK_DOT_COLUMNS; i++) out[i] = v_sum(sums[i]);
}

static void attention_dots_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const attention_job *a = context;
  const rk_attention *e = a->e;
  for (ptrdiff_t b = begin; b < end; b++) {
    ptrdiff_t length = attention_length(e, b);
    for (ptrdiff_t s = 0; s < e->steps; s += RK_ATTENTION_ROWS) {
      ptrdiff_t rows = e->steps - s < RK_ATTENTION_ROWS ? e->steps - s : RK_ATTENTION_ROWS;
      const SCALAR *x[RK_ATTENTION_ROWS];
      // Rows and places that are not there are the last one again, and go nowhere.
      for (ptrdiff_t r = 0; r < RK_ATTENTION_ROWS; r++) {
        x[r] = a->queries + ((s + (r < rows ? r : rows - 1)) * e->batch + b) * e->size;
      }
      for (ptrdiff_t t = 0; t < length; t += RK_DOT_COLUMNS) {
        ptrdiff_t columns = length - t < RK_DOT_COLUMNS ? length - t : RK_DOT_COLUMNS;
        const SCALAR *y[RK_DOT_COLUMNS];
        for (ptrdiff_t c = 0; c < RK_DOT_COLUMNS; c++) {
          y[c] = a->x + ((t + (c < columns ? c : columns - 1)) * e->batch + b) * e->size;
        }
        SCALAR out[RK_ATTENTION_ROWS * RK_DOT_COLUMNS];
        if (rows == 1) {
          attention_dot_tile(1, x, y, e->size, out);
        } else {
          attention_dot_tile(RK_ATTENTION_ROWS, x, y, e->size, out);
        }
        for (ptrdiff_t r = 0; r < rows; r++) {
          SCALAR *to = a->y + ((s + r) * e->batch + b) * e->time + t;
          for (ptrdiff_t c = 0; c < columns; c++) to[c] = a->scale * out[r * RK_DOT_COLUMNS + c];
        }
      }
      for (ptrdiff_t r = 0; r < rows; r++) {
        memset(a->y + ((s + r) * e->batch + b) * e->time + length, 0, (size_t)(e->time - length) * sizeof(SCALAR));
      }
    }
  }
}

static void NAME(attention_dots)(const rk_attention *e, SCALAR scale, const SCALAR *queries, const SCALAR *memory,
                                 SCALAR *products) {
  attention_job a = {.e = e, .scale = scale, .queries = queries, .x = memory, .y = products};
  attention_ranges(&a, 1, attention_dots_range);
}

// MARK: Mixtures

/// y[r][0 ..< vectors * LANES] = the sum over k of w[r * row_stride + k * k_stride] * x[k * x_stride], the last vector
/// with `last` elements.
RK_INLINE void attention_mix_tile(const ptrdiff_t rows, const ptrdiff_t vectors, ptrdiff_t count, const SCALAR *w,
                                  ptrdiff_t row_stride, ptrdiff_t k_stride, const SCALAR *x, ptrdiff_t x_stride,
                                  ptrdiff_t last, SCALAR *const *y) {
  vec sums[RK_ATTENTION_ROWS * RK_MIX_COLUMNS];
  RK_UNROLL for (ptrdiff_t i = 0; i < rows * vectors; i++) sums[i] = v_zero();
  for (ptrdiff_t k = 0; k < count; k++) {
    vec right[RK_MIX_COLUMNS];
    RK_UNROLL for (ptrdiff_t v = 0; v < vectors; v++) {
      right[v] = v == vectors - 1 ? load_some(x + v * LANES, last) : v_load(x + v * LANES);
    }
    RK_UNROLL for (ptrdiff_t r = 0; r < rows; r++) {
      vec left = v_set(w[r * row_stride]);
      RK_UNROLL for (ptrdiff_t v = 0; v < vectors; v++) sums[r * vectors + v] = v_fma(left, right[v], sums[r * vectors + v]);
    }
    w += k_stride;
    x += x_stride;
  }
  RK_UNROLL for (ptrdiff_t r = 0; r < rows; r++) {
    RK_UNROLL for (ptrdiff_t v = 0; v < vectors; v++) {
      store_some(y[r] + v * LANES, sums[r * vectors + v], v == vectors - 1 ? last : LANES);
    }
  }
}

/// `rows` rows of a mixture over all features.
RK_INLINE void attention_mix_rows(const ptrdiff_t rows, ptrdiff_t size, ptrdiff_t count, const SCALAR *w,
                                  ptrdiff_t row_stride, ptrdiff_t k_stride, const SCALAR *x, ptrdiff_t x_stride,
                                  SCALAR *const *y) {
  for (ptrdiff_t i = 0; i < size;) {
    SCALAR *to[RK_ATTENTION_ROWS];
    RK_UNROLL for (ptrdiff_t r = 0; r < rows; r++) to[r] = y[r] + i;
    ptrdiff_t left = size - i;
    if (left >= RK_MIX_COLUMNS * LANES) {
      attention_mix_tile(rows, RK_MIX_COLUMNS, count, w, row_stride, k_stride, x + i, x_stride, LANES, to);
      i += RK_MIX_COLUMNS * LANES;
    } else {
      attention_mix_tile(rows, 1, count, w, row_stride, k_stride, x + i, x_stride, left < LANES ? left : LANES, to);
      i += LANES;
    }
  }
}

/// y[s, b] = the sum over places of w[s, b, t] x[t, b], or over steps: y[t, b] = the sum over s of w[s, b, t] x[s, b].
static void attention_mix_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const attention_job *a = context;
  const rk_attention *e = a->e;
  const ptrdiff_t step = e->batch * e->time, place = 1, row = e->batch * e->size;
  for (ptrdiff_t b = begin; b < end; b++) {
    ptrdiff_t length = attention_length(e, b);
    ptrdiff_t rows = a->over_steps ? length : e->steps, count = a->over_steps ? e->steps : length;
    ptrdiff_t row_stride = a->over_steps ? place : step, k_stride = a->over_steps ? step : place;
    const SCALAR *w = a->weights + b * e->time, *x = a->x + b * e->size;
    for (ptrdiff_t r = 0; r < rows;) {
      SCALAR *y[RK_ATTENTION_ROWS];
      bool whole = rows - r >= RK_ATTENTION_ROWS;
      for (ptrdiff_t i = 0; i < (whole ? RK_ATTENTION_ROWS : 1); i++) y[i] = a->y + (r + i) * row + b * e->size;
      if (whole) {
        attention_mix_rows(RK_ATTENTION_ROWS, e->size, count, w + r * row_stride, row_stride, k_stride, x, row, y);
        r += RK_ATTENTION_ROWS;
      } else {
        attention_mix_rows(1, e->size, count, w + r * row_stride, row_stride, k_stride, x, row, y);
        r++;
      }
    }
    for (ptrdiff_t t = length; a->over_steps && t < e->time; t++) {
      memset(a->y + t * row + b * e->size, 0, (size_t)e->size * sizeof(SCALAR));
    }
  }
}

static void NAME(attention_mix)(const rk_attention *e, bool over_steps, const SCALAR *weights, const SCALAR *x,
                                SCALAR *y) {
  attention_job a = {.e = e, .over_steps = over_steps, .weights = weights, .x = x, .y = y};
  attention_ranges(&a, 1, attention_mix_range);
}

// MARK: Weights

static void attention_softmax_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const attention_job *a = context;
  const rk_attention *e = a->e;
  for (ptrdiff_t row = begin; row < end; row++) {
    ptrdiff_t length = attention_length(e, row % e->batch);
    const SCALAR *x = a->x + row * e->time;
    SCALAR *y = a->y + row * e->time;
    if (length > 0) {
      SCALAR factor = 1 / row_exponentials(x, row_maximum(x, length), y, length);
      for (ptrdiff_t i = 0; i < length; i += LANES) store_some(y + i, load_some(y + i, length - i) * factor, length - i);
    }
    memset(y + length, 0, (size_t)(e->time - length) * sizeof(SCALAR));
  }
}

static void NAME(attention_softmax)(const rk_attention *e, const SCALAR *scores, SCALAR *weights) {
  attention_job a = {.e = e, .x = scores, .y = weights};
  if (e->time > 0) rk_ranges(e->steps * e->batch, rk_rows_grain(8 * e->time), attention_softmax_range, &a);
}

// MARK: Additive scores

// score[s, b, t] = direction . tanh(key[t, b] + query[s, b])
static void additive_scores_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const attention_job *a = context;
  const rk_attention *e = a->e;
  for (ptrdiff_t b = begin; b < end; b++) {
    ptrdiff_t length = attention_length(e, b);
    for (ptrdiff_t s = 0; s < e->steps; s++) {
      const SCALAR *query = a->queries + (s * e->batch + b) * e->size;
      SCALAR *to = a->y + (s * e->batch + b) * e->time;
      for (ptrdiff_t t = 0; t < length; t++) {
        const SCALAR *key = a->keys + (t * e->batch + b) * e->size;
        vec sum = v_zero();
        for (ptrdiff_t i = 0; i < e->size; i += LANES) {
          ptrdiff_t left = e->size - i;
          sum = v_fma(load_some(a->direction + i, left), v_tanh(load_some(key + i, left) + load_some(query + i, left)), sum);
        }
        to[t] = v_sum(sum);
      }
      memset(to + length, 0, (size_t)(e->time - length) * sizeof(SCALAR));
    }
  }
}

static void NAME(additive_scores)(const rk_attention *e, const SCALAR *queries, const SCALAR *keys,
                                  const SCALAR *direction, SCALAR *scores) {
  attention_job a = {.e = e, .queries = queries, .keys = keys, .direction = direction, .y = scores};
  attention_ranges(&a, 16, additive_scores_range);
}

/// The gradients of one vector of features of sequence b, over all steps and places: the hyperbolic tangents are made
/// again, which costs less than to have kept them.
RK_INLINE void additive_gradient_columns(const attention_job *a, ptrdiff_t b, ptrdiff_t i) {
  const rk_attention *e = a->e;
  const ptrdiff_t left = e->size - i, row = e->batch * e->size, length = attention_length(e, b);
  const SCALAR *keys = a->keys + b * e->size + i;
  SCALAR *key_gradient = a->key_gradient + b * e->size + i;
  vec direction = load_some(a->direction + i, left), total = load_some(a->direction_gradient + b * e->size + i, left);
  for (ptrdiff_t s = 0; s < e->steps; s++) {
    vec query = load_some(a->queries + s * row + b * e->size + i, left), sum = v_zero();
    const SCALAR *scores = a->x + (s * e->batch + b) * e->time;
    for (ptrdiff_t t = 0; t < length; t++) {
      vec y = v_tanh(load_some(keys + t * row, left) + query), d = v_set(scores[t]);
      total = v_fma(d, y, total);
      vec gradient = d * direction * (v_set(1) - y * y);
      sum += gradient;
      store_some(key_gradient + t * row, load_some(key_gradient + t * row, left) + gradient, left);
    }
    store_some(a->query_gradient + s * row + b * e->size + i, sum, left);
  }
  store_some(a->direction_gradient + b * e->size + i, total, left);
}

static void additive_gradient_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const attention_job *a = context;
  for (ptrdiff_t b = begin; b < end; b++) {
    for (ptrdiff_t i = 0; i < a->e->size; i += LANES) additive_gradient_columns(a, b, i);
  }
}

static void NAME(additive_scores_gradient)(const rk_attention *e, const SCALAR *queries, const SCALAR *keys,
                                           const SCALAR *direction, const SCALAR *dscores, SCALAR *dqueries,
                                           SCALAR *dkeys, SCALAR *ddirection) {
  attention_job a = {.e = e, .queries = queries, .keys = keys, .direction = direction, .x = dscores,
                     .query_gradient = dqueries, .key_gradient = dkeys, .direction_gradient = ddirection};
  attention_ranges(&a, 16, additive_gradient_range);
}
