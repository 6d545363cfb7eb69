// The loops for what every machine has: vectors of 16 bytes, which are SSE2 on x86-64 and NEON on arm64.
#define SET plain
#define VECTOR_BYTES 16
#include "../Loops.h"
