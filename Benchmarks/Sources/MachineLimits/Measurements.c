// Runs a loop on several threads at once, and the choice among the loops of the instruction sets.
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

#include "MachineLimits.h"

// MARK: The loops

/// One instruction set's loops.
typedef struct {
  int64_t operations;
  double (*multiply_add)(int64_t rounds, float half, float one);
  uint32_t (*read)(const uint32_t *block, size_t bytes, int64_t passes);
} loops;

#define DECLARE(set)                                                                                                   \
  extern const int64_t machine_operations_##set;                                                                       \
  double machine_multiply_add_##set(int64_t rounds, float half, float one);                                            \
  uint32_t machine_read_##set(const uint32_t *block, size_t bytes, int64_t passes);
#define LOOPS(set) (loops){machine_operations_##set, machine_multiply_add_##set, machine_read_##set}

DECLARE(plain)
#if defined(__x86_64__)
DECLARE(avx2)
DECLARE(avx512)
#endif

bool machine_has(machine_instruction_set set) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
  return set == machine_plain || (set == machine_avx2 && avx2) || (set == machine_avx512 && avx512);
#else
  return set == machine_plain;
#endif
}

static loops loops_of(machine_instruction_set set) {
#if defined(__x86_64__)
  if (set == machine_avx512) return LOOPS(avx512);
  if (set == machine_avx2) return LOOPS(avx2);
#endif
  (void)set;
  return LOOPS(plain);
}

int64_t machine_operations_per_round(machine_instruction_set set) { return loops_of(set).operations; }

// The factor and the term come from memory, so that the compiler cannot work the result out beforehand.
static volatile float half = 0.5f, one = 1.0f;

double machine_multiply_add_sum(machine_instruction_set set, int64_t rounds) {
  return loops_of(set).multiply_add(rounds, half, one);
}

uint32_t machine_read_sum(machine_instruction_set set, const uint32_t *block, size_t bytes, int64_t passes) {
  return loops_of(set).read(block, bytes, passes);
}

// MARK: Threads

/// What all threads of a measurement share.
typedef struct {
  machine_instruction_set set;
  ptrdiff_t threads;
  int64_t rounds;
  size_t bytes;  // of each thread's block, or 0 for multiply-adds
  atomic_ptrdiff_t ready;
  atomic_bool failed;
} measurement;

/// One thread's part.
typedef struct {
  measurement *measurement;
  pthread_t thread;
  struct timespec began, ended;
} part;

/// What the loops computed, so that none is left out for not being used.
static volatile double sink;

/// A block whose pages are large where the system has such: small ones would measure the search for pages.
static void *block_of(size_t bytes) {
  size_t alignment = bytes >= (2 << 20) ? 2 << 20 : 4096;
  void *block = NULL;
  if (posix_memalign(&block, alignment, bytes) != 0) return NULL;
#if defined(__linux__)
  if (bytes >= (2 << 20)) madvise(block, bytes, MADV_HUGEPAGE);
#endif
  return block;
}

/// Waits until all threads are here; waiting in a loop, they go on together.
static void meet(measurement *m) {
  atomic_fetch_add(&m->ready, 1);
  while (atomic_load(&m->ready) < m->threads) {
  }
}

static void *run(void *context) {
  part *p = context;
  measurement *m = p->measurement;
  uint32_t *block = NULL;
  if (m->bytes > 0) {
    block = block_of(m->bytes);
    if (block == NULL) {
      atomic_store(&m->failed, true);
    } else {
      // Written by the thread that reads it, so that it lies near, and read once, so that it is in the cache.
      memset(block, 1, m->bytes);
      sink = machine_read_sum(m->set, block, m->bytes, 1);
    }
  } else {
    sink = machine_multiply_add_sum(m->set, m->rounds / 16 + 1);
  }
  meet(m);
  clock_gettime(CLOCK_MONOTONIC, &p->began);
  if (block != NULL) {
    sink = machine_read_sum(m->set, block, m->bytes, m->rounds);
  } else if (m->bytes == 0) {
    sink = machine_multiply_add_sum(m->set, m->rounds);
  }
  clock_gettime(CLOCK_MONOTONIC, &p->ended);
  free(block);
  return NULL;
}

static double seconds(struct timespec t) { return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec; }

/// The seconds from the first beginning to the last end, negative where a thread could not do its part.
static double measure(measurement *m) {
  part *parts = calloc((size_t)m->threads, sizeof *parts);
  if (parts == NULL) return -1;
  for (ptrdiff_t i = 0; i < m->threads; i++) parts[i].measurement = m;
  for (ptrdiff_t i = 1; i < m->threads; i++) {
    // A measurement with fewer threads than were asked for would mean something else.
    if (pthread_create(&parts[i].thread, NULL, run, &parts[i]) != 0) abort();
  }
  run(&parts[0]);
  for (ptrdiff_t i = 1; i < m->threads; i++) pthread_join(parts[i].thread, NULL);
  double began = seconds(parts[0].began), ended = seconds(parts[0].ended);
  for (ptrdiff_t i = 1; i < m->threads; i++) {
    if (seconds(parts[i].began) < began) began = seconds(parts[i].began);
    if (seconds(parts[i].ended) > ended) ended = seconds(parts[i].ended);
  }
  free(parts);
  return atomic_load(&m->failed) ? -1 : ended - began;
}

double machine_multiply_add_seconds(machine_instruction_set set, ptrdiff_t threads, int64_t rounds) {
  measurement m = {.set = set, .threads = threads, .rounds = rounds};
  return measure(&m);
}

double machine_read_seconds(machine_instruction_set set, ptrdiff_t threads, size_t bytes, int64_t passes) {
  measurement m = {.set = set, .threads = threads, .rounds = passes, .bytes = bytes};
  return measure(&m);
}
