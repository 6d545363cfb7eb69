public import RecurrentData

/// The data that are measured: a part of them, or a file as a whole.
public enum MeasuredPart: Sendable, Hashable, CaseIterable, RawRepresentable {
  /// A part, as the recipe divides the data.
  case part(DataPart)
  /// A file as a whole.
  case whole

  public static var allCases: [MeasuredPart] { DataPart.allCases.map { .part($0) } + [.whole] }

  /// `train`, `valid`, `test` or `all`.
  public var rawValue: String {
    switch self {
    case .part(let part): part.rawValue
    case .whole: "all"
    }
  }

  public init?(rawValue: String) {
    if rawValue == "all" {
      self = .whole
    } else if let part = DataPart(rawValue: rawValue) {
      self = .part(part)
    } else {
      return nil
    }
  }
}

/// An option of an evaluation that some tasks have.
public struct EvaluationOption: Sendable, Hashable {
  /// Its name: `weights` for `--weights`.
  public let name: String
  /// The models that it is for, in words: "language models".
  public let audience: String
  /// The values that it may have; empty: any, or it is given or not.
  public let values: [String]

  /// An option.
  public init(_ name: String, for audience: String, values: [String] = []) {
    (self.name, self.audience, self.values) = (name, audience, values)
  }

  /// How the weights of the recurrent layers are stored.
  public static let weights = EvaluationOption("weights", for: "language models", values: ["float32", "bfloat16"])
  /// Whether the answers are dealt anew at random first: what is then better than chance has seen what it predicts.
  public static let shuffleAnswers = EvaluationOption("shuffle-answers", for: "knowledge tracing")
  /// The file of a language model that says which texts are likely.
  public static let languageModel = EvaluationOption("language-model", for: "speech recognition")
}

/// What is asked of an evaluation.
public struct EvaluationRequest: Sendable {
  /// Where the data are.
  public var source: DataSource
  /// The part to measure; absent: test, or valid where there is no test part.
  public var part: MeasuredPart?
  /// The values of options, by name; of one that is only given or not, an empty text.
  public var options: [EvaluationOption: String]
  /// Whom reading the data tells how far it is.
  public var preparation = Preparation()
  /// Whether examples that the model was trained on are left out.
  public var leavesOutTrained = false

  /// A request.
  public init(source: DataSource, part: MeasuredPart? = nil, options: [EvaluationOption: String] = [:]) {
    (self.source, self.part, self.options) = (source, part, options)
  }
}

extension EvaluationRequest {
  /// Refuses options that a task does not have.
  func checkOptions<Task: RecipeTask>(of task: Task.Type) throws(EvaluationError) {
    for (option, value) in options.sorted(by: { $0.key.name < $1.key.name }) {
      if !Task.evaluationOptions.contains(option) {
        throw EvaluationError("--\(option.name) is for \(option.audience); leave it out for a \(Task.name) model")
      }
      if !option.values.isEmpty, !option.values.contains(value) {
        throw EvaluationError("--\(option.name) is \(value); it is one of \(option.values.joined(separator: ", "))")
      }
    }
  }

  /// Whether a file is to be measured as a whole.
  ///
  /// - Throws: ``EvaluationError`` for a directory, which is no one file.
  public func asksForWholeFile() throws(EvaluationError) -> Bool {
    guard part == .whole else { return false }
    if source.isDirectory, case .path(let path) = source {
      throw EvaluationError("\(path): is a directory; --split all needs one file")
    }
    return true
  }

  /// The part that is measured of data that have these: the one that is asked for, or else test, or valid where there is no test part.
  public func part(among parts: some Collection<DataPart>) -> DataPart {
    if case .part(let part) = part { return part }
    return parts.contains(.test) ? .test : .validation
  }

  /// The examples that are asked for.
  ///
  /// - Parameters:
  ///   - trained: The model that is measured.
  ///   - whole: Reads a file as a whole.
  ///   - parts: Reads the data in parts.
  public func examples<Examples, Task>(
    for trained: Trained<Task>, whole: () throws -> Examples, parts: () throws -> Parts<Examples>
  ) throws -> MeasuredExamples<Examples> {
    if try asksForWholeFile() { return try measured(for: trained, .whole, try whole(), training: nil) }
    let parts = try parts()
    let part = part(among: parts.sets.keys)
    return try measured(for: trained, .part(part), try parts.part(part), training: parts.sets[.train])
  }

  /// Examples of a part, without those that were trained on where the request says so, and what is known of these.
  func measured<Examples, Task>(
    for trained: Trained<Task>, _ part: MeasuredPart, _ examples: Examples, training: Examples?
  ) throws -> MeasuredExamples<Examples> {
    let contents = examples.contents
    let known = trained.trainedOn?.hashes(or: training?.contents)
    let trainedCount = known.map { known in contents.count { known.contains($0) } }
    var ignorance: String?
    if trained.trainedOn == nil, trained.dealing == .place, part != .whole, !source.isDirectory {
      ignorance = "the model's file does not tell what it was trained on; parts are dealt as the version that wrote it dealt them, so that what"
        + " was trained on is held out from the same file alone"
    } else if let trainedOn = trained.trainedOn, known == nil {
      ignorance = "the model was trained on \(Figures.grouped(trainedOn.count)) \(Examples.nouns.many), more than its file lists: whether it was"
        + " trained on some of these cannot be told"
    }
    let overlap = TrainingOverlap(
      part: part, count: contents.count, trainedCount: trainedCount, one: Examples.nouns.one, many: Examples.nouns.many, ignorance: ignorance)
    guard leavesOutTrained, let known, trainedCount != 0 else {
      return MeasuredExamples(part: part, examples: examples, training: training, overlap: overlap)
    }
    let others = contents.indices.filter { !known.contains(contents[$0]) }
    if others.isEmpty { throw EvaluationError("\(source.name): all \(Examples.nouns.many) were trained on; there is nothing else to measure") }
    return MeasuredExamples(part: part, examples: examples.selecting(others), training: nil, overlap: overlap)
  }
}

/// Examples to be measured.
public struct MeasuredExamples<Examples: ExampleSet>: Sendable {
  /// The part that they are.
  public let part: MeasuredPart
  /// The examples.
  public let examples: Examples
  /// The training part of the same data, where there is one, to fit baselines to.
  public let training: Examples?
  /// How many of them the model was trained on.
  public let overlap: TrainingOverlap
}

/// A request that a model cannot answer.
public struct EvaluationError: Error, Equatable, CustomStringConvertible {
  /// What is wrong, and what to do.
  public let description: String

  /// An error with a description that says what to do.
  public init(_ description: String) { self.description = description }
}
