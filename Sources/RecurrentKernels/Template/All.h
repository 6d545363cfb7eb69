// Every kernel for one scalar type. Sets/Set.h includes this twice, with
//   SCALAR        float or double
//   SUFFIX        f32 or f64
//   VECTOR_BYTES  64, 32 or 16: the width of a vector register
// No include guard here or in the files below, on purpose.
//
// C has one namespace, and each file here is compiled once a scalar type: so every name gets SUFFIX at its end. NAMED(x) is
// x_f32 or x_f64. A kernel is defined as `static void NAMED(map)(...)`. A helper, which is called by other code here, has a line
// `#define lstm_step NAMED(rk_lstm_step)` at the head of its file, so that the code may say lstm_step; these lines have no
// other meaning, and a reader skips them.

#include "Vector.h"
// The name of a kernel, as the list in RecurrentKernels.h has it.
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
#include "CTC.h"
#include "LayerNorm.h"
#include "Rows.h"
#include "Random.h"
#include "Optimizers.h"
#include "Attention.h"
#include "MatrixProduct.h"
#include "PanelProduct.h"
#include "Convolution.h"
#include "ConvolutionGradient.h"
#include "Pooling.h"
#include "Columns.h"
#include "Glimpse.h"
#include "Sequence.h"
#include "SequenceBackward.h"
#include "SequenceGradients.h"
#include "LSTM.h"
#include "GRU.h"
#include "Elman.h"
#include "BackwardWeights.h"
#include "Step.h"
