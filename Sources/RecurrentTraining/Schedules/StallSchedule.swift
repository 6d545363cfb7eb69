import RecurrentTensors

/// The rate divided by a factor whenever validation stalls.
///
/// After `patience` evaluations in a row none of which is below the lowest so far, the rate is divided, but never to
/// less than `finalRate`, and the count begins again. PyTorch's word_language_model: factor 4, patience 1.
public struct StallSchedule: Schedule, Equatable {
  /// The full rate.
  public let rate: Double
  /// What it is divided by.
  public let factor: Double
  /// Evaluations in a row without gain before it is divided.
  public let patience: Int
  /// What it does not go below.
  public let finalRate: Double
  /// The lowest loss, evaluations since, and divisions so far.
  public var state = ScheduleState()

  /// - Precondition: `factor` is above 1, `patience` at least 1.
  public init(rate: Double, factor: Double, patience: Int = 1, finalRate: Double = 0) {
    check(factor > 1 && patience >= 1, "StallSchedule: factor \(factor), patience \(patience)")
    self.rate = rate
    self.factor = factor
    self.patience = patience
    self.finalRate = finalRate
  }

  private var current: Double { max(finalRate, divided(rate, by: factor, times: state.divisions)) }

  public func rate(at position: SchedulePosition) -> Double { current }

  public mutating func validated(loss: Double) -> String? {
    if loss < state.best ?? .infinity {
      state.best = loss
      state.stalls = 0
      return nil
    }
    state.stalls += 1
    guard state.stalls >= patience, current > finalRate else { return nil }
    state.stalls = 0
    state.divisions += 1
    return "validation has not improved: learning rate divided by \(factor), now \(current)"
  }
}
