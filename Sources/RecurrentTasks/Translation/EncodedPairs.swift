public import RecurrentData
import RecurrentTensors

/// How both languages become tokens.
public struct PairCodecs: Sendable {
  /// The codec of the source language.
  public let source: TextCodec
  /// The codec of the target language.
  public let target: TextCodec

  /// The codecs of two vocabularies, which may be the same.
  init(_ tokenizer: Tokenizer, source: Vocabulary, target: Vocabulary) throws(VocabularyError) {
    self.source = try TextCodec(tokenizer, source, replacesUnknown: true)
    self.target = try TextCodec(tokenizer, target, replacesUnknown: true)
    for codec in [self.source, self.target] where codec.startOfSentenceIndex == nil || codec.endOfSentenceIndex == nil {
      throw .notOneToken(symbol: Tokenizer.endOfSentence, index: 0, kind: tokenizer.kind)
    }
  }

  /// What begins and what ends a sentence of the target.
  var begin: Int32 { Int32(target.startOfSentenceIndex ?? 0) }
  var end: Int32 { Int32(target.endOfSentenceIndex ?? 0) }
  private var sourceEnd: Int32 { Int32(source.endOfSentenceIndex ?? 0) }

  /// The tokens of a source as the encoder reads it: its end is a token too, so that no source is empty.
  ///
  /// - Parameter reversed: Whether the words stand in reverse.
  func tokens(ofSource text: String, reversed: Bool) throws(VocabularyError) -> EncodedText {
    var encoded = try source.encode(text)
    if reversed { encoded.tokens.reverse() }
    encoded.tokens.append(sourceEnd)
    return encoded
  }

  /// The tokens of a target, that of its end included.
  func tokens(ofTarget text: String) throws(VocabularyError) -> EncodedText {
    var encoded = try target.encode(text)
    encoded.tokens.append(end)
    return encoded
  }
}

/// Sentence pairs as a model reads them.
struct EncodedPairs: Sendable {
  /// The pairs as text.
  private(set) var pairs: SentencePairs
  /// The tokens of each source, and of each target, with their ends.
  private(set) var sources: [[Int32]] = []
  private(set) var targets: [[Int32]] = []
  /// Tokens that the vocabularies lack, and all tokens of both languages.
  private(set) var unknownCount = 0
  private(set) var tokenCount = 0
  /// Whether no token of any source is known.
  private(set) var knowsNoSource = true

  private let begin: Int32

  var count: Int { sources.count }

  /// Tokens that are predicted.
  var targetCount: Int { targets.reduce(0) { $0 + $1.count } }

  /// The longest of both languages.
  var longest: Int { max(sources.lazy.map(\.count).max() ?? 0, targets.lazy.map(\.count).max() ?? 0) }

  /// Encodes pairs.
  ///
  /// - Parameter maximumLength: Pairs with a longer sentence, its end not counted, are left out; nil: none is.
  /// - Throws: `DataError` where a sentence cannot be encoded, or no pair is short enough.
  init(
    _ pairs: SentencePairs, codecs: PairCodecs, reversesSource: Bool, maximumLength: Int? = nil
  ) throws(DataError) {
    begin = codecs.begin
    var isKept: [Bool] = []
    for pair in pairs.pairs {
      do {
        let source = try codecs.tokens(ofSource: pair.source, reversed: reversesSource)
        let target = try codecs.tokens(ofTarget: pair.target)
        let isShort = max(source.tokens.count, target.tokens.count) - 1 <= maximumLength ?? .max
        isKept.append(isShort)
        guard isShort else { continue }
        sources.append(source.tokens)
        targets.append(target.tokens)
        unknownCount += source.unknownCount + target.unknownCount
        if source.unknownCount < source.tokens.count - 1 { knowsNoSource = false }
        tokenCount += source.tokens.count + target.tokens.count - 2
      } catch {
        throw DataError(pairs.path, line: pair.line, "\(error)")
      }
    }
    self.pairs = pairs
    if let maximumLength, isKept.contains(false) {
      if !isKept.contains(true) {
        throw DataError(
          pairs.path, "every pair has a sentence of more than \(maximumLength) tokens; make data.maximumLength larger")
      }
      var kept = isKept.makeIterator()
      self.pairs.omit("a sentence has more than \(maximumLength) tokens") { _ in !(kept.next() ?? true) }
    }
  }

  /// What was left out, a line each.
  var notes: [String] { pairs.omissions.map { "\(pairs.path): \($0)" } }

  /// Some pairs side by side.
  func batch(_ indices: [Int]) -> PairBatch {
    PairBatch(sources: indices.map { sources[$0] }, targets: indices.map { targets[$0] }, begin: begin)
  }

  /// A length for each pair by which to sort them into batches: those of similar targets go together, and of these those of similar
  /// sources, so that in neither language much is padded.
  var sortingLengths: [Int] { zip(sources, targets).map { $1.count << 20 + min($0.count, 1 << 20 - 1) } }

  /// A digest of all tokens.
  var digest: Digest {
    var digest = Digest()
    for sentence in sources + targets {
      for token in sentence { digest.add(token) }
      digest.add(UInt32.max)
    }
    return digest
  }
}

/// Pairs side by side, padded to the longest.
public struct PairBatch: Sendable {
  /// The source's tokens and their lengths.
  public let source: TokenBatch
  /// The targets.
  public let target: TargetBatch

  init(sources: [[Int32]], targets: [[Int32]], begin: Int32) {
    source = TokenBatch(sources)
    target = TargetBatch(targets, begin: begin)
  }
}
