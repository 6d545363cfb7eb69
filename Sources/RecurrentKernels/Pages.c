// Blocks of memory for weights, tensors and the kernels' working space. Large ones ask for large pages: weights are read
// from end to end at every step, and products walk many rows at once, for which a table of small pages is too short.
#if defined(__linux__)
#define _GNU_SOURCE
#include <sys/mman.h>
#endif
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "RecurrentKernels.h"

/// The size of a large page on x86-64 and, with small pages of 4 KiB, on arm64.
static const size_t large_page = 2 << 20;

void rk_fail_without_memory(size_t bytes) {
  fprintf(stderr, "Recurrent: no memory for %zu bytes more; make the model or the batch smaller, or raise the limit of memory\n", bytes);
  // Not abort(): a machine or a limit that is too small is no fault of the program, and a trace of it says nothing.
  _exit(1);
}

void *rk_allocate(size_t bytes) {
  bool large = bytes >= large_page;
  size_t alignment = large ? large_page : 64;
  size_t size = bytes == 0 ? alignment : (bytes + alignment - 1) / alignment * alignment;
  // A last page that would be mostly empty stays small.
  if (size - bytes > bytes / 8 && large) size = (bytes + 4095) / 4096 * 4096;
  void *block;
  if (posix_memalign(&block, alignment, size) != 0) {
    rk_fail_without_memory(bytes);
  }
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  // An address table that is 512 times as short. Where the system has no large pages, small ones do.
  if (large) madvise(block, size, MADV_HUGEPAGE);
#endif
  return block;
}

void rk_free(void *block) { free(block); }
