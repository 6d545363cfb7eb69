public import Foundation

extension AnswerSet {
  /// Reads the three-line format of the ASSISTments files that came with deep knowledge tracing (Piech et al. 2015): for each student the
  /// number of answers, the skills, and 1 or 0 for right or wrong, between commas, with or without one at the end.
  ///
  ///     3
  ///     51,51,7,
  ///     0,1,1,
  ///
  /// Nothing in this format says which rows are the skills of one question, so each row counts as an answer of its own.
  ///
  /// - Throws: `DataError` that names the line: a number that is none, more or fewer skills or answers than it says, an answer that is neither
  ///   right nor wrong, a file that ends within a student, a student without an answer.
  public init(threeLines url: URL) throws(DataError) {
    var source = try LineSource(contentsOf: url)
    self.init(path: source.path)
    var skills = NameIndex()
    while let line = try source.next() {
      let countLine = source.number
      let text = Self.fields(line)
      if text.isEmpty { continue }
      guard text.count == 1, let count = Int(text[0]), count >= 0 else {
        throw DataError(
          path, line: countLine,
          "the number of a student's answers is needed here, not \(quoted(String(decoding: line, as: UTF8.self)));"
            + " each student has three lines: number, skills, right (1) or wrong (0)")
      }
      if count == 0 { throw DataError(path, line: countLine, "a student without an answer; leave the three lines out") }
      let skillFields = try Self.next(&source, "skills", count, countLine)
      var student = AnswerSequence(student: "\(students.count + 1)", hasQuestions: false, line: countLine)
      student.skills = skillFields.map { skills.index(of: String($0)) }
      let answers = try Self.next(&source, "answers", count, countLine)
      for (index, answer) in answers.enumerated() {
        guard let isCorrect = Self.answer(answer) else {
          throw DataError(
            path, line: source.number, "answer \(index + 1) is \(quoted(answer)), which is neither 1 (right) nor 0 (wrong)")
        }
        student.isCorrect.append(isCorrect)
      }
      student.attempts = Array(0..<count)
      students.append(student)
    }
    if students.isEmpty { throw DataError(path, "there is not one student in this file") }
    skillNames = skills.names
  }

  /// The fields of the next line, of which there must be `count`.
  private static func next(
    _ source: inout LineSource, _ what: String, _ count: Int, _ countLine: Int
  ) throws(DataError) -> [Substring] {
    guard let line = try source.next() else {
      throw DataError(
        source.path, line: source.number, "the file ends before the \(what) of the student of line \(countLine); it is truncated")
    }
    let found = fields(line)
    if found.count == count { return found }
    throw DataError(
      source.path, line: source.number, "\(counted(found.count, String(what.dropLast()))) where line \(countLine) says \(count)")
  }

  /// What stands between commas; nothing after a last one.
  private static func fields(_ line: [UInt8]) -> [Substring] {
    let text = String(decoding: line, as: UTF8.self)
    var fields = text.split(separator: ",", omittingEmptySubsequences: false).map { field in
      Substring(field.trimmingCharacters(in: .whitespaces))
    }
    if fields.last == "" { fields.removeLast() }
    return fields
  }

  /// `1` or `0`, also as `1.0` or `0.0`; `true` or `false`, however it is capitalized.
  static func answer(_ text: some StringProtocol) -> Bool? {
    if let word = Bool(text.lowercased()) { return word }
    return switch NumberText.value(of: text) {
    case .number(1): true
    case .number(0): false
    default: nil
    }
  }
}
