import Recurrent

/// Shows a training run as it goes.
protocol TrainingDisplay {
  /// Shows one event.
  ///
  /// - Throws: ``ClosedOutput`` when standard output has been closed.
  mutating func show(_ event: TrainingEvent) throws
}
