/// What a student answered, in order: the data of knowledge tracing.
///
/// A row is an answer as seen by one skill. A question that needs several skills has several rows, which share an ``attempts`` number; a
/// model that is to be judged fairly must not see the answer in the first of them while it predicts the others.
public struct AnswerSequence: Sendable, Hashable {
  /// Who answered; in the three-line format the number of the student in the file, from 1.
  public let student: String
  /// The index of each row's skill in `AnswerSet.skillNames`.
  public internal(set) var skills: [Int] = []
  /// The index of each row's question in `AnswerSet.questionNames`; nil where the file has no questions.
  public internal(set) var questions: [Int]?
  /// Which answer of this student a row is of, from 0: rows with the same number are one answer.
  public internal(set) var attempts: [Int] = []
  /// Whether the answer was right.
  public internal(set) var isCorrect: [Bool] = []
  /// Where in the file it begins.
  public let line: Int

  init(student: String, hasQuestions: Bool, line: Int) {
    self.student = student
    questions = hasQuestions ? [] : nil
    self.line = line
  }

  /// The number of rows.
  public var count: Int { skills.count }

  /// The number of answers; fewer than rows where questions need several skills.
  public var answerCount: Int { (attempts.last ?? -1) + 1 }
}

/// The answers of students, from a file.
///
/// Skills and questions are indices to the names of this file. A model that is trained on one file and used on another maps them by name.
public struct AnswerSet: Sendable {
  /// Where it is from, for messages.
  public let path: String
  /// The names of the skills, in the order of their first appearance.
  public internal(set) var skillNames: [String] = []
  /// The names of the questions, in the order of their first appearance; empty where the file has none.
  public internal(set) var questionNames: [String] = []
  /// The students, in the order of their first appearance.
  public internal(set) var students: [AnswerSequence] = []

  /// Rows that were not used, and why.
  public internal(set) var omissions: [LineOmission] = []

  init(path: String) { self.path = path }

  /// What is in it, in a sentence.
  public var summary: String {
    let rows = students.reduce(0) { $0 + $1.count }
    let answers = students.reduce(0) { $0 + $1.answerCount }
    let correct = students.reduce(0) { $0 + $1.isCorrect.count { $0 } }
    let share = rows == 0 ? 0 : (1000 * Double(correct) / Double(rows)).rounded() / 10
    return "\(counted(students.count, "student")), \(counted(answers, "answer"))"
      + (rows == answers ? "" : " (\(counted(rows, "row")), one for each skill of a question)")
      + ", \(counted(skillNames.count, "skill")), \(share) % right"
  }
}

/// Numbers names in the order of their first appearance.
struct NameIndex {
  private(set) var names: [String] = []
  private var indices: [String: Int] = [:]

  mutating func index(of name: String) -> Int {
    if let index = indices[name] { return index }
    indices[name] = names.count
    names.append(name)
    return names.count - 1
  }
}
