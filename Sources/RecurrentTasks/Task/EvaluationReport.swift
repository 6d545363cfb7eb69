import RecurrentData
public import RecurrentLayers
public import RecurrentTraining

/// The part of the data that is measured.
public enum DataPart: String, Sendable, CaseIterable {
  /// What the model learnt from.
  case train
  /// What decided which model is best.
  case valid
  /// What the final figure is measured on.
  case test
  /// A file as a whole.
  case all
}

/// What `recurrent evaluate` asks of a model.
public struct EvaluationRequest: Sendable {
  /// Where the data are.
  public var source: DataSource
  /// The part to measure; absent: test, or valid where there is no test part.
  public var part: DataPart?
  /// How the weights of the recurrent layers are stored, for tasks that can tell what rounding them costs.
  public var weights: WeightPrecision
  /// Whether the answers are dealt out anew at random first, for tasks that predict answers: what is then better than chance has leaked.
  public var shufflesAnswers: Bool

  /// A request.
  public init(
    source: DataSource, part: DataPart? = nil, weights: WeightPrecision = .full, shufflesAnswers: Bool = false
  ) {
    self.shufflesAnswers = shufflesAnswers
    self.source = source
    self.part = part
    self.weights = weights
  }
}

extension EvaluationRequest {
  /// Whether a file is to be measured as a whole.
  ///
  /// - Throws: ``EvaluationError`` for a directory, which is no one file.
  func asksForWholeFile() throws(EvaluationError) -> Bool {
    guard part == .all else { return false }
    if source.isDirectory, case .path(let path) = source {
      throw EvaluationError("\(path): is a directory; --split all needs one file")
    }
    return true
  }

  /// The part that is measured of data that have these: the one asked for, or else test, or valid where there is no test part.
  func part(among parts: [TextSplit: some Any]) -> (part: DataPart, split: TextSplit) {
    let part = part ?? (parts[.test] != nil ? .test : .valid)
    switch part {
    case .train: return (part, .train)
    case .test: return (part, .test)
    case .valid, .all: return (part, .validation)
    }
  }
}

/// A request that a model cannot answer.
public struct EvaluationError: Error, Equatable, CustomStringConvertible {
  /// What is wrong, and what to do.
  public let description: String

  /// An error in these words.
  public init(_ description: String) { self.description = description }
}

/// What an evaluation found: lines for people, the same figures as JSON for programs, and pictures.
public struct EvaluationReport: Sendable {
  /// A line of the report.
  public enum Line: Sendable, Equatable {
    /// A figure: what it is called (at most 19 characters), and its value with its unit.
    case figure(label: String, text: String)
    /// A line of words between the figures.
    case words(String)
  }

  /// A file that belongs to the report: a confusion matrix as SVG, the predictions as CSV.
  public struct Attachment: Sendable, Equatable {
    /// The file's name.
    public var name: String
    /// What is in it.
    public var contents: String

    /// A file.
    public init(name: String, contents: String) {
      self.name = name
      self.contents = contents
    }
  }

  /// The part that was measured.
  public var part: DataPart
  /// For people.
  public var lines: [Line] = []
  /// For programs, in this order.
  public var members: [(String, JSON)] = []
  /// Files to be written where the user says.
  public var attachments: [Attachment] = []

  /// An empty report on a part.
  public init(part: DataPart) { self.part = part }

  /// Adds a figure to both the lines and the JSON.
  public mutating func add(_ key: String, label: String, _ value: JSON, text: String) {
    lines.append(.figure(label: label, text: text))
    members.append((key, value))
  }

  /// The lines as text.
  public var text: String {
    lines.map { line in
      switch line {
      case .figure(let label, let text): label.padded(to: 19) + " " + text
      case .words(let words): words
      }
    }.joined(separator: "\n")
  }
}
