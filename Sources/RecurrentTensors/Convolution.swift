import RecurrentKernels

/// The filters of a convolution, and how they move over pictures.
public struct ConvolutionFilters<Scalar: TensorScalar>: Sendable {
  /// `[outputs, channels / groups, height, width]`.
  public var weight: Tensor<Scalar>
  /// `[outputs]`, or nil.
  public var bias: Tensor<Scalar>?
  /// Positions of the picture from one place of the result to the next.
  public var stride: Extent2D
  /// Rows and columns of zeros around pictures, on each side.
  public var padding: Extent2D
  /// Positions from one tap of a filter to the next.
  public var dilation: Extent2D
  /// The channels are cut into so many groups, and the outputs too: those of a group see its channels only.
  public var groups: Int
  /// Whether what is below zero becomes zero.
  public var relu: Bool

  public init(
    weight: Tensor<Scalar>, bias: Tensor<Scalar>? = nil, stride: Extent2D = 1, padding: Extent2D = 0, dilation: Extent2D = 1,
    groups: Int = 1, relu: Bool = false
  ) {
    self.weight = weight
    self.bias = bias
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
    self.groups = groups
    self.relu = relu
  }

  var outputs: Int { weight.shape[0] }

  var window: Window2D {
    Window2D(
      size: Extent2D(height: weight.shape[2], width: weight.shape[3]), stride: stride, padding: padding, dilation: dilation)
  }

  /// Stops the program where the filters do not fit together, or not over pictures of the given shape.
  func checkFits(_ pictures: Shape) {
    check(
      weight.rank == 4 && groups >= 1 && outputs % groups == 0 && (bias?.shape ?? [outputs]) == [outputs],
      "convolution: weight \(weight.shape), bias \(bias?.shape ?? []) in \(groups) groups")
    check(window.isValid, "convolution: a window of \(window)")
    check(
      pictures.rank == 4 && pictures[3] == weight.shape[1] * groups,
      "convolution: pictures \(pictures) are not [batch, height, width, channels] with \(groups) times the channels of the weight \(weight.shape)"
    )
    let places = window.places(in: Extent2D(of: pictures))
    check(
      places.height > 0 && places.width > 0, "convolution: the window of \(window) does not fit into pictures \(pictures)")
  }

  /// As the kernels take it, the results of `total` outputs side by side.
  func kernelConvolution(over pictures: Shape, total: Int) -> rk_convolution {
    rk_convolution(window: window.kernelWindow(over: pictures), outputs: outputs, groups: groups, place_stride: total)
  }
}

/// Convolution of pictures with filters (cross-correlation, as `torch.nn.functional.conv2d`, channels last):
/// `y[b, i, j, o] = bias[o] + sum over p, q, c of weight[o, c, p, q] x[b, i s - P + p d, j s - P + q d, c]` with stride `s`, padding `P`,
/// dilation `d` and zeros outside of the picture; then `max(0, y)` where the filters say `relu`.
///
/// Several filters write their results side by side into one block, without a copy: what concatenates the branches of a network.
///
/// ```swift
/// import RecurrentTensors
///
/// let pictures = Tensor<Float>(ones: [2, 9, 9, 3])
/// let narrow = ConvolutionFilters(weight: Tensor<Float>(ones: [4, 3, 1, 1]), relu: true)
/// let wide = ConvolutionFilters(weight: Tensor<Float>(ones: [8, 3, 3, 3]), padding: 1, relu: true)
/// let features = convolution(pictures, narrow, wide)  // [2, 9, 9, 12]
/// ```
///
/// - Parameter x: `[batch, height, width, channels]`.
/// - Returns: `[batch, places high, places wide, outputs]`, the outputs of all filters.
/// - Precondition: the window fits into the padded picture, and all filters have equally many places.
public func convolution<Scalar>(_ x: Tensor<Scalar>, _ filters: ConvolutionFilters<Scalar>...) -> Tensor<Scalar> {
  guard let first = filters.first else { fatalError("convolution: no filters") }
  for filter in filters { filter.checkFits(x.shape) }
  let extent = Extent2D(of: x.shape), places = first.window.places(in: extent)
  for filter in filters.dropFirst() {
    check(
      filter.window.places(in: extent) == places,
      "convolution: side by side, windows of \(first.window) and \(filter.window) have other places in pictures \(x.shape)")
  }
  let total = filters.reduce(0) { $0 + $1.outputs }
  let pictures = x.detached()
  let result = Tensor<Scalar>(uninitialized: [x.shape[0], places.height, places.width, total]) { target in
    var channel = 0
    for filter in filters {
      withUnsafePointer(to: filter.kernelConvolution(over: pictures.shape, total: total)) {
        Scalar.kernels.table.convolution(
          $0, pictures.base, filter.weight.base, filter.bias?.base, filter.relu, target + channel)
      }
      channel += filter.outputs
    }
  }
  let inputs = [x] + filters.flatMap { [$0.weight] + ($0.bias.map { [$0] } ?? []) }
  guard inputs.contains(where: \.isTracked) else { return result }
  let wantsPictures = x.isTracked
  let kept = filters.map { filter in
    var untracked = filter
    untracked.weight = filter.weight.detached()
    untracked.bias = filter.bias?.detached()
    return (filters: untracked, wantsWeight: filter.weight.isTracked, wantsBias: filter.bias?.isTracked ?? false)
  }
  return Tensor.recorded(result: result, inputs: inputs) { cotangent in
    let pictureGradient = wantsPictures ? Tensor<Scalar>(uninitialized: pictures.shape) { _ in } : nil
    var gradients = [pictureGradient]
    var channel = 0
    for (position, (filter, wantsWeight, wantsBias)) in kept.enumerated() {
      let weightGradient = wantsWeight ? Tensor<Scalar>(uninitialized: filter.weight.shape) { _ in } : nil
      let biasGradient = wantsBias ? Tensor<Scalar>(uninitialized: [filter.outputs]) { _ in } : nil
      withUnsafePointer(to: filter.kernelConvolution(over: pictures.shape, total: total)) {
        Scalar.kernels.table.convolutionGradient(
          $0, pictures.base, filter.weight.base, filter.relu ? result.base + channel : nil, cotangent.base + channel,
          pictureGradient?.storage.base, position > 0, weightGradient?.storage.base, biasGradient?.storage.base)
      }
      gradients.append(weightGradient)
      if filter.bias != nil { gradients.append(biasGradient) }
      channel += filter.outputs
    }
    return gradients
  }
}
