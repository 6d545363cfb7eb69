import Recurrent

/// Shows a training run as it goes.
protocol TrainingDisplay {
  /// Shows one event.
  ///
  /// - Throws: ``ClosedOutput`` when nobody reads any more.
  mutating func show(_ event: TrainingEvent) throws
}
