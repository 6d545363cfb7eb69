// The long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000), fused over
// time.
//   a = W_ih x_t + b_ih + W_hh h_{t-1} + b_hh
//   i = sigmoid(a_i)   f = sigmoid(a_f)   g = tanh(a_g)   o = sigmoid(a_o)
//   c_t = f c_{t-1} + i g        h_t = o tanh(c_t)
//
//   packed   [unit vector]{ biases [4][LANES], weights [input + hidden][4][LANES] }     gates in the order i f g o
//   saved    [time, batch, unit vector]{ i f g o c tanh(c) } of LANES each
//
// A tile is up to 6 rows (AVX-512) times one unit vector with its four gates. It runs over x_t, then over h_{t-1}, and
// the gates are applied to the sums before anything is written.

#ifndef RK_LSTM_ONCE
#define RK_LSTM_ONCE
enum { RK_LSTM_GATES = 4, RK_LSTM_SAVED = 6 };
static const rk_delta_layout rk_lstm_layout = {
    .vectors = 4, .units = 1, .gates = 4, .count = 4, .gate = {{0, 1, 2, 3}, {0, 1, 2, 3}}};
#define lstm_gates NAMED(rk_lstm_gates)
#define lstm_tile NAMED(rk_lstm_tile)
#define lstm_rows NAMED(rk_lstm_rows)
#define lstm_large_step NAMED(rk_lstm_large_step)
#define lstm_step NAMED(rk_lstm_step)
#define lstm_finish NAMED(rk_lstm_finish)
#define lstm_derive NAMED(rk_lstm_derive)
#define lstm_backward_step NAMED(rk_lstm_backward_step)
#define lstm_packing NAMED(rk_lstm_packing)
#define lstm_pack_task NAMED(rk_lstm_pack_task)
#endif

// MARK: Packing

#define LSTM_PANEL(input, hidden) ((1 + (input) + (hidden)) * RK_LSTM_GATES * LANES)

static ptrdiff_t NAMED(lstm_packed_count)(ptrdiff_t input, ptrdiff_t hidden) {
  return sequence_units(hidden) * LSTM_PANEL(input, hidden);
}

static ptrdiff_t NAMED(lstm_saved_count)(ptrdiff_t time, ptrdiff_t batch, ptrdiff_t hidden) {
  return time * batch * sequence_units(hidden) * RK_LSTM_SAVED * LANES;
}

typedef struct {
  ptrdiff_t input, hidden;
  const SCALAR *w_ih, *w_hh, *b_ih, *b_hh;
  SCALAR *packed;
} lstm_packing;

static void lstm_pack_task(void *context, ptrdiff_t u) {
  const lstm_packing *p = context;
  ptrdiff_t left = p->hidden - u * LANES, count = left < LANES ? left : LANES;
  const ptrdiff_t width = RK_LSTM_GATES * LANES;
  SCALAR *biases = p->packed + u * LSTM_PANEL(p->input, p->hidden), *weights = biases + width;
  for (ptrdiff_t g = 0; g < RK_LSTM_GATES; g++) {
    ptrdiff_t row = g * p->hidden + u * LANES;
    v_store(biases + g * LANES, v_load_partial(p->b_ih + row, count) + v_load_partial(p->b_hh + row, count));
    pack_transposed(p->w_ih + row * p->input, p->input, p->input, count, weights + g * LANES, LANES, width);
    pack_transposed(p->w_hh + row * p->hidden, p->hidden, p->hidden, count, weights + p->input * width + g * LANES,
                    LANES, width);
  }
}

static void NAMED(lstm_pack)(ptrdiff_t input, ptrdiff_t hidden, const SCALAR *w_ih, const SCALAR *w_hh,
                            const SCALAR *b_ih, const SCALAR *b_hh, SCALAR *packed) {
  lstm_packing p = {input, hidden, w_ih, w_hh, b_ih, b_hh, packed};
  rk_parallel(sequence_units(hidden), lstm_pack_task, &p);
}

// MARK: Forward

/// Gates, cell and output of a tile whose sums are [panels][rows][4].
static void lstm_gates(const sequence_forward *f, ptrdiff_t t, ptrdiff_t row, ptrdiff_t rows, ptrdiff_t panel,
                       ptrdiff_t panels, const vec *sums) {
  const rk_sequence *s = f->s;
  ptrdiff_t before = rk_step_before(s, t);
  for (ptrdiff_t u = panel; u < panel + panels; u++) {
    for (ptrdiff_t b = row; b < row + rows; b++, sums += RK_LSTM_GATES) {
      vec i = v_sigmoid(sums[0]), forget = v_sigmoid(sums[1]), g = v_tanh(sums[2]), o = v_sigmoid(sums[3]);
      SCALAR *saved = f->saved ? f->saved + ((t * s->batch + b) * f->units + u) * RK_LSTM_SAVED * LANES : NULL;
      SCALAR *cell = saved ? saved + 4 * LANES : f->cell + (b * f->units + u) * LANES;
      vec previous;
      if (before < 0) {
        previous = sequence_load(f->c0 ? f->c0 + b * s->hidden : NULL, s->hidden, u);
      } else if (saved) {
        previous = v_load(f->saved + (((before * s->batch + b) * f->units + u) * RK_LSTM_SAVED + 4) * LANES);
      } else {
        previous = v_load(cell);
      }
      vec c = sequence_active(s, b, t) ? v_fma(forget, previous, i * g) : previous;
      vec tanh_c = v_tanh(c);
      v_store(cell, c);
      if (saved) {
        v_store(saved, i);
        v_store(saved + LANES, forget);
        v_store(saved + 2 * LANES, g);
        v_store(saved + 3 * LANES, o);
        v_store(saved + 5 * LANES, tanh_c);
      }
      sequence_output(f, b, t, u, o * tanh_c);
    }
  }
}

RK_INLINE void lstm_tile(const ptrdiff_t panels, const ptrdiff_t rows, const sequence_forward *f, tile_start start,
                         const SCALAR *x, const SCALAR *h, ptrdiff_t h_stride, const SCALAR *packed, vec *out) {
  vec sums[TILE_SUMS];
  RK_UNROLL for (ptrdiff_t i = 0; i < panels * rows * RK_LSTM_GATES; i++) {
    sums[i] = v_load(start.sums + i / (rows * RK_LSTM_GATES) * start.panel_stride +
                     i / RK_LSTM_GATES % rows * start.row_stride + i % RK_LSTM_GATES * LANES);
  }
  const ptrdiff_t width = RK_LSTM_GATES * LANES, input = f->s->input, hidden = f->s->hidden;
  v_tile(panels, rows, RK_LSTM_GATES, start.count, x, input, 1, packed + width, f->panel_stride, width, sums);
  v_tile(panels, rows, RK_LSTM_GATES, hidden, h, h_stride, 1, packed + (1 + input) * width, f->panel_stride, width,
         sums);
  RK_UNROLL for (ptrdiff_t i = 0; i < panels * rows * RK_LSTM_GATES; i++) out[i] = sums[i];
}

/// The sums of `rows` rows over one panel, or several where the rows are few; returns how many.
static ptrdiff_t lstm_rows(ptrdiff_t rows, ptrdiff_t panels, const sequence_forward *f, tile_start start,
                           const SCALAR *x, const SCALAR *h, ptrdiff_t h_stride, const SCALAR *packed, vec *sums) {
#define RUN(p, r) (lstm_tile(p, r, f, start, x, h, h_stride, packed, sums), (ptrdiff_t)(p))
  switch (rows) {
#if VECTOR_BYTES == 64
    case 1: return panels >= 4 ? RUN(4, 1) : panels >= 2 ? RUN(2, 1) : RUN(1, 1);
    case 2: return panels >= 3 ? RUN(3, 2) : panels >= 2 ? RUN(2, 2) : RUN(1, 2);
    case 3: return panels >= 2 ? RUN(2, 3) : RUN(1, 3);
    case 4: return RUN(1, 4);
    case 5: return RUN(1, 5);
    default: return RUN(1, 6);
#else
    case 1: return panels >= 2 ? RUN(2, 1) : RUN(1, 1);
    case 2: return RUN(1, 2);
    default: return RUN(1, 3);
#endif
  }
#undef RUN
}

/// A step of more than one tile of rows whose weights come from memory.
static void lstm_large_step(const sequence_forward *f, ptrdiff_t t, sequence_part part, const SCALAR *x, const SCALAR *h,
                            ptrdiff_t h_stride) {
  const rk_sequence *s = f->s;
  ptrdiff_t height = part.row_end - part.row;
  const ptrdiff_t width = RK_LSTM_GATES * LANES;
  ptrdiff_t blocks = (height + RK_BLOCK_ROWS - 1) / RK_BLOCK_ROWS;
  for (ptrdiff_t panel = part.panel; panel < part.panel_end; panel++) {
    const SCALAR *packed = f->packed + panel * f->panel_stride;
    for (ptrdiff_t block = 0; block < blocks; block++) {
      ptrdiff_t row = part.row + height * block / blocks, rows = part.row + height * (block + 1) / blocks - row;
      vec sums[RK_BLOCK_ROWS * RK_LSTM_GATES];
      for (ptrdiff_t r = 0; r < rows; r++) {
        RK_UNROLL for (ptrdiff_t g = 0; g < RK_LSTM_GATES; g++) {
          sums[r * RK_LSTM_GATES + g] = v_load(packed + g * LANES);
        }
      }
      if (sequence_any_active(s, row, rows, t)) {
        panel_product(rows, RK_LSTM_GATES, &(panel_rows){x + row * s->input, s->input, 1, s->input, 0},
                      packed + width, sums);
        panel_product(rows, RK_LSTM_GATES, &(panel_rows){h + row * h_stride, h_stride, 1, s->hidden, 0},
                      packed + (1 + s->input) * width, sums);
      }
      lstm_gates(f, t, row, rows, panel, 1, sums);
    }
  }
}

static void lstm_step(void *context, ptrdiff_t t, sequence_part part) {
  const sequence_forward *f = context;
  const rk_sequence *s = f->s;
  ptrdiff_t h_stride, highest = GATE_ROWS(RK_LSTM_GATES);
  const SCALAR *h = sequence_state(f, t, &h_stride), *x = f->x + t * s->batch * s->input;
  ptrdiff_t height = part.row_end - part.row, tiles = (height + highest - 1) / highest;
  forward_inputs(f, t, part, RK_LSTM_GATES, RK_LSTM_GATES);
  if (f->is_large && tiles > 1 && f->inputs == NULL) {
    lstm_large_step(f, t, part, x, h, h_stride);
    return;
  }
  for (ptrdiff_t panel = part.panel, done = 1; panel < part.panel_end; panel += done) {
    for (ptrdiff_t tile = 0; tile < tiles; tile++) {
      ptrdiff_t row = part.row + height * tile / tiles, rows = part.row + height * (tile + 1) / tiles - row;
      vec sums[TILE_SUMS];
      // All tiles of a step must take the same panels.
      ptrdiff_t most = tiles == 1 ? part.panel_end - panel : 1;
      if (sequence_any_active(s, row, rows, t)) {
        done = lstm_rows(rows, most, f, forward_start(f, t, panel, row), x + row * s->input, h + row * h_stride, h_stride,
                        f->packed + panel * f->panel_stride, sums);
      } else {
        done = 1;
        memset(sums, 0, sizeof sums);
      }
      lstm_gates(f, t, row, rows, panel, done, sums);
    }
  }
}

static void lstm_finish(void *context, sequence_part part) {
  const sequence_forward *f = context;
  const rk_sequence *s = f->s;
  forward_finish(context, part);
  if (f->cn == NULL) return;
  ptrdiff_t last = s->reverse ? 0 : s->time - 1;
  for (ptrdiff_t b = part.row; b < part.row_end; b++) {
    for (ptrdiff_t u = part.panel; u < part.panel_end; u++) {
      vec c;
      if (s->time == 0) {
        c = sequence_load(f->c0 ? f->c0 + b * s->hidden : NULL, s->hidden, u);
      } else if (f->saved) {
        c = v_load(f->saved + (((last * s->batch + b) * f->units + u) * RK_LSTM_SAVED + 4) * LANES);
      } else {
        c = v_load(f->cell + (b * f->units + u) * LANES);
      }
      sequence_store(f->cn + b * s->hidden, s->hidden, u, c);
    }
  }
}

static void NAMED(lstm_forward)(const rk_sequence *s, const SCALAR *packed, const SCALAR *x, const SCALAR *h0,
                               const SCALAR *c0, SCALAR *y, SCALAR *hn, SCALAR *cn, SCALAR *saved) {
  ptrdiff_t units = sequence_units(s->hidden);
  sequence_forward f = {.s = s, .units = units, .packed = packed, .panel_stride = LSTM_PANEL(s->input, s->hidden),
                        .x = x, .h0 = h0, .c0 = c0, .y = y, .hn = hn, .cn = cn, .saved = saved};
  if (!saved) f.cell = rk_scratch(RK_SLOT_CELL, (size_t)(s->batch * units * LANES + 1) * sizeof(SCALAR));
  forward_run(&f, 1, units, lstm_step, lstm_finish, (s->input + s->hidden) * s->hidden * RK_LSTM_GATES);
}

// MARK: Backward

/// With dh the gradient of h_t and dc that of c_t from the step after:
///   dc += dh o (1 - tanh(c)^2)     da_i = dc g i (1 - i)     da_f = dc c_{t-1} f (1 - f)     da_g = dc i (1 - g^2)
///   da_o = dh tanh(c) o (1 - o)    dc_{t-1} = dc f
RK_INLINE void lstm_derive(const sequence_backward *k, ptrdiff_t b, ptrdiff_t t, ptrdiff_t u, vec dh, SCALAR *deltas) {
  const rk_sequence *s = k->s;
  ptrdiff_t before = rk_step_before(s, t);
  const SCALAR *saved = k->saved + ((t * s->batch + b) * k->units + u) * RK_LSTM_SAVED * LANES;
  vec i = v_load(saved), f = v_load(saved + LANES), g = v_load(saved + 2 * LANES), o = v_load(saved + 3 * LANES);
  vec tanh_c = v_load(saved + 5 * LANES);
  vec previous = before < 0 ? sequence_load(k->c0 ? k->c0 + b * s->hidden : NULL, s->hidden, u)
                            : v_load(k->saved + (((before * s->batch + b) * k->units + u) * RK_LSTM_SAVED + 4) * LANES);
  SCALAR *cell = k->cell + (b * k->units + u) * LANES;
  const vec one = v_set(1);
  vec dc = v_load(cell) + dh * o * (one - tanh_c * tanh_c);
  v_store(deltas, dc * g * i * (one - i));
  v_store(deltas + LANES, dc * previous * f * (one - f));
  v_store(deltas + 2 * LANES, dc * i * (one - g * g));
  v_store(deltas + 3 * LANES, dh * tanh_c * o * (one - o));
  v_store(cell, dc * f);
  if (k->direct) v_store(k->direct + (b * k->units + u) * LANES, v_zero());
}

static void lstm_backward_step(void *context, ptrdiff_t t, sequence_part part) {
  backward_step(context, &rk_lstm_layout, t, part, lstm_derive);
}

static void NAMED(lstm_backward)(const rk_sequence *s, const SCALAR *w_ih, const SCALAR *w_hh, const SCALAR *x,
                                const SCALAR *h0, const SCALAR *c0, const SCALAR *y, const SCALAR *saved,
                                const SCALAR *dy, const SCALAR *dhn, const SCALAR *dcn, SCALAR *dx, SCALAR *dh0,
                                SCALAR *dc0, SCALAR *dw_ih, SCALAR *dw_hh, SCALAR *db_ih, SCALAR *db_hh) {
  sequence_backward k = {.s = s, .layout = &rk_lstm_layout, .x = x, .h0 = h0, .c0 = c0, .y = y, .saved = saved,
                         .dy = dy, .dhn = dhn, .dcn = dcn, .dx = dx, .dh0 = dh0, .dc0 = dc0};
  backward_run(&k, false, true, lstm_backward_step, w_ih, w_hh, dw_ih, dw_hh, db_ih, db_hh);
}

#undef LSTM_PANEL
