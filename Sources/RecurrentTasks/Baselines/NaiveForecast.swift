import RecurrentTensors

/// What any forecast has to beat: what was before comes again.
public enum NaiveForecast: Sendable, Hashable {
  /// The last value.
  case persistence
  /// The value a season before, for each step; of the season before that where it is missing.
  case seasonal(steps: Int)

  /// The next `horizon` values after a history.
  ///
  /// Missing values (NaN) in the history are passed over: persistence gives the last one that is known, and so does the seasonal forecast
  /// for a place in the season of which none is known. If nothing is known, the forecast is NaN.
  public func forecast(after history: some RandomAccessCollection<Double>, horizon: Int) -> [Double] {
    let history = Array(history)
    let last = history.last { !$0.isNaN } ?? .nan
    switch self {
    case .persistence: return Array(repeating: last, count: horizon)
    case .seasonal(let steps):
      check(steps >= 1, "NaiveForecast: a season of \(steps) steps")
      return (0..<horizon).map { ahead in
        var index = history.count + ahead
        repeat { index -= steps } while index >= history.count || (index >= 0 && history[index].isNaN)
        return index >= 0 ? history[index] : last
      }
    }
  }
}
