// The table of kernels that an instruction set fills.
//
// How a kernel comes into being:
//   1. one line in the list of include/RecurrentKernels.h;
//   2. its loop, once, as `static void NAME(<name>)(...)` in a file of Template/, in terms of SCALAR and the vectors of
//      Template/Vector.h (NAME(map) is map_f32 or map_f64), the file included in Template/All.h.
// The line makes the declaration, the table's field, every instruction set's entry in it, and the public function that calls
// through it. Kernels may call each other directly inside a template (NAME(other)(...)), and rk_parallel, rk_team and rk_scratch.
#ifndef RECURRENT_KERNELS_TABLE_H
#define RECURRENT_KERNELS_TABLE_H

#include "RecurrentKernels.h"

#define RK_FIELD(S, result, name, parameters, arguments) result(*name##_##S) parameters;

/// One instruction set's kernels.
typedef struct {
  RK_KERNELS(RK_FIELD, f32, float)
  RK_KERNELS(RK_FIELD, f64, double)
} rk_kernel_table;

#undef RK_FIELD

/// A file of Sets/ ends with `const rk_kernel_table rk_kernels_<set> = RK_KERNEL_TABLE;`.
#define RK_ENTRY(S, result, name, parameters, arguments) .name##_##S = name##_##S,
#define RK_KERNEL_TABLE                                                                                                \
  { RK_KERNELS(RK_ENTRY, f32, float) RK_KERNELS(RK_ENTRY, f64, double) }

extern const rk_kernel_table rk_kernels_plain;
#if defined(__x86_64__)
extern const rk_kernel_table rk_kernels_avx2;
extern const rk_kernel_table rk_kernels_avx512;
#endif

#endif
