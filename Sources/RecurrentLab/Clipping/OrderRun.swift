import RecurrentLayers
import RecurrentTensors
import RecurrentTraining

/// What is done against gradients that vanish or explode.
enum OrderRemedy: String, CaseIterable, Sendable {
  case none = "plain"
  case regularizer = "Ω alone"
  case clipping
  case both = "clipping and Ω"

  var clips: Bool { self == .clipping || self == .both }
  var regularizes: Bool { self == .regularizer || self == .both }

  /// The same with clipping, of a remedy that has none.
  var clipped: OrderRemedy? {
    switch self {
    case .none: .clipping
    case .regularizer: .both
    case .clipping, .both: nil
    }
  }
}

/// One network learning the order of two symbols in sequences of one length, by plain gradient descent.
struct OrderRun: Sendable {
  /// The settings of one run.
  struct Trial: Sendable {
    let start: OrderStart
    let remedy: OrderRemedy
    let length: Int
    let seed: UInt64
  }

  /// The outcome of a run.
  enum End: String, Sendable {
    case solved, unsolved, diverged
  }

  let trial: Trial
  let end: End
  /// The number of updates.
  let updates: Int
  /// The share of the last 10,000 sequences that were wrong: 1 where it diverged.
  let errorRate: Double
  /// The largest norm of a gradient, before clipping.
  let largestNorm: Double
  /// The share of the updates whose gradient was above the threshold.
  let shareAbove: Double

  /// The share that was wrong after every 100 updates.
  let curve: [Double]

  /// Fewer of 10,000 sequences than this share are wrong: solved.
  static let success = 0.01

  init(_ trial: Trial, _ parameters: ClippingParameters, reporting share: Bench.Share) throws {
    self.trial = trial
    // All remedies begin with the same weights and see the same sequences.
    let root = RandomGenerator(seed: trial.seed).split("clipping \(trial.length)")
    var weights = root.split("weights \(trial.start.rawValue)")
    var sequences = root.split("sequences")
    var tests = root.split("tests")
    var network = OrderNetwork(trial.start, units: parameters.units, using: &weights)
    var end = End.unsolved
    var (updates, above) = (0, 0)
    var (rate, largest) = (1.0, 0.0)
    var curve: [Double] = []
    let words = "\(trial.start.rawValue), \(trial.remedy.rawValue), length \(trial.length)"
    while updates < parameters.updates, end == .unsolved {
      let batch = OrderBatch(length: trial.length, count: parameters.batch, using: &sequences)
      let weight = parameters.regularization / (1 + Double(updates) / (parameters.fade > 0 ? Double(parameters.fade) : .infinity))
      var (loss, gradient) = Self.gradient(network, batch, trial.remedy, weight: weight)
      let clipping: GradientClipping = trial.remedy.clips ? .norm(parameters.clip) : .none
      let clipped = clipping.factor(for: &gradient)
      guard loss.isFinite, clipped.norm.isFinite else {
        end = .diverged
        break
      }
      largest = max(largest, clipped.norm)
      if clipped.norm > parameters.clip { above += 1 }
      let step = Float(parameters.rate * clipped.scale)
      network.setParameters(zip(network.parameters, gradient.parameters).map { $0.tensor - $1.tensor * step })
      updates += 1
      if updates.isMultiple(of: 100) {
        rate = network.errorRate(OrderBatch(length: trial.length, count: 500, using: &tests))
        if rate < 2 * Self.success {
          rate = Self.fullErrorRate(network, trial.length, using: &tests)
          if rate < Self.success { end = .solved }
        }
        curve.append(rate)
        try share.report(Double(updates) / Double(parameters.updates), "\(words): \((rate * 100).fixed(0)) % wrong")
      }
    }
    self.end = end
    self.curve = curve
    self.updates = updates
    errorRate = end == .diverged ? 1 : rate
    largestNorm = largest
    shareAbove = Double(above) / Double(max(1, updates))
    try share.report(1, "\(words): \(end.rawValue)")
  }

  /// The share of 10,000 sequences that are wrong.
  private static func fullErrorRate(_ network: OrderNetwork, _ length: Int, using generator: inout RandomGenerator) -> Double {
    (0..<20).reduce(0) { sum, _ in
      sum + network.errorRate(OrderBatch(length: length, count: 500, using: &generator)) / 20
    }
  }

  /// The loss and its gradient, that of the regularizer included where it is part of the remedy.
  private static func gradient(
    _ network: OrderNetwork, _ batch: OrderBatch, _ remedy: OrderRemedy, weight: Double
  ) -> (loss: Double, gradient: OrderNetwork) {
    var (loss, gradient, states) = valueAndGradient(at: network) { network in
      let states = network.states(batch.inputs)
      return (crossEntropy(logits: network.scores(states), targets: batch.labels), states.detached())
    }
    if remedy.regularizes, weight > 0, loss.scalar.isFinite {
      let scores = network.scores(states)
      let errors = scores.softmax() - Tensor(oneHot: batch.labels, depth: 4)
      let regularizer = FlowRegularizer(
        states: states, recurrentWeight: network.recurrentWeight, isLogistic: network.isLogistic,
        lastCotangent: matmul(errors, network.output.weight))
      gradient.recurrentWeight += regularizer.gradient * Float(weight)
      loss = loss + Float(weight * regularizer.value)
    }
    return (Double(loss.scalar), gradient)
  }
}
