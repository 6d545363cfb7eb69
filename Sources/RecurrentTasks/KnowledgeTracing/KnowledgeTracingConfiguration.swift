import RecurrentData
public import RecurrentLayers
public import RecurrentTraining

/// The `data` of a knowledge tracing recipe: how answers are written, and what a prediction may see.
public struct AnswerDataConfiguration: Configuration {
  /// How the answers are written.
  public enum Format: String, Codable, Sendable, CaseIterable {
    /// Three lines a student: how many answers, their skills, and whether each was right.
    case threeLines = "three-lines"
    /// A table with a row for each answer and skill.
    case table
  }

  /// What a prediction may see of a student.
  public enum History: String, Codable, Sendable, CaseIterable {
    /// All answers before it.
    case student
    /// Those before it to questions of the same skill.
    case skill
  }

  /// How the answers are written.
  public var format = Format.table
  /// The column of a table that names the student.
  public var student = "student"
  /// The column that names the question; rows of one student with the same question, one after another, are one answer.
  public var question: String?
  /// The column that names the skill.
  public var skill = "skill"
  /// The column that says whether the answer was right: 1 or 0.
  public var correct = "correct"
  /// What a prediction may see.
  public var history = History.student
  /// Runs of one student's answers to one skill that are longer count neither in training nor in scores.
  public var longestPractice: Int?
  /// Parts of the students of a single file.
  public var split = [0.8, 0.1, 0.1]
  /// The part of the training students that decides which model is best, where a directory has no file for that.
  public var validation = 0.1

  public init() {}

  public static var keys: [ConfigurationKey] {
    [
      .choice(
        "format", Format.self,
        "three-lines: for each student a line with the number of answers, one with their skills, one with 1 for right and 0 for wrong; table: a CSV or TSV with a header."
      ),
      .text("student", "The column of a table that names the student."),
      .text(
        "question", optional: true,
        "The column that names the question, where there is one. Rows of one student with the same question, one after another, are one answer to a question with several skills."
      ),
      .text("skill", "The column that names the skill."),
      .text("correct", "The column that says whether the answer was right: 1 or 0."),
      .choice(
        "history", History.self,
        "What a prediction sees: student, all the student's answers before it; skill, only those of the same skill. A file that is sorted by skill and does not name questions has one question's answer under each of its skills: there, student lets a prediction see its own answer."
      ),
      .integer(
        "longestPractice", 1...1_000_000, optional: true,
        "Leave out, in training and in scores, the answers of a student to a skill that are more than so many: in files that repeat rows, those are mostly repetitions."
      ),
      .numbers("split", count: 3, 0...1, "Parts of the students of a single file for training, validation and test, drawn by lot."),
      .number(
        "validation", 0...0.9, "Part of the training students for validation, drawn by lot, where a directory has no file for it."),
    ]
  }

  public func validate() throws {
    guard split.reduce(0, +) <= 1 + 1e-9, split[0] > 0, split[1] > 0 else {
      throw ConfigurationError(
        key: "split", "the parts \(split) must add up to 1 at most, the first two above 0; the usual split is [0.8, 0.1, 0.1]")
    }
    if validation == 0 { throw ConfigurationError(key: "validation", "must be above 0, such as 0.1: it decides which model is best") }
  }

  /// What files of this format end with.
  var extensions: [String] { format == .table ? ["csv", "tsv"] : ["csv", "txt"] }

  /// How a single file is divided.
  var fractions: SplitFractions { SplitFractions(train: split[0], validation: split[1], test: split[2]) }

  /// The columns of a table.
  var columns: AnswerColumns {
    AnswerColumns(
      student: ColumnReference(parsing: student), question: question.map { ColumnReference(parsing: $0) },
      skill: ColumnReference(parsing: skill), correct: ColumnReference(parsing: correct))
  }
}

/// The `model` of a knowledge tracing recipe (Piech et al. 2015, "Deep knowledge tracing").
public struct KnowledgeTracingConfiguration: Configuration {
  /// The recurrent cell.
  public var cell = CellKind.lstm
  /// Units of each layer.
  public var hidden = 200
  /// Recurrent layers, one above the other.
  public var layers = 1
  /// Numbers that a skill with its answer is represented by.
  public var embedding = 100
  /// The part of the layers' inputs and outputs that is dropped.
  public var dropout = 0.5

  public init() {}

  public static var keys: [ConfigurationKey] {
    [
      .choice("cell", CellKind.self, "The recurrent cell."),
      .integer("hidden", 1...65_536, "Units of each layer."),
      .integer("layers", 1...64, "Recurrent layers, one above the other."),
      .integer("embedding", 1...65_536, "Numbers that a skill together with right or wrong is represented by."),
      .number("dropout", 0...0.99, "Part dropped between layers and of the top layer's output, as Piech et al. 2015 did."),
    ]
  }
}
