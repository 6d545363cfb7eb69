// What the fused sequences (LSTM.h, GRU.h, Elman.h) share: the loop over time, its division among threads, and what a
// forward pass does around its steps. The backward pass is in SequenceBackward.h.
//
// Units are handled a vector at a time: unit vector u holds the units u * LANES ..< (u + 1) * LANES, and there are
// `units` = ceil(hidden / LANES) of them. Units past `hidden` have zero weights; their state stays zero.
//   forward weights   [panel][biases, then input + hidden rows][vectors of the panel][LANES], see each cell
//
// A step's work is a grid of rows (batch) x panels or groups (units). Every element is computed alone, in an order that
// does not depend on the grid, so the grid may be divided by rows, whose owners never meet, or by panels, whose owners
// meet after each step, whichever is faster: the bits are the same.

#ifndef RK_SEQUENCE_ONCE
#define RK_SEQUENCE_ONCE
enum {
  // Slots of rk_scratch. The matrix product has its own.
  RK_SLOT_ZEROS = 4, RK_SLOT_CELL, RK_SLOT_WEIGHTS, RK_SLOT_INPUT_WEIGHTS, RK_SLOT_DELTAS, RK_SLOT_FEATURES,
  RK_SLOT_SUMS, RK_SLOT_DIRECT,
  RK_SLOT_INPUTS = RK_SLOT_FEATURES,  // one forward, one backward
  RK_GROUP = 4,  // unit vectors in a group of the backward pass, and in a panel of the Elman network
};
/// Weights beyond this are not read by every core: it would empty the cache that they share.
#define RK_SHARED_CACHE_BYTES (16 << 20)
/// Below this many rows in a batch the input's product is made for many steps at once, which reads its weights once. (At
/// twice as many the steps may be divided by rows; then weights are read often enough as it is.)
#define RK_FEW_ROWS 12
/// Below this many products in a whole sequence one thread is enough.
#define RK_SEQUENCE_PRODUCTS 100000
/// Below this many products in a step meeting after it costs more than sharing it saves.
#define RK_MEETING_PRODUCTS 200000

/// The number of steps of row b that count.
static inline ptrdiff_t rk_row_steps(const rk_sequence *s, ptrdiff_t b) { return s->lengths ? s->lengths[b] : s->time; }
/// The step before t in the order of the run, or -1.
static inline ptrdiff_t rk_step_before(const rk_sequence *s, ptrdiff_t t) {
  return s->reverse ? (t + 1 < s->time ? t + 1 : -1) : t - 1;
}
/// The step after t in the order of the run, or -1.
static inline ptrdiff_t rk_step_after(const rk_sequence *s, ptrdiff_t t) {
  return s->reverse ? t - 1 : (t + 1 < s->time ? t + 1 : -1);
}

#define sequence_forward NAMED(rk_sequence_forward)
#define sequence_part NAMED(rk_sequence_part)
#define sequence_split NAMED(rk_sequence_split)
#define sequence_member NAMED(rk_sequence_member)
#define sequence_run NAMED(rk_sequence_run)
#define sequence_active NAMED(rk_sequence_active)
#define sequence_load NAMED(rk_sequence_load)
#define sequence_store NAMED(rk_sequence_store)
#define sequence_previous NAMED(rk_sequence_previous)
#define forward_run NAMED(rk_forward_run)
#define forward_inputs NAMED(rk_forward_inputs)
#define forward_start NAMED(rk_forward_start)
#define tile_start NAMED(rk_tile_start)
#define forward_after_step NAMED(rk_forward_after_step)
#define forward_finish NAMED(rk_forward_finish)
#define sequence_units NAMED(rk_sequence_units)
#define sequence_zeros NAMED(rk_sequence_zeros)
#define sequence_state NAMED(rk_sequence_state)
#define sequence_output NAMED(rk_sequence_output)
#define sequence_any_active NAMED(rk_sequence_any_active)
#endif

/// A piece of the grid: rows [row, row_end) of the batch and panels [panel, panel_end).
typedef struct {
  ptrdiff_t row, row_end, panel, panel_end;
} sequence_part;

// MARK: The loop over time

/// The division of a run among threads, and what is done with each part.
typedef struct sequence_split {
  const rk_sequence *s;
  ptrdiff_t panels;
  bool backwards;      // the run's last step first
  bool splits_panels;  // else rows
  bool loops_alone;    // the steps are the first member's; the others help between blocks
  ptrdiff_t block;     // steps after which all meet and do after_block together; 0 where there is nothing to do
  void (*step)(void *context, ptrdiff_t t, sequence_part part);
  void (*after_step)(void *context, ptrdiff_t t, sequence_part part);  // once all have done step t; may be null
  /// Each member's share of the work on the steps `from` ..< `to`, counted in the order of the run, once all have done
  /// them.
  void (*after_block)(void *context, ptrdiff_t from, ptrdiff_t to, ptrdiff_t member, ptrdiff_t members);
  /// Each member's share of what after_block reads and does not depend on the steps.
  void (*before_block)(void *context, ptrdiff_t from, ptrdiff_t to, ptrdiff_t member, ptrdiff_t members);
  void (*finish)(void *context, sequence_part part);
  void *context;
} sequence_split;

static void sequence_member(void *context, ptrdiff_t member, ptrdiff_t members, rk_barrier *barrier) {
  const sequence_split *split = context;
  const rk_sequence *s = split->s;
  sequence_part part = {0, s->batch, 0, split->panels};
  if (split->loops_alone) {
    if (member > 0) part.row_end = 0, part.panel_end = 0;
  } else if (split->splits_panels) {
    part.panel = split->panels * member / members, part.panel_end = split->panels * (member + 1) / members;
  } else {
    part.row = s->batch * member / members, part.row_end = s->batch * (member + 1) / members;
  }
  bool meets = split->splits_panels && members > 1 && !split->loops_alone;
  for (ptrdiff_t i = 0; i < s->time; i++) {
    ptrdiff_t t = s->reverse != split->backwards ? s->time - 1 - i : i;
    split->step(split->context, t, part);
    if (meets) rk_barrier_wait(barrier);
    if (split->after_step) split->after_step(split->context, t, part);
    if (split->block > 0 && ((i + 1) % split->block == 0 || i + 1 == s->time)) {
      ptrdiff_t from = i / split->block * split->block;
      split->before_block(split->context, from, i + 1, member, members);
      if (members > 1) rk_barrier_wait(barrier);
      split->after_block(split->context, from, i + 1, member, members);
      if (members > 1) rk_barrier_wait(barrier);
    }
  }
  split->finish(split->context, part);
}

/// Runs all steps. products: multiplications in a step of one row; bytes: the weights that each row reads.
static void sequence_run(sequence_split *split, ptrdiff_t products, size_t bytes) {
  const rk_sequence *s = split->s;
  ptrdiff_t members = rk_thread_count();
  if (members > 1 && s->time * s->batch * products < RK_SEQUENCE_PRODUCTS) members = 1;
  // Few rows a member leave the tiles low and make every core read all weights.
  split->splits_panels = s->batch < 6 * members || bytes > RK_SHARED_CACHE_BYTES;
  split->loops_alone = split->splits_panels && s->batch * products < RK_MEETING_PRODUCTS;
  if (split->block == 0) {
    ptrdiff_t most = split->splits_panels ? split->panels : s->batch;
    if (members > most) members = most;
    if (split->loops_alone) members = 1;
  }
  if (members > 1) {
    rk_team(members, sequence_member, split);
  } else {
    sequence_member(split, 0, 1, NULL);
  }
}

// MARK: Rows and units

static inline ptrdiff_t sequence_units(ptrdiff_t hidden) { return (hidden + LANES - 1) / LANES; }

RK_INLINE bool sequence_active(const rk_sequence *s, ptrdiff_t b, ptrdiff_t t) {
  return s->lengths == NULL || t < s->lengths[b];
}

/// Unit vector u of a row of `hidden` elements; zeros where the row is null or the units end.
RK_INLINE vec sequence_load(const SCALAR *row, ptrdiff_t hidden, ptrdiff_t u) {
  if (row == NULL) return v_zero();
  ptrdiff_t left = hidden - u * LANES;
  return left >= LANES ? v_load(row + u * LANES) : v_load_partial(row + u * LANES, left);
}

RK_INLINE void sequence_store(SCALAR *row, ptrdiff_t hidden, ptrdiff_t u, vec v) {
  ptrdiff_t left = hidden - u * LANES;
  if (left >= LANES) {
    v_store(row + u * LANES, v);
  } else {
    v_store_partial(row + u * LANES, v, left);
  }
}

/// The state that row b has before step t, or null for zeros: the last step's output, or where none counted yet, h0.
RK_INLINE const SCALAR *sequence_previous(const rk_sequence *s, const SCALAR *y, const SCALAR *h0, ptrdiff_t b,
                                          ptrdiff_t t) {
  ptrdiff_t before = rk_step_before(s, t);
  if (before < 0 || !sequence_active(s, b, before)) {
    // A row past its end reads anything finite; what it computes is dropped.
    return h0 ? h0 + b * s->hidden : NULL;
  }
  return y + (before * s->batch + b) * s->hidden;
}

static const SCALAR *sequence_zeros(ptrdiff_t count) {
  SCALAR *zeros = rk_scratch(RK_SLOT_ZEROS, (size_t)(count + 1) * sizeof(SCALAR));
  memset(zeros, 0, (size_t)(count + 1) * sizeof(SCALAR));
  return zeros;
}

// MARK: Forward

/// A forward run of any cell.
typedef struct sequence_forward {
  const rk_sequence *s;
  ptrdiff_t units;
  const SCALAR *packed;
  ptrdiff_t panel_stride;
  const SCALAR *x, *h0, *c0;
  SCALAR *y, *hn, *cn, *saved;
  SCALAR *cell;         // [batch, units, LANES] where nothing is saved
  const SCALAR *zeros;  // [hidden]
  bool relu;
  SCALAR *inputs;         // of a few rows: biases and the input's product, [panel][row of the block][RK_GROUP][LANES]
  ptrdiff_t input_steps;  // in a block
  ptrdiff_t panel_units;  // unit vectors in a panel
  bool is_large;          // the weights do not fit in the cache that all cores share: panel_product fetches them ahead
} sequence_forward;

/// The rows that step t multiplies with the recurrent weights: row b stands at result + b * stride.
RK_INLINE const SCALAR *sequence_state(const sequence_forward *f, ptrdiff_t t, ptrdiff_t *stride) {
  ptrdiff_t before = rk_step_before(f->s, t);
  *stride = f->s->hidden;
  // With lengths and in reverse, a row that starts at t finds its initial state in the output: sequence_output put it
  // there.
  if (before >= 0) return f->y + before * f->s->batch * f->s->hidden;
  if (f->h0) return f->h0;
  *stride = 0;
  return f->zeros;
}

/// Where a tile's sums start, and how many of the input's elements are still to be multiplied.
typedef struct {
  const SCALAR *sums;
  ptrdiff_t panel_stride, row_stride, count;
} tile_start;

RK_INLINE tile_start forward_start(const sequence_forward *f, ptrdiff_t t, ptrdiff_t panel, ptrdiff_t row) {
  const rk_sequence *s = f->s;
  if (f->inputs == NULL) return (tile_start){f->packed + panel * f->panel_stride, f->panel_stride, 0, s->input};
  const ptrdiff_t width = RK_GROUP * LANES;
  ptrdiff_t rows = f->input_steps * s->batch, i = s->reverse ? s->time - 1 - t : t;
  return (tile_start){f->inputs + (panel * rows + i % f->input_steps * s->batch + row) * width, rows * width, width, 0};
}

/// Before the first step of a block: biases and the input's product of the whole block, for the part's panels. A panel
/// has `vectors` vectors, and `biases` of them before its weights.
static void forward_inputs(const sequence_forward *f, ptrdiff_t t, sequence_part part, ptrdiff_t vectors,
                           ptrdiff_t biases) {
  const rk_sequence *s = f->s;
  ptrdiff_t i = s->reverse ? s->time - 1 - t : t;
  if (f->inputs == NULL || i % f->input_steps != 0) return;
  ptrdiff_t steps = s->time - i < f->input_steps ? s->time - i : f->input_steps;
  for (ptrdiff_t panel = part.panel; panel < part.panel_end; panel++) {
    const SCALAR *packed = f->packed + panel * f->panel_stride;
    // The last panel may have fewer vectors (Elman), which are then all that it has.
    ptrdiff_t left = (f->units - panel * f->panel_units) * (vectors / f->panel_units);
    ptrdiff_t own = left < vectors ? left : vectors, before = left < vectors ? left : biases;
    vec sums[RK_BLOCK_ROWS * RK_GROUP];
    for (ptrdiff_t j = 0; j < steps * s->batch * own; j++) sums[j] = v_load(packed + j % own * LANES);
    ptrdiff_t first = s->reverse ? t - steps + 1 : t;
    panel_product(steps * s->batch, own, &(panel_rows){f->x + first * s->batch * s->input, s->input, 1, s->input, 0},
                  packed + before * LANES, sums);
    SCALAR *to = f->inputs + panel * f->input_steps * s->batch * RK_GROUP * LANES;
    for (ptrdiff_t step = 0; step < steps; step++) {
      // In the order of the run, as forward_start looks for them.
      ptrdiff_t at = s->reverse ? steps - 1 - step : step;
      for (ptrdiff_t b = 0; b < s->batch; b++) {
        for (ptrdiff_t v = 0; v < own; v++) {
          v_store(to + ((step * s->batch + b) * RK_GROUP + v) * LANES, sums[(at * s->batch + b) * own + v]);
        }
      }
    }
  }
}

/// Whether any of the rows still counts at step t.
RK_INLINE bool sequence_any_active(const rk_sequence *s, ptrdiff_t row, ptrdiff_t rows, ptrdiff_t t) {
  if (s->lengths == NULL) return true;
  for (ptrdiff_t b = row; b < row + rows; b++) {
    if (t < s->lengths[b]) return true;
  }
  return false;
}

/// Writes unit vector u of row b's output: h, or zero where the step does not count. A row of a reversed run that
/// starts at the next step leaves its initial state here, where that step looks for it; forward_after_step then puts
/// the zero.
RK_INLINE void sequence_output(const sequence_forward *f, ptrdiff_t b, ptrdiff_t t, ptrdiff_t u, vec h) {
  const rk_sequence *s = f->s;
  if (!sequence_active(s, b, t)) {
    bool starts_next = s->reverse && t > 0 && s->lengths[b] == t;
    h = starts_next && f->h0 ? sequence_load(f->h0 + b * s->hidden, s->hidden, u) : v_zero();
  }
  sequence_store(f->y + (t * s->batch + b) * s->hidden, s->hidden, u, h);
}

/// After step t of a reversed run with lengths: the outputs that held initial states for this step become zero.
static void forward_after_step(void *context, ptrdiff_t t, sequence_part part) {
  const sequence_forward *f = context;
  const rk_sequence *s = f->s;
  if (!s->reverse || s->lengths == NULL || t + 1 >= s->time) return;
  ptrdiff_t unit = part.panel * f->panel_units, unit_end = part.panel_end * f->panel_units;
  if (unit_end > f->units) unit_end = f->units;
  for (ptrdiff_t b = part.row; b < part.row_end; b++) {
    if (s->lengths[b] != t + 1) continue;
    for (ptrdiff_t u = unit; u < unit_end; u++) {
      sequence_store(f->y + ((t + 1) * s->batch + b) * s->hidden, s->hidden, u, v_zero());
    }
  }
}

/// The final hidden state of some rows and units.
static void forward_finish(void *context, sequence_part part) {
  const sequence_forward *f = context;
  const rk_sequence *s = f->s;
  if (f->hn == NULL) return;
  ptrdiff_t unit = part.panel * f->panel_units, unit_end = part.panel_end * f->panel_units;
  if (unit_end > f->units) unit_end = f->units;
  for (ptrdiff_t b = part.row; b < part.row_end; b++) {
    ptrdiff_t steps = rk_row_steps(s, b), last = s->reverse ? 0 : steps - 1;
    const SCALAR *from = steps > 0 ? f->y + (last * s->batch + b) * s->hidden : f->h0 ? f->h0 + b * s->hidden : NULL;
    for (ptrdiff_t u = unit; u < unit_end; u++) {
      sequence_store(f->hn + b * s->hidden, s->hidden, u, sequence_load(from, s->hidden, u));
    }
  }
}

/// The whole forward pass: panel_units unit vectors a panel, products the multiplications of a row's step.
static void forward_run(sequence_forward *f, ptrdiff_t panel_units, ptrdiff_t panels,
                        void (*step)(void *, ptrdiff_t, sequence_part), void (*finish)(void *, sequence_part),
                        ptrdiff_t products) {
  f->panel_units = panel_units;
  f->is_large = (size_t)products * sizeof(SCALAR) > RK_SHARED_CACHE_BYTES;
  f->zeros = sequence_zeros(f->s->hidden);
  if (f->s->batch < RK_FEW_ROWS && f->s->batch > 0 && f->s->time > 1) {
    f->input_steps = f->s->time < RK_BLOCK_ROWS / f->s->batch ? f->s->time : RK_BLOCK_ROWS / f->s->batch;
    ptrdiff_t count = panels * f->input_steps * f->s->batch * RK_GROUP * LANES;
    f->inputs = rk_scratch(RK_SLOT_INPUTS, (size_t)(count + 1) * sizeof(SCALAR));
  }
  sequence_split split = {.s = f->s, .panels = panels, .step = step, .after_step = forward_after_step, .finish = finish,
                          .context = f};
  sequence_run(&split, products, (size_t)products * sizeof(SCALAR));
}
