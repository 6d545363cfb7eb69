// The inner loops of Recurrent.
//
// Every function with the suffix _f32 has a twin _f64. The instruction set (AVX-512, AVX2 with FMA, or plain) is chosen once,
// when the first kernel runs; the environment variable RECURRENT_INSTRUCTION_SET (avx512, avx2, plain) forces one.
// All matrices are row-major. No kernel allocates unless it says so; none fails: callers check shapes.
//
// Results never depend on the number of threads: an output element is computed whole by one task, in an order that the
// problem's shape alone decides, and sums that cross tasks go through fixed chunks that are added in order.
#ifndef RECURRENT_KERNELS_H
#define RECURRENT_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// MARK: Instruction set

typedef enum { rk_plain = 0, rk_avx2 = 1, rk_avx512 = 2 } rk_instruction_set;

/// The instruction set in use.
rk_instruction_set rk_current_instruction_set(void);
/// "plain", "avx2" or "avx512".
const char *rk_instruction_set_name(rk_instruction_set set);
/// Whether this machine can run the given instruction set.
bool rk_instruction_set_available(rk_instruction_set set);
/// Switches to the given instruction set; returns false, changing nothing, where the machine lacks it. Not while kernels run.
bool rk_use_instruction_set(rk_instruction_set set);

// MARK: Threads

/// The number of threads that parallel loops use, the caller's included. At first: RECURRENT_THREADS, or the machine's cores.
ptrdiff_t rk_thread_count(void);
/// Sets the number of threads (at least 1). Not while kernels run.
void rk_set_thread_count(ptrdiff_t count);

/// From here on this thread, and the pool's threads in its jobs, take subnormal numbers (of float below 1.2e-38) for zeros: to compute
/// with them takes a processor many times as long. Returns what rk_set_float_mode takes to end it.
uint64_t rk_flush_subnormals(void);
void rk_set_float_mode(uint64_t mode);

typedef void (*rk_task)(void *context, ptrdiff_t index);
/// Runs task(context, 0 ..< count), each index once, on the pool's threads and the caller's. Called from inside a task it
/// runs them in order on the calling thread. Callable from any thread: a caller that finds the pool taken runs its tasks itself.
void rk_parallel(ptrdiff_t count, rk_task task, void *context);

// MARK: Names of operations

typedef enum {
  rk_negate, rk_exp, rk_log, rk_tanh, rk_sigmoid, rk_relu, rk_sqrt, rk_square, rk_abs, rk_reciprocal, rk_softplus
} rk_unary;

typedef enum {
  rk_add, rk_subtract, rk_multiply, rk_divide, rk_maximum, rk_minimum,
  // Comparisons give 1 or 0.
  rk_less, rk_less_equal, rk_greater, rk_greater_equal, rk_equal, rk_not_equal
} rk_binary;

typedef enum { rk_reduce_sum, rk_reduce_max, rk_reduce_min } rk_reduction;

/// At most this many axes in a strided operation.
#define RK_MAX_RANK 8

// MARK: A sequence

/// The extent of a fused recurrent sequence. Inputs are [time, batch, input], outputs [time, batch, hidden].
/// Where lengths is not null it has one entry a sequence (0 ... time): at a time t >= lengths[b] the output is zero, the
/// state of b is carried unchanged and nothing flows back. reverse runs t = time-1 ... 0, so that padding stays at the end
/// and a row starts from its initial state at its own last step.
typedef struct {
  ptrdiff_t time, batch, input, hidden;
  const int32_t *lengths;  // [batch] or null
  bool reverse;
  // For backward passes with the same weights: memory for backward_packed_count elements, into which a pass rearranges the weights
  // unless one has done so. Null: each pass rearranges them anew.
  void *backward_weights;
  bool has_backward_weights;
} rk_sequence;

/// The extent of an attention: so many queries of each sequence over so many places, vectors of so many numbers. Where
/// lengths is not null it has one entry a sequence (0 ... time), and places t >= lengths[b] do not count.
typedef struct {
  ptrdiff_t steps, time, batch, size;
  const int32_t *lengths;  // [batch] or null
} rk_attention;

// MARK: Pictures

/// A window that moves over pictures [batch, height, width, channels]. Pairs are of height and width. Place p of the
/// result looks at p * stride - padding + tap * dilation, tap 0 ..< kernel; what lies outside of the picture is padding.
typedef struct {
  ptrdiff_t batch, channels;
  ptrdiff_t extent[2];  // of a picture
  ptrdiff_t kernel[2], stride[2], padding[2], dilation[2];
  ptrdiff_t places[2];  // of the result: how many positions the window has
} rk_window;

/// A convolution: the window's channels are cut into groups, and so are the outputs.
typedef struct {
  rk_window window;
  ptrdiff_t outputs, groups;
  ptrdiff_t place_stride;  // elements from one place of the result to the next, at least outputs
} rk_convolution;

// MARK: Glimpses

/// A grid of places x places Gaussian filters on pictures [batch, extent[0], extent[1], channels] (Gregor et al. 2015).
/// Readings are multiplied by the intensity to this power: 1 where a grid reads, -1 where it paints, 0 where it does without.
typedef struct {
  ptrdiff_t batch, places, extent[2], channels;
  int power;
} rk_glimpse;

/// Logarithms of variance, stride and intensity count as this where they are larger, and as its negative where smaller.
#define RK_GLIMPSE_BOUND 20

// MARK: Steps

typedef enum { rk_lstm, rk_gru, rk_elman_tanh, rk_elman_relu } rk_cell;

/// How packed weights are stored. In bfloat16 (the upper half of a float; half the bytes of float) they are rounded to
/// the nearest, of two to the even one; biases, states and sums keep their type.
typedef enum { rk_whole_weights, rk_bfloat16_weights } rk_weights;

/// A layer of a stack that is run step by step. Memory is the caller's, of the scalar type of the function that takes
/// the layer; states are [batch, hidden].
typedef struct {
  rk_cell cell;
  rk_weights weights;
  ptrdiff_t input, hidden;
  const void *packed;  // by rk_step_pack
  void *h;             // the hidden state before the step; after it, next_h and h have changed places
  void *next_h;
  void *c;             // an LSTM's cell state, written in place
  bool backwards;      // the order in which the weights are read; each step reverses it
  void *y;             // the output, where the input is added to it (input = hidden); null where it is the hidden state
} rk_step_layer;

// MARK: Kernels

// The list of all kernels. A line is K(S, result, name, (parameters), (arguments)), where S is the suffix and T the type. Here it
// declares rk_<name>_<S>; Kernels.h makes the rest of it.

// Matrix product: c [m, n] = op(a) op(b), or c += where accumulate. op(a) is [m, k]: a is stored [m, k], or [k, m]
// where transpose_a; b likewise [k, n] or [n, k]. ld*: elements from one stored row to the next. k = 0 gives zeros.
#define RK_MATRIX_KERNELS(K, S, T)                                                                                     \
  K(S, void, matmul,                                                                                                   \
    (bool transpose_a, bool transpose_b, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, const T *a, ptrdiff_t lda,             \
     const T *b, ptrdiff_t ldb, T *c, ptrdiff_t ldc, bool accumulate),                                                 \
    (transpose_a, transpose_b, m, n, k, a, lda, b, ldb, c, ldc, accumulate))

// Elementwise. map: y = op(x). map_gradient: dx = dy * op'(.), which takes y = op(x) for exp, tanh, sigmoid, sqrt and
// reciprocal, and x for the others. In place (y == x, dx == dy) is allowed. scale: y = factor * x. add_scaled: y +=
// factor * x. select: z = mask != 0 ? x : y, all [count].
#define RK_ELEMENTWISE_KERNELS(K, S, T)                                                                                \
  K(S, void, map, (rk_unary op, const T *x, T *y, ptrdiff_t count), (op, x, y, count))                                 \
  K(S, void, map_gradient, (rk_unary op, const T *x_or_y, const T *dy, T *dx, ptrdiff_t count),                        \
    (op, x_or_y, dy, dx, count))                                                                                       \
  K(S, void, fill, (T value, T *y, ptrdiff_t count), (value, y, count))                                                \
  K(S, void, scale, (T factor, const T *x, T *y, ptrdiff_t count), (factor, x, y, count))                              \
  K(S, void, add_scaled, (T factor, const T *x, T *y, ptrdiff_t count), (factor, x, y, count))                         \
  K(S, void, clamp, (T low, T high, const T *x, T *y, ptrdiff_t count), (low, high, x, y, count))                      \
  K(S, void, select, (const T *mask, const T *x, const T *y, T *z, ptrdiff_t count), (mask, x, y, z, count))

// Strided. zip: z = op(x, y) over a shape of rank 0 ... RK_MAX_RANK; z is contiguous, x and y have a stride an axis (0:
// broadcast). copy: y[...] = x[...], or y[...] += x[...] where accumulate; strides of y may be 0 only with accumulate
// (a sum over that axis, in an order that the shape and the strides decide). Strides may be negative.
#define RK_STRIDED_KERNELS(K, S, T)                                                                                    \
  K(S, void, zip,                                                                                                      \
    (rk_binary op, ptrdiff_t rank, const ptrdiff_t *shape, const T *x, const ptrdiff_t *x_strides, const T *y,         \
     const ptrdiff_t *y_strides, T *z),                                                                                \
    (op, rank, shape, x, x_strides, y, y_strides, z))                                                                  \
  K(S, void, copy,                                                                                                     \
    (ptrdiff_t rank, const ptrdiff_t *shape, const T *x, const ptrdiff_t *x_strides, T *y,                             \
     const ptrdiff_t *y_strides, bool accumulate),                                                                     \
    (rank, shape, x, x_strides, y, y_strides, accumulate))

// Reductions. x is [outer, n, inner], y [outer, inner]. index_of_max: the first of equals; NaN wins over numbers.
#define RK_REDUCTION_KERNELS(K, S, T)                                                                                  \
  K(S, void, reduce, (rk_reduction op, ptrdiff_t outer, ptrdiff_t n, ptrdiff_t inner, const T *x, T *y),               \
    (op, outer, n, inner, x, y))                                                                                       \
  K(S, void, index_of_max, (ptrdiff_t outer, ptrdiff_t n, ptrdiff_t inner, const T *x, int32_t *y),                    \
    (outer, n, inner, x, y))                                                                                           \
  K(S, double, sum, (const T *x, ptrdiff_t count), (x, count))                                                         \
  K(S, double, sum_of_squares, (const T *x, ptrdiff_t count), (x, count))                                              \
  K(S, bool, all_finite, (const T *x, ptrdiff_t count), (x, count))

// Rows: softmax and its logarithm over the last axis; gradients from the result y. x == y and dx == dy are allowed.
#define RK_SOFTMAX_KERNELS(K, S, T)                                                                                    \
  K(S, void, softmax, (ptrdiff_t rows, ptrdiff_t columns, const T *x, T *y), (rows, columns, x, y))                    \
  K(S, void, softmax_gradient, (ptrdiff_t rows, ptrdiff_t columns, const T *y, const T *dy, T *dx),                    \
    (rows, columns, y, dy, dx))                                                                                        \
  K(S, void, log_softmax, (ptrdiff_t rows, ptrdiff_t columns, const T *x, T *y), (rows, columns, x, y))                \
  K(S, void, log_softmax_gradient, (ptrdiff_t rows, ptrdiff_t columns, const T *y, const T *dy, T *dx),                \
    (rows, columns, y, dy, dx))

// Cross-entropy of softmax(logits) with targets, label-smoothed: the target distribution is (1 - smoothing) on the
// target plus smoothing / columns everywhere. Rows whose target equals ignored have loss 0. Per row: its loss, and
// log-sum-exp of the logits (0 where ignored), which the gradient takes: dlogits = scale * (softmax - target
// distribution), 0 where ignored; dlogits == logits is allowed.
// output_cross_entropy: both at once, behind an output layer: logits = products + bias (or products, where it is null).
// Where the gradient is wanted it takes the place of the products; else what they hold afterwards is of no use.
#define RK_CROSS_ENTROPY_KERNELS(K, S, T)                                                                              \
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

// Connectionist temporal classification: the negative log-likelihood of texts [offsets[b] ..< offsets[b + 1] of texts], none of
// whose symbols is the blank, in logits [time, batch, symbols] of which sequence b has lengths[b] steps (null: all). losses: one
// a sequence, infinite where its text does not fit. dlogits: scales[b] times the gradient, zero past the end and where the
// text does not fit; or null.
#define RK_CTC_KERNELS(K, S, T)                                                                                        \
  K(S, void, ctc,                                                                                                      \
    (ptrdiff_t time, ptrdiff_t batch, ptrdiff_t symbols, const T *logits, const int32_t *lengths,                      \
     const int32_t *texts, const ptrdiff_t *offsets, int32_t blank, const T *scales, T *losses, T *dlogits),           \
    (time, batch, symbols, logits, lengths, texts, offsets, blank, scales, losses, dlogits))

// Layer normalization of rows: y = gain * (x - mean) * rstd + bias; mean and rstd (one a row) are kept for the
// gradient. dgain and dbias are accumulated into; gain and bias may be null (then dgain, dbias are too).
#define RK_LAYER_NORM_KERNELS(K, S, T)                                                                                 \
  K(S, void, layer_norm,                                                                                               \
    (ptrdiff_t rows, ptrdiff_t columns, const T *x, const T *gain, const T *bias, T epsilon, T *y, T *mean, T *rstd),  \
    (rows, columns, x, gain, bias, epsilon, y, mean, rstd))                                                            \
  K(S, void, layer_norm_gradient,                                                                                      \
    (ptrdiff_t rows, ptrdiff_t columns, const T *x, const T *gain, const T *mean, const T *rstd, const T *dy, T *dx,   \
     T *dgain, T *dbias),                                                                                              \
    (rows, columns, x, gain, mean, rstd, dy, dx, dgain, dbias))

// Rows by index: y [count, columns] = table[indices], and table[indices] += x in order of index position.
#define RK_ROW_KERNELS(K, S, T)                                                                                        \
  K(S, void, gather_rows, (const T *table, ptrdiff_t columns, const int32_t *indices, ptrdiff_t count, T *y),          \
    (table, columns, indices, count, y))                                                                               \
  K(S, void, scatter_add_rows, (T *table, ptrdiff_t columns, const int32_t *indices, ptrdiff_t count, const T *x),     \
    (table, columns, indices, count, x))

// Random: element i comes from output i of SplitMix64 (Steele et al. 2014) started at the given state. random_mask: 1 /
// keep with probability keep, else 0.
#define RK_RANDOM_KERNELS(K, S, T)                                                                                     \
  K(S, void, random_uniform, (uint64_t state, T low, T high, T *y, ptrdiff_t count), (state, low, high, y, count))     \
  K(S, void, random_mask, (uint64_t state, T keep, T *y, ptrdiff_t count), (state, keep, y, count))

// Optimizer steps, one pass each over memory. g is multiplied by gradient_scale (clipping) on the way in; decay is
// added to the gradient as decay * p (L2). decoupled (AdamW): p shrinks by rate * decay instead.
#define RK_OPTIMIZER_KERNELS(K, S, T)                                                                                  \
  K(S, void, sgd,                                                                                                      \
    (T *p, const T *g, T *velocity /* null without momentum */, ptrdiff_t count, T gradient_scale, T rate,             \
     T momentum, bool nesterov, T decay),                                                                              \
    (p, g, velocity, count, gradient_scale, rate, momentum, nesterov, decay))                                          \
  K(S, void, adam,                                                                                                     \
    (T *p, const T *g, T *m, T *v, ptrdiff_t count, T gradient_scale, T rate, T beta1, T beta2,                        \
     T correction1 /* 1 - beta1^t */, T correction2, T epsilon, T decay, bool decoupled),                              \
    (p, g, m, v, count, gradient_scale, rate, beta1, beta2, correction1, correction2, epsilon, decay, decoupled))      \
  K(S, void, rmsprop,                                                                                                  \
    (T *p, const T *g, T *square, T *velocity /* or null */, ptrdiff_t count, T gradient_scale, T rate, T alpha,       \
     T epsilon, T momentum, T decay),                                                                                  \
    (p, g, square, velocity, count, gradient_scale, rate, alpha, epsilon, momentum, decay))                            \
  K(S, void, adagrad, (T *p, const T *g, T *square, ptrdiff_t count, T gradient_scale, T rate, T epsilon, T decay),    \
    (p, g, square, count, gradient_scale, rate, epsilon, decay))

// Attention: queries [steps, batch, size] over the places of a memory [time, batch, size], e saying how many and which
// places count; weights and scores are [steps, batch, time], zero at places that do not count. dots: scale * query .
// place. mix: y [steps, batch, size] = the places of x weighted, or over steps: y [time, batch, size] = the rows of x
// [steps, batch, size] weighted, which is its gradient. softmax: over the places that count; all zero where none does.
// additive_scores = direction . tanh(key + query), direction [size]; dqueries is written, dkeys [time, batch, size] and
// ddirection [batch, size], a row a sequence, are accumulated into.
#define RK_ATTENTION_KERNELS(K, S, T)                                                                                  \
  K(S, void, attention_dots, (const rk_attention *e, T scale, const T *queries, const T *memory, T *products),         \
    (e, scale, queries, memory, products))                                                                             \
  K(S, void, attention_mix, (const rk_attention *e, bool over_steps, const T *weights, const T *x, T *y),              \
    (e, over_steps, weights, x, y))                                                                                    \
  K(S, void, attention_softmax, (const rk_attention *e, const T *scores, T *weights), (e, scores, weights))            \
  K(S, void, additive_scores, (const rk_attention *e, const T *queries, const T *keys, const T *direction, T *scores), \
    (e, queries, keys, direction, scores))                                                                             \
  K(S, void, additive_scores_gradient,                                                                                 \
    (const rk_attention *e, const T *queries, const T *keys, const T *direction, const T *dscores, T *dqueries,        \
     T *dkeys, T *ddirection),                                                                                         \
    (e, queries, keys, direction, dscores, dqueries, dkeys, ddirection))

// Convolutions. x: pictures [batch, height, width, channels], w [outputs, channels / groups, kernel height, kernel width]
// as PyTorch stores it, bias [outputs] or null, y [batch, places high, places wide, outputs], its places place_stride
// elements apart. relu: y = max(0, .). gradient: y is needed where there was relu, else null; it and dy lie as y does.
// dx is written, or added to where accumulate; dw and db are written. Each of the three may be null.
#define RK_CONVOLUTION_KERNELS(K, S, T)                                                                                \
  K(S, void, convolution, (const rk_convolution *c, const T *x, const T *w, const T *bias, bool relu, T *y),           \
    (c, x, w, bias, relu, y))                                                                                          \
  K(S, void, convolution_gradient,                                                                                     \
    (const rk_convolution *c, const T *x, const T *w, const T *y, const T *dy, T *dx, bool accumulate, T *dw, T *db),  \
    (c, x, w, y, dy, dx, accumulate, dw, db))

// Pooling over windows (of at most 65535 taps), each of which has at least one tap within its picture. max: chosen [as y] is
// which tap was the largest, the first of equals (height before width), or null where no gradient is wanted. average:
// the sum divided by the number of taps, those on padding included where counts_padding, but none beyond the padding.
#define RK_POOLING_KERNELS(K, S, T)                                                                                    \
  K(S, void, max_pooling, (const rk_window *w, const T *x, T *y, uint16_t *chosen), (w, x, y, chosen))                 \
  K(S, void, max_pooling_gradient, (const rk_window *w, const uint16_t *chosen, const T *dy, T *dx),                   \
    (w, chosen, dy, dx))                                                                                               \
  K(S, void, average_pooling, (const rk_window *w, bool counts_padding, const T *x, T *y), (w, counts_padding, x, y))  \
  K(S, void, average_pooling_gradient, (const rk_window *w, bool counts_padding, const T *dy, T *dx),                  \
    (w, counts_padding, dy, dx))

// Glimpses. A window is five numbers (across, down, log variance, log stride, log intensity), as DRAW's equations 19 to 26 have
// them; its filters are [places, height] and [places, width], one behind the other, each row of which sums to 1, but for the
// first ones, which are multiplied by the intensity. glimpse_read: patches [batch, places, places, channels] of pictures.
// glimpse_paint: pictures = base (or zeros, where it is null; not in place) + what patches paint: the gradient of reading.
// glimpse_gradient: the gradient of (patch . reading of picture), and so of (picture . painting of patch), by the filters.
#define RK_GLIMPSE_KERNELS(K, S, T)                                                                                    \
  K(S, void, glimpse_filters, (const rk_glimpse *g, const T *windows, T *filters), (g, windows, filters))              \
  K(S, void, glimpse_filters_gradient,                                                                                 \
    (const rk_glimpse *g, const T *windows, const T *filters, const T *dfilters, T *dwindows),                         \
    (g, windows, filters, dfilters, dwindows))                                                                         \
  K(S, void, glimpse_read, (const rk_glimpse *g, const T *filters, const T *pictures, T *patches),                     \
    (g, filters, pictures, patches))                                                                                   \
  K(S, void, glimpse_paint, (const rk_glimpse *g, const T *filters, const T *patches, const T *base, T *pictures),     \
    (g, filters, patches, base, pictures))                                                                             \
  K(S, void, glimpse_gradient,                                                                                         \
    (const rk_glimpse *g, const T *filters, const T *patches, const T *pictures, T *dfilters),                         \
    (g, filters, patches, pictures, dfilters))

// Columns of x [rows, columns], which batch normalization counts and maps. column_sums: sums of the columns of y, and of
// (x - center) y; y is x - center where it is null. center may be null (zeros), and so may sums or products.
// column_map: z = x scale + y factor + shift, a number a column each; y and factor may be null. z == x or y is allowed.
#define RK_COLUMN_KERNELS(K, S, T)                                                                                     \
  K(S, void, column_sums,                                                                                              \
    (ptrdiff_t rows, ptrdiff_t columns, const T *x, const T *center, const T *y, T *sums, T *products),                \
    (rows, columns, x, center, y, sums, products))                                                                     \
  K(S, void, column_map,                                                                                               \
    (ptrdiff_t rows, ptrdiff_t columns, const T *x, const T *scale, const T *y, const T *factor, const T *shift, T *z), \
    (rows, columns, x, scale, y, factor, shift, z))

// Fused sequences: LSTM, GRU, Elman. Weights and biases as PyTorch stores them: w_ih [gates * hidden, input], w_hh
// [gates * hidden, hidden], b_ih and b_hh [gates * hidden]; gate order LSTM i f g o, GRU r z n (reset applied after the
// product), Elman one.
// pack: weights rearranged for the forward pass (once an optimizer step, once for ever in inference).
// forward: h0, c0: [batch, hidden] or null for zeros. y: [time, batch, hidden]. hn, cn: [batch, hidden]. saved:
// *_saved_count elements that the backward pass reads, or null in inference.
// backward: dy [time, batch, hidden], dhn, dcn may be null (zeros). dx, dh0, dc0 are written, or null if not wanted;
// dw_ih, dw_hh, db_ih, db_hh are written (not accumulated), each may be null.
// Both passes take working memory from rk_scratch (below).
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

#define RK_GRU_KERNELS(K, S, T)                                                                                        \
  K(S, ptrdiff_t, gru_packed_count, (ptrdiff_t input, ptrdiff_t hidden), (input, hidden))                              \
  K(S, ptrdiff_t, gru_saved_count, (ptrdiff_t time, ptrdiff_t batch, ptrdiff_t hidden), (time, batch, hidden))         \
  K(S, void, gru_pack,                                                                                                 \
    (ptrdiff_t input, ptrdiff_t hidden, const T *w_ih, const T *w_hh, const T *b_ih, const T *b_hh, T *packed),        \
    (input, hidden, w_ih, w_hh, b_ih, b_hh, packed))                                                                   \
  K(S, void, gru_forward, (const rk_sequence *s, const T *packed, const T *x, const T *h0, T *y, T *hn, T *saved),     \
    (s, packed, x, h0, y, hn, saved))                                                                                  \
  K(S, void, gru_backward,                                                                                             \
    (const rk_sequence *s, const T *w_ih, const T *w_hh, const T *x, const T *h0, const T *y, const T *saved,          \
     const T *dy, const T *dhn, T *dx, T *dh0, T *dw_ih, T *dw_hh, T *db_ih, T *db_hh),                                \
    (s, w_ih, w_hh, x, h0, y, saved, dy, dhn, dx, dh0, dw_ih, dw_hh, db_ih, db_hh))

// relu: the nonlinearity is max(0, .) instead of tanh.
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

// Elements that the weights of a cell take where they are rearranged for the backward pass.
#define RK_BACKWARD_KERNELS(K, S, T)                                                                                   \
  K(S, ptrdiff_t, backward_packed_count, (rk_cell cell, ptrdiff_t input, ptrdiff_t hidden), (cell, input, hidden))

// One time step of a stack of layers (at least one, each reading the output of the one below) for a few rows, in one
// go: x [batch, input] of the lowest. Returns the highest's output [batch, hidden], good until the next step. Takes no
// working memory. packed_bytes, pack: the packed form of the weights, which are given as above.
#define RK_STEP_KERNELS(K, S, T)                                                                                       \
  K(S, ptrdiff_t, step_packed_bytes, (rk_cell cell, rk_weights weights, ptrdiff_t input, ptrdiff_t hidden),            \
    (cell, weights, input, hidden))                                                                                    \
  K(S, void, step_pack,                                                                                                \
    (rk_cell cell, rk_weights weights, ptrdiff_t input, ptrdiff_t hidden, const T *w_ih, const T *w_hh,                \
     const T *b_ih, const T *b_hh, void *packed),                                                                      \
    (cell, weights, input, hidden, w_ih, w_hh, b_ih, b_hh, packed))                                                    \
  K(S, const T *, step, (rk_step_layer *layers, ptrdiff_t count, ptrdiff_t batch, const T *x),                         \
    (layers, count, batch, x))

#define RK_KERNELS(K, S, T)                                                                                            \
  RK_MATRIX_KERNELS(K, S, T)                                                                                           \
  RK_ELEMENTWISE_KERNELS(K, S, T)                                                                                      \
  RK_STRIDED_KERNELS(K, S, T)                                                                                          \
  RK_REDUCTION_KERNELS(K, S, T)                                                                                        \
  RK_SOFTMAX_KERNELS(K, S, T)                                                                                          \
  RK_CROSS_ENTROPY_KERNELS(K, S, T)                                                                                    \
  RK_CTC_KERNELS(K, S, T)                                                                                              \
  RK_LAYER_NORM_KERNELS(K, S, T)                                                                                       \
  RK_ROW_KERNELS(K, S, T)                                                                                              \
  RK_RANDOM_KERNELS(K, S, T)                                                                                           \
  RK_OPTIMIZER_KERNELS(K, S, T)                                                                                        \
  RK_ATTENTION_KERNELS(K, S, T)                                                                                        \
  RK_CONVOLUTION_KERNELS(K, S, T)                                                                                      \
  RK_POOLING_KERNELS(K, S, T)                                                                                          \
  RK_COLUMN_KERNELS(K, S, T)                                                                                           \
  RK_GLIMPSE_KERNELS(K, S, T)                                                                                          \
  RK_LSTM_KERNELS(K, S, T)                                                                                             \
  RK_GRU_KERNELS(K, S, T)                                                                                              \
  RK_ELMAN_KERNELS(K, S, T)                                                                                            \
  RK_BACKWARD_KERNELS(K, S, T)                                                                                         \
  RK_STEP_KERNELS(K, S, T)

#define RK_DECLARE(S, result, name, parameters, arguments) result rk_##name##_##S parameters;
RK_KERNELS(RK_DECLARE, f32, float)
RK_KERNELS(RK_DECLARE, f64, double)
#undef RK_DECLARE

// MARK: Working memory

/// A block of working memory of the calling thread, at least `bytes` long and aligned to 64, valid until the same slot is asked
/// for again on this thread. It grows to the largest request and stays: a training step allocates in its first run only.
/// There are 16 slots: 0 ..< 4 belong to the matrix product and to convolutions, 4 ..< 12 to the fused sequences (4 to CTC and glimpses too), 12 to
/// reductions, 13 ..< 16 to convolutions.
void *rk_scratch(int slot, size_t bytes);

/// A block of memory, aligned to 64: in large pages where it is long and the system has them. rk_free takes it back.
void *rk_allocate(size_t bytes);
void rk_free(void *block);

/// Ends the process with exit code 1 and a line that says for how many bytes there was no memory.
__attribute__((noreturn)) void rk_fail_without_memory(size_t bytes);

#ifdef __cplusplus
}
#endif
#endif
