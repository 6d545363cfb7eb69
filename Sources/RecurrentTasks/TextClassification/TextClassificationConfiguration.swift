public import RecurrentData
public import RecurrentLayers
public import RecurrentTraining

/// The `data` of a text classifier's recipe: where label and text stand, what a token is, and what is held out.
public struct TextClassificationData: Configuration {
  /// Which end of a long text stays.
  public enum KeptEnd: String, Codable, Sendable, CaseIterable {
    case start
    case end
    case both
  }

  /// What stands between columns.
  public enum Separator: String, Codable, Sendable, CaseIterable {
    case byName = "by-name"
    case tab
    case comma
    case semicolon
  }

  /// What a class weighs in the loss.
  public enum ClassWeights: String, Codable, Sendable, CaseIterable {
    case equal
    case balanced
  }

  @Setting("The column with the label: its name in the header, or its number, counted from 1.") public var labelColumn = "label"
  @Setting("The column with the text: its name in the header, or its number, counted from 1.") public var textColumn = "text"
  @Setting("The first line names the columns. Without a header columns are given by number.") public var header = true
  @Setting("What stands between columns; by-name: a tab in .tsv and .tab files, else a comma. Only tabs leave quotes alone.")
  public var separator = Separator.byName
  @Setting(
    "What one token is: words-and-marks takes raw text apart (punctuation is a token of its own), words is for text"
      + " that has been taken apart, with spaces between; subwords cuts rare words into parts; or characters, graphemes,"
      + " bytes.")
  public var tokens = TokenKind.wordsAndMarks
  @Setting("Lower-case the texts first. Not for bytes.") public var lowercase = true
  @Setting(
    1...1_000_000_000,
    "Words rarer than this in the training texts become <unk>; among subwords, rarer characters are written in bytes.")
  public var minimumCount = 1
  @Setting(0...1_000_000, TokenKind.mergesDocumentation) public var merges: Int?
  @Setting(1...1_000_000, "Cut texts to so many tokens; how many were cut is said. Absent: none is cut.") public var maximumLength: Int?
  @Setting("Of a text that is cut: its start, its end, or half of each.") public var keep = KeptEnd.start
  @Setting("Pass over rows whose text is empty, and say how many; otherwise they are an error.") public var skipEmpty = false
  @Setting(0...0.9, "Share of the training rows of each label that is held out for validation, where a directory has no file for it.")
  public var validation = 0.1
  @Setting(0...0.9, "Share of the rows of each label of a single file that is held out for the test.") public var test = 0.1
  @Setting(
    "balanced: every class counts as much as every other in the loss, however rare; and macro F1, not accuracy,"
      + " says which model is best.")
  public var classWeights = ClassWeights.equal

  public init() {}

  public func validate() throws {
    try tokens.validate(lowercase: lowercase, minimumCount: minimumCount, merges: merges)
    for (key, column) in [("labelColumn", labelColumn), ("textColumn", textColumn)] where !header {
      guard case .number = ColumnReference(parsing: column) else {
        throw ConfigurationError(key: key, "is \"\(column)\", but without a header columns have numbers only, from 1")
      }
    }
    if validation + test > 0.95 {
      throw ConfigurationError(key: "test", "with validation it leaves nothing to train on; make one of them smaller")
    }
  }

  /// How texts are cut into tokens.
  public var tokenizer: Tokenizer { Tokenizer(tokens, lowercases: lowercase) }

  /// How a file of this name is read.
  func format(fileName: String) -> TableFormat {
    var format: TableFormat =
      switch separator {
      case .byName: TableFormat(fileName: fileName)
      case .tab: .tabs
      case .comma: .commas
      case .semicolon: .semicolons
      }
    format.hasHeader = header
    return format
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
public struct TextClassifierConfiguration: Configuration {
  @Setting(
    "What reads a text: recurrent layers; a feed-forward network over its last words, or with pooling over every stretch of as many"
      + " (window); or causal convolutions whose dilation doubles from layer to layer (Bai et al. 2018).")
  public var kind = EncoderKind.recurrent
  @Setting("The recurrent cell, as for a language model; for recurrent only.") public var cell = CellKind.lstm
  @Setting(1...65_536, "Units of each layer, in each direction.") public var hidden = 128
  @Setting(1...64, "Layers, one above the other; of convolutions 40 at most.") public var layers = 1
  @Setting("Read texts in both directions, side by side (Schuster and Paliwal 1997); for recurrent only, the others know no direction.")
  public var bidirectional = true
  @Setting(1...100_000, "Words that the network sees; for window only.") public var window = 5
  @Setting(1...1000, "Taps of each convolution; for convolution only.") public var kernel = 3
  @Setting(1...65_536, "Numbers a token is represented by at the input.") public var embedding = 128
  @Setting(
    "A file of word vectors that the embedding starts from: GloVe or word2vec as text, plain or .gz, with as many"
      + " numbers a word as embedding says. Needed for training only.")
  public var vectors: String?
  @Setting(
    "How what was read becomes one vector: the last state, the mean or the maximum over the text, or a mean with"
      + " learned weights (Yang et al. 2016).")
  public var pooling = PoolingKind.max
  @Setting("Add each layer's input to its output where the sizes agree.") public var residual = false
  @Setting(1...64, "Steps of depth within a time step; for the cell deep-transition only.") public var transitionDepth = 2
  @Setting(0...0.99, "Part dropped of the embedded input, between layers, and of the pooled vector.") public var dropout = 0.0
  @Setting(0...0.99, "Instead of dropout, for the embedded input.") public var dropoutInput: Double?
  @Setting(0...0.99, "Instead of dropout, between layers.") public var dropoutBetween: Double?
  @Setting(0...0.99, "Instead of dropout, for the pooled vector.") public var dropoutOutput: Double?
  @Setting(0...0.99, "Part of the vocabulary whose embedding is dropped, whole words (Gal 2016).") public var dropoutEmbedding = 0.0
  @Setting("One dropout mask for all time steps of a training step (Gal and Ghahramani 2016).") public var variational = false
  @Setting(-100...100, "What is added to the forget gate's bias at the start.") public var forgetBias = 1.0

  public init() {}

  public func validate() throws {
    if kind == .convolution, layers > 40 {
      throw ConfigurationError(key: "layers", "\(layers) dilations that double reach further than any text; 40 are the most")
    }
  }

  /// What the encoder is made from.
  var encoder: EncoderSettings {
    EncoderSettings(
      kind: kind, cell: cell, hidden: hidden, layers: layers, bidirectional: bidirectional, residual: residual,
      transitionDepth: transitionDepth, forgetBias: forgetBias, window: window, kernel: kernel, gradientSteps: nil)
  }

  /// Dropout of the embedded input.
  var inputDropout: Dropout { dropout(dropoutInput) }
  /// Dropout from one layer to the next.
  var betweenDropout: Dropout { dropout(dropoutBetween) }
  /// Dropout of the pooled vector, which has no time.
  var outputDropout: Dropout { Dropout(rate: dropoutOutput ?? dropout) }

  private func dropout(_ rate: Double?) -> Dropout {
    Dropout(rate: rate ?? dropout, sharing: variational ? .acrossTime : .nothing)
  }
}
