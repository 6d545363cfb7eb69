// What the machine itself can do at most: multiply-adds a second from registers alone, and bytes read a second.
//
// Each measurement runs the same loop on some threads at the same time and gives the seconds from the moment when all were
// ready to the moment when the last had finished. Loops are compiled once an instruction set, function by function, as
// Recurrent's kernels are: the same limits apply to both.
#ifndef MACHINE_LIMITS_H
#define MACHINE_LIMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Vectors of 16 bytes (SSE2 on x86-64, where a multiply-add is two instructions, or NEON on arm64), of 32 (AVX2 with FMA)
/// and of 64 (AVX-512). The numbers are those of rk_instruction_set.
typedef enum { machine_plain = 0, machine_avx2 = 1, machine_avx512 = 2 } machine_instruction_set;

/// Whether this machine and its operating system have the set.
bool machine_has(machine_instruction_set set);

/// The floating-point operations, two for each multiply-add of a float, in one round of one thread.
int64_t machine_operations_per_round(machine_instruction_set set);

/// The seconds in which each of `threads` threads does `rounds` rounds of independent multiply-adds on registers.
double machine_multiply_add_seconds(machine_instruction_set set, ptrdiff_t threads, int64_t rounds);

/// The seconds in which each of `threads` threads reads its own block of `bytes` bytes (a multiple of 1024, at least that)
/// `passes` times from beginning to end. Memory that the system has is taken; where it lacks it, the result is negative.
double machine_read_seconds(machine_instruction_set set, ptrdiff_t threads, size_t bytes, int64_t passes);

/// The sum of the 32-bit numbers in a block, modulo 2^32, over so many passes, by the loop that machine_read_seconds times: it
/// shows that the loop reads every one of them each time.
uint32_t machine_read_sum(machine_instruction_set set, const uint32_t *block, size_t bytes, int64_t passes);

/// What the loop of machine_multiply_add_seconds computes in so many rounds, a sum over all registers, each of which starts
/// at 1 and becomes a / 2 + 1 a round and step: it shows that the loop takes every step.
double machine_multiply_add_sum(machine_instruction_set set, int64_t rounds);

/// The size in bytes of a core's cache of data at level 1, 2 or 3, as the system gives it; 0 where it does not say, or where
/// there is none.
size_t machine_cache_bytes(int level);

/// What the system calls the processor, at most `size` - 1 letters; empty where it does not say.
void machine_processor(char *name, size_t size);

#ifdef __cplusplus
}
#endif
#endif
