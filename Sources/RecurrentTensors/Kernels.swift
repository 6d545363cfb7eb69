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
    matmul: rk_matmul_f32, map: rk_map_f32, mapGradient: rk_map_gradient_f32, zip: rk_zip_f32, copy: rk_copy_f32,
    fill: rk_fill_f32, scale: rk_scale_f32, addScaled: rk_add_scaled_f32, clamp: rk_clamp_f32, select: rk_select_f32,
    reduce: rk_reduce_f32, indexOfMax: rk_index_of_max_f32, sum: rk_sum_f32, sumOfSquares: rk_sum_of_squares_f32,
    allFinite: rk_all_finite_f32, softmax: rk_softmax_f32, softmaxGradient: rk_softmax_gradient_f32,
    logSoftmax: rk_log_softmax_f32, logSoftmaxGradient: rk_log_softmax_gradient_f32,
    crossEntropy: rk_cross_entropy_f32, crossEntropyGradient: rk_cross_entropy_gradient_f32,
    outputCrossEntropy: rk_output_cross_entropy_f32,
    layerNorm: rk_layer_norm_f32, layerNormGradient: rk_layer_norm_gradient_f32,
    attentionDots: rk_attention_dots_f32, attentionMix: rk_attention_mix_f32, attentionSoftmax: rk_attention_softmax_f32,
    additiveScores: rk_additive_scores_f32, additiveScoresGradient: rk_additive_scores_gradient_f32,
    gatherRows: rk_gather_rows_f32, scatterAddRows: rk_scatter_add_rows_f32,
    randomUniform: rk_random_uniform_f32, randomMask: rk_random_mask_f32,
    sgd: rk_sgd_f32, adam: rk_adam_f32, rmsprop: rk_rmsprop_f32, adagrad: rk_adagrad_f32,
    lstmPackedCount: rk_lstm_packed_count_f32, lstmSavedCount: rk_lstm_saved_count_f32, lstmPack: rk_lstm_pack_f32,
    lstmForward: rk_lstm_forward_f32, lstmBackward: rk_lstm_backward_f32,
    gruPackedCount: rk_gru_packed_count_f32, gruSavedCount: rk_gru_saved_count_f32, gruPack: rk_gru_pack_f32,
    gruForward: rk_gru_forward_f32, gruBackward: rk_gru_backward_f32,
    elmanPackedCount: rk_elman_packed_count_f32, elmanSavedCount: rk_elman_saved_count_f32,
    elmanPack: rk_elman_pack_f32, elmanForward: rk_elman_forward_f32, elmanBackward: rk_elman_backward_f32,
    stepPackedBytes: rk_step_packed_bytes_f32, stepPack: rk_step_pack_f32, step: rk_step_f32,
    convert: { source, target, count in for i in 0..<count { target[i] = Float(source[i]) } })
}

extension Double: TensorScalar {
  public static let kernels = Kernels<Double>(
    matmul: rk_matmul_f64, map: rk_map_f64, mapGradient: rk_map_gradient_f64, zip: rk_zip_f64, copy: rk_copy_f64,
    fill: rk_fill_f64, scale: rk_scale_f64, addScaled: rk_add_scaled_f64, clamp: rk_clamp_f64, select: rk_select_f64,
    reduce: rk_reduce_f64, indexOfMax: rk_index_of_max_f64, sum: rk_sum_f64, sumOfSquares: rk_sum_of_squares_f64,
    allFinite: rk_all_finite_f64, softmax: rk_softmax_f64, softmaxGradient: rk_softmax_gradient_f64,
    logSoftmax: rk_log_softmax_f64, logSoftmaxGradient: rk_log_softmax_gradient_f64,
    crossEntropy: rk_cross_entropy_f64, crossEntropyGradient: rk_cross_entropy_gradient_f64,
    outputCrossEntropy: rk_output_cross_entropy_f64,
    layerNorm: rk_layer_norm_f64, layerNormGradient: rk_layer_norm_gradient_f64,
    attentionDots: rk_attention_dots_f64, attentionMix: rk_attention_mix_f64, attentionSoftmax: rk_attention_softmax_f64,
    additiveScores: rk_additive_scores_f64, additiveScoresGradient: rk_additive_scores_gradient_f64,
    gatherRows: rk_gather_rows_f64, scatterAddRows: rk_scatter_add_rows_f64,
    randomUniform: rk_random_uniform_f64, randomMask: rk_random_mask_f64,
    sgd: rk_sgd_f64, adam: rk_adam_f64, rmsprop: rk_rmsprop_f64, adagrad: rk_adagrad_f64,
    lstmPackedCount: rk_lstm_packed_count_f64, lstmSavedCount: rk_lstm_saved_count_f64, lstmPack: rk_lstm_pack_f64,
    lstmForward: rk_lstm_forward_f64, lstmBackward: rk_lstm_backward_f64,
    gruPackedCount: rk_gru_packed_count_f64, gruSavedCount: rk_gru_saved_count_f64, gruPack: rk_gru_pack_f64,
    gruForward: rk_gru_forward_f64, gruBackward: rk_gru_backward_f64,
    elmanPackedCount: rk_elman_packed_count_f64, elmanSavedCount: rk_elman_saved_count_f64,
    elmanPack: rk_elman_pack_f64, elmanForward: rk_elman_forward_f64, elmanBackward: rk_elman_backward_f64,
    stepPackedBytes: rk_step_packed_bytes_f64, stepPack: rk_step_pack_f64, step: rk_step_f64,
    convert: { source, target, count in for i in 0..<count { target[i] = source[i] } })
}

/// The inner loops for one kind of number: the functions of `RecurrentKernels.h`, where each is documented.
///
/// Opaque outside this package.
public final class Kernels<Scalar: TensorScalar>: Sendable {
  package typealias In = UnsafePointer<Scalar>?
  package typealias Out = UnsafeMutablePointer<Scalar>?
  package typealias Indices = UnsafePointer<Int32>?
  package typealias Extents = UnsafePointer<Int>?
  package typealias Sequence = UnsafePointer<rk_sequence>?
  package typealias Attention = UnsafePointer<rk_attention>?

  package typealias Matmul = @Sendable (Bool, Bool, Int, Int, Int, In, Int, In, Int, Out, Int, Bool) -> Void
  package typealias Map = @Sendable (rk_unary, In, Out, Int) -> Void
  package typealias MapGradient = @Sendable (rk_unary, In, In, Out, Int) -> Void
  package typealias Zip = @Sendable (rk_binary, Int, Extents, In, Extents, In, Extents, Out) -> Void
  package typealias Copy = @Sendable (Int, Extents, In, Extents, Out, Extents, Bool) -> Void
  package typealias Fill = @Sendable (Scalar, Out, Int) -> Void
  package typealias Scale = @Sendable (Scalar, In, Out, Int) -> Void
  package typealias Clamp = @Sendable (Scalar, Scalar, In, Out, Int) -> Void
  package typealias Select = @Sendable (In, In, In, Out, Int) -> Void
  package typealias Reduce = @Sendable (rk_reduction, Int, Int, Int, In, Out) -> Void
  package typealias IndexOfMax = @Sendable (Int, Int, Int, In, UnsafeMutablePointer<Int32>?) -> Void
  package typealias Measure = @Sendable (In, Int) -> Double
  package typealias Check = @Sendable (In, Int) -> Bool
  package typealias Rows = @Sendable (Int, Int, In, Out) -> Void
  package typealias RowsGradient = @Sendable (Int, Int, In, In, Out) -> Void
  package typealias CrossEntropy = @Sendable (Int, Int, In, Indices, Int32, Scalar, Out, Out) -> Void
  package typealias CrossEntropyGradient = @Sendable (Int, Int, In, Indices, Int32, Scalar, In, Scalar, Out) -> Void
  package typealias OutputCrossEntropy =
    @Sendable (Int, Int, Out, In, Indices, Int32, Scalar, Scalar, Bool, Out) -> Void
  package typealias LayerNorm = @Sendable (Int, Int, In, In, In, Scalar, Out, Out, Out) -> Void
  package typealias LayerNormGradient = @Sendable (Int, Int, In, In, In, In, In, Out, Out, Out) -> Void
  package typealias AttentionDots = @Sendable (Attention, Scalar, In, In, Out) -> Void
  package typealias AttentionMix = @Sendable (Attention, Bool, In, In, Out) -> Void
  package typealias AttentionSoftmax = @Sendable (Attention, In, Out) -> Void
  package typealias AdditiveScores = @Sendable (Attention, In, In, In, Out) -> Void
  package typealias AdditiveScoresGradient = @Sendable (Attention, In, In, In, In, Out, Out, Out) -> Void
  package typealias GatherRows = @Sendable (In, Int, Indices, Int, Out) -> Void
  package typealias ScatterAddRows = @Sendable (Out, Int, Indices, Int, In) -> Void
  package typealias RandomUniform = @Sendable (UInt64, Scalar, Scalar, Out, Int) -> Void
  package typealias RandomMask = @Sendable (UInt64, Scalar, Out, Int) -> Void
  package typealias SGD = @Sendable (Out, In, Out, Int, Scalar, Scalar, Scalar, Bool, Scalar) -> Void
  package typealias Adam =
    @Sendable (
      Out, In, Out, Out, Int, Scalar, Scalar, Scalar, Scalar, Scalar, Scalar, Scalar, Scalar, Bool
    ) -> Void
  package typealias RMSProp = @Sendable (Out, In, Out, Out, Int, Scalar, Scalar, Scalar, Scalar, Scalar, Scalar) -> Void
  package typealias Adagrad = @Sendable (Out, In, Out, Int, Scalar, Scalar, Scalar, Scalar) -> Void
  package typealias PackedCount = @Sendable (Int, Int) -> Int
  package typealias SavedCount = @Sendable (Int, Int, Int) -> Int
  package typealias Pack = @Sendable (Int, Int, In, In, In, In, Out) -> Void
  package typealias LSTMForward = @Sendable (Sequence, In, In, In, In, Out, Out, Out, Out) -> Void
  package typealias LSTMBackward =
    @Sendable (
      Sequence, In, In, In, In, In, In, In, In, In, In, Out, Out, Out, Out, Out, Out, Out
    ) -> Void
  package typealias GRUForward = @Sendable (Sequence, In, In, In, Out, Out, Out) -> Void
  package typealias GRUBackward =
    @Sendable (Sequence, In, In, In, In, In, In, In, In, Out, Out, Out, Out, Out, Out) -> Void
  package typealias ElmanForward = @Sendable (Sequence, Bool, In, In, In, Out, Out, Out) -> Void
  package typealias ElmanBackward =
    @Sendable (Sequence, Bool, In, In, In, In, In, In, In, In, Out, Out, Out, Out, Out, Out) -> Void
  package typealias StepPackedBytes = @Sendable (rk_cell, rk_weights, Int, Int) -> Int
  package typealias StepPack =
    @Sendable (rk_cell, rk_weights, Int, Int, In, In, In, In, UnsafeMutableRawPointer?) -> Void
  package typealias Step = @Sendable (UnsafeMutablePointer<rk_step_layer>?, Int, Int, In) -> In
  package typealias Convert = @Sendable (UnsafePointer<Double>, UnsafeMutablePointer<Scalar>, Int) -> Void

  package let matmul: Matmul
  package let map: Map
  package let mapGradient: MapGradient
  package let zip: Zip
  package let copy: Copy
  package let fill: Fill
  package let scale: Scale
  package let addScaled: Scale
  package let clamp: Clamp
  package let select: Select
  package let reduce: Reduce
  package let indexOfMax: IndexOfMax
  package let sum: Measure
  package let sumOfSquares: Measure
  package let allFinite: Check
  package let softmax: Rows
  package let softmaxGradient: RowsGradient
  package let logSoftmax: Rows
  package let logSoftmaxGradient: RowsGradient
  package let crossEntropy: CrossEntropy
  package let crossEntropyGradient: CrossEntropyGradient
  package let outputCrossEntropy: OutputCrossEntropy
  package let layerNorm: LayerNorm
  package let layerNormGradient: LayerNormGradient
  package let attentionDots: AttentionDots
  package let attentionMix: AttentionMix
  package let attentionSoftmax: AttentionSoftmax
  package let additiveScores: AdditiveScores
  package let additiveScoresGradient: AdditiveScoresGradient
  package let gatherRows: GatherRows
  package let scatterAddRows: ScatterAddRows
  package let randomUniform: RandomUniform
  package let randomMask: RandomMask
  package let sgd: SGD
  package let adam: Adam
  package let rmsprop: RMSProp
  package let adagrad: Adagrad
  package let lstmPackedCount: PackedCount
  package let lstmSavedCount: SavedCount
  package let lstmPack: Pack
  package let lstmForward: LSTMForward
  package let lstmBackward: LSTMBackward
  package let gruPackedCount: PackedCount
  package let gruSavedCount: SavedCount
  package let gruPack: Pack
  package let gruForward: GRUForward
  package let gruBackward: GRUBackward
  package let elmanPackedCount: PackedCount
  package let elmanSavedCount: SavedCount
  package let elmanPack: Pack
  package let elmanForward: ElmanForward
  package let elmanBackward: ElmanBackward
  package let stepPackedBytes: StepPackedBytes
  package let stepPack: StepPack
  package let step: Step
  package let convert: Convert

  init(
    matmul: @escaping Matmul, map: @escaping Map, mapGradient: @escaping MapGradient, zip: @escaping Zip,
    copy: @escaping Copy, fill: @escaping Fill, scale: @escaping Scale, addScaled: @escaping Scale,
    clamp: @escaping Clamp, select: @escaping Select, reduce: @escaping Reduce, indexOfMax: @escaping IndexOfMax,
    sum: @escaping Measure, sumOfSquares: @escaping Measure, allFinite: @escaping Check, softmax: @escaping Rows,
    softmaxGradient: @escaping RowsGradient, logSoftmax: @escaping Rows, logSoftmaxGradient: @escaping RowsGradient,
    crossEntropy: @escaping CrossEntropy, crossEntropyGradient: @escaping CrossEntropyGradient,
    outputCrossEntropy: @escaping OutputCrossEntropy,
    layerNorm: @escaping LayerNorm, layerNormGradient: @escaping LayerNormGradient,
    attentionDots: @escaping AttentionDots, attentionMix: @escaping AttentionMix,
    attentionSoftmax: @escaping AttentionSoftmax, additiveScores: @escaping AdditiveScores,
    additiveScoresGradient: @escaping AdditiveScoresGradient, gatherRows: @escaping GatherRows,
    scatterAddRows: @escaping ScatterAddRows, randomUniform: @escaping RandomUniform,
    randomMask: @escaping RandomMask, sgd: @escaping SGD, adam: @escaping Adam, rmsprop: @escaping RMSProp,
    adagrad: @escaping Adagrad, lstmPackedCount: @escaping PackedCount, lstmSavedCount: @escaping SavedCount,
    lstmPack: @escaping Pack, lstmForward: @escaping LSTMForward, lstmBackward: @escaping LSTMBackward,
    gruPackedCount: @escaping PackedCount, gruSavedCount: @escaping SavedCount, gruPack: @escaping Pack,
    gruForward: @escaping GRUForward, gruBackward: @escaping GRUBackward, elmanPackedCount: @escaping PackedCount,
    elmanSavedCount: @escaping SavedCount, elmanPack: @escaping Pack, elmanForward: @escaping ElmanForward,
    elmanBackward: @escaping ElmanBackward, stepPackedBytes: @escaping StepPackedBytes,
    stepPack: @escaping StepPack, step: @escaping Step, convert: @escaping Convert
  ) {
    self.matmul = matmul
    self.map = map
    self.mapGradient = mapGradient
    self.zip = zip
    self.copy = copy
    self.fill = fill
    self.scale = scale
    self.addScaled = addScaled
    self.clamp = clamp
    self.select = select
    self.reduce = reduce
    self.indexOfMax = indexOfMax
    self.sum = sum
    self.sumOfSquares = sumOfSquares
    self.allFinite = allFinite
    self.softmax = softmax
    self.softmaxGradient = softmaxGradient
    self.logSoftmax = logSoftmax
    self.logSoftmaxGradient = logSoftmaxGradient
    self.crossEntropy = crossEntropy
    self.crossEntropyGradient = crossEntropyGradient
    self.outputCrossEntropy = outputCrossEntropy
    self.layerNorm = layerNorm
    self.layerNormGradient = layerNormGradient
    self.attentionDots = attentionDots
    self.attentionMix = attentionMix
    self.attentionSoftmax = attentionSoftmax
    self.additiveScores = additiveScores
    self.additiveScoresGradient = additiveScoresGradient
    self.gatherRows = gatherRows
    self.scatterAddRows = scatterAddRows
    self.randomUniform = randomUniform
    self.randomMask = randomMask
    self.sgd = sgd
    self.adam = adam
    self.rmsprop = rmsprop
    self.adagrad = adagrad
    self.lstmPackedCount = lstmPackedCount
    self.lstmSavedCount = lstmSavedCount
    self.lstmPack = lstmPack
    self.lstmForward = lstmForward
    self.lstmBackward = lstmBackward
    self.gruPackedCount = gruPackedCount
    self.gruSavedCount = gruSavedCount
    self.gruPack = gruPack
    self.gruForward = gruForward
    self.gruBackward = gruBackward
    self.elmanPackedCount = elmanPackedCount
    self.elmanSavedCount = elmanSavedCount
    self.elmanPack = elmanPack
    self.elmanForward = elmanForward
    self.elmanBackward = elmanBackward
    self.stepPackedBytes = stepPackedBytes
    self.stepPack = stepPack
    self.step = step
    self.convert = convert
  }
}
