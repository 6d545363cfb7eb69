/// Why text cannot be used, in one or two lines that say where and what to do.
public enum TextDataError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Nothing is at this path.
  case missing(path: String)
  /// A directory (or a device, a pipe) is where a file is due.
  case notAFile(path: String, isDirectory: Bool)
  /// The system refuses to read it.
  case unreadable(path: String, reason: String)
  /// The bytes from `offset` (counted from 0) are not UTF-8.
  case notUTF8(path: String, offset: Int, line: Int)
  /// The file begins with the byte-order mark of UTF-16.
  case isUTF16(path: String)
  /// There is not one token.
  case empty(path: String, kind: TokenKind)
  /// A directory without a file to train on.
  case noTrainingFile(path: String, found: [String])
  /// Several files of a directory could be the same part.
  case ambiguous(path: String, split: DataPart, files: [String])
  /// The part that is asked for is not there.
  case noSplit(path: String, split: DataPart, available: [DataPart])
  /// The fractions are not numbers from 0 to 1 whose sum is at most 1.
  case badFractions(SplitFractions)
  /// A fraction gives a part no token.
  case emptySplit(path: String, split: DataPart, fraction: Double, tokenCount: Int)
  /// An option that means nothing for this kind of tokens.
  case meaninglessOption(name: String, kind: TokenKind)
  /// The text does not fit the vocabulary, or the vocabulary is none.
  case vocabulary(path: String, VocabularyError)
  /// There are too few tokens for parallel streams.
  case tooShort(tokenCount: Int, batchSize: Int, steps: Int)
  /// There is nothing to predict.
  case tooShortToEvaluate(tokenCount: Int)

  /// The cause and the way out.
  public var description: String {
    switch self {
    case .missing(let path): "\(path): no such file or directory"
    case .notAFile(let path, let isDirectory):
      "\(path): is \(isDirectory ? "a directory" : "not a regular file"), a text file is needed here"
    case .unreadable(let path, let reason): "\(path): cannot be read: \(reason)"
    case .notUTF8(let path, let offset, let line):
      "\(path): not UTF-8: invalid byte at offset \(offset) (line \(line)); convert it (iconv -f LATIN1 -t UTF-8),"
        + " or use bytes as tokens"
    case .isUTF16(let path): "\(path): is UTF-16, not UTF-8; convert it (iconv -f UTF-16 -t UTF-8)"
    case .empty(let path, let kind): "\(path): the text is empty: it has no \(kind.rawValue) to learn from"
    case .noTrainingFile(let path, let found):
      "\(path): no file to train on: expected train.txt (or NAME.train.txt) beside valid.txt and test.txt, found "
        + (found.isEmpty ? "nothing" : list(found))
    case .ambiguous(let path, let split, let files):
      "\(path): more than one \(split.rawValue) file: \(list(files)); leave one, or name it \(split.rawValue).txt"
    case .noSplit(let path, let split, let available):
      "\(path): there is no \(split.rawValue) part (there is: "
        + "\(available.map(\.rawValue).joined(separator: ", "))); give a directory with \(split.rawValue).txt,"
        + " or set its fraction in data.split"
    case .badFractions(let fractions):
      "the split [\(fractions.train), \(fractions.validation), \(fractions.test)] must be three fractions from 0 to 1"
        + " whose sum is at most 1"
    case .emptySplit(let path, let split, let fraction, let tokenCount):
      "\(path): a fraction of \(fraction) leaves the \(split.rawValue) part without a token (the text has"
        + " \(tokenCount)); use more text or change data.split"
    case .meaninglessOption(let name, let kind): "\(name) means nothing when tokens are \(kind.rawValue); leave it out"
    case .vocabulary(let path, let error): "\(path): \(error)"
    case .tooShort(let tokenCount, let batchSize, let steps):
      "the text is too short: it has \(tokenCount) tokens, and a batch of \(batchSize) streams of \(steps) steps takes"
        + " \(batchSize) x (\(steps) + 1)\(product(batchSize, steps));"
        + " use more text\(remedy(tokenCount, batchSize, steps))"
    case .tooShortToEvaluate(let tokenCount):
      "the text is too short to evaluate: it has \(tokenCount) token\(tokenCount == 1 ? "" : "s"),"
        + " and each one is predicted from those before it, so it takes at least 2"
    }
  }

  private func list(_ names: [String]) -> String {
    let shown = names.prefix(6).joined(separator: ", ")
    return names.count > 6 ? "\(shown), and \(names.count - 6) more" : shown
  }

  /// `" = 12"`, or nothing where it overflows.
  private func product(_ batchSize: Int, _ steps: Int) -> String {
    let (product, overflow) = batchSize.multipliedReportingOverflow(by: steps &+ 1)
    return overflow || steps == .max ? "" : " = \(product)"
  }

  private func remedy(_ tokenCount: Int, _ batchSize: Int, _ steps: Int) -> String {
    let batchThatFits = steps == .max ? 0 : tokenCount / (steps + 1)
    let stepsThatFit = tokenCount / batchSize - 1
    if batchThatFits >= 1 { return " or set training.batch to at most \(batchThatFits)" }
    if stepsThatFit >= 1 { return " or set training.steps to at most \(stepsThatFit)" }
    return tokenCount >= 2 ? " or set training.batch to 1 and training.steps to at most \(tokenCount - 1)" : ""
  }
}
