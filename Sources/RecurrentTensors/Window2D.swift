import RecurrentKernels

/// A height and a width, in pixels or places. A literal is both: `stride: 2`.
public struct Extent2D: Hashable, Sendable, ExpressibleByIntegerLiteral, CustomStringConvertible {
  public var height: Int
  public var width: Int

  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  /// The same height and width.
  public init(_ both: Int) { self.init(height: both, width: both) }

  public init(integerLiteral both: Int) { self.init(both) }

  /// "3 x 5": height by width.
  public var description: String { "\(height) x \(width)" }

  /// The height and width of the pictures `[batch, height, width, channels]` of a shape.
  init(of pictures: Shape) { self.init(height: pictures[1], width: pictures[2]) }

  var pair: (Int, Int) { (height, width) }
}

/// A window that moves over pictures in regular strides: what convolution and pooling have in common.
///
/// Along each axis, place `p` of the result looks at the positions `p * stride - padding + tap * dilation` for each `tap` below `size`. With
/// `extent` positions there are `floor((extent + 2 padding - dilation (size - 1) - 1) / stride) + 1` places, or as many with the quotient
/// rounded up, but then none whose window begins behind the picture.
public struct Window2D: Hashable, Sendable {
  /// What becomes of the end of a picture that is too short for a whole stride.
  public enum Rounding: Sendable, Hashable {
    /// It is left out.
    case down
    /// It has a window of its own, part of which is empty: `ceil_mode` of PyTorch, and what Caffe does.
    case up
  }

  /// The number of taps.
  public var size: Extent2D
  /// Positions from one place to the next.
  public var stride: Extent2D
  /// Positions before and behind the picture that windows may take in.
  public var padding: Extent2D
  /// Positions from one tap to the next.
  public var dilation: Extent2D
  public var rounding: Rounding

  public init(
    size: Extent2D, stride: Extent2D = 1, padding: Extent2D = 0, dilation: Extent2D = 1, rounding: Rounding = .down
  ) {
    self.size = size
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
    self.rounding = rounding
  }

  /// How many places the window has in a picture of the given extent; zero where it does not fit in.
  public func places(in picture: Extent2D) -> Extent2D {
    Extent2D(
      height: places(picture.height, size.height, stride.height, padding.height, dilation.height),
      width: places(picture.width, size.width, stride.width, padding.width, dilation.width))
  }

  private func places(_ extent: Int, _ size: Int, _ stride: Int, _ padding: Int, _ dilation: Int) -> Int {
    let room = extent + 2 * padding - dilation * (size - 1) - 1
    guard room >= 0, extent > 0 else { return 0 }
    guard rounding == .up else { return room / stride + 1 }
    let rounded = (room + stride - 1) / stride + 1
    return (rounded - 1) * stride >= extent + padding ? rounded - 1 : rounded
  }

  /// Whether sizes, strides and dilations are at least 1 and the padding at least 0.
  var isValid: Bool {
    [size, stride, dilation].allSatisfy { $0.height >= 1 && $0.width >= 1 } && padding.height >= 0 && padding.width >= 0
  }

  /// The window over pictures of the shape `[batch, height, width, channels]`, as the kernels take it.
  func kernelWindow(over pictures: Shape) -> rk_window {
    let extent = Extent2D(of: pictures)
    return rk_window(
      batch: pictures[0], channels: pictures[3], extent: extent.pair, kernel: size.pair, stride: stride.pair, padding: padding.pair,
      dilation: dilation.pair, places: places(in: extent).pair)
  }
}

extension Window2D: CustomStringConvertible {
  /// "3 x 3, stride 2 x 2, padding 1 x 1, dilation 1 x 1".
  public var description: String { "\(size), stride \(stride), padding \(padding), dilation \(dilation)" }
}
