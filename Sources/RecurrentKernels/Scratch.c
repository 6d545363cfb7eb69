// Working memory of the kernels: a few blocks a thread that grow and stay, freed when the thread ends.
#include <pthread.h>
#include <stdlib.h>

#include "RecurrentKernels.h"

enum { slot_count = 16 };

typedef struct {
  void *blocks[slot_count];
  size_t sizes[slot_count];
} rk_thread_memory;

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static _Thread_local rk_thread_memory *mine;

static void free_memory(void *context) {
  rk_thread_memory *memory = context;
  for (int slot = 0; slot < slot_count; slot++) rk_free(memory->blocks[slot]);
  free(memory);
}

static void make_key(void) { pthread_key_create(&key, free_memory); }

void *rk_scratch(int slot, size_t bytes) {
  if (slot < 0 || slot >= slot_count) abort();
  if (mine == NULL) {
    pthread_once(&once, make_key);
    mine = calloc(1, sizeof *mine);
    if (mine == NULL) rk_fail_without_memory(sizeof *mine);
    pthread_setspecific(key, mine);
  }
  if (mine->sizes[slot] < bytes || mine->blocks[slot] == NULL) {
    rk_free(mine->blocks[slot]);
    mine->blocks[slot] = NULL;
    // Whole pages, so that small requests of growing sizes do not each allocate.
    size_t size = bytes == 0 ? 4096 : (bytes + 4095) / 4096 * 4096;
    mine->blocks[slot] = rk_allocate(size);
    mine->sizes[slot] = size;
  }
  return mine->blocks[slot];
}
