// What the templates need of the thread pool beyond rk_parallel: teams, whose members run at the same time and may wait
// for each other.
#ifndef RECURRENT_KERNELS_THREADS_H
#define RECURRENT_KERNELS_THREADS_H

#include <stdatomic.h>

#include "RecurrentKernels.h"

/// Where the members of a team meet. Reusable at once: a counter of arrivals and the number of the meeting.
typedef struct {
  _Alignas(64) atomic_uint arrived;
  _Alignas(64) atomic_uint meeting;
  ptrdiff_t members;
} rk_barrier;

/// As rk_parallel, for a job of some microseconds: workers that sleep are woken only where such jobs follow each other
/// so closely that they will stay awake.
void rk_parallel_briefly(ptrdiff_t count, rk_task task, void *context);

typedef void (*rk_team_body)(void *context, ptrdiff_t member, ptrdiff_t members, rk_barrier *barrier);

/// Runs body(context, 0 ..< granted, granted, barrier) with all members at the same time, the caller being one of them,
/// and returns when all have returned. granted is min(members, rk_thread_count()), or 1 inside a task or where another
/// caller has the pool: the body divides the work by the `members` that it is given, in a way that does not change the
/// result.
void rk_team(ptrdiff_t members, rk_team_body body, void *context);

/// Waits until every member of the team has come here; what they wrote before it is then visible to all. Nothing to do
/// for a team of one.
void rk_barrier_wait(rk_barrier *barrier);

/// The number of this thread among the pool's workers, from 1 on and always the same; 0 for any other thread.
ptrdiff_t rk_worker(void);

/// Waits until the number is at least `value`; what was written before it was stored is then visible.
void rk_await(const atomic_ptrdiff_t *number, ptrdiff_t value);

typedef void (*rk_range_body)(void *context, ptrdiff_t begin, ptrdiff_t end);

/// Runs body on consecutive ranges that cover 0 ..< count: on one range where count is at most 2 * grain, else in
/// parallel on ranges of grain (at least 1) elements, the last one shorter. For work whose result does not depend on
/// the ranges.
void rk_ranges(ptrdiff_t count, ptrdiff_t grain, rk_range_body body, void *context);

/// Elements to a task in loops that do little per element.
enum { rk_grain = 32768 };

/// Rows of so many columns to a task.
static inline ptrdiff_t rk_rows_grain(ptrdiff_t columns) {
  return columns >= rk_grain ? 1 : rk_grain / (columns + 1) + 1;
}

#endif