public import RecurrentTensors

/// A convolution over time that looks back only: the output of a step depends on that step and on steps before it.
///
/// `y[t] = b + sum over k of W[:, :, k] x[t - (K - 1 - k) d]` with `K` taps `d` steps apart (`d` is the dilation), and zeros
/// before the first step (van den Oord et al. 2016, "WaveNet"). It is `torch.nn.Conv1d` behind `(K - 1) d` zeros, computed as one
/// matrix product over the unfolded taps. Padding behind a sequence never reaches its outputs.
///
/// - Parameters: `weight` `[output, input, kernel]`, as in PyTorch, and `bias` `[output]`.
/// - Initialization: the weight as `initializer` says of a matrix with `input * kernel` columns, the bias zero.
/// - Cost: `kernel * input * output` multiply-adds a step; `kernel` copies of the input in memory.
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// var generator = RandomGenerator(seed: 1)
/// let convolution = CausalConvolution<Float>(
///   inputSize: 3, outputSize: 5, kernelSize: 2, dilation: 4, using: &generator)
/// let outputs = convolution(Tensor(ones: [7, 2, 3]))  // [7, 2, 5]
/// ```
public struct CausalConvolution<Scalar: TensorScalar>: Module {
  /// `[output, input, kernel]`; the last tap is that of the step itself.
  public var weight: Tensor<Scalar>
  /// `[output]`.
  public var bias: Tensor<Scalar>
  /// Steps from one tap to the next.
  public let dilation: Int

  /// The layer with the given parameters.
  ///
  /// - Precondition: the weight has three axes, the last not empty, the bias has a number for each output, the dilation is 1 or more.
  public init(weight: Tensor<Scalar>, bias: Tensor<Scalar>, dilation: Int = 1) {
    check(
      weight.rank == 3 && weight.shape[2] >= 1,
      "CausalConvolution: the weight has the shape \(weight.shape), not [output, input, kernel]")
    check(
      bias.shape == [weight.shape[0]], "CausalConvolution: the bias has the shape \(bias.shape), the weight \(weight.shape)")
    check(dilation >= 1, "CausalConvolution: a dilation of \(dilation)")
    self.weight = weight
    self.bias = bias
    self.dilation = dilation
  }

  /// A layer with a weight drawn as `initializer` says.
  public init(
    inputSize: Int, outputSize: Int, kernelSize: Int, dilation: Int = 1, initializer: Initializer = .heUniform,
    using generator: inout RandomGenerator
  ) {
    let matrix: Tensor<Scalar> = initializer.matrix(
      rows: outputSize, columns: inputSize * kernelSize, using: &generator)
    self.init(
      weight: matrix.reshaped(to: [outputSize, inputSize, kernelSize]), bias: Tensor(zeros: [outputSize]),
      dilation: dilation)
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&weight, "weight")
    visitor.visit(&bias, "bias")
  }

  /// The number of features of an input.
  public var inputSize: Int { weight.shape[1] }

  /// The number of features of an output.
  public var outputSize: Int { weight.shape[0] }

  /// The number of taps.
  public var kernelSize: Int { weight.shape[2] }

  /// How many steps an output depends on, its own among them.
  public var reach: Int { (kernelSize - 1) * dilation + 1 }

  /// `[time, batch, input]` to `[time, batch, output]`.
  public func callAsFunction(_ inputs: Tensor<Scalar>) -> Tensor<Scalar> {
    check(
      inputs.rank == 3 && inputs.shape[2] == inputSize,
      "CausalConvolution: the input has the shape \(inputs.shape), the weight \(weight.shape)")
    // A row of the matrix has the taps one after another, oldest first, as the unfolded input has them.
    let matrix = weight.transposed(permutation: [0, 2, 1]).reshaped(to: [outputSize, kernelSize * inputSize])
    let unfolded = inputs.unfoldedOverTime(tapCount: kernelSize, dilation: dilation)
    return productWithRows(unfolded, matrix, bias, "CausalConvolution")
  }
}
