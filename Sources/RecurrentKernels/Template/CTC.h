// Connectionist temporal classification (Graves et al. 2006): the negative log-likelihood of a text, summed over all ways of
// spreading its symbols, with blanks between them, over the steps of a sequence; and its gradient by the logits.
//
// In logarithms. A path is at one of 2 n + 1 places: before the first symbol, at it, between it and the second, ... Blanks and
// symbols are kept apart, so that a step of either is one loop over whole vectors:
//   blank[i]'  = e(blank) + log(exp blank[i] + exp symbol[i - 1])
//   symbol[i]' = e(i) + log(exp symbol[i] + exp blank[i] + exp symbol[i - 1]), the last where symbols i - 1 and i differ
// with e the log-probabilities of the step. Backwards likewise, the emission of a step being counted forwards only. From
// each step the largest of the step before is taken off, and added up apart: a float that holds the logarithm of the
// likelihood of a thousand steps has lost the digits by which places differ.
//
// One thread has a whole sequence, so results do not depend on how many there are.

#define ctc_job NAMED(rk_ctc_job)
#define ctc_places NAMED(rk_ctc_places)
#define ctc_row_count NAMED(rk_ctc_row_count)
#define ctc_places_in NAMED(rk_ctc_places_in)
#define log_add2 NAMED(rk_log_add2)
#define log_add3 NAMED(rk_log_add3)
#define ctc_forward_step NAMED(rk_ctc_forward_step)
#define ctc_backward_step NAMED(rk_ctc_backward_step)
#define ctc_emissions NAMED(rk_ctc_emissions)
#define ctc_occupy NAMED(rk_ctc_occupy)
#define ctc_probabilities NAMED(rk_ctc_probabilities)
#define ctc_sequence NAMED(rk_ctc_sequence)

typedef struct {
  ptrdiff_t time, batch, symbols;
  const SCALAR *logits;
  const int32_t *lengths, *texts;
  const ptrdiff_t *offsets;
  int32_t blank;
  const SCALAR *scales;
  SCALAR *losses, *dlogits;
} ctc_job;

/// The places of a step: blank[0 ... n] and symbol[0 ... n - 1], -infinity around them wherever a vector may reach.
typedef struct {
  SCALAR *blank, *symbol;
} ctc_places;

/// Whole vectors that hold n + 1 numbers.
#define CTC_WIDTH(n) (((n) + LANES) / LANES * LANES)

RK_INLINE ptrdiff_t ctc_row_count(ptrdiff_t n) { return 2 * CTC_WIDTH(n) + 3 * LANES; }

RK_INLINE ctc_places ctc_places_in(SCALAR *row, ptrdiff_t n) {
  return (ctc_places){row, row + CTC_WIDTH(n) + 2 * LANES};
}

/// log(exp a + exp b).
RK_INLINE vec log_add2(vec a, vec b) {
  vec m = v_max(a, b), shift = v_select(m == -(SCALAR)INFINITY, v_zero(), m);
  return shift + v_log(v_exp(a - shift) + v_exp(b - shift));
}

/// log(exp a + exp b + exp c).
RK_INLINE vec log_add3(vec a, vec b, vec c) {
  vec m = v_max(v_max(a, b), c), shift = v_select(m == -(SCALAR)INFINITY, v_zero(), m);
  return shift + v_log(v_exp(a - shift) + v_exp(b - shift) + v_exp(c - shift));
}

/// One step forwards, `shift` taken off; returns the largest of the places.
static SCALAR ctc_forward_step(ctc_places from, ctc_places to, ptrdiff_t n, const SCALAR *skip, const SCALAR *emission,
                               SCALAR of_blank, SCALAR shift) {
  const SCALAR none = -(SCALAR)INFINITY;
  vec largest = v_set(none);
  for (ptrdiff_t i = 0; i <= n; i += LANES) {
    vec blank = v_load(from.blank + i), before = v_load(from.symbol + i - 1);
    vec to_blank = keep_some(log_add2(blank, before) + (of_blank - shift), n + 1 - i, none);
    vec to_symbol = log_add3(v_load(from.symbol + i), blank, before + v_load(skip + i)) + (v_load(emission + i) - shift);
    to_symbol = keep_some(to_symbol, n - i, none);
    v_store(to.blank + i, to_blank);
    v_store(to.symbol + i, to_symbol);
    largest = v_max(v_max(to_blank, to_symbol), largest);
  }
  return finish(rk_reduce_max, largest);
}

/// One step backwards likewise; `from` then holds what comes after, with what is emitted there.
static SCALAR ctc_backward_step(ctc_places from, ctc_places to, ptrdiff_t n, const SCALAR *skip, const SCALAR *emission,
                                SCALAR of_blank, SCALAR shift) {
  const SCALAR none = -(SCALAR)INFINITY;
  vec largest = v_set(none);
  for (ptrdiff_t i = 0; i <= n; i += LANES) {
    v_store(from.blank + i, v_load(from.blank + i) + (of_blank - shift));
    v_store(from.symbol + i, v_load(from.symbol + i) + (v_load(emission + i) - shift));
  }
  for (ptrdiff_t i = 0; i <= n; i += LANES) {
    vec symbol = v_load(from.symbol + i), after = v_load(from.symbol + i + 1) + v_load(skip + i + 1);
    vec to_blank = keep_some(log_add2(v_load(from.blank + i), symbol), n + 1 - i, none);
    vec to_symbol = keep_some(log_add3(symbol, v_load(from.blank + i + 1), after), n - i, none);
    v_store(to.blank + i, to_blank);
    v_store(to.symbol + i, to_symbol);
    largest = v_max(v_max(to_blank, to_symbol), largest);
  }
  return finish(rk_reduce_max, largest);
}

/// The log-probabilities of a step's symbols; returns that of the blank.
RK_INLINE SCALAR ctc_emissions(const ctc_job *c, const SCALAR *x, SCALAR log_sum, const int32_t *text, ptrdiff_t n,
                               SCALAR *emission) {
  for (ptrdiff_t i = 0; i < n; i++) emission[i] = x[text[i]] - log_sum;
  return x[c->blank] - log_sum;
}

/// Takes scale times the probability of being at each place from the gradient of a step's logits. The products of both
/// ways add up to the same number at each step, so their own sum makes probabilities of them. They take the place of `forward`.
static void ctc_occupy(const ctc_job *c, ctc_places forward, ctc_places backward, ptrdiff_t n, const int32_t *text,
                       SCALAR scale, SCALAR *dx) {
  vec largest = v_set(-(SCALAR)INFINITY), blanks = v_zero(), symbols = v_zero();
  for (ptrdiff_t i = 0; i <= n; i += LANES) {
    vec blank = v_load(forward.blank + i) + v_load(backward.blank + i);
    vec symbol = v_load(forward.symbol + i) + v_load(backward.symbol + i);
    v_store(forward.blank + i, blank);
    v_store(forward.symbol + i, symbol);
    largest = v_max(v_max(blank, symbol), largest);
  }
  SCALAR shift = finish(rk_reduce_max, largest);
  for (ptrdiff_t i = 0; i <= n; i += LANES) {
    vec symbol = v_exp(v_load(forward.symbol + i) - shift);
    v_store(forward.symbol + i, symbol);
    symbols += symbol;
    blanks += v_exp(v_load(forward.blank + i) - shift);
  }
  SCALAR of_blanks = v_sum(blanks), factor = scale / (of_blanks + v_sum(symbols));
  dx[c->blank] -= factor * of_blanks;
  for (ptrdiff_t i = 0; i < n; i++) dx[text[i]] -= factor * forward.symbol[i];
}

/// The logarithm of the sum of the exponentials of a step's logits; their probabilities times scale, where they are wanted.
RK_INLINE SCALAR ctc_probabilities(const SCALAR *x, ptrdiff_t symbols, SCALAR scale, SCALAR *probabilities) {
  SCALAR maximum = row_maximum(x, symbols), sum = row_exponentials(x, maximum, probabilities, symbols);
  if (probabilities != NULL) {
    vec factor = v_set(scale / sum);
    for (ptrdiff_t i = 0; i < symbols; i += LANES)
      store_some(probabilities + i, load_some(probabilities + i, symbols - i) * factor, symbols - i);
  }
  return maximum + log_of(sum);
}

/// One sequence: its loss, infinite where no path fits; and unless dlogits is null its gradient, then zero.
static void ctc_sequence(void *context, ptrdiff_t b) {
  const ctc_job *c = context;
  ptrdiff_t length = c->lengths != NULL ? c->lengths[b] : c->time, stride = c->batch * c->symbols;
  const int32_t *text = c->texts + c->offsets[b];
  ptrdiff_t n = c->offsets[b + 1] - c->offsets[b], row = ctc_row_count(n), width = CTC_WIDTH(n) + LANES;
  const SCALAR *logits = c->logits + b * c->symbols, none = -(SCALAR)INFINITY;
  SCALAR *dlogits = c->dlogits != NULL ? c->dlogits + b * c->symbols : NULL;

  // Places: a row for each step where there is a way back, and two for that way; else two.
  ptrdiff_t rows = dlogits != NULL ? length + 2 : 2;
  SCALAR *memory = rk_scratch(4, (size_t)(rows * row + 2 * width + length) * sizeof(SCALAR));
  SCALAR *skip = memory + rows * row, *emission = skip + width, *log_sums = emission + width;
  for (ptrdiff_t i = 0; i < rows * row; i++) memory[i] = none;
  for (ptrdiff_t i = 0; i < width; i++) {
    skip[i] = i > 0 && i < n && text[i] != text[i - 1] ? 0 : none;
    emission[i] = none;
  }

  ctc_places last = ctc_places_in(memory, n);
  double log_likelihood = 0;
  SCALAR largest = 0, of_blank = 0;
  for (ptrdiff_t t = 0; t < length; t++) {
    log_sums[t] = ctc_probabilities(logits + t * stride, c->symbols, c->scales[b], dlogits != NULL ? dlogits + t * stride : NULL);
    of_blank = ctc_emissions(c, logits + t * stride, log_sums[t], text, n, emission);
    ctc_places now = ctc_places_in(memory + (dlogits != NULL ? t : t & 1) * row, n);
    if (t == 0) {
      now.blank[0] = of_blank;
      if (n > 0) now.symbol[0] = emission[0];
    } else {
      log_likelihood += largest;
      largest = ctc_forward_step(last, now, n, skip, emission, of_blank, largest);
      if (largest == none) largest = 0;  // no path can be completed
    }
    last = now;
  }
  if (length > 0) {
    log_likelihood += log_add2(v_set(last.blank[n]), v_set(n > 0 ? last.symbol[n - 1] : none))[0];
  } else if (n > 0) {
    log_likelihood = none;
  }
  c->losses[b] = (SCALAR)-log_likelihood;
  if (dlogits == NULL) return;
  if (c->losses[b] == (SCALAR)INFINITY) length = 0;
  for (ptrdiff_t t = length; t < c->time; t++) memset(dlogits + t * stride, 0, (size_t)c->symbols * sizeof(SCALAR));

  ctc_places after = ctc_places_in(memory + (rows - 2) * row, n), now = ctc_places_in(memory + (rows - 1) * row, n);
  for (ptrdiff_t t = length - 1; t >= 0; t--) {
    if (t == length - 1) {
      now.blank[n] = 0;
      if (n > 0) now.symbol[n - 1] = 0;
      largest = 0;
    } else {
      largest = ctc_backward_step(after, now, n, skip, emission, of_blank, largest);
    }
    ctc_occupy(c, ctc_places_in(memory + t * row, n), now, n, text, c->scales[b], dlogits + t * stride);
    of_blank = ctc_emissions(c, logits + t * stride, log_sums[t], text, n, emission);
    ctc_places swapped = after;
    after = now;
    now = swapped;
  }
}

static void NAME(ctc)(ptrdiff_t time, ptrdiff_t batch, ptrdiff_t symbols, const SCALAR *logits, const int32_t *lengths,
                      const int32_t *texts, const ptrdiff_t *offsets, int32_t blank, const SCALAR *scales,
                      SCALAR *losses, SCALAR *dlogits) {
  ctc_job c = {time, batch, symbols, logits, lengths, texts, offsets, blank, scales, losses, dlogits};
  if (symbols > 0) rk_parallel(batch, ctc_sequence, &c);
}
