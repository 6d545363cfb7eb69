public import RecurrentTensors

/// A convolution of pictures, as `torch.nn.Conv2d` with channels last:
/// `y[b, i, j, o] = bias[o] + sum over p, q, c of weight[o, c, p, q] x[b, i s - P + p d, j s - P + q d, c]` with stride `s`, padding `P` and
/// dilation `d`, and `max(0, y)` of it where the layer has `relu` (LeCun et al. 1989, "Backpropagation applied to handwritten zip code
/// recognition").
///
/// Stride, padding and dilation are those of height and width at once, or of each (`.init(height: 2, width: 1)`).
///
/// - Parameters: `weight` `[output, input / groups, kernel height, kernel width]`, as in PyTorch, and unless left out `bias` `[output]`.
/// - Initialization: the weight as `initializer` says of a matrix with `input / groups * kernel height * kernel width` columns, the bias
///   zero.
/// - Cost: `input / groups * kernel height * kernel width * output` multiply-adds a place; the picture is read where it lies.
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// var generator = RandomGenerator(seed: 1)
/// let convolution = Convolution2D<Float>(inputSize: 3, outputSize: 8, kernelSize: 3, stride: 2, padding: 1, relu: true, using: &generator)
/// let features = convolution(Tensor(ones: [2, 9, 9, 3]))  // [2, 5, 5, 8]
/// ```
public struct Convolution2D<Scalar: TensorScalar>: Module {
  /// Weight, bias and movement.
  public var filters: ConvolutionFilters<Scalar>

  /// The layer with the given filters.
  ///
  /// - Precondition: they fit together.
  public init(_ filters: ConvolutionFilters<Scalar>) { self.filters = filters }

  /// A layer with a weight drawn as `initializer` says and, where `hasBias`, a bias of zeros.
  ///
  /// - Precondition: sizes, strides, dilations and groups are at least 1, and inputs and outputs are multiples of the groups.
  public init(
    inputSize: Int, outputSize: Int, kernelSize: Extent2D, stride: Extent2D = 1, padding: Extent2D = 0, dilation: Extent2D = 1,
    groups: Int = 1, hasBias: Bool = true, relu: Bool = false, initializer: Initializer = .heUniform,
    using generator: inout RandomGenerator
  ) {
    check(
      groups >= 1 && inputSize % groups == 0 && outputSize % groups == 0,
      "Convolution2D: \(inputSize) inputs and \(outputSize) outputs in \(groups) groups")
    let shape: Shape = [outputSize, inputSize / groups, kernelSize.height, kernelSize.width]
    let matrix: Tensor<Scalar> = initializer.matrix(
      rows: outputSize, columns: shape[1] * shape[2] * shape[3], using: &generator)
    filters = ConvolutionFilters(
      weight: matrix.reshaped(to: shape), bias: hasBias ? Tensor(zeros: [outputSize]) : nil, stride: stride, padding: padding,
      dilation: dilation, groups: groups, relu: relu)
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&filters.weight, "weight")
    visitor.visit(&filters.bias, "bias")
  }

  /// The number of channels of an input.
  public var inputSize: Int { filters.weight.shape[1] * filters.groups }

  /// The number of channels of an output.
  public var outputSize: Int { filters.weight.shape[0] }

  /// `[batch, height, width, input]` to `[batch, places high, places wide, output]`.
  public func callAsFunction(_ pictures: Tensor<Scalar>) -> Tensor<Scalar> { convolution(pictures, filters) }
}
