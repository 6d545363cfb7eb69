public import Foundation
public import RecurrentLayers
public import RecurrentTraining

/// A model as it stands in a file, ready to be measured, asked and looked at.
public protocol TrainedModel: Sendable {
  /// What it was trained for.
  associatedtype Task: RecipeTask
  /// The network.
  associatedtype Network: Module where Network.Scalar == Float

  /// What it is.
  var description: ModelDescription<Task> { get }
  /// The network.
  var model: Network { get }
  /// How it was trained, where the file tells.
  var training: TrainingSummary? { get }

  /// Reads the parts of a file.
  ///
  /// - Throws: ``StoredModelError`` or `ModelFileError`: what is wrong with which file.
  init(_ stored: StoredModel) throws

  /// Measures the model on data.
  func report(on request: EvaluationRequest) throws -> EvaluationReport

  /// What `recurrent inspect` tells of it beside what all models have.
  var inspection: ModelInspection { get }
}

extension TrainedModel {
  /// Reads a model file.
  ///
  /// - Throws: `SafetensorsError`, `ModelFileError` or ``StoredModelError``: what is wrong with which file.
  public init(contentsOf url: URL) throws { try self.init(StoredModel(contentsOf: url)) }
}

extension StoredModel {
  /// The whole model, of whatever task it is.
  ///
  /// - Throws: ``StoredModelError`` or `ModelFileError`.
  public func trained() throws -> any TrainedModel {
    func read<T: RecipeTask>(_ task: T.Type) throws -> any TrainedModel { try T.Trained(self) }
    return try read(task.task)
  }
}

/// What a task tells of a model, line by line and as JSON.
public struct ModelInspection: Sendable {
  /// The network in one line: cells, layers, units.
  public var network: String
  /// Further lines: a label of at most eleven characters and what it says.
  public var lines: [(label: String, text: String)]
  /// Further members of the JSON object.
  public var members: [(String, JSON)]

  /// What there is to tell.
  public init(network: String, lines: [(label: String, text: String)] = [], members: [(String, JSON)] = []) {
    self.network = network
    self.lines = lines
    self.members = members
  }

  /// The first symbols of a vocabulary, quoted, as many as fit a line.
  public static func sample(_ symbols: [String]) -> String {
    var shown: [String] = []
    var length = 0
    for symbol in symbols {
      let text = JSON.text(symbol).description.withVisibleControls
      length += text.count + 1
      if length > 70 { return shown.joined(separator: " ") + " ..." }
      shown.append(text)
    }
    return shown.joined(separator: " ")
  }
}
