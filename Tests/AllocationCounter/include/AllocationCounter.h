// Counts what a test allocates: malloc and its kin, of all threads. Linux with glibc only.
#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

#include <stdbool.h>

/// Whether allocations are counted on this system.
bool allocation_counter_is_available(void);
/// The number of allocations since the process began.
long allocation_count(void);
/// Of these, the ones of a page (4096 bytes) and more.
long large_allocation_count(void);

#endif
