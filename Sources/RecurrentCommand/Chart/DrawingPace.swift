/// When a picture that takes the longer to draw the longer the run is drawn anew: as often as a twentieth of the run's time allows. Drawn
/// after every epoch, pictures would take a time that grows with the square of the epochs.
struct DrawingPace {
  /// How many times as long as a drawing took the next one waits.
  private static let patience = 19
  private var next = Duration.zero

  /// Draws if it is time to.
  ///
  /// - Parameter time: The time now, since any moment.
  mutating func draw(at time: () -> Duration, _ body: () throws -> Void) rethrows {
    let start = time()
    guard start >= next else { return }
    defer {
      let end = time()
      next = end + (end - start) * Self.patience
    }
    try body()
  }
}
