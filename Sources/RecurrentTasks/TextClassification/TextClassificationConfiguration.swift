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

  /// The column of the label, by name or number.
  public var labelColumn = "label"
  /// The column of the text, by name or number.
  public var textColumn = "text"
  /// Whether the first line names the columns.
  public var header = true
  /// What stands between columns.
  public var separator = Separator.byName
  /// What one token is.
  public var tokens = TokenKind.wordsAndMarks
  /// Whether texts are lower-cased first.
  public var lowercase = true
  /// How often a word must occur in the training texts to be in the vocabulary.
  public var minimumCount = 1
  /// How many merges subwords are learned by.
  public var merges: Int?
  /// The longest text in tokens; longer ones are cut.
  public var maximumLength: Int?
  /// Which part of a text that is cut stays.
  public var keep = KeptEnd.start
  /// Whether rows without a text are passed over.
  public var skipEmpty = false
  /// The share of the training rows that is held out for validation where there is no file for it.
  public var validation = 0.1
  /// The share of a single file that is held out for the test.
  public var test = 0.1
  /// What a class weighs in the loss.
  public var classWeights = ClassWeights.equal

  public init() {}

  public static var keys: [ConfigurationKey] {
    [
      .text("labelColumn", "The column with the label: its name in the header, or its number, counted from 1."),
      .text("textColumn", "The column with the text: its name in the header, or its number, counted from 1."),
      .boolean("header", "The first line names the columns. Without a header columns are given by number."),
      .choice(
        "separator", Separator.self,
        "What stands between columns; by-name: a tab in .tsv and .tab files, else a comma. Only tabs leave quotes alone."),
      .choice(
        "tokens", TokenKind.self,
        "What one token is: words-and-marks takes raw text apart (punctuation is a token of its own), words is for text"
          + " that has been taken apart, with spaces between; subwords cuts rare words into parts; or characters, graphemes,"
          + " bytes."),
      .boolean("lowercase", "Lower-case the texts first. Not for bytes."),
      .integer(
        "minimumCount", 1...1_000_000_000,
        "Words rarer than this in the training texts become <unk>; among subwords, rarer characters are written in bytes."),
      .integer("merges", 0...1_000_000, optional: true, TokenKind.mergesDocumentation),
      .integer(
        "maximumLength", 1...1_000_000, optional: true,
        "Cut texts to so many tokens; how many were cut is said. Absent: none is cut."),
      .choice("keep", KeptEnd.self, "Of a text that is cut: its start, its end, or half of each."),
      .boolean("skipEmpty", "Pass over rows whose text is empty, and say how many; otherwise they are an error."),
      .number(
        "validation", 0...0.9,
        "Share of the training rows of each label that is held out for validation, where a directory has no file for it."),
      .number("test", 0...0.9, "Share of the rows of each label of a single file that is held out for the test."),
      .choice(
        "classWeights", ClassWeights.self,
        "balanced: every class counts as much as every other in the loss, however rare; and macro F1, not accuracy,"
          + " says which model is best."),
    ]
  }

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
  /// What reads a text.
  public var kind = EncoderKind.recurrent
  /// The recurrent cell.
  public var cell = CellKind.lstm
  /// Units of each layer and direction.
  public var hidden = 128
  /// Recurrent layers, one above the other.
  public var layers = 1
  /// Whether texts are read in both directions.
  public var bidirectional = true
  /// Words that a feed-forward network sees.
  public var window = 5
  /// Taps of a convolution.
  public var kernel = 3
  /// Numbers a token is represented by.
  public var embedding = 128
  /// A file of word vectors that the embedding starts from.
  public var vectors: String?
  /// How what was read becomes one vector.
  public var pooling = PoolingKind.max
  /// Whether a layer's input is added to its output where the sizes agree.
  public var residual = false
  /// Steps of depth within a time step, of the deep-transition cell.
  public var transitionDepth = 2
  /// The part of the inputs, of what passes from layer to layer, and of the pooled vector that is dropped.
  public var dropout = 0.0
  /// `dropout` for the embedded input alone.
  public var dropoutInput: Double?
  /// `dropout` between layers alone.
  public var dropoutBetween: Double?
  /// `dropout` for the pooled vector alone.
  public var dropoutOutput: Double?
  /// The part of the vocabulary's embeddings that is dropped, whole words at a time.
  public var dropoutEmbedding = 0.0
  /// Whether one mask serves all time steps of a training step.
  public var variational = false
  /// What the forget gate's bias starts from.
  public var forgetBias = 1.0

  public init() {}

  public static var keys: [ConfigurationKey] {
    [
      .choice(
        "kind", EncoderKind.self,
        "What reads a text: recurrent layers; a feed-forward network over its last words, or with pooling over every stretch of as many"
          + " (window); or causal convolutions whose dilation doubles from layer to layer (Bai et al. 2018)."),
      .choice("cell", CellKind.self, "The recurrent cell, as for a language model; for recurrent only."),
      .integer("hidden", 1...65_536, "Units of each layer, in each direction."),
      .integer("layers", 1...64, "Layers, one above the other; of convolutions 40 at most."),
      .boolean("bidirectional", "Read texts in both directions, side by side (Schuster and Paliwal 1997); for recurrent only, the others know no direction."),
      .integer("window", 1...100_000, "Words that the network sees; for window only."),
      .integer("kernel", 1...1000, "Taps of each convolution; for convolution only."),
      .integer("embedding", 1...65_536, "Numbers a token is represented by at the input."),
      .text(
        "vectors", optional: true,
        "A file of word vectors that the embedding starts from: GloVe or word2vec as text, plain or .gz, with as many"
          + " numbers a word as embedding says. Needed for training only."),
      .choice(
        "pooling", PoolingKind.self,
        "How what was read becomes one vector: the last state, the mean or the maximum over the text, or a mean with"
          + " learned weights (Yang et al. 2016)."),
      .boolean("residual", "Add each layer's input to its output where the sizes agree."),
      .integer("transitionDepth", 1...64, "Steps of depth within a time step; for the cell deep-transition only."),
      .number("dropout", 0...0.99, "Part dropped of the embedded input, between layers, and of the pooled vector."),
      .number("dropoutInput", 0...0.99, optional: true, "Instead of dropout, for the embedded input."),
      .number("dropoutBetween", 0...0.99, optional: true, "Instead of dropout, between layers."),
      .number("dropoutOutput", 0...0.99, optional: true, "Instead of dropout, for the pooled vector."),
      .number("dropoutEmbedding", 0...0.99, "Part of the vocabulary whose embedding is dropped, whole words (Gal 2016)."),
      .boolean("variational", "One dropout mask for all time steps of a training step (Gal and Ghahramani 2016)."),
      .number("forgetBias", -100...100, "What is added to the forget gate's bias at the start."),
    ]
  }

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
