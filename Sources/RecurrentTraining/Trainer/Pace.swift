/// How fast a run goes. For people to look at: nothing here enters a checkpoint.
struct Pace {
  private let start = ContinuousClock.now
  private var stepStart = ContinuousClock.now
  private var secondsPerStep = 0.0
  private var unitsPerStep = 0.0
  private var weight = 0.0
  private var evaluationSeconds = 0.0

  /// Seconds since the run began in this process.
  var elapsed: Double { (ContinuousClock.now - start).seconds }

  /// Units a second, over about the last 30 steps.
  var unitsPerSecond: Double { secondsPerStep > 0 ? unitsPerStep / secondsPerStep : 0 }

  /// Seconds for the given number of steps and evaluations.
  func seconds(forSteps steps: Int, evaluations: Int) -> Double {
    (weight > 0 ? secondsPerStep / weight * Double(steps) : 0) + evaluationSeconds * Double(evaluations)
  }

  mutating func stepBegins() { stepStart = ContinuousClock.now }

  mutating func stepEnds(units: Int) {
    let seconds = (ContinuousClock.now - stepStart).seconds
    secondsPerStep += (seconds - secondsPerStep) * 0.03
    unitsPerStep += (Double(units) - unitsPerStep) * 0.03
    weight += (1 - weight) * 0.03
  }

  mutating func evaluated(seconds: Double) { evaluationSeconds = seconds }
}

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
