#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif
import RecurrentLayers
import RecurrentTensors

/// How large the gradient of a loss at the last step is with respect to the states before it.
struct StateGradients: Sendable {
  /// The norm with respect to the state `k` steps before the last, at `norms[k]`: the mean over the sequences.
  let norms: [Double]

  /// Runs a cell over sequences, and the gradient back.
  ///
  /// The loss is a direction in the space of the hidden state at the last step, the same for all sequences: of norm 1,
  /// so that `norms[0]` is 1. A zero is added to every state, and the gradient with respect to that zero is the one
  /// with respect to the state (for an LSTM: to hidden and cell together).
  ///
  /// - Parameters:
  ///   - inputs: `[time, batch, input]`.
  ///   - direction: `[hidden]`, of norm 1.
  init<Cell: RecurrentCell<Double>>(of cell: Cell, over inputs: Tensor<Double>, towards direction: Tensor<Double>) {
    let (time, batch) = (inputs.shape[0], inputs.shape[1])
    let tape = Tape<Double>()
    var zeros: [[Tensor<Double>]] = []
    var state = cell.initialState(batchSize: batch)
    for t in 0..<time {
      let next = cell.step(inputs.index(t), from: state)
      let own = next.tensors.map { tape.watch(Tensor(zeros: $0.shape)) }
      zeros.append(own)
      state = next.replacingTensors(with: zip(next.tensors, own).map { $0 + $1 })
    }
    let loss = (state.hidden * direction).sum()
    let gradients = tape.gradients(of: loss, at: zeros.flatMap(\.self))
    let count = zeros[0].count
    norms = (0..<time).reversed().map { t in
      let parts = gradients[(t * count)..<((t + 1) * count)].map { $0.squared().sum(alongAxes: 1).scalars }
      let rows = (0..<batch).map { row in parts.reduce(0) { $0 + $1[row] }.squareRoot() }
      return rows.reduce(0, +) / Double(batch)
    }
  }

  /// The mean change of the norm's natural logarithm a step, by least squares over the last half of the lags, where
  /// what comes first has died away; nil where the gradient has become zero.
  var slope: Double? { Self.slope(of: norms, from: norms.count / 2) }

  static func slope(of norms: [Double], from start: Int) -> Double? {
    let points = norms.enumerated().dropFirst(start).filter { $0.element > 0 && $0.element.isFinite }
    guard points.count >= 2, points.count == norms.count - start else { return nil }
    let count = Double(points.count)
    let meanLag = points.reduce(0) { $0 + Double($1.offset) } / count
    let logs = points.map { log($0.element) }
    let meanLog = logs.reduce(0, +) / count
    var (covariance, variance) = (0.0, 0.0)
    for (point, value) in zip(points, logs) {
      covariance += (Double(point.offset) - meanLag) * (value - meanLog)
      variance += (Double(point.offset) - meanLag) * (Double(point.offset) - meanLag)
    }
    return covariance / variance
  }
}
