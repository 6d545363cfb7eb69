// The body of one instruction set: every kernel, once a scalar type. Included by the files of this folder inside the
// instruction set's attribute, with VECTOR_BYTES defined; Includes.h comes before the attribute.

#define SCALAR float
#define SUFFIX f32
#include "../Template/All.h"
#undef SCALAR
#undef SUFFIX

#define SCALAR double
#define SUFFIX f64
#include "../Template/All.h"
#undef SCALAR
#undef SUFFIX
