import RecurrentData
import RecurrentLayers
public import RecurrentTraining

/// The `data` of a knowledge tracing recipe: how answers are written, and what a prediction may see.
public struct AnswerDataConfiguration: Configuration, SplitConfiguration {
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

  @Setting(
    "three-lines: for each student a line with the number of answers, one with their skills, one with 1 for right and 0 for wrong; table: a CSV or TSV with a header.")
  public var format = Format.table
  @Setting(isYounger: true, TableSeparator.documentation) public var separator = TableSeparator.byName
  @Setting("The column of a table that names the student.") public var student = "student"
  @Setting(
    "The column that names the question, where there is one. Rows of one student with the same question, one after another, are one answer to a question with several skills.")
  public var question: String?
  @Setting("The column that names the skill.") public var skill = "skill"
  @Setting("The column that says whether the answer was right: 1 or 0, or true or false.") public var correct = "correct"
  @Setting(isYounger: true, "Pass over the rows of a table that name no skill; otherwise such a row is an error.") public var skipWithoutSkill = false
  @Setting(
    "What a prediction sees: student, all the student's answers before it; skill, only those of the same skill. A file that is sorted by skill and does not name questions has one question's answer under each of its skills: there, student lets a prediction see its own answer.")
  public var history = History.student
  @Setting(
    1...1_000_000,
    "Leave out, in training and in scores, the answers of a student to a skill that are more than so many: in files that repeat rows, those are mostly repetitions.")
  public var longestPractice: Int?
  @Setting(each: 0...1, "Parts of the students of a single file for training, validation and test, drawn by lot.")
  public var split = [0.8, 0.1, 0.1]
  @Setting(0...0.9, "Part of the training students for validation, drawn by lot, where a directory has no file for it.")
  public var validation = 0.1

  public init() {}

  public func validate() throws {
    try validateSplit(needsValidation: true, usual: "[0.8, 0.1, 0.1]")
    if validation == 0 { throw ConfigurationError(key: "validation", "must be above 0, such as 0.1: it decides which model is best") }
  }

  /// What files of this format end with.
  var extensions: [String] { format == .table ? ["csv", "tsv"] : ["csv", "txt"] }

  /// The columns of a table.
  var columns: AnswerColumns {
    AnswerColumns(
      student: ColumnReference(parsing: student), question: question.map { ColumnReference(parsing: $0) },
      skill: ColumnReference(parsing: skill), correct: ColumnReference(parsing: correct))
  }
}

/// The `model` of a knowledge tracing recipe (Piech et al. 2015, "Deep knowledge tracing").
public struct KnowledgeTracingConfiguration: RecurrentConfiguration {
  @Inlined(younger: ["transitionDepth", "forgetBias"]) public var recurrent = RecurrentSettings { $0.hidden = 200 }
  @Setting(1...65_536, after: "layers", "Numbers that a skill together with right or wrong is represented by.") public var embedding = 100
  @Setting(0...0.99, "Part dropped between layers and of the top layer's output, as Piech et al. 2015 did.") public var dropout = 0.5

  public init() {}

  /// The memory of a training step that reads `positions` answers.
  func memory(skillCount: Int, positions: Double) -> MemoryEstimate {
    let skills = Double(skillCount)
    return .stack(recurrent, inputSize: embedding, positions: positions) + .linear(recurrent.hidden, skillCount, positions: 2 * positions)
      + MemoryEstimate(parameterCount: (1 + 2 * skills) * Double(embedding), activationCount: 0)
  }
}
