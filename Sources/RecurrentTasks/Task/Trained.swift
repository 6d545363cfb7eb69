public import Foundation
import RecurrentData
import RecurrentLayers
import RecurrentTensors
public import RecurrentTraining

/// A trained model, ready to be measured, asked and looked at: from a run that has just ended, or from a file.
///
/// ```swift
/// let run = try LanguageModeling.prepare(settings, from: .path("letters.txt"))
/// let trained = try run.trained(run.trainer().run(from: run.model))
/// let same = try Trained<LanguageModeling>(contentsOf: url)
/// print(try same.evaluate(EvaluationRequest(source: .path("letters.txt"))).report.text)
/// ```
public struct Trained<Task: RecipeTask>: TrainedModel {
  /// What it is: the data and the sizes that it was made for.
  public let settings: ModelSettings<Task>
  /// What stands in its file beside settings and tensors.
  public let artifacts: Task.Artifacts
  /// What turns inputs into tensors and answers into words.
  public let reader: Task.Reader
  /// The network.
  public let model: Task.Goal.Model
  /// How it was trained, where that is known.
  public let training: TrainingSummary?
  /// What it was trained on, where that is known.
  public let trainedOn: TrainedOn?
  /// How examples of one file come into the parts that it is measured on.
  public let dealing: Dealing

  /// A model of these parts.
  ///
  /// - Throws: ``ArtifactError`` where settings and artifacts do not go together.
  public init(
    settings: ModelSettings<Task>, artifacts: Task.Artifacts, model: Task.Goal.Model, training: TrainingSummary? = nil,
    trainedOn: TrainedOn? = nil, dealing: Dealing = .content
  ) throws {
    reader = try Task.reader(settings, artifacts)
    (self.trainedOn, self.dealing) = (trainedOn, dealing)
    (self.settings, self.artifacts, self.model, self.training) = (settings, artifacts, model, training)
  }

  /// The model of a file that is known to be one.
  ///
  /// - Throws: ``StoredModelError`` or `ModelFileError`: what is wrong with which file.
  public init(_ stored: StoredModel) throws {
    settings = try stored.settings(of: Task.self)
    artifacts = try stored.artifacts(of: Task.self)
    do {
      reader = try Task.reader(settings, artifacts)
    } catch let error as ArtifactError {
      throw StoredModelError(path: stored.path, error.description)
    }
    if let count = Task.parameterCount(settings, artifacts) { try stored.check(parameterCount: count) }
    var generator = RandomGenerator(seed: 0)
    var model = Task.model(settings, artifacts, using: &generator)
    try stored.loadParameters(into: &model)
    self.model = model
    training = stored.training
    trainedOn = try stored.trainedOn()
    dealing = try stored.dealing()
  }

  /// The model of a file.
  ///
  /// - Throws: `SafetensorsError`, `ModelFileError` or ``StoredModelError``: what is wrong with which file.
  public init(contentsOf url: URL) throws { try self.init(StoredModel(contentsOf: url, tasks: .knowing(Task.self))) }

  /// Writes the model to a file that ``init(contentsOf:)`` reads.
  ///
  /// - Throws: `FileWriteError`.
  public func save(to url: URL) throws {
    var metadata = try settings.metadata(artifacts, trainedOn: trainedOn, dealing: dealing)
    if let training { metadata["training"] = try training.json() }
    try saveModel(model, metadata: metadata, to: url)
  }

  /// Measures the model on data.
  ///
  /// - Throws: ``EvaluationError`` for an option that the task does not have, and what is wrong with the data.
  public func evaluate(_ request: EvaluationRequest) throws -> Task.Score {
    try request.checkOptions(of: Task.self)
    return try Task.evaluate(self, on: request)
  }

  /// Measures the model on data, for people, programs and pictures; where it was trained on some of these, on the others too.
  public func report(on request: EvaluationRequest) throws -> EvaluationReport {
    let score = try evaluate(request)
    var report = score.report
    guard let overlap = score.overlap else { return report }
    var others: Result<EvaluationReport, EvaluationError>?
    if overlap.isPartial, report.part != .part(.train) {
      var request = request
      request.leavesOutTrained = true
      do {
        others = .success(try evaluate(request).report)
      } catch let error as EvaluationError {
        others = .failure(error)
      }
    }
    report.add(overlap, others: others)
    return report
  }
}

/// A trained model of whatever task.
public protocol TrainedModel: Sendable {
  /// What it was trained for.
  associatedtype Task: RecipeTask

  /// What it is.
  var settings: ModelSettings<Task> { get }
  /// The network.
  var model: Task.Goal.Model { get }
  /// How it was trained, where that is known.
  var training: TrainingSummary? { get }

  /// Measures the model on data.
  func evaluate(_ request: EvaluationRequest) throws -> Task.Score

  /// Measures the model on data, for people, programs and pictures.
  func report(on request: EvaluationRequest) throws -> EvaluationReport

  /// What `recurrent inspect` prints of it beside what all models have.
  var inspection: ModelInspection { get }

  /// Calls `body` with what the model makes of each input.
  func predict(_ request: PredictionRequest, _ body: (Prediction) throws -> Void) throws

  /// Reads the first `limit` steps of an input and records what the recurrent cells compute.
  func watch(_ input: WatchedInput, limit: Int) throws -> WatchedRun
}

extension TrainedModel {
  /// The name of what it was trained for.
  public var taskName: String { Task.name }
}

extension Trained {
  public var inspection: ModelInspection { Task.inspection(of: self) }

  public func predict(_ request: PredictionRequest, _ body: (Prediction) throws -> Void) throws {
    try Task.predict(request, by: self, body)
  }

  public func watch(_ input: WatchedInput, limit: Int) throws -> WatchedRun { try Task.watch(input, limit: limit, by: self) }
}

extension StoredModel {
  /// The whole model, of whatever task it is.
  ///
  /// - Throws: ``StoredModelError`` or `ModelFileError`.
  public func trained() throws -> any TrainedModel {
    func read<T: RecipeTask>(_ task: T.Type) throws -> any TrainedModel { try Trained<T>(self) }
    return try read(task.task)
  }
}
