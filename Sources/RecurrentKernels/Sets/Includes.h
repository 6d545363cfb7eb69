// What the templates include, kept outside of the instruction sets' attributes.
#include <math.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "../Kernels.h"
#include "../Strides.h"
#include "../Threads.h"
