// A program's own malloc takes the place of the library's. These count and hand on.
#include "AllocationCounter.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

static atomic_long count, large_count;

/// A page: what is as large is data, and not a list of something.
static const size_t large = 4096;

#define COUNT(size)                                                                         \
  do {                                                                                      \
    atomic_fetch_add_explicit(&count, 1, memory_order_relaxed);                             \
    if ((size) >= large) atomic_fetch_add_explicit(&large_count, 1, memory_order_relaxed);   \
  } while (0)

long allocation_count(void) { return atomic_load(&count); }
long large_allocation_count(void) { return atomic_load(&large_count); }

#if defined(__GLIBC__)
bool allocation_counter_is_available(void) { return true; }

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size) {
  COUNT(size);
  return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
  COUNT(number * size);
  return __libc_calloc(number, size);
}

void *realloc(void *block, size_t size) {
  COUNT(size);
  return __libc_realloc(block, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  COUNT(size);
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size) {
  if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0 || alignment == 0) return EINVAL;
  void *result = aligned_alloc(alignment, size);
  if (result == NULL) return ENOMEM;
  *block = result;
  return 0;
}
#else
bool allocation_counter_is_available(void) { return false; }
#endif
