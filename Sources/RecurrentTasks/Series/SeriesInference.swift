public import Foundation
public import RecurrentData
import RecurrentLayers
import RecurrentTraining

/// A model of series, with the scale of its channels and its classes, ready to judge series.
///
/// ```swift
/// let trained = try TrainedSeriesModel<WholeSeries>(contentsOf: url)
/// for verdict in try SeriesClassification.verdicts(of: trained, contentsOf: seriesURL) { print(verdict.answers[0].label, verdict.answers[0].probability) }
/// ```
public typealias TrainedSeriesModel<Answer: SeriesAnswer> = Trained<SeriesLabelling<Answer>>

extension SeriesLabelling {
  /// Judges the series of a file, whose labels, if it has any, do not matter.
  ///
  /// - Returns: A verdict for each, in the file's order.
  /// - Throws: `DataError`: what is wrong where in the file.
  public static func verdicts(
    of trained: Trained<Self>, contentsOf url: URL
  ) throws(DataError) -> [SeriesVerdict] {
    let codec = trained.artifacts.series
    let reader = SeriesReader(data: trained.settings.data, isTagging: isTagging, known: codec.known)
    var set = try reader.read(url)
    for index in set.sequences.indices { set.sequences[index].labels = .none }
    let examples = try codec.encode(set, isTagging: isTagging)
    let probabilities = trained.model.probabilities(examples, classCount: codec.classes.count)
    return zip(set.sequences, probabilities).map { sequence, answers in
      SeriesVerdict(
        id: sequence.id, line: sequence.line, stepCount: sequence.stepCount,
        answers: answers.map { SeriesVerdict.Judgement(probabilities: $0.map(Double.init), classes: codec.classes) })
    }
  }

  /// Judges all series of all files: of a model that answers each step a line for each of those.
  public static func predict(
    _ request: PredictionRequest, by trained: Trained<Self>, _ body: (Prediction) throws -> Void
  ) throws {
    try request.refuseSteps()
    let files = try request.files(of: "series")
    let names = trained.artifacts.series.classes.names
    for file in files {
      for verdict in try verdicts(of: trained, contentsOf: URL(fileURLWithPath: file)) {
        let name = SeriesVerdict.name(verdict.id, line: verdict.line, file: files.count > 1 ? file : nil)
        let answers = verdict.answers.map { answer -> [(String, JSON)] in
          [
            ("label", .text(answer.label)), ("probability", .number(answer.probability)),
            ("probabilities", .object(zip(names, answer.probabilities).map { ($0, JSON.number($1)) })),
          ]
        }
        try body(
          Prediction(
            lines: verdict.answers.enumerated().map { step, answer in
              "\(isTagging ? "\(name)\t\(step + 1)" : name)\t\(answer.label.asField)\t\(Figures.percent(answer.probability))"
            },
            members: SeriesVerdict.members(verdict.id, line: verdict.line, file: file) + [("steps", .integer(verdict.stepCount))]
              + (isTagging ? [("labels", .list(answers.map { .object($0) }))] : answers.flatMap(\.self))))
      }
    }
  }

  public static func inspection(of trained: Trained<Self>) -> ModelInspection {
    let (configuration, codec) = (trained.settings.model, trained.artifacts.series)
    let network = configuration.encoder.description(reach: trained.model.encoder.reach)
    let pooling = isTagging ? "" : ", \(configuration.pooling.rawValue) pooling"
    let lengths =
      codec.shortest == codec.longest
      ? Figures.counted(codec.longest, "step") : "\(Figures.grouped(codec.shortest)) to \(Figures.counted(codec.longest, "step"))"
    return ModelInspection(
      network: network + pooling + (configuration.residual ? ", residual" : ""),
      lines: [
        ("classes", "\(Figures.grouped(codec.classes.count)): \(ModelInspection.sample(codec.classes.names))"),
        (
          "channels",
          "\(Figures.grouped(codec.channelNames.count)): \(ModelInspection.sample(codec.channelNames))"
            + (codec.hasMasks ? ", each with a mask of missing values" : "")
        ),
        ("trained on", "series of \(lengths)"),
      ],
      members: [
        ("classes", .list(codec.classes.names.map { .text($0) })),
        ("channels", .list(codec.channelNames.map { .text($0) })), ("masks", .boolean(codec.hasMasks)),
        ("lengths", .object([("shortest", .integer(codec.shortest)), ("longest", .integer(codec.longest))])),
      ])
  }
}

/// What a model says of a series.
public struct SeriesVerdict: Sendable, Equatable {
  /// What it says of the whole series or of one step.
  public struct Judgement: Sendable, Equatable {
    /// The likeliest class.
    public let label: String
    /// Its probability.
    public let probability: Double
    /// The probability of each class, in the order of the model's classes.
    public let probabilities: [Double]

    init(probabilities: [Double], classes: ClassTable) {
      let index = probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0
      (label, probability, self.probabilities) = (classes.names[index], probabilities[index], probabilities)
    }
  }

  /// The series' name in the file, where it has one.
  public let id: String?
  /// The line of the file on which it begins.
  public let line: Int
  /// The number of its steps.
  public let stepCount: Int
  /// One answer for the series, or one for each step.
  public let answers: [Judgement]

  /// What a series is called in a line: its name, or else its line, with the file where there are several.
  static func name(_ id: String?, line: Int, file: String?) -> String {
    (id ?? (file.map { "\($0):\(line)" } ?? "\(line)")).asField
  }

  /// Where a series is from, for programs.
  static func members(_ id: String?, line: Int, file: String) -> [(String, JSON)] {
    [("file", .text(file)), ("line", .integer(line))] + (id.map { [("id", .text($0))] } ?? [])
  }
}
