public import Foundation
public import RecurrentData
import RecurrentLayers
import RecurrentTraining

/// A model of pairs of series as it stands in a file: with the scales of its inputs and answers, ready to answer.
///
/// ```swift
/// let trained = try TrainedSeriesRegression(contentsOf: url)
/// for answer in try trained.answers(toContentsOf: seriesURL) { print(answer.values) }
/// ```
public typealias TrainedSeriesRegression = Trained<SeriesRegression>

extension TrainedSeriesRegression {
  /// How series become what it reads, and its answers numbers of the file's units.
  public var codec: RegressionCodec { artifacts.regression }

  /// Answers the series of a file of JSON lines; targets in it do not matter, but for how many answers are asked for.
  ///
  /// - Parameter steps: How many answers each is asked for, in arrangements where that is free; nil: as many steps as its `y` has, or else
  ///   as many as every training series had.
  /// - Returns: The answers to each, in the file's order.
  /// - Throws: `DataError`: what is wrong where in the file, or that the number of answers is not known.
  public func answers(toContentsOf url: URL, steps: Int? = nil) throws(DataError) -> [SeriesAnswers] {
    let pairs = try SequencePairSet(jsonLines: url, needsTargets: false)
    var counts: [Int] = []
    for (input, target) in zip(pairs.inputs.sequences, pairs.targets.sequences) {
      let isKnown = target.missingCount < target.values.count
      guard
        let count = codec.arrangement.outputCount(inputCount: input.stepCount) ?? steps
          ?? (isKnown ? target.stepCount : codec.answerCount)
      else {
        throw DataError(
          pairs.path, line: input.line,
          "how many steps are asked for is not known: the training series had different numbers; say how many (--steps)")
      }
      counts.append(count)
    }
    let examples = try codec.encode(pairs.inputs, answerCounts: counts)
    return zip(pairs.inputs.sequences, model.answers(to: examples)).map { input, answers in
      SeriesAnswers(
        id: input.id, line: input.line,
        values: stride(from: 0, to: answers.count, by: codec.outputSize).map { start in
          (0..<codec.outputSize).map { codec.restored(answers[start + $0], channel: $0) }
        })
    }
  }
}

extension SeriesRegression {
  /// Answers all series of all files: a line for each answer, with the series' name or line, the step and the numbers.
  public static func predict(
    _ request: PredictionRequest, by trained: TrainedSeriesRegression, _ body: (Prediction) throws -> Void
  ) throws {
    let files = try request.files(of: "series")
    for file in files {
      for answers in try trained.answers(toContentsOf: URL(fileURLWithPath: file), steps: request.steps) {
        let name = SeriesVerdict.name(answers.id, line: answers.line, file: files.count > 1 ? file : nil)
        try body(
          Prediction(
            lines: answers.values.enumerated().map { step, values in
              let place = answers.values.count > 1 ? "\(name)\t\(step + 1)" : name
              return "\(place)\t\(values.map { Figures.exact($0) }.joined(separator: "\t"))"
            },
            members: SeriesVerdict.members(answers.id, line: answers.line, file: file) + [
              ("y", .list(answers.values.map { .list($0.map { .number($0) }) }))
            ]))
      }
    }
  }

  public static func inspection(of trained: TrainedSeriesRegression) -> ModelInspection {
    let (model, codec) = (trained.settings.model, trained.codec)
    return ModelInspection(
      network: "\(model.cell.rawValue), \(Figures.counted(model.layers, "layer")) of \(Figures.grouped(model.hidden)) units"
        + (model.bidirectional ? " in both directions" : "") + ", \(codec.arrangement.rawValue)",
      lines: [
        ("reads", "\(Figures.counted(codec.inputChannelCount, "channel"))\(codec.hasMasks ? ", each with a mark of missing values" : "")"),
        ("answers", Figures.counted(codec.outputSize, "channel") + (codec.answerCount.map { ", \(Figures.counted($0, "step"))" } ?? "")),
      ],
      members: [
        ("arrangement", .text(codec.arrangement.rawValue)), ("inputs", .integer(codec.inputChannelCount)),
        ("outputs", .integer(codec.outputSize)), ("masks", .boolean(codec.hasMasks)),
      ])
  }
}

/// What a model answers to a series.
public struct SeriesAnswers: Sendable, Equatable {
  /// The series' name in the file, where it has one.
  public let id: String?
  /// The line of the file on which it begins.
  public let line: Int
  /// The answers, a list of numbers for each step, in the file's units.
  public let values: [[Double]]
}
