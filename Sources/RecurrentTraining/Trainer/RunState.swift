import RecurrentTensors

/// The numbers of a run: with the tensors of model, optimizer, best model and carried state, all that a checkpoint
/// holds.
///
/// Nothing in it depends on the clock.
struct RunState: Codable, Sendable, Equatable {
  /// Steps done. The position in the data follows: epoch `globalStep / stepsPerEpoch`, step `globalStep %
  /// stepsPerEpoch`.
  var globalStep = 0
  var dropout: RandomGenerator
  var sampling: RandomGenerator
  var schedule = ScheduleState()
  var optimizer = OptimizerProgress()
  var sums = EpochSums()
  var smoothed = SmoothedLoss()
  var best: BestEvaluation?
  /// Evaluations since the best.
  var evaluationsWithoutGain = 0
  /// Lines of the metrics file that belong to the steps done.
  var metricsLines = 0

  /// The state at the beginning.
  init(seed: UInt64) {
    let root = RandomGenerator(seed: seed)
    dropout = root.split("dropout")
    sampling = root.split("sampling")
  }
}

/// What an epoch's summary is made from.
struct EpochSums: Codable, Sendable, Equatable {
  var steps = 0
  var units = 0
  /// Losses times their units.
  var loss = 0.0
  var gradientNorm = 0.0
  var clippedSteps = 0
  var learningRate = 0.0

  var meanLoss: Double { units > 0 ? loss / Double(units) : .nan }
  var meanGradientNorm: Double { steps > 0 ? gradientNorm / Double(steps) : .nan }
  var clippedFraction: Double { steps > 0 ? Double(clippedSteps) / Double(steps) : 0 }
}

/// An exponential moving average, corrected for its start at zero as Adam's moments are.
struct SmoothedLoss: Codable, Sendable, Equatable {
  private var sum = 0.0
  private var weight = 0.0

  var value: Double { sum / weight }

  mutating func add(_ loss: Double) {
    sum = 0.98 * sum + 0.02 * loss
    weight = 0.98 * weight + 0.02
  }
}
