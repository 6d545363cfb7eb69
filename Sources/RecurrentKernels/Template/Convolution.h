// Convolution as a matrix product that reads the pictures where they lie.
//
// A row of the left operand is a place of the result, and its k are the taps of the window and the channels that each
// sees. With channels last, places that are neighbours in a row lie equally far apart in the picture, and the k of one tap
// (of a whole row of taps, where the window has no gaps) are contiguous: a `product_run`. So the register tile (Tile.h)
// walks from run to run through the picture itself; nothing is unfolded. Only where there is padding are pictures copied, with zeros
// around them, a few at a time. Weights are rearranged into panels, as the right operand of any product.
//
// A panel is read for RK_RUN_K of its rows at a time, by all tiles of a task, while it is in the first-level cache; the next
// rows continue the sums in y. Every element is summed in the order of its taps and channels, from its bias on, whatever
// else is computed: a picture's bits depend neither on the other pictures nor on the threads.
//
// Where each channel has a filter of its own, lanes are channels, and a product would leave most of them idle: see
// `channelwise_places`.

#ifndef RK_CONVOLUTION_ONCE
#define RK_CONVOLUTION_ONCE
enum {
  RK_RUN_K = 256,              // k of a panel that stay in the first-level cache: 32 KB
  RK_PIECE = 176,              // places that are worked on together: 22 KB of a panel's columns
  RK_TASK_OUTPUTS = 1 << 16,   // numbers of the result in a task: 256 KB of float
  RK_TASK_PLACE_PRODUCTS = 8 << 20,
  RK_LEAST_TASKS = 16,
  RK_PICTURES_BYTES = 2 << 20,  // of pictures that are copied together: what two cores have in their own caches
  RK_CHANNELWISE_PLACES = 4
};
#define product_run NAMED(rk_product_run)
#define places_product NAMED(rk_places_product)
#define convolution_plan NAMED(rk_convolution_plan)
#define padding_job NAMED(rk_padding_job)
#define filter_packing NAMED(rk_filter_packing)
#define add_run NAMED(rk_add_run)
#define runs_tile NAMED(rk_runs_tile)
#define places_tile NAMED(rk_places_tile)
#define places_tile_of NAMED(rk_places_tile_of)
#define places_task NAMED(rk_places_task)
#define channelwise_tile NAMED(rk_channelwise_tile)
#define channelwise_places NAMED(rk_channelwise_places)
#define run_places NAMED(rk_run_places)
#define pad_places NAMED(rk_pad_places)
#define pad_task NAMED(rk_pad_task)
#define pack_filters_task NAMED(rk_pack_filters_task)
#define pack_filters NAMED(rk_pack_filters)
#define run_tasks NAMED(rk_run_tasks)
#define convolution_plan_of NAMED(rk_convolution_plan_of)
#endif

// MARK: Runs

/// `count` numbers of each row of the left operand, from a on, times as many rows of the right one, from b on.
typedef struct {
  ptrdiff_t a, b, count;
} product_run;

/// Appends a run, as parts of up to `longest` k, or continues the last one where it ends at both places; returns the new
/// number of runs. Rows of b lie b_stride apart.
static ptrdiff_t add_run(product_run *runs, ptrdiff_t count, product_run run, ptrdiff_t b_stride, ptrdiff_t longest) {
  product_run *last = runs + count - 1;
  if (count > 0 && last->a + last->count == run.a && last->b + last->count * b_stride == run.b &&
      last->count + run.count <= longest) {
    last->count += run.count;
    return count;
  }
  ptrdiff_t parts = (run.count + longest - 1) / longest;
  for (ptrdiff_t part = 0; part < parts; part++) {
    ptrdiff_t first = run.count * part / parts, end = run.count * (part + 1) / parts;
    runs[count++] = (product_run){run.a + first, run.b + first * b_stride, end - first};
  }
  return count;
}

/// How many runs `taps` taps of `length` k can have.
#define MOST_RUNS(taps, length) ((taps) * (((length) + RK_RUN_K - 1) / RK_RUN_K + 1))

/// sums [rows][vectors] += the products of the runs.
RK_INLINE void runs_tile(const ptrdiff_t rows, const ptrdiff_t vectors, const product_run *runs, ptrdiff_t count,
                         const SCALAR *a, ptrdiff_t row_stride, ptrdiff_t k_stride, const SCALAR *b, ptrdiff_t b_stride,
                         vec *restrict sums) {
  for (const product_run *run = runs; run < runs + count; run++) {
    v_tile(1, rows, vectors, run->count, a + run->a, row_stride, k_stride, b + run->b, 0, b_stride, sums);
  }
}

// MARK: Places times panels

/// What the tasks of a product of places with packed weights know. Strides are in elements.
typedef struct {
  const SCALAR *from;
  ptrdiff_t from_picture, from_row, from_place, from_group;  // from one picture (row of places, place, group) to the next
  SCALAR *to;
  ptrdiff_t to_picture, to_row, to_place;
  ptrdiff_t pictures, rows, columns;  // places: of a picture, rows x columns
  ptrdiff_t groups, n;                // n outputs a group, side by side
  const product_run *runs;
  ptrdiff_t run_count;
  const SCALAR *packed, *bias;  // [group][panel][k][PANEL] and [group][panel][PANEL] or null
  ptrdiff_t panel_stride;
  bool channelwise;  // packed and bias are rows of `groups` numbers and a spare vector, the group's place is its column
  bool accumulate, relu;
  // Who does what: a row of places is cut into pieces, and a task has some pieces and some panels.
  ptrdiff_t pieces, task_pieces, piece_tasks, panels, task_panels, panel_tasks;
} places_product;

RK_INLINE void places_tile(const ptrdiff_t rows, const ptrdiff_t vectors, const product_run *runs, ptrdiff_t count,
                           const SCALAR *a, ptrdiff_t row_stride, const SCALAR *b, SCALAR *c, ptrdiff_t ldc,
                           ptrdiff_t columns, bool reload, const SCALAR *bias, bool relu) {
  vec sums[TILE_SUMS];
  if (reload) {
    load_tile(1, rows, vectors, c, ldc, columns, sums);
  } else {
    RK_UNROLL for (ptrdiff_t i = 0; i < rows * vectors; i++) {
      sums[i] = bias != NULL ? v_load(bias + i % vectors * LANES) : v_zero();
    }
  }
  runs_tile(rows, vectors, runs, count, a, row_stride, 1, b, PANEL, sums);
  if (relu) {
    RK_UNROLL for (ptrdiff_t i = 0; i < rows * vectors; i++) sums[i] = v_max(v_zero(), sums[i]);
  }
  store_tile(1, rows, vectors, sums, c, ldc, columns);
}

/// A tile of any height and of 1 ... PANEL columns.
static void places_tile_of(ptrdiff_t rows, ptrdiff_t width, const product_run *runs, ptrdiff_t count, const SCALAR *a,
                           ptrdiff_t row_stride, const SCALAR *b, SCALAR *c, ptrdiff_t ldc, bool reload,
                           const SCALAR *bias, bool relu) {
#define RUN(r)                                                                                                        \
  case r:                                                                                                             \
    if (width > LANES) {                                                                                              \
      places_tile(r, 2, runs, count, a, row_stride, b, c, ldc, width % LANES, reload, bias, relu);                    \
    } else {                                                                                                          \
      places_tile(r, 1, runs, count, a, row_stride, b, c, ldc, width % LANES, reload, bias, relu);                    \
    }                                                                                                                 \
    break;
  switch (rows) { EACH_TILE_HEIGHT(RUN) }
#undef RUN
}

/// `places` places (a constant) of one vector of channels, each the sum over its taps.
RK_INLINE void channelwise_tile(const ptrdiff_t places, const places_product *s, const SCALAR *from, SCALAR *to,
                                ptrdiff_t channel) {
  ptrdiff_t width = s->groups - channel;
  vec sums[RK_CHANNELWISE_PLACES];
  RK_UNROLL for (ptrdiff_t i = 0; i < places; i++) {
    sums[i] = s->accumulate ? load_some(to + i * s->to_place + channel, width)
              : s->bias != NULL ? v_load(s->bias + channel) : v_zero();
  }
  for (const product_run *run = s->runs; run < s->runs + s->run_count; run++) {
    vec weight = v_load(s->packed + run->b + channel);
    RK_UNROLL for (ptrdiff_t i = 0; i < places; i++) {
      sums[i] = v_fma(load_some(from + run->a + i * s->from_place + channel, width), weight, sums[i]);
    }
  }
  RK_UNROLL for (ptrdiff_t i = 0; i < places; i++) {
    store_some(to + i * s->to_place + channel, s->relu ? v_max(v_zero(), sums[i]) : sums[i], width);
  }
}

static void channelwise_places(const places_product *s, ptrdiff_t count, const SCALAR *from, SCALAR *to) {
  for (ptrdiff_t channel = 0; channel < s->groups; channel += LANES) {
    ptrdiff_t place = 0;
    for (; place + RK_CHANNELWISE_PLACES <= count; place += RK_CHANNELWISE_PLACES) {
      channelwise_tile(RK_CHANNELWISE_PLACES, s, from + place * s->from_place, to + place * s->to_place, channel);
    }
    for (; place < count; place++) {
      channelwise_tile(1, s, from + place * s->from_place, to + place * s->to_place, channel);
    }
  }
}

/// Task (group, some pieces, some panels).
static void places_task(void *context, ptrdiff_t index) {
  const places_product *s = context;
  ptrdiff_t group = index / (s->piece_tasks * s->panel_tasks);
  ptrdiff_t all = s->pictures * s->rows * s->pieces;
  ptrdiff_t first = index / s->panel_tasks % s->piece_tasks * s->task_pieces;
  ptrdiff_t end = first + s->task_pieces < all ? first + s->task_pieces : all;
  ptrdiff_t first_panel = index % s->panel_tasks * s->task_panels;
  ptrdiff_t end_panel = first_panel + s->task_panels < s->panels ? first_panel + s->task_panels : s->panels;
  for (ptrdiff_t panel = first_panel; panel < end_panel; panel++) {
    ptrdiff_t width = s->n - panel * PANEL < PANEL ? s->n - panel * PANEL : PANEL;
    const SCALAR *packed = s->packed + (group * s->panels + panel) * s->panel_stride;
    const SCALAR *bias = s->bias == NULL ? NULL : s->bias + (group * s->panels + panel) * PANEL;
    ptrdiff_t run = 0;
    do {
      ptrdiff_t runs = 0, k = 0;
      while (run + runs < s->run_count && (runs == 0 || k + s->runs[run + runs].count <= RK_RUN_K)) {
        k += s->runs[run + runs++].count;
      }
      bool is_last = run + runs >= s->run_count;
      for (ptrdiff_t piece = first; piece < end; piece++) {
        ptrdiff_t row = piece / s->pieces, picture = row / s->rows, part = piece % s->pieces;
        ptrdiff_t column = s->columns * part / s->pieces, count = s->columns * (part + 1) / s->pieces - column;
        const SCALAR *from = s->from + picture * s->from_picture + row % s->rows * s->from_row +
                             column * s->from_place + group * s->from_group;
        SCALAR *to = s->to + picture * s->to_picture + row % s->rows * s->to_row + column * s->to_place;
        if (s->channelwise) {
          channelwise_places(s, count, from, to);
          continue;
        }
        to += group * s->n + panel * PANEL;
        ptrdiff_t tiles = (count + TILE_ROWS - 1) / TILE_ROWS;
        for (ptrdiff_t tile = 0; tile < tiles; tile++) {
          ptrdiff_t place = count * tile / tiles, height = count * (tile + 1) / tiles - place;
          places_tile_of(height, width, s->runs + run, runs, from + place * s->from_place, s->from_place, packed,
                         to + place * s->to_place, s->to_place, s->accumulate || run > 0, bias, s->relu && is_last);
        }
      }
      run = s->channelwise ? s->run_count : run + runs;
    } while (run < s->run_count);
  }
}

/// Few products are not worth handing to another thread.
static void run_tasks(ptrdiff_t tasks, rk_task task, void *context, bool parallel) {
  if (parallel) {
    rk_parallel(tasks, task, context);
  } else {
    for (ptrdiff_t i = 0; i < tasks; i++) task(context, i);
  }
}

/// Divides the product and computes it. Channelwise, it has one task a few pieces for all groups together.
static void run_places(places_product *s) {
  ptrdiff_t k = 0, outputs = s->channelwise ? s->groups : s->n;
  for (ptrdiff_t run = 0; run < s->run_count; run++) k += s->runs[run].count;
  s->pieces = (s->columns + RK_PIECE - 1) / RK_PIECE;
  s->panels = s->channelwise ? 1 : (s->n + PANEL - 1) / PANEL;
  ptrdiff_t all = s->pictures * s->rows * s->pieces;
  if (all == 0 || outputs == 0) return;
  ptrdiff_t numbers = (s->columns + s->pieces - 1) / s->pieces * outputs;
  ptrdiff_t most = RK_TASK_PLACE_PRODUCTS / (k + 1) < RK_TASK_OUTPUTS ? RK_TASK_PLACE_PRODUCTS / (k + 1) : RK_TASK_OUTPUTS;
  s->task_pieces = most / numbers < 1 ? 1 : most / numbers < all ? most / numbers : all;
  s->piece_tasks = (all + s->task_pieces - 1) / s->task_pieces;
  ptrdiff_t groups = s->channelwise ? 1 : s->groups;
  s->task_panels = s->panels * s->piece_tasks * groups / RK_LEAST_TASKS;
  s->task_panels = s->task_panels < 1 ? 1 : s->task_panels < s->panels ? s->task_panels : s->panels;
  s->panel_tasks = (s->panels + s->task_panels - 1) / s->task_panels;
  bool parallel = s->pictures * s->rows * s->columns * outputs * groups * (k + 1) > RK_TASK_PRODUCTS;
  run_tasks(groups * s->piece_tasks * s->panel_tasks, places_task, s, parallel);
}

// MARK: Padding

/// Pictures copied with zeros around them, their columns summed on the way.
typedef struct {
  const SCALAR *from, *mask;  // where mask is not null and not positive, zero stands for what is in from
  ptrdiff_t from_place;       // elements from one place of from and of mask to the next
  ptrdiff_t extent[2], channels;
  ptrdiff_t before[2], padded[2];  // rows and columns of zeros before a picture, and how many there are in all
  SCALAR *to;                      // null: only the sums are wanted
  SCALAR *sums;                    // [picture][chunk][channels], of each chunk of rows, or null
  ptrdiff_t chunks;
} padding_job;

static void pad_places(const padding_job *s, const SCALAR *from, const SCALAR *mask, ptrdiff_t places, SCALAR *to,
                       SCALAR *sums) {
  if (mask == NULL && sums == NULL && s->from_place == s->channels) {
    memcpy(to, from, (size_t)(places * s->channels) * sizeof(SCALAR));
    return;
  }
  for (ptrdiff_t first = 0; first < places; first += ROWS_A_BLOCK) {
    ptrdiff_t end = places - first < ROWS_A_BLOCK ? places : first + ROWS_A_BLOCK;
    for (ptrdiff_t j = 0; j < s->channels; j += LANES) {
      ptrdiff_t width = s->channels - j;
      vec sum = v_zero();
      for (ptrdiff_t place = first; place < end; place++) {
        vec v = load_some(from + place * s->from_place + j, width);
        if (mask != NULL) v = v_select(load_some(mask + place * s->from_place + j, width) > (SCALAR)0, v, v_zero());
        if (to != NULL) store_some(to + place * s->channels + j, v, width);
        sum += v;
      }
      if (sums != NULL) store_some(sums + j, load_some(sums + j, width) + sum, width);
    }
  }
}

/// Task (picture, chunk of its padded rows).
static void pad_task(void *context, ptrdiff_t index) {
  const padding_job *s = context;
  ptrdiff_t picture = index / s->chunks, chunk = index % s->chunks;
  SCALAR *sums = s->sums == NULL ? NULL : s->sums + index * s->channels;
  if (sums != NULL) memset(sums, 0, (size_t)s->channels * sizeof(SCALAR));
  ptrdiff_t before = s->before[1] < s->padded[1] ? s->before[1] : s->padded[1], fits = s->padded[1] - before;
  ptrdiff_t columns = s->extent[1] < fits ? s->extent[1] : fits;
  for (ptrdiff_t row = s->padded[0] * chunk / s->chunks; row < s->padded[0] * (chunk + 1) / s->chunks; row++) {
    SCALAR *to = s->to == NULL ? NULL : s->to + (picture * s->padded[0] + row) * s->padded[1] * s->channels;
    ptrdiff_t source = row - s->before[0];
    bool is_padding = source < 0 || source >= s->extent[0];
    ptrdiff_t start = is_padding ? s->padded[1] : before;
    if (to != NULL) memset(to, 0, (size_t)(start * s->channels) * sizeof(SCALAR));
    if (is_padding) continue;
    ptrdiff_t at = (picture * s->extent[0] + source) * s->extent[1] * s->from_place;
    pad_places(s, s->from + at, s->mask == NULL ? NULL : s->mask + at, columns,
               to == NULL ? NULL : to + start * s->channels, sums);
    if (to != NULL) {
      memset(to + (start + columns) * s->channels, 0, (size_t)((fits - columns) * s->channels) * sizeof(SCALAR));
    }
  }
}

// MARK: Weights

/// Weights [groups * outputs, inputs, taps] as panels: of the forward product, k is (tap, input), columns are outputs; of
/// the one for the input's gradient, k is (tap, output), columns are inputs.
typedef struct {
  const SCALAR *w;
  ptrdiff_t outputs, inputs, taps;  // of a group
  ptrdiff_t panels;
  bool transposed;
  SCALAR *packed;
} filter_packing;

/// Task (group, panel).
static void pack_filters_task(void *context, ptrdiff_t index) {
  const filter_packing *s = context;
  ptrdiff_t group = index / s->panels, column = index % s->panels * PANEL;
  ptrdiff_t k = s->taps * (s->transposed ? s->outputs : s->inputs), n = s->transposed ? s->inputs : s->outputs;
  ptrdiff_t count = n - column < PANEL ? n - column : PANEL, filter = s->inputs * s->taps;
  const SCALAR *w = s->w + group * s->outputs * filter;
  SCALAR *to = s->packed + index * k * PANEL;
  if (s->transposed && s->taps == 1) {
    packed_strip strip = {column, count, to};
    pack_rows(w, filter, s->outputs, &strip, 1, PANEL);
  } else if (s->transposed) {
    for (ptrdiff_t o = 0; o < s->outputs; o++) {
      pack_transposed(w + o * filter + column * s->taps, s->taps, s->taps, count, to + o * PANEL, PANEL,
                      s->outputs * PANEL);
    }
  } else if (s->taps == 1) {
    pack_transposed(w + column * filter, filter, s->inputs, count, to, PANEL, PANEL);
  } else {
    for (ptrdiff_t i = 0; i < s->inputs; i++) {
      pack_transposed(w + column * filter + i * s->taps, filter, s->taps, count, to + i * PANEL, PANEL,
                      s->inputs * PANEL);
    }
  }
}

// MARK: The convolution

/// A convolution as the products see it.
typedef struct {
  rk_window window;  // of pictures one row high, where that makes no difference
  ptrdiff_t outputs, groups, place_stride, inputs_a_group, outputs_a_group, taps;
  bool channelwise;
  // Pictures as the window reads them: copied with padding, or as they are.
  bool pads;
  ptrdiff_t extent[2], picture;  // of what is read; picture: elements
} convolution_plan;

static convolution_plan convolution_plan_of(const rk_convolution *c) {
  convolution_plan p = {.window = c->window, .outputs = c->outputs, .groups = c->groups,
                        .place_stride = c->place_stride, .inputs_a_group = c->window.channels / c->groups,
                        .outputs_a_group = c->outputs / c->groups};
  rk_window *w = &p.window;
  p.taps = w->kernel[0] * w->kernel[1];
  p.channelwise = c->groups > 1 && p.inputs_a_group == 1 && p.outputs_a_group == 1;
  bool is_pointwise = p.taps == 1;
  for (int axis = 0; axis < 2; axis++) {
    is_pointwise = is_pointwise && w->stride[axis] == 1 && w->padding[axis] == 0;
    p.pads = p.pads || w->padding[axis] > 0;
  }
  if (is_pointwise) {
    // Then rows of places continue each other.
    w->extent[1] *= w->extent[0], w->places[1] *= w->places[0];
    w->extent[0] = 1, w->places[0] = 1;
  }
  for (int axis = 0; axis < 2; axis++) {
    p.extent[axis] = !p.pads ? w->extent[axis]
                             : (w->places[axis] - 1) * w->stride[axis] + (w->kernel[axis] - 1) * w->dilation[axis] + 1;
  }
  p.picture = p.extent[0] * p.extent[1] * w->channels;
  return p;
}

/// The weights of a plan, in slot 0, and what a product with them needs to know.
static void pack_filters(const convolution_plan *p, const SCALAR *w, bool transposed, places_product *product) {
  product->channelwise = p->channelwise;
  product->groups = p->groups;
  product->n = transposed ? p->inputs_a_group : p->outputs_a_group;
  if (p->channelwise) {
    ptrdiff_t stride = p->groups + LANES;
    SCALAR *packed = rk_scratch(0, (size_t)(p->taps * stride) * sizeof(SCALAR));
    for (ptrdiff_t tap = 0; tap < p->taps; tap++) {
      for (ptrdiff_t j = 0; j < stride; j++) packed[tap * stride + j] = j < p->groups ? w[j * p->taps + tap] : 0;
    }
    product->packed = packed;
    product->panel_stride = stride;
    return;
  }
  filter_packing packing = {w, p->outputs_a_group, p->inputs_a_group, p->taps, (product->n + PANEL - 1) / PANEL, transposed};
  ptrdiff_t k = p->taps * (transposed ? p->outputs_a_group : p->inputs_a_group), panels = p->groups * packing.panels;
  packing.packed = rk_scratch(0, (size_t)(panels * k * PANEL + LANES) * sizeof(SCALAR));
  run_tasks(panels, pack_filters_task, &packing, panels * k * PANEL > RK_TASK_PRODUCTS);
  product->packed = packing.packed;
  product->panel_stride = k * PANEL;
}

/// How many pictures are copied together, of so many numbers each.
#define PICTURES_TOGETHER(numbers, batch)                                                                             \
  ((numbers) == 0 || (batch) * (numbers) <= RK_PICTURES_BYTES / (ptrdiff_t)sizeof(SCALAR) ? (batch)                    \
   : (numbers) >= RK_PICTURES_BYTES / (ptrdiff_t)sizeof(SCALAR) ? 1                                                    \
                                                                : RK_PICTURES_BYTES / (ptrdiff_t)sizeof(SCALAR) / (numbers))

static void NAME(convolution)(const rk_convolution *c, const SCALAR *x, const SCALAR *w, const SCALAR *bias, bool relu,
                              SCALAR *y) {
  convolution_plan p = convolution_plan_of(c);
  const rk_window *window = &p.window;
  ptrdiff_t places = window->places[0] * window->places[1];
  if (window->batch == 0 || places == 0 || p.outputs == 0) return;
  places_product s = {.rows = window->places[0], .columns = window->places[1], .relu = relu};
  pack_filters(&p, w, false, &s);
  product_run *runs = rk_scratch(13, (size_t)MOST_RUNS(p.taps, p.inputs_a_group) * sizeof *runs);
  for (ptrdiff_t tap = 0; tap < p.taps; tap++) {
    ptrdiff_t row = tap / window->kernel[1] * window->dilation[0], column = tap % window->kernel[1] * window->dilation[1];
    product_run run = {(row * p.extent[1] + column) * window->channels,
                       tap * (p.channelwise ? s.panel_stride : p.inputs_a_group * PANEL), p.inputs_a_group};
    // A tap of a channelwise product is a run of its own.
    if (p.channelwise) {
      runs[s.run_count++] = run;
    } else {
      s.run_count = add_run(runs, s.run_count, run, PANEL, RK_RUN_K);
    }
  }
  s.runs = runs;
  if (bias != NULL) {
    ptrdiff_t panels = (s.n + PANEL - 1) / PANEL, width = p.channelwise ? p.outputs + LANES : panels * PANEL;
    ptrdiff_t strips = p.channelwise ? 1 : p.groups, n = p.channelwise ? p.outputs : s.n;
    SCALAR *packed = rk_scratch(3, (size_t)(strips * width) * sizeof(SCALAR));
    for (ptrdiff_t i = 0; i < strips * width; i++) packed[i] = i % width < n ? bias[i / width * n + i % width] : 0;
    s.bias = packed;
  }
  s.from_picture = p.picture;
  s.from_row = window->stride[0] * p.extent[1] * window->channels;
  s.from_place = window->stride[1] * window->channels;
  s.from_group = p.channelwise ? 0 : p.inputs_a_group;
  s.to_picture = places * p.place_stride, s.to_row = window->places[1] * p.place_stride, s.to_place = p.place_stride;
  ptrdiff_t together = PICTURES_TOGETHER(p.pads ? p.picture : 0, window->batch);
  padding_job padding = {.from_place = window->channels, .channels = window->channels, .chunks = 1,
                         .extent = {window->extent[0], window->extent[1]}, .padded = {p.extent[0], p.extent[1]},
                         .before = {window->padding[0], window->padding[1]}};
  if (p.pads) padding.to = rk_scratch(1, (size_t)(together * p.picture) * sizeof(SCALAR));
  for (ptrdiff_t first = 0; first < window->batch; first += together) {
    s.pictures = window->batch - first < together ? window->batch - first : together;
    s.to = y + first * s.to_picture;
    s.from = x + first * window->extent[0] * window->extent[1] * window->channels;
    if (p.pads) {
      padding.from = s.from;
      run_tasks(s.pictures, pad_task, &padding, s.pictures * p.picture > rk_grain);
      s.from = padding.to;
    }
    run_places(&s);
  }
}
