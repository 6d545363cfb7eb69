public import RecurrentData
public import RecurrentLayers
public import RecurrentTraining

/// The `data` of a translator's recipe: which languages, what a token is, and what is held out.
public struct TranslationData: Configuration {
  /// The language that is translated from.
  public var from = "1"
  /// The language that is translated into.
  public var to = "2"
  /// Whether the first line of a table names its columns.
  public var header = false
  /// What one token is.
  public var tokens = TokenKind.subwords
  /// Whether sentences are lower-cased first.
  public var lowercase = false
  /// How often a word must occur in the training sentences to be in a vocabulary.
  public var minimumCount = 1
  /// How many merges subwords are learned by.
  public var merges: Int?
  /// Whether both languages have one vocabulary.
  public var jointVocabulary = false
  /// The longest training sentence in tokens.
  public var maximumLength = 100
  /// The share of the pairs of a single file that is held out for validation.
  public var validation = 0.02
  /// The share of the pairs of a single file that is held out for the test.
  public var test = 0.02

  public init() {}

  public static var keys: [ConfigurationKey] {
    [
      .text(
        "from",
        "The language that is translated from: what the names of parallel files end with (de: train.de, train.de.gz), or the column"
          + " of a table, by name or number."),
      .text("to", "The language that is translated into, likewise."),
      .boolean("header", "The first line of a table names its columns. Without a header columns are given by number."),
      .choice("tokens", TokenKind.self, TokenKind.documentation),
      .boolean("lowercase", "Lower-case both languages first, and measure BLEU and chrF without regard to case. Not for bytes."),
      .integer(
        "minimumCount", 1...1_000_000_000,
        "Words rarer than this in the training sentences become <unk>; among subwords, rarer characters are written in bytes."),
      .integer("merges", 0...1_000_000, optional: true, TokenKind.mergesDocumentation),
      .boolean("jointVocabulary", "One vocabulary for both languages, so that names and numbers are the same tokens in both."),
      .integer(
        "maximumLength", 1...100_000,
        "Training pairs with a longer sentence, in tokens, are left out; which ones is said. Others are always translated whole."),
      .number(
        "validation", 0...0.9,
        "Share of the pairs of a single file, or of training pairs without a validation file, that is held out; all pairs with the"
          + " same source go together."),
      .number("test", 0...0.9, "Share of the pairs of a single file that is held out for the test, likewise."),
    ]
  }

  public func validate() throws {
    try tokens.validate(lowercase: lowercase, minimumCount: minimumCount, merges: merges)
    if from == to { throw ConfigurationError(key: "to", "is \(to), the same as from; name two languages") }
    if validation + test > 0.95 {
      throw ConfigurationError(key: "test", "with validation it leaves nothing to train on; make one of them smaller")
    }
  }

  /// How sentences are cut into tokens.
  public var tokenizer: Tokenizer { Tokenizer(tokens, lowercases: lowercase) }
}

/// The `model` of a translator's recipe.
public struct TranslatorConfiguration: Configuration {
  /// What looks at the source.
  public enum AttentionChoice: String, Codable, Sendable, CaseIterable {
    case none
    case additive
    case dot
    case general
    case scaled

    /// The kind of attention; nil: none.
    var kind: AttentionKind? { AttentionKind(rawValue: rawValue) }
  }

  /// Which layers share one table of vectors.
  public enum TiedEmbeddings: String, Codable, Sendable, CaseIterable {
    case none
    /// The target's embedding is the output layer.
    case output
    /// And the source's embedding too.
    case all
  }

  /// The recurrent cell of encoder and decoder.
  public var cell = CellKind.gru
  /// Units of each layer of the decoder.
  public var hidden = 256
  /// Units of each layer and direction of the encoder.
  public var encoderHidden: Int?
  /// Recurrent layers of encoder and decoder, one above the other.
  public var layers = 1
  /// Whether sources are read in both directions.
  public var bidirectional = true
  /// Whether sources are read from their last token to their first.
  public var reverseSource = false
  /// Numbers a token is represented by.
  public var embedding = 256
  /// What looks at the source.
  public var attention = AttentionChoice.additive
  /// Units of the hidden layer of additive attention.
  public var attentionSize: Int?
  /// What the decoder's cells read besides the embedded token.
  public var feeding = DecoderFeeding.context
  /// Numbers of the vector from which the next token is told.
  public var readout: Int?
  /// Which layers share one table of vectors.
  public var tied = TiedEmbeddings.none
  /// How the decoder's first state is made of the encoder's last.
  public var bridge = BridgeKind.linear
  /// The part of embedded inputs, of what passes from layer to layer, of the memory and of the readout that is dropped.
  public var dropout = 0.0
  /// `dropout` for embedded inputs alone.
  public var dropoutInput: Double?
  /// `dropout` between layers alone.
  public var dropoutBetween: Double?
  /// `dropout` for what the encoder puts out alone.
  public var dropoutMemory: Double?
  /// `dropout` for the readout alone.
  public var dropoutOutput: Double?
  /// Whether one mask serves all time steps of a training step.
  public var variational = false
  /// How likely the decoder reads its own token in training instead of the one that it should have written.
  public var scheduledSampling = 0.0
  /// What the forget gate's bias starts from.
  public var forgetBias = 1.0

  public init() {}

  public static var keys: [ConfigurationKey] {
    [
      .choice("cell", CellKind.self, "The recurrent cell of encoder and decoder, as for a language model."),
      .integer("hidden", 1...65_536, "Units of each layer of the decoder."),
      .integer(
        "encoderHidden", 1...65_536, optional: true,
        "Units of each layer of the encoder, in each direction. Absent: as many as hidden, or half of them in each of two directions."),
      .integer("layers", 1...64, "Recurrent layers of encoder and decoder, one above the other."),
      .boolean("bidirectional", "Read sources in both directions, side by side (Schuster and Paliwal 1997)."),
      .boolean("reverseSource", "Read sources from their last token to their first (Sutskever, Vinyals and Le 2014)."),
      .integer("embedding", 1...65_536, "Numbers a token is represented by."),
      .choice(
        "attention", AttentionChoice.self,
        "What looks at the source at each step: additive (Bahdanau et al. 2014), dot or general (Luong et al. 2015), scaled (general,"
          + " divided by the root of the size), or none: all goes through one state (Sutskever et al. 2014)."),
      .integer("attentionSize", 1...65_536, optional: true, "Units of the hidden layer of additive attention. Absent: as many as hidden."),
      .choice(
        "feeding", DecoderFeeding.self,
        "What the decoder reads besides the last token: the context that its state looked up (Bahdanau), its last readout (Luong's"
          + " input feeding), or nothing, which trains fastest."),
      .integer("readout", 1...65_536, optional: true, "Numbers of the vector that the next token is told from. Absent: as many as embedding."),
      .choice(
        "tied", TiedEmbeddings.self,
        "One table of vectors for the target's embedding and the output layer (Press and Wolf 2017), or for all three: that needs a"
          + " joint vocabulary."),
      .choice("bridge", BridgeKind.self, "How the decoder's first state is made of the encoder's last."),
      .number("dropout", 0...0.99, "Part dropped of embedded inputs, between layers, of what the encoder puts out, and of the readout."),
      .number("dropoutInput", 0...0.99, optional: true, "Instead of dropout, for embedded inputs."),
      .number("dropoutBetween", 0...0.99, optional: true, "Instead of dropout, between layers."),
      .number("dropoutMemory", 0...0.99, optional: true, "Instead of dropout, for what the encoder puts out."),
      .number("dropoutOutput", 0...0.99, optional: true, "Instead of dropout, for the readout."),
      .boolean("variational", "One dropout mask for all time steps of a training step (Gal and Ghahramani 2016)."),
      .number(
        "scheduledSampling", 0...1,
        "How likely, at the end of training, the decoder reads its own likeliest token instead of the right one (Bengio et al. 2015);"
          + " it grows evenly from 0 over the epochs."),
      .number("forgetBias", -100...100, "What is added to the forget gate's bias at the start."),
    ]
  }

  public func validate() throws {
    if attention == .none, feeding == .context {
      throw ConfigurationError(key: "feeding", "is context, but without attention there is none; write nothing or readout")
    }
    if attention == .dot, memorySize != hidden {
      throw ConfigurationError(
        key: "attention", "is dot, so what the encoder puts out (\(memorySize)) must be as large as hidden (\(hidden)); or write general")
    }
    if tied != .none, readout ?? embedding != embedding {
      throw ConfigurationError(key: "readout", "is \(readout ?? 0), but a tied readout is as large as an embedding: \(embedding)")
    }
    if bridge == .copy, memorySize != hidden {
      throw ConfigurationError(
        key: "bridge", "is copy, so the encoder's states (\(memorySize)) must be as large as the decoder's (\(hidden)); or write linear")
    }
  }

  /// Units of an encoder's layer in each direction.
  var encoderUnits: Int { encoderHidden ?? (bidirectional ? (hidden + 1) / 2 : hidden) }
  /// Features of what the encoder puts out.
  var memorySize: Int { encoderUnits * (bidirectional ? 2 : 1) }
  /// Features of a readout.
  var readoutSize: Int { readout ?? embedding }

  /// The dropout of the encoder; its output is the memory.
  var encoderDropout: DecoderDropout {
    DecoderDropout(input: dropout(dropoutInput), between: dropout(dropoutBetween), output: dropout(dropoutMemory))
  }

  /// The dropout of the decoder.
  var decoderDropout: DecoderDropout {
    DecoderDropout(input: dropout(dropoutInput), between: dropout(dropoutBetween), output: dropout(dropoutOutput))
  }

  private func dropout(_ rate: Double?) -> Dropout {
    Dropout(rate: rate ?? dropout, sharing: variational ? .acrossTime : .nothing)
  }
}
