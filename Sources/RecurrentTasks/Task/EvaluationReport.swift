public import RecurrentTraining

/// What an evaluation finds, as values: a confusion matrix, BLEU with its parts, errors by horizon.
public protocol TaskScore: Sendable {
  /// The data that were measured.
  var part: MeasuredPart { get }

  /// How many of the examples the model was trained on; nil, the default: the data are no examples, but one text or series.
  var overlap: TrainingOverlap? { get }

  /// A view of it: lines for people, JSON for programs, and pictures.
  var report: EvaluationReport { get }
}

extension TaskScore {
  public var overlap: TrainingOverlap? { nil }
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
  public var part: MeasuredPart
  /// For people.
  public var lines: [Line] = []
  /// For programs, in this order.
  public var members: [(String, JSON)] = []
  /// Files to be written where the user says.
  public var attachments: [Attachment] = []

  /// An empty report on a part.
  public init(part: MeasuredPart) { self.part = part }

  /// Adds a figure to both the lines and the JSON.
  public mutating func add(_ key: String, label: String, _ value: JSON, text: String) {
    lines.append(.figure(label: label, text: text))
    members.append((key, value))
  }

  /// The lines as text.
  public var text: String {
    lines.map { line in
      switch line {
      case .figure(let label, let text): label.asField.padded(to: 19) + " " + text.asField
      case .words(let words): words
      }
    }.joined(separator: "\n")
  }
}
