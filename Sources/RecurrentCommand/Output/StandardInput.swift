import ArgumentParser
import Recurrent

/// Standard input, for every command that answers its lines: a line out for a line in, so that both can be laid side by side.
enum StandardInput {
  /// The bytes of a line at most: a longer one has no end, or is no line of text.
  private static let longestLine = 1 << 20

  /// Calls `answer` with each line that has text, as soon as it is there: without its end (LF or CRLF) and without a byte-order mark.
  ///
  /// A line that is blank, or that cannot be read or answered, gets a line all the same, and standard error is told why. One that could not be
  /// answered makes the exit code 1 when all have been read; a blank one asks for nothing.
  ///
  /// - Parameters:
  ///   - none: The line for those that have no answer: `null` among JSON; nil: there is none, and blank lines are passed over.
  ///   - content: What lines are, where a command cannot do without any: "texts".
  ///   - answer: Writes the answer to a line; false: no more lines are read. Its error is about the line where it is one of `LineError`'s.
  /// - Throws: ``CommandError`` where standard input cannot be read, or there is not a line and `content` is named.
  static func forEachLine(none: String? = "", needing content: String? = nil, _ answer: (_ line: String, _ number: Int) throws -> Bool) throws {
    var source = try LineSource.standardInput(longest: longestLine)
    var hasFailed = false
    func skip(_ problem: String) throws {
      StandardError.line("recurrent: \(DataError(source.path, line: source.number, problem))")
      if let none { try StandardOutput.line(none) }
    }
    var goesOn = true
    while goesOn {
      do {
        guard let text = try nextLine(of: &source) else { break }
        if text.allSatisfy(\.isWhitespace) {
          if none != nil { try skip("the line is blank and has no answer") }
        } else {
          goesOn = try answer(text, source.number)
        }
      } catch let error as DataError where error.line != nil {
        hasFailed = true
        try skip(error.problem)
      } catch let error where error is any LineError {
        hasFailed = true
        try skip("\(error)")
      }
    }
    if source.number == 0, let content { throw CommandError("standard input is empty: give \(content) after the model, or a line for each") }
    if hasFailed { throw ExitCode.failure }
  }

  private static func nextLine(of source: inout LineSource) throws(DataError) -> String? {
    guard let bytes = try source.next() else { return nil }
    guard var text = String(validating: bytes, as: UTF8.self) else {
      throw DataError(source.path, line: source.number, "not UTF-8; convert the text (iconv -f LATIN1 -t UTF-8)")
    }
    // Files that follow one another through a pipe have a mark each.
    if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
    return text
  }
}

/// An error that is about one line, or one text: the others have their answers.
protocol LineError: Error {}

extension PredictionError: LineError {}
extension TranslationError: LineError {}
extension VocabularyError: LineError {}
