// One time step of a stack of recurrent layers for a few rows, as fast as the weights can be read. The equations and
// the packed weights are those of LSTM.h, GRU.h and Elman.h; weights in bfloat16 have a form of their own:
//
//   bfloat16   [panel]{ biases as there, weights [pairs of inputs][vectors][LANES], [pairs of units][vectors][LANES] }
//
// The two numbers of a pair share 32 bits, the even row's in the lower half: a shift and a mask make two vectors of
// floats of one load. They are multiplied in the order in which whole weights are, so the result is, bit for bit, that
// of whole weights which happen to be bfloat16 numbers.
//
// The panels of a layer are divided among the threads in the same way at every step, so that each finds its part in its
// own cache. Every other step takes them in the reverse order: of weights that outgrow a cache, what was read last is
// still there, and is read first. Nobody waits for a thread that has not come: who has done his part takes over those
// of the absent. A worker that sleeps costs its help and nothing else.

#ifndef RK_STEP_ONCE
#define RK_STEP_ONCE
enum {
  RK_STEP_ROWS = 24,      // rows of the batch whose sums are kept while a panel is read
  RK_STEP_BLOCK = 64,     // rows of a panel that all tiles of the batch take while they are in the first cache; even
  RK_STEP_AHEAD = 16384,  // bytes ahead of their use at which weights in memory are asked for
  RK_STEP_PARTS = 64,     // threads at most
};
/// Below this many products in a step sharing it costs more than it saves.
#define RK_STEP_PRODUCTS 50000
/// From so many products on a step is worth waking those who sleep.
#define RK_STEP_WAKING_PRODUCTS 4000000

/// How far one part of the layers has come: 2 l when it is done below layer l, 2 l + 1 while somebody computes it
/// there.
typedef struct {
  _Alignas(64) atomic_ptrdiff_t stage;
} rk_step_progress;

#define step_shape NAMED(rk_step_shape)
#define step_shape_of NAMED(rk_step_shape_of)
#define step_panel_bytes NAMED(rk_step_panel_bytes)
#define step_packing NAMED(rk_step_packing)
#define step_pack_row NAMED(rk_step_pack_row)
#define step_pack_task NAMED(rk_step_pack_task)
#define step_words NAMED(rk_step_words)
#define step_singles NAMED(rk_step_singles)
#define step_number NAMED(rk_step_number)
#define step_load_words NAMED(rk_step_load_words)
#define step_tile NAMED(rk_step_tile)
#define step_products NAMED(rk_step_products)
#define step_panels_at_once NAMED(rk_step_panels_at_once)
#define step_pass NAMED(rk_step_pass)
#define step_layer NAMED(rk_step_layer_run)
#define step_unit NAMED(rk_step_unit)
#define step_group NAMED(rk_step_group)
#define step_part NAMED(rk_step_part)
#define step_run NAMED(rk_step_run)
#define step_member NAMED(rk_step_member)
#endif

// MARK: Weights

/// How the weights of a layer are packed.
typedef struct {
  ptrdiff_t units, panels;
  ptrdiff_t panel_units;  // unit vectors in a panel; the last may have fewer
  ptrdiff_t vectors;      // in a row of a panel, for each of its unit vectors
  ptrdiff_t biases;       // vectors of biases for each unit vector
  ptrdiff_t input_rows, hidden_rows;
  ptrdiff_t vector_bytes;
} step_shape;

static step_shape step_shape_of(rk_cell cell, rk_weights weights, ptrdiff_t input, ptrdiff_t hidden) {
  bool elman = cell == rk_elman_tanh || cell == rk_elman_relu, pairs = weights == rk_bfloat16_weights;
  ptrdiff_t units = (hidden + LANES - 1) / LANES, panel_units = elman ? RK_GROUP : 1;
  return (step_shape){
      .units = units,
      .panels = (units + panel_units - 1) / panel_units,
      .panel_units = panel_units,
      .vectors = cell == rk_lstm ? RK_LSTM_GATES : cell == rk_gru ? RK_GRU_GATES : 1,
      .biases = elman ? 1 : 4,
      .input_rows = pairs ? (input + 1) / 2 : input,
      .hidden_rows = pairs ? (hidden + 1) / 2 : hidden,
      .vector_bytes = LANES * (ptrdiff_t)(pairs ? sizeof(uint32_t) : sizeof(SCALAR)),
  };
}

/// Bytes of so many unit vectors' weights and biases.
RK_INLINE ptrdiff_t step_panel_bytes(const step_shape *s, ptrdiff_t units) {
  return units * (s->biases * VECTOR_BYTES + (s->input_rows + s->hidden_rows) * s->vectors * s->vector_bytes);
}

static ptrdiff_t NAMED(step_packed_bytes)(rk_cell cell, rk_weights weights, ptrdiff_t input, ptrdiff_t hidden) {
  step_shape s = step_shape_of(cell, weights, input, hidden);
  return step_panel_bytes(&s, s.units);
}

/// The bfloat16 number nearest to x, of two the even one; NaN stays.
RK_INLINE uint32_t step_number(SCALAR x) {
  float single = (float)x;
  uint32_t bits;
  __builtin_memcpy(&bits, &single, sizeof bits);
  if (single != single) return bits >> 16 | 0x40;
  if ((SCALAR)single != x) {
    // A double is cut, not rounded, to a float, and leaves a trace in its last bit: or it would be rounded twice.
    bits -= __builtin_fabs((double)single) > __builtin_fabs((double)x);
    bits |= 1;
  }
  return (bits + 0x7FFF + (bits >> 16 & 1)) >> 16;
}

/// The weights of one unit in pairs, one each `stride` words.
static void step_pack_row(const SCALAR *weights, ptrdiff_t count, uint32_t *words, ptrdiff_t stride) {
  for (ptrdiff_t k = 0; k < count; k += 2, words += stride) {
    *words = step_number(weights[k]) | (k + 1 < count ? step_number(weights[k + 1]) << 16 : 0);
  }
}

typedef struct {
  rk_cell cell;
  step_shape shape;
  ptrdiff_t input, hidden;
  const SCALAR *w_ih, *w_hh, *b_ih, *b_hh;
  char *packed;
} step_packing;

/// The biases and the bfloat16 weights of one unit vector.
static void step_pack_task(void *context, ptrdiff_t u) {
  const step_packing *p = context;
  const step_shape *s = &p->shape;
  ptrdiff_t first = u / s->panel_units * s->panel_units;
  ptrdiff_t units = s->units - first < s->panel_units ? s->units - first : s->panel_units;
  ptrdiff_t left = p->hidden - u * LANES, count = left < LANES ? left : LANES;
  char *panel = p->packed + step_panel_bytes(s, first), *weights = panel + units * s->biases * VECTOR_BYTES;
  SCALAR *biases = (SCALAR *)panel + (u - first) * s->biases * LANES;
  const ptrdiff_t row = units * s->vectors * LANES;  // words from one pair of rows to the next
  uint32_t *words = (uint32_t *)weights + (u - first) * s->vectors * LANES;
  memset(biases, 0, (size_t)s->biases * VECTOR_BYTES);
  for (ptrdiff_t g = 0; g < s->vectors; g++) {
    for (ptrdiff_t lane = 0; lane < LANES; lane++, words++) {
      if (lane >= count) {
        for (ptrdiff_t k = 0; k < s->input_rows + s->hidden_rows; k++) words[k * row] = 0;
        continue;
      }
      ptrdiff_t unit = g * p->hidden + u * LANES + lane;
      bool apart = p->cell == rk_gru && g == 2;  // the reset gate stands between the biases of n
      biases[g * LANES + lane] = apart ? p->b_ih[unit] : p->b_ih[unit] + p->b_hh[unit];
      if (apart) biases[(g + 1) * LANES + lane] = p->b_hh[unit];
      step_pack_row(p->w_ih + unit * p->input, p->input, words, row);
      step_pack_row(p->w_hh + unit * p->hidden, p->hidden, words + s->input_rows * row, row);
    }
  }
}

static void NAMED(step_pack)(rk_cell cell, rk_weights weights, ptrdiff_t input, ptrdiff_t hidden, const SCALAR *w_ih,
                             const SCALAR *w_hh, const SCALAR *b_ih, const SCALAR *b_hh, void *packed) {
  if (weights == rk_bfloat16_weights) {
    step_packing p = {cell, step_shape_of(cell, weights, input, hidden), input, hidden, w_ih, w_hh, b_ih, b_hh, packed};
    rk_parallel(p.shape.units, step_pack_task, &p);
  } else if (cell == rk_lstm) {
    NAME(lstm_pack)(input, hidden, w_ih, w_hh, b_ih, b_hh, packed);
  } else if (cell == rk_gru) {
    NAME(gru_pack)(input, hidden, w_ih, w_hh, b_ih, b_hh, packed);
  } else {
    NAME(elman_pack)(input, hidden, w_ih, w_hh, b_ih, b_hh, packed);
  }
}

// MARK: Products

typedef uint32_t step_words __attribute__((ext_vector_type(VECTOR_BYTES / sizeof(SCALAR))));
typedef float step_singles __attribute__((ext_vector_type(VECTOR_BYTES / sizeof(SCALAR))));

RK_INLINE step_words step_load_words(const char *p) {
  step_words words;
  __builtin_memcpy(&words, p, sizeof words);
  return words;
}

/// sums[p][r][v] += a[r * row_stride + k] * weight[p][k][v], one product after the other, k = 0 ..< count. The weights
/// of panel p stand at b + p * panel_stride, in pairs of bfloat16 or whole. Tiles that are busy with products for long
/// ask for the weights so many bytes ahead; for low ones the processor's own prefetching is enough, and better.
RK_INLINE void step_tile(const ptrdiff_t panels, const ptrdiff_t rows, const ptrdiff_t vectors, const bool pairs,
                         ptrdiff_t count, const SCALAR *a, ptrdiff_t row_stride, const char *b, ptrdiff_t panel_stride,
                         ptrdiff_t ahead, vec *restrict sums) {
  const ptrdiff_t bytes = pairs ? (ptrdiff_t)sizeof(step_words) : VECTOR_BYTES;
  vec s[TILE_SUMS];
  RK_UNROLL for (ptrdiff_t i = 0; i < panels * rows * vectors; i++) s[i] = sums[i];
  for (ptrdiff_t k = 0; k < count; k += pairs ? 2 : 1) {
    RK_UNROLL for (ptrdiff_t p = 0; p < panels; p++) {
      RK_UNROLL for (ptrdiff_t v = 0; v < vectors; v++) {
        const char *weights = b + p * panel_stride + v * bytes;
        if (rows >= 3 && v * bytes % 64 == 0) __builtin_prefetch(weights + ahead);
        if (pairs) {
          step_words words = step_load_words(weights);
          vec low = __builtin_convertvector((step_singles)(words << 16), vec);
          vec high = __builtin_convertvector((step_singles)(words & 0xFFFF0000u), vec);
          RK_UNROLL for (ptrdiff_t r = 0; r < rows; r++) {
            const ptrdiff_t i = (p * rows + r) * vectors + v;
            s[i] = v_fma(v_set(a[r * row_stride + k]), low, s[i]);
          }
          if (k + 1 == count) continue;
          RK_UNROLL for (ptrdiff_t r = 0; r < rows; r++) {
            const ptrdiff_t i = (p * rows + r) * vectors + v;
            s[i] = v_fma(v_set(a[r * row_stride + k + 1]), high, s[i]);
          }
        } else {
          vec whole = v_load((const SCALAR *)weights);
          RK_UNROLL for (ptrdiff_t r = 0; r < rows; r++) {
            const ptrdiff_t i = (p * rows + r) * vectors + v;
            s[i] = v_fma(v_set(a[r * row_stride + k]), whole, s[i]);
          }
        }
      }
    }
    b += vectors * bytes;
  }
  RK_UNROLL for (ptrdiff_t i = 0; i < panels * rows * vectors; i++) sums[i] = s[i];
}

/// step_tile with counts that are not constants.
static void step_products(ptrdiff_t panels, ptrdiff_t rows, ptrdiff_t vectors, bool pairs, ptrdiff_t count,
                          const SCALAR *a, ptrdiff_t row_stride, const char *b, ptrdiff_t panel_stride, ptrdiff_t ahead,
                          vec *sums) {
#define TILE(p, r, v)                                                                \
  case ((p) * 8 + (r)) * 8 + (v):                                                    \
    if ((p) * (r) * (v) > TILE_SUMS) break;                                          \
    if (pairs) {                                                                     \
      step_tile(p, r, v, true, count, a, row_stride, b, panel_stride, ahead, sums);  \
    } else {                                                                         \
      step_tile(p, r, v, false, count, a, row_stride, b, panel_stride, ahead, sums); \
    }                                                                                \
    return;
#define TILES(p, v) TILE(p, 1, v) TILE(p, 2, v) TILE(p, 3, v) TILE(p, 4, v) TILE(p, 5, v) TILE(p, 6, v)
  switch ((panels * 8 + rows) * 8 + vectors) {
    TILES(1, 1) TILES(1, 2) TILES(1, 3) TILES(1, 4) TILES(2, 3) TILES(2, 4)
  }
  __builtin_unreachable();
#undef TILES
#undef TILE
}

/// How many of the panels that are left are read together: two, for enough sums that do not wait for each other, where
/// there are registers for them. (Four are no faster, nor is asking for weights ahead of their use.)
RK_INLINE ptrdiff_t step_panels_at_once(ptrdiff_t rows, ptrdiff_t vectors, ptrdiff_t left) {
  return left >= 2 && vectors >= 3 && 2 * rows * vectors <= TILE_SUMS ? 2 : 1;
}

/// The products of `count` rows of panels with a. The batch is cut into tiles of about the same height; where there is
/// more than one (and then one panel), they take the panel's rows block by block, so that it is read from afar once.
static void step_pass(ptrdiff_t panels, ptrdiff_t rows, ptrdiff_t vectors, bool pairs, ptrdiff_t count, const SCALAR *a,
                      const char *b, ptrdiff_t panel_stride, ptrdiff_t ahead, vec *sums) {
  const ptrdiff_t highest = TILE_SUMS / RK_LSTM_GATES, tiles = (rows + highest - 1) / highest;
  if (tiles == 1) {
    step_products(panels, rows, vectors, pairs, count, a, count, b, panel_stride, ahead, sums);
    return;
  }
  const ptrdiff_t row_bytes = vectors * (pairs ? (ptrdiff_t)sizeof(step_words) / 2 : VECTOR_BYTES);
  for (ptrdiff_t k = 0; k < count; k += RK_STEP_BLOCK) {
    ptrdiff_t block = count - k < RK_STEP_BLOCK ? count - k : RK_STEP_BLOCK;
    for (ptrdiff_t tile = 0; tile < tiles; tile++) {
      ptrdiff_t row = rows * tile / tiles, end = rows * (tile + 1) / tiles;
      step_products(1, end - row, vectors, pairs, block, a + row * count + k, count, b + k * row_bytes, 0, ahead,
                    sums + row * vectors);
    }
  }
}

// MARK: A layer

/// What one layer does at one step.
typedef struct {
  const rk_step_layer *layer;
  step_shape shape;
  ptrdiff_t batch;
  const SCALAR *x;
} step_layer;

/// Gates and new state of unit vector u of row b: sums are those of the cell's gates; input is the input's part of a
/// GRU's n.
RK_INLINE void step_unit(const step_layer *s, ptrdiff_t b, ptrdiff_t u, const vec *sums, vec input) {
  const rk_step_layer *layer = s->layer;
  ptrdiff_t at = b * layer->hidden + u * LANES, left = layer->hidden - u * LANES;
  vec h;
  switch (layer->cell) {
    case rk_lstm: {
      SCALAR *cell = (SCALAR *)layer->c + at;
      vec i = v_sigmoid(sums[0]), f = v_sigmoid(sums[1]), g = v_tanh(sums[2]), o = v_sigmoid(sums[3]);
      vec c = v_fma(f, load_some(cell, left), i * g);
      store_some(cell, c, left);
      h = o * v_tanh(c);
      break;
    }
    case rk_gru: {
      vec previous = load_some((const SCALAR *)layer->h + at, left);
      vec r = v_sigmoid(sums[0]), z = v_sigmoid(sums[1]), n = v_tanh(v_fma(r, sums[2], input));
      h = v_fma(z, previous - n, n);
      break;
    }
    case rk_elman_tanh: h = v_tanh(sums[0]); break;
    case rk_elman_relu: h = v_max(v_zero(), sums[0]); break;  // in this order it keeps NaN
  }
  store_some((SCALAR *)layer->next_h + at, h, left);
  if (layer->y) store_some((SCALAR *)layer->y + at, h + load_some(s->x + at, left), left);
}

/// Some panels, which stand next to each other, for rows [row, row + rows).
static void step_group(const step_layer *s, ptrdiff_t row, ptrdiff_t rows, ptrdiff_t panel, ptrdiff_t panels,
                       ptrdiff_t units) {
  const rk_step_layer *layer = s->layer;
  const step_shape *shape = &s->shape;
  const bool pairs = layer->weights == rk_bfloat16_weights;
  const ptrdiff_t vectors = units * shape->vectors, stride = step_panel_bytes(shape, units);
  const ptrdiff_t count = panels * rows, first = panel * shape->panel_units;
  const char *packed = (const char *)layer->packed + step_panel_bytes(shape, first);
  const char *weights = packed + units * shape->biases * VECTOR_BYTES;
  const ptrdiff_t ahead = step_panel_bytes(shape, shape->units) > RK_SHARED_CACHE_BYTES ? RK_STEP_AHEAD : 0;
  vec sums[RK_STEP_ROWS * RK_LSTM_GATES], inputs[RK_STEP_ROWS];  // [panels][rows][vectors], [panels][rows]
  for (ptrdiff_t i = 0; i < count; i++) {
    const SCALAR *biases = (const SCALAR *)(packed + i / rows * stride);
    for (ptrdiff_t v = 0; v < vectors; v++) sums[i * vectors + v] = v_load(biases + v * LANES);
  }
  step_pass(panels, rows, vectors, pairs, layer->input, s->x + row * layer->input, weights, stride, ahead, sums);
  if (layer->cell == rk_gru) {
    for (ptrdiff_t i = 0; i < count; i++) {
      inputs[i] = sums[i * vectors + 2];
      sums[i * vectors + 2] = v_load((const SCALAR *)(packed + i / rows * stride) + 3 * LANES);
    }
  }
  step_pass(panels, rows, vectors, pairs, layer->hidden, (const SCALAR *)layer->h + row * layer->hidden,
            weights + shape->input_rows * vectors * shape->vector_bytes, stride, ahead, sums);
  for (ptrdiff_t i = 0; i < count; i++) {
    for (ptrdiff_t u = 0; u < units; u++) {
      step_unit(s, row + i % rows, first + i / rows * units + u, sums + i * vectors + u * shape->vectors,
                layer->cell == rk_gru ? inputs[i] : v_zero());
    }
  }
}

/// Part `part` of `parts` of a layer.
static void step_part(const step_layer *s, ptrdiff_t part, ptrdiff_t parts) {
  const step_shape *shape = &s->shape;
  const ptrdiff_t whole_panels = shape->units / shape->panel_units;
  ptrdiff_t first = shape->panels * part / parts, last = shape->panels * (part + 1) / parts;
  for (ptrdiff_t row = 0; row < s->batch; row += RK_STEP_ROWS) {
    ptrdiff_t rows = s->batch - row < RK_STEP_ROWS ? s->batch - row : RK_STEP_ROWS;
    for (ptrdiff_t begin = first, end = last, panels; begin < end;) {
      bool fewer_units = (s->layer->backwards ? end - 1 : begin) == whole_panels;  // of the layer's last panel
      ptrdiff_t units = fewer_units ? shape->units - whole_panels * shape->panel_units : shape->panel_units;
      ptrdiff_t left = (end < whole_panels ? end : whole_panels) - begin;
      panels = fewer_units ? 1 : step_panels_at_once(rows, units * shape->vectors, left);
      if (s->layer->backwards) {
        end -= panels;
        step_group(s, row, rows, end, panels, units);
      } else {
        step_group(s, row, rows, begin, panels, units);
        begin += panels;
      }
    }
  }
}

// MARK: The stack

typedef struct {
  const rk_step_layer *layers;
  ptrdiff_t count, batch, parts;
  const SCALAR *x;
  rk_step_progress *progress;  // [parts]
} step_run;

/// Computes the parts of all layers that nobody else computes, this thread's own first.
static void step_member(void *context, ptrdiff_t index) {
  (void)index;
  const step_run *run = context;
  const ptrdiff_t own = rk_worker() % run->parts;
  const SCALAR *x = run->x;
  for (ptrdiff_t l = 0; l < run->count; l++) {
    const rk_step_layer *layer = &run->layers[l];
    step_layer s = {layer, step_shape_of(layer->cell, layer->weights, layer->input, layer->hidden), run->batch, x};
    for (ptrdiff_t i = 0; i < run->parts; i++) {
      ptrdiff_t part = (own + i) % run->parts, stage = 2 * l;
      atomic_ptrdiff_t *progress = &run->progress[part].stage;
      if (atomic_compare_exchange_strong_explicit(progress, &stage, 2 * l + 1, memory_order_acquire,
                                                  memory_order_acquire)) {
        step_part(&s, part, run->parts);
        atomic_store_explicit(progress, 2 * l + 2, memory_order_release);
      }
    }
    // The parts that others have taken.
    for (ptrdiff_t part = 0; part < run->parts; part++) rk_await(&run->progress[part].stage, 2 * l + 2);
    x = layer->y ? layer->y : layer->next_h;
  }
}

static const SCALAR *NAMED(step)(rk_step_layer *layers, ptrdiff_t count, ptrdiff_t batch, const SCALAR *x) {
  rk_step_progress progress[RK_STEP_PARTS];
  ptrdiff_t products = 0, parts = rk_thread_count();
  for (ptrdiff_t l = 0; l < count; l++) {
    step_shape shape = step_shape_of(layers[l].cell, layers[l].weights, layers[l].input, layers[l].hidden);
    products += (layers[l].input + layers[l].hidden) * layers[l].hidden * shape.vectors * batch;
    if (parts > shape.panels) parts = shape.panels;
  }
  if (parts > RK_STEP_PARTS) parts = RK_STEP_PARTS;
  if (parts < 1 || products < RK_STEP_PRODUCTS) parts = 1;
  for (ptrdiff_t part = 0; part < parts; part++) atomic_init(&progress[part].stage, 0);
  step_run run = {layers, count, batch, parts, x, progress};
  if (products < RK_STEP_WAKING_PRODUCTS) {
    rk_parallel_briefly(parts, step_member, &run);
  } else {
    rk_parallel(parts, step_member, &run);
  }
  const SCALAR *output = x;
  for (ptrdiff_t l = 0; l < count; l++) {
    void *h = layers[l].h;
    layers[l].h = layers[l].next_h;
    layers[l].next_h = h;
    layers[l].backwards = !layers[l].backwards;
    output = layers[l].y ? layers[l].y : layers[l].h;
  }
  return output;
}
