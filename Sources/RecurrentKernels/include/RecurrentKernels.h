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
} rk_sequence;

/// The extent of an attention: so many queries of each sequence over so many places, vectors of so many numbers. Where
/// lengths is not null it has one entry a sequence (0 ... time), and places t >= lengths[b] do not count.
typedef struct {
  ptrdiff_t steps, time, batch, size;
  const int32_t *lengths;  // [batch] or null
} rk_attention;

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

#define RK_DECLARE(T, S)                                                                                              \
  /* Matrix product: c [m, n] = op(a) op(b), or c += where accumulate. op(a) is [m, k]: a is stored [m, k], or [k, m]  */ \
  /* where transpose_a; b likewise [k, n] or [n, k]. ld*: elements from one stored row to the next. k = 0 gives zeros. */ \
  void rk_matmul_##S(bool transpose_a, bool transpose_b, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, const T *a,             \
                     ptrdiff_t lda, const T *b, ptrdiff_t ldb, T *c, ptrdiff_t ldc, bool accumulate);                   \
                                                                                                                        \
  /* Elementwise: y = op(x), and dx = dy * op'(.). The gradient takes y = op(x) for exp, tanh, sigmoid, sqrt, and        */ \
  /* reciprocal, and x for the others. In place (y == x, dx == dy) is allowed.                                          */ \
  void rk_map_##S(rk_unary op, const T *x, T *y, ptrdiff_t count);                                                      \
  void rk_map_gradient_##S(rk_unary op, const T *x_or_y, const T *dy, T *dx, ptrdiff_t count);                           \
  /* z = op(x, y) over a shape of rank 0 ... RK_MAX_RANK; z is contiguous, x and y have a stride an axis (0: broadcast). */ \
  void rk_zip_##S(rk_binary op, ptrdiff_t rank, const ptrdiff_t *shape, const T *x, const ptrdiff_t *x_strides,          \
                  const T *y, const ptrdiff_t *y_strides, T *z);                                                        \
  /* y[...] = x[...], or y[...] += x[...] where accumulate; strides of y may be 0 only with accumulate (a sum over that   */ \
  /* axis, in an order that the shape and the strides decide). Strides may be negative.                                 */ \
  void rk_copy_##S(ptrdiff_t rank, const ptrdiff_t *shape, const T *x, const ptrdiff_t *x_strides, T *y,                 \
                   const ptrdiff_t *y_strides, bool accumulate);                                                        \
  void rk_fill_##S(T value, T *y, ptrdiff_t count);                                                                     \
  void rk_scale_##S(T factor, const T *x, T *y, ptrdiff_t count);              /* y = factor * x */                     \
  void rk_add_scaled_##S(T factor, const T *x, T *y, ptrdiff_t count);         /* y += factor * x */                    \
  void rk_clamp_##S(T low, T high, const T *x, T *y, ptrdiff_t count);                                                  \
  /* z = mask != 0 ? x : y, all [count] */                                                                              \
  void rk_select_##S(const T *mask, const T *x, const T *y, T *z, ptrdiff_t count);                                     \
                                                                                                                        \
  /* Reductions. x is [outer, n, inner], y [outer, inner]. index_of_max: the first of equals; NaN wins over numbers.    */ \
  void rk_reduce_##S(rk_reduction op, ptrdiff_t outer, ptrdiff_t n, ptrdiff_t inner, const T *x, T *y);                  \
  void rk_index_of_max_##S(ptrdiff_t outer, ptrdiff_t n, ptrdiff_t inner, const T *x, int32_t *y);                       \
  double rk_sum_##S(const T *x, ptrdiff_t count);                                                                       \
  double rk_sum_of_squares_##S(const T *x, ptrdiff_t count);                                                            \
  bool rk_all_finite_##S(const T *x, ptrdiff_t count);                                                                  \
                                                                                                                        \
  /* Rows: softmax and its logarithm over the last axis; gradients from the result y. x == y and dx == dy are allowed.  */ \
  void rk_softmax_##S(ptrdiff_t rows, ptrdiff_t columns, const T *x, T *y);                                             \
  void rk_softmax_gradient_##S(ptrdiff_t rows, ptrdiff_t columns, const T *y, const T *dy, T *dx);                       \
  void rk_log_softmax_##S(ptrdiff_t rows, ptrdiff_t columns, const T *x, T *y);                                         \
  void rk_log_softmax_gradient_##S(ptrdiff_t rows, ptrdiff_t columns, const T *y, const T *dy, T *dx);                   \
  /* Cross-entropy of softmax(logits) with targets, label-smoothed: the target distribution is (1 - smoothing) on the    */ \
  /* target plus smoothing / columns everywhere. Rows whose target equals ignored have loss 0. Per row: its loss, and    */ \
  /* log-sum-exp of the logits (0 where ignored), which the gradient takes: dlogits = scale * (softmax - target          */ \
  /* distribution), 0 where ignored; dlogits == logits is allowed.                                                      */ \
  void rk_cross_entropy_##S(ptrdiff_t rows, ptrdiff_t columns, const T *logits, const int32_t *targets,                 \
                            int32_t ignored, T smoothing, T *losses, T *log_sums);                                      \
  void rk_cross_entropy_gradient_##S(ptrdiff_t rows, ptrdiff_t columns, const T *logits, const int32_t *targets,        \
                                     int32_t ignored, T smoothing, const T *log_sums, T scale, T *dlogits);             \
  /* Both at once, behind an output layer: logits = products + bias (or products, where it is null). Where the gradient  */\
  /* is wanted it takes the place of the products; else what they hold afterwards is of no use.                          */\
  void rk_output_cross_entropy_##S(ptrdiff_t rows, ptrdiff_t columns, T *products, const T *bias,                       \
                                   const int32_t *targets, int32_t ignored, T smoothing, T scale, bool wants_gradient,  \
                                   T *losses);                                                                          \
  /* Layer normalization of rows: y = gain * (x - mean) * rstd + bias; mean and rstd (one a row) are kept for the        */ \
  /* gradient. dgain and dbias are accumulated into; gain and bias may be null (then dgain, dbias are too).             */ \
  void rk_layer_norm_##S(ptrdiff_t rows, ptrdiff_t columns, const T *x, const T *gain, const T *bias, T epsilon, T *y,   \
                         T *mean, T *rstd);                                                                             \
  void rk_layer_norm_gradient_##S(ptrdiff_t rows, ptrdiff_t columns, const T *x, const T *gain, const T *mean,          \
                                  const T *rstd, const T *dy, T *dx, T *dgain, T *dbias);                               \
                                                                                                                        \
  /* Rows by index: y [count, columns] = table[indices], and table[indices] += x in order of index position.            */ \
  void rk_gather_rows_##S(const T *table, ptrdiff_t columns, const int32_t *indices, ptrdiff_t count, T *y);             \
  void rk_scatter_add_rows_##S(T *table, ptrdiff_t columns, const int32_t *indices, ptrdiff_t count, const T *x);        \
                                                                                                                        \
  /* Random: element i comes from output i of SplitMix64 (Steele et al. 2014) started at the given state.               */ \
  void rk_random_uniform_##S(uint64_t state, T low, T high, T *y, ptrdiff_t count);                                     \
  /* 1 / keep with probability keep, else 0 */                                                                          \
  void rk_random_mask_##S(uint64_t state, T keep, T *y, ptrdiff_t count);                                               \
                                                                                                                        \
  /* Optimizer steps, one pass each over memory. g is multiplied by gradient_scale (clipping) on the way in; decay is    */ \
  /* added to the gradient as decay * p (L2). decoupled (AdamW): p shrinks by rate * decay instead.                     */ \
  void rk_sgd_##S(T *p, const T *g, T *velocity /* null without momentum */, ptrdiff_t count, T gradient_scale, T rate,  \
                  T momentum, bool nesterov, T decay);                                                                  \
  void rk_adam_##S(T *p, const T *g, T *m, T *v, ptrdiff_t count, T gradient_scale, T rate, T beta1, T beta2,           \
                   T correction1 /* 1 - beta1^t */, T correction2, T epsilon, T decay, bool decoupled);                 \
  void rk_rmsprop_##S(T *p, const T *g, T *square, T *velocity /* or null */, ptrdiff_t count, T gradient_scale, T rate, \
                      T alpha, T epsilon, T momentum, T decay);                                                         \
  void rk_adagrad_##S(T *p, const T *g, T *square, ptrdiff_t count, T gradient_scale, T rate, T epsilon, T decay);       \
                                                                                                                        \
  /* Attention: queries [steps, batch, size] over the places of a memory [time, batch, size], e saying how many and which */\
  /* places count; weights and scores are [steps, batch, time], zero at places that do not count. dots: scale * query .   */\
  /* place. mix: y [steps, batch, size] = the places of x weighted, or over steps: y [time, batch, size] = the rows of x   */\
  /* [steps, batch, size] weighted, which is its gradient. softmax: over the places that count; all zero where none does. */\
  void rk_attention_dots_##S(const rk_attention *e, T scale, const T *queries, const T *memory, T *products);           \
  void rk_attention_mix_##S(const rk_attention *e, bool over_steps, const T *weights, const T *x, T *y);                \
  void rk_attention_softmax_##S(const rk_attention *e, const T *scores, T *weights);                                    \
  /* scores = direction . tanh(key + query), direction [size]; dqueries is written, dkeys [time, batch, size] and          */\
  /* ddirection [batch, size], a row a sequence, are accumulated into.                                                    */\
  void rk_additive_scores_##S(const rk_attention *e, const T *queries, const T *keys, const T *direction, T *scores);   \
  void rk_additive_scores_gradient_##S(const rk_attention *e, const T *queries, const T *keys, const T *direction,      \
                                       const T *dscores, T *dqueries, T *dkeys, T *ddirection);                         \
                                                                                                                        \
  /* Fused sequences. Weights and biases as PyTorch stores them: w_ih [gates * hidden, input], w_hh [gates * hidden,     */ \
  /* hidden], b_ih and b_hh [gates * hidden]; gate order LSTM i f g o, GRU r z n (reset applied after the product),      */ \
  /* Elman one. pack: weights rearranged for the forward pass (once an optimizer step, once for ever in inference).     */ \
  /* h0, c0: [batch, hidden] or null for zeros. y: [time, batch, hidden]. hn, cn: [batch, hidden]. saved: *_saved_count  */ \
  /* elements that the backward pass reads, or null in inference.                                                       */ \
  /* backward: dy [time, batch, hidden], dhn, dcn may be null (zeros). dx, dh0, dc0 are written, or null if not wanted;  */ \
  /* dw_ih, dw_hh, db_ih, db_hh are written (not accumulated), each may be null. The backward passes and the            */ \
  /* forward ones take working memory from rk_scratch (below).                                                          */ \
  ptrdiff_t rk_lstm_packed_count_##S(ptrdiff_t input, ptrdiff_t hidden);                                                \
  ptrdiff_t rk_lstm_saved_count_##S(ptrdiff_t time, ptrdiff_t batch, ptrdiff_t hidden);                                 \
  void rk_lstm_pack_##S(ptrdiff_t input, ptrdiff_t hidden, const T *w_ih, const T *w_hh, const T *b_ih, const T *b_hh,   \
                        T *packed);                                                                                     \
  void rk_lstm_forward_##S(const rk_sequence *s, const T *packed, const T *x, const T *h0, const T *c0, T *y, T *hn,     \
                           T *cn, T *saved);                                                                            \
  void rk_lstm_backward_##S(const rk_sequence *s, const T *w_ih, const T *w_hh, const T *x, const T *h0, const T *c0,    \
                            const T *y, const T *saved, const T *dy, const T *dhn, const T *dcn, T *dx, T *dh0,         \
                            T *dc0, T *dw_ih, T *dw_hh, T *db_ih, T *db_hh);                                            \
  ptrdiff_t rk_gru_packed_count_##S(ptrdiff_t input, ptrdiff_t hidden);                                                 \
  ptrdiff_t rk_gru_saved_count_##S(ptrdiff_t time, ptrdiff_t batch, ptrdiff_t hidden);                                  \
  void rk_gru_pack_##S(ptrdiff_t input, ptrdiff_t hidden, const T *w_ih, const T *w_hh, const T *b_ih, const T *b_hh,    \
                       T *packed);                                                                                      \
  void rk_gru_forward_##S(const rk_sequence *s, const T *packed, const T *x, const T *h0, T *y, T *hn, T *saved);        \
  void rk_gru_backward_##S(const rk_sequence *s, const T *w_ih, const T *w_hh, const T *x, const T *h0, const T *y,      \
                           const T *saved, const T *dy, const T *dhn, T *dx, T *dh0, T *dw_ih, T *dw_hh, T *db_ih,      \
                           T *db_hh);                                                                                   \
  ptrdiff_t rk_elman_packed_count_##S(ptrdiff_t input, ptrdiff_t hidden);                                               \
  ptrdiff_t rk_elman_saved_count_##S(ptrdiff_t time, ptrdiff_t batch, ptrdiff_t hidden);                                \
  void rk_elman_pack_##S(ptrdiff_t input, ptrdiff_t hidden, const T *w_ih, const T *w_hh, const T *b_ih, const T *b_hh,  \
                         T *packed);                                                                                    \
  /* relu: the nonlinearity is max(0, .) instead of tanh */                                                             \
  void rk_elman_forward_##S(const rk_sequence *s, bool relu, const T *packed, const T *x, const T *h0, T *y, T *hn,      \
                            T *saved);                                                                                  \
  void rk_elman_backward_##S(const rk_sequence *s, bool relu, const T *w_ih, const T *w_hh, const T *x, const T *h0,     \
                             const T *y, const T *saved, const T *dy, const T *dhn, T *dx, T *dh0, T *dw_ih, T *dw_hh,  \
                             T *db_ih, T *db_hh);                                                                       \
                                                                                                                        \
  /* One time step of a stack of layers (at least one, each reading the output of the one below) for a few rows, in one */ \
  /* go: x [batch, input] of the lowest. Returns the highest's output [batch, hidden], good until the next step.        */ \
  /* Takes no working memory. packed_bytes, pack: the packed form of the weights, which are given as above.             */ \
  ptrdiff_t rk_step_packed_bytes_##S(rk_cell cell, rk_weights weights, ptrdiff_t input, ptrdiff_t hidden);              \
  void rk_step_pack_##S(rk_cell cell, rk_weights weights, ptrdiff_t input, ptrdiff_t hidden, const T *w_ih,             \
                        const T *w_hh, const T *b_ih, const T *b_hh, void *packed);                                     \
  const T *rk_step_##S(rk_step_layer *layers, ptrdiff_t count, ptrdiff_t batch, const T *x);

RK_DECLARE(float, f32)
RK_DECLARE(double, f64)

#undef RK_DECLARE

// MARK: Working memory

/// A block of working memory of the calling thread, at least `bytes` long and aligned to 64, valid until the same slot is asked
/// for again on this thread. It grows to the largest request and stays: a training step allocates in its first run only.
/// There are 16 slots: 0 ..< 4 belong to the matrix product, 4 ..< 12 to the fused sequences, 12 to reductions.
void *rk_scratch(int slot, size_t bytes);

/// A block of memory, aligned to 64: in large pages where it is long and the system has them. rk_free takes it back.
void *rk_allocate(size_t bytes);
void rk_free(void *block);

#ifdef __cplusplus
}
#endif
#endif
