import RecurrentTensors

/// How much of the time a gate is nearly shut or nearly open, unit by unit (Karpathy, Johnson and Fei-Fei 2015,
/// "Visualizing and understanding recurrent networks", figure 2).
///
/// A forget gate that is always open is a counter or a memory of the whole input; one that is always shut makes its
/// unit a feed-forward one.
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// var generator = RandomGenerator(seed: 1)
/// let rnn = LSTM<Float>(inputSize: 3, hiddenSize: 5, using: &generator)
/// let saturation = rnn.record(Tensor(ones: [7, 2, 3])).cells[0].saturation(of: .forget)
/// print(saturation?.open.count ?? 0)  // 5, one share for each unit
/// ```
public struct GateSaturation: Sendable, Hashable {
  /// Below this a gate is nearly shut: 0.1, as in the paper.
  public static let shutBelow = 0.1
  /// Above this a gate is nearly open: 0.9, as in the paper.
  public static let openAbove = 0.9

  /// The share of the steps at which each unit's gate is below 0.1; NaN where there were no steps.
  public let shut: [Double]
  /// The share of the steps at which each unit's gate is above 0.9; NaN where there were no steps.
  public let open: [Double]

  /// The share of all steps of all units at which the gate is nearly shut.
  public var meanShut: Double { shut.reduce(0, +) / Double(shut.count) }
  /// The share of all steps of all units at which the gate is nearly open.
  public var meanOpen: Double { open.reduce(0, +) / Double(open.count) }
}

extension CellRecording {
  /// How much of the time a gate is nearly shut or open, padding left out; nil for what is no gate of this cell.
  public func saturation(of gate: CellQuantity) -> GateSaturation? {
    guard gate.kind == .gate, let values = self[gate] else { return nil }
    let (time, batch) = (values.shape[0], values.shape[1])
    let units = values.shape.dropFirst(2).reduce(1, *)
    var shut = [Int](repeating: 0, count: units)
    var open = [Int](repeating: 0, count: units)
    var steps = 0
    let scalars = values.scalars
    for t in 0..<time {
      for row in 0..<batch where t < lengths?[row] ?? time {
        steps += 1
        let start = (t * batch + row) * units
        for unit in 0..<units {
          let value = Double(scalars[start + unit])
          if value < GateSaturation.shutBelow { shut[unit] += 1 }
          if value > GateSaturation.openAbove { open[unit] += 1 }
        }
      }
    }
    return GateSaturation(
      shut: shut.map { Double($0) / Double(steps) }, open: open.map { Double($0) / Double(steps) })
  }
}
