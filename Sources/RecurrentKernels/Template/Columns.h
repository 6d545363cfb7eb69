// Columns of a matrix: what batch normalization counts of each, and the affine map that it then is.
//
// Rows are counted in chunks that the shape decides, of 64 rows at a time, and the chunks' sums are added in order.

#define columns_job NAMED(rk_columns_job)
#define column_sums_task NAMED(rk_column_sums_task)
#define column_map_range NAMED(rk_column_map_range)

typedef struct {
  ptrdiff_t rows, columns, chunks;
  const SCALAR *x, *center, *y, *scale, *factor, *shift;
  SCALAR *sums;  // of the chunks: [chunk][sums, products][columns]
  SCALAR *result;
} columns_job;

static void column_sums_task(void *context, ptrdiff_t chunk) {
  const columns_job *s = context;
  ptrdiff_t begin = s->rows * chunk / s->chunks, end = s->rows * (chunk + 1) / s->chunks;
  SCALAR *sums = s->sums + chunk * 2 * s->columns, *products = sums + s->columns;
  memset(sums, 0, (size_t)(2 * s->columns) * sizeof(SCALAR));
  for (ptrdiff_t first = begin; first < end; first += ROWS_A_BLOCK) {
    ptrdiff_t last = end - first < ROWS_A_BLOCK ? end : first + ROWS_A_BLOCK;
    for (ptrdiff_t j = 0; j < s->columns; j += LANES) {
      ptrdiff_t width = s->columns - j;
      vec center = s->center == NULL ? v_zero() : load_some(s->center + j, width);
      vec sum = v_zero(), product = v_zero();
      for (ptrdiff_t row = first; row < last; row++) {
        vec x = load_some(s->x + row * s->columns + j, width) - center;
        vec y = s->y == NULL ? x : load_some(s->y + row * s->columns + j, width);
        sum += y;
        product = v_fma(x, y, product);
      }
      store_some(sums + j, load_some(sums + j, width) + sum, width);
      store_some(products + j, load_some(products + j, width) + product, width);
    }
  }
}

static void NAME(column_sums)(ptrdiff_t rows, ptrdiff_t columns, const SCALAR *x, const SCALAR *center, const SCALAR *y,
                              SCALAR *sums, SCALAR *products) {
  columns_job s = {.rows = rows, .columns = columns, .x = x, .center = center, .y = y};
  s.chunks = rows * columns / rk_grain + 1;
  if (s.chunks > rows) s.chunks = rows > 0 ? rows : 1;
  s.sums = rk_scratch(12, (size_t)(s.chunks * 2 * columns) * sizeof(SCALAR));
  rk_parallel(s.chunks, column_sums_task, &s);
  for (ptrdiff_t part = 0; part < 2; part++) {
    SCALAR *total = part == 0 ? sums : products;
    if (total == NULL) continue;
    memset(total, 0, (size_t)columns * sizeof(SCALAR));
    for (ptrdiff_t chunk = 0; chunk < s.chunks; chunk++) {
      const SCALAR *of_chunk = s.sums + (2 * chunk + part) * columns;
      for (ptrdiff_t j = 0; j < columns; j++) total[j] += of_chunk[j];
    }
  }
}

static void column_map_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const columns_job *s = context;
  for (ptrdiff_t row = begin; row < end; row++) {
    ptrdiff_t at = row * s->columns;
    for (ptrdiff_t j = 0; j < s->columns; j += LANES) {
      ptrdiff_t width = s->columns - j;
      vec z = v_fma(load_some(s->x + at + j, width), load_some(s->scale + j, width), load_some(s->shift + j, width));
      if (s->y != NULL) z = v_fma(load_some(s->y + at + j, width), load_some(s->factor + j, width), z);
      store_some(s->result + at + j, z, width);
    }
  }
}

static void NAME(column_map)(ptrdiff_t rows, ptrdiff_t columns, const SCALAR *x, const SCALAR *scale, const SCALAR *y,
                             const SCALAR *factor, const SCALAR *shift, SCALAR *z) {
  columns_job s = {.rows = rows, .columns = columns, .x = x, .y = y, .scale = scale, .factor = factor, .shift = shift,
                   .result = z};
  rk_ranges(rows, rk_rows_grain(columns), column_map_range, &s);
}
