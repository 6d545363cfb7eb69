// Glimpses (Gregor et al. 2015, DRAW, section 3.2): a picture is read, or painted on, through a grid of places x places Gaussian
// filters, whose middle, stride, width and intensity a network decides.
//
// The grid is separable: rows of filters down the picture and rows across it, each of which sums to 1. So a reading is
//   patch = down . picture . across^T        and painting is        picture = down^T . patch . across,
// each being the gradient of the other, and with
//   t = down . picture    [places, width, channels]      and        u = patch . across    [places, width, channels]
// the gradients of the filters are d_down = picture . u^T and d_across = patch^T . t, summed over channels.
// A thread has a whole picture, so results do not depend on how many there are.
//
// Rows of pictures and filters are rarely as long as whole vectors. Loads go past the end of a row, into the next one of the same
// picture, and what they find there is taken out again; stores go past it where the next row is written later.

#define glimpse_job NAMED(rk_glimpse_job)
#define glimpse_window NAMED(rk_glimpse_window)
#define exp_of NAMED(rk_exp_of)
#define glimpse_window_of NAMED(rk_glimpse_window_of)
#define glimpse_middle NAMED(rk_glimpse_middle)
#define glimpse_nearest NAMED(rk_glimpse_nearest)
#define glimpse_distance NAMED(rk_glimpse_distance)
#define glimpse_axis_filters NAMED(rk_glimpse_axis_filters)
#define glimpse_axis_gradient NAMED(rk_glimpse_axis_gradient)
#define glimpse_filters_range NAMED(rk_glimpse_filters_range)
#define glimpse_filters_gradient_range NAMED(rk_glimpse_filters_gradient_range)
#define glimpse_project_down NAMED(rk_glimpse_project_down)
#define glimpse_spread_across NAMED(rk_glimpse_spread_across)
#define glimpse_planes NAMED(rk_glimpse_planes)
#define glimpse_dot NAMED(rk_glimpse_dot)
#define glimpse_lanes NAMED(rk_glimpse_lanes)
#define glimpse_read_range NAMED(rk_glimpse_read_range)
#define glimpse_paint_range NAMED(rk_glimpse_paint_range)
#define glimpse_gradient_range NAMED(rk_glimpse_gradient_range)

typedef struct {
  const rk_glimpse *g;
  const SCALAR *windows, *filters, *patches, *pictures;
  SCALAR *result;
} glimpse_job;

// MARK: Filters

/// Where the filters of a picture lie: the middle of the grid and the distance of its filters in pixels, 1 / variance, and the
/// intensity to its power. What the logarithms are is bounded, so that all of it is finite; bounded[k] tells which one was.
typedef struct {
  SCALAR middle[2], stride, precision, intensity;
  bool bounded[3];
} glimpse_window;

/// 0, 1, 2, ...
RK_INLINE vec glimpse_lanes(void) {
  vec lanes;
  for (ptrdiff_t i = 0; i < LANES; i++) lanes[i] = (SCALAR)i;
  return lanes;
}

RK_INLINE SCALAR exp_of(SCALAR x) { return v_exp(v_set(x))[0]; }

/// window: across, down, log variance, log stride, log intensity.
static glimpse_window glimpse_window_of(const rk_glimpse *g, const SCALAR *window) {
  const SCALAR bound = RK_GLIMPSE_BOUND;
  SCALAR logarithms[3];
  glimpse_window w;
  for (int k = 0; k < 3; k++) {
    SCALAR x = window[2 + k];
    w.bounded[k] = x < -bound || x > bound;
    logarithms[k] = x < -bound ? -bound : x > bound ? bound : x;
  }
  ptrdiff_t longest = g->extent[0] > g->extent[1] ? g->extent[0] : g->extent[1];
  for (int axis = 0; axis < 2; axis++)
    w.middle[axis] = (SCALAR)(g->extent[axis] + 1) / 2 * (window[1 - axis] + 1) - 1;
  w.precision = exp_of(-logarithms[0]);
  w.stride = g->places > 1 ? (SCALAR)(longest - 1) / (SCALAR)(g->places - 1) * exp_of(logarithms[1]) : 0;
  w.intensity = g->power == 0 ? 1 : exp_of((SCALAR)g->power * logarithms[2]);
  return w;
}

/// The middle of filter i along an axis, in pixels.
RK_INLINE SCALAR glimpse_middle(const rk_glimpse *g, const glimpse_window *w, int axis, ptrdiff_t i) {
  return w->middle[axis] + ((SCALAR)i - (SCALAR)(g->places - 1) / 2) * w->stride;
}

/// The pixel of so many that is nearest to a middle.
RK_INLINE SCALAR glimpse_nearest(SCALAR middle, ptrdiff_t extent) {
  SCALAR last = (SCALAR)(extent - 1), x = (SCALAR)(ptrdiff_t)(middle > 0 ? middle < last ? middle + (SCALAR)0.5 : last : 0);
  return x < last ? x : last;
}

/// By how much less likely pixels are than the nearest one: ((a - middle)^2 - (nearest - middle)^2) precision / 2.
RK_INLINE vec glimpse_distance(vec a, SCALAR nearest, SCALAR middle, SCALAR precision) {
  return (a - nearest) * (a + (nearest - 2 * middle)) * (precision / 2);
}

/// The filters along an axis, each normalized and times a factor: [places, extent]. row: as long as the axis, in whole vectors.
static void glimpse_axis_filters(const rk_glimpse *g, const glimpse_window *w, int axis, SCALAR factor, SCALAR *row,
                                 SCALAR *filters) {
  ptrdiff_t n = g->extent[axis];
  for (ptrdiff_t i = 0; i < g->places; i++) {
    SCALAR middle = glimpse_middle(g, w, axis, i), nearest = glimpse_nearest(middle, n);
    vec sum = v_zero();
    for (ptrdiff_t a = 0; a < n; a += LANES) {
      vec e = v_exp(-glimpse_distance(glimpse_lanes() + (SCALAR)a, nearest, middle, w->precision));
      e = keep_some(e, n - a, 0);
      v_store(row + a, e);
      sum += e;
    }
    vec scale = v_set(factor / v_sum(sum));
    for (ptrdiff_t a = 0; a < n; a += LANES)
      store_some(filters + i * n + a, v_load(row + a) * scale, (g->places - i) * n - a);
  }
}

/// Adds what the filters along an axis say of the window to d [5].
static void glimpse_axis_gradient(const rk_glimpse *g, const glimpse_window *w, int axis, SCALAR factor, const SCALAR *filters,
                                  const SCALAR *dfilters, SCALAR *d) {
  ptrdiff_t n = g->extent[axis];
  SCALAR of_middle = 0, of_stride = 0, of_variance = 0, of_factor = 0;
  for (ptrdiff_t i = 0; i < g->places; i++) {
    const SCALAR *row = filters + i * n, *drow = dfilters + i * n;
    ptrdiff_t remaining = (g->places - i) * n;
    SCALAR middle = glimpse_middle(g, w, axis, i), nearest = glimpse_nearest(middle, n);
    vec products = v_zero(), first = v_zero(), second = v_zero();
    for (ptrdiff_t a = 0; a < n; a += LANES)
      products += keep_some(load_some(row + a, remaining - a) * load_some(drow + a, remaining - a), n - a, 0);
    SCALAR total = v_sum(products);
    vec mean = v_set(total / factor);
    // The gradients of the logarithms add up to zero, so that distances may be counted from the nearest pixel.
    for (ptrdiff_t a = 0; a < n; a += LANES) {
      vec places = glimpse_lanes() + (SCALAR)a;
      vec dlog = load_some(row + a, remaining - a) * (load_some(drow + a, remaining - a) - mean);
      dlog = keep_some(dlog, n - a, 0);
      first = v_fma(dlog, places - nearest, first);
      second = v_fma(dlog, glimpse_distance(places, nearest, middle, w->precision), second);
    }
    SCALAR of_this = v_sum(first) * w->precision;
    of_middle += of_this;
    of_stride += of_this * ((SCALAR)i - (SCALAR)(g->places - 1) / 2);
    of_variance += v_sum(second);
    of_factor += total;
  }
  d[1 - axis] += of_middle * (SCALAR)(g->extent[axis] + 1) / 2;
  d[2] += of_variance;
  d[3] += of_stride * w->stride;
  if (axis == 0) d[4] += of_factor * (SCALAR)g->power;
}

static void glimpse_filters_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const glimpse_job *s = context;
  const rk_glimpse *g = s->g;
  ptrdiff_t down = g->places * g->extent[0], count = down + g->places * g->extent[1];
  ptrdiff_t longest = g->extent[0] > g->extent[1] ? g->extent[0] : g->extent[1];
  SCALAR *row = rk_scratch(4, (size_t)(longest + LANES) * sizeof(SCALAR));
  for (ptrdiff_t b = begin; b < end; b++) {
    glimpse_window w = glimpse_window_of(g, s->windows + 5 * b);
    glimpse_axis_filters(g, &w, 0, w.intensity, row, s->result + b * count);
    glimpse_axis_filters(g, &w, 1, 1, row, s->result + b * count + down);
  }
}

static void NAME(glimpse_filters)(const rk_glimpse *g, const SCALAR *windows, SCALAR *filters) {
  glimpse_job s = {.g = g, .windows = windows, .result = filters};
  ptrdiff_t work = 16 * g->places * (g->extent[0] + g->extent[1]);
  rk_ranges(g->batch, rk_rows_grain(work), glimpse_filters_range, &s);
}

static void glimpse_filters_gradient_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const glimpse_job *s = context;
  const rk_glimpse *g = s->g;
  ptrdiff_t down = g->places * g->extent[0], count = down + g->places * g->extent[1];
  for (ptrdiff_t b = begin; b < end; b++) {
    glimpse_window w = glimpse_window_of(g, s->windows + 5 * b);
    const SCALAR *filters = s->filters + b * count, *dfilters = s->patches + b * count;
    SCALAR *d = s->result + 5 * b;
    for (int k = 0; k < 5; k++) d[k] = 0;
    glimpse_axis_gradient(g, &w, 0, w.intensity, filters, dfilters, d);
    glimpse_axis_gradient(g, &w, 1, 1, filters + down, dfilters + down, d);
    for (int k = 0; k < 3; k++) {
      if (w.bounded[k]) d[2 + k] = 0;
    }
  }
}

static void NAME(glimpse_filters_gradient)(const rk_glimpse *g, const SCALAR *windows, const SCALAR *filters,
                                           const SCALAR *dfilters, SCALAR *dwindows) {
  glimpse_job s = {.g = g, .windows = windows, .filters = filters, .patches = dfilters, .result = dwindows};
  ptrdiff_t work = 16 * g->places * (g->extent[0] + g->extent[1]);
  rk_ranges(g->batch, rk_rows_grain(work), glimpse_filters_gradient_range, &s);
}

// MARK: Reading and painting

/// Elements of a row of t or u, and of one channel of it: whole vectors.
#define GLIMPSE_ROW(g) (((g)->extent[1] * (g)->channels + LANES - 1) / LANES * LANES)
#define GLIMPSE_PLANE(g) (((g)->extent[1] + LANES - 1) / LANES * LANES)

/// t = down . picture, rows of GLIMPSE_ROW elements; zeros stand past the end of a row.
static void glimpse_project_down(const rk_glimpse *g, const SCALAR *down, const SCALAR *picture, SCALAR *t) {
  ptrdiff_t height = g->extent[0], width = g->extent[1] * g->channels, row = GLIMPSE_ROW(g), size = height * width;
  for (ptrdiff_t i = 0; i < g->places; i += 4) {
    // Four rows at once; where fewer are left, the first of them stands for those that are not there.
    ptrdiff_t left = g->places - i;
    const SCALAR *f[4];
    for (ptrdiff_t k = 0; k < 4; k++) f[k] = down + (i + (k < left ? k : 0)) * height;
    for (ptrdiff_t x = 0; x < width; x += LANES) {
      vec sums[4] = {v_zero(), v_zero(), v_zero(), v_zero()};
      for (ptrdiff_t h = 0; h < height; h++) {
        vec p = load_some(picture + h * width + x, size - h * width - x);
        for (ptrdiff_t k = 0; k < 4; k++) sums[k] = v_fma(v_set(f[k][h]), p, sums[k]);
      }
      for (ptrdiff_t k = 0; k < 4; k++) {
        if (k < left) v_store(t + (i + k) * row + x, keep_some(sums[k], width - x, 0));
      }
    }
  }
}

/// u = patch . across, rows of GLIMPSE_ROW elements; zeros stand past the end of a row. plane: of GLIMPSE_PLANE elements.
static void glimpse_spread_across(const rk_glimpse *g, const SCALAR *across, const SCALAR *patch, SCALAR *plane, SCALAR *u) {
  ptrdiff_t n = g->places, width = g->extent[1], channels = g->channels, row = GLIMPSE_ROW(g);
  for (ptrdiff_t i = 0; i < n; i++) {
    for (ptrdiff_t c = 0; c < channels; c++) {
      const SCALAR *weights = patch + i * n * channels + c;
      SCALAR *target = channels == 1 ? u + i * row : plane;
      for (ptrdiff_t x = 0; x < width; x += LANES) {
        vec sum = v_zero();
        for (ptrdiff_t j = 0; j < n; j++)
          sum = v_fma(v_set(weights[j * channels]), load_some(across + j * width + x, (n - j) * width - x), sum);
        v_store(target + x, keep_some(sum, width - x, 0));
      }
      if (channels > 1) {
        for (ptrdiff_t x = 0; x < width; x++) u[i * row + x * channels + c] = plane[x];
      }
    }
    if (channels > 1) {
      for (ptrdiff_t x = width * channels; x < row; x++) u[i * row + x] = 0;
    }
  }
}

/// t [places, width, channels] as [places, channels, width], rows of GLIMPSE_PLANE elements: t itself where there is one channel.
RK_INLINE const SCALAR *glimpse_planes(const rk_glimpse *g, const SCALAR *t, SCALAR *planes) {
  if (g->channels == 1) return t;
  ptrdiff_t width = g->extent[1], channels = g->channels, row = GLIMPSE_ROW(g), plane = GLIMPSE_PLANE(g);
  for (ptrdiff_t i = 0; i < g->places; i++) {
    for (ptrdiff_t c = 0; c < channels; c++) {
      SCALAR *target = planes + (i * channels + c) * plane;
      for (ptrdiff_t x = 0; x < plane; x++) target[x] = x < width ? t[i * row + x * channels + c] : 0;
    }
  }
  return planes;
}

/// The sum of padded[i] * x[i]; zeros stand past the end of padded, and x may be read for `remaining` elements.
RK_INLINE SCALAR glimpse_dot(const SCALAR *padded, const SCALAR *x, ptrdiff_t count, ptrdiff_t remaining) {
  vec sum = v_zero();
  for (ptrdiff_t i = 0; i < count; i += LANES) sum = v_fma(v_load(padded + i), load_some(x + i, remaining - i), sum);
  return v_sum(sum);
}

static void glimpse_read_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const glimpse_job *s = context;
  const rk_glimpse *g = s->g;
  ptrdiff_t n = g->places, height = g->extent[0], width = g->extent[1], channels = g->channels, row = GLIMPSE_ROW(g);
  ptrdiff_t plane = GLIMPSE_PLANE(g);
  SCALAR *t = rk_scratch(4, (size_t)(n * (row + channels * plane)) * sizeof(SCALAR));
  for (ptrdiff_t b = begin; b < end; b++) {
    const SCALAR *down = s->filters + b * n * (height + width), *across = down + n * height;
    glimpse_project_down(g, down, s->pictures + b * height * width * channels, t);
    const SCALAR *planes = glimpse_planes(g, t, t + n * row);
    SCALAR *patch = s->result + b * n * n * channels;
    for (ptrdiff_t i = 0; i < n; i++) {
      for (ptrdiff_t j = 0; j < n; j++) {
        for (ptrdiff_t c = 0; c < channels; c++)
          patch[(i * n + j) * channels + c] =
              glimpse_dot(planes + (i * channels + c) * plane, across + j * width, width, (n - j) * width);
      }
    }
  }
}

static void NAME(glimpse_read)(const rk_glimpse *g, const SCALAR *filters, const SCALAR *pictures, SCALAR *patches) {
  glimpse_job s = {.g = g, .filters = filters, .pictures = pictures, .result = patches};
  ptrdiff_t work = 2 * g->extent[0] * g->extent[1] * g->channels;
  rk_ranges(g->batch, rk_rows_grain(work), glimpse_read_range, &s);
}

static void glimpse_paint_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const glimpse_job *s = context;
  const rk_glimpse *g = s->g;
  ptrdiff_t n = g->places, height = g->extent[0], width = g->extent[1] * g->channels, row = GLIMPSE_ROW(g);
  ptrdiff_t size = height * width;
  SCALAR *u = rk_scratch(4, (size_t)((n + 1) * row) * sizeof(SCALAR));
  for (ptrdiff_t b = begin; b < end; b++) {
    const SCALAR *down = s->filters + b * n * (height + g->extent[1]), *across = down + n * height;
    glimpse_spread_across(g, across, s->patches + b * n * n * g->channels, u + n * row, u);
    const SCALAR *base = s->pictures != NULL ? s->pictures + b * size : NULL;
    SCALAR *picture = s->result + b * size;
    for (ptrdiff_t h = 0; h < height; h++) {
      for (ptrdiff_t x = 0; x < width; x += LANES) {
        ptrdiff_t at = h * width + x;
        vec sum = base != NULL ? load_some(base + at, size - at) : v_zero();
        for (ptrdiff_t i = 0; i < n; i++) sum = v_fma(v_set(down[i * height + h]), v_load(u + i * row + x), sum);
        store_some(picture + at, sum, size - at);
      }
    }
  }
}

static void NAME(glimpse_paint)(const rk_glimpse *g, const SCALAR *filters, const SCALAR *patches, const SCALAR *base,
                                SCALAR *pictures) {
  glimpse_job s = {.g = g, .filters = filters, .patches = patches, .pictures = base, .result = pictures};
  ptrdiff_t work = 2 * g->extent[0] * g->extent[1] * g->channels;
  rk_ranges(g->batch, rk_rows_grain(work), glimpse_paint_range, &s);
}

static void glimpse_gradient_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const glimpse_job *s = context;
  const rk_glimpse *g = s->g;
  ptrdiff_t n = g->places, height = g->extent[0], width = g->extent[1], channels = g->channels, row = GLIMPSE_ROW(g);
  ptrdiff_t plane = GLIMPSE_PLANE(g), length = width * channels;
  SCALAR *t = rk_scratch(4, (size_t)(2 * n * row + (n * channels + 1) * plane) * sizeof(SCALAR)), *u = t + n * row;
  for (ptrdiff_t b = begin; b < end; b++) {
    const SCALAR *down = s->filters + b * n * (height + width), *across = down + n * height;
    const SCALAR *picture = s->pictures + b * height * length, *patch = s->patches + b * n * n * channels;
    SCALAR *of_down = s->result + b * n * (height + width), *of_across = of_down + n * height;
    glimpse_project_down(g, down, picture, t);
    glimpse_spread_across(g, across, patch, u + n * row, u);
    for (ptrdiff_t i = 0; i < n; i++) {
      for (ptrdiff_t h = 0; h < height; h++)
        of_down[i * height + h] = glimpse_dot(u + i * row, picture + h * length, length, (height - h) * length);
    }
    const SCALAR *planes = glimpse_planes(g, t, u + n * row);
    for (ptrdiff_t j = 0; j < n; j++) {
      for (ptrdiff_t x = 0; x < width; x += LANES) {
        vec sum = v_zero();
        for (ptrdiff_t i = 0; i < n; i++) {
          for (ptrdiff_t c = 0; c < channels; c++)
            sum = v_fma(v_set(patch[(i * n + j) * channels + c]), v_load(planes + (i * channels + c) * plane + x), sum);
        }
        store_some(of_across + j * width + x, sum, (n - j) * width - x);
      }
    }
  }
}

static void NAME(glimpse_gradient)(const rk_glimpse *g, const SCALAR *filters, const SCALAR *patches, const SCALAR *pictures,
                                   SCALAR *dfilters) {
  glimpse_job s = {.g = g, .filters = filters, .patches = patches, .pictures = pictures, .result = dfilters};
  ptrdiff_t work = 4 * g->extent[0] * g->extent[1] * g->channels;
  rk_ranges(g->batch, rk_rows_grain(work), glimpse_gradient_range, &s);
}
