import RecurrentKernels

extension Tensor {
  /// The rows of this matrix `[rows, columns]` at the given indices: `[indices.shape..., columns]`.
  ///
  /// - Precondition: every index is in `0 ..< rows`.
  public func gatheringRows(at indices: IndexTensor) -> Tensor {
    check(rank == 2, "gatheringRows(at:): the shape \(shape) is not a matrix")
    indices.checkIndices(of: "gatheringRows(at:)", below: shape[0])
    let columns = shape[1]
    let table = detached()
    let result = Tensor(uninitialized: indices.shape.inserting(columns, at: indices.shape.rank)) {
      Scalar.kernels.table.gatherRows(table.base, columns, indices.scalars, indices.count, $0)
    }
    return result.recordedAccumulation(self) { cotangent, total in
      let filled = total.filledRows
      total.makeUnique()
      Scalar.kernels.table.scatterAddRows(
        total.storage.base + total.offset, columns, indices.scalars, indices.count, cotangent.base)
      // Narrow rows are not worth knowing.
      if let filled, columns >= 16 { total.filledRows = Set(filled).union(indices.scalars).sorted() }
    }
  }

  /// This matrix `[rows, columns]` with the rows of `updates`, `[indices.shape..., columns]`, added at the given indices, in order.
  ///
  /// - Precondition: every index is in `0 ..< rows`.
  public func scatteringAddRows(_ updates: Tensor, at indices: IndexTensor) -> Tensor {
    check(rank == 2, "scatteringAddRows(_:at:): the shape \(shape) is not a matrix")
    let columns = shape[1]
    check(
      updates.shape == indices.shape.inserting(columns, at: indices.shape.rank),
      "scatteringAddRows(_:at:): updates \(updates.shape) for indices \(indices.shape) and \(columns) columns")
    indices.checkIndices(of: "scatteringAddRows(_:at:)", below: shape[0])
    var result = detached()
    result.makeUnique()
    Scalar.kernels.table.scatterAddRows(
      result.storage.base + result.offset, columns, indices.scalars, indices.count, updates.base)
    return result.recorded(self, { $0 }, updates, { $0.gatheringRows(at: indices) })
  }

  /// One element of each row: `[..., columns]` and indices `[...]` give `[...]`.
  ///
  /// - Precondition: every index is in `0 ..< columns`.
  public func gathering(at indices: IndexTensor) -> Tensor {
    check(rank >= 1, "gathering(at:): a tensor of rank 0")
    let columns = shape[rank - 1]
    check(
      indices.shape == shape.removing(axis: rank - 1), "gathering(at:): indices \(indices.shape) into \(shape)")
    indices.checkIndices(of: "gathering(at:)", below: columns)
    // Element i of row r is row r * columns + i of the elements as one column.
    let positions = IndexTensor(
      shape: indices.shape, scalars: indices.scalars.enumerated().map { Int32($0 * columns) + $1 })
    return reshaped(to: [count, 1]).gatheringRows(at: positions).reshaped(to: indices.shape)
  }
}
