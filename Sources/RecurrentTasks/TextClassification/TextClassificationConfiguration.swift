import RecurrentData
public import RecurrentLayers
public import RecurrentTraining

/// The `data` of a text classifier's recipe: where label and text stand, what a token is, and what is held out.
public struct TextClassificationData: TokenConfiguration {
  /// Which end of a long text stays.
  public enum KeptEnd: String, Codable, Sendable, CaseIterable {
    case start
    case end
    case both
  }

  @Setting("The column with the label: its name in the header, or its number, counted from 1.") public var labelColumn = "label"
  @Setting("The column with the text: its name in the header, or its number, counted from 1.") public var textColumn = "text"
  @Setting("The first line names the columns. Without a header columns are given by number.") public var header = true
  @Setting(TableSeparator.documentation) public var separator = TableSeparator.byName
  @Inlined([
    "tokens":
      "What one token is: words-and-marks takes raw text apart (punctuation is a token of its own), words is for text"
      + " that has been taken apart, with spaces between; subwords cuts rare words into parts; or characters, graphemes,"
      + " bytes."
  ])
  public var tokenization = TokenSettings { ($0.tokens, $0.lowercase) = (.wordsAndMarks, true) }
  @Setting(1...1_000_000, "Cut texts to this many tokens; how many were cut is reported. Absent: none is cut.") public var maximumLength: Int?
  @Setting("Of a text that is cut: its start, its end, or half of each.") public var keep = KeptEnd.start
  @Setting("Pass over rows whose text is empty, and say how many; otherwise they are an error.") public var skipEmpty = false
  @Setting(0...0.9, "Share of the training rows of each label that is held out for validation, where a directory has no file for it.")
  public var validation = 0.1
  @Setting(0...0.9, "Share of the rows of each label of a single file that is held out for the test.") public var test = 0.1
  @Setting(ClassWeights.documentation) public var classWeights = ClassWeights.equal

  public init() {}

  public func validate() throws {
    try tokenization.validate()
    for (key, column) in [("labelColumn", labelColumn), ("textColumn", textColumn)] where !header {
      guard case .nameOrNumber = ColumnReference(parsing: column) else {
        throw ConfigurationError(key: key, "is \"\(column)\", but without a header columns have numbers only, from 1")
      }
    }
    if validation + test > 0.95 {
      throw ConfigurationError(key: "test", "with validation it leaves nothing to train on; make one of them smaller")
    }
  }

  /// The places of the tokens that stay of a text with so many.
  func kept(of count: Int) -> [Range<Int>] {
    guard let limit = maximumLength, count > limit else { return [0..<count] }
    switch keep {
    case .start: return [0..<limit]
    case .end: return [count - limit..<count]
    case .both: return [0..<(limit + 1) / 2, count - limit / 2..<count]
    }
  }
}

/// The `model` of a text classifier's recipe.
public struct TextClassifierConfiguration: EncoderConfiguration, DropoutConfiguration {
  @Inlined([
    "kind":
      "What reads a text: recurrent layers; a feed-forward network over its last words, or with pooling over every stretch of as many"
      + " (window); or causal convolutions whose dilation doubles from layer to layer (Bai et al. 2018).",
    "bidirectional":
      "Read texts in both directions, side by side (Schuster and Paliwal 1997); for recurrent only, the others know no direction.",
    "window": "Words that the network sees; for window only.",
  ])
  public var encoder = EncoderSettings { ($0.hidden, $0.bidirectional, $0.window) = (128, true, 5) }
  @Setting(1...65_536, after: "kernel", "Numbers a token is represented by at the input.") public var embedding = 128
  @Setting(
    "A file of word vectors that the embedding starts from: GloVe or word2vec as text, plain or .gz, with as many"
      + " numbers a word as embedding says. Needed for training only.")
  public var vectors: String?
  @Setting(
    "How what was read becomes one vector: the last state, the mean or the maximum over the text, or a mean with"
      + " learned weights (Yang et al. 2016).")
  public var pooling = PoolingKind.max
  @Inlined(
    [
      "dropout": "Part dropped of the embedded input, between layers, and of the pooled vector.",
      "dropoutOutput": "Instead of dropout, for the pooled vector.",
    ], after: "transitionDepth")
  public var dropouts = DropoutSettings()
  @Setting(0...0.99, after: "dropoutOutput", "Part of the vocabulary whose embedding is dropped, whole words (Gal 2016).")
  public var dropoutEmbedding = 0.0

  public init() {}

  public func validate() throws { try encoder.validate() }

  /// Dropout of the pooled vector, which has no time.
  var outputDropout: Dropout { Dropout(rate: dropouts.dropoutOutput ?? dropouts.dropout) }

  /// The memory of a training step.
  func memory(vocabularyCount: Int, labelCount: Int, batch: Int, longest: Int) -> MemoryEstimate {
    let table = Double(vocabularyCount) * Double(embedding)
    return encoder.memory(inputSize: embedding, batch: batch, longest: longest, readsLastOnly: pooling == .last)
      + encoder.pooled(by: pooling, classCount: labelCount)
      + MemoryEstimate(parameterCount: table, activationCount: Double(batch) * Double(longest) * Double(embedding))
  }
}
