import RecurrentTensors

/// Windows of a series side by side, each with the rows that come after it.
public struct ForecastBatch: Sendable {
  /// What is read: `[window, batch, channels]`, the targets first, without their level.
  let inputs: Tensor<Float>
  /// What was taken from each window: `[batch, target]`.
  let levels: [[Float]]
  /// What came after, without the window's level: `[batch, steps, target]`; 0 where it is missing.
  let targets: Tensor<Float>
  /// 1 where it is there.
  let mask: Tensor<Float>
  /// Targets that are there.
  let countedCount: Int

  /// Windows that end before the rows `origins`; what came after is `steps` rows from there, as far as the series goes.
  ///
  /// - Parameter steps: 0 for windows whose future is not known.
  init(_ channels: SeriesChannels, origins: some Collection<Int>, window: Int, steps: Int, level: ForecastingConfiguration.Level) {
    let (batch, targetCount) = (origins.count, channels.filled.count)
    let width = targetCount + channels.others.count
    var inputs = [Float](repeating: 0, count: window * batch * width)
    var targets = [Float](repeating: 0, count: batch * steps * targetCount)
    var mask = targets
    var levels: [[Float]] = []
    var counted = 0
    for (column, origin) in origins.enumerated() {
      let rows = (origin - window)..<origin
      let taken = channels.filled.map { level.of($0[rows]) }
      levels.append(taken)
      for (step, row) in rows.enumerated() {
        let place = (step * batch + column) * width
        for target in 0..<targetCount { inputs[place + target] = channels.filled[target][row] - taken[target] }
        for (index, other) in channels.others.enumerated() { inputs[place + targetCount + index] = other[row] }
      }
      for step in 0..<steps {
        for target in 0..<targetCount {
          let value = channels.observed[target][origin + step]
          guard !value.isNaN else { continue }
          let place = (column * steps + step) * targetCount + target
          targets[place] = value - taken[target]
          mask[place] = 1
          counted += 1
        }
      }
    }
    self.inputs = Tensor(shape: [window, batch, width], scalars: inputs)
    self.levels = levels
    self.targets = Tensor(shape: [batch, steps, targetCount], scalars: targets)
    self.mask = Tensor(shape: [batch, steps, targetCount], scalars: mask)
    countedCount = counted
  }
}

extension ForecastingConfiguration.Level {
  /// The level of a window of one target.
  func of(_ values: ArraySlice<Float>) -> Float {
    switch self {
    case .none: 0
    case .last: values.last ?? 0
    case .mean: Float(values.reduce(0.0) { $0 + Double($1) } / Double(max(1, values.count)))
    }
  }
}
