// What the backward passes of the fused sequences share: the loop's step, the packing of the recurrent weights, and the
// gradients of weights, biases and inputs.
//
//   pre-activation gradients ("deltas")   [time, batch, unit vector, gate, LANES]
//   backward weights  W_hh with its rows in the order of the deltas,
//                     [group of up to 4 unit vectors][row][unit vector][LANES]
//
// A step multiplies the deltas of the step after it with W_hh, and at once turns each tile of the result, which is a
// gradient of the state, into its own deltas. What needs no order in time is left until all deltas are there, as one
// product each over time and batch: dx = deltas W_ih, dW_ih = deltas^T x, dW_hh = deltas^T (states before).

#ifndef RK_SEQUENCE_BACKWARD_ONCE
#define RK_SEQUENCE_BACKWARD_ONCE
#define sequence_backward NAMED(rk_sequence_backward)
#define backward_tile NAMED(rk_backward_tile)
#define backward_step NAMED(rk_backward_step)
#define backward_pack NAMED(rk_backward_pack)
#define backward_pack_task NAMED(rk_backward_pack_task)
#define backward_run NAMED(rk_backward_run)
#define bias_task NAMED(rk_bias_task)
#define bias_sums NAMED(rk_bias_sums)
#define interleave_rows NAMED(rk_interleave_rows)
#define weight_gradient NAMED(rk_weight_gradient)
#define sequence_gradients NAMED(rk_sequence_gradients)
#define backward_finish NAMED(rk_backward_finish)
#define group_product NAMED(rk_group_product)
#endif

// MARK: The loop

/// A backward run of any cell. Step t takes the gradient of its output, dh = dy[t] + (from step t + 1), turns it into
/// deltas, and hands on what reaches the previous state without passing through the weights ("direct").
typedef struct sequence_backward {
  const rk_sequence *s;
  ptrdiff_t units, gates;
  ptrdiff_t width;       // gates * units * LANES: the deltas of one row
  const SCALAR *packed;  // W_hh for the backward pass
  SCALAR *deltas;        // of the recurrent products, [time, batch, units, gates, LANES]
  SCALAR *input_deltas;  // of the input products; the same buffer unless the cell tells them apart
  SCALAR *direct;        // [batch, units, LANES], or null where it is always zero
  SCALAR *cell;          // gradient of the cell state, [batch, units, LANES], for the LSTM
  const SCALAR *h0, *c0, *y, *saved, *dy, *dhn, *dcn;
  SCALAR *dh0, *dc0;
  bool relu;
  /// Unit vector u of row b at a step t that counts: dh is whole; writes the deltas and, where there is one, direct.
  void (*derive)(const struct sequence_backward *, ptrdiff_t b, ptrdiff_t t, ptrdiff_t u, vec dh);
} sequence_backward;

/// sums[r][v] += deltas [rows, width] times a group of the packed weights.
RK_INLINE void group_product(const ptrdiff_t rows, const ptrdiff_t vectors, const SCALAR *a, ptrdiff_t row_stride,
                             ptrdiff_t k, const SCALAR *b, vec *sums) {
  v_tile(1, rows, vectors, k, a, row_stride, 1, b, 0, vectors * LANES, sums);
}

/// The gradient of the state of `rows` rows and `vectors` unit vectors before the step that made `deltas`.
static void backward_tile(const sequence_backward *k, ptrdiff_t rows, ptrdiff_t vectors, const SCALAR *deltas,
                          const SCALAR *weights, vec *sums) {
#define RUN(r, v) \
  case (r) * 8 + (v): group_product(r, v, deltas, k->width, k->width, weights, sums); break;
#define RUN_ROWS(r) RUN(r, 1) RUN(r, 2) RUN(r, 3) RUN(r, 4)
  switch (rows * 8 + vectors) {
    RUN_ROWS(1) RUN_ROWS(2) RUN_ROWS(3)
#if VECTOR_BYTES == 64
    RUN_ROWS(4) RUN_ROWS(5) RUN_ROWS(6)
#endif
  }
#undef RUN_ROWS
#undef RUN
}

/// Step t, or t = -1 for the gradient of the initial state.
static void backward_step(void *context, ptrdiff_t t, sequence_part part) {
  const sequence_backward *k = context;
  const rk_sequence *s = k->s;
  ptrdiff_t after = t < 0 ? (s->time > 0 ? (s->reverse ? s->time - 1 : 0) : -1) : rk_step_after(s, t);
  ptrdiff_t highest = TILE_SUMS / RK_GROUP, tiles = (part.row_end - part.row + highest - 1) / highest;
  for (ptrdiff_t group = part.panel; group < part.panel_end; group++) {
    ptrdiff_t unit = group * RK_GROUP, vectors = k->units - unit < RK_GROUP ? k->units - unit : RK_GROUP;
    const SCALAR *weights = k->packed + unit * LANES * k->width;
    for (ptrdiff_t tile = 0; tile < tiles; tile++) {
      ptrdiff_t row = part.row + (part.row_end - part.row) * tile / tiles;
      ptrdiff_t rows = part.row + (part.row_end - part.row) * (tile + 1) / tiles - row;
      vec sums[TILE_SUMS];
      for (ptrdiff_t r = 0; r < rows; r++) {
        for (ptrdiff_t v = 0; v < vectors; v++) {
          ptrdiff_t b = row + r, u = unit + v;
          sums[r * vectors + v] =
              after < 0 ? sequence_load(k->dhn ? k->dhn + b * s->hidden : NULL, s->hidden, u)
                        : k->direct ? v_load(k->direct + (b * k->units + u) * LANES) : v_zero();
        }
      }
      if (after >= 0) {
        backward_tile(k, rows, vectors, k->deltas + (after * s->batch + row) * k->width, weights, sums);
      }
      for (ptrdiff_t r = 0; r < rows; r++) {
        for (ptrdiff_t v = 0; v < vectors; v++) {
          ptrdiff_t b = row + r, u = unit + v;
          vec dh = sums[r * vectors + v];
          if (t < 0) {
            sequence_store(k->dh0 + b * s->hidden, s->hidden, u, dh);
          } else if (sequence_active(s, b, t)) {
            if (k->dy) dh = dh + sequence_load(k->dy + (t * s->batch + b) * s->hidden, s->hidden, u);
            k->derive(k, b, t, u, dh);
          } else {
            // The step did not happen: no deltas, and the gradient goes on to the state before it.
            ptrdiff_t at = ((t * s->batch + b) * k->units + u) * k->gates * LANES;
            for (ptrdiff_t g = 0; g < k->gates; g++) {
              v_store(k->deltas + at + g * LANES, v_zero());
              v_store(k->input_deltas + at + g * LANES, v_zero());
            }
            v_store(k->direct + (b * k->units + u) * LANES, dh);
          }
        }
      }
    }
  }
}


typedef struct {
  const sequence_backward *k;
  const SCALAR *w_hh;
  SCALAR *packed;
} backward_pack;

/// Packs one group: the columns of its units, all rows of W_hh in the order of the deltas.
static void backward_pack_task(void *context, ptrdiff_t group) {
  const backward_pack *p = context;
  const sequence_backward *k = p->k;
  ptrdiff_t hidden = k->s->hidden, unit = group * RK_GROUP;
  ptrdiff_t vectors = k->units - unit < RK_GROUP ? k->units - unit : RK_GROUP;
  SCALAR *to = p->packed + unit * LANES * k->width;
  for (ptrdiff_t u = 0; u < k->units; u++) {
    for (ptrdiff_t g = 0; g < k->gates; g++) {
      for (ptrdiff_t lane = 0; lane < LANES; lane++) {
        ptrdiff_t row = u * LANES + lane;
        for (ptrdiff_t v = 0; v < vectors; v++, to += LANES) {
          v_store(to, row < hidden ? sequence_load(p->w_hh + (g * hidden + row) * hidden, hidden, unit + v) : v_zero());
        }
      }
    }
  }
}

// MARK: Gradients of weights, biases and inputs

typedef struct {
  const SCALAR *deltas;
  ptrdiff_t rows, units, gates, hidden;
  SCALAR *sums;
} bias_sums;

/// The sum of one unit vector's deltas over time and batch, all gates: blocks of 64 rows, added in order.
static void bias_task(void *context, ptrdiff_t u) {
  const bias_sums *s = context;
  ptrdiff_t width = s->units * s->gates * LANES;
  for (ptrdiff_t g = 0; g < s->gates; g++) {
    const SCALAR *from = s->deltas + (u * s->gates + g) * LANES;
    vec total = v_zero();
    for (ptrdiff_t row = 0; row < s->rows; row += 64) {
      vec sum = v_zero();
      for (ptrdiff_t i = row; i < s->rows && i < row + 64; i++) sum += v_load(from + i * width);
      total += sum;
    }
    sequence_store(s->sums + g * s->hidden, s->hidden, u, total);
  }
}

/// Moves rows between PyTorch's order, [gate, unit], and that of the deltas, [unit vector, gate, LANES] with zero rows
/// for units that do not exist.
static void interleave_rows(const SCALAR *from, SCALAR *to, ptrdiff_t hidden, ptrdiff_t gates, ptrdiff_t columns,
                            bool undo) {
  ptrdiff_t units = sequence_units(hidden);
  for (ptrdiff_t u = 0; u < units; u++) {
    for (ptrdiff_t g = 0; g < gates; g++) {
      for (ptrdiff_t lane = 0; lane < LANES; lane++) {
        ptrdiff_t mixed = ((u * gates + g) * LANES + lane) * columns, plain = (g * hidden + u * LANES + lane) * columns;
        bool exists = u * LANES + lane < hidden;
        if (undo) {
          if (exists) memcpy(to + plain, from + mixed, (size_t)columns * sizeof(SCALAR));
        } else if (exists) {
          memcpy(to + mixed, from + plain, (size_t)columns * sizeof(SCALAR));
        } else {
          memset(to + mixed, 0, (size_t)columns * sizeof(SCALAR));
        }
      }
    }
  }
}

/// dw [gates * hidden, columns] (+)= deltas^T [width, rows] sources [rows, columns]; `product` is [width, columns] and
/// keeps the sum between calls.
static void weight_gradient(const sequence_backward *k, const SCALAR *deltas, ptrdiff_t rows, const SCALAR *sources,
                            ptrdiff_t columns, SCALAR *product, bool accumulate) {
  NAMED(matmul)(true, false, k->width, columns, rows, deltas, k->width, sources, columns, product, columns, accumulate);
}

/// Everything that follows from the deltas of all steps. Any result may be null.
static void sequence_gradients(const sequence_backward *k, const SCALAR *w_ih, const SCALAR *x, SCALAR *dx,
                               SCALAR *dw_ih, SCALAR *dw_hh, SCALAR *db_ih, SCALAR *db_hh) {
  const rk_sequence *s = k->s;
  ptrdiff_t rows = s->time * s->batch, input = s->input, hidden = s->hidden;
  if (dx) {
    SCALAR *weights = rk_scratch(RK_SLOT_PRODUCT, (size_t)(k->width * input + 1) * sizeof(SCALAR));
    interleave_rows(w_ih, weights, hidden, k->gates, input, false);
    NAMED(matmul)(false, false, rows, input, k->width, k->input_deltas, k->width, weights, input, dx, input, false);
  }
  if (dw_ih) {
    SCALAR *product = rk_scratch(RK_SLOT_PRODUCT, (size_t)(k->width * input + 1) * sizeof(SCALAR));
    weight_gradient(k, k->input_deltas, rows, x, input, product, false);
    interleave_rows(product, dw_ih, hidden, k->gates, input, true);
  }
  if (dw_hh) {
    SCALAR *product = rk_scratch(RK_SLOT_PRODUCT, (size_t)(k->width * hidden + 1) * sizeof(SCALAR));
    // Every step but a row's first had an output of this run before it.
    ptrdiff_t later = s->time > 1 ? (s->time - 1) * s->batch : 0, step = s->batch * k->width;
    weight_gradient(k, s->reverse ? k->deltas : k->deltas + step, later,
                    s->reverse ? k->y + s->batch * hidden : k->y, hidden, product, false);
    if (k->h0 && s->time > 0) {
      // The first steps had h0. In reverse with lengths they are at different times.
      const SCALAR *first = s->reverse ? k->deltas + (s->time - 1) * step : k->deltas;
      if (s->reverse && s->lengths) {
        SCALAR *gathered = rk_scratch(RK_SLOT_FIRST, (size_t)(step + 1) * sizeof(SCALAR));
        for (ptrdiff_t b = 0; b < s->batch; b++) {
          const SCALAR *from = k->deltas + (s->lengths[b] - 1) * step + b * k->width;
          if (s->lengths[b] > 0) {
            memcpy(gathered + b * k->width, from, (size_t)k->width * sizeof(SCALAR));
          } else {
            memset(gathered + b * k->width, 0, (size_t)k->width * sizeof(SCALAR));
          }
        }
        first = gathered;
      }
      weight_gradient(k, first, s->batch, k->h0, hidden, product, true);
    }
    interleave_rows(product, dw_hh, hidden, k->gates, hidden, true);
  }
  bias_sums sums = {k->input_deltas, rows, k->units, k->gates, hidden, db_ih};
  if (db_ih) rk_parallel(k->units, bias_task, &sums);
  if (db_hh && db_ih && k->deltas == k->input_deltas) {
    memcpy(db_hh, db_ih, (size_t)(k->gates * hidden) * sizeof(SCALAR));
  } else if (db_hh) {
    sums.deltas = k->deltas, sums.sums = db_hh;
    rk_parallel(k->units, bias_task, &sums);
  }
}

/// Gradients of the initial states, once all steps are done.
static void backward_finish(void *context, sequence_part part) {
  const sequence_backward *k = context;
  const rk_sequence *s = k->s;
  ptrdiff_t unit = part.panel * RK_GROUP, unit_end = part.panel_end * RK_GROUP;
  if (unit_end > k->units) unit_end = k->units;
  if (k->dh0) backward_step(context, -1, part);
  for (ptrdiff_t b = part.row; k->dc0 && b < part.row_end; b++) {
    for (ptrdiff_t u = unit; u < unit_end; u++) {
      sequence_store(k->dc0 + b * s->hidden, s->hidden, u, v_load(k->cell + (b * k->units + u) * LANES));
    }
  }
}

/// The whole backward pass. The caller has set the run's inputs, gates, derive, dh0 and dc0, and says whether the cell
/// has a direct path, a cell state, and input deltas of its own.
static void backward_run(sequence_backward *k, bool has_direct, bool has_cell, bool tells_deltas_apart,
                         const SCALAR *w_ih, const SCALAR *w_hh, const SCALAR *x, SCALAR *dx, SCALAR *dw_ih,
                         SCALAR *dw_hh, SCALAR *db_ih, SCALAR *db_hh) {
  const rk_sequence *s = k->s;
  k->units = sequence_units(s->hidden);
  k->width = k->gates * k->units * LANES;
  size_t state = (size_t)(s->batch * k->units * LANES + 1) * sizeof(SCALAR);
  size_t all = (size_t)(s->time * s->batch * k->width + 1) * sizeof(SCALAR);
  size_t weights = (size_t)(k->width * k->units * LANES + 1) * sizeof(SCALAR);
  ptrdiff_t groups = (k->units + RK_GROUP - 1) / RK_GROUP;
  backward_pack packing = {k, w_hh, rk_scratch(RK_SLOT_WEIGHTS, weights)};
  rk_parallel(groups, backward_pack_task, &packing);
  k->packed = packing.packed;
  k->deltas = rk_scratch(RK_SLOT_DELTAS, all);
  k->input_deltas = tells_deltas_apart ? rk_scratch(RK_SLOT_INPUT_DELTAS, all) : k->deltas;
  k->direct = NULL;
  if (has_direct || s->lengths) {
    k->direct = rk_scratch(RK_SLOT_DIRECT, state);
    memset(k->direct, 0, state);
  }
  if (has_cell) {
    k->cell = rk_scratch(RK_SLOT_CELL, state);
    for (ptrdiff_t b = 0; b < s->batch; b++) {
      for (ptrdiff_t u = 0; u < k->units; u++) {
        v_store(k->cell + (b * k->units + u) * LANES,
                sequence_load(k->dcn ? k->dcn + b * s->hidden : NULL, s->hidden, u));
      }
    }
  }
  sequence_split split = {.s = s, .panels = groups, .backwards = true, .step = backward_step,
                          .finish = backward_finish, .context = k};
  sequence_run(&split, k->width * s->hidden, weights);
  sequence_gradients(k, w_ih, x, dx, dw_ih, dw_hh, db_ih, db_hh);
}
