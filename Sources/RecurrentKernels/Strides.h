// Walking over strided arrays: axes merged where memory allows, and an odometer over the outer ones.
// Two arrays, x and y, are walked together; a third that is contiguous needs no strides.
#ifndef RECURRENT_KERNELS_STRIDES_H
#define RECURRENT_KERNELS_STRIDES_H

#include "RecurrentKernels.h"

typedef struct {
  ptrdiff_t rank;
  ptrdiff_t extent[RK_MAX_RANK], x[RK_MAX_RANK], y[RK_MAX_RANK];
} rk_axes;

/// Adds an axis inside of those already there, merged with the last one where both arrays run on from one into the
/// other.
static inline void rk_axes_add(rk_axes *axes, ptrdiff_t extent, ptrdiff_t x, ptrdiff_t y) {
  if (extent == 1) return;
  ptrdiff_t last = axes->rank - 1;
  if (last >= 0 && axes->x[last] == x * extent && axes->y[last] == y * extent) {
    axes->extent[last] *= extent;
    axes->x[last] = x;
    axes->y[last] = y;
  } else {
    axes->extent[axes->rank] = extent;
    axes->x[axes->rank] = x;
    axes->y[axes->rank++] = y;
  }
}

static inline void rk_axes_remove(rk_axes *axes, ptrdiff_t axis) {
  axes->rank--;
  for (ptrdiff_t i = axis; i < axes->rank; i++) {
    axes->extent[i] = axes->extent[i + 1];
    axes->x[i] = axes->x[i + 1];
    axes->y[i] = axes->y[i + 1];
  }
}

static inline ptrdiff_t rk_axes_count(const rk_axes *axes) {
  ptrdiff_t count = 1;
  for (ptrdiff_t i = 0; i < axes->rank; i++) count *= axes->extent[i];
  return count;
}

/// A position among the axes, the last of which runs fastest, and the offsets that belong to it.
typedef struct {
  ptrdiff_t index[RK_MAX_RANK];
  ptrdiff_t x, y;
} rk_odometer;

static inline rk_odometer rk_odometer_at(const rk_axes *axes, ptrdiff_t position) {
  rk_odometer o = {.x = 0, .y = 0};
  for (ptrdiff_t i = axes->rank - 1; i >= 0; i--) {
    o.index[i] = position % axes->extent[i];
    position /= axes->extent[i];
    o.x += o.index[i] * axes->x[i];
    o.y += o.index[i] * axes->y[i];
  }
  return o;
}

static inline void rk_odometer_next(rk_odometer *o, const rk_axes *axes) {
  for (ptrdiff_t i = axes->rank - 1; i >= 0; i--) {
    o->x += axes->x[i];
    o->y += axes->y[i];
    if (++o->index[i] < axes->extent[i]) return;
    o->index[i] = 0;
    o->x -= axes->extent[i] * axes->x[i];
    o->y -= axes->extent[i] * axes->y[i];
  }
}

/// The outer axes' positions times the blocks that an inner axis is cut into, as one range of units.
typedef struct {
  ptrdiff_t blocks, block, inner;  // blocks an outer position; elements a block; elements of the inner axis
} rk_blocks;

static inline rk_blocks rk_blocks_of(ptrdiff_t inner, ptrdiff_t block) {
  rk_blocks b = {.blocks = (inner + block - 1) / block, .block = block, .inner = inner};
  return b;
}

static inline ptrdiff_t rk_block_length(const rk_blocks *b, ptrdiff_t first) {
  return b->inner - first < b->block ? b->inner - first : b->block;
}

#endif
