// The gated recurrent unit (Cho et al. 2014), the reset gate applied after the recurrent product, fused over time.
//   r = sigmoid(a_r)   z = sigmoid(a_z)      a = W_ih x_t + b_ih + W_hh h_{t-1} + b_hh
//   n = tanh(W_in x_t + b_in + r m)          m = W_hn h_{t-1} + b_hn
//   h_t = (1 - z) n + z h_{t-1}
//
//   packed   [unit vector]{ biases [r z n m][LANES], weights [input][r z n][LANES], [hidden][r z m][LANES] }
//   saved    [time, batch, unit vector]{ r z n m } of LANES each
//
// A tile is up to 8 rows (AVX-512) times one unit vector: three sums a row while it runs over x_t, and three while it
// runs over h_{t-1}, of which r and z are the same ones continued.

#ifndef RK_GRU_ONCE
#define RK_GRU_ONCE
enum { RK_GRU_GATES = 3, RK_GRU_SAVED = 4 };
/// Deltas n r z m: the first three are the input product's, the last three the recurrent one's.
static const rk_delta_layout rk_gru_layout = {
    .vectors = 4, .units = 1, .gates = 3, .count = 3, .offset = {0, 1}, .gate = {{2, 0, 1}, {0, 1, 2}}};
#define gru_gates NAMED(rk_gru_gates)
#define gru_tile NAMED(rk_gru_tile)
#define gru_rows NAMED(rk_gru_rows)
#define gru_large_step NAMED(rk_gru_large_step)
#define gru_step NAMED(rk_gru_step)
#define gru_derive NAMED(rk_gru_derive)
#define gru_backward_step NAMED(rk_gru_backward_step)
#define gru_packing NAMED(rk_gru_packing)
#define gru_pack_task NAMED(rk_gru_pack_task)
#endif

// MARK: Packing

#define GRU_PANEL(input, hidden) ((4 + ((input) + (hidden)) * RK_GRU_GATES) * LANES)

static ptrdiff_t NAMED(gru_packed_count)(ptrdiff_t input, ptrdiff_t hidden) {
  return sequence_units(hidden) * GRU_PANEL(input, hidden);
}

static ptrdiff_t NAMED(gru_saved_count)(ptrdiff_t time, ptrdiff_t batch, ptrdiff_t hidden) {
  return time * batch * sequence_units(hidden) * RK_GRU_SAVED * LANES;
}

typedef struct {
  ptrdiff_t input, hidden;
  const SCALAR *w_ih, *w_hh, *b_ih, *b_hh;
  SCALAR *packed;
} gru_packing;

static void gru_pack_task(void *context, ptrdiff_t u) {
  const gru_packing *p = context;
  ptrdiff_t left = p->hidden - u * LANES, count = left < LANES ? left : LANES;
  const ptrdiff_t width = RK_GRU_GATES * LANES;
  SCALAR *biases = p->packed + u * GRU_PANEL(p->input, p->hidden), *weights = biases + 4 * LANES;
  for (ptrdiff_t g = 0; g < RK_GRU_GATES; g++) {
    ptrdiff_t row = g * p->hidden + u * LANES;
    vec b_ih = sequence_load(p->b_ih + g * p->hidden, p->hidden, u);
    vec b_hh = sequence_load(p->b_hh + g * p->hidden, p->hidden, u);
    // The biases of n stay apart: the reset gate stands between them.
    v_store(biases + g * LANES, g < 2 ? b_ih + b_hh : b_ih);
    if (g == 2) v_store(biases + 3 * LANES, b_hh);
    pack_transposed(p->w_ih + row * p->input, p->input, p->input, count, weights + g * LANES, LANES, width);
    pack_transposed(p->w_hh + row * p->hidden, p->hidden, p->hidden, count, weights + p->input * width + g * LANES,
                    LANES, width);
  }
}

static void NAMED(gru_pack)(ptrdiff_t input, ptrdiff_t hidden, const SCALAR *w_ih, const SCALAR *w_hh,
                            const SCALAR *b_ih, const SCALAR *b_hh, SCALAR *packed) {
  gru_packing p = {input, hidden, w_ih, w_hh, b_ih, b_hh, packed};
  rk_parallel(sequence_units(hidden), gru_pack_task, &p);
}

// MARK: Forward

/// Gates and output of a tile: sums are [panels][rows][r z m], inputs [panels][rows], the input's part of n.
static void gru_gates(const sequence_forward *f, ptrdiff_t t, ptrdiff_t row, ptrdiff_t rows, ptrdiff_t panel,
                      ptrdiff_t panels, const vec *sums, const vec *inputs) {
  const rk_sequence *s = f->s;
  for (ptrdiff_t u = panel; u < panel + panels; u++) {
    for (ptrdiff_t b = row; b < row + rows; b++, sums += RK_GRU_GATES, inputs++) {
      vec previous = sequence_load(sequence_previous(s, f->y, f->h0, b, t), s->hidden, u);
      vec r = v_sigmoid(sums[0]), z = v_sigmoid(sums[1]), m = sums[2];
      vec n = v_tanh(v_fma(r, m, *inputs));
      if (f->saved) {
        SCALAR *saved = f->saved + ((t * s->batch + b) * f->units + u) * RK_GRU_SAVED * LANES;
        v_store(saved, r);
        v_store(saved + LANES, z);
        v_store(saved + 2 * LANES, n);
        v_store(saved + 3 * LANES, m);
      }
      sequence_output(f, b, t, u, v_fma(z, previous - n, n));
    }
  }
}

RK_INLINE void gru_tile(const ptrdiff_t panels, const ptrdiff_t rows, const sequence_forward *f, tile_start start,
                        const SCALAR *x, const SCALAR *h, ptrdiff_t h_stride, const SCALAR *packed, vec *out,
                        vec *inputs) {
  vec sums[TILE_SUMS];
  const ptrdiff_t width = RK_GRU_GATES * LANES, input = f->s->input, hidden = f->s->hidden;
  const SCALAR *weights = packed + 4 * LANES;
  RK_UNROLL for (ptrdiff_t i = 0; i < panels * rows * RK_GRU_GATES; i++) {
    sums[i] = v_load(start.sums + i / (rows * RK_GRU_GATES) * start.panel_stride +
                     i / RK_GRU_GATES % rows * start.row_stride + i % RK_GRU_GATES * LANES);
  }
  v_tile(panels, rows, RK_GRU_GATES, start.count, x, input, 1, weights, f->panel_stride, width, sums);
  RK_UNROLL for (ptrdiff_t i = 0; i < panels * rows; i++) {
    inputs[i] = sums[i * RK_GRU_GATES + 2];
    sums[i * RK_GRU_GATES + 2] = v_load(packed + i / rows * f->panel_stride + 3 * LANES);
  }
  v_tile(panels, rows, RK_GRU_GATES, hidden, h, h_stride, 1, weights + input * width, f->panel_stride, width, sums);
  RK_UNROLL for (ptrdiff_t i = 0; i < panels * rows * RK_GRU_GATES; i++) out[i] = sums[i];
}

/// The sums of `rows` rows over one panel, or several where the rows are few; returns how many.
static ptrdiff_t gru_rows(ptrdiff_t rows, ptrdiff_t panels, const sequence_forward *f, tile_start start, const SCALAR *x,
                          const SCALAR *h, ptrdiff_t h_stride, const SCALAR *packed, vec *sums, vec *inputs) {
#define RUN(p, r) (gru_tile(p, r, f, start, x, h, h_stride, packed, sums, inputs), (ptrdiff_t)(p))
  switch (rows) {
#if VECTOR_BYTES == 64
    case 1: return panels >= 4 ? RUN(4, 1) : panels >= 2 ? RUN(2, 1) : RUN(1, 1);
    case 2: return panels >= 4 ? RUN(4, 2) : panels >= 2 ? RUN(2, 2) : RUN(1, 2);
    case 3: return panels >= 2 ? RUN(2, 3) : RUN(1, 3);
    case 4: return panels >= 2 ? RUN(2, 4) : RUN(1, 4);
    case 5: return RUN(1, 5);
    case 6: return RUN(1, 6);
    case 7: return RUN(1, 7);
    default: return RUN(1, 8);
#else
    case 1: return panels >= 4 ? RUN(4, 1) : panels >= 2 ? RUN(2, 1) : RUN(1, 1);
    case 2: return panels >= 2 ? RUN(2, 2) : RUN(1, 2);
    default: return RUN(1, 3);
#endif
  }
#undef RUN
}

/// A step of more than one tile of rows whose weights come from memory.
static void gru_large_step(const sequence_forward *f, ptrdiff_t t, sequence_part part, const SCALAR *x, const SCALAR *h,
                            ptrdiff_t h_stride) {
  const rk_sequence *s = f->s;
  ptrdiff_t height = part.row_end - part.row;
  const ptrdiff_t width = RK_GRU_GATES * LANES;
  ptrdiff_t blocks = (height + RK_BLOCK_ROWS - 1) / RK_BLOCK_ROWS;
  for (ptrdiff_t panel = part.panel; panel < part.panel_end; panel++) {
    const SCALAR *packed = f->packed + panel * f->panel_stride, *weights = packed + 4 * LANES;
    for (ptrdiff_t block = 0; block < blocks; block++) {
      ptrdiff_t row = part.row + height * block / blocks, rows = part.row + height * (block + 1) / blocks - row;
      vec sums[RK_BLOCK_ROWS * RK_GRU_GATES], inputs[RK_BLOCK_ROWS];
      bool active = sequence_any_active(s, row, rows, t);
      for (ptrdiff_t r = 0; r < rows; r++) {
        RK_UNROLL for (ptrdiff_t g = 0; g < RK_GRU_GATES; g++) {
          sums[r * RK_GRU_GATES + g] = v_load(packed + g * LANES);
        }
      }
      if (active) {
        panel_product(rows, RK_GRU_GATES, &(panel_rows){x + row * s->input, s->input, 1, s->input, 0}, weights, sums);
      }
      for (ptrdiff_t r = 0; r < rows; r++) {
        inputs[r] = sums[r * RK_GRU_GATES + 2];
        sums[r * RK_GRU_GATES + 2] = v_load(packed + 3 * LANES);
      }
      if (active) {
        panel_product(rows, RK_GRU_GATES, &(panel_rows){h + row * h_stride, h_stride, 1, s->hidden, 0},
                      weights + s->input * width, sums);
      }
      gru_gates(f, t, row, rows, panel, 1, sums, inputs);
    }
  }
}

static void gru_step(void *context, ptrdiff_t t, sequence_part part) {
  const sequence_forward *f = context;
  const rk_sequence *s = f->s;
  ptrdiff_t h_stride, highest = GATE_ROWS(RK_GRU_GATES);
  const SCALAR *h = sequence_state(f, t, &h_stride), *x = f->x + t * s->batch * s->input;
  ptrdiff_t height = part.row_end - part.row, tiles = (height + highest - 1) / highest;
  forward_inputs(f, t, part, RK_GRU_GATES, RK_GRU_GATES + 1);
  if (f->is_large && tiles > 1 && f->inputs == NULL) {
    gru_large_step(f, t, part, x, h, h_stride);
    return;
  }
  for (ptrdiff_t panel = part.panel, done = 1; panel < part.panel_end; panel += done) {
    for (ptrdiff_t tile = 0; tile < tiles; tile++) {
      ptrdiff_t row = part.row + height * tile / tiles, rows = part.row + height * (tile + 1) / tiles - row;
      vec sums[TILE_SUMS], inputs[TILE_SUMS / RK_GRU_GATES];
      // All tiles of a step must take the same panels.
      ptrdiff_t most = tiles == 1 ? part.panel_end - panel : 1;
      if (sequence_any_active(s, row, rows, t)) {
        done = gru_rows(rows, most, f, forward_start(f, t, panel, row), x + row * s->input, h + row * h_stride, h_stride,
                        f->packed + panel * f->panel_stride, sums, inputs);
      } else {
        done = 1;
        memset(sums, 0, sizeof sums);
        memset(inputs, 0, sizeof inputs);
      }
      gru_gates(f, t, row, rows, panel, done, sums, inputs);
    }
  }
}

static void NAMED(gru_forward)(const rk_sequence *s, const SCALAR *packed, const SCALAR *x, const SCALAR *h0, SCALAR *y,
                               SCALAR *hn, SCALAR *saved) {
  ptrdiff_t units = sequence_units(s->hidden);
  sequence_forward f = {.s = s, .units = units, .packed = packed, .panel_stride = GRU_PANEL(s->input, s->hidden),
                        .x = x, .h0 = h0, .y = y, .hn = hn, .saved = saved};
  forward_run(&f, 1, units, gru_step, forward_finish, (s->input + s->hidden) * s->hidden * RK_GRU_GATES);
}

// MARK: Backward

/// With dh the gradient of h_t:
///   da_n = dh (1 - z) (1 - n^2)     dm = da_n r     da_r = da_n m r (1 - r)     da_z = dh (h_{t-1} - n) z (1 - z)
/// and dh z goes straight to h_{t-1}. The input's product receives (da_r, da_z, da_n), the recurrent one (da_r, da_z,
/// dm).
RK_INLINE void gru_derive(const sequence_backward *k, ptrdiff_t b, ptrdiff_t t, ptrdiff_t u, vec dh, SCALAR *deltas) {
  const rk_sequence *s = k->s;
  const SCALAR *saved = k->saved + ((t * s->batch + b) * k->units + u) * RK_GRU_SAVED * LANES;
  vec r = v_load(saved), z = v_load(saved + LANES), n = v_load(saved + 2 * LANES), m = v_load(saved + 3 * LANES);
  vec previous = sequence_load(sequence_previous(s, k->y, k->h0, b, t), s->hidden, u);
  const vec one = v_set(1);
  vec da_n = dh * (one - z) * (one - n * n);
  v_store(deltas, da_n);
  v_store(deltas + LANES, da_n * m * r * (one - r));
  v_store(deltas + 2 * LANES, dh * (previous - n) * z * (one - z));
  v_store(deltas + 3 * LANES, da_n * r);
  v_store(k->direct + (b * k->units + u) * LANES, dh * z);
}

static void gru_backward_step(void *context, ptrdiff_t t, sequence_part part) {
  backward_step(context, &rk_gru_layout, t, part, gru_derive);
}

static void NAMED(gru_backward)(const rk_sequence *s, const SCALAR *w_ih, const SCALAR *w_hh, const SCALAR *x,
                                const SCALAR *h0, const SCALAR *y, const SCALAR *saved, const SCALAR *dy,
                                const SCALAR *dhn, SCALAR *dx, SCALAR *dh0, SCALAR *dw_ih, SCALAR *dw_hh, SCALAR *db_ih,
                                SCALAR *db_hh) {
  sequence_backward k = {.s = s, .layout = &rk_gru_layout, .x = x, .h0 = h0, .y = y, .saved = saved, .dy = dy,
                         .dhn = dhn, .dx = dx, .dh0 = dh0};
  backward_run(&k, true, false, gru_backward_step, w_ih, w_hh, dw_ih, dw_hh, db_ih, db_hh);
}

#undef GRU_PANEL
