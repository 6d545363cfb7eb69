// The gradients of a convolution.
//
// With respect to the pictures it is a convolution too, of dy with the weights transposed: an element of a picture collects
// from the places that saw it. Where the window moves in strides of s, elements that are s apart are seen by the same taps:
// they are a `places_product` of their own, as many as there are remainders (phases), whose results lie s apart.
//
// With respect to the weights it is a product whose k are the places of all pictures: a row of its left operand is a tap and
// channel. For each place the channels of a tap are contiguous in the picture and the outputs in dy, so both are read where they
// lie, with the sums of a tile in registers, some rows of places at a time. Each element is summed over the places in order.
//
// dy is copied where it has to be padded or masked, and the bias' gradient is summed on the way.

#ifndef RK_CONVOLUTION_GRADIENT_ONCE
#define RK_CONVOLUTION_GRADIENT_ONCE
enum { RK_GRADIENT_TILES = 6, RK_GRADIENT_ROWS = 64 };
#define tap_tile NAMED(rk_tap_tile)
#define weights_product NAMED(rk_weights_product)
#define gradient_tile NAMED(rk_gradient_tile)
#define gradient_tile_of NAMED(rk_gradient_tile_of)
#define weights_task NAMED(rk_weights_task)
#define channelwise_weights NAMED(rk_channelwise_weights)
#define weights_unpacking NAMED(rk_weights_unpacking)
#define unpack_filters_task NAMED(rk_unpack_filters_task)
#define phase_offset NAMED(rk_phase_offset)
#define picture_gradient NAMED(rk_picture_gradient)
#endif

// MARK: Weights

/// Rows of the weights' product that are worked on together: from a on in a place's picture, k in the result.
typedef struct {
  ptrdiff_t a, k, rows;
} tap_tile;

/// What the tasks of the weights' product know. Strides are in elements.
typedef struct {
  const SCALAR *a, *b;  // pictures and dy
  ptrdiff_t a_picture, a_row, a_place, b_picture, b_row, b_place;
  ptrdiff_t pictures, rows, columns, pieces;
  ptrdiff_t groups, inputs, n, k;  // a group has n outputs and k taps and channels
  const tap_tile *tiles;
  ptrdiff_t tile_count, task_tiles, tile_tasks, panels;
  bool channelwise;
  SCALAR *sums;  // [group][panel][k][PANEL]; channelwise [tap][groups and a spare vector]
} weights_product;

RK_INLINE void gradient_tile(const ptrdiff_t rows, const ptrdiff_t vectors, const product_run *runs, ptrdiff_t count,
                             const SCALAR *a, ptrdiff_t a_place, const SCALAR *b, ptrdiff_t b_place, SCALAR *to) {
  // Some hundred places are summed alone and then added: the sum of a hundred thousand loses less so.
  vec sums[TILE_SUMS], total[TILE_SUMS];
  RK_UNROLL for (ptrdiff_t i = 0; i < rows * vectors; i++) sums[i] = v_zero();
  runs_tile(rows, vectors, runs, count, a, 1, a_place, b, b_place, sums);
  load_tile(1, rows, vectors, to, PANEL, 0, total);
  RK_UNROLL for (ptrdiff_t i = 0; i < rows * vectors; i++) total[i] += sums[i];
  store_tile(1, rows, vectors, total, to, PANEL, 0);
}

static void gradient_tile_of(ptrdiff_t rows, ptrdiff_t width, const product_run *runs, ptrdiff_t count, const SCALAR *a,
                             ptrdiff_t a_place, const SCALAR *b, ptrdiff_t b_place, SCALAR *to) {
#define RUN(r)                                                                                                        \
  case r:                                                                                                             \
    if (width > LANES) {                                                                                              \
      gradient_tile(r, 2, runs, count, a, a_place, b, b_place, to);                                                   \
    } else {                                                                                                          \
      gradient_tile(r, 1, runs, count, a, a_place, b, b_place, to);                                                   \
    }                                                                                                                 \
    break;
  switch (rows) { EACH_TILE_HEIGHT(RUN) }
#undef RUN
}

/// One vector of channels, all taps.
static void channelwise_weights(const weights_product *s, ptrdiff_t channel) {
  ptrdiff_t width = s->groups - channel, stride = s->groups + LANES;
  for (ptrdiff_t row = 0; row < s->pictures * s->rows; row++) {
    const SCALAR *a = s->a + row / s->rows * s->a_picture + row % s->rows * s->a_row + channel;
    const SCALAR *b = s->b + row / s->rows * s->b_picture + row % s->rows * s->b_row + channel;
    for (const tap_tile *tap = s->tiles; tap < s->tiles + s->tile_count; tap++) {
      SCALAR *to = s->sums + tap->k * stride + channel;
      vec sum = v_zero();
      for (ptrdiff_t place = 0; place < s->columns; place++) {
        sum = v_fma(load_some(a + tap->a + place * s->a_place, width), load_some(b + place * s->b_place, width), sum);
      }
      v_store(to, v_load(to) + sum);
    }
  }
}

/// Task (group, panel, some tiles); channelwise a vector of channels.
static void weights_task(void *context, ptrdiff_t index) {
  const weights_product *s = context;
  if (s->channelwise) return channelwise_weights(s, index * LANES);
  ptrdiff_t group = index / (s->panels * s->tile_tasks), panel = index / s->tile_tasks % s->panels;
  ptrdiff_t first = index % s->tile_tasks * s->task_tiles;
  ptrdiff_t end = first + s->task_tiles < s->tile_count ? first + s->task_tiles : s->tile_count;
  ptrdiff_t width = s->n - panel * PANEL;
  SCALAR *sums = s->sums + (group * s->panels + panel) * s->k * PANEL;
  ptrdiff_t together = RK_PIECE * s->pieces / s->columns;
  together = together < 1 ? 1 : together > RK_GRADIENT_ROWS ? RK_GRADIENT_ROWS : together;
  for (ptrdiff_t picture = 0; picture < s->pictures; picture++) {
    for (ptrdiff_t row = 0; row < s->rows; row += together) {
      ptrdiff_t rows = s->rows - row < together ? s->rows - row : together;
      for (ptrdiff_t piece = 0; piece < s->pieces; piece++) {
        ptrdiff_t column = s->columns * piece / s->pieces, count = s->columns * (piece + 1) / s->pieces - column;
        const SCALAR *a = s->a + picture * s->a_picture + row * s->a_row + column * s->a_place + group * s->inputs;
        const SCALAR *b = s->b + picture * s->b_picture + row * s->b_row + column * s->b_place + group * s->n + panel * PANEL;
        product_run runs[RK_GRADIENT_ROWS];
        for (ptrdiff_t r = 0; r < rows; r++) runs[r] = (product_run){r * s->a_row, r * s->b_row, count};
        for (const tap_tile *tile = s->tiles + first; tile < s->tiles + end; tile++) {
          gradient_tile_of(tile->rows, width, runs, rows, a + tile->a, s->a_place, b, s->b_place, sums + tile->k * PANEL);
        }
      }
    }
  }
}

/// The sums of a weights' product as PyTorch's weights.
typedef struct {
  const weights_product *product;
  ptrdiff_t taps;
  SCALAR *dw;
} weights_unpacking;

/// Task (group, a vector of its outputs); channelwise there is one task.
static void unpack_filters_task(void *context, ptrdiff_t index) {
  const weights_unpacking *u = context;
  const weights_product *s = u->product;
  if (s->channelwise) {
    for (ptrdiff_t i = 0; i < s->groups * u->taps; i++) {
      u->dw[i] = s->sums[i % u->taps * (s->groups + LANES) + i / u->taps];
    }
    return;
  }
  ptrdiff_t vectors = (s->n + LANES - 1) / LANES, group = index / vectors, output = index % vectors * LANES;
  ptrdiff_t count = s->n - output < LANES ? s->n - output : LANES;
  const SCALAR *sums = s->sums + (group * s->panels + output / PANEL) * s->k * PANEL + output % PANEL;
  SCALAR *dw = u->dw + (group * s->n + output) * s->k;
  // A filter has the taps of one channel side by side, the sums the channels of one tap; a window of one tap is turned whole.
  ptrdiff_t strips = u->taps == 1 ? 1 : s->inputs, length = u->taps == 1 ? s->inputs : u->taps;
  ptrdiff_t step = u->taps == 1 ? PANEL : s->inputs * PANEL;
  for (ptrdiff_t strip = 0; strip < strips; strip++) {
    for (ptrdiff_t first = 0; first < length; first += LANES) {
      ptrdiff_t width = length - first < LANES ? length - first : LANES;
      vec block[VECTOR_BYTES / sizeof(SCALAR)];
      for (ptrdiff_t i = 0; i < LANES; i++) {
        block[i] = i < width ? v_load(sums + strip * PANEL + (first + i) * step) : v_zero();
      }
      v_transpose(block);
      for (ptrdiff_t i = 0; i < count; i++) store_some(dw + i * s->k + strip * length + first, block[i], width);
    }
  }
}

// MARK: Pictures

/// Where tap `tap` of the place that sees element phase + i * stride is: place i + *offset, if there is one.
RK_INLINE bool phase_offset(const rk_window *w, int axis, ptrdiff_t phase, ptrdiff_t tap, ptrdiff_t *offset) {
  ptrdiff_t distance = phase + w->padding[axis] - tap * w->dilation[axis];
  *offset = distance / w->stride[axis];
  return distance % w->stride[axis] == 0;
}

/// The gradient of `pictures` pictures from dy, whose places have before[] rows and columns of zeros before them and are
/// extent[] in all.
static void picture_gradient(const convolution_plan *p, const places_product *packed, const SCALAR *dy, ptrdiff_t dy_place,
                           const ptrdiff_t *before, const ptrdiff_t *extent, ptrdiff_t pictures, SCALAR *dx,
                           bool accumulate) {
  const rk_window *w = &p->window;
  product_run *runs = rk_scratch(13, (size_t)MOST_RUNS(p->taps, p->outputs_a_group) * sizeof *runs);
  for (ptrdiff_t phase = 0; phase < w->stride[0] * w->stride[1]; phase++) {
    ptrdiff_t row = phase / w->stride[1], column = phase % w->stride[1];
    if (row >= w->extent[0] || column >= w->extent[1]) continue;
    places_product s = *packed;
    s.pictures = pictures, s.accumulate = accumulate;
    s.rows = (w->extent[0] - row - 1) / w->stride[0] + 1, s.columns = (w->extent[1] - column - 1) / w->stride[1] + 1;
    s.from = dy;
    s.from_picture = extent[0] * extent[1] * dy_place, s.from_row = extent[1] * dy_place, s.from_place = dy_place;
    s.from_group = p->channelwise ? 0 : p->outputs_a_group;
    s.to = dx + (row * w->extent[1] + column) * w->channels;
    s.to_picture = w->extent[0] * w->extent[1] * w->channels;
    s.to_row = w->stride[0] * w->extent[1] * w->channels, s.to_place = w->stride[1] * w->channels;
    s.runs = runs;
    for (ptrdiff_t tap = 0; tap < p->taps; tap++) {
      ptrdiff_t down, right;
      if (!phase_offset(w, 0, row, tap / w->kernel[1], &down) || !phase_offset(w, 1, column, tap % w->kernel[1], &right)) {
        continue;
      }
      product_run run = {((before[0] + down) * extent[1] + before[1] + right) * dy_place,
                         tap * (p->channelwise ? s.panel_stride : p->outputs_a_group * PANEL), p->outputs_a_group};
      if (p->channelwise) {
        runs[s.run_count++] = run;
      } else {
        s.run_count = add_run(runs, s.run_count, run, PANEL, RK_RUN_K);
      }
    }
    run_places(&s);
  }
}

// MARK: All gradients

static void NAME(convolution_gradient)(const rk_convolution *c, const SCALAR *x, const SCALAR *w, const SCALAR *y,
                                       const SCALAR *dy, SCALAR *dx, bool accumulate, SCALAR *dw, SCALAR *db) {
  convolution_plan p = convolution_plan_of(c);
  const rk_window *window = &p.window;
  ptrdiff_t places = window->places[0] * window->places[1], elements = window->extent[0] * window->extent[1] * window->channels;
  if (db != NULL) memset(db, 0, (size_t)p.outputs * sizeof(SCALAR));

  // Which places the gradient of the pictures asks for, beside those that there are.
  padding_job dy_copy = {.from_place = p.place_stride, .channels = p.outputs,
                         .extent = {window->places[0], window->places[1]}, .padded = {window->places[0], window->places[1]}};
  for (int axis = 0; axis < 2 && dx != NULL; axis++) {
    ptrdiff_t last = window->places[axis];
    for (ptrdiff_t phase = 0; phase < window->stride[axis] && phase < window->extent[axis]; phase++) {
      ptrdiff_t count = (window->extent[axis] - phase - 1) / window->stride[axis] + 1, offset;
      for (ptrdiff_t tap = 0; tap < window->kernel[axis]; tap++) {
        if (!phase_offset(window, axis, phase, tap, &offset)) continue;
        if (-offset > dy_copy.before[axis]) dy_copy.before[axis] = -offset;
        if (count + offset > last) last = count + offset;
      }
    }
    dy_copy.padded[axis] = dy_copy.before[axis] + last;
  }
  // Vectors of the weights' product read past outputs that do not fill them: the copy has room behind it.
  bool copies = y != NULL || dy_copy.padded[0] * dy_copy.padded[1] != places ||
                (dw != NULL && !p.channelwise && p.outputs_a_group % LANES != 0);
  ptrdiff_t copied = dy_copy.padded[0] * dy_copy.padded[1] * p.outputs;
  bool pads = p.pads && dw != NULL;
  ptrdiff_t together = PICTURES_TOGETHER((copies ? copied : 0) + (pads ? p.picture : 0), window->batch);
  padding_job x_copy = {.from_place = window->channels, .channels = window->channels, .chunks = 1,
                        .extent = {window->extent[0], window->extent[1]}, .padded = {p.extent[0], p.extent[1]},
                        .before = {window->padding[0], window->padding[1]}};
  if (pads) x_copy.to = rk_scratch(1, (size_t)(together * p.picture) * sizeof(SCALAR));
  if (copies) dy_copy.to = rk_scratch(2, (size_t)(together * copied + PANEL) * sizeof(SCALAR));
  dy_copy.chunks = copied / rk_grain + 1;
  if (dy_copy.chunks > dy_copy.padded[0]) dy_copy.chunks = dy_copy.padded[0] > 0 ? dy_copy.padded[0] : 1;
  if (db != NULL) dy_copy.sums = rk_scratch(15, (size_t)(together * dy_copy.chunks * p.outputs) * sizeof(SCALAR));

  places_product packed = {.rows = 0};
  if (dx != NULL) pack_filters(&p, w, true, &packed);

  weights_product weights = {
      .groups = p.groups, .inputs = p.inputs_a_group, .n = p.outputs_a_group, .k = p.taps * p.inputs_a_group,
      .panels = (p.outputs_a_group + PANEL - 1) / PANEL, .channelwise = p.channelwise,
      .rows = window->places[0], .columns = window->places[1], .pieces = (window->places[1] + RK_PIECE - 1) / RK_PIECE,
      .a_picture = p.picture, .a_row = window->stride[0] * p.extent[1] * window->channels,
      .a_place = window->stride[1] * window->channels};
  if (dw != NULL) {
    ptrdiff_t count = p.channelwise ? p.taps * (p.groups + LANES) : p.groups * weights.panels * weights.k * PANEL;
    weights.sums = rk_scratch(3, (size_t)count * sizeof(SCALAR));
    memset(weights.sums, 0, (size_t)count * sizeof(SCALAR));
    // Taps whose channels follow each other are cut into tiles together.
    ptrdiff_t run_count = 0, most = weights.k + 1;
    product_run *runs = rk_scratch(13, (size_t)(p.taps + 1) * sizeof *runs);
    tap_tile *tiles = rk_scratch(14, (size_t)(p.channelwise ? p.taps : most) * sizeof *tiles);
    for (ptrdiff_t tap = 0; tap < p.taps; tap++) {
      ptrdiff_t row = tap / window->kernel[1] * window->dilation[0], column = tap % window->kernel[1] * window->dilation[1];
      product_run run = {(row * p.extent[1] + column) * window->channels, tap * p.inputs_a_group, p.inputs_a_group};
      if (p.channelwise) {
        tiles[weights.tile_count++] = (tap_tile){run.a, tap, 1};
      } else {
        run_count = add_run(runs, run_count, run, 1, most);
      }
    }
    for (const product_run *run = runs; run < runs + run_count; run++) {
      ptrdiff_t parts = (run->count + TILE_ROWS - 1) / TILE_ROWS;
      for (ptrdiff_t part = 0; part < parts; part++) {
        ptrdiff_t first = run->count * part / parts, end = run->count * (part + 1) / parts;
        tiles[weights.tile_count++] = (tap_tile){run->a + first, run->b + first, end - first};
      }
    }
    weights.tiles = tiles;
    weights.task_tiles = RK_GRADIENT_TILES < weights.tile_count ? RK_GRADIENT_TILES : weights.tile_count;
    weights.tile_tasks = weights.task_tiles == 0 ? 0 : (weights.tile_count + weights.task_tiles - 1) / weights.task_tiles;
  }
  for (ptrdiff_t first = 0; first < window->batch; first += together) {
    ptrdiff_t pictures = window->batch - first < together ? window->batch - first : together;
    const SCALAR *from = dy + first * places * p.place_stride;
    ptrdiff_t from_place = p.place_stride;
    dy_copy.from = from;
    dy_copy.mask = y == NULL ? NULL : y + first * places * p.place_stride;
    if (copies || db != NULL) {
      run_tasks(pictures * dy_copy.chunks, pad_task, &dy_copy, pictures * copied > rk_grain);
      if (copies) from = dy_copy.to, from_place = p.outputs;
      for (ptrdiff_t chunk = 0; db != NULL && chunk < pictures * dy_copy.chunks; chunk++) {
        NAME(add_scaled)(1, dy_copy.sums + chunk * p.outputs, db, p.outputs);
      }
    }
    if (dw != NULL && places > 0 && weights.k > 0) {
      weights.pictures = pictures;
      weights.a = x + first * elements;
      if (pads) {
        x_copy.from = weights.a;
        run_tasks(pictures, pad_task, &x_copy, pictures * p.picture > rk_grain);
        weights.a = x_copy.to;
      }
      weights.b = from + (dy_copy.before[0] * dy_copy.padded[1] + dy_copy.before[1]) * from_place;
      weights.b_picture = dy_copy.padded[0] * dy_copy.padded[1] * from_place;
      weights.b_row = dy_copy.padded[1] * from_place, weights.b_place = from_place;
      ptrdiff_t tasks = p.channelwise ? (p.groups + LANES - 1) / LANES : p.groups * weights.panels * weights.tile_tasks;
      bool parallel = pictures * places * weights.k * p.outputs > RK_TASK_PRODUCTS;
      run_tasks(tasks, weights_task, &weights, parallel);
    }
    if (dx != NULL) {
      picture_gradient(&p, &packed, from, from_place, dy_copy.before, dy_copy.padded, pictures, dx + first * elements,
                     accumulate);
    }
  }
  if (dw != NULL) {
    weights_unpacking unpacking = {&weights, p.taps, dw};
    ptrdiff_t tasks = p.channelwise ? 1 : p.groups * ((p.outputs_a_group + LANES - 1) / LANES);
    run_tasks(tasks, unpack_filters_task, &unpacking, p.outputs * weights.k > rk_grain);
  }
}

#undef MOST_RUNS
#undef PICTURES_TOGETHER
