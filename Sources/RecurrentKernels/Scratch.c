// Memory: blocks for tensors, and the kernels' working memory, a few blocks a thread that grow and stay, freed when the
// thread ends.
#if defined(__linux__)
#define _GNU_SOURCE
#include <sys/mman.h>
#endif
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "RecurrentKernels.h"

enum { slot_count = 16 };

/// The size of a large page where there are any. A block of that size or more is read in long strides by many streams
/// at once, for which the processor's table of small pages is too short.
static const size_t large_page = (size_t)2 << 20;

void *rk_allocate(size_t bytes) {
  size_t alignment = bytes >= large_page ? large_page : 64;
  size_t size = bytes == 0 ? alignment : (bytes + alignment - 1) / alignment * alignment;
  // Less than an eighth may be lost by rounding up.
  if (size - bytes > bytes / 8 && bytes >= large_page) size = (bytes + 4095) / 4096 * 4096;
  void *block = NULL;
  if (posix_memalign(&block, alignment, size) != 0) return NULL;
#if defined(__linux__)
  if (bytes >= large_page) madvise(block, size, MADV_HUGEPAGE);
#endif
  return block;
}

void rk_deallocate(void *block) { free(block); }

typedef struct {
  void *blocks[slot_count];
  size_t sizes[slot_count];
} rk_thread_memory;

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static _Thread_local rk_thread_memory *mine;

static void free_memory(void *context) {
  rk_thread_memory *memory = context;
  for (int slot = 0; slot < slot_count; slot++) free(memory->blocks[slot]);
  free(memory);
}

static void make_key(void) { pthread_key_create(&key, free_memory); }

static _Noreturn void fail(size_t bytes) {
  fprintf(stderr, "Recurrent: no memory for %zu bytes of working space\n", bytes);
  abort();
}

void *rk_scratch(int slot, size_t bytes) {
  if (slot < 0 || slot >= slot_count) abort();
  if (mine == NULL) {
    pthread_once(&once, make_key);
    mine = calloc(1, sizeof *mine);
    if (mine == NULL) fail(sizeof *mine);
    pthread_setspecific(key, mine);
  }
  if (mine->sizes[slot] < bytes || mine->blocks[slot] == NULL) {
    free(mine->blocks[slot]);
    mine->blocks[slot] = NULL;
    // Whole pages, so that small requests of growing sizes do not each allocate.
    size_t size = bytes == 0 ? 4096 : (bytes + 4095) / 4096 * 4096;
    mine->blocks[slot] = rk_allocate(size);
    if (mine->blocks[slot] == NULL) fail(bytes);
    mine->sizes[slot] = size;
  }
  return mine->blocks[slot];
}
