// The thread pool: parallel loops whose tasks are claimed one by one, and teams whose members run at the same time.
//
// One job runs at a time. Its owner writes the job's fields, publishes it by a new number in `state`, works on it
// itself, closes it, and waits for those workers only that have joined it: a worker that is still asleep never holds
// anyone up. Workers look out for a new number by spinning for some 50 us, as long as the gaps between the kernels of a
// training step, and then sleep on a condition variable. To wake one costs the owner some 8 us, which is more than a
// brief job can gain by it.
#if defined(__linux__)
#define _GNU_SOURCE
#include <sched.h>
#endif
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "Threads.h"

// MARK: Waiting

static inline void pause_briefly(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static int64_t nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/// The cores that this process may run on.
static ptrdiff_t core_count(void) {
#if defined(__linux__)
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0 && CPU_COUNT(&allowed) > 0) return CPU_COUNT(&allowed);
#endif
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? online : 1;
}

enum {
  spin_nanoseconds = 50000,  // how long a worker looks out for a job before it sleeps
  pauses_a_look = 32,        // between two looks at the clock
  patient_pauses = 2000,     // before someone who waits for another thread offers his core
};

// MARK: Subnormal numbers

static inline uint64_t float_mode(void) {
#if defined(__x86_64__)
  return __builtin_ia32_stmxcsr();
#elif defined(__aarch64__)
  uint64_t mode;
  __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
  return mode;
#else
  return 0;
#endif
}

void rk_set_float_mode(uint64_t mode) {
#if defined(__x86_64__)
  __builtin_ia32_ldmxcsr((unsigned)mode);
#elif defined(__aarch64__)
  __asm__ volatile("msr fpcr, %0" : : "r"(mode));
#endif
}

uint64_t rk_flush_subnormals(void) {
  uint64_t mode = float_mode();
#if defined(__x86_64__)
  rk_set_float_mode(mode | 0x8040);  // what is computed (FTZ), and what is read (DAZ)
#elif defined(__aarch64__)
  rk_set_float_mode(mode | (uint64_t)1 << 24);  // both (FZ)
#endif
  return mode;
}

// MARK: The pool

typedef struct {
  pthread_t *threads;  // [worker_count]
  ptrdiff_t worker_count;
  uint64_t first_seen;    // the latest job when the workers were made
  pthread_mutex_t owner;  // held by whoever runs a job or changes the pool
  pthread_mutex_t sleep;
  pthread_cond_t awake;
  atomic_int sleepers;
  int64_t last_unassisted_end;  // when the last brief job that found workers asleep ended; the owner's
  atomic_bool stopping;

  /// The number of the latest job in the upper half; in the lower, whether it may be joined, and how many workers are
  /// in it.
  _Alignas(64) _Atomic uint64_t state;

  // The job; written by its owner while nobody is in it.
  rk_task task;
  void *context;
  ptrdiff_t count;
  uint64_t float_mode;  // the owner's, which all members take
  _Alignas(64) atomic_ptrdiff_t next;  // the next index to be claimed
} rk_pool;

#define OPEN ((uint64_t)1 << 31)
#define NUMBER(state) ((state) >> 32)
#define MEMBERS(state) ((state) & (OPEN - 1))

static rk_pool pool = {
    .owner = PTHREAD_MUTEX_INITIALIZER, .sleep = PTHREAD_MUTEX_INITIALIZER, .awake = PTHREAD_COND_INITIALIZER};

/// The number of threads wanted; 0 until it is first asked for.
static atomic_ptrdiff_t thread_count;
/// Cores at the time when the number of threads was last set.
static atomic_ptrdiff_t cores = 1;

/// Whether this thread is inside a task, where further parallelism runs inline.
static _Thread_local bool is_inside;
/// This thread's number among the workers, from 1 on; 0 outside of the pool.
static _Thread_local ptrdiff_t worker;

ptrdiff_t rk_worker(void) { return worker; }

static void work_on_job(void) {
  rk_task task = pool.task;
  void *context = pool.context;
  ptrdiff_t count = pool.count;
  for (;;) {
    ptrdiff_t index = atomic_fetch_add_explicit(&pool.next, 1, memory_order_relaxed);
    if (index >= count) return;
    task(context, index);
  }
}

/// Joins the open job that is newer than `seen`, if there is one; returns the number of the latest job.
static uint64_t join_job(uint64_t seen) {
  uint64_t state = atomic_load_explicit(&pool.state, memory_order_acquire);
  while (NUMBER(state) != seen && (state & OPEN)) {
    if (!atomic_compare_exchange_weak_explicit(&pool.state, &state, state + 1, memory_order_acquire,
                                               memory_order_acquire))
      continue;
    if (float_mode() != pool.float_mode) rk_set_float_mode(pool.float_mode);
    work_on_job();
    atomic_fetch_sub_explicit(&pool.state, 1, memory_order_release);
    return NUMBER(state);
  }
  return NUMBER(state);
}

static bool nothing_new(uint64_t seen) {
  return NUMBER(atomic_load(&pool.state)) == seen && !atomic_load(&pool.stopping);
}

/// Returns when there is a job newer than `seen` or the pool is stopping.
static void wait_for_job(uint64_t seen) {
  bool crowded = rk_thread_count() > atomic_load_explicit(&cores, memory_order_relaxed);
  int64_t end = 0;
  for (;;) {
    for (int i = 0; i < pauses_a_look; i++) {
      if (!nothing_new(seen)) return;
      pause_briefly();
    }
    int64_t now = nanoseconds();
    if (end == 0) end = now + spin_nanoseconds;
    if (now >= end) break;
    if (crowded) sched_yield();
  }
  pthread_mutex_lock(&pool.sleep);
  // Either the owner of the next job sees the sleeper, or the sleeper sees the job: both are sequentially consistent.
  atomic_fetch_add(&pool.sleepers, 1);
  while (nothing_new(seen)) pthread_cond_wait(&pool.awake, &pool.sleep);
  atomic_fetch_sub(&pool.sleepers, 1);
  pthread_mutex_unlock(&pool.sleep);
}

static void *work(void *number) {
  is_inside = true;
  worker = (ptrdiff_t)number;
  uint64_t seen = pool.first_seen;
  while (!atomic_load(&pool.stopping)) {
    wait_for_job(seen);
    seen = join_job(seen);
  }
  return NULL;
}

/// Brings the number of workers to thread_count - 1. The caller owns the pool. Where the system gives fewer threads,
/// the pool is smaller.
static void fit_workers(void) {
  ptrdiff_t wanted = rk_thread_count() - 1;
  if (pool.worker_count == wanted) return;
  pthread_mutex_lock(&pool.sleep);
  atomic_store(&pool.stopping, true);
  pthread_cond_broadcast(&pool.awake);
  pthread_mutex_unlock(&pool.sleep);
  for (ptrdiff_t i = 0; i < pool.worker_count; i++) pthread_join(pool.threads[i], NULL);
  free(pool.threads);
  atomic_store(&pool.stopping, false);
  pool.threads = calloc((size_t)(wanted > 0 ? wanted : 1), sizeof(pthread_t));
  pool.worker_count = 0;
  if (pool.threads == NULL) return;
  pool.first_seen = NUMBER(atomic_load(&pool.state));
  while (pool.worker_count < wanted) {
    void *number = (void *)(pool.worker_count + 1);
    if (pthread_create(&pool.threads[pool.worker_count], NULL, work, number) != 0) break;
    pool.worker_count++;
  }
  if (pool.worker_count < wanted) atomic_store(&thread_count, pool.worker_count + 1);
}

/// Which sleeping workers a job wakes.
typedef enum { wake_nobody, wake_as_many_as_tasks, wake_all } rk_wake;

/// Runs the job on this thread and on workers. The caller owns the pool.
static void run_job(ptrdiff_t count, rk_task task, void *context, rk_wake wake) {
  pool.task = task;
  pool.context = context;
  pool.count = count;
  pool.float_mode = float_mode();
  atomic_store_explicit(&pool.next, 0, memory_order_relaxed);
  uint64_t number = NUMBER(atomic_load_explicit(&pool.state, memory_order_relaxed)) + 1;
  atomic_store(&pool.state, number << 32 | OPEN);
  int sleepers = atomic_load(&pool.sleepers);
  if (sleepers > 0 && wake != wake_nobody) {
    pthread_mutex_lock(&pool.sleep);
    if (wake == wake_all || sleepers < count) {
      pthread_cond_broadcast(&pool.awake);
    } else {
      for (ptrdiff_t i = 1; i < count; i++) pthread_cond_signal(&pool.awake);
    }
    pthread_mutex_unlock(&pool.sleep);
  }
  is_inside = true;
  work_on_job();
  is_inside = false;
  uint64_t state = atomic_fetch_and_explicit(&pool.state, ~OPEN, memory_order_acquire);
  for (int pauses = 0; MEMBERS(state) != 0; pauses++) {
    if (pauses < patient_pauses) {
      pause_briefly();
    } else {
      sched_yield();
    }
    state = atomic_load_explicit(&pool.state, memory_order_acquire);
  }
}

ptrdiff_t rk_thread_count(void) {
  ptrdiff_t count = atomic_load_explicit(&thread_count, memory_order_relaxed);
  if (count > 0) return count;
  ptrdiff_t available = core_count(), wanted = available;
  const char *text = getenv("RECURRENT_THREADS");
  if (text != NULL && text[0] != 0) {
    char *rest;
    long number = strtol(text, &rest, 10);
    if (*rest == 0 && number >= 1 && number <= 4096) {
      wanted = number;
    } else {
      fprintf(stderr, "RECURRENT_THREADS=%s: not a number of threads; using %td\n", text, wanted);
    }
  }
  atomic_store(&cores, available);
  atomic_compare_exchange_strong(&thread_count, &count, wanted);
  return atomic_load(&thread_count);
}

void rk_set_thread_count(ptrdiff_t count) {
  if (is_inside) return;  // a task cannot change the pool that runs it
  pthread_mutex_lock(&pool.owner);
  atomic_store(&cores, core_count());
  atomic_store(&thread_count, count < 1 ? 1 : count);
  if (pool.worker_count > 0) fit_workers();
  pthread_mutex_unlock(&pool.owner);
}

/// Takes the pool for a job of this thread, its workers ready; false where the job has to run inline.
static bool take_pool(void) {
  if (is_inside || rk_thread_count() == 1 || pthread_mutex_trylock(&pool.owner) != 0) return false;
  fit_workers();
  return true;
}

void rk_parallel(ptrdiff_t count, rk_task task, void *context) {
  if (count > 1 && take_pool()) {
    run_job(count, task, context, wake_as_many_as_tasks);
    pthread_mutex_unlock(&pool.owner);
  } else {
    for (ptrdiff_t index = 0; index < count; index++) task(context, index);
  }
}

void rk_parallel_briefly(ptrdiff_t count, rk_task task, void *context) {
  if (count > 1 && take_pool()) {
    bool is_unassisted = atomic_load(&pool.sleepers) > 0;
    // Who is woken now will be awake at the jobs to come, if they go on coming as quickly.
    bool follows = is_unassisted && nanoseconds() - pool.last_unassisted_end < spin_nanoseconds;
    run_job(count, task, context, follows ? wake_as_many_as_tasks : wake_nobody);
    if (is_unassisted) pool.last_unassisted_end = nanoseconds();
    pthread_mutex_unlock(&pool.owner);
  } else {
    for (ptrdiff_t index = 0; index < count; index++) task(context, index);
  }
}

typedef struct {
  ptrdiff_t count, grain;
  rk_range_body body;
  void *context;
} rk_range_job;

static void run_range(void *context, ptrdiff_t index) {
  rk_range_job *job = context;
  ptrdiff_t begin = index * job->grain, end = begin + job->grain;
  job->body(job->context, begin, end < job->count ? end : job->count);
}

void rk_ranges(ptrdiff_t count, ptrdiff_t grain, rk_range_body body, void *context) {
  if (count <= 0) return;
  if (count <= 2 * grain) {
    body(context, 0, count);
  } else {
    rk_range_job job = {count, grain, body, context};
    rk_parallel((count + grain - 1) / grain, run_range, &job);
  }
}

// MARK: Teams

typedef struct {
  rk_team_body body;
  void *context;
  rk_barrier barrier;
} rk_team_job;

static void run_member(void *context, ptrdiff_t member) {
  rk_team_job *job = context;
  job->body(job->context, member, job->barrier.members, &job->barrier);
}

void rk_team(ptrdiff_t members, rk_team_body body, void *context) {
  rk_team_job job = {.body = body, .context = context, .barrier = {.members = 1}};
  if (members > 1 && take_pool()) {
    job.barrier.members = members <= pool.worker_count ? members : pool.worker_count + 1;
    run_job(job.barrier.members, run_member, &job, wake_all);
    pthread_mutex_unlock(&pool.owner);
  } else {
    bool was_inside = is_inside;
    is_inside = true;
    run_member(&job, 0);
    is_inside = was_inside;
  }
}

void rk_barrier_wait(rk_barrier *barrier) {
  if (barrier->members == 1) return;
  unsigned meeting = atomic_load_explicit(&barrier->meeting, memory_order_relaxed);
  if (atomic_fetch_add_explicit(&barrier->arrived, 1, memory_order_acq_rel) + 1 == (unsigned)barrier->members) {
    atomic_store_explicit(&barrier->arrived, 0, memory_order_relaxed);
    atomic_store_explicit(&barrier->meeting, meeting + 1, memory_order_release);
    return;
  }
  int patience = barrier->members > atomic_load_explicit(&cores, memory_order_relaxed) ? 16 : patient_pauses;
  for (int pauses = 0; atomic_load_explicit(&barrier->meeting, memory_order_acquire) == meeting; pauses++) {
    if (pauses < patience) {
      pause_briefly();
    } else {
      sched_yield();
      pauses = patience;
    }
  }
}

void rk_await(const atomic_ptrdiff_t *number, ptrdiff_t value) {
  for (int pauses = 0; atomic_load_explicit((atomic_ptrdiff_t *)number, memory_order_acquire) < value; pauses++) {
    if (pauses < patient_pauses) {
      pause_briefly();
    } else {
      sched_yield();
    }
  }
}
