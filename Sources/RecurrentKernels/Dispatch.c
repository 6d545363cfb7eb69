// Which instruction set runs, and the public functions, each of which calls through the table of the set in use.
// To add a kernel see Kernels.h: its line in the list makes its public function here.
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "Kernels.h"

static const char *const names[] = {"plain", "avx2", "avx512"};

const char *rk_instruction_set_name(rk_instruction_set set) { return names[set]; }

bool rk_instruction_set_available(rk_instruction_set set) {
#if defined(__x86_64__)
  // The compiler's runtime asks the operating system too: a feature whose registers are not saved counts as absent.
  __builtin_cpu_init();
  bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") &&
              __builtin_cpu_supports("bmi2");
  bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
  return set == rk_plain || (set == rk_avx2 && avx2) || (set == rk_avx512 && avx512);
#else
  return set == rk_plain;
#endif
}

static const rk_kernel_table *kernels_of(rk_instruction_set set) {
#if defined(__x86_64__)
  if (set == rk_avx512) return &rk_kernels_avx512;
  if (set == rk_avx2) return &rk_kernels_avx2;
#endif
  (void)set;
  return &rk_kernels_plain;
}

/// The set that the environment asks for, or else the widest that this machine has.
static rk_instruction_set choose(bool reporting) {
  rk_instruction_set best = rk_plain;
  for (int set = rk_plain; set <= rk_avx512; set++)
    if (rk_instruction_set_available((rk_instruction_set)set)) best = (rk_instruction_set)set;
  const char *wanted = getenv("RECURRENT_INSTRUCTION_SET");
  if (wanted == NULL || wanted[0] == 0) return best;
  for (int set = rk_plain; set <= rk_avx512; set++) {
    if (strcmp(wanted, names[set]) != 0) continue;
    if (rk_instruction_set_available((rk_instruction_set)set)) return (rk_instruction_set)set;
    if (reporting)
      fprintf(stderr, "RECURRENT_INSTRUCTION_SET=%s: this machine lacks it; using %s\n", wanted, names[best]);
    return best;
  }
  if (reporting)
    fprintf(stderr, "RECURRENT_INSTRUCTION_SET=%s: unknown (plain, avx2, avx512); using %s\n", wanted, names[best]);
  return best;
}

/// The table in use; null until the first kernel runs. Threads that come first together choose the same one.
static _Atomic(const rk_kernel_table *) current;

static const rk_kernel_table *choose_kernels(void) {
  static atomic_flag reported = ATOMIC_FLAG_INIT;
  const rk_kernel_table *chosen = kernels_of(choose(!atomic_flag_test_and_set(&reported)));
  const rk_kernel_table *none = NULL;
  // Where someone else was quicker, perhaps by rk_use_instruction_set, theirs stands.
  return atomic_compare_exchange_strong(&current, &none, chosen) ? chosen : none;
}

static inline const rk_kernel_table *kernels(void) {
  const rk_kernel_table *table = atomic_load_explicit(&current, memory_order_acquire);
  return __builtin_expect(table != NULL, 1) ? table : choose_kernels();
}

rk_instruction_set rk_current_instruction_set(void) {
  const rk_kernel_table *table = kernels();
  for (int set = rk_avx512; set > rk_plain; set--)
    if (table == kernels_of((rk_instruction_set)set)) return (rk_instruction_set)set;
  return rk_plain;
}

bool rk_use_instruction_set(rk_instruction_set set) {
  if (!rk_instruction_set_available(set)) return false;
  atomic_store(&current, kernels_of(set));
  return true;
}

#define RK_PUBLIC(S, result, name, parameters, arguments)                                                              \
  result rk_##name##_##S parameters { return kernels()->name##_##S arguments; }

RK_KERNELS(RK_PUBLIC, f32, float)
RK_KERNELS(RK_PUBLIC, f64, double)
