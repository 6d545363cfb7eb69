// Rows of a table by index: taking them, and adding to them.

#define rows_job NAMED(rk_rows_job)
#define gather_range NAMED(rk_gather_range)
#define scatter_range NAMED(rk_scatter_range)
#define row_add NAMED(rk_row_add)

typedef struct {
  const SCALAR *source;  // gather: the table [*, columns]; scatter: the updates [count, columns]
  SCALAR *result;        // the other one
  const int32_t *indices;
  ptrdiff_t count, columns;
} rows_job;

static void gather_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const rows_job *r = context;
  for (ptrdiff_t i = begin; i < end; i++)
    memcpy(r->result + i * r->columns, r->source + r->indices[i] * r->columns, (size_t)r->columns * sizeof(SCALAR));
}

static void NAME(gather_rows)(const SCALAR *table, ptrdiff_t columns, const int32_t *indices, ptrdiff_t count,
                              SCALAR *y) {
  rows_job r = {table, y, indices, count, columns};
  if (columns > 0) rk_ranges(count, rk_rows_grain(columns), gather_range, &r);
}

RK_INLINE void row_add(const SCALAR *x, SCALAR *y, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i += LANES)
    store_some(y + i, load_some(y + i, count - i) + load_some(x + i, count - i), count - i);
}

/// Columns begin ..< end of every update: rows may meet in the table, columns never do.
static void scatter_range(void *context, ptrdiff_t begin, ptrdiff_t end) {
  const rows_job *r = context;
  for (ptrdiff_t i = 0; i < r->count; i++)
    row_add(r->source + i * r->columns + begin, r->result + r->indices[i] * r->columns + begin, end - begin);
}

static void NAME(scatter_add_rows)(SCALAR *table, ptrdiff_t columns, const int32_t *indices, ptrdiff_t count,
                                   const SCALAR *x) {
  rows_job r = {x, table, indices, count, columns};
  // Blocks of columns as wide as to hold enough work, in steps of a cache line.
  ptrdiff_t grain = count == 0 ? columns + 1 : (rk_grain / count / 64 + 1) * 64;
  rk_ranges(columns, grain, scatter_range, &r);
}
