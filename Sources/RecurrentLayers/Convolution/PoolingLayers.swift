public import RecurrentTensors

/// The largest number of each channel in a window, as `torch.nn.MaxPool2d`.
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// let pooling = MaxPooling2D(size: 3, stride: 2, rounding: .up)
/// let pooled = pooling(Tensor<Float>(ones: [2, 8, 8, 3]))  // [2, 4, 4, 3]: the last window is cut
/// ```
public struct MaxPooling2D: Sendable, Hashable {
  public let window: Window2D

  /// - Parameter stride: nil: as far as the window is long.
  public init(size: Extent2D, stride: Extent2D? = nil, padding: Extent2D = 0, rounding: Window2D.Rounding = .down) {
    window = Window2D(size: size, stride: stride ?? size, padding: padding, rounding: rounding)
  }

  /// `[batch, height, width, channels]` to `[batch, places high, places wide, channels]`.
  public func callAsFunction<Scalar>(_ pictures: Tensor<Scalar>) -> Tensor<Scalar> { pictures.maximumPooled(over: window) }
}

/// The mean of each channel in a window, as `torch.nn.AvgPool2d`. Over whole pictures: `globallyAveragePooled()` of a tensor.
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// let pooled = AveragePooling2D(size: 2)(Tensor<Float>(ones: [2, 8, 8, 3]))  // [2, 4, 4, 3]
/// ```
public struct AveragePooling2D: Sendable, Hashable {
  public let window: Window2D
  /// Whether the zeros of the padding are numbers of the mean.
  public let countsPadding: Bool

  /// - Parameter stride: nil: as far as the window is long.
  public init(
    size: Extent2D, stride: Extent2D? = nil, padding: Extent2D = 0, rounding: Window2D.Rounding = .down, countsPadding: Bool = true
  ) {
    window = Window2D(size: size, stride: stride ?? size, padding: padding, rounding: rounding)
    self.countsPadding = countsPadding
  }

  /// `[batch, height, width, channels]` to `[batch, places high, places wide, channels]`.
  public func callAsFunction<Scalar>(_ pictures: Tensor<Scalar>) -> Tensor<Scalar> {
    pictures.averagePooled(over: window, countsPadding: countsPadding)
  }
}
