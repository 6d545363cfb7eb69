// y[...] = x[...] between strided arrays, and y[...] += x[...], where an axis of y may have stride 0: a sum over that
// axis.
//
// Axes are brought into the order of y's memory, the summed ones behind the others, and merged. Then it is one of
//   rows          the inner axis is a loop over contiguous, constant or strided elements;
//   transposition x is contiguous along another axis than y: square tiles, transposed in registers;
//   column sums   both contiguous along a kept axis: vectors of columns, added over rows;
//   row sums      x contiguous along a summed axis: each row's sum by vectors, the rows added in order.

#define copy_job NAMED(rk_copy_job)
#define copy_row NAMED(rk_copy_row)
#define copy_rows_range NAMED(rk_copy_rows_range)
#define copy_tile NAMED(rk_copy_tile)
#define copy_transposed_range NAMED(rk_copy_transposed_range)
#define column_sums_range NAMED(rk_column_sums_range)
#define row_sums_range NAMED(rk_row_sums_range)
#define copy_sums NAMED(rk_copy_sums)

typedef struct {
  rk_axes outer, summed;
  rk_blocks blocks;           // of the inner axis
  ptrdiff_t sx, sy;           // along the inner axis
  ptrdiff_t across, sy_across;  // transposition: extent of x's contiguous axis, and y's stride along it
  ptrdiff_t n, sn;            // extent of the innermost summed axis, and x's stride along it
  bool accumulate;
  const SCALAR *x;
  SCALAR *y;
} copy_job;

// MARK: Rows

RK_INLINE void copy_row(ptrdiff_t n, const SCALAR *x, ptrdiff_t sx, SCALAR *y, ptrdiff_t sy, bool accumulate) {
  if (sy != 1) {
    if (accumulate)
      for (ptrdiff_t i = 0; i < n; i++) y[i * sy] += x[i * sx];
    else
      for (ptrdiff_t i = 0; i < n; i++) y[i * sy] = x[i * sx];
  } else if (accumulate) {
    for (ptrdiff_t i = 0; i < n; i += LANES)
      store_some(y + i, load_some(y + i, n - i) + load_strided(x + i * sx, sx, n - i), n - i);
  } else if (sx == 1) {
    memcpy(y, x, (size_t)n * sizeof(SCALAR));
  } else {
    for (ptrdiff_t i = 0; i < n; i += LANES) store_some(y + i, load_strided(x + i * sx, sx, n - i), n - i);
  }
}

static void copy_rows_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const copy_job *j = context;
  ptrdiff_t block = begin % j->blocks.blocks;
  rk_odometer o = rk_odometer_at(&j->outer, begin / j->blocks.blocks);
  for (ptrdiff_t unit = begin; unit < end; unit++) {
    ptrdiff_t first = block * j->blocks.block;
    copy_row(rk_block_length(&j->blocks, first), j->x + o.x + first * j->sx, j->sx, j->y + o.y + first * j->sy, j->sy,
             j->accumulate);
    if (++block == j->blocks.blocks) {
      block = 0;
      rk_odometer_next(&o, &j->outer);
    }
  }
}

// MARK: Transposition

/// y [across][inner] from x [inner][across], of which height x width elements exist, at most LANES each way.
RK_INLINE void copy_tile(ptrdiff_t height, ptrdiff_t width, const SCALAR *x, ptrdiff_t sx, SCALAR *y, ptrdiff_t sy,
                         bool accumulate) {
  vec tile[VECTOR_BYTES / sizeof(SCALAR)];
  for (ptrdiff_t i = 0; i < LANES; i++) tile[i] = i < height ? load_some(x + i * sx, width) : v_zero();
  v_transpose(tile);
  for (ptrdiff_t i = 0; i < width; i++) {
    SCALAR *to = y + i * sy;
    store_some(to, accumulate ? load_some(to, height) + tile[i] : tile[i], height);
  }
}

/// Units are strips of LANES columns of x, `blocks` of them to an outer position: whole rows of y.
static void copy_transposed_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const copy_job *j = context;
  ptrdiff_t strip = begin % j->blocks.blocks;
  rk_odometer o = rk_odometer_at(&j->outer, begin / j->blocks.blocks);
  for (ptrdiff_t unit = begin; unit < end; unit++) {
    ptrdiff_t first = strip * LANES, width = rk_block_length(&j->blocks, first);
    for (ptrdiff_t i = 0; i < j->across; i += LANES) {
      ptrdiff_t height = j->across - i < LANES ? j->across - i : LANES;
      const SCALAR *from = j->x + o.x + first + i * j->sx;
      copy_tile(height, width, from, j->sx, j->y + o.y + first * j->sy_across + i, j->sy_across, j->accumulate);
    }
    if (++strip == j->blocks.blocks) {
      strip = 0;
      rk_odometer_next(&o, &j->outer);
    }
  }
}

// MARK: Sums

/// Units are blocks of columns, `blocks` of them to an outer position.
static void column_sums_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const copy_job *j = context;
  ptrdiff_t block = begin % j->blocks.blocks, rows = rk_axes_count(&j->summed);
  rk_odometer o = rk_odometer_at(&j->outer, begin / j->blocks.blocks);
  for (ptrdiff_t unit = begin; unit < end; unit++) {
    ptrdiff_t first = block * j->blocks.block, width = rk_block_length(&j->blocks, first);
    rk_odometer s = rk_odometer_at(&j->summed, 0);
    for (ptrdiff_t row = 0; row < rows; row++) {
      reduce_columns(rk_reduce_sum, width, j->n, j->sn, j->x + o.x + s.x + first, j->y + o.y + first, true);
      rk_odometer_next(&s, &j->summed);
    }
    if (++block == j->blocks.blocks) {
      block = 0;
      rk_odometer_next(&o, &j->outer);
    }
  }
}

/// Units are elements of y.
static void row_sums_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const copy_job *j = context;
  ptrdiff_t rows = rk_axes_count(&j->summed);
  rk_odometer o = rk_odometer_at(&j->outer, begin);
  for (ptrdiff_t unit = begin; unit < end; unit++) {
    rk_odometer s = rk_odometer_at(&j->summed, 0);
    SCALAR sum = 0;
    for (ptrdiff_t row = 0; row < rows; row++) {
      const SCALAR *x = j->x + o.x + s.x;
      if (j->sn == 1) {
        sum += reduce_row_by(rk_reduce_sum, x, j->n);
      } else {
        for (ptrdiff_t i = 0; i < j->n; i++) sum += x[i * j->sn];
      }
      rk_odometer_next(&s, &j->summed);
    }
    j->y[o.y] += sum;
    rk_odometer_next(&o, &j->outer);
  }
}

/// The case with summed axes: j holds the axes, none of them taken as the inner one yet.
static void copy_sums(copy_job *j) {
  ptrdiff_t last = --j->summed.rank;
  j->n = j->summed.extent[last];
  j->sn = j->summed.x[last];
  ptrdiff_t kept = j->outer.rank - 1, rows = rk_axes_count(&j->summed);
  if (kept >= 0 && j->outer.x[kept] == 1 && j->outer.y[kept] == 1) {
    // Blocks of columns, so that the threads have something to divide.
    j->blocks = rk_blocks_of(j->outer.extent[kept], TILE_VECTORS * LANES);
    j->outer.rank--;
    ptrdiff_t units = rk_axes_count(&j->outer) * j->blocks.blocks;
    rk_ranges(units, rk_rows_grain(rows * j->n * j->blocks.block), column_sums_range, j);
  } else {
    rk_ranges(rk_axes_count(&j->outer), rk_rows_grain(rows * j->n), row_sums_range, j);
  }
}

// MARK: The choice

static void NAME(copy)(ptrdiff_t rank, const ptrdiff_t *shape, const SCALAR *x, const ptrdiff_t *x_strides, SCALAR *y,
                       const ptrdiff_t *y_strides, bool accumulate) {
  copy_job j = {.x = x, .y = y, .accumulate = accumulate};
  // The kept axes by falling stride of y, which is made positive: the order of the elements of y is of no account.
  ptrdiff_t order[RK_MAX_RANK], sx[RK_MAX_RANK], sy[RK_MAX_RANK], kept = 0;
  for (ptrdiff_t i = 0; i < rank; i++) {
    if (shape[i] == 0) return;
    if (y_strides[i] == 0) {
      rk_axes_add(&j.summed, shape[i], x_strides[i], 0);
      continue;
    }
    bool backward = y_strides[i] < 0;
    sx[i] = backward ? -x_strides[i] : x_strides[i];
    sy[i] = backward ? -y_strides[i] : y_strides[i];
    if (backward) {
      j.x += (shape[i] - 1) * x_strides[i];
      j.y += (shape[i] - 1) * y_strides[i];
    }
    ptrdiff_t at = kept++;
    for (; at > 0 && sy[order[at - 1]] < sy[i]; at--) order[at] = order[at - 1];
    order[at] = i;
  }
  for (ptrdiff_t k = 0; k < kept; k++) rk_axes_add(&j.outer, shape[order[k]], sx[order[k]], sy[order[k]]);
  if (j.summed.rank > 0) {
    copy_sums(&j);
    return;
  }
  ptrdiff_t inner = 1;
  j.sx = j.sy = 1;
  if (j.outer.rank > 0) {
    ptrdiff_t last = --j.outer.rank;
    inner = j.outer.extent[last];
    j.sx = j.outer.x[last];
    j.sy = j.outer.y[last];
  }
  if (j.sy == 1 && j.sx != 1 && j.sx != 0 && inner > 1) {
    for (ptrdiff_t axis = 0; axis < j.outer.rank; axis++) {
      if (j.outer.x[axis] != 1) continue;
      j.blocks = rk_blocks_of(j.outer.extent[axis], LANES);
      j.across = inner;
      j.sy_across = j.outer.y[axis];
      rk_axes_remove(&j.outer, axis);
      rk_ranges(rk_axes_count(&j.outer) * j.blocks.blocks, rk_rows_grain(inner * LANES), copy_transposed_range, &j);
      return;
    }
  }
  j.blocks = rk_blocks_of(inner, rk_grain);
  rk_ranges(rk_axes_count(&j.outer) * j.blocks.blocks, rk_rows_grain(inner), copy_rows_range, &j);
}
