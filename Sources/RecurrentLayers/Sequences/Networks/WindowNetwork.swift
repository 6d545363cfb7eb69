public import RecurrentTensors

/// A feed-forward network over a fixed window of steps: it sees the last `windowSize` steps side by side, and nothing before
/// them. The comparison that a recurrent network must stand (Elman 1990 names its flaws: a window has one length, and a
/// pattern is another one wherever it stands in it).
///
/// Where fewer steps have been, the window begins with zeros.
///
/// - Parameters: `0.weight` `[hidden, windowSize * input]`, `0.bias` `[hidden]`, `1.weight` `[hidden, hidden]`, ...
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// var generator = RandomGenerator(seed: 1)
/// let network = WindowNetwork<Float>(inputSize: 3, hiddenSize: 5, windowSize: 4, layerCount: 2, using: &generator)
/// let inputs = Tensor<Float>(ones: [9, 2, 3])
/// let outputs = network(inputs)  // a window that ends at each step: [9, 2, 5]
/// let last = network.last(inputs, lengths: [9, 4])  // the last window of each sequence: [2, 5]
/// ```
public struct WindowNetwork<Scalar: TensorScalar>: Module {
  /// The layers, the lowest first; a relu behind each.
  public var layers: [Linear<Scalar>]

  /// Steps that the network sees.
  public let windowSize: Int

  /// A network of `layerCount` hidden layers over windows of `windowSize` steps.
  public init(
    inputSize: Int, hiddenSize: Int, windowSize: Int, layerCount: Int, using generator: inout RandomGenerator
  ) {
    check(
      layerCount >= 1 && windowSize >= 1, "WindowNetwork: \(layerCount) layers over a window of \(windowSize) steps")
    self.windowSize = windowSize
    layers = (0..<layerCount).map { layer in
      Linear(
        inputSize: layer == 0 ? windowSize * inputSize : hiddenSize, outputSize: hiddenSize, initializer: .heUniform,
        using: &generator)
    }
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&layers, "")
  }

  /// The number of features of an output.
  public var outputSize: Int { layers[layers.count - 1].weight.shape[0] }

  /// What the network makes of the window that ends at each step: `[time, batch, input]` to `[time, batch, hidden]`, zero
  /// past each sequence's end. Memory: `windowSize` copies of the input.
  ///
  /// - Parameter between: What becomes of the features that pass from one layer to the next, such as dropout.
  public func callAsFunction(
    _ inputs: Tensor<Scalar>, lengths: [Int]? = nil, between: (Tensor<Scalar>) -> Tensor<Scalar> = { $0 }
  ) -> Tensor<Scalar> {
    maskingPadding(read(inputs.unfoldedOverTime(tapCount: windowSize), between: between), lengths)
  }

  /// What the network makes of the last window of each sequence, `[batch, hidden]`; of an empty sequence it is a window of
  /// zeros.
  ///
  /// - Parameter between: What becomes of the features that pass from one layer to the next, such as dropout.
  public func last(
    _ inputs: Tensor<Scalar>, lengths: [Int]? = nil, between: (Tensor<Scalar>) -> Tensor<Scalar> = { $0 }
  ) -> Tensor<Scalar> {
    read(lastWindows(inputs, lengths), between: between)
  }

  /// The steps of the last windows side by side, oldest first: `[batch, windowSize * input]`.
  private func lastWindows(_ inputs: Tensor<Scalar>, _ lengths: [Int]?) -> Tensor<Scalar> {
    let (time, batch, features) = (inputs.shape[0], inputs.shape[1], inputs.shape[2])
    let lengths = lengths ?? Array(repeating: time, count: batch)
    let padded = inputs.precededByZeros(stepCount: windowSize)
    let rows = lengths.enumerated().flatMap { column, length in
      (0..<windowSize).map { Int32((length + $0) * batch + column) }
    }
    return padded.reshaped(to: [(time + windowSize) * batch, features])
      .gatheringRows(at: IndexTensor(shape: [batch, windowSize], scalars: rows))
      .reshaped(to: [batch, windowSize * features])
  }

  private func read(_ windows: Tensor<Scalar>, between: (Tensor<Scalar>) -> Tensor<Scalar>) -> Tensor<Scalar> {
    var features = windows
    for (index, layer) in layers.enumerated() {
      features = layer(index > 0 ? between(features) : features).relu()
    }
    return features
  }
}
