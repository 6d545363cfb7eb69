public import Foundation
public import RecurrentData
import RecurrentLayers
import RecurrentTensors
public import RecurrentTraining

/// A model that judges the series of a file, of whichever task on series.
public protocol SeriesPredictor: TrainedModel {
  /// How series become what it reads, and the classes.
  var codec: SeriesCodec { get }

  /// Whether each step of a series has its own answer.
  var answersSteps: Bool { get }

  /// Judges the series of a file, whose labels, if it has any, do not matter.
  ///
  /// - Returns: a verdict for each, in the file's order.
  /// - Throws: `DataError`: what is wrong where in the file.
  func predict(contentsOf url: URL) throws(DataError) -> [SeriesVerdict]
}

/// A model of series as it stands in a file: with the scale of its channels and its classes, ready to judge series.
///
/// ```swift
/// let trained = try TrainedSeriesModel<WholeSeries>(contentsOf: url)
/// for verdict in try trained.predict(contentsOf: seriesURL) { print(verdict.label, verdict.probability) }
/// ```
public struct TrainedSeriesModel<Answer: SeriesAnswer>: SeriesPredictor {
  public typealias Task = SeriesLabelling<Answer>

  /// What it is.
  public let description: ModelDescription<Task>
  /// How series become what it reads.
  public let codec: SeriesCodec
  /// The network.
  public let model: SeriesModel
  /// How it was trained, where the file tells.
  public let training: TrainingSummary?

  public init(_ stored: StoredModel) throws {
    let description = try stored.description(of: SeriesLabelling<Answer>.self)
    let codec = try stored.part("series", as: SeriesCodec.self)
    var generator = RandomGenerator(seed: 0)
    var model = SeriesModel(
      description.model, channelCount: codec.featureCount, classCount: codec.classes.count, isTagging: Answer.isTagging,
      using: &generator)
    try stored.loadParameters(into: &model)
    (self.description, self.codec, self.model, training) = (description, codec, model, stored.training)
  }

  public var answersSteps: Bool { Answer.isTagging }

  public func predict(contentsOf url: URL) throws(DataError) -> [SeriesVerdict] {
    let reader = SeriesReader(data: description.data, isTagging: Answer.isTagging, allowsMissingLabels: true)
    var set = try reader.read(url)
    for index in set.sequences.indices { set.sequences[index].labels = .none }
    let examples = try codec.encode(set, isTagging: Answer.isTagging)
    let probabilities = model.probabilities(examples, classCount: codec.classes.count)
    return zip(set.sequences, probabilities).map { sequence, answers in
      SeriesVerdict(
        id: sequence.id, line: sequence.line, stepCount: sequence.stepCount,
        answers: answers.map { SeriesVerdict.Judgement(probabilities: $0.map(Double.init), classes: codec.classes) })
    }
  }

  public var inspection: ModelInspection {
    let configuration = description.model
    let network = configuration.encoder.description(reach: model.encoder.reach)
    let pooling = Answer.isTagging ? "" : ", \(configuration.pooling.rawValue) pooling"
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
}
