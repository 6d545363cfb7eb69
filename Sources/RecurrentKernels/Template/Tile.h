// The register tile on which the matrix product and the fused sequences stand, and the transposition that packing
// needs.
//
// A tile is `rows` rows of A times `panels` panels of B, each panel `vectors` vectors wide. Its sums stay in registers
// for the whole of k. Each element is summed over k one product after the other, starting from what its accumulator
// holds; so its bits depend neither on the tile's shape nor on what else is computed beside it, and a sum may be cut
// anywhere along k and continued later.
//
// The counts are constants at every call, so that each combination compiles to straight-line code without a branch
// for missing rows. AVX-512 has 32 registers (24 sums at most), the others are given 16 (12 sums).

#ifndef RK_TILE_ONCE
#define RK_TILE_ONCE
#define RK_UNROLL _Pragma("clang loop unroll(full)")
/// Leaves sums in memory. A compiler that may carry them on from tiles of several shapes, between which a switch chooses, finds too few
/// registers for all, and then writes sums to memory and reads them again in the innermost loop.
#define RK_LEAVE_IN_MEMORY(sums) __asm__ volatile("" : : "r"(sums) : "memory")
#define TILE_SUMS (VECTOR_BYTES == 64 ? 24 : 12)
/// The rows of a tile of three vectors or four. Where registers are few there are three, whose numbers wait in three registers for one vector after
/// the other; four rows of three vectors would need all 16 and one more for what a compiler reads ahead.
#define GATE_ROWS(vectors) (VECTOR_BYTES == 64 ? TILE_SUMS / (vectors) : 3)
/// 1 or 0, for the preprocessor, from the suffix.
#define SCALAR_IS_FLOAT RK_PASTE(RK_IS, SUFFIX)
#define RK_IS_f32 1
#define RK_IS_f64 0
#define v_transpose NAMED(rk_v_transpose)
#define v_tile NAMED(rk_v_tile)
#define tile_products NAMED(rk_tile_products)
#endif

/// sums[r][v] += a[r * row_stride] * b[v * LANES ...]: the products of one k. Whichever of the two is fewer waits in registers for
/// the other: 12 sums, 3 numbers and a vector fill 16.
RK_INLINE void tile_products(const ptrdiff_t rows, const ptrdiff_t vectors, const SCALAR *a, ptrdiff_t row_stride,
                             const SCALAR *b, vec *restrict sums) {
  if (VECTOR_BYTES == 64 || rows > vectors) {
    RK_UNROLL for (ptrdiff_t r = 0; r < rows; r++) {
      vec x = v_set(a[r * row_stride]);
      RK_UNROLL for (ptrdiff_t v = 0; v < vectors; v++) {
        sums[r * vectors + v] = v_fma(x, v_load(b + v * LANES), sums[r * vectors + v]);
      }
    }
  } else {
    vec x[TILE_SUMS];
    RK_UNROLL for (ptrdiff_t r = 0; r < rows; r++) x[r] = v_set(a[r * row_stride]);
    RK_UNROLL for (ptrdiff_t v = 0; v < vectors; v++) {
      vec y = v_load(b + v * LANES);
      RK_UNROLL for (ptrdiff_t r = 0; r < rows; r++) {
        sums[r * vectors + v] = v_fma(x[r], y, sums[r * vectors + v]);
      }
    }
  }
}

/// sums[p][r][v] += a[r * row_stride + k * k_stride] * b[p * panel_stride + k * b_stride + v * LANES ...], k = 0 ..<
/// count.
RK_INLINE void v_tile(const ptrdiff_t panels, const ptrdiff_t rows, const ptrdiff_t vectors, ptrdiff_t count,
                      const SCALAR *a, ptrdiff_t row_stride, ptrdiff_t k_stride, const SCALAR *b,
                      ptrdiff_t panel_stride, ptrdiff_t b_stride, vec *restrict sums) {
  vec s[TILE_SUMS];
  RK_UNROLL for (ptrdiff_t i = 0; i < panels * rows * vectors; i++) s[i] = sums[i];
  for (ptrdiff_t k = 0; k < count; k++) {
    RK_UNROLL for (ptrdiff_t p = 0; p < panels; p++) {
      tile_products(rows, vectors, a, row_stride, b + p * panel_stride, s + p * rows * vectors);
    }
    a += k_stride;
    b += b_stride;
  }
  RK_UNROLL for (ptrdiff_t i = 0; i < panels * rows * vectors; i++) sums[i] = s[i];
  RK_LEAVE_IN_MEMORY(sums);
}

// Interleaving the lower (upper) halves of two vectors.
#if VECTOR_BYTES == 64 && SCALAR_IS_FLOAT
#define RK_LOW 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define RK_HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#elif VECTOR_BYTES == 64 || (VECTOR_BYTES == 32 && SCALAR_IS_FLOAT)
#define RK_LOW 0, 8, 1, 9, 2, 10, 3, 11
#define RK_HIGH 4, 12, 5, 13, 6, 14, 7, 15
#elif VECTOR_BYTES == 32 || SCALAR_IS_FLOAT
#define RK_LOW 0, 4, 1, 5
#define RK_HIGH 2, 6, 3, 7
#else
#define RK_LOW 0, 2
#define RK_HIGH 1, 3
#endif

/// Transposes LANES vectors of LANES elements. Interleaving the first half of the rows with the second log2(LANES)
/// times is a transposition: each round moves one bit of the row number into the lane number.
RK_INLINE void v_transpose(vec *rows) {
  vec next[VECTOR_BYTES / sizeof(SCALAR)];
  RK_UNROLL for (ptrdiff_t round = 1; round < LANES; round *= 2) {
    RK_UNROLL for (ptrdiff_t i = 0; i < LANES / 2; i++) {
      next[2 * i] = __builtin_shufflevector(rows[i], rows[i + LANES / 2], RK_LOW);
      next[2 * i + 1] = __builtin_shufflevector(rows[i], rows[i + LANES / 2], RK_HIGH);
    }
    RK_UNROLL for (ptrdiff_t i = 0; i < LANES; i++) rows[i] = next[i];
  }
}

#undef RK_LOW
#undef RK_HIGH
