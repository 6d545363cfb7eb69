package import RecurrentKernels

/// A number that tensors can hold: `Float` or `Double`.
///
/// Work is done in `Float`. `Double` exists so that gradients can be checked to a millionth.
public protocol TensorScalar: BinaryFloatingPoint, SIMDScalar, Sendable, Codable where RawSignificand: FixedWidthInteger {
  /// The inner loops for this number.
  ///
  /// A requirement of the protocol, not a generic function: across modules a generic loop is not specialized and runs a
  /// hundred times slower.
  static var kernels: Kernels<Self> { get }
}

extension Float: TensorScalar {
  public static let kernels = Kernels<Float>(
    table: .init(
      matmul: rk_matmul_f32, map: rk_map_f32, mapGradient: rk_map_gradient_f32, zip: rk_zip_f32, copy: rk_copy_f32,
      fill: rk_fill_f32, scale: rk_scale_f32, addScaled: rk_add_scaled_f32, clamp: rk_clamp_f32, select: rk_select_f32,
      reduce: rk_reduce_f32, indexOfMax: rk_index_of_max_f32, sum: rk_sum_f32, sumOfSquares: rk_sum_of_squares_f32,
      allFinite: rk_all_finite_f32, softmax: rk_softmax_f32, softmaxGradient: rk_softmax_gradient_f32,
      logSoftmax: rk_log_softmax_f32, logSoftmaxGradient: rk_log_softmax_gradient_f32,
      crossEntropy: rk_cross_entropy_f32, crossEntropyGradient: rk_cross_entropy_gradient_f32,
      outputCrossEntropy: rk_output_cross_entropy_f32, ctc: rk_ctc_f32,
      layerNorm: rk_layer_norm_f32, layerNormGradient: rk_layer_norm_gradient_f32,
      attentionDots: rk_attention_dots_f32, attentionMix: rk_attention_mix_f32, attentionSoftmax: rk_attention_softmax_f32,
      additiveScores: rk_additive_scores_f32, additiveScoresGradient: rk_additive_scores_gradient_f32,
      gatherRows: rk_gather_rows_f32, scatterAddRows: rk_scatter_add_rows_f32,
      convolution: rk_convolution_f32, convolutionGradient: rk_convolution_gradient_f32,
      maxPooling: rk_max_pooling_f32, maxPoolingGradient: rk_max_pooling_gradient_f32,
      averagePooling: rk_average_pooling_f32, averagePoolingGradient: rk_average_pooling_gradient_f32,
      columnSums: rk_column_sums_f32, columnMap: rk_column_map_f32,
      glimpseFilters: rk_glimpse_filters_f32, glimpseFiltersGradient: rk_glimpse_filters_gradient_f32,
      glimpseRead: rk_glimpse_read_f32, glimpsePaint: rk_glimpse_paint_f32, glimpseGradient: rk_glimpse_gradient_f32,
      randomUniform: rk_random_uniform_f32, randomMask: rk_random_mask_f32,
      sgd: rk_sgd_f32, adam: rk_adam_f32, rmsprop: rk_rmsprop_f32, adagrad: rk_adagrad_f32,
      lstmPackedCount: rk_lstm_packed_count_f32, lstmSavedCount: rk_lstm_saved_count_f32, lstmPack: rk_lstm_pack_f32,
      lstmForward: rk_lstm_forward_f32, lstmBackward: rk_lstm_backward_f32,
      gruPackedCount: rk_gru_packed_count_f32, gruSavedCount: rk_gru_saved_count_f32, gruPack: rk_gru_pack_f32,
      gruForward: rk_gru_forward_f32, gruBackward: rk_gru_backward_f32,
      elmanPackedCount: rk_elman_packed_count_f32, elmanSavedCount: rk_elman_saved_count_f32,
      elmanPack: rk_elman_pack_f32, elmanForward: rk_elman_forward_f32, elmanBackward: rk_elman_backward_f32,
      backwardPackedCount: rk_backward_packed_count_f32, stepPackedBytes: rk_step_packed_bytes_f32, stepPack: rk_step_pack_f32, step: rk_step_f32,
      convert: { source, target, count in for i in 0..<count { target[i] = Float(source[i]) } }))
}

extension Double: TensorScalar {
  public static let kernels = Kernels<Double>(
    table: .init(
      matmul: rk_matmul_f64, map: rk_map_f64, mapGradient: rk_map_gradient_f64, zip: rk_zip_f64, copy: rk_copy_f64,
      fill: rk_fill_f64, scale: rk_scale_f64, addScaled: rk_add_scaled_f64, clamp: rk_clamp_f64, select: rk_select_f64,
      reduce: rk_reduce_f64, indexOfMax: rk_index_of_max_f64, sum: rk_sum_f64, sumOfSquares: rk_sum_of_squares_f64,
      allFinite: rk_all_finite_f64, softmax: rk_softmax_f64, softmaxGradient: rk_softmax_gradient_f64,
      logSoftmax: rk_log_softmax_f64, logSoftmaxGradient: rk_log_softmax_gradient_f64,
      crossEntropy: rk_cross_entropy_f64, crossEntropyGradient: rk_cross_entropy_gradient_f64,
      outputCrossEntropy: rk_output_cross_entropy_f64, ctc: rk_ctc_f64,
      layerNorm: rk_layer_norm_f64, layerNormGradient: rk_layer_norm_gradient_f64,
      attentionDots: rk_attention_dots_f64, attentionMix: rk_attention_mix_f64, attentionSoftmax: rk_attention_softmax_f64,
      additiveScores: rk_additive_scores_f64, additiveScoresGradient: rk_additive_scores_gradient_f64,
      gatherRows: rk_gather_rows_f64, scatterAddRows: rk_scatter_add_rows_f64,
      convolution: rk_convolution_f64, convolutionGradient: rk_convolution_gradient_f64,
      maxPooling: rk_max_pooling_f64, maxPoolingGradient: rk_max_pooling_gradient_f64,
      averagePooling: rk_average_pooling_f64, averagePoolingGradient: rk_average_pooling_gradient_f64,
      columnSums: rk_column_sums_f64, columnMap: rk_column_map_f64,
      glimpseFilters: rk_glimpse_filters_f64, glimpseFiltersGradient: rk_glimpse_filters_gradient_f64,
      glimpseRead: rk_glimpse_read_f64, glimpsePaint: rk_glimpse_paint_f64, glimpseGradient: rk_glimpse_gradient_f64,
      randomUniform: rk_random_uniform_f64, randomMask: rk_random_mask_f64,
      sgd: rk_sgd_f64, adam: rk_adam_f64, rmsprop: rk_rmsprop_f64, adagrad: rk_adagrad_f64,
      lstmPackedCount: rk_lstm_packed_count_f64, lstmSavedCount: rk_lstm_saved_count_f64, lstmPack: rk_lstm_pack_f64,
      lstmForward: rk_lstm_forward_f64, lstmBackward: rk_lstm_backward_f64,
      gruPackedCount: rk_gru_packed_count_f64, gruSavedCount: rk_gru_saved_count_f64, gruPack: rk_gru_pack_f64,
      gruForward: rk_gru_forward_f64, gruBackward: rk_gru_backward_f64,
      elmanPackedCount: rk_elman_packed_count_f64, elmanSavedCount: rk_elman_saved_count_f64,
      elmanPack: rk_elman_pack_f64, elmanForward: rk_elman_forward_f64, elmanBackward: rk_elman_backward_f64,
      backwardPackedCount: rk_backward_packed_count_f64, stepPackedBytes: rk_step_packed_bytes_f64, stepPack: rk_step_pack_f64, step: rk_step_f64,
      convert: { source, target, count in for i in 0..<count { target[i] = source[i] } }))
}

/// The inner loops for one kind of number. Opaque outside this package.
///
/// A class, so that asking for them is one load, around a table, whose initializer the compiler makes.
public final class Kernels<Scalar: TensorScalar>: Sendable {
  package let table: Table

  init(table: Table) { self.table = table }

  /// References to the functions of `RecurrentKernels.h`, where each is documented.
  package struct Table: Sendable {
    package typealias In = UnsafePointer<Scalar>?
    package typealias Out = UnsafeMutablePointer<Scalar>?
    package typealias Indices = UnsafePointer<Int32>?
    package typealias Extents = UnsafePointer<Int>?
    package typealias Sequence = UnsafePointer<rk_sequence>?
    package typealias Attention = UnsafePointer<rk_attention>?
    package typealias Convolution = UnsafePointer<rk_convolution>?
    package typealias Window = UnsafePointer<rk_window>?
    package typealias Glimpse = UnsafePointer<rk_glimpse>?

    package typealias Scale = @Sendable (Scalar, In, Out, Int) -> Void
    package typealias Measure = @Sendable (In, Int) -> Double
    package typealias Rows = @Sendable (Int, Int, In, Out) -> Void
    package typealias RowsGradient = @Sendable (Int, Int, In, In, Out) -> Void
    package typealias PackedCount = @Sendable (Int, Int) -> Int
    package typealias SavedCount = @Sendable (Int, Int, Int) -> Int
    package typealias Pack = @Sendable (Int, Int, In, In, In, In, Out) -> Void
    package typealias Step = @Sendable (UnsafeMutablePointer<rk_step_layer>?, Int, Int, In) -> In

    package let matmul: @Sendable (Bool, Bool, Int, Int, Int, In, Int, In, Int, Out, Int, Bool) -> Void
    package let map: @Sendable (rk_unary, In, Out, Int) -> Void
    package let mapGradient: @Sendable (rk_unary, In, In, Out, Int) -> Void
    package let zip: @Sendable (rk_binary, Int, Extents, In, Extents, In, Extents, Out) -> Void
    package let copy: @Sendable (Int, Extents, In, Extents, Out, Extents, Bool) -> Void
    package let fill: @Sendable (Scalar, Out, Int) -> Void
    package let scale: Scale
    package let addScaled: Scale
    package let clamp: @Sendable (Scalar, Scalar, In, Out, Int) -> Void
    package let select: @Sendable (In, In, In, Out, Int) -> Void
    package let reduce: @Sendable (rk_reduction, Int, Int, Int, In, Out) -> Void
    package let indexOfMax: @Sendable (Int, Int, Int, In, UnsafeMutablePointer<Int32>?) -> Void
    package let sum: Measure
    package let sumOfSquares: Measure
    package let allFinite: @Sendable (In, Int) -> Bool
    package let softmax: Rows
    package let softmaxGradient: RowsGradient
    package let logSoftmax: Rows
    package let logSoftmaxGradient: RowsGradient
    package let crossEntropy: @Sendable (Int, Int, In, Indices, Int32, Scalar, Out, Out) -> Void
    package let crossEntropyGradient: @Sendable (Int, Int, In, Indices, Int32, Scalar, In, Scalar, Out) -> Void
    package let outputCrossEntropy: @Sendable (Int, Int, Out, In, Indices, Int32, Scalar, Scalar, Bool, Out) -> Void
    package let ctc: @Sendable (Int, Int, Int, In, Indices, Indices, Extents, Int32, In, Out, Out) -> Void
    package let layerNorm: @Sendable (Int, Int, In, In, In, Scalar, Out, Out, Out) -> Void
    package let layerNormGradient: @Sendable (Int, Int, In, In, In, In, In, Out, Out, Out) -> Void
    package let attentionDots: @Sendable (Attention, Scalar, In, In, Out) -> Void
    package let attentionMix: @Sendable (Attention, Bool, In, In, Out) -> Void
    package let attentionSoftmax: @Sendable (Attention, In, Out) -> Void
    package let additiveScores: @Sendable (Attention, In, In, In, Out) -> Void
    package let additiveScoresGradient: @Sendable (Attention, In, In, In, In, Out, Out, Out) -> Void
    package let gatherRows: @Sendable (In, Int, Indices, Int, Out) -> Void
    package let scatterAddRows: @Sendable (Out, Int, Indices, Int, In) -> Void
    package let convolution: @Sendable (Convolution, In, In, In, Bool, Out) -> Void
    package let convolutionGradient: @Sendable (Convolution, In, In, In, In, Out, Bool, Out, Out) -> Void
    package let maxPooling: @Sendable (Window, In, Out, UnsafeMutablePointer<UInt16>?) -> Void
    package let maxPoolingGradient: @Sendable (Window, UnsafePointer<UInt16>?, In, Out) -> Void
    package let averagePooling: @Sendable (Window, Bool, In, Out) -> Void
    package let averagePoolingGradient: @Sendable (Window, Bool, In, Out) -> Void
    package let columnSums: @Sendable (Int, Int, In, In, In, Out, Out) -> Void
    package let columnMap: @Sendable (Int, Int, In, In, In, In, In, Out) -> Void
    package let glimpseFilters: @Sendable (Glimpse, In, Out) -> Void
    package let glimpseFiltersGradient: @Sendable (Glimpse, In, In, In, Out) -> Void
    package let glimpseRead: @Sendable (Glimpse, In, In, Out) -> Void
    package let glimpsePaint: @Sendable (Glimpse, In, In, In, Out) -> Void
    package let glimpseGradient: @Sendable (Glimpse, In, In, In, Out) -> Void
    package let randomUniform: @Sendable (UInt64, Scalar, Scalar, Out, Int) -> Void
    package let randomMask: @Sendable (UInt64, Scalar, Out, Int) -> Void
    package let sgd: @Sendable (Out, In, Out, Int, Scalar, Scalar, Scalar, Bool, Scalar) -> Void
    package let adam: @Sendable (Out, In, Out, Out, Int, Scalar, Scalar, Scalar, Scalar, Scalar, Scalar, Scalar, Scalar, Bool) -> Void
    package let rmsprop: @Sendable (Out, In, Out, Out, Int, Scalar, Scalar, Scalar, Scalar, Scalar, Scalar) -> Void
    package let adagrad: @Sendable (Out, In, Out, Int, Scalar, Scalar, Scalar, Scalar) -> Void
    package let lstmPackedCount: PackedCount
    package let lstmSavedCount: SavedCount
    package let lstmPack: Pack
    package let lstmForward: @Sendable (Sequence, In, In, In, In, Out, Out, Out, Out) -> Void
    package let lstmBackward: @Sendable (Sequence, In, In, In, In, In, In, In, In, In, In, Out, Out, Out, Out, Out, Out, Out) -> Void
    package let gruPackedCount: PackedCount
    package let gruSavedCount: SavedCount
    package let gruPack: Pack
    package let gruForward: @Sendable (Sequence, In, In, In, Out, Out, Out) -> Void
    package let gruBackward: @Sendable (Sequence, In, In, In, In, In, In, In, In, Out, Out, Out, Out, Out, Out) -> Void
    package let elmanPackedCount: PackedCount
    package let elmanSavedCount: SavedCount
    package let elmanPack: Pack
    package let elmanForward: @Sendable (Sequence, Bool, In, In, In, Out, Out, Out) -> Void
    package let elmanBackward: @Sendable (Sequence, Bool, In, In, In, In, In, In, In, In, Out, Out, Out, Out, Out, Out) -> Void
    package let backwardPackedCount: @Sendable (rk_cell, Int, Int) -> Int
    package let stepPackedBytes: @Sendable (rk_cell, rk_weights, Int, Int) -> Int
    package let stepPack: @Sendable (rk_cell, rk_weights, Int, Int, In, In, In, In, UnsafeMutableRawPointer?) -> Void
    package let step: Step
    package let convert: @Sendable (UnsafePointer<Double>, UnsafeMutablePointer<Scalar>, Int) -> Void
  }
}
