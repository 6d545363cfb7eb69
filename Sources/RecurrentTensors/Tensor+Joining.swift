import RecurrentKernels

extension Tensor {
  /// The tensors one after another along `axis`; their shapes agree in every other axis.
  public init(concatenating parts: [Tensor], alongAxis axis: Int = 0) {
    guard let first = parts.first else { fatalError("Tensor(concatenating:): no tensors") }
    check(axis >= 0 && axis < first.rank, "Tensor(concatenating:): axis \(axis) of \(first.shape)")
    for part in parts {
      check(
        part.rank == first.rank && part.shape.replacing(axis: axis, with: first.shape[axis]) == first.shape,
        "Tensor(concatenating:): the shapes \(first.shape) and \(part.shape) differ outside axis \(axis)")
    }
    let extents = parts.map { $0.shape[axis] }
    let target = first.shape.replacing(axis: axis, with: extents.reduce(0, +))
    let result = Tensor(uninitialized: target) { pointer in
      let strides = target.strides
      var position = 0
      for part in parts {
        withExtents(part.shape, part.shape.strides, strides) {
          Scalar.kernels.table.copy(part.rank, $0, part.base, $1, pointer + position * strides[axis], $2, false)
        }
        position += part.shape[axis]
      }
    }
    self = Tensor.recorded(result: result, inputs: parts) { cotangent in
      cotangent.split(sizes: extents, alongAxis: axis)
    }
  }

  /// The tensors, all of one shape, along a new axis.
  public init(stacking parts: [Tensor], alongAxis axis: Int = 0) {
    self.init(concatenating: parts.map { $0.expandingAxis(at: axis) }, alongAxis: axis)
  }

  /// This tensor followed by `other` along `axis`.
  public func concatenated(with other: Tensor, alongAxis axis: Int = 0) -> Tensor {
    Tensor(concatenating: [self, other], alongAxis: axis)
  }

  /// The tensor cut along `axis` into parts of the given extents, which add up to its own.
  public func split(sizes: [Int], alongAxis axis: Int = 0) -> [Tensor] {
    check(axis >= 0 && axis < rank, "split(sizes:alongAxis:): axis \(axis) of \(shape)")
    check(
      sizes.reduce(0, +) == shape[axis], "split(sizes:alongAxis:): \(sizes) do not add up to axis \(axis) of \(shape)")
    let whole = detached()
    var position = 0
    let parts = sizes.map { size in
      defer { position += size }
      return whole.sliced(position..<(position + size), alongAxis: axis)
    }
    // One record for all parts: their cotangents are joined once.
    let shapes = parts.map(\.shape)
    return Tensor.recorded(results: parts, inputs: [self]) { cotangents in
      [
        Tensor(
          concatenating: zip(cotangents, shapes).map { $0 ?? Tensor(zeros: $1) }, alongAxis: axis)
      ]
    }
  }

  /// The tensor cut along `axis` into `count` equal parts.
  public func split(count: Int, alongAxis axis: Int = 0) -> [Tensor] {
    check(
      count > 0 && shape[axis] % count == 0, "split(count:alongAxis:): axis \(axis) of \(shape) into \(count) parts")
    return split(sizes: Array(repeating: shape[axis] / count, count: count), alongAxis: axis)
  }

  /// The elements along `axis` as tensors without that axis.
  public func unstacked(alongAxis axis: Int = 0) -> [Tensor] {
    guard shape[axis] > 0 else { return [] }
    let target = shape.removing(axis: axis)
    return split(count: shape[axis], alongAxis: axis).map { $0.reshaped(to: target) }
  }
}
