/// Which columns of a table are answers.
public struct AnswerColumns: Sendable, Hashable, Codable {
  /// Who answered.
  public var student: ColumnReference
  /// The question; nil if the table does not say.
  public var question: ColumnReference?
  /// What the question trains.
  public var skill: ColumnReference
  /// 1 or true where the answer was right, 0 or false where not.
  public var correct: ColumnReference

  /// Columns; by default those named student, question, skill and correct.
  public init(
    student: ColumnReference = "student", question: ColumnReference? = "question", skill: ColumnReference = "skill",
    correct: ColumnReference = "correct"
  ) {
    self.student = student
    self.question = question
    self.skill = skill
    self.correct = correct
  }
}

extension AnswerSet {
  /// Makes the answers of students of the rows of a table, in the rows' order; the rows of a student need not stand together.
  ///
  /// A student's rows that follow each other with the same question and the same answer but another skill are one answer: questions with
  /// several skills are written so. The same skill again is another attempt.
  ///
  /// - Parameter skipsWithoutSkill: Whether rows that name no skill are passed over, and told as an omission; otherwise they are an error.
  /// - Throws: `DataError` that names line and column: no such column, no student or skill, an answer that is neither right nor wrong.
  public init(table: Table, columns: AnswerColumns = AnswerColumns(), skipsWithoutSkill: Bool = false) throws(DataError) {
    self.init(path: table.path)
    let studentColumn = try table.index(of: columns.student)
    let skillColumn = try table.index(of: columns.skill)
    let correctColumn = try table.index(of: columns.correct)
    let questionColumn = try columns.question.map { question throws(DataError) in try table.index(of: question) }
    var names = NameIndex()
    var skills = NameIndex()
    var questions = NameIndex()

    func name(_ row: Int, _ column: Int, _ what: String, advice: String = "leave the row out") throws(DataError) -> String {
      let text = try table.text(row: row, column: column)
      if text.isEmpty || text == "NA" { throw table.error(row: row, column: column, "there is no \(what); \(advice)") }
      return text
    }
    var skipped: [Int] = []
    for row in 0..<table.rowCount {
      if skipsWithoutSkill, ["", "NA"].contains(try table.text(row: row, column: skillColumn)) {
        skipped.append(table.line(row: row))
        continue
      }
      let studentName = try name(row, studentColumn, "student")
      let student = names.index(of: studentName)
      if student == students.count {
        students.append(AnswerSequence(student: studentName, hasQuestions: questionColumn != nil, line: table.line(row: row)))
      }
      let skill = skills.index(of: try name(row, skillColumn, "skill", advice: "leave the row out, or set data.skipWithoutSkill to true"))
      let answer = try table.text(row: row, column: correctColumn)
      guard let isCorrect = Self.answer(answer) else {
        throw table.error(row: row, column: correctColumn, "\(quoted(answer)) is neither 1 (right) nor 0 (wrong)")
      }
      let question = try questionColumn.map { column throws(DataError) in questions.index(of: try name(row, column, "question")) }
      students[student].append(skill: skill, question: question, isCorrect: isCorrect)
    }
    if !skipped.isEmpty {
      omissions = [LineOmission(what: "row", reason: "there is no skill", lines: skipped)]
      if students.isEmpty { throw DataError(path, "no row of the table names a skill") }
    }
    skillNames = skills.names
    questionNames = questions.names
  }
}

extension AnswerSequence {
  /// Adds a row, to the last answer where it is another skill of its question.
  fileprivate mutating func append(skill: Int, question: Int?, isCorrect: Bool) {
    var attempt = answerCount
    if let question, let last = questions?.last, last == question, self.isCorrect.last == isCorrect {
      let rows = attempts.reversed().prefix { $0 == attempts.last }.count
      if !skills.suffix(rows).contains(skill) { attempt -= 1 }
    }
    skills.append(skill)
    if let question { questions?.append(question) }
    attempts.append(attempt)
    self.isCorrect.append(isCorrect)
  }
}
