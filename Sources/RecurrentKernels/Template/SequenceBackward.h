// What the backward passes of the fused sequences share: the loop's step and the run as a whole. The gradients of
// weights and inputs are in SequenceGradients.h.
//
// A step multiplies the gradients of the pre-activations ("deltas") of the step after it with W_hh, and at once turns
// each tile of the result, which is a gradient of the state, into its own deltas. The run goes block by block of some
// steps: as soon as a block's deltas are there, and while they are in the cache, they are multiplied for the gradients
// of the weights and of the inputs; then their place is used again.
//
// Deltas stand as the products read them, so that nothing is rearranged:
//   [segment][row of the block: step, batch][vector][LANES]
// A segment holds the vectors of one unit vector (LSTM i f g o, GRU n r z m) or of two unit vectors (Elman). The
// recurrent product receives some of them and the input's product some (the GRU: r z m and n r z).

#ifndef RK_SEQUENCE_BACKWARD_ONCE
#define RK_SEQUENCE_BACKWARD_ONCE
enum {
  RK_BLOCK_TARGET = 256,  // rows in a block: enough that the sums of the weights' gradients are rarely loaded and stored
  RK_MOST_VECTORS = 4,    // in a segment
};

/// Which product a delta belongs to.
typedef enum { RK_INPUT, RK_RECURRENT } rk_product_kind;

/// How a cell's deltas stand in a segment.
typedef struct {
  ptrdiff_t vectors, units;  // in a segment
  ptrdiff_t gates;           // blocks of `hidden` rows in a weight
  ptrdiff_t count;           // vectors that each product receives, one after the other
  ptrdiff_t offset[2];       // the first of them
  ptrdiff_t gate[2][RK_MOST_VECTORS], unit[2][RK_MOST_VECTORS];  // which rows of the weight each of them stands for
} rk_delta_layout;

#define sequence_backward NAMED(rk_sequence_backward)
#define delta_block NAMED(rk_delta_block)
#define backward_step NAMED(rk_backward_step)
#define backward_derive NAMED(rk_backward_derive)
#define backward_rows NAMED(rk_backward_rows)
#define backward_finish NAMED(rk_backward_finish)
#define backward_deltas NAMED(rk_backward_deltas)
#define backward_block NAMED(rk_backward_block)
#define backward_nothing NAMED(rk_backward_nothing)
#define group_first NAMED(rk_group_first)
#define pack_group NAMED(rk_pack_group)
#define group_packing NAMED(rk_group_packing)
#define pack_groups NAMED(rk_pack_groups)
#define packed_groups_count NAMED(rk_packed_groups_count)
#define backward_pack NAMED(rk_backward_pack)
#define delta_source_row NAMED(rk_delta_source_row)
#endif

// MARK: The run

/// A block of steps: the times first ..< first + steps, its deltas, and whether it is the first of the run.
typedef struct {
  ptrdiff_t first, steps;
  SCALAR *deltas;
  bool is_first;
} delta_block;

/// A backward run of any cell. Step t takes the gradient of its output, dh = dy[t] + (from step t + 1), turns it into
/// deltas, and hands on what reaches the previous state without passing through the weights ("direct").
typedef struct sequence_backward {
  const rk_sequence *s;
  const rk_delta_layout *layout;
  ptrdiff_t units, segments;
  ptrdiff_t segment_stride;      // between the segments of a block
  const SCALAR *recurrent;       // W_hh in groups of columns
  const SCALAR *input;           // W_ih likewise, or null
  ptrdiff_t block_steps;
  SCALAR *deltas[2];             // of the present block and the one before it, in turn
  SCALAR *direct;                // [batch, units, LANES], or null where it is always zero
  SCALAR *cell;                  // gradient of the cell state, [batch, units, LANES], for the LSTM
  const SCALAR *x, *h0, *c0, *y, *saved, *dy, *dhn, *dcn;
  SCALAR *dx, *dh0, *dc0;
  bool relu;
  // For the gradients of the weights.
  bool wants_input_weights, wants_recurrent_weights, wants_biases;
  ptrdiff_t input_tiles, recurrent_tiles;  // tiles of features
  SCALAR *features;              // x_t and h_{t-1} of a block, transposed
  SCALAR *sums;                  // the gradients so far, [segment][feature][count][LANES]
  SCALAR *bias_sums;             // [segment][vector][LANES]
} sequence_backward;

/// The block of the step that is number `i` in the order of the run.
static delta_block backward_block(const sequence_backward *k, ptrdiff_t i) {
  ptrdiff_t index = i / k->block_steps, from = index * k->block_steps, left = k->s->time - from;
  ptrdiff_t steps = left < k->block_steps ? left : k->block_steps;
  return (delta_block){k->s->reverse ? from : k->s->time - from - steps, steps, k->deltas[index % 2], index == 0};
}

/// The deltas of segment 0, row b, at time t.
static SCALAR *backward_deltas(const sequence_backward *k, ptrdiff_t b, ptrdiff_t t) {
  delta_block block = backward_block(k, k->s->reverse ? t : k->s->time - 1 - t);
  return block.deltas + ((t - block.first) * k->s->batch + b) * k->layout->vectors * LANES;
}

// MARK: Packed weights

/// The first unit vector of a group of columns: groups of up to RK_GROUP, about equally wide.
RK_INLINE ptrdiff_t group_first(ptrdiff_t units, ptrdiff_t group) {
  ptrdiff_t groups = (units + RK_GROUP - 1) / RK_GROUP;
  return groups == 0 ? 0 : units * group / groups;
}

/// The row of W that vector `v` of a segment multiplies, lane 0; its unit in *unit.
RK_INLINE ptrdiff_t delta_source_row(const rk_delta_layout *layout, rk_product_kind kind, ptrdiff_t segment,
                                     ptrdiff_t v, ptrdiff_t hidden, ptrdiff_t *unit) {
  *unit = (segment * layout->units + layout->unit[kind][v]) * LANES;
  return layout->gate[kind][v] * hidden + *unit;
}

typedef struct {
  const sequence_backward *k;
  rk_product_kind kind;
  const SCALAR *weights;  // [gates * hidden, columns]
  ptrdiff_t columns;
  SCALAR *packed;         // [group][segment, vector, lane][unit vectors of the group][LANES]
} group_packing;

static void pack_group(void *context, ptrdiff_t group) {
  const group_packing *p = context;
  const sequence_backward *k = p->k;
  const rk_delta_layout *layout = k->layout;
  ptrdiff_t units = sequence_units(p->columns), hidden = k->s->hidden;
  ptrdiff_t unit = group_first(units, group), vectors = group_first(units, group + 1) - unit;
  SCALAR *to = p->packed + unit * LANES * k->segments * layout->count * LANES;
  for (ptrdiff_t segment = 0; segment < k->segments; segment++) {
    for (ptrdiff_t v = 0; v < layout->count; v++) {
      ptrdiff_t first, row = delta_source_row(layout, p->kind, segment, v, hidden, &first);
      for (ptrdiff_t lane = 0; lane < LANES; lane++) {
        const SCALAR *from = first + lane < hidden ? p->weights + (row + lane) * p->columns : NULL;
        for (ptrdiff_t u = 0; u < vectors; u++, to += LANES) v_store(to, sequence_load(from, p->columns, unit + u));
      }
    }
  }
}

/// Elements of packed weights with so many columns.
RK_INLINE ptrdiff_t packed_groups_count(const rk_delta_layout *layout, ptrdiff_t hidden, ptrdiff_t columns) {
  ptrdiff_t segments = (sequence_units(hidden) + layout->units - 1) / layout->units;
  return sequence_units(columns) * LANES * segments * layout->count * LANES + LANES;
}

static const SCALAR *pack_groups(const sequence_backward *k, rk_product_kind kind, const SCALAR *weights,
                                 ptrdiff_t columns, SCALAR *packed) {
  group_packing packing = {k, kind, weights, columns, packed};
  rk_parallel((sequence_units(columns) + RK_GROUP - 1) / RK_GROUP, pack_group, &packing);
  return packed;
}

/// The weights as the products of a pass take them.
static void backward_pack(sequence_backward *k, const SCALAR *w_ih, const SCALAR *w_hh) {
  const rk_sequence *s = k->s;
  ptrdiff_t recurrent = packed_groups_count(k->layout, s->hidden, s->hidden);
  ptrdiff_t input = packed_groups_count(k->layout, s->hidden, s->input);
  SCALAR *kept = s->backward_weights;
  if (kept == NULL) {
    k->recurrent = pack_groups(k, RK_RECURRENT, w_hh, s->hidden, rk_scratch(RK_SLOT_WEIGHTS, (size_t)recurrent * sizeof(SCALAR)));
    if (k->dx)
      k->input = pack_groups(k, RK_INPUT, w_ih, s->input, rk_scratch(RK_SLOT_INPUT_WEIGHTS, (size_t)input * sizeof(SCALAR)));
    return;
  }
  if (!s->has_backward_weights) {
    pack_groups(k, RK_RECURRENT, w_hh, s->hidden, kept);
    pack_groups(k, RK_INPUT, w_ih, s->input, kept + recurrent);
  }
  k->recurrent = kept;
  if (k->dx) k->input = kept + recurrent;
}

// MARK: A step

/// Unit vector u of row b at a step t that counts: dh is whole; writes the deltas and, where there is one, direct.
typedef void (*backward_derive)(const sequence_backward *, ptrdiff_t b, ptrdiff_t t, ptrdiff_t u, vec dh,
                                SCALAR *deltas);

/// Step t of some rows and one group of units, or t = -1 for the gradient of the initial state.
RK_INLINE void backward_rows(const sequence_backward *k, const rk_delta_layout *const layout, ptrdiff_t t,
                             ptrdiff_t row, ptrdiff_t rows, ptrdiff_t group, const backward_derive derive) {
  const rk_sequence *s = k->s;
  ptrdiff_t after = t < 0 ? (s->time > 0 ? (s->reverse ? s->time - 1 : 0) : -1) : rk_step_after(s, t);
  ptrdiff_t unit = group_first(k->units, group), vectors = group_first(k->units, group + 1) - unit;
  vec sums[RK_BLOCK_ROWS * RK_GROUP];
  for (ptrdiff_t r = 0; r < rows; r++) {
    for (ptrdiff_t v = 0; v < vectors; v++) {
      ptrdiff_t b = row + r, u = unit + v;
      sums[r * vectors + v] = after < 0 ? sequence_load(k->dhn ? k->dhn + b * s->hidden : NULL, s->hidden, u)
                                        : k->direct ? v_load(k->direct + (b * k->units + u) * LANES) : v_zero();
    }
  }
  if (after >= 0) {
    panel_rows left = {backward_deltas(k, row, after) + layout->offset[RK_RECURRENT] * LANES, layout->vectors * LANES,
                       k->segments, layout->count * LANES, k->segment_stride};
    panel_product(rows, vectors, &left, k->recurrent + unit * LANES * k->segments * layout->count * LANES, sums);
  }
  const ptrdiff_t own = layout->vectors / layout->units;  // vectors of a unit vector
  SCALAR *deltas = t < 0 ? NULL : backward_deltas(k, row, t);
  for (ptrdiff_t r = 0; r < rows; r++) {
    for (ptrdiff_t v = 0; v < vectors; v++) {
      ptrdiff_t b = row + r, u = unit + v;
      vec dh = sums[r * vectors + v];
      SCALAR *to = deltas + u / layout->units * k->segment_stride + (r * layout->vectors + u % layout->units * own) * LANES;
      if (t < 0) {
        sequence_store(k->dh0 + b * s->hidden, s->hidden, u, dh);
      } else if (sequence_active(s, b, t)) {
        if (k->dy) dh = dh + sequence_load(k->dy + (t * s->batch + b) * s->hidden, s->hidden, u);
        derive(k, b, t, u, dh, to);
      } else {
        // The step did not happen: no deltas, and the gradient goes on to the state before it.
        for (ptrdiff_t i = 0; i < own; i++) v_store(to + i * LANES, v_zero());
        v_store(k->direct + (b * k->units + u) * LANES, dh);
      }
    }
  }
}

RK_INLINE void backward_step(const sequence_backward *k, const rk_delta_layout *const layout, ptrdiff_t t,
                             sequence_part part, const backward_derive derive) {
  ptrdiff_t height = part.row_end - part.row, blocks = (height + RK_BLOCK_ROWS - 1) / RK_BLOCK_ROWS;
  for (ptrdiff_t group = part.panel; group < part.panel_end; group++) {
    for (ptrdiff_t block = 0; block < blocks; block++) {
      ptrdiff_t row = part.row + height * block / blocks;
      backward_rows(k, layout, t, row, part.row + height * (block + 1) / blocks - row, group, derive);
    }
  }
}

/// In place of a derivation where the steps are done.
RK_INLINE void backward_nothing(const sequence_backward *k, ptrdiff_t b, ptrdiff_t t, ptrdiff_t u, vec dh,
                                SCALAR *deltas) {
  (void)k, (void)b, (void)t, (void)u, (void)dh, (void)deltas;
}

/// Gradients of the initial states, once all steps are done.
static void backward_finish(void *context, sequence_part part) {
  const sequence_backward *k = context;
  const rk_sequence *s = k->s;
  if (k->dh0) backward_step(k, k->layout, -1, part, backward_nothing);
  for (ptrdiff_t b = part.row; k->dc0 && b < part.row_end; b++) {
    for (ptrdiff_t u = group_first(k->units, part.panel); u < group_first(k->units, part.panel_end); u++) {
      sequence_store(k->dc0 + b * s->hidden, s->hidden, u, v_load(k->cell + (b * k->units + u) * LANES));
    }
  }
}
