public import RecurrentTensors

/// Causal convolutions on top of each other, each with twice the dilation of the one below, a relu behind each: what is
/// compared with a recurrent network over the same sequences (Bai, Kolter and Koltun 2018, "An empirical evaluation of
/// generic convolutional and recurrent networks for sequence modeling", whose blocks of two have one here).
///
/// An output depends on the last `reach = 1 + (kernel - 1)(2^layers - 1)` steps and on nothing before them, however long the
/// sequence is: that is what a recurrent network does not have, and what it pays for.
///
/// - Parameters: `0.weight` `[hidden, input, kernel]`, `0.bias` `[hidden]`, `1.weight`, ...
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// var generator = RandomGenerator(seed: 1)
/// let network = ConvolutionStack<Float>(inputSize: 3, hiddenSize: 5, kernelSize: 3, layerCount: 2, using: &generator)
/// let outputs = network(Tensor(ones: [9, 2, 3]), lengths: [9, 4])  // [9, 2, 5]; network.reach == 7
/// ```
public struct ConvolutionStack<Scalar: TensorScalar>: Module {
  /// The convolutions, the lowest first.
  public var layers: [CausalConvolution<Scalar>]

  /// Whether a layer's input is added to its output where both have the same size.
  public let isResidual: Bool

  /// A stack of `layerCount` convolutions, the dilations 1, 2, 4, ...
  public init(
    inputSize: Int, hiddenSize: Int, kernelSize: Int, layerCount: Int, isResidual: Bool = true,
    using generator: inout RandomGenerator
  ) {
    check(
      layerCount >= 1 && layerCount <= 40, "ConvolutionStack: \(layerCount) layers, where 1 to 40 make sense")
    self.isResidual = isResidual
    layers = (0..<layerCount).map { layer in
      CausalConvolution(
        inputSize: layer == 0 ? inputSize : hiddenSize, outputSize: hiddenSize, kernelSize: kernelSize,
        dilation: 1 << layer, using: &generator)
    }
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&layers, "")
  }

  /// The number of features of an output.
  public var outputSize: Int { layers[layers.count - 1].outputSize }

  /// How many steps an output depends on, its own among them.
  public var reach: Int { 1 + layers.reduce(0) { $0 + $1.reach - 1 } }

  /// Runs over a sequence: `[time, batch, input]` to `[time, batch, hidden]`, zero past each sequence's end.
  ///
  /// - Parameters:
  ///   - lengths: Of each sequence; nil: all are as long as the batch.
  ///   - between: What becomes of the features that pass from one layer to the next, such as dropout.
  public func callAsFunction(
    _ inputs: Tensor<Scalar>, lengths: [Int]? = nil, between: (Tensor<Scalar>) -> Tensor<Scalar> = { $0 }
  ) -> Tensor<Scalar> {
    var features = inputs
    for (index, layer) in layers.enumerated() {
      if index > 0 { features = between(features) }
      let outputs = layer(features).relu()
      features = isResidual && layer.inputSize == layer.outputSize ? outputs + features : outputs
    }
    return maskingPadding(features, lengths)
  }
}
