// Rows times one panel of packed weights, for any number of rows: what the loops of the fused sequences spend their time
// in.
//
// A panel holds `vectors` vectors for each k, one k after the other. It is cut along k into chunks that stay in the
// first-level cache while all tiles of rows pass over them; between two chunks the sums wait in memory, where they cost
// little: a tile's sums are loaded and stored once in a hundred k. While a chunk is worked on, the next one is fetched.
// Each element is still summed in order of k.

#ifndef RK_PANEL_ONCE
#define RK_PANEL_ONCE
enum {
  RK_CHUNK_K = 512,    // k in a chunk: 128 KB where a panel has 4 vectors of 64 bytes
  RK_BLOCK_ROWS = 48,  // rows whose sums wait together: 12 KB
};
#define panel_rows NAMED(rk_panel_rows)
#define panel_tile NAMED(rk_panel_tile)
#define panel_tiles NAMED(rk_panel_tiles)
#define panel_product NAMED(rk_panel_product)
#endif

/// The left operand: element k of row r is at start[r * row_stride + k / length * segment_stride + k % length]. Rows
/// that are contiguous in k have one segment.
typedef struct {
  const SCALAR *start;
  ptrdiff_t row_stride, segments, length, segment_stride;
} panel_rows;

/// sums[r][v] += `segments` segments of `rows` rows times their part of the panel. A line of `ahead` is fetched for each
/// k, the next one `step` further.
RK_INLINE void panel_tile(const ptrdiff_t rows, const ptrdiff_t vectors, ptrdiff_t segments, ptrdiff_t length,
                          const SCALAR *a, ptrdiff_t row_stride, ptrdiff_t segment_stride, const SCALAR *b,
                          const SCALAR *ahead, ptrdiff_t step, vec *restrict sums) {
  vec s[TILE_SUMS];
  RK_UNROLL for (ptrdiff_t i = 0; i < rows * vectors; i++) s[i] = sums[i];
  for (ptrdiff_t segment = 0; segment < segments; segment++) {
    const SCALAR *x = a + segment * segment_stride;
    for (ptrdiff_t k = 0; k < length; k++) {
      __builtin_prefetch(ahead, 0, 2);
      tile_products(rows, vectors, x, row_stride, b, s);
      x++;
      b += vectors * LANES;
      ahead += step;
    }
  }
  RK_UNROLL for (ptrdiff_t i = 0; i < rows * vectors; i++) sums[i] = s[i];
}

/// A tile of any shape: up to TILE_SUMS sums.
static void panel_tiles(ptrdiff_t rows, ptrdiff_t vectors, ptrdiff_t segments, ptrdiff_t length, const SCALAR *a,
                        ptrdiff_t row_stride, ptrdiff_t segment_stride, const SCALAR *b, const SCALAR *ahead,
                        ptrdiff_t step, vec *sums) {
#define RUN(r, v)                                                                                                     \
  case (r) * 8 + (v):                                                                                                 \
    panel_tile(r, v, segments, length, a, row_stride, segment_stride, b, ahead, step, sums);                          \
    break;
#define RUN_ROWS(r) RUN(r, 1) RUN(r, 2) RUN(r, 3) RUN(r, 4)
  switch (rows * 8 + vectors) {
    RUN_ROWS(1) RUN_ROWS(2) RUN_ROWS(3) RUN(4, 1) RUN(4, 2) RUN(4, 3)
#if VECTOR_BYTES == 64
    RUN(4, 4) RUN_ROWS(5) RUN_ROWS(6) RUN(7, 3) RUN(8, 3)
#endif
  }
#undef RUN_ROWS
#undef RUN
}

/// sums [rows][vectors] += rows times panel, whose k are in the order of the segments.
static void panel_product(ptrdiff_t rows, ptrdiff_t vectors, const panel_rows *a, const SCALAR *panel, vec *sums) {
  ptrdiff_t highest = vectors == 3 ? GATE_ROWS(3) : GATE_ROWS(4), tiles = (rows + highest - 1) / highest;
  ptrdiff_t chunks, together = 1, length = a->length;
  bool whole = tiles <= 2;  // too few tiles to repay the loading and storing of sums
  if (a->segments > 1) {
    together = whole ? a->segments : RK_CHUNK_K / length > 0 ? RK_CHUNK_K / length : 1;
    chunks = (a->segments + together - 1) / together;
  } else {
    // Chunks of about equal length.
    chunks = whole ? 1 : (length + RK_CHUNK_K - 1) / RK_CHUNK_K;
    length = (length + chunks - 1) / (chunks > 0 ? chunks : 1);
  }
  for (ptrdiff_t chunk = 0; chunk < chunks; chunk++) {
    const SCALAR *start = a->start;
    ptrdiff_t segments = together, count = length;
    if (a->segments > 1) {
      start += chunk * together * a->segment_stride;
      if (segments > a->segments - chunk * together) segments = a->segments - chunk * together;
    } else {
      start += chunk * length;
      if (count > a->length - chunk * length) count = a->length - chunk * length;
    }
    const SCALAR *b = panel + chunk * together * length * vectors * LANES;
    const SCALAR *next = b + segments * count * vectors * LANES;
    for (ptrdiff_t tile = 0; tile < tiles; tile++) {
      ptrdiff_t row = rows * tile / tiles, height = rows * (tile + 1) / tiles - row;
      const SCALAR *ahead = next + (tile < vectors ? tile : 0) * segments * count * LANES;
      panel_tiles(height, vectors, segments, count, start + row * a->row_stride, a->row_stride, a->segment_stride, b,
                  ahead, whole ? 0 : LANES, sums + row * vectors);
    }
  }
}
