// z = op(x, y) with broadcasting: z contiguous, x and y with a stride an axis, 0 where they are broadcast. After
// merging axes the inner one is a loop over vectors whose operands are contiguous, constant or strided.

#define binary NAMED(rk_binary_vec)
#define zip_loop NAMED(rk_zip_loop)
#define zip_row NAMED(rk_zip_row)
#define zip_range NAMED(rk_zip_range)
#define zip_job NAMED(rk_zip_job)

RK_INLINE vec binary(rk_binary op, vec x, vec y) {
  const vec one = v_set(1), zero = v_zero();
  switch (op) {
  case rk_add: return x + y;
  case rk_subtract: return x - y;
  case rk_multiply: return x * y;
  case rk_divide: return x / y;
  // v_max and v_min give y where either is NaN; x's NaN is kept here.
  case rk_maximum: return v_select(x != x, x, v_max(x, y));
  case rk_minimum: return v_select(x != x, x, v_min(x, y));
  case rk_less: return v_select(x < y, one, zero);
  case rk_less_equal: return v_select(x <= y, one, zero);
  case rk_greater: return v_select(x > y, one, zero);
  case rk_greater_equal: return v_select(x >= y, one, zero);
  case rk_equal: return v_select(x == y, one, zero);
  case rk_not_equal: return v_select(x != y, one, zero);
  }
  return x;
}

// `op` is a constant wherever this is inlined.
RK_INLINE void zip_loop(rk_binary op, ptrdiff_t n, const SCALAR *x, ptrdiff_t sx, const SCALAR *y, ptrdiff_t sy,
                        SCALAR *z) {
  if (sx == 1 && sy == 1) {
    for (ptrdiff_t i = 0; i < n; i += LANES)
      store_some(z + i, binary(op, load_some(x + i, n - i), load_some(y + i, n - i)), n - i);
  } else {
    for (ptrdiff_t i = 0; i < n; i += LANES)
      store_some(z + i, binary(op, load_strided(x + i * sx, sx, n - i), load_strided(y + i * sy, sy, n - i)), n - i);
  }
}

static void zip_row(rk_binary op, ptrdiff_t n, const SCALAR *x, ptrdiff_t sx, const SCALAR *y, ptrdiff_t sy,
                    SCALAR *z) {
  switch (op) {
  case rk_add: return zip_loop(rk_add, n, x, sx, y, sy, z);
  case rk_subtract: return zip_loop(rk_subtract, n, x, sx, y, sy, z);
  case rk_multiply: return zip_loop(rk_multiply, n, x, sx, y, sy, z);
  case rk_divide: return zip_loop(rk_divide, n, x, sx, y, sy, z);
  case rk_maximum: return zip_loop(rk_maximum, n, x, sx, y, sy, z);
  case rk_minimum: return zip_loop(rk_minimum, n, x, sx, y, sy, z);
  case rk_less: return zip_loop(rk_less, n, x, sx, y, sy, z);
  case rk_less_equal: return zip_loop(rk_less_equal, n, x, sx, y, sy, z);
  case rk_greater: return zip_loop(rk_greater, n, x, sx, y, sy, z);
  case rk_greater_equal: return zip_loop(rk_greater_equal, n, x, sx, y, sy, z);
  case rk_equal: return zip_loop(rk_equal, n, x, sx, y, sy, z);
  case rk_not_equal: return zip_loop(rk_not_equal, n, x, sx, y, sy, z);
  }
}

typedef struct {
  rk_binary op;
  rk_axes outer;
  rk_blocks blocks;
  ptrdiff_t sx, sy;  // along the inner axis
  const SCALAR *x, *y;
  SCALAR *z;
} zip_job;

static void zip_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const zip_job *j = context;
  ptrdiff_t row = begin / j->blocks.blocks, block = begin % j->blocks.blocks;
  rk_odometer o = rk_odometer_at(&j->outer, row);
  for (ptrdiff_t unit = begin; unit < end; unit++) {
    ptrdiff_t first = block * j->blocks.block, n = rk_block_length(&j->blocks, first);
    zip_row(j->op, n, j->x + o.x + first * j->sx, j->sx, j->y + o.y + first * j->sy, j->sy,
            j->z + row * j->blocks.inner + first);
    if (++block == j->blocks.blocks) {
      block = 0;
      row++;
      rk_odometer_next(&o, &j->outer);
    }
  }
}

static void NAME(zip)(rk_binary op, ptrdiff_t rank, const ptrdiff_t *shape, const SCALAR *x, const ptrdiff_t *x_strides,
                      const SCALAR *y, const ptrdiff_t *y_strides, SCALAR *z) {
  zip_job j = {.op = op, .x = x, .y = y, .z = z};
  for (ptrdiff_t i = 0; i < rank; i++) {
    if (shape[i] == 0) return;
    rk_axes_add(&j.outer, shape[i], x_strides[i], y_strides[i]);
  }
  ptrdiff_t inner = 1;
  if (j.outer.rank > 0) {
    ptrdiff_t last = --j.outer.rank;
    inner = j.outer.extent[last];
    j.sx = j.outer.x[last];
    j.sy = j.outer.y[last];
  }
  j.blocks = rk_blocks_of(inner, rk_grain);
  ptrdiff_t units = rk_axes_count(&j.outer) * j.blocks.blocks;
  rk_ranges(units, rk_rows_grain(inner), zip_range, &j);
}
