/// The time since it was made.
struct Stopwatch {
  private let start = ContinuousClock.now

  /// Seconds so far.
  var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }
}
