import RecurrentKernels

extension Tensor {
  /// The largest number of each channel in a window that moves over pictures, as `torch.nn.functional.max_pool2d`; padding does not
  /// count. Among equals the gradient goes to the first, row by row.
  ///
  /// This tensor is `[batch, height, width, channels]`, the result `[batch, places high, places wide, channels]`.
  ///
  /// - Precondition: the window fits into the padded picture, has no dilation, and its padding is at most half of its size.
  public func maximumPooled(over window: Window2D) -> Tensor {
    let target = pooledShape("maximumPooled(over:)", window)
    let x = detached(), extents = window.kernelWindow(over: shape)
    // What the gradient needs is which tap it was: half the bytes of a result of `Float`, and the pictures are not read again.
    let chosen = isTracked ? Storage<UInt16>(uninitialized: target.elementCount) : nil
    let result = Tensor(uninitialized: target) { y in
      withUnsafePointer(to: extents) { Scalar.kernels.table.maxPooling($0, x.base, y, chosen?.base) }
    }
    guard let chosen else { return result }
    let source = shape
    return result.recorded(self) { cotangent in
      Tensor(uninitialized: source) { dx in
        withUnsafePointer(to: extents) { Scalar.kernels.table.maxPoolingGradient($0, chosen.base, cotangent.base, dx) }
      }
    }
  }

  /// The mean of each channel in a window that moves over pictures, as `torch.nn.functional.avg_pool2d`.
  ///
  /// This tensor is `[batch, height, width, channels]`, the result `[batch, places high, places wide, channels]`.
  ///
  /// - Parameter countsPadding: Whether the zeros of the padding are numbers of the mean.
  /// - Precondition: the window fits into the padded picture, has no dilation, and its padding is at most half of its size.
  public func averagePooled(over window: Window2D, countsPadding: Bool = true) -> Tensor {
    let target = pooledShape("averagePooled(over:)", window)
    let x = detached(), extents = window.kernelWindow(over: shape), source = shape
    let result = Tensor(uninitialized: target) { y in
      withUnsafePointer(to: extents) { Scalar.kernels.table.averagePooling($0, countsPadding, x.base, y) }
    }
    return result.recorded(self) { cotangent in
      Tensor(uninitialized: source) { dx in
        withUnsafePointer(to: extents) {
          Scalar.kernels.table.averagePoolingGradient($0, countsPadding, cotangent.base, dx)
        }
      }
    }
  }

  /// The mean of each channel over all of a picture: `[batch, height, width, channels]` to `[batch, channels]` (Lin, Chen and Yan 2014,
  /// "Network in network").
  public func globallyAveragePooled() -> Tensor {
    check(
      rank == 4 && shape[1] > 0 && shape[2] > 0,
      "globallyAveragePooled(): \(shape) is not [batch, height, width, channels] with something in each picture")
    let (batch, channels) = (shape[0], shape[3])
    return averagePooled(over: Window2D(size: Extent2D(of: shape))).reshaped(to: [batch, channels])
  }

  /// The shape of the result of pooling; stops the program where the window does not fit.
  private func pooledShape(_ name: String, _ window: Window2D) -> Shape {
    check(rank == 4, "\(name): \(shape) is not [batch, height, width, channels]")
    let (size, padding) = (window.size, window.padding)
    check(
      window.isValid && window.dilation == 1 && 2 * padding.height <= size.height && 2 * padding.width <= size.width
        && size.height * size.width <= Int(UInt16.max),
      "\(name): a window of \(window)")
    let places = window.places(in: Extent2D(of: shape))
    check(places.height > 0 && places.width > 0, "\(name): the window of \(window) does not fit into pictures \(shape)")
    return [shape[0], places.height, places.width, shape[3]]
  }
}
