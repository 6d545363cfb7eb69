public import RecurrentTensors

/// An affine map of the last axis, as `torch.nn.Linear`: `y = x W^T + b`.
///
/// - Parameters: `weight` `[output, input]` and, unless left out, `bias` `[output]`.
/// - Initialization: the weight within `±1 / sqrt(input)`, the bias zero.
/// - Cost: `input * output` multiply-adds a row.
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// var generator = RandomGenerator(seed: 1)
/// let output = Linear<Float>(inputSize: 5, outputSize: 3, using: &generator)
/// let logits = output(Tensor(ones: [7, 2, 5]))  // [7, 2, 3]
/// ```
public struct Linear<Scalar: TensorScalar>: Module {
  /// `[output, input]`.
  public var weight: Tensor<Scalar>
  /// `[output]`, or nil.
  public var bias: Tensor<Scalar>?

  /// The layer with the given parameters.
  ///
  /// - Precondition: the weight is a matrix, and the bias has a number for each of its rows.
  public init(weight: Tensor<Scalar>, bias: Tensor<Scalar>?) {
    check(weight.rank == 2, "Linear: the weight has the shape \(weight.shape), not [output, input]")
    if let bias {
      check(
        bias.shape == [weight.shape[0]], "Linear: the bias has the shape \(bias.shape), the weight \(weight.shape)")
    }
    self.weight = weight
    self.bias = bias
  }

  /// A layer with a weight drawn as `initializer` says and, where `hasBias`, a bias of zeros.
  public init(
    inputSize: Int, outputSize: Int, hasBias: Bool = true, initializer: Initializer = .inverseSquareRoot,
    using generator: inout RandomGenerator
  ) {
    weight = initializer.matrix(rows: outputSize, columns: inputSize, using: &generator)
    bias = hasBias ? Tensor(zeros: [outputSize]) : nil
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&weight, "weight")
    visitor.visit(&bias, "bias")
  }

  /// The map of the last axis of `x`: `[..., input]` to `[..., output]`.
  public func callAsFunction(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    productWithRows(x, weight, bias, "Linear")
  }

  /// `crossEntropy(logits: self(x), targets: targets, ...)` without the logits standing in memory beside their gradient: what
  /// trains an output layer with many classes.
  public func crossEntropy(
    _ x: Tensor<Scalar>, targets: IndexTensor, ignoring ignored: Int32? = nil, labelSmoothing: Double = 0,
    reduction: Reduction = .mean
  ) -> Tensor<Scalar> {
    RecurrentTensors.crossEntropy(
      ofOutputs: x, weight: weight, bias: bias, targets: targets, ignoring: ignored, labelSmoothing: labelSmoothing,
      reduction: reduction)
  }
}
