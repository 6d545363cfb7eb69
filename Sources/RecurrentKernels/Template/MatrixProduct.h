// The matrix product c [m, n] = op(a) op(b).
//
// Both operands are rearranged into panels that the register tile (Tile.h) reads from end to end:
//   B  [panel][k][PANEL columns]     PANEL = 2 vectors; missing columns are zeros
//   A  [tile][k][TILE_ROWS rows]     a tile has up to TILE_ROWS rows; all tiles are about equally high
// in blocks of BLOCK_K x BLOCK_N and BLOCK_M x BLOCK_K: one panel of B stays in the first-level cache while the A tiles
// of a task, which fit in the second-level cache, pass over it. The next block along k continues the sums in c, so that
// every element is summed in order of k whatever the blocks, the tiles and the threads.
// Where one side is so thin that rearranging the other would cost more than it saves, the tile reads that operand in
// place.

#ifndef RK_MATRIX_ONCE
#define RK_MATRIX_ONCE
#define PANEL (2 * LANES)
#define TILE_ROWS (VECTOR_BYTES == 64 ? 12 : 6)
enum {
  RK_BLOCK_K = 384,     // a panel of B: 48 KB
  RK_BLOCK_M = 3072,    // a block of A: 4.5 MB of float, in the shared cache
  RK_BLOCK_N = 3072,
  RK_CHUNK_TILES = 32,  // the A tiles of a task: 576 KB of float
  RK_CHUNK_PANELS = 32,
  RK_PACKED_TOGETHER = 8,  // panels or tiles in a packing task
  RK_THIN_ROWS = 4,
  RK_THIN_VECTORS = 8
};
/// RUN(1) RUN(2) ...: each height that a tile can have.
#if VECTOR_BYTES == 64
#define EACH_TILE_HEIGHT(RUN) \
  RUN(1) RUN(2) RUN(3) RUN(4) RUN(5) RUN(6) RUN(7) RUN(8) RUN(9) RUN(10) RUN(11) RUN(12)
#else
#define EACH_TILE_HEIGHT(RUN) RUN(1) RUN(2) RUN(3) RUN(4) RUN(5) RUN(6)
#endif
/// Below this many products a task is not worth handing to another thread.
#define RK_TASK_PRODUCTS 200000
#define matrix_block NAMED(rk_matrix_block)
#define packed_strip NAMED(rk_packed_strip)
#define pack_rows NAMED(rk_pack_rows)
#define pack_transposed NAMED(rk_pack_transposed)
#define load_tile NAMED(rk_load_tile)
#define store_tile NAMED(rk_store_tile)
#define product_tile NAMED(rk_product_tile)
#define product_rows NAMED(rk_product_rows)
#define product_panels NAMED(rk_product_panels)
#define pack_task NAMED(rk_pack_task)
#define product_task NAMED(rk_product_task)
#define thin_product NAMED(rk_thin_product)
#define thin_columns NAMED(rk_thin_columns)
#define thin_task NAMED(rk_thin_task)
#endif

// MARK: Packing

/// Where the columns first ..< first + count of a matrix go.
typedef struct {
  ptrdiff_t first, count;
  SCALAR *to;
} packed_strip;

/// For each of the strips: to[k * width ...][0 ..< width] = src[k * stride + first ...][0 ..< count], zeros behind.
/// Strips side by side are copied together, a row of all of them at a time, since rows of src may be pages apart.
static void pack_rows(const SCALAR *src, ptrdiff_t stride, ptrdiff_t count_k, const packed_strip *strips,
                      ptrdiff_t count, ptrdiff_t width) {
  for (ptrdiff_t k = 0; k < count_k; k++) {
    const SCALAR *row = src + k * stride;
    for (const packed_strip *strip = strips; strip < strips + count; strip++) {
      __builtin_prefetch(row + 4 * stride + strip->first);
      // Full vectors may spill into the next row of the strip, which is written after; strips have a vector to spare.
      for (ptrdiff_t j = 0; j < width; j += LANES) {
        ptrdiff_t left = strip->count - j;
        const SCALAR *from = row + strip->first + j;
        v_store(strip->to + k * width + j, left >= LANES ? v_load(from) : v_load_partial(from, left > 0 ? left : 0));
      }
    }
  }
}

/// dst[k * dst_stride ...][0 ..< width] = src[(0 ..< count) * stride + k], zeros behind.
static void pack_transposed(const SCALAR *src, ptrdiff_t stride, ptrdiff_t count_k, ptrdiff_t count, SCALAR *dst,
                            ptrdiff_t width, ptrdiff_t dst_stride) {
  // From the last group of columns to the first: what a group spills into the next row, the first group writes over.
  for (ptrdiff_t j = (width - 1) / LANES * LANES; j >= 0; j -= LANES) {
    for (ptrdiff_t k = 0; k < count_k; k += LANES) {
      vec block[VECTOR_BYTES / sizeof(SCALAR)];
      ptrdiff_t ks = count_k - k < LANES ? count_k - k : LANES;
      if (ks == LANES) {
        RK_UNROLL for (ptrdiff_t i = 0; i < LANES; i++) {
          block[i] = j + i < count ? v_load(src + (j + i) * stride + k) : v_zero();
        }
      } else {
        for (ptrdiff_t i = 0; i < LANES; i++) {
          block[i] = j + i < count ? v_load_partial(src + (j + i) * stride + k, ks) : v_zero();
        }
      }
      v_transpose(block);
      if (ks == LANES) {
        RK_UNROLL for (ptrdiff_t i = 0; i < LANES; i++) v_store(dst + (k + i) * dst_stride + j, block[i]);
      } else {
        for (ptrdiff_t i = 0; i < ks; i++) v_store(dst + (k + i) * dst_stride + j, block[i]);
      }
    }
  }
}

// MARK: One block

/// What the tasks of one block know. Pointers stand at the block's origin.
typedef struct {
  bool transpose_a, transpose_b, pack_a, pack_b, reload;
  ptrdiff_t m, n, k;  // of the block
  const SCALAR *a, *b;
  ptrdiff_t lda, ldb, ldc;
  SCALAR *c;
  SCALAR *packed_a, *packed_b;
  ptrdiff_t tiles, panels;
  ptrdiff_t chunk_tiles, chunk_panels, column_chunks;
} matrix_block;

/// The first row of a tile: the rows are divided evenly, so that no tile is left with one or two.
#define FIRST_ROW(block, tile) ((block)->m * (tile) / (block)->tiles)
/// Panels and tiles start this many elements apart. A tile spills a vector past its end.
#define PANEL_STRIDE(block) ((block)->k * PANEL)
#define TILE_STRIDE(block) ((block)->k * TILE_ROWS + LANES)

/// The tasks that rearrange an operand take so many panels of B or tiles of A.
#define PACK_TASKS(count) (((count) + RK_PACKED_TOGETHER - 1) / RK_PACKED_TOGETHER)

/// The first tasks rearrange B, the others A.
static void pack_task(void *context, ptrdiff_t index) {
  const matrix_block *s = context;
  ptrdiff_t b_tasks = s->pack_b ? PACK_TASKS(s->panels) : 0;
  bool is_b = index < b_tasks;
  ptrdiff_t first = (is_b ? index : index - b_tasks) * RK_PACKED_TOGETHER, all = is_b ? s->panels : s->tiles;
  ptrdiff_t count = all - first < RK_PACKED_TOGETHER ? all - first : RK_PACKED_TOGETHER;
  packed_strip strips[RK_PACKED_TOGETHER];
  for (ptrdiff_t i = 0; i < count; i++) {
    ptrdiff_t at = first + i;
    if (is_b) {
      ptrdiff_t left = s->n - at * PANEL;
      strips[i] = (packed_strip){at * PANEL, left < PANEL ? left : PANEL, s->packed_b + at * PANEL_STRIDE(s)};
    } else {
      ptrdiff_t row = FIRST_ROW(s, at);
      strips[i] = (packed_strip){row, FIRST_ROW(s, at + 1) - row, s->packed_a + at * TILE_STRIDE(s)};
    }
  }
  const SCALAR *from = is_b ? s->b : s->a;
  ptrdiff_t stride = is_b ? s->ldb : s->lda, width = is_b ? PANEL : TILE_ROWS;
  bool rows_are_k = is_b ? !s->transpose_b : s->transpose_a;
  if (rows_are_k) {
    pack_rows(from, stride, s->k, strips, count, width);
  } else {
    for (ptrdiff_t i = 0; i < count; i++) {
      pack_transposed(from + strips[i].first * stride, stride, s->k, strips[i].count, strips[i].to, width, width);
    }
  }
}

/// The sums of a tile as c [rows, panels * vectors * LANES] has them; the last `columns` < LANES of c partial where columns is
/// not 0.
RK_INLINE void load_tile(const ptrdiff_t panels, const ptrdiff_t rows, const ptrdiff_t vectors, const SCALAR *c,
                         ptrdiff_t ldc, ptrdiff_t columns, vec *restrict sums) {
  const ptrdiff_t last = panels * vectors - 1;
  RK_UNROLL for (ptrdiff_t p = 0; p < panels; p++) {
    RK_UNROLL for (ptrdiff_t r = 0; r < rows; r++) {
      RK_UNROLL for (ptrdiff_t v = 0; v < vectors; v++) {
        const SCALAR *from = c + r * ldc + (p * vectors + v) * LANES;
        sums[(p * rows + r) * vectors + v] =
            columns != 0 && p * vectors + v == last ? v_load_partial(from, columns) : v_load(from);
      }
    }
  }
}

/// The sums of a tile written to where load_tile reads them.
RK_INLINE void store_tile(const ptrdiff_t panels, const ptrdiff_t rows, const ptrdiff_t vectors, const vec *sums, SCALAR *c,
                          ptrdiff_t ldc, ptrdiff_t columns) {
  const ptrdiff_t last = panels * vectors - 1;
  RK_UNROLL for (ptrdiff_t p = 0; p < panels; p++) {
    RK_UNROLL for (ptrdiff_t r = 0; r < rows; r++) {
      RK_UNROLL for (ptrdiff_t v = 0; v < vectors; v++) {
        SCALAR *to = c + r * ldc + (p * vectors + v) * LANES;
        vec sum = sums[(p * rows + r) * vectors + v];
        if (columns != 0 && p * vectors + v == last) {
          v_store_partial(to, sum, columns);
        } else {
          v_store(to, sum);
        }
      }
    }
  }
}

/// One tile of a product.
RK_INLINE void product_tile(const ptrdiff_t panels, const ptrdiff_t rows, const ptrdiff_t vectors, ptrdiff_t k,
                            const SCALAR *a, ptrdiff_t row_stride, ptrdiff_t k_stride, const SCALAR *b,
                            ptrdiff_t panel_stride, ptrdiff_t b_stride, SCALAR *c, ptrdiff_t ldc, ptrdiff_t columns,
                            bool reload) {
  vec sums[TILE_SUMS];
  if (reload) {
    load_tile(panels, rows, vectors, c, ldc, columns, sums);
  } else {
    RK_UNROLL for (ptrdiff_t i = 0; i < panels * rows * vectors; i++) sums[i] = v_zero();
  }
  v_tile(panels, rows, vectors, k, a, row_stride, k_stride, b, panel_stride, b_stride, sums);
  store_tile(panels, rows, vectors, sums, c, ldc, columns);
}

/// A tile of any height over `panels` whole panels. Low tiles take several panels at once, so that enough sums are
/// under way to hide the latency of an addition; returns how many panels were done.
static ptrdiff_t product_panels(ptrdiff_t rows, ptrdiff_t panels, ptrdiff_t k, const SCALAR *a, ptrdiff_t row_stride,
                                ptrdiff_t k_stride, const SCALAR *b, ptrdiff_t panel_stride, ptrdiff_t b_stride,
                                SCALAR *c, ptrdiff_t ldc, bool reload) {
#define RUN(p, r)                                                                                                     \
  (product_tile(p, r, 2, k, a, row_stride, k_stride, b, panel_stride, b_stride, c, ldc, 0, reload), (ptrdiff_t)(p))
#if VECTOR_BYTES == 64
  switch (rows) {
    case 1: return panels >= 8 ? RUN(8, 1) : panels >= 4 ? RUN(4, 1) : panels >= 2 ? RUN(2, 1) : RUN(1, 1);
    case 2: return panels >= 4 ? RUN(4, 2) : panels >= 2 ? RUN(2, 2) : RUN(1, 2);
    case 3: return panels >= 4 ? RUN(4, 3) : panels >= 2 ? RUN(2, 3) : RUN(1, 3);
    case 4: return panels >= 3 ? RUN(3, 4) : RUN(1, 4);
    case 5: return panels >= 2 ? RUN(2, 5) : RUN(1, 5);
    case 6: return panels >= 2 ? RUN(2, 6) : RUN(1, 6);
    case 7: return RUN(1, 7);
    case 8: return RUN(1, 8);
    case 9: return RUN(1, 9);
    case 10: return RUN(1, 10);
    case 11: return RUN(1, 11);
    default: return RUN(1, 12);
  }
#else
  switch (rows) {
    case 1: return panels >= 4 ? RUN(4, 1) : panels >= 2 ? RUN(2, 1) : RUN(1, 1);
    case 2: return panels >= 2 ? RUN(2, 2) : RUN(1, 2);
    case 3: return panels >= 2 ? RUN(2, 3) : RUN(1, 3);
    case 4: return RUN(1, 4);
    case 5: return RUN(1, 5);
    default: return RUN(1, 6);
  }
#endif
#undef RUN
}

/// A tile of any height over the last columns (1 ..< PANEL), which may need only the first vector of the panel.
static void product_rows(ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t k, const SCALAR *a, ptrdiff_t row_stride,
                         ptrdiff_t k_stride, const SCALAR *b, ptrdiff_t b_stride, SCALAR *c, ptrdiff_t ldc,
                         bool reload) {
#define RUN(r)                                                                                                        \
  case r:                                                                                                             \
    if (columns > LANES) {                                                                                            \
      product_tile(1, r, 2, k, a, row_stride, k_stride, b, 0, b_stride, c, ldc, columns - LANES, reload);              \
    } else {                                                                                                          \
      product_tile(1, r, 1, k, a, row_stride, k_stride, b, 0, b_stride, c, ldc, columns % LANES, reload);              \
    }                                                                                                                 \
    break;
  switch (rows) { EACH_TILE_HEIGHT(RUN) }
#undef RUN
}

/// Task (i, j) of the grid: chunk_tiles tiles of A times chunk_panels panels of B.
static void product_task(void *context, ptrdiff_t index) {
  const matrix_block *s = context;
  ptrdiff_t first_tile = index / s->column_chunks * s->chunk_tiles;
  ptrdiff_t first_panel = index % s->column_chunks * s->chunk_panels;
  ptrdiff_t end_tile = first_tile + s->chunk_tiles < s->tiles ? first_tile + s->chunk_tiles : s->tiles;
  ptrdiff_t end_panel = first_panel + s->chunk_panels < s->panels ? first_panel + s->chunk_panels : s->panels;
  ptrdiff_t full_panels = s->n / PANEL;
  ptrdiff_t b_stride = s->pack_b ? PANEL : s->ldb, panel_stride = s->pack_b ? PANEL_STRIDE(s) : PANEL;
  // Panels outside, tiles inside: the panel is the smaller. Tiles of few rows, alone in their chunk, take panels in
  // groups.
  for (ptrdiff_t panel = first_panel; panel < end_panel;) {
    ptrdiff_t whole = (end_panel < full_panels ? end_panel : full_panels) - panel;
    // All tiles of a chunk must take the same group; only a chunk of a single tile may choose.
    if (whole > 1 && end_tile - first_tile > 1) whole = 1;
    ptrdiff_t done = 1;
    for (ptrdiff_t tile = first_tile; tile < end_tile; tile++) {
      ptrdiff_t i = FIRST_ROW(s, tile), rows = FIRST_ROW(s, tile + 1) - i;
      const SCALAR *a;
      ptrdiff_t row_stride, k_stride;
      if (s->pack_a) {
        a = s->packed_a + tile * TILE_STRIDE(s), row_stride = 1, k_stride = TILE_ROWS;
      } else if (s->transpose_a) {
        a = s->a + i, row_stride = 1, k_stride = s->lda;
      } else {
        a = s->a + i * s->lda, row_stride = s->lda, k_stride = 1;
      }
      SCALAR *c = s->c + i * s->ldc + panel * PANEL;
      // The rows of c are far apart: fetch the next tile's while this one computes.
      for (ptrdiff_t r = 0; tile + 1 < end_tile && r < rows; r++) {
        __builtin_prefetch(c + (rows + r) * s->ldc, 1);
        __builtin_prefetch(c + (rows + r) * s->ldc + LANES, 1);
      }
      if (whole > 0) {
        done = product_panels(rows, whole, s->k, a, row_stride, k_stride,
                              s->pack_b ? s->packed_b + panel * panel_stride : s->b + panel * PANEL, panel_stride,
                              b_stride, c, s->ldc, s->reload);
      } else {
        // Columns that do not fill a panel are always rearranged: there is nothing to read behind them.
        product_rows(rows, s->n - full_panels * PANEL, s->k, a, row_stride, k_stride,
                     s->packed_b + (s->pack_b ? panel * panel_stride : 0), PANEL, c, s->ldc, s->reload);
      }
    }
    panel += done;
  }
}

// MARK: Thin products

/// c [m, n] = op(a) b^T for m up to RK_THIN_ROWS: b is read once, in place, and transposed on the way through the
/// registers.
typedef struct {
  ptrdiff_t m, n, k;
  const SCALAR *a, *b;
  ptrdiff_t row_stride, k_stride, ldb, ldc;
  SCALAR *c;
  bool accumulate;
} thin_product;

RK_INLINE void thin_columns(const thin_product *s, const ptrdiff_t rows, ptrdiff_t column) {
  ptrdiff_t left = s->n - column, count = left < LANES ? left : LANES;
  vec sums[RK_THIN_ROWS];
  RK_UNROLL for (ptrdiff_t r = 0; r < rows; r++) {
    sums[r] = s->accumulate ? v_load_partial(s->c + r * s->ldc + column, count) : v_zero();
  }
  const SCALAR *b = s->b + column * s->ldb, *a = s->a;
  ptrdiff_t k = 0;
  for (; k + LANES <= s->k; k += LANES) {
    vec block[VECTOR_BYTES / sizeof(SCALAR)];
    RK_UNROLL for (ptrdiff_t i = 0; i < LANES; i++) block[i] = i < count ? v_load(b + i * s->ldb + k) : v_zero();
    v_transpose(block);
    RK_UNROLL for (ptrdiff_t i = 0; i < LANES; i++) {
      RK_UNROLL for (ptrdiff_t r = 0; r < rows; r++) {
        sums[r] = v_fma(v_set(a[r * s->row_stride + (k + i) * s->k_stride]), block[i], sums[r]);
      }
    }
  }
  for (; k < s->k; k++) {
    vec x = v_zero();
    for (ptrdiff_t i = 0; i < count; i++) x[i] = b[i * s->ldb + k];
    RK_UNROLL for (ptrdiff_t r = 0; r < rows; r++) {
      sums[r] = v_fma(v_set(a[r * s->row_stride + k * s->k_stride]), x, sums[r]);
    }
  }
  RK_UNROLL for (ptrdiff_t r = 0; r < rows; r++) v_store_partial(s->c + r * s->ldc + column, sums[r], count);
}

/// A task: RK_THIN_VECTORS vectors of columns.
static void thin_task(void *context, ptrdiff_t index) {
  const thin_product *s = context;
  for (ptrdiff_t v = 0; v < RK_THIN_VECTORS; v++) {
    ptrdiff_t column = (index * RK_THIN_VECTORS + v) * LANES;
    if (column >= s->n) return;
    switch (s->m) {
      case 1: thin_columns(s, 1, column); break;
      case 2: thin_columns(s, 2, column); break;
      case 3: thin_columns(s, 3, column); break;
      default: thin_columns(s, 4, column); break;
    }
  }
}

// MARK: The product

static void NAMED(matmul)(bool transpose_a, bool transpose_b, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, const SCALAR *a,
                         ptrdiff_t lda, const SCALAR *b, ptrdiff_t ldb, SCALAR *c, ptrdiff_t ldc, bool accumulate) {
  if (m <= 0 || n <= 0) return;
  if (k <= 0) {
    for (ptrdiff_t i = 0; i < m && !accumulate; i++) memset(c + i * ldc, 0, (size_t)n * sizeof(SCALAR));
    return;
  }
  if (n == 1 && m > 1) {
    // A column is the row of the transposed product.
    SCALAR *row = ldc == 1 ? c : rk_scratch(2, (size_t)m * sizeof(SCALAR));
    for (ptrdiff_t i = 0; i < m && ldc != 1 && accumulate; i++) row[i] = c[i * ldc];
    NAMED(matmul)(!transpose_b, !transpose_a, 1, m, k, b, ldb, a, lda, row, m, accumulate);
    for (ptrdiff_t i = 0; i < m && ldc != 1; i++) c[i * ldc] = row[i];
    return;
  }
  ptrdiff_t threads = rk_thread_count();
  if (transpose_b && m <= RK_THIN_ROWS) {
    thin_product thin = {m, n, k, a, b, transpose_a ? 1 : lda, transpose_a ? lda : 1, ldb, ldc, c, accumulate};
    ptrdiff_t tasks = (n + RK_THIN_VECTORS * LANES - 1) / (RK_THIN_VECTORS * LANES);
    if (m * n * k > RK_TASK_PRODUCTS) {
      rk_parallel(tasks, thin_task, &thin);
    } else {
      for (ptrdiff_t i = 0; i < tasks; i++) thin_task(&thin, i);
    }
    return;
  }
  matrix_block s = {.transpose_a = transpose_a, .transpose_b = transpose_b, .lda = lda, .ldb = ldb, .ldc = ldc};
  // Rearranging costs about as much as a product with 16 columns (rows) of the other side.
  s.pack_a = n > 4 * PANEL;
  s.pack_b = transpose_b || m > 2 * TILE_ROWS;
  for (ptrdiff_t j0 = 0; j0 < n; j0 += RK_BLOCK_N) {
    s.n = n - j0 < RK_BLOCK_N ? n - j0 : RK_BLOCK_N;
    s.panels = (s.n + PANEL - 1) / PANEL;
    for (ptrdiff_t k0 = 0; k0 < k; k0 += RK_BLOCK_K) {
      s.k = k - k0 < RK_BLOCK_K ? k - k0 : RK_BLOCK_K;
      s.b = transpose_b ? b + j0 * ldb + k0 : b + k0 * ldb + j0;
      s.reload = accumulate || k0 > 0;
      s.packed_b = rk_scratch(0, (size_t)((s.pack_b ? s.panels : 1) * PANEL_STRIDE(&s) + LANES) * sizeof(SCALAR));
      bool have_b = false;
      for (ptrdiff_t i0 = 0; i0 < m; i0 += RK_BLOCK_M) {
        s.m = m - i0 < RK_BLOCK_M ? m - i0 : RK_BLOCK_M;
        s.tiles = (s.m + TILE_ROWS - 1) / TILE_ROWS;
        s.a = transpose_a ? a + k0 * lda + i0 : a + i0 * lda + k0;
        s.c = c + i0 * ldc + j0;
        if (s.pack_a) s.packed_a = rk_scratch(1, (size_t)(s.tiles * TILE_STRIDE(&s)) * sizeof(SCALAR));
        // Chunks get smaller where there are few, so that every thread finds some.
        s.chunk_tiles = s.tiles < RK_CHUNK_TILES ? s.tiles : RK_CHUNK_TILES;
        s.chunk_panels = s.panels < RK_CHUNK_PANELS ? s.panels : RK_CHUNK_PANELS;
        bool parallel = threads > 1 && s.m * s.n * s.k > RK_TASK_PRODUCTS;
        ptrdiff_t row_chunks, tasks;
        for (;;) {
          row_chunks = (s.tiles + s.chunk_tiles - 1) / s.chunk_tiles;
          s.column_chunks = (s.panels + s.chunk_panels - 1) / s.chunk_panels;
          tasks = row_chunks * s.column_chunks;
          if (!parallel || tasks >= 4 * threads) break;
          if (s.m * s.n * s.k / tasks < RK_TASK_PRODUCTS) break;
          if (s.chunk_tiles >= s.chunk_panels && s.chunk_tiles > 1) {
            s.chunk_tiles = (s.chunk_tiles + 1) / 2;
          } else if (s.chunk_panels > 1) {
            s.chunk_panels = (s.chunk_panels + 1) / 2;
          } else {
            break;
          }
        }
        matrix_block packing = s;
        packing.pack_b = s.pack_b && !have_b;
        ptrdiff_t pieces = (packing.pack_b ? PACK_TASKS(s.panels) : 0) + (s.pack_a ? PACK_TASKS(s.tiles) : 0);
        if (!s.pack_b && !have_b && s.n % PANEL != 0) {
          packed_strip strip = {s.n / PANEL * PANEL, s.n % PANEL, s.packed_b};
          pack_rows(s.b, ldb, s.k, &strip, 1, PANEL);
        }
        have_b = true;
        if (parallel) {
          rk_parallel(pieces, pack_task, &packing);
          rk_parallel(tasks, product_task, &s);
        } else {
          for (ptrdiff_t i = 0; i < pieces; i++) pack_task(&packing, i);
          for (ptrdiff_t i = 0; i < tasks; i++) product_task(&s, i);
        }
      }
    }
  }
}

#undef PACK_TASKS
#undef FIRST_ROW
#undef PANEL_STRIDE
#undef TILE_STRIDE
