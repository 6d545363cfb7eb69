import Recurrent

/// Shows a training run as it goes.
protocol TrainingDisplay {
  /// Shows one event.
  ///
  /// - Throws: ``ClosedOutput`` when nobody reads any more.
  mutating func show(_ event: TrainingEvent) throws
}

/// What a display must know of a run beside its events.
struct RunDescription {
  /// The recipe's name.
  var recipe: String
  /// What a token is called in a rate: "char/s".
  var rateUnit: String
  /// Whether perplexity is the figure that the task's people compare.
  var showsPerplexity: Bool
}

extension RunDescription {
  /// A validation figure as it stands in a line: "1.463", or "4.752 (perplexity 115.9)".
  func figure(_ evaluation: Evaluation) -> String {
    let loss = Figures.loss(evaluation.loss)
    guard showsPerplexity, let perplexity = evaluation.metrics["perplexity"] else { return loss }
    return "\(loss) (perplexity \(String(decimal: perplexity)))"
  }
}

extension String {
  /// Two decimals below ten, one below a thousand, none above.
  init(decimal value: Double) {
    let scale = abs(value) < 10 ? 100.0 : abs(value) < 1000 ? 10.0 : 1.0
    guard value.isFinite, abs(value) < 1e15 else {
      self = "\(value)"
      return
    }
    let rounded = (value * scale).rounded() / scale
    self = scale == 1 ? "\(Int64(rounded))" : "\(rounded)"
  }
}
