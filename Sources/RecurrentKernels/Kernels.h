// The list of all kernels, and the table that an instruction set fills.
//
// How a kernel comes into being:
//   1. its declaration, rk_<name>_<suffix>, in include/RecurrentKernels.h;
//   2. its loop, once, as `static void NAME(<name>)(...)` in a file of Template/, in terms of SCALAR and the vectors of
//      Template/Vector.h (NAME(map) is map_f32 or map_f64), the file included in Template/All.h;
//   3. one line below: K(S, result, name, (parameters), (arguments)).
// The line makes the table's field, every instruction set's entry in it, and the public function that calls through it.
// Kernels may call each other directly inside a template (NAME(other)(...)), and rk_parallel, rk_team and rk_scratch.
#ifndef RECURRENT_KERNELS_TABLE_H
#define RECURRENT_KERNELS_TABLE_H

#include "RecurrentKernels.h"

// Elementwise.h
#define RK_ELEMENTWISE_KERNELS(K, S, T)                                                                                \
  K(S, void, map, (rk_unary op, const T *x, T *y, ptrdiff_t count), (op, x, y, count))                                 \
  K(S, void, map_gradient, (rk_unary op, const T *x_or_y, const T *dy, T *dx, ptrdiff_t count),                        \
    (op, x_or_y, dy, dx, count))                                                                                       \
  K(S, void, fill, (T value, T *y, ptrdiff_t count), (value, y, count))                                                \
  K(S, void, scale, (T factor, const T *x, T *y, ptrdiff_t count), (factor, x, y, count))                              \
  K(S, void, add_scaled, (T factor, const T *x, T *y, ptrdiff_t count), (factor, x, y, count))                         \
  K(S, void, clamp, (T low, T high, const T *x, T *y, ptrdiff_t count), (low, high, x, y, count))                      \
  K(S, void, select, (const T *mask, const T *x, const T *y, T *z, ptrdiff_t count), (mask, x, y, z, count))

// Zip.h and Copy.h
#define RK_STRIDED_KERNELS(K, S, T)                                                                                    \
  K(S, void, zip,                                                                                                      \
    (rk_binary op, ptrdiff_t rank, const ptrdiff_t *shape, const T *x, const ptrdiff_t *x_strides, const T *y,         \
     const ptrdiff_t *y_strides, T *z),                                                                                \
    (op, rank, shape, x, x_strides, y, y_strides, z))                                                                  \
  K(S, void, copy,                                                                                                     \
    (ptrdiff_t rank, const ptrdiff_t *shape, const T *x, const ptrdiff_t *x_strides, T *y, const ptrdiff_t *y_strides, \
     bool accumulate),                                                                                                 \
    (rank, shape, x, x_strides, y, y_strides, accumulate))

// Reductions.h
#define RK_REDUCTION_KERNELS(K, S, T)                                                                                  \
  K(S, void, reduce, (rk_reduction op, ptrdiff_t outer, ptrdiff_t n, ptrdiff_t inner, const T *x, T *y),               \
    (op, outer, n, inner, x, y))                                                                                       \
  K(S, void, index_of_max, (ptrdiff_t outer, ptrdiff_t n, ptrdiff_t inner, const T *x, int32_t *y),                    \
    (outer, n, inner, x, y))                                                                                           \
  K(S, double, sum, (const T *x, ptrdiff_t count), (x, count))                                                         \
  K(S, double, sum_of_squares, (const T *x, ptrdiff_t count), (x, count))                                              \
  K(S, bool, all_finite, (const T *x, ptrdiff_t count), (x, count))

// Softmax.h and CrossEntropy.h
#define RK_SOFTMAX_KERNELS(K, S, T)                                                                                    \
  K(S, void, softmax, (ptrdiff_t rows, ptrdiff_t columns, const T *x, T *y), (rows, columns, x, y))                    \
  K(S, void, softmax_gradient, (ptrdiff_t rows, ptrdiff_t columns, const T *y, const T *dy, T *dx),                    \
    (rows, columns, y, dy, dx))                                                                                        \
  K(S, void, log_softmax, (ptrdiff_t rows, ptrdiff_t columns, const T *x, T *y), (rows, columns, x, y))                \
  K(S, void, log_softmax_gradient, (ptrdiff_t rows, ptrdiff_t columns, const T *y, const T *dy, T *dx),                \
    (rows, columns, y, dy, dx))                                                                                        \
  K(S, void, cross_entropy,                                                                                            \
    (ptrdiff_t rows, ptrdiff_t columns, const T *logits, const int32_t *targets, int32_t ignored, T smoothing,         \
     T *losses, T *log_sums),                                                                                          \
    (rows, columns, logits, targets, ignored, smoothing, losses, log_sums))                                            \
  K(S, void, cross_entropy_gradient,                                                                                   \
    (ptrdiff_t rows, ptrdiff_t columns, const T *logits, const int32_t *targets, int32_t ignored, T smoothing,         \
     const T *log_sums, T scale, T *dlogits),                                                                          \
    (rows, columns, logits, targets, ignored, smoothing, log_sums, scale, dlogits))                                    \
  K(S, void, output_cross_entropy,                                                                                     \
    (ptrdiff_t rows, ptrdiff_t columns, T *products, const T *bias, const int32_t *targets, int32_t ignored,           \
     T smoothing, T scale, bool wants_gradient, T *losses),                                                            \
    (rows, columns, products, bias, targets, ignored, smoothing, scale, wants_gradient, losses))

// LayerNorm.h
#define RK_LAYER_NORM_KERNELS(K, S, T)                                                                                 \
  K(S, void, layer_norm,                                                                                               \
    (ptrdiff_t rows, ptrdiff_t columns, const T *x, const T *gain, const T *bias, T epsilon, T *y, T *mean, T *rstd),  \
    (rows, columns, x, gain, bias, epsilon, y, mean, rstd))                                                            \
  K(S, void, layer_norm_gradient,                                                                                      \
    (ptrdiff_t rows, ptrdiff_t columns, const T *x, const T *gain, const T *mean, const T *rstd, const T *dy, T *dx,   \
     T *dgain, T *dbias),                                                                                              \
    (rows, columns, x, gain, mean, rstd, dy, dx, dgain, dbias))

// Rows.h
#define RK_ROW_KERNELS(K, S, T)                                                                                        \
  K(S, void, gather_rows, (const T *table, ptrdiff_t columns, const int32_t *indices, ptrdiff_t count, T *y),          \
    (table, columns, indices, count, y))                                                                               \
  K(S, void, scatter_add_rows, (T *table, ptrdiff_t columns, const int32_t *indices, ptrdiff_t count, const T *x),     \
    (table, columns, indices, count, x))

// Random.h
#define RK_RANDOM_KERNELS(K, S, T)                                                                                     \
  K(S, void, random_uniform, (uint64_t state, T low, T high, T *y, ptrdiff_t count), (state, low, high, y, count))     \
  K(S, void, random_mask, (uint64_t state, T keep, T *y, ptrdiff_t count), (state, keep, y, count))

// Optimizers.h
#define RK_OPTIMIZER_KERNELS(K, S, T)                                                                                  \
  K(S, void, sgd,                                                                                                      \
    (T *p, const T *g, T *velocity, ptrdiff_t count, T gradient_scale, T rate, T momentum, bool nesterov, T decay),    \
    (p, g, velocity, count, gradient_scale, rate, momentum, nesterov, decay))                                          \
  K(S, void, adam,                                                                                                     \
    (T *p, const T *g, T *m, T *v, ptrdiff_t count, T gradient_scale, T rate, T beta1, T beta2, T correction1,         \
     T correction2, T epsilon, T decay, bool decoupled),                                                               \
    (p, g, m, v, count, gradient_scale, rate, beta1, beta2, correction1, correction2, epsilon, decay, decoupled))      \
  K(S, void, rmsprop,                                                                                                  \
    (T *p, const T *g, T *square, T *velocity, ptrdiff_t count, T gradient_scale, T rate, T alpha, T epsilon,          \
     T momentum, T decay),                                                                                             \
    (p, g, square, velocity, count, gradient_scale, rate, alpha, epsilon, momentum, decay))                            \
  K(S, void, adagrad,                                                                                                  \
    (T *p, const T *g, T *square, ptrdiff_t count, T gradient_scale, T rate, T epsilon, T decay),                      \
    (p, g, square, count, gradient_scale, rate, epsilon, decay))

// Attention.h
#define RK_ATTENTION_KERNELS(K, S, T)                                                                                  \
  K(S, void, attention_dots, (const rk_attention *e, T scale, const T *queries, const T *memory, T *products),         \
    (e, scale, queries, memory, products))                                                                             \
  K(S, void, attention_mix, (const rk_attention *e, bool over_steps, const T *weights, const T *x, T *y),              \
    (e, over_steps, weights, x, y))                                                                                    \
  K(S, void, attention_softmax, (const rk_attention *e, const T *scores, T *weights), (e, scores, weights))            \
  K(S, void, additive_scores,                                                                                          \
    (const rk_attention *e, const T *queries, const T *keys, const T *direction, T *scores),                           \
    (e, queries, keys, direction, scores))                                                                             \
  K(S, void, additive_scores_gradient,                                                                                 \
    (const rk_attention *e, const T *queries, const T *keys, const T *direction, const T *dscores, T *dqueries,        \
     T *dkeys, T *ddirection),                                                                                         \
    (e, queries, keys, direction, dscores, dqueries, dkeys, ddirection))

// MatrixProduct.h
#define RK_MATRIX_KERNELS(K, S, T)                                                                                     \
  K(S, void, matmul,                                                                                                   \
    (bool transpose_a, bool transpose_b, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, const T *a, ptrdiff_t lda, const T *b, \
     ptrdiff_t ldb, T *c, ptrdiff_t ldc, bool accumulate),                                                             \
    (transpose_a, transpose_b, m, n, k, a, lda, b, ldb, c, ldc, accumulate))

// LSTM.h
#define RK_LSTM_KERNELS(K, S, T)                                                                                       \
  K(S, ptrdiff_t, lstm_packed_count, (ptrdiff_t input, ptrdiff_t hidden), (input, hidden))                             \
  K(S, ptrdiff_t, lstm_saved_count, (ptrdiff_t time, ptrdiff_t batch, ptrdiff_t hidden), (time, batch, hidden))        \
  K(S, void, lstm_pack,                                                                                                \
    (ptrdiff_t input, ptrdiff_t hidden, const T *w_ih, const T *w_hh, const T *b_ih, const T *b_hh, T *packed),        \
    (input, hidden, w_ih, w_hh, b_ih, b_hh, packed))                                                                   \
  K(S, void, lstm_forward,                                                                                             \
    (const rk_sequence *s, const T *packed, const T *x, const T *h0, const T *c0, T *y, T *hn, T *cn, T *saved),       \
    (s, packed, x, h0, c0, y, hn, cn, saved))                                                                          \
  K(S, void, lstm_backward,                                                                                            \
    (const rk_sequence *s, const T *w_ih, const T *w_hh, const T *x, const T *h0, const T *c0, const T *y,             \
     const T *saved, const T *dy, const T *dhn, const T *dcn, T *dx, T *dh0, T *dc0, T *dw_ih, T *dw_hh, T *db_ih,     \
     T *db_hh),                                                                                                        \
    (s, w_ih, w_hh, x, h0, c0, y, saved, dy, dhn, dcn, dx, dh0, dc0, dw_ih, dw_hh, db_ih, db_hh))

// GRU.h
#define RK_GRU_KERNELS(K, S, T)                                                                                        \
  K(S, ptrdiff_t, gru_packed_count, (ptrdiff_t input, ptrdiff_t hidden), (input, hidden))                              \
  K(S, ptrdiff_t, gru_saved_count, (ptrdiff_t time, ptrdiff_t batch, ptrdiff_t hidden), (time, batch, hidden))         \
  K(S, void, gru_pack,                                                                                                 \
    (ptrdiff_t input, ptrdiff_t hidden, const T *w_ih, const T *w_hh, const T *b_ih, const T *b_hh, T *packed),        \
    (input, hidden, w_ih, w_hh, b_ih, b_hh, packed))                                                                   \
  K(S, void, gru_forward,                                                                                              \
    (const rk_sequence *s, const T *packed, const T *x, const T *h0, T *y, T *hn, T *saved),                           \
    (s, packed, x, h0, y, hn, saved))                                                                                  \
  K(S, void, gru_backward,                                                                                             \
    (const rk_sequence *s, const T *w_ih, const T *w_hh, const T *x, const T *h0, const T *y, const T *saved,          \
     const T *dy, const T *dhn, T *dx, T *dh0, T *dw_ih, T *dw_hh, T *db_ih, T *db_hh),                                \
    (s, w_ih, w_hh, x, h0, y, saved, dy, dhn, dx, dh0, dw_ih, dw_hh, db_ih, db_hh))

// Elman.h
#define RK_ELMAN_KERNELS(K, S, T)                                                                                      \
  K(S, ptrdiff_t, elman_packed_count, (ptrdiff_t input, ptrdiff_t hidden), (input, hidden))                            \
  K(S, ptrdiff_t, elman_saved_count, (ptrdiff_t time, ptrdiff_t batch, ptrdiff_t hidden), (time, batch, hidden))       \
  K(S, void, elman_pack,                                                                                               \
    (ptrdiff_t input, ptrdiff_t hidden, const T *w_ih, const T *w_hh, const T *b_ih, const T *b_hh, T *packed),        \
    (input, hidden, w_ih, w_hh, b_ih, b_hh, packed))                                                                   \
  K(S, void, elman_forward,                                                                                            \
    (const rk_sequence *s, bool relu, const T *packed, const T *x, const T *h0, T *y, T *hn, T *saved),                \
    (s, relu, packed, x, h0, y, hn, saved))                                                                            \
  K(S, void, elman_backward,                                                                                           \
    (const rk_sequence *s, bool relu, const T *w_ih, const T *w_hh, const T *x, const T *h0, const T *y,               \
     const T *saved, const T *dy, const T *dhn, T *dx, T *dh0, T *dw_ih, T *dw_hh, T *db_ih, T *db_hh),                \
    (s, relu, w_ih, w_hh, x, h0, y, saved, dy, dhn, dx, dh0, dw_ih, dw_hh, db_ih, db_hh))

// Step.h
#define RK_STEP_KERNELS(K, S, T)                                                                                       \
  K(S, ptrdiff_t, step_packed_bytes, (rk_cell cell, rk_weights weights, ptrdiff_t input, ptrdiff_t hidden),            \
    (cell, weights, input, hidden))                                                                                    \
  K(S, void, step_pack,                                                                                                \
    (rk_cell cell, rk_weights weights, ptrdiff_t input, ptrdiff_t hidden, const T *w_ih, const T *w_hh, const T *b_ih, \
     const T *b_hh, void *packed),                                                                                     \
    (cell, weights, input, hidden, w_ih, w_hh, b_ih, b_hh, packed))                                                    \
  K(S, const T *, step, (rk_step_layer * layers, ptrdiff_t count, ptrdiff_t batch, const T *x),                        \
    (layers, count, batch, x))

#define RK_KERNELS(K, S, T)                                                                                            \
  RK_ELEMENTWISE_KERNELS(K, S, T)                                                                                      \
  RK_STRIDED_KERNELS(K, S, T)                                                                                          \
  RK_REDUCTION_KERNELS(K, S, T)                                                                                        \
  RK_SOFTMAX_KERNELS(K, S, T)                                                                                          \
  RK_LAYER_NORM_KERNELS(K, S, T)                                                                                       \
  RK_ROW_KERNELS(K, S, T)                                                                                              \
  RK_RANDOM_KERNELS(K, S, T)                                                                                           \
  RK_OPTIMIZER_KERNELS(K, S, T)                                                                                        \
  RK_ATTENTION_KERNELS(K, S, T)                                                                                        \
  RK_MATRIX_KERNELS(K, S, T)                                                                                           \
  RK_LSTM_KERNELS(K, S, T)                                                                                             \
  RK_GRU_KERNELS(K, S, T)                                                                                              \
  RK_ELMAN_KERNELS(K, S, T)                                                                                            \
  RK_STEP_KERNELS(K, S, T)

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
