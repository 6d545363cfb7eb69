public import RecurrentTraining

/// What `recurrent predict` asks of a model.
public struct PredictionRequest: Sendable {
  /// Texts, or the paths of files, as the task reads them.
  public var inputs: [String]
  /// The number of steps that is asked of a model which makes series of any length.
  public var steps: Int?
  /// Whether the influence of each word is asked for.
  public var explains: Bool
  /// Calls its argument with each line of a stream, for tasks that read one where there are no inputs. A ``PredictionError`` is about that line
  /// alone: the stream goes on.
  public var forEachLine: @Sendable (_ answer: (String) throws -> Void) throws -> Void

  /// A request; without a stream the texts are all there is.
  public init(
    inputs: [String], steps: Int? = nil, explains: Bool = false,
    forEachLine: @escaping @Sendable (_ answer: (String) throws -> Void) throws -> Void = { _ in }
  ) {
    (self.inputs, self.steps, self.explains, self.forEachLine) = (inputs, steps, explains, forEachLine)
  }

  /// The files that are asked about, of a task that reads files alone and explains nothing.
  ///
  /// - Parameter content: What is in them: "series".
  ///
  /// - Throws: ``PredictionError`` where there is none, or words are to be explained.
  func files(of content: String) throws(PredictionError) -> [String] {
    if explains { throw PredictionError("--explain is for texts; leave it out for a model of \(content)") }
    if inputs.isEmpty { throw PredictionError("a model of \(content) reads files: name at least one after the model") }
    return inputs
  }

  /// Refuses a number of steps where the answer has the input's.
  func refuseSteps() throws(PredictionError) {
    if steps != nil { throw PredictionError("--steps is for models that make series; leave it out") }
  }
}

/// What a model says of one input.
public struct Prediction: Sendable {
  /// For people: a line for each answer, its fields between tabs.
  public var lines: [String]
  /// For programs.
  public var members: [(String, JSON)]
  /// What moved the verdict, where that was asked for.
  public var explanation: TextExplanation?
  /// The same as a page of HTML.
  public var page: String?

  /// A prediction that explains nothing.
  public init(lines: [String], members: [(String, JSON)]) {
    (self.lines, self.members) = (lines, members)
  }
}

/// An input that cannot be judged.
public struct PredictionError: Error, Equatable, CustomStringConvertible {
  /// What is wrong.
  public let description: String

  /// An error with a description that names the input.
  public init(_ description: String) { self.description = description }
}
