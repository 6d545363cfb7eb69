public import RecurrentTensors

/// How the outputs of a sequence become one vector.
public enum PoolingKind: String, Sendable, Hashable, Codable, CaseIterable {
  /// What was read last: the state after the last step, and of a reverse direction after the first.
  case last
  /// The mean over the steps.
  case mean
  /// The largest value of each feature over the steps (Collobert et al. 2011).
  case max
  /// A weighted mean whose weights are learned: ``AttentionPooling``.
  case attention
}

/// Makes one vector of the outputs of each sequence, whatever its length. Steps past its end never count, and an empty
/// sequence gives zeros.
///
/// - Parameters: none, but for `attention.*` where the kind is ``PoolingKind/attention``.
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// var generator = RandomGenerator(seed: 1)
/// let pooling = Pooling<Float>(.mean, featureCount: 4, using: &generator)
/// let outputs = Tensor<Float>(ones: [7, 2, 4])
/// let vectors = pooling(outputs, last: outputs.index(6), lengths: [7, 3])  // [2, 4]
/// ```
public struct Pooling<Scalar: TensorScalar>: Module {
  /// How outputs are combined.
  public let kind: PoolingKind
  /// The layer that learns the weights of the time steps; nil unless `kind` is `.attention`.
  public var attention: AttentionPooling<Scalar>?

  /// A pooling of outputs with `featureCount` features.
  public init(_ kind: PoolingKind, featureCount: Int, using generator: inout RandomGenerator) {
    self.kind = kind
    if kind == .attention {
      attention = AttentionPooling(featureCount: featureCount, using: &generator)
    }
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&attention, "attention")
  }

  /// The vectors of the sequences.
  ///
  /// - Parameters:
  ///   - outputs: `[time, batch, features]`.
  ///   - last: What was read last, `[batch, features]`; see `SequenceEncoder`.
  ///   - lengths: Of each sequence; nil: all are as long as the batch.
  /// - Returns: `[batch, features]`.
  public func callAsFunction(
    _ outputs: Tensor<Scalar>, last: Tensor<Scalar>, lengths: [Int]? = nil
  ) -> Tensor<Scalar> {
    switch kind {
    case .last: last
    case .mean: outputs.meanOverTime(lengths: lengths)
    case .max: outputs.maximumOverTime(lengths: lengths)
    case .attention: attention.map { $0(outputs, lengths: lengths) } ?? last
    }
  }
}

/// A weighted mean over time whose weights depend on what was read (Yang et al. 2016, "Hierarchical attention networks for
/// document classification"): `u = tanh(W h + b)`, `a = softmax(c u)` over the steps of the sequence, `y = sum a h`.
///
/// - Parameters: `hidden.weight` `[features, features]`, `hidden.bias` `[features]`, `context.weight` `[1, features]`.
/// - Cost: `features * (features + 2)` multiply-adds a step.
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// var generator = RandomGenerator(seed: 1)
/// let pooling = AttentionPooling<Float>(featureCount: 4, using: &generator)
/// let vectors = pooling(Tensor(ones: [7, 2, 4]), lengths: [7, 3])  // [2, 4]
/// ```
public struct AttentionPooling<Scalar: TensorScalar>: Module {
  /// The map from an output to the vector that is compared with the context.
  public var hidden: Linear<Scalar>
  /// The context vector that hidden vectors are compared with.
  public var context: Linear<Scalar>

  /// A pooling of outputs with `featureCount` features.
  public init(featureCount: Int, using generator: inout RandomGenerator) {
    hidden = Linear(inputSize: featureCount, outputSize: featureCount, using: &generator)
    context = Linear(inputSize: featureCount, outputSize: 1, hasBias: false, using: &generator)
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&hidden, "hidden")
    visitor.visit(&context, "context")
  }

  /// The weights of the steps, `[batch, time]`: of each sequence they add up to 1, past its end they are 0.
  public func weights(_ outputs: Tensor<Scalar>, lengths: [Int]? = nil) -> Tensor<Scalar> {
    let (time, batch) = (outputs.shape[0], outputs.shape[1])
    let scores = context(hidden(outputs).tanh()).reshaped(to: [time, batch]).transposed()  // [batch, time]
    guard let lengths else { return scores.softmax() }
    let isPadding = Tensor<Scalar>(
      shape: [batch, time],
      scalars: lengths.flatMap { length in (0..<time).map { $0 >= length ? Scalar(1) : Scalar(0) } })
    // So low that its share is 0, but no infinity, which would make an empty sequence NaN.
    let masked = scores.replacing(with: Tensor(-1e30), where: isPadding)
    return masked.softmax().replacing(with: Tensor(0), where: isPadding)
  }

  /// The vectors of the sequences: `[time, batch, features]` to `[batch, features]`.
  public func callAsFunction(_ outputs: Tensor<Scalar>, lengths: [Int]? = nil) -> Tensor<Scalar> {
    let weights = weights(outputs, lengths: lengths).transposed().expandingAxis(at: 2)  // [time, batch, 1]
    return (outputs * weights).sum(alongAxes: 0)
  }
}
