import Foundation

/// What a run's `metrics.jsonl` says, as curves.
struct TrainingHistory {
  /// One optimizer step.
  struct Step: Equatable {
    var step: Int
    var loss: Double
    var gradientNorm: Double
    var learningRate: Double
  }

  /// One evaluation on the validation split.
  struct Validation: Equatable {
    var step: Int
    var loss: Double
  }

  /// The steps in order.
  var steps: [Step] = []
  /// The evaluations in order.
  var validations: [Validation] = []
  /// The step after which each epoch ended.
  var epochEnds: [Int] = []

  /// The evaluation with the lowest loss, the first of equals.
  var best: Validation? { validations.filter { $0.loss.isFinite }.min { $0.loss < $1.loss } }
}

extension TrainingHistory {
  /// One line of the file; every key but `kind` belongs to some kinds only.
  private struct Line: Decodable {
    struct Measured: Decodable { var loss: Double? }
    var kind: String
    var globalStep: Int?
    var loss: Double?
    var gradientNorm: Double?
    var learningRate: Double?
    var validation: Measured?
  }

  /// The history in a `metrics.jsonl`. Lines that are not whole (the run was killed while it wrote) are passed over.
  init(metrics text: String) {
    let decoder = JSONDecoder()
    for line in text.split(separator: "\n") {
      guard let line = try? decoder.decode(Line.self, from: Data(line.utf8)), let step = line.globalStep else { continue }
      if line.kind == "step", let loss = line.loss {
        steps.append(
          Step(
            step: step, loss: loss, gradientNorm: line.gradientNorm ?? .nan, learningRate: line.learningRate ?? .nan))
      }
      if line.kind == "epoch" { epochEnds.append(step) }
      if let loss = line.validation?.loss, validations.last?.step != step {
        validations.append(Validation(step: step, loss: loss))
      }
    }
  }
}
