public import RecurrentTensors

/// Batch normalization of the last axis over all others (Ioffe and Szegedy 2015, "Batch normalization: accelerating deep network training by
/// reducing internal covariate shift"), as `torch.nn.BatchNorm2d`: `y = weight * (x - mean) / sqrt(variance + epsilon) + bias`.
///
/// In use, mean and variance are those that the layer holds (`statistics`), and the whole is one number times `x` plus another. In training
/// they are those of the batch. A layer remembers nothing by itself: `normalizing(_:)` gives what it found, beside the result, and who
/// trains moves the layer's own statistics towards it between two steps:
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// var layer = BatchNormalization<Float>(featureCount: 3)
/// let pictures = Tensor<Float>(shape: [2, 1, 2, 3], scalars: [1, 2, 3, 3, 2, 1, 0, 2, 4, 4, 2, 0])
/// let (_, gradient, found) = valueAndGradient(at: layer) { layer in
///   let (normalized, found) = layer.normalizing(pictures)
///   return (normalized.squared().sum(), found)
/// }
/// layer.statistics.move(towards: found, by: 0.1)
/// let used = layer(pictures)
/// ```
///
/// - Parameters: `weight` and `bias` `[features]`, at first ones and zeros; `running_mean` and `running_var` `[features]`, at first zeros and
///   ones: parameters of the file, whose gradient in training is zero. Rules that decay all parameters are to freeze them (`*.running_*`).
public struct BatchNormalization<Scalar: TensorScalar>: Module {
  /// The mean and variance of each feature.
  public struct Statistics: TensorTree {
    /// `[features]`.
    public var mean: Tensor<Scalar>
    /// `[features]`; of a batch it is divided by one less than the number of rows, as PyTorch does.
    public var variance: Tensor<Scalar>

    /// - Precondition: a mean for each variance.
    public init(mean: Tensor<Scalar>, variance: Tensor<Scalar>) {
      check(mean.shape == variance.shape, "BatchNormalization: means \(mean.shape) and variances \(variance.shape)")
      self.mean = mean
      self.variance = variance
    }

    public mutating func visitTensors(_ visitor: inout some ParameterVisitor<Scalar>) {
      visitor.visit(&mean, "running_mean")
      visitor.visit(&variance, "running_var")
    }

    /// Moves each number by the share `rate` of the way to that of `other`: the running average of PyTorch with the momentum `rate`.
    public mutating func move(towards other: Statistics, by rate: Double) {
      mean = mean.detached() + (other.mean.detached() - mean.detached()) * Scalar(rate)
      variance = variance.detached() + (other.variance.detached() - variance.detached()) * Scalar(rate)
    }
  }

  /// The gain, `[features]`.
  public var weight: Tensor<Scalar>
  /// `[features]`.
  public var bias: Tensor<Scalar>
  /// What is taken for the mean and variance of every input, in use.
  public var statistics: Statistics
  /// What is added to the variance before its root is taken.
  public let epsilon: Double

  /// A layer that changes nothing to begin with, but for `epsilon`.
  public init(featureCount: Int, epsilon: Double = 1e-5) {
    weight = Tensor(ones: [featureCount])
    bias = Tensor(zeros: [featureCount])
    statistics = Statistics(mean: Tensor(zeros: [featureCount]), variance: Tensor(ones: [featureCount]))
    self.epsilon = epsilon
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&weight, "weight")
    visitor.visit(&bias, "bias")
    visitor.visit(&statistics, "")
  }

  /// The layer in use: `x`, `[..., features]`, normalized with the layer's own statistics. What else is in the batch changes nothing.
  public func callAsFunction(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    let (scale, shift) = scaleAndShift
    return x.scaledAndShifted(scale: scale, shift: shift)
  }

  /// The layer in training: `x`, `[..., features]`, normalized with its own mean and variance, and what these were.
  ///
  /// - Precondition: more than one row.
  public func normalizing(_ x: Tensor<Scalar>) -> (result: Tensor<Scalar>, found: Statistics) {
    let (result, mean, variance) = x.batchNormalized(gain: weight, bias: bias, epsilon: Scalar(epsilon))
    let rows = x.count / weight.count
    check(rows > 1, "BatchNormalization: one row, \(x.shape), has no variance")
    return (result, Statistics(mean: mean, variance: variance * (Scalar(rows) / Scalar(rows - 1))))
  }

  /// `convolution` with this layer, in use, behind it: one layer that does the work of both.
  ///
  /// - Precondition: the convolution has an output for each feature, and no `relu` in between.
  public func folded(into convolution: Convolution2D<Scalar>) -> Convolution2D<Scalar> {
    var filters = convolution.filters
    let outputs = filters.weight.shape[0]
    check(
      !filters.relu && weight.shape == [outputs],
      "BatchNormalization: \(weight.shape) features cannot be folded into a weight \(filters.weight.shape)\(filters.relu ? " with relu" : "")")
    let (scale, shift) = scaleAndShift
    filters.weight = filters.weight * scale.reshaped(to: [outputs, 1, 1, 1])
    filters.bias = filters.bias.map { $0 * scale + shift } ?? shift
    return Convolution2D(filters)
  }

  private var scaleAndShift: (scale: Tensor<Scalar>, shift: Tensor<Scalar>) {
    let scale = weight / (statistics.variance + Scalar(epsilon)).squareRoot()
    return (scale, bias - statistics.mean * scale)
  }
}
