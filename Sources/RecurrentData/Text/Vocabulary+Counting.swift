import RecurrentTensors

extension Vocabulary {
  /// How many merges subwords are learned by where nothing else is said.
  public static let usualMergeCount = 8000

  /// The vocabulary of `text`, as `TextCorpus` makes it of its training part.
  ///
  /// - Parameters:
  ///   - text: What is counted.
  ///   - tokenizer: How it is cut.
  ///   - minimumCount: Words that occur less often are left out, and their occurrences count for `<unk>`; among subwords,
  ///     characters that occur less often are written in bytes. For words and subwords only; at least 1.
  ///   - mergeCount: How many symbols byte-pair encoding adds to the alphabet, for subwords.
  ///
  /// `<unk>` is always among words, at the place that its frequency gives it (last if nothing is unknown).
  public init(
    of text: String, tokenizer: Tokenizer, minimumCount: Int = 1, mergeCount: Int = usualMergeCount
  ) {
    self.init(
      of: [tokenizer.normalized(Array(text.utf8))], tokenizer: tokenizer, minimumCount: minimumCount, mergeCount: mergeCount)
  }

  /// The vocabulary of texts that are judged rather than written, together.
  ///
  /// - Parameters:
  ///   - texts: What is counted.
  ///   - tokenizer: How they are cut.
  ///   - minimumCount: Words that occur less often are left out; for words and subwords only.
  ///   - mergeCount: How many symbols byte-pair encoding adds to the alphabet, for subwords.
  ///
  /// Among characters and graphemes U+FFFD is always there, for those of other texts (`TextCodec.init`).
  public init(
    ofTexts texts: [String], tokenizer: Tokenizer, minimumCount: Int = 1, mergeCount: Int = usualMergeCount
  ) {
    var bytes = texts.map { tokenizer.normalized(Array($0.utf8)) }
    if tokenizer.kind == .characters || tokenizer.kind == .graphemes { bytes.append(Array(Self.replacement.utf8)) }
    self.init(of: bytes, tokenizer: tokenizer, minimumCount: minimumCount, mergeCount: mergeCount)
  }

  /// The vocabulary of sentences that are written one by one: as `init(ofTexts:)` makes it, with `<bos>`, which stands before a
  /// sentence, and `<eos>`, which ends one. They come first; after the 256, where tokens are bytes.
  ///
  ///     let codec = try TextCodec(tokenizer, Vocabulary(ofSentences: sentences, tokenizer: tokenizer), replacesUnknown: true)
  ///     codec.startOfSentenceIndex, codec.endOfSentenceIndex      // both are there
  public init(
    ofSentences sentences: [String], tokenizer: Tokenizer, minimumCount: Int = 1, mergeCount: Int = usualMergeCount
  ) {
    let plain = Vocabulary(
      ofTexts: sentences, tokenizer: tokenizer, minimumCount: minimumCount, mergeCount: mergeCount)
    let marks = [Tokenizer.startOfSentence, Tokenizer.endOfSentence]
    let rest = plain.symbols.filter { symbol in !marks.contains { $0.utf8.elementsEqual(symbol.utf8) } }
    self.init(distinct: tokenizer.kind == .bytes ? rest + marks : marks + rest)
  }

  /// What stands for a character that a vocabulary lacks.
  static let replacement = "\u{FFFD}"

  /// The vocabulary of several normalized texts together.
  init(of texts: [[UInt8]], tokenizer: Tokenizer, minimumCount: Int, mergeCount: Int) {
    check(minimumCount >= 1, "Vocabulary: minimumCount is \(minimumCount), it must be at least 1")
    check(mergeCount >= 0, "Vocabulary: mergeCount is \(mergeCount)")
    if tokenizer.kind == .bytes {
      self = .bytes
      return
    }
    check(
      minimumCount == 1 || tokenizer.kind.areWords || tokenizer.kind == .subwords,
      "Vocabulary: minimumCount is for words and subwords, the tokens are \(tokenizer.kind.rawValue)")
    var table = SymbolTable()
    var counts: [Int] = []
    let unknown = Array(Tokenizer.unknown.utf8)
    let endOfSentence = Array(Tokenizer.endOfSentence.utf8)
    if tokenizer.kind.areWords {
      _ = table.insert(0..<unknown.count, in: unknown)  // index 0 while counting
      counts.append(0)
    }
    for text in texts {
      tokenizer.forEachSegment(of: text) { segment in
        let isNewline = tokenizer.kind.areWords && text[segment.lowerBound] == UInt8.newline
        let index =
          isNewline ? table.insert(0..<endOfSentence.count, in: endOfSentence) : table.insert(segment, in: text)
        if index == counts.count { counts.append(0) }
        counts[index] += 1
      }
    }
    if tokenizer.kind == .subwords {
      var learner = SubwordLearner(words: table, counts: counts, minimumCount: minimumCount)
      learner.learn(mergeCount: mergeCount)
      self.init(subwords: learner.symbols)
      return
    }
    // Bytewise order of UTF-8 is the order of scalars.
    func isBefore(_ a: Int, _ b: Int) -> Bool { table.bytes(at: a).lexicographicallyPrecedes(table.bytes(at: b)) }
    guard tokenizer.kind.areWords else {
      self.init(sorted: table, order: (0..<table.count).sorted(by: isBefore))
      return
    }
    let kept = (0..<table.count).filter {
      $0 == 0 || counts[$0] >= minimumCount || table.bytes(at: $0).elementsEqual(endOfSentence)
    }
    counts[0] += counts.reduce(0, +) - kept.reduce(0) { $0 + counts[$1] }
    self.init(
      sorted: table,
      order: kept.sorted { counts[$0] != counts[$1] ? counts[$0] > counts[$1] : isBefore($0, $1) })
  }

  /// The bytes, and after them the symbols that were learned.
  private init(subwords learned: SymbolTable) {
    let bytes = (UInt8.min...UInt8.max).map { Self.subwordByteSymbol($0) }
    self.init(distinct: bytes + (0..<learned.count).map { String(decoding: learned.bytes(at: $0), as: UTF8.self) })
  }

  /// Of symbols that are known to differ, and of which there is one.
  private init(distinct symbols: [String]) {
    var table = SymbolTable()
    for symbol in symbols {
      let utf8 = Array(symbol.utf8)
      _ = table.insert(0..<utf8.count, in: utf8)
    }
    self.init(sorted: table, order: Array(symbols.indices))
  }
}
