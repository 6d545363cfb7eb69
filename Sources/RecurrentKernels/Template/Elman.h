// The simple recurrent network (Elman 1990), fused over time.
//   h_t = tanh(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh), or max(0, .) instead of tanh
//
//   packed   [panel of up to 4 unit vectors]{ biases [vectors][LANES], weights [input + hidden][vectors][LANES] }
//   saved    nothing: the outputs are enough for the gradient
//
// A tile is up to 6 rows (AVX-512) times a panel; the last panel has 1 to 4 unit vectors and tiles of its own.

#ifndef RK_ELMAN_ONCE
#define RK_ELMAN_ONCE
/// Two unit vectors in a segment, so that a tile has two vectors here too.
static const rk_delta_layout rk_elman_layout = {
    .vectors = 2, .units = 2, .gates = 1, .count = 2, .unit = {{0, 1}, {0, 1}}};
#define elman_tile NAMED(rk_elman_tile)
#define elman_rows NAMED(rk_elman_rows)
#define elman_outputs NAMED(rk_elman_outputs)
#define elman_step NAMED(rk_elman_step)
#define elman_derive NAMED(rk_elman_derive)
#define elman_backward_step NAMED(rk_elman_backward_step)
#define elman_packing NAMED(rk_elman_packing)
#define elman_pack_task NAMED(rk_elman_pack_task)
#endif

// MARK: Packing

static ptrdiff_t NAMED(elman_packed_count)(ptrdiff_t input, ptrdiff_t hidden) {
  return sequence_units(hidden) * (1 + input + hidden) * LANES;
}

static ptrdiff_t NAMED(elman_saved_count)(ptrdiff_t time, ptrdiff_t batch, ptrdiff_t hidden) {
  (void)time, (void)batch, (void)hidden;
  return 0;
}

typedef struct {
  ptrdiff_t input, hidden;
  const SCALAR *w_ih, *w_hh, *b_ih, *b_hh;
  SCALAR *packed;
} elman_packing;

static void elman_pack_task(void *context, ptrdiff_t u) {
  const elman_packing *p = context;
  ptrdiff_t units = sequence_units(p->hidden), first = u / RK_GROUP * RK_GROUP;
  ptrdiff_t vectors = units - first < RK_GROUP ? units - first : RK_GROUP, width = vectors * LANES;
  ptrdiff_t left = p->hidden - u * LANES, count = left < LANES ? left : LANES;
  SCALAR *biases = p->packed + first * (1 + p->input + p->hidden) * LANES + (u - first) * LANES;
  v_store(biases, sequence_load(p->b_ih, p->hidden, u) + sequence_load(p->b_hh, p->hidden, u));
  pack_transposed(p->w_ih + u * LANES * p->input, p->input, p->input, count, biases + width, LANES, width);
  pack_transposed(p->w_hh + u * LANES * p->hidden, p->hidden, p->hidden, count, biases + (1 + p->input) * width, LANES,
                  width);
}

static void NAMED(elman_pack)(ptrdiff_t input, ptrdiff_t hidden, const SCALAR *w_ih, const SCALAR *w_hh,
                              const SCALAR *b_ih, const SCALAR *b_hh, SCALAR *packed) {
  elman_packing p = {input, hidden, w_ih, w_hh, b_ih, b_hh, packed};
  rk_parallel(sequence_units(hidden), elman_pack_task, &p);
}

// MARK: Forward

RK_INLINE void elman_tile(const ptrdiff_t panels, const ptrdiff_t rows, const ptrdiff_t vectors,
                          const sequence_forward *f, tile_start start, const SCALAR *x, const SCALAR *h,
                          ptrdiff_t h_stride, const SCALAR *packed, vec *out) {
  vec sums[TILE_SUMS];
  const ptrdiff_t width = vectors * LANES, input = f->s->input, hidden = f->s->hidden;
  const ptrdiff_t panel_stride = width * (1 + input + hidden);
  RK_UNROLL for (ptrdiff_t i = 0; i < panels * rows * vectors; i++) {
    sums[i] = v_load(start.sums + i / (rows * vectors) * start.panel_stride + i / vectors % rows * start.row_stride +
                     i % vectors * LANES);
  }
  v_tile(panels, rows, vectors, start.count, x, input, 1, packed + width, panel_stride, width, sums);
  v_tile(panels, rows, vectors, hidden, h, h_stride, 1, packed + (1 + input) * width, panel_stride, width, sums);
  RK_UNROLL for (ptrdiff_t i = 0; i < panels * rows * vectors; i++) out[i] = sums[i];
}

/// The sums [panels][rows][vectors] of `rows` rows; full panels may be taken several at a time. Returns how many
/// panels.
static ptrdiff_t elman_rows(ptrdiff_t rows, ptrdiff_t vectors, ptrdiff_t panels, const sequence_forward *f,
                            tile_start start, const SCALAR *x, const SCALAR *h, ptrdiff_t h_stride, const SCALAR *packed, vec *sums) {
#define RUN(p, r, v) (elman_tile(p, r, v, f, start, x, h, h_stride, packed, sums), (ptrdiff_t)(p))
#define RUN_ROWS(r) \
  case (r) * 8 + 1: return RUN(1, r, 1); case (r) * 8 + 2: return RUN(1, r, 2); case (r) * 8 + 3: return RUN(1, r, 3);
  switch (rows * 8 + vectors) {
    RUN_ROWS(1) RUN_ROWS(2) RUN_ROWS(3)
#if VECTOR_BYTES == 64
    RUN_ROWS(4) RUN_ROWS(5) RUN_ROWS(6)
    case 1 * 8 + 4: return panels >= 4 ? RUN(4, 1, 4) : panels >= 2 ? RUN(2, 1, 4) : RUN(1, 1, 4);
    case 2 * 8 + 4: return panels >= 2 ? RUN(2, 2, 4) : RUN(1, 2, 4);
    case 3 * 8 + 4: return panels >= 2 ? RUN(2, 3, 4) : RUN(1, 3, 4);
    case 4 * 8 + 4: return RUN(1, 4, 4);
    case 5 * 8 + 4: return RUN(1, 5, 4);
    default: return RUN(1, 6, 4);
#else
    case 1 * 8 + 4: return panels >= 2 ? RUN(2, 1, 4) : RUN(1, 1, 4);
    case 2 * 8 + 4: return RUN(1, 2, 4);
    default: return RUN(1, 3, 4);
#endif
  }
#undef RUN_ROWS
#undef RUN
}

/// Outputs of a tile whose sums are [panels][rows][vectors], the first panel at unit vector `unit`.
static void elman_outputs(const sequence_forward *f, ptrdiff_t t, ptrdiff_t row, ptrdiff_t rows, ptrdiff_t unit,
                          ptrdiff_t vectors, ptrdiff_t panels, const vec *sums) {
  for (ptrdiff_t p = 0; p < panels; p++) {
    for (ptrdiff_t r = 0; r < rows; r++) {
      for (ptrdiff_t v = 0; v < vectors; v++) {
        vec a = sums[(p * rows + r) * vectors + v];
        // The order of v_max's operands keeps NaN.
        vec y = f->relu ? v_max(v_zero(), a) : v_tanh(a);
        sequence_output(f, row + r, t, unit + p * RK_GROUP + v, y);
      }
    }
  }
}

static void elman_step(void *context, ptrdiff_t t, sequence_part part) {
  const sequence_forward *f = context;
  const rk_sequence *s = f->s;
  ptrdiff_t h_stride, height = part.row_end - part.row;
  const SCALAR *h = sequence_state(f, t, &h_stride), *x = f->x + t * s->batch * s->input;
  forward_inputs(f, t, part, RK_GROUP, RK_GROUP);
  ptrdiff_t full = f->units / RK_GROUP < part.panel_end ? f->units / RK_GROUP : part.panel_end;
  // Blocks of one tile, or of many where the weights come from memory.
  ptrdiff_t highest = f->is_large && f->inputs == NULL ? RK_BLOCK_ROWS : GATE_ROWS(RK_GROUP), blocks = (height + highest - 1) / highest;
  for (ptrdiff_t panel = part.panel, done = 1; panel < part.panel_end; panel += done) {
    ptrdiff_t unit = panel * RK_GROUP, vectors = f->units - unit < RK_GROUP ? f->units - unit : RK_GROUP;
    const SCALAR *packed = f->packed + panel * f->panel_stride;
    const ptrdiff_t width = vectors * LANES;
    for (ptrdiff_t block = 0; block < blocks; block++) {
      ptrdiff_t row = part.row + height * block / blocks, rows = part.row + height * (block + 1) / blocks - row;
      vec sums[RK_BLOCK_ROWS * RK_GROUP];
      bool active = sequence_any_active(s, row, rows, t);
      if (active && rows <= GATE_ROWS(RK_GROUP)) {
        // All tiles of a step must take the same panels.
        done = elman_rows(rows, vectors, blocks == 1 ? full - panel : 1, f, forward_start(f, t, panel, row), x + row * s->input, h + row * h_stride, h_stride, packed,
                          sums);
      } else {
        done = 1;
        for (ptrdiff_t i = 0; i < rows * vectors; i++) sums[i] = v_load(packed + i % vectors * LANES);
        if (active) {
          panel_product(rows, vectors, &(panel_rows){x + row * s->input, s->input, 1, s->input, 0}, packed + width,
                        sums);
          panel_product(rows, vectors, &(panel_rows){h + row * h_stride, h_stride, 1, s->hidden, 0},
                        packed + (1 + s->input) * width, sums);
        }
      }
      elman_outputs(f, t, row, rows, unit, vectors, done, sums);
    }
  }
}

static void NAMED(elman_forward)(const rk_sequence *s, bool relu, const SCALAR *packed, const SCALAR *x,
                                 const SCALAR *h0, SCALAR *y, SCALAR *hn, SCALAR *saved) {
  (void)saved;
  ptrdiff_t units = sequence_units(s->hidden);
  sequence_forward f = {.s = s, .units = units, .packed = packed,
                        .panel_stride = RK_GROUP * LANES * (1 + s->input + s->hidden), .x = x, .h0 = h0, .y = y,
                        .hn = hn, .relu = relu};
  forward_run(&f, RK_GROUP, (units + RK_GROUP - 1) / RK_GROUP, elman_step, forward_finish,
              (s->input + s->hidden) * s->hidden);
}

// MARK: Backward

/// da = dh (1 - h_t^2), or dh where h_t > 0.
RK_INLINE void elman_derive(const sequence_backward *k, ptrdiff_t b, ptrdiff_t t, ptrdiff_t u, vec dh,
                            SCALAR *deltas) {
  const rk_sequence *s = k->s;
  vec h = sequence_load(k->y + (t * s->batch + b) * s->hidden, s->hidden, u);
  v_store(deltas, k->relu ? v_select(h > (SCALAR)0, dh, v_zero()) : dh * (v_set(1) - h * h));
  if (k->direct) v_store(k->direct + (b * k->units + u) * LANES, v_zero());
}

static void elman_backward_step(void *context, ptrdiff_t t, sequence_part part) {
  backward_step(context, &rk_elman_layout, t, part, elman_derive);
}

static void NAMED(elman_backward)(const rk_sequence *s, bool relu, const SCALAR *w_ih, const SCALAR *w_hh,
                                  const SCALAR *x, const SCALAR *h0, const SCALAR *y, const SCALAR *saved,
                                  const SCALAR *dy, const SCALAR *dhn, SCALAR *dx, SCALAR *dh0, SCALAR *dw_ih,
                                  SCALAR *dw_hh, SCALAR *db_ih, SCALAR *db_hh) {
  sequence_backward k = {.s = s, .layout = &rk_elman_layout, .x = x, .h0 = h0, .y = y, .saved = saved, .dy = dy,
                         .dhn = dhn, .dx = dx, .dh0 = dh0, .relu = relu};
  backward_run(&k, false, false, elman_backward_step, w_ih, w_hh, dw_ih, dw_hh, db_ih, db_hh);
}
