public import RecurrentData
public import RecurrentLayers
public import RecurrentTraining

/// The `data` of a translator's recipe: which languages, what a token is, and what is held out.
public struct TranslationData: Configuration {
  @Setting(
    "The language that is translated from: what the names of parallel files end with (de: train.de, train.de.gz), or the column"
      + " of a table, by name or number.")
  public var from = "1"
  @Setting("The language that is translated into, likewise.") public var to = "2"
  @Setting("The first line of a table names its columns. Without a header columns are given by number.") public var header = false
  @Setting(TokenKind.documentation) public var tokens = TokenKind.subwords
  @Setting("Lower-case both languages first, and measure BLEU and chrF without regard to case. Not for bytes.") public var lowercase = false
  @Setting(
    1...1_000_000_000,
    "Words rarer than this in the training sentences become <unk>; among subwords, rarer characters are written in bytes.")
  public var minimumCount = 1
  @Setting(0...1_000_000, TokenKind.mergesDocumentation) public var merges: Int?
  @Setting("One vocabulary for both languages, so that names and numbers are the same tokens in both.") public var jointVocabulary = false
  @Setting(
    1...100_000,
    "Training pairs with a longer sentence, in tokens, are left out; which ones is said. Others are always translated whole.")
  public var maximumLength = 100
  @Setting(
    0...0.9,
    "Share of the pairs of a single file, or of training pairs without a validation file, that is held out; all pairs with the"
      + " same source go together.")
  public var validation = 0.02
  @Setting(0...0.9, "Share of the pairs of a single file that is held out for the test, likewise.") public var test = 0.02

  public init() {}

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

  @Setting("The recurrent cell of encoder and decoder, as for a language model.") public var cell = CellKind.gru
  @Setting(1...65_536, "Units of each layer of the decoder.") public var hidden = 256
  @Setting(
    1...65_536,
    "Units of each layer of the encoder, in each direction. Absent: as many as hidden, or half of them in each of two directions.")
  public var encoderHidden: Int?
  @Setting(1...64, "Recurrent layers of encoder and decoder, one above the other.") public var layers = 1
  @Setting("Read sources in both directions, side by side (Schuster and Paliwal 1997).") public var bidirectional = true
  @Setting("Read sources from their last token to their first (Sutskever, Vinyals and Le 2014).") public var reverseSource = false
  @Setting(1...65_536, "Numbers a token is represented by.") public var embedding = 256
  @Setting(
    "What looks at the source at each step: additive (Bahdanau et al. 2014), dot or general (Luong et al. 2015), scaled (general,"
      + " divided by the root of the size), or none: all goes through one state (Sutskever et al. 2014).")
  public var attention = AttentionChoice.additive
  @Setting(1...65_536, "Units of the hidden layer of additive attention. Absent: as many as hidden.") public var attentionSize: Int?
  @Setting(
    "What the decoder reads besides the last token: the context that its state looked up (Bahdanau), its last readout (Luong's"
      + " input feeding), or nothing, which trains fastest.")
  public var feeding = DecoderFeeding.context
  @Setting(1...65_536, "Numbers of the vector that the next token is told from. Absent: as many as embedding.") public var readout: Int?
  @Setting(
    "One table of vectors for the target's embedding and the output layer (Press and Wolf 2017), or for all three: that needs a"
      + " joint vocabulary.")
  public var tied = TiedEmbeddings.none
  @Setting("How the decoder's first state is made of the encoder's last.") public var bridge = BridgeKind.linear
  @Setting(0...0.99, "Part dropped of embedded inputs, between layers, of what the encoder puts out, and of the readout.")
  public var dropout = 0.0
  @Setting(0...0.99, "Instead of dropout, for embedded inputs.") public var dropoutInput: Double?
  @Setting(0...0.99, "Instead of dropout, between layers.") public var dropoutBetween: Double?
  @Setting(0...0.99, "Instead of dropout, for what the encoder puts out.") public var dropoutMemory: Double?
  @Setting(0...0.99, "Instead of dropout, for the readout.") public var dropoutOutput: Double?
  @Setting("One dropout mask for all time steps of a training step (Gal and Ghahramani 2016).") public var variational = false
  @Setting(
    0...1,
    "How likely, at the end of training, the decoder reads its own likeliest token instead of the right one (Bengio et al. 2015);"
      + " it grows evenly from 0 over the epochs.")
  public var scheduledSampling = 0.0
  @Setting(-100...100, "What is added to the forget gate's bias at the start.") public var forgetBias = 1.0

  public init() {}

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
