public import Foundation

/// The text of a language model: a vocabulary, and the training, validation and test parts as tokens.
///
///     let corpus = try TextCorpus(contentsOf: URL(filePath: "input.txt"), tokenizer: Tokenizer(.characters))
///     let streams = try TokenStreams(corpus.tokens(of: .train).tokens, batchSize: 32, steps: 64)
///
/// It is read from
/// - one file, which is cut by `SplitFractions`, or
/// - a directory with a file for each part: `train.txt`, `valid.txt`, `test.txt`; also `validation`, `val` or `dev`,
///   with something before it (`ptb.train.txt`, `wiki.valid.tokens`). The fractions do not matter then.
///
/// **Vocabulary.** Words are counted, and subwords learned, in the training part only; words of other parts that it lacks
/// become `<unk>` and are counted (`EncodedText.unknownCount`). Characters and graphemes are an alphabet, not a statistic: theirs is taken
/// from all parts, as character models usually do, so that no part holds a symbol that cannot be written. A character
/// that only validation text has is scored like any other, by a model that never saw it. Bytes are always all 256.
///
/// With a given vocabulary (that of a trained model) nothing is counted, and a character outside it is an error.
public struct TextCorpus: Sendable {
  /// How text becomes tokens and back.
  public let codec: TextCodec
  /// Where the text is from, for messages.
  public let path: String
  /// The parts that there are; none is empty.
  public let splits: [DataPart: EncodedText]

  /// Reads a file or a directory.
  ///
  /// - Parameters:
  ///   - url: A text file, plain or gzip, or a directory with a file for each part.
  ///   - tokenizer: What one token is. All kinds but bytes need UTF-8; a byte-order mark is skipped.
  ///   - minimumCount: Words that occur less often in the training part are unknown, and characters are written in bytes
  ///     among subwords. For words and subwords only.
  ///   - mergeCount: How many merges of symbols are learned from the training part, for subwords.
  ///   - fractions: How a single file is cut.
  ///
  /// Throws `TextDataError`.
  public init(
    contentsOf url: URL, tokenizer: Tokenizer, minimumCount: Int = 1,
    mergeCount: Int = Vocabulary.usualMergeCount, fractions: SplitFractions = SplitFractions()
  ) throws(TextDataError) {
    let texts = try CorpusText(contentsOf: url, tokenizer: tokenizer, fractions: fractions, needsTraining: true)
    try self.init(texts, path: url.path, tokenizer: tokenizer, minimumCount: minimumCount, mergeCount: mergeCount)
  }

  /// Reads a file or a directory to be evaluated by a trained model, with its vocabulary.
  ///
  /// There need not be a training part. Throws `TextDataError`.
  public init(
    contentsOf url: URL, codec: TextCodec, fractions: SplitFractions = SplitFractions()
  ) throws(TextDataError) {
    let texts = try CorpusText(contentsOf: url, tokenizer: codec.tokenizer, fractions: fractions, needsTraining: false)
    try self.init(texts, path: url.path, codec: codec)
  }

  /// Cuts a text that is in memory; `name` stands for its path in messages.
  ///
  /// Throws `TextDataError`.
  public init(
    text: String, name: String = "the text", tokenizer: Tokenizer, minimumCount: Int = 1,
    mergeCount: Int = Vocabulary.usualMergeCount, fractions: SplitFractions = SplitFractions()
  ) throws(TextDataError) {
    let texts = try CorpusText(
      Array(text.utf8), path: name, tokenizer: tokenizer, fractions: fractions, needsTraining: true)
    try self.init(texts, path: name, tokenizer: tokenizer, minimumCount: minimumCount, mergeCount: mergeCount)
  }

  /// Cuts a text that is in memory, to be evaluated by a trained model with its vocabulary.
  ///
  /// Throws `TextDataError`.
  public init(
    text: String, name: String = "the text", codec: TextCodec, fractions: SplitFractions = SplitFractions()
  ) throws(TextDataError) {
    let texts = try CorpusText(
      Array(text.utf8), path: name, tokenizer: codec.tokenizer, fractions: fractions, needsTraining: false)
    try self.init(texts, path: name, codec: codec)
  }

  /// The tokens of one part; throws `TextDataError.noSplit` if it is not there.
  public func tokens(of split: DataPart) throws(TextDataError) -> EncodedText {
    guard let text = splits[split] else {
      throw .noSplit(path: path, split: split, available: DataPart.allCases.filter { splits[$0] != nil })
    }
    return text
  }

  private init(
    _ texts: CorpusText, path: String, tokenizer: Tokenizer, minimumCount: Int, mergeCount: Int
  ) throws(TextDataError) {
    if minimumCount != 1, !tokenizer.kind.areWords, tokenizer.kind != .subwords {
      throw .meaninglessOption(name: "minimumCount", kind: tokenizer.kind)
    }
    if tokenizer.lowercases, tokenizer.kind == .bytes {
      throw .meaninglessOption(name: "lowercase", kind: tokenizer.kind)
    }
    let learns = tokenizer.kind.areWords || tokenizer.kind == .subwords
    let counted: [DataPart] = learns ? [.train] : DataPart.allCases
    let alphabet = counted.compactMap { texts.parts[$0]?.bytes }
    let codec: TextCodec
    do {
      codec = try TextCodec(tokenizer, Vocabulary(
        of: alphabet, tokenizer: tokenizer, minimumCount: minimumCount, mergeCount: mergeCount))
    } catch {
      throw .vocabulary(path: path, error)
    }
    try self.init(texts, path: path, codec: codec)
  }

  private init(_ texts: CorpusText, path: String, codec: TextCodec) throws(TextDataError) {
    var splits: [DataPart: EncodedText] = [:]
    for split in DataPart.allCases {
      guard let part = texts.parts[split] else { continue }
      do {
        splits[split] = try codec.encode(normalized: part.bytes, firstLine: part.firstLine, startsLine: part.startsLine)
      } catch {
        throw .vocabulary(path: part.path, error)
      }
    }
    self.codec = codec
    self.path = path
    self.splits = splits
  }
}

/// The normalized text of each part of a corpus, before it is tokens.
struct CorpusText {
  struct Part {
    var bytes: [UInt8]
    var path: String
    /// Where in the file it begins, for messages.
    var firstLine = 1
    /// Whether it begins where a line does.
    var startsLine = true
  }

  private(set) var parts: [DataPart: Part] = [:]

  init(
    contentsOf url: URL, tokenizer: Tokenizer, fractions: SplitFractions, needsTraining: Bool
  ) throws(TextDataError) {
    var isDirectory: ObjCBool = false
    _ = FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory)
    if isDirectory.boolValue {
      try self.init(directory: url, tokenizer: tokenizer, needsTraining: needsTraining)
    } else {
      let bytes = try TextFile.read(url, isBinary: tokenizer.kind == .bytes)
      try self.init(
        bytes, path: url.path, tokenizer: tokenizer, fractions: fractions, needsTraining: needsTraining)
    }
  }

  /// One text, cut at token boundaries.
  init(
    _ bytes: [UInt8], path: String, tokenizer: Tokenizer, fractions: SplitFractions, needsTraining: Bool
  ) throws(TextDataError) {
    guard fractions.areValid else { throw .badFractions(fractions) }
    let text = tokenizer.normalized(bytes)
    let count = tokenizer.segmentCount(of: text)
    if count == 0 { throw .empty(path: path, kind: tokenizer.kind) }
    let ranges = fractions.ranges(count: count)
    // Where each token boundary is, in bytes. Cut there, the parts have the same tokens as the whole.
    var offsets: [Int: Int] = [count: text.count]
    let boundaries = Set(ranges.values.flatMap { [$0.lowerBound, $0.upperBound] })
    var index = 0
    tokenizer.forEachSegment(of: text) { segment in
      if boundaries.contains(index) { offsets[index] = segment.lowerBound }
      index += 1
    }
    for split in DataPart.allCases {
      guard let range = ranges[split], let start = offsets[range.lowerBound], let end = offsets[range.upperBound]
      else { continue }
      let isNeeded = split == .train && needsTraining
      if range.isEmpty {
        guard fractions[split] > 0 || isNeeded else { continue }
        throw .emptySplit(path: path, split: split, fraction: fractions[split], tokenCount: count)
      }
      parts[split] = Part(
        bytes: Array(text[start..<end]), path: path, firstLine: 1 + text[..<start].count { $0 == UInt8.newline },
        startsLine: start == 0 || text[start - 1] == UInt8.newline)
    }
    if parts.isEmpty { throw .badFractions(fractions) }
  }

  /// A file for each part.
  private init(directory: URL, tokenizer: Tokenizer, needsTraining: Bool) throws(TextDataError) {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted().filter { !$0.hasPrefix(".") }
    } catch {
      throw .unreadable(path: directory.path, reason: error.localizedDescription)
    }
    for split in DataPart.allCases {
      guard let name = try Self.file(for: split, among: names, path: directory.path) else { continue }
      let url = directory.appending(path: name)
      let text = tokenizer.normalized(try TextFile.read(url, isBinary: tokenizer.kind == .bytes))
      if tokenizer.segmentCount(of: text) == 0 { throw .empty(path: url.path, kind: tokenizer.kind) }
      parts[split] = Part(bytes: text, path: url.path)
    }
    if needsTraining ? parts[.train] == nil : parts.isEmpty {
      throw .noTrainingFile(path: directory.path, found: names)
    }
  }

  /// The name among `names` that says it is `split`: `train.txt` before all others.
  private static func file(
    for split: DataPart, among names: [String], path: String
  ) throws(TextDataError) -> String? {
    for name in ["\(split.rawValue).txt", "\(split.rawValue).txt.gz"] where names.contains(name) { return name }
    // A compressed file beside the same one without compression is a copy.
    let texts = names.filter { !$0.lowercased().hasSuffix(".gz") || !names.contains(String($0.dropLast(3))) }
    let found = split.files(among: texts, extensions: ["txt", "text", "tokens", "raw"])
    if found.count > 1 { throw .ambiguous(path: path, split: split, files: found) }
    return found.first
  }
}
