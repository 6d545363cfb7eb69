// Pooling: the largest number, or the mean, of each channel in a window that moves over pictures. Lanes are channels.
//
// Gradients are gathered: an element of a picture looks at the windows that saw it, row by row of pictures, so that each
// is written once and by one task.

#ifndef RK_POOLING_ONCE
#define RK_POOLING_ONCE
#define pooling_job NAMED(rk_pooling_job)
#define pooling_range NAMED(rk_pooling_range)
#define tap_range NAMED(rk_tap_range)
#define vec_chosen NAMED(rk_vec_chosen)
#define load_chosen NAMED(rk_load_chosen)
#define store_chosen NAMED(rk_store_chosen)
#define max_pooling_rows NAMED(rk_max_pooling_rows)
#define max_gradient_rows NAMED(rk_max_gradient_rows)
#define average_pooling_rows NAMED(rk_average_pooling_rows)
#define average_gradient_rows NAMED(rk_average_gradient_rows)
#define window_share NAMED(rk_window_share)
#define seen_by NAMED(rk_seen_by)
#endif

typedef struct {
  const rk_window *window;
  bool counts_padding;
  const SCALAR *x;
  SCALAR *y;
  const uint16_t *chosen;
  uint16_t *choosing;
} pooling_job;

typedef uint16_t vec_chosen __attribute__((ext_vector_type(VECTOR_BYTES / sizeof(SCALAR))));

RK_INLINE vec_int load_chosen(const uint16_t *from, ptrdiff_t remaining) {
  vec_chosen v = (vec_chosen)(uint16_t)0;
  __builtin_memcpy(&v, from, (size_t)(remaining < LANES ? remaining : LANES) * sizeof(uint16_t));
  return __builtin_convertvector(v, vec_int);
}

RK_INLINE void store_chosen(uint16_t *to, vec_int v, ptrdiff_t remaining) {
  vec_chosen chosen = __builtin_convertvector(v, vec_chosen);
  __builtin_memcpy(to, &chosen, (size_t)(remaining < LANES ? remaining : LANES) * sizeof(uint16_t));
}

/// The taps first ..< end of place `place` that lie within the picture, along an axis.
RK_INLINE void tap_range(const rk_window *w, int axis, ptrdiff_t place, ptrdiff_t *first, ptrdiff_t *end) {
  ptrdiff_t start = place * w->stride[axis] - w->padding[axis], step = w->dilation[axis];
  ptrdiff_t fits = (w->extent[axis] - start + step - 1) / step;
  *first = start < 0 ? (-start + step - 1) / step : 0;
  *end = fits < w->kernel[axis] ? fits : w->kernel[axis];
}

/// The places first ..< end, among those that there are, whose windows may see element `element` along an axis.
RK_INLINE void seen_by(const rk_window *w, int axis, ptrdiff_t element, ptrdiff_t *first, ptrdiff_t *end) {
  ptrdiff_t reach = (w->kernel[axis] - 1) * w->dilation[axis], at = element + w->padding[axis];
  *first = at <= reach ? 0 : (at - reach + w->stride[axis] - 1) / w->stride[axis];
  *end = at / w->stride[axis] + 1 < w->places[axis] ? at / w->stride[axis] + 1 : w->places[axis];
}

/// Rows of places begin ..< end of all pictures.
static void max_pooling_rows(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const pooling_job *s = context;
  const rk_window *w = s->window;
  ptrdiff_t row_length = w->extent[1] * w->channels;
  for (ptrdiff_t row = begin; row < end; row++) {
    ptrdiff_t top, bottom, high = row % w->places[0];
    tap_range(w, 0, high, &top, &bottom);
    const SCALAR *picture = s->x + row / w->places[0] * w->extent[0] * row_length;
    for (ptrdiff_t wide = 0; wide < w->places[1]; wide++) {
      ptrdiff_t left, right, at = (row * w->places[1] + wide) * w->channels;
      tap_range(w, 1, wide, &left, &right);
      for (ptrdiff_t j = 0; j < w->channels; j += LANES) {
        ptrdiff_t width = w->channels - j;
        vec largest = v_set(-(SCALAR)INFINITY);
        vec_int index = (vec_int)(INTEGER)(top * w->kernel[1] + left);
        for (ptrdiff_t p = top; p < bottom; p++) {
          const SCALAR *x = picture + (high * w->stride[0] - w->padding[0] + p * w->dilation[0]) * row_length +
                            (wide * w->stride[1] - w->padding[1]) * w->channels + j;
          for (ptrdiff_t q = left; q < right; q++) {
            vec v = load_some(x + q * w->dilation[1] * w->channels, width);
            vec_int better = (v > largest) | (v != v);
            largest = v_select(better, v, largest);
            index = better ? (vec_int)(INTEGER)(p * w->kernel[1] + q) : index;
          }
        }
        store_some(s->y + at + j, largest, width);
        if (s->choosing != NULL) store_chosen(s->choosing + at + j, index, width);
      }
    }
  }
}

/// Rows begin ..< end of all pictures.
static void max_gradient_rows(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const pooling_job *s = context;
  const rk_window *w = s->window;
  for (ptrdiff_t row = begin; row < end; row++) {
    ptrdiff_t top, bottom, down = row % w->extent[0], picture = row / w->extent[0];
    seen_by(w, 0, down, &top, &bottom);
    for (ptrdiff_t right = 0; right < w->extent[1]; right++) {
      ptrdiff_t first, last;
      seen_by(w, 1, right, &first, &last);
      SCALAR *dx = s->y + (row * w->extent[1] + right) * w->channels;
      for (ptrdiff_t j = 0; j < w->channels; j += LANES) {
        ptrdiff_t width = w->channels - j;
        vec sum = v_zero();
        for (ptrdiff_t high = top; high < bottom; high++) {
          ptrdiff_t p = down + w->padding[0] - high * w->stride[0];
          if (p % w->dilation[0] != 0) continue;
          for (ptrdiff_t wide = first; wide < last; wide++) {
            ptrdiff_t q = right + w->padding[1] - wide * w->stride[1];
            if (q % w->dilation[1] != 0) continue;
            ptrdiff_t tap = p / w->dilation[0] * w->kernel[1] + q / w->dilation[1];
            ptrdiff_t at = ((picture * w->places[0] + high) * w->places[1] + wide) * w->channels + j;
            vec_int is_chosen = load_chosen(s->chosen + at, width) == (vec_int)(INTEGER)tap;
            sum += v_select(is_chosen, load_some(s->x + at, width), v_zero());
          }
        }
        store_some(dx + j, sum, width);
      }
    }
  }
}

/// 1 / the number of taps that count at a place.
RK_INLINE SCALAR window_share(const pooling_job *s, ptrdiff_t high, ptrdiff_t wide) {
  const rk_window *w = s->window;
  ptrdiff_t count = 1;
  for (int axis = 0; axis < 2; axis++) {
    ptrdiff_t first, end, place = axis == 0 ? high : wide;
    tap_range(w, axis, place, &first, &end);
    if (s->counts_padding) {
      // Beyond the padding there is nothing, and windows that reach there (their number rounded up) are cut.
      ptrdiff_t start = place * w->stride[axis] - w->padding[axis], step = w->dilation[axis];
      ptrdiff_t fits = (w->extent[axis] + w->padding[axis] - start + step - 1) / step;
      first = 0, end = fits < w->kernel[axis] ? fits : w->kernel[axis];
    }
    count *= end - first;
  }
  return (SCALAR)1 / (SCALAR)count;
}

static void average_pooling_rows(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const pooling_job *s = context;
  const rk_window *w = s->window;
  ptrdiff_t row_length = w->extent[1] * w->channels;
  for (ptrdiff_t row = begin; row < end; row++) {
    ptrdiff_t top, bottom, high = row % w->places[0];
    tap_range(w, 0, high, &top, &bottom);
    const SCALAR *picture = s->x + row / w->places[0] * w->extent[0] * row_length;
    for (ptrdiff_t wide = 0; wide < w->places[1]; wide++) {
      ptrdiff_t left, right;
      tap_range(w, 1, wide, &left, &right);
      SCALAR share = window_share(s, high, wide);
      for (ptrdiff_t j = 0; j < w->channels; j += LANES) {
        ptrdiff_t width = w->channels - j;
        vec sum = v_zero();
        for (ptrdiff_t p = top; p < bottom; p++) {
          const SCALAR *x = picture + (high * w->stride[0] - w->padding[0] + p * w->dilation[0]) * row_length +
                            (wide * w->stride[1] - w->padding[1]) * w->channels + j;
          for (ptrdiff_t q = left; q < right; q++) sum += load_some(x + q * w->dilation[1] * w->channels, width);
        }
        store_some(s->y + (row * w->places[1] + wide) * w->channels + j, sum * share, width);
      }
    }
  }
}

static void average_gradient_rows(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const pooling_job *s = context;
  const rk_window *w = s->window;
  for (ptrdiff_t row = begin; row < end; row++) {
    ptrdiff_t top, bottom, down = row % w->extent[0], picture = row / w->extent[0];
    seen_by(w, 0, down, &top, &bottom);
    for (ptrdiff_t right = 0; right < w->extent[1]; right++) {
      ptrdiff_t first, last;
      seen_by(w, 1, right, &first, &last);
      SCALAR *dx = s->y + (row * w->extent[1] + right) * w->channels;
      for (ptrdiff_t j = 0; j < w->channels; j += LANES) {
        ptrdiff_t width = w->channels - j;
        vec sum = v_zero();
        for (ptrdiff_t high = top; high < bottom; high++) {
          if ((down + w->padding[0] - high * w->stride[0]) % w->dilation[0] != 0) continue;
          for (ptrdiff_t wide = first; wide < last; wide++) {
            if ((right + w->padding[1] - wide * w->stride[1]) % w->dilation[1] != 0) continue;
            ptrdiff_t at = ((picture * w->places[0] + high) * w->places[1] + wide) * w->channels + j;
            sum = v_fma(load_some(s->x + at, width), v_set(window_share(s, high, wide)), sum);
          }
        }
        store_some(dx + j, sum, width);
      }
    }
  }
}

/// The rows of all places, or of all pictures, in parallel.
static void pooling_range(pooling_job *s, ptrdiff_t rows, ptrdiff_t columns, rk_range_body body) {
  ptrdiff_t taps = s->window->kernel[0] * s->window->kernel[1];
  rk_ranges(s->window->batch * rows, rk_rows_grain(columns * s->window->channels * taps), body, s);
}

static void NAME(max_pooling)(const rk_window *w, const SCALAR *x, SCALAR *y, uint16_t *chosen) {
  pooling_job s = {.window = w, .x = x, .y = y, .choosing = chosen};
  pooling_range(&s, w->places[0], w->places[1], max_pooling_rows);
}

static void NAME(max_pooling_gradient)(const rk_window *w, const uint16_t *chosen, const SCALAR *dy, SCALAR *dx) {
  pooling_job s = {.window = w, .x = dy, .y = dx, .chosen = chosen};
  pooling_range(&s, w->extent[0], w->extent[1], max_gradient_rows);
}

static void NAME(average_pooling)(const rk_window *w, bool counts_padding, const SCALAR *x, SCALAR *y) {
  pooling_job s = {.window = w, .counts_padding = counts_padding, .x = x, .y = y};
  pooling_range(&s, w->places[0], w->places[1], average_pooling_rows);
}

static void NAME(average_pooling_gradient)(const rk_window *w, bool counts_padding, const SCALAR *dy, SCALAR *dx) {
  pooling_job s = {.window = w, .counts_padding = counts_padding, .x = dy, .y = dx};
  pooling_range(&s, w->extent[0], w->extent[1], average_gradient_rows);
}
