#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif
public import RecurrentTensors

/// How a token is chosen from the scores that a model gives.
///
/// Scores are divided by the temperature, cut to the `topK` best, then to the smallest set of best tokens whose probability reaches
/// `topP` (Holtzman et al. 2020), and one is drawn.
public struct Sampling: Sendable, Equatable {
  /// 1 is the model's own distribution, less is bolder towards the likely; 0 always takes the likeliest.
  public var temperature: Double
  /// Choose among so many of the likeliest only; nil is all.
  public var topK: Int?
  /// Choose among the likeliest that together reach this probability; nil is all.
  public var topP: Double?

  /// A way of choosing.
  ///
  /// - Precondition: `temperature` at least 0, `topK` at least 1, `topP` in (0, 1].
  public init(temperature: Double = 1, topK: Int? = nil, topP: Double? = nil) {
    check(temperature >= 0, "Sampling: temperature \(temperature) is negative")
    check(topK ?? 1 >= 1, "Sampling: topK \(topK ?? 0) is less than 1")
    check((topP ?? 1) > 0 && (topP ?? 1) <= 1, "Sampling: topP \(topP ?? 0) is not in (0, 1]")
    self.temperature = temperature
    self.topK = topK
    self.topP = topP
  }

  /// Draws an index from `scores`, unnormalized log-probabilities.
  ///
  /// One number is drawn from the generator whatever the settings, so that runs differ only where choices do.
  public func draw(from scores: [Float], using generator: inout RandomGenerator) -> Int {
    let draw = generator.uniform()
    guard temperature > 0 else { return likeliest(scores) }
    let largest = Double(scores.max() ?? 0)
    var weights = scores.map { exp((Double($0) - largest) / temperature) }
    if topK != nil || topP != nil { cut(&weights) }
    let total = weights.reduce(0, +)
    var rest = draw * total
    for (index, weight) in weights.enumerated() where weight > 0 {
      rest -= weight
      if rest < 0 { return index }
    }
    return likeliest(scores)  // only if rounding left something over
  }

  private func likeliest(_ scores: [Float]) -> Int {
    scores.indices.max { scores[$0] < scores[$1] } ?? 0
  }

  /// Sets the weights that are not to be chosen to zero.
  private func cut(_ weights: inout [Double]) {
    let order = weights.indices.sorted { weights[$0] == weights[$1] ? $0 < $1 : weights[$0] > weights[$1] }
    var keep = min(topK ?? weights.count, weights.count)
    if let topP {
      let total = order.prefix(keep).reduce(0) { $0 + weights[$1] }
      var reached = 0.0
      for (position, index) in order.prefix(keep).enumerated() {
        reached += weights[index]
        if reached >= topP * total {
          keep = position + 1
          break
        }
      }
    }
    for index in order.dropFirst(keep) { weights[index] = 0 }
  }
}
