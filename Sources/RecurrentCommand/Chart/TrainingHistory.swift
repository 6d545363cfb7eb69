import Recurrent

/// What a run's `metrics.jsonl` says, as curves over epochs.
struct TrainingHistory {
  /// One optimizer step.
  struct Step: Equatable {
    /// Where in the run it is: 2.5 is the middle of the third epoch.
    var epochs: Double
    var loss: Double
    var gradientNorm: Double
    var learningRate: Double
  }

  /// One evaluation on the validation split.
  struct Validation: Equatable {
    var epochs: Double
    var loss: Double
    /// Whether none before was better by the task's score; absent: the loss decides.
    var isBest: Bool?
  }

  /// The steps in order.
  var steps: [Step] = []
  /// The evaluations in order.
  var validations: [Validation] = []

  /// The evaluation that gave the best model: the last that was better than all before, or where that was not recorded
  /// the one with the lowest loss, the first of equals.
  var best: Validation? {
    let finite = validations.filter(\.loss.isFinite)
    return finite.last { $0.isBest == true } ?? finite.min { $0.loss < $1.loss }
  }

  /// Where the curves end.
  var end: Double { max(steps.last?.epochs ?? 0, validations.last?.epochs ?? 0) }
}

extension TrainingHistory {
  /// The history that a file's lines tell.
  init(_ records: [MetricsRecord]) {
    for record in records {
      if record.kind == .step, let loss = record.loss {
        steps.append(
          Step(
            epochs: record.epochs, loss: loss, gradientNorm: record.gradientNorm ?? .nan,
            learningRate: record.learningRate ?? .nan))
      }
      if let validation = record.validation {
        validations.append(Validation(epochs: record.epochs, loss: validation.loss, isBest: record.isBest))
      }
    }
  }
}
