// Every kernel for one scalar type. Sets/Set.h includes this twice, with
//   SCALAR        float or double
//   SUFFIX        f32 or f64
//   VECTOR_BYTES  64, 32 or 16: the width of a vector register
// No include guard here or in the files below, on purpose.

#include "Vector.h"
// The name of a kernel, as Kernels.h lists it.
#undef NAME
#define NAME(name) NAMED(name)

#include "Tile.h"
#include "Partial.h"
#include "Elementwise.h"
#include "Zip.h"
#include "Reductions.h"
#include "Copy.h"
#include "Softmax.h"
#include "CrossEntropy.h"
#include "LayerNorm.h"
#include "Rows.h"
#include "Random.h"
#include "Optimizers.h"
#include "Attention.h"
#include "MatrixProduct.h"
#include "PanelProduct.h"
#include "Sequence.h"
#include "SequenceBackward.h"
#include "SequenceGradients.h"
#include "LSTM.h"
#include "GRU.h"
#include "Elman.h"
#include "Step.h"
