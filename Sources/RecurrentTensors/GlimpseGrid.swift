import RecurrentKernels

/// A grid of Gaussian filters through which pictures are read or painted on, an own one for each picture (Gregor et al. 2015, "DRAW: a recurrent
/// neural network for image generation", equations 19 to 29).
///
/// A window is five numbers, which a network decides: how far to the right and how far down the middle of the grid is (-1 and 1: just outside of the
/// picture), and the logarithms of the filters' variance in pixels, of the stride (1: the grid spans the longer side) and of the intensity. Each filter
/// sums to 1 over the picture, whatever the window: one that lies outside sees the nearest pixels. Logarithms count as 20 where they are larger, and as -20
/// where they are smaller.
///
/// ```swift
/// import RecurrentTensors
///
/// let pictures = Tensor<Float>(ones: [1, 28, 28, 1])
/// let grid = GlimpseGrid<Float>(windows: Tensor(zeros: [1, 5]), size: 4, for: .reading, height: 28, width: 28)
/// let patches = grid.read(pictures)  // [1, 4, 4, 1]: ones
/// ```
public struct GlimpseGrid<Scalar: TensorScalar>: Sendable {
  /// What a grid is for.
  public enum Purpose: Sendable {
    /// What is read is multiplied by the intensity.
    case reading
    /// What is painted is divided by the intensity.
    case painting
    /// The intensity counts for nothing.
    case looking

    var power: Int32 {
      switch self {
      case .reading: 1
      case .painting: -1
      case .looking: 0
      }
    }
  }

  /// The filters along a side of the grid.
  public let size: Int
  /// Rows and columns of the pictures.
  public let height, width: Int
  /// `[batch, size * (height + width)]`: of each picture the filters down it, then those across it.
  private let filters: Tensor<Scalar>

  /// The grid of these windows, `[batch, 5]`.
  ///
  /// - Precondition: a size, height and width of at least 1.
  public init(windows: Tensor<Scalar>, size: Int, for purpose: Purpose, height: Int, width: Int) {
    check(windows.rank == 2 && windows.shape[1] == 5, "GlimpseGrid: windows \(windows.shape) are not [batch, 5]")
    check(size > 0 && height > 0 && width > 0, "GlimpseGrid: \(size) x \(size) filters on pictures of \(height) x \(width)")
    (self.size, self.height, self.width) = (size, height, width)
    let batch = windows.shape[0]
    let extents = rk_glimpse(batch: batch, places: size, extent: (height, width), channels: 1, power: purpose.power)
    let (values, shape) = (windows.detached(), windows.shape)
    let made = Tensor<Scalar>(uninitialized: [batch, size * (height + width)]) { target in
      withUnsafePointer(to: extents) { Scalar.kernels.table.glimpseFilters($0, values.base, target) }
    }
    filters = made.recorded(windows) { cotangent in
      Tensor(uninitialized: shape) { target in
        withUnsafePointer(to: extents) {
          Scalar.kernels.table.glimpseFiltersGradient($0, values.base, made.base, cotangent.base, target)
        }
      }
    }
  }

  /// What is seen of pictures `[batch, height, width, channels]`: `[batch, size, size, channels]`.
  public func read(_ pictures: Tensor<Scalar>) -> Tensor<Scalar> {
    checkPictures("GlimpseGrid.read(_:)", pictures.shape)
    let extents = extents(channels: pictures.shape[3])
    let (filters, x) = (filters.detached(), pictures.detached())
    let wantsPictures = pictures.isTracked
    return Tensor.recorded(result: Self.reading(extents, filters, x), inputs: [self.filters, pictures]) { cotangent in
      [
        Self.gradient(extents, filters, patches: cotangent, pictures: x),
        wantsPictures ? Self.painting(extents, filters, cotangent, onto: nil) : nil,
      ]
    }
  }

  /// Pictures `[batch, height, width, channels]` with patches `[batch, size, size, channels]` added to them.
  public func paint(_ patches: Tensor<Scalar>, onto pictures: Tensor<Scalar>) -> Tensor<Scalar> {
    checkPictures("GlimpseGrid.paint(_:onto:)", pictures.shape)
    let channels = pictures.shape[3]
    check(
      patches.shape == [filters.shape[0], size, size, channels],
      "GlimpseGrid.paint(_:onto:): patches \(patches.shape) are not [batch, size, size, channels] for pictures \(pictures.shape)")
    let extents = extents(channels: channels)
    let (filters, y) = (filters.detached(), patches.detached())
    let result = Self.painting(extents, filters, y, onto: pictures.detached())
    return Tensor.recorded(result: result, inputs: [self.filters, patches, pictures]) { cotangent in
      [
        Self.gradient(extents, filters, patches: y, pictures: cotangent),
        Self.reading(extents, filters, cotangent), cotangent,
      ]
    }
  }

  private func checkPictures(_ name: String, _ shape: Shape) {
    check(
      shape.rank == 4 && shape[0] == filters.shape[0] && shape[1] == height && shape[2] == width,
      "\(name): pictures \(shape) are not [\(filters.shape[0]), \(height), \(width), channels]")
  }

  private func extents(channels: Int) -> rk_glimpse {
    rk_glimpse(batch: filters.shape[0], places: size, extent: (height, width), channels: channels, power: 0)
  }

  private static func reading(_ extents: rk_glimpse, _ filters: Tensor<Scalar>, _ pictures: Tensor<Scalar>) -> Tensor<Scalar> {
    Tensor(uninitialized: [extents.batch, extents.places, extents.places, extents.channels]) { target in
      withUnsafePointer(to: extents) { Scalar.kernels.table.glimpseRead($0, filters.base, pictures.base, target) }
    }
  }

  private static func painting(
    _ extents: rk_glimpse, _ filters: Tensor<Scalar>, _ patches: Tensor<Scalar>, onto pictures: Tensor<Scalar>?
  ) -> Tensor<Scalar> {
    Tensor(uninitialized: [extents.batch, extents.extent.0, extents.extent.1, extents.channels]) { target in
      withUnsafePointer(to: extents) {
        Scalar.kernels.table.glimpsePaint($0, filters.base, patches.base, pictures?.base, target)
      }
    }
  }

  private static func gradient(
    _ extents: rk_glimpse, _ filters: Tensor<Scalar>, patches: Tensor<Scalar>, pictures: Tensor<Scalar>
  ) -> Tensor<Scalar> {
    Tensor(uninitialized: filters.shape) { target in
      withUnsafePointer(to: extents) {
        Scalar.kernels.table.glimpseGradient($0, filters.base, patches.base, pictures.base, target)
      }
    }
  }
}
