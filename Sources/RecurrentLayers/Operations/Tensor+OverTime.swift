import RecurrentTensors

extension Tensor {
  /// The mean over the first axis of `[time, batch, features]`, of each sequence over its own steps: `[batch, features]`.
  func meanOverTime(lengths: [Int]?) -> Tensor {
    guard let lengths else { return mean(alongAxes: 0) }
    let shares = Tensor.overTime(shape[0]) { time in
      lengths.map { time < $0 ? 1 / Scalar($0) : 0 }
    }
    return (self * shares).sum(alongAxes: 0)
  }

  /// The largest of each feature over the first axis, of each sequence over its own steps: `[batch, features]`.
  func maximumOverTime(lengths: [Int]?) -> Tensor {
    guard let lengths else { return maximum(alongAxis: 0) }
    // A sum costs one pass and its gradient none. No output comes near the penalty.
    let penalty = Tensor.overTime(shape[0]) { time in lengths.map { time < $0 ? 0 : -1e30 } }
    let isEmpty = Tensor(shape: [shape[1], 1], scalars: lengths.map { $0 == 0 ? Scalar(1) : Scalar(0) })
    return (self + penalty).maximum(alongAxis: 0).replacing(with: Tensor(0), where: isEmpty)
  }

  /// A number for each step of each sequence, `[time, batch, 1]`.
  private static func overTime(_ time: Int, _ numbers: (Int) -> [Scalar]) -> Tensor {
    let rows = (0..<time).map(numbers)
    return Tensor(shape: [time, rows.first?.count ?? 0, 1], scalars: Array(rows.joined()))
  }
}
