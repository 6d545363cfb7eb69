// The gradients of weights, biases and inputs of the fused sequences, from the deltas of one block of steps after the
// other, and the backward run as a whole.
//
//   dW^T [feature, delta] += features^T deltas      the features of a step: x_t, then h_{t-1}
//   dx = deltas W_ih                                db += the sum of the deltas
//
// The features are the left operand of the first, transposed into tiles; the deltas are the right one, as they stand. So
// the sums come transposed, [segment][feature][vector][LANES], and are turned round once, when all blocks are done.

#ifndef RK_GRADIENTS_ONCE
#define RK_GRADIENTS_ONCE
enum {
  RK_WEIGHT_ROWS = 320,      // rows of a block that pass at once: 40 KB of deltas under a tile of two vectors
  RK_FEATURES_TOGETHER = 8,  // tiles that are transposed together: a row's part of them is a few lines
};
#define weight_tile NAMED(rk_weight_tile)
#define weight_tiles NAMED(rk_weight_tiles)
#define weight_item NAMED(rk_weight_item)
#define tile_vectors NAMED(rk_tile_vectors)
#define tile_features NAMED(rk_tile_features)
#define feature_stride NAMED(rk_feature_stride)
#define feature_tiles NAMED(rk_feature_tiles)
#define pack_kind NAMED(rk_pack_kind)
#define backward_prepare NAMED(rk_backward_prepare)
#define backward_products NAMED(rk_backward_products)
#define input_gradient NAMED(rk_input_gradient)
#define bias_gradient NAMED(rk_bias_gradient)
#define backward_run NAMED(rk_backward_run)
#define weight_output NAMED(rk_weight_output)
#define output_task NAMED(rk_output_task)
#endif

// MARK: Features

/// Vectors of deltas in a tile, and the features that then fill the registers.
RK_INLINE ptrdiff_t tile_vectors(const rk_delta_layout *layout) { return layout->count == 3 ? 3 : 2; }
RK_INLINE ptrdiff_t tile_features(const rk_delta_layout *layout) { return TILE_SUMS / tile_vectors(layout); }

static ptrdiff_t feature_tiles(const sequence_backward *k, ptrdiff_t features) {
  ptrdiff_t height = tile_features(k->layout);
  return (features + height - 1) / height;
}

/// Elements of a packed tile; the last row's store may reach a vector too far.
RK_INLINE ptrdiff_t feature_stride(const sequence_backward *k) {
  return k->block_steps * k->s->batch * tile_features(k->layout) + LANES;
}

/// Tiles first ..< end of x_t or h_{t-1}: [tile][row of the block][tile_features].
static void pack_kind(const sequence_backward *k, const delta_block *block, rk_product_kind kind, ptrdiff_t first,
                      ptrdiff_t end) {
  const rk_sequence *s = k->s;
  ptrdiff_t features = kind == RK_INPUT ? s->input : s->hidden, tiles = feature_tiles(k, features);
  ptrdiff_t height = tile_features(k->layout), stride = feature_stride(k);
  SCALAR *packed = k->features + (kind == RK_INPUT ? 0 : k->input_tiles * stride);
  for (ptrdiff_t group = first; group < end; group += RK_FEATURES_TOGETHER) {
    ptrdiff_t group_end = group + RK_FEATURES_TOGETHER < end ? group + RK_FEATURES_TOGETHER : end;
    ptrdiff_t row = 0;
    for (ptrdiff_t t = block->first; t < block->first + block->steps; t++) {
      for (ptrdiff_t b = 0; b < s->batch; b++, row++) {
        const SCALAR *from = kind == RK_INPUT ? k->x + (t * s->batch + b) * s->input
                                              : sequence_previous(s, k->y, k->h0, b, t);
        for (ptrdiff_t tile = group; tile < group_end; tile++) {
          ptrdiff_t at = features * tile / tiles;
          SCALAR *to = packed + tile * stride + row * height;
          // What a store writes too far, the next row's store makes good.
          for (ptrdiff_t j = 0; j < height; j += LANES) {
            ptrdiff_t left = features - at - j;
            v_store(to + j, from == NULL || left <= 0 ? v_zero()
                            : left >= LANES ? v_load(from + at + j) : v_load_partial(from + at + j, left));
          }
        }
      }
    }
  }
}

// MARK: Products

/// c [rows, vectors] (+)= a^T b over `count` rows of the block.
RK_INLINE void weight_tile(const ptrdiff_t rows, const ptrdiff_t vectors, ptrdiff_t count, const SCALAR *a,
                           const SCALAR *b, ptrdiff_t b_stride, SCALAR *c, ptrdiff_t c_stride, bool reload) {
  vec s[TILE_SUMS];
  RK_UNROLL for (ptrdiff_t i = 0; i < rows * vectors; i++) {
    s[i] = reload ? v_load(c + i / vectors * c_stride + i % vectors * LANES) : v_zero();
  }
  for (ptrdiff_t k = 0; k < count; k++) {
    RK_UNROLL for (ptrdiff_t r = 0; r < rows; r++) {
      vec left = v_set(a[r]);
      RK_UNROLL for (ptrdiff_t v = 0; v < vectors; v++) {
        s[r * vectors + v] = v_fma(left, v_load(b + v * LANES), s[r * vectors + v]);
      }
    }
    a += TILE_SUMS / vectors;
    b += b_stride;
  }
  RK_UNROLL for (ptrdiff_t i = 0; i < rows * vectors; i++) {
    v_store(c + i / vectors * c_stride + i % vectors * LANES, s[i]);
  }
}

static void weight_tiles(ptrdiff_t rows, ptrdiff_t vectors, ptrdiff_t count, const SCALAR *a, const SCALAR *b,
                         ptrdiff_t b_stride, SCALAR *c, ptrdiff_t c_stride, bool reload) {
#define RUN(r, v) \
  case (r) * 4 + (v): weight_tile(r, v, count, a, b, b_stride, c, c_stride, reload); break;
  switch (rows * 4 + vectors) {
    RUN(1, 2) RUN(2, 2) RUN(3, 2) RUN(4, 2) RUN(5, 2) RUN(6, 2)
    RUN(1, 3) RUN(2, 3) RUN(3, 3) RUN(4, 3)
#if VECTOR_BYTES == 64
    RUN(7, 2) RUN(8, 2) RUN(9, 2) RUN(10, 2) RUN(11, 2) RUN(12, 2)
    RUN(5, 3) RUN(6, 3) RUN(7, 3) RUN(8, 3)
#endif
  }
#undef RUN
}

/// The gradients of all features with respect to some of a segment's vectors, over rows first ..< first + count of the
/// block.
static void weight_item(const sequence_backward *k, const delta_block *block, ptrdiff_t segment, ptrdiff_t vector,
                        ptrdiff_t first, ptrdiff_t count) {
  const rk_sequence *s = k->s;
  const rk_delta_layout *layout = k->layout;
  ptrdiff_t vectors = tile_vectors(layout), height = tile_features(layout), stride = feature_stride(k);
  ptrdiff_t width = layout->count * LANES, b_stride = layout->vectors * LANES;
  bool reload = !block->is_first || first > 0;
  SCALAR *sums = k->sums + segment * (s->input + s->hidden) * width + vector * LANES;
  const SCALAR *packed = k->features + first * height;
  for (rk_product_kind kind = RK_INPUT; kind <= RK_RECURRENT; kind++) {
    bool wanted = kind == RK_INPUT ? k->wants_input_weights : k->wants_recurrent_weights;
    ptrdiff_t features = kind == RK_INPUT ? s->input : s->hidden;
    ptrdiff_t tiles = kind == RK_INPUT ? k->input_tiles : k->recurrent_tiles;
    const SCALAR *b = block->deltas + segment * k->segment_stride + first * b_stride +
                      (layout->offset[kind] + vector) * LANES;
    for (ptrdiff_t tile = 0; wanted && tile < tiles; tile++) {
      ptrdiff_t at = features * tile / tiles, rows = features * (tile + 1) / tiles - at;
      SCALAR *c = sums + at * width;
      for (ptrdiff_t r = 0; reload && r < rows; r++) {
        RK_UNROLL for (ptrdiff_t v = 0; v < vectors; v++) __builtin_prefetch(c + (rows + r) * width + v * LANES, 1);
      }
      weight_tiles(rows, vectors, count, packed + tile * stride, b, b_stride, c, width, reload);
    }
    sums += features * width;
    packed += tiles * stride;
  }
}

/// dx of some rows of the block.
static void input_gradient(const sequence_backward *k, const delta_block *block, ptrdiff_t first, ptrdiff_t end) {
  const rk_sequence *s = k->s;
  const rk_delta_layout *layout = k->layout;
  ptrdiff_t units = sequence_units(s->input), groups = (units + RK_GROUP - 1) / RK_GROUP;
  ptrdiff_t blocks = (end - first + RK_BLOCK_ROWS - 1) / RK_BLOCK_ROWS, width = layout->vectors * LANES;
  for (ptrdiff_t group = 0; group < groups; group++) {
    ptrdiff_t unit = group_first(units, group), vectors = group_first(units, group + 1) - unit;
    const SCALAR *weights = k->input + unit * LANES * k->segments * layout->count * LANES;
    for (ptrdiff_t i = 0; i < blocks; i++) {
      ptrdiff_t row = first + (end - first) * i / blocks, rows = first + (end - first) * (i + 1) / blocks - row;
      vec sums[RK_BLOCK_ROWS * RK_GROUP];
      for (ptrdiff_t j = 0; j < rows * vectors; j++) sums[j] = v_zero();
      panel_rows left = {block->deltas + row * width + layout->offset[RK_INPUT] * LANES, width, k->segments,
                         layout->count * LANES, k->segment_stride};
      panel_product(rows, vectors, &left, weights, sums);
      for (ptrdiff_t r = 0; r < rows; r++) {
        SCALAR *to = k->dx + (block->first * s->batch + row + r) * s->input;
        for (ptrdiff_t v = 0; v < vectors; v++) sequence_store(to, s->input, unit + v, sums[r * vectors + v]);
      }
    }
  }
}

/// A segment's part of the biases' gradients: the sum over the block, added to that of the blocks before.
static void bias_gradient(const sequence_backward *k, const delta_block *block, ptrdiff_t segment) {
  const ptrdiff_t vectors = k->layout->vectors;
  const SCALAR *from = block->deltas + segment * k->segment_stride;
  vec sums[RK_MOST_VECTORS];
  for (ptrdiff_t v = 0; v < vectors; v++) sums[v] = v_zero();
  for (ptrdiff_t row = 0; row < block->steps * k->s->batch; row++, from += vectors * LANES) {
    for (ptrdiff_t v = 0; v < vectors; v++) sums[v] += v_load(from + v * LANES);
  }
  SCALAR *total = k->bias_sums + segment * vectors * LANES;
  for (ptrdiff_t v = 0; v < vectors; v++) {
    v_store(total + v * LANES, block->is_first ? sums[v] : v_load(total + v * LANES) + sums[v]);
  }
}

// MARK: A block

/// A member's share of the transposed features.
static void backward_prepare(void *context, ptrdiff_t from, ptrdiff_t to, ptrdiff_t member, ptrdiff_t members) {
  const sequence_backward *k = context;
  (void)to;
  delta_block block = backward_block(k, from);
  for (rk_product_kind kind = RK_INPUT; kind <= RK_RECURRENT; kind++) {
    bool wanted = kind == RK_INPUT ? k->wants_input_weights : k->wants_recurrent_weights;
    ptrdiff_t tiles = kind == RK_INPUT ? k->input_tiles : k->recurrent_tiles;
    if (wanted) pack_kind(k, &block, kind, tiles * member / members, tiles * (member + 1) / members);
  }
}

/// A member's share of the products with a block's deltas.
static void backward_products(void *context, ptrdiff_t from, ptrdiff_t to, ptrdiff_t member, ptrdiff_t members) {
  const sequence_backward *k = context;
  (void)to;
  delta_block block = backward_block(k, from);
  ptrdiff_t rows = block.steps * k->s->batch;
  if (k->dx) input_gradient(k, &block, rows * member / members, rows * (member + 1) / members);
  ptrdiff_t vectors = tile_vectors(k->layout), parts = k->layout->count / vectors, items = k->segments * parts;
  ptrdiff_t passes = (rows + RK_WEIGHT_ROWS - 1) / RK_WEIGHT_ROWS;
  for (ptrdiff_t pass = 0; pass < passes; pass++) {
    ptrdiff_t first = rows * pass / passes, count = rows * (pass + 1) / passes - first;
    for (ptrdiff_t item = items * member / members; item < items * (member + 1) / members; item++) {
      weight_item(k, &block, item / parts, item % parts * vectors, first, count);
      if (k->wants_biases && pass == 0 && item % parts == 0) bias_gradient(k, &block, item / parts);
    }
  }
}

// MARK: The run

typedef struct {
  const sequence_backward *k;
  SCALAR *dw[2], *db[2];  // of W_ih and W_hh
} weight_output;

/// Turns the sums of one segment's vector round into rows of the weights' gradients.
static void output_task(void *context, ptrdiff_t index) {
  const weight_output *o = context;
  const sequence_backward *k = o->k;
  const rk_sequence *s = k->s;
  const rk_delta_layout *layout = k->layout;
  ptrdiff_t segment = index / layout->count, v = index % layout->count, width = layout->count * LANES;
  const SCALAR *sums = k->sums + segment * (s->input + s->hidden) * width + v * LANES;
  for (rk_product_kind kind = RK_INPUT; kind <= RK_RECURRENT; kind++) {
    ptrdiff_t features = kind == RK_INPUT ? s->input : s->hidden;
    ptrdiff_t unit, row = delta_source_row(layout, kind, segment, v, s->hidden, &unit);
    ptrdiff_t rows = s->hidden - unit < LANES ? s->hidden - unit : LANES;
    for (ptrdiff_t f = 0; o->dw[kind] && f < features && rows > 0; f += LANES) {
      vec block[VECTOR_BYTES / sizeof(SCALAR)];
      ptrdiff_t count = features - f < LANES ? features - f : LANES;
      for (ptrdiff_t i = 0; i < LANES; i++) block[i] = i < count ? v_load(sums + (f + i) * width) : v_zero();
      v_transpose(block);
      SCALAR *to = o->dw[kind] + row * features + f;
      for (ptrdiff_t i = 0; i < rows; i++) {
        if (count == LANES) {
          v_store(to + i * features, block[i]);
        } else {
          v_store_partial(to + i * features, block[i], count);
        }
      }
    }
    if (o->db[kind] && rows > 0) {
      vec sum = v_load(k->bias_sums + (segment * layout->vectors + layout->offset[kind] + v) * LANES);
      v_store_partial(o->db[kind] + row, sum, rows);
    }
    sums += features * width;
  }
}

/// The whole backward pass. The caller has set the run's inputs, layout, dx, dh0 and dc0, and says whether the cell has
/// a direct path and a cell state.
static void backward_run(sequence_backward *k, bool has_direct, bool has_cell, void (*step)(void *, ptrdiff_t, sequence_part),
                         const SCALAR *w_ih, const SCALAR *w_hh, SCALAR *dw_ih, SCALAR *dw_hh, SCALAR *db_ih,
                         SCALAR *db_hh) {
  const rk_sequence *s = k->s;
  const rk_delta_layout *layout = k->layout;
  const ptrdiff_t width = layout->vectors * LANES;
  k->units = sequence_units(s->hidden);
  k->segments = (k->units + layout->units - 1) / layout->units;
  k->wants_input_weights = dw_ih, k->wants_recurrent_weights = dw_hh, k->wants_biases = db_ih || db_hh;
  k->input_tiles = feature_tiles(k, s->input), k->recurrent_tiles = feature_tiles(k, s->hidden);
  // Blocks of equal length, whose rows are as many as the target if the batch allows.
  ptrdiff_t most = s->batch < RK_BLOCK_TARGET ? RK_BLOCK_TARGET / (s->batch > 0 ? s->batch : 1) : 1;
  ptrdiff_t blocks = s->time > 0 ? (s->time + most - 1) / most : 1;
  k->block_steps = s->time > 0 ? (s->time + blocks - 1) / blocks : 1;
  // A segment's end and the next one's start are a line apart, or the rows of all segments would fall on the same few
  // lines of a cache.
  k->segment_stride = k->block_steps * s->batch * width + LANES;

  backward_pack(k, w_ih, w_hh);
  size_t block = (size_t)(k->segments * k->segment_stride), state = (size_t)(s->batch * k->units * LANES);
  k->deltas[0] = rk_scratch(RK_SLOT_DELTAS, 2 * (block + 1) * sizeof(SCALAR));
  k->deltas[1] = k->deltas[0] + block;
  // A unit vector that only fills up the last segment has no deltas.
  if (k->units % layout->units != 0) memset(k->deltas[0], 0, 2 * block * sizeof(SCALAR));
  ptrdiff_t features = s->input + s->hidden;
  k->features = rk_scratch(RK_SLOT_FEATURES, (size_t)((k->input_tiles + k->recurrent_tiles) * feature_stride(k) + 1) * sizeof(SCALAR));
  size_t biases = (size_t)(k->segments * width), sums = (size_t)(k->segments * features * layout->count * LANES);
  k->bias_sums = rk_scratch(RK_SLOT_SUMS, (biases + sums + 1) * sizeof(SCALAR));
  k->sums = k->bias_sums + biases;
  if (s->time * s->batch == 0) memset(k->bias_sums, 0, (biases + sums) * sizeof(SCALAR));
  k->direct = NULL;
  if (has_direct || s->lengths) {
    k->direct = rk_scratch(RK_SLOT_DIRECT, (state + 1) * sizeof(SCALAR));
    memset(k->direct, 0, state * sizeof(SCALAR));
  }
  if (has_cell) {
    k->cell = rk_scratch(RK_SLOT_CELL, (state + 1) * sizeof(SCALAR));
    for (ptrdiff_t b = 0; b < s->batch; b++) {
      for (ptrdiff_t u = 0; u < k->units; u++) {
        v_store(k->cell + (b * k->units + u) * LANES,
                sequence_load(k->dcn ? k->dcn + b * s->hidden : NULL, s->hidden, u));
      }
    }
  }
  ptrdiff_t products = layout->gates * k->units * LANES * s->hidden;
  sequence_split split = {.s = s, .panels = (k->units + RK_GROUP - 1) / RK_GROUP, .backwards = true, .step = step,
                          .block = k->block_steps, .before_block = backward_prepare,
                          .after_block = backward_products, .finish = backward_finish, .context = k};
  sequence_run(&split, products, (size_t)products * sizeof(SCALAR));
  weight_output output = {k, {dw_ih, dw_hh}, {db_ih, db_hh}};
  if (dw_ih || dw_hh || db_ih || db_hh) rk_parallel(k->segments * layout->count, output_task, &output);
}
