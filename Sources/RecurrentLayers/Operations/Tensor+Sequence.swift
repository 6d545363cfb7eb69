public import RecurrentTensors

extension Tensor {
  /// For each step of `[time, batch, features]` the features of `tapCount` steps side by side, `dilation` apart, the step itself
  /// last; zeros before the first step: `[time, batch, tapCount * features]`.
  func unfoldedOverTime(tapCount: Int, dilation: Int = 1) -> Tensor {
    guard tapCount > 1 else { return self }
    let time = shape[0]
    let padded = precededByZeros(stepCount: (tapCount - 1) * dilation)
    return Tensor(
      concatenating: (0..<tapCount).map { padded.sliced(($0 * dilation)..<($0 * dilation + time)) }, alongAxis: 2)
  }

  /// The sequence `[time, batch, features]` behind `stepCount` steps of zeros.
  func precededByZeros(stepCount: Int) -> Tensor {
    Tensor(zeros: [stepCount, shape[1], shape[2]]).concatenated(with: self)
  }

  /// The last step of each sequence of `[time, batch, features]`, `[batch, features]`; zeros for an empty one.
  ///
  /// - Parameter lengths: Of each sequence; nil: all are as long as the batch.
  public func lastSteps(lengths: [Int]? = nil) -> Tensor {
    check(rank == 3, "lastSteps(lengths:): the shape \(shape) is not [time, batch, features]")
    let (time, batch) = (shape[0], shape[1])
    check(
      lengths.map { $0.count == batch && $0.allSatisfy { (0...time).contains($0) } } ?? true,
      "lastSteps(lengths:): the lengths \(lengths ?? []) do not fit the shape \(shape)")
    guard time > 0 else { return Tensor(zeros: [batch, shape[2]]) }
    guard let lengths, lengths.contains(where: { $0 < time }) else { return index(time - 1) }
    let rows = IndexTensor(
      shape: [batch], scalars: lengths.enumerated().map { Int32(Swift.max(0, $1 - 1) * batch + $0) })
    let last = reshaped(to: [time * batch, shape[2]]).gatheringRows(at: rows)
    guard lengths.contains(0) else { return last }
    let isEmpty = Tensor(shape: [batch, 1], scalars: lengths.map { $0 == 0 ? Scalar(1) : Scalar(0) })
    return last.replacing(with: Tensor(0), where: isEmpty)
  }
}

/// `sequence` `[time, batch, ...]` with zeros past each sequence's length, whatever stands there.
func maskingPadding<Scalar>(_ sequence: Tensor<Scalar>, _ lengths: [Int]?) -> Tensor<Scalar> {
  let (time, batch) = (sequence.shape[0], sequence.shape[1])
  guard let lengths, lengths.contains(where: { $0 < time }) else { return sequence }
  let isPadding = Tensor<Scalar>(
    shape: Shape([time, batch] + Array(repeating: 1, count: sequence.rank - 2)),
    scalars: (0..<time).flatMap { t in lengths.map { $0 <= t ? Scalar(1) : Scalar(0) } })
  return sequence.replacing(with: Tensor(0), where: isPadding)
}
