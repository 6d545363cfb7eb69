import Foundation
import RecurrentData
import RecurrentLayers
import RecurrentTraining

/// What the evaluation of a model of pairs of series finds.
public struct SeriesRegressionScore: TaskScore {
  /// The errors of the network, or of what answers without one.
  public struct Errors: Sendable {
    /// What answers; of the network an empty name.
    public let name: String
    /// The errors by channel of the answers, in the file's units.
    public let channels: [RegressionErrors]
  }

  public let part: MeasuredPart
  public let overlap: TrainingOverlap?
  /// The mean squared error in the network's units.
  public let loss: Double
  /// Whether the network's units are deviations of the targets in training.
  public let isStandardized: Bool
  /// The errors of the network.
  public let network: Errors
  /// The errors of the mean and of a linear model, fitted to the training part.
  public let baselines: [Errors]
  /// Series that were measured.
  public let seriesCount: Int
  /// Targets that they have.
  public let targetCount: Int
  /// Seconds of the evaluation.
  public let seconds: Double
}

extension SeriesRegression {
  /// Measures a model on a part of the data, beside the mean and a linear model.
  public static func evaluate(_ trained: TrainedSeriesRegression, on request: EvaluationRequest) throws -> SeriesRegressionScore {
    let codec = trained.codec
    let measured = try request.examples(
      for: trained, whole: { try SequencePairSet(jsonLines: request.source.url()) },
      parts: { try Parts<SequencePairSet>(request.source, trained.settings.data, codec.arrangement, by: trained.dealing) })
    let examples = try codec.encode(measured.examples)
    if examples.targetCount == 0 {
      throw EvaluationError(
        "\(measured.examples.path): no series has a target to compare with; `predict` says what the model makes of them")
    }
    let stopwatch = Stopwatch()
    let answers = trained.model.answers(to: examples)
    let seconds = stopwatch.seconds
    func errors(_ name: String, _ answers: [[Float]]) -> SeriesRegressionScore.Errors {
      SeriesRegressionScore.Errors(
        name: name,
        channels: (0..<codec.outputSize).map { RegressionErrors(examples: examples, answers: answers, channel: $0, codec: codec) })
    }
    let training = measured.part == .part(.train) ? nil : measured.training
    let baselines = try training.map { try RegressionBaselines(training: codec.encode($0), test: examples, codec: codec).answers }
    return SeriesRegressionScore(
      part: measured.part, overlap: measured.overlap, loss: RegressionErrors(examples: examples, answers: answers).meanSquare,
      isStandardized: codec.targetScale != nil, network: errors("", answers),
      baselines: (baselines ?? []).map { errors($0.name, $0.answers) }, seriesCount: examples.count, targetCount: examples.targetCount,
      seconds: seconds)
  }
}

extension SeriesRegressionScore {
  public var report: EvaluationReport {
    var report = EvaluationReport(part: part)
    report.add(
      "loss", label: "loss", .number(loss),
      text: "\(Figures.exact(loss)) \(isStandardized ? "of the targets' variance in training" : "squared")")
    for errors in [network] + baselines {
      let name = errors.name.isEmpty ? "output" : errors.name
      for (channel, own) in errors.channels.enumerated() {
        let output = errors.channels.count == 1 ? "" : " \(channel + 1)"
        let fit = own.determination.map { ", R² \(Figures.exact($0))" } ?? ""
        report.lines.append(
          .figure(
            label: "\(name)\(output)",
            text: "root mean square error \(Figures.exact(own.meanSquare.squareRoot())), mean size"
              + " \(Figures.exact(own.meanAbsolute))\(fit)"))
      }
      let channels = errors.channels.map { own in
        JSON.object(
          [("rmse", .number(own.meanSquare.squareRoot())), ("mae", .number(own.meanAbsolute))]
            + (own.determination.map { [("r2", .number($0))] } ?? []))
      }
      report.members.append((errors.name.isEmpty ? "outputs" : errors.name, .list(channels)))
    }
    report.members += [
      ("series", .integer(seriesCount)), ("targets", .integer(targetCount)), ("seconds", .number(seconds)),
    ]
    return report
  }
}
