import RecurrentData
public import RecurrentLayers
public import RecurrentTraining

/// The `data` of a translator's recipe: which languages, what a token is, and what is held out.
public struct TranslationData: TokenConfiguration {
  @Setting(
    "The language that is translated from: what the names of parallel files end with (de: train.de, train.de.gz), or the column"
      + " of a table, by name or number.")
  public var from = "1"
  @Setting("The language that is translated into, likewise.") public var to = "2"
  @Setting("The first line of a table names its columns. Without a header columns are given by number.") public var header = false
  @Setting(isYounger: true, TableSeparator.documentation) public var separator = TableSeparator.byName
  @Inlined(["lowercase": "Lower-case both languages first, and measure BLEU and chrF without regard to case. Not for bytes."])
  public var tokenization = TokenSettings()
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
    try tokenization.validate()
    if from == to { throw ConfigurationError(key: "to", "is \(to), the same as from; name two languages") }
    if validation + test > 0.95 {
      throw ConfigurationError(key: "test", "with validation it leaves nothing to train on; make one of them smaller")
    }
  }
}

/// The `model` of a translator's recipe.
public struct TranslatorConfiguration: RecurrentConfiguration, DropoutConfiguration {
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

  @Inlined(
    [
      "cell": "The recurrent cell of encoder and decoder, as for a language model.",
      "hidden": "Units of each layer of the decoder.", "layers": "Recurrent layers of encoder and decoder, one above the other.",
    ], younger: ["transitionDepth"])
  public var recurrent = RecurrentSettings { ($0.cell, $0.hidden) = (.gru, 256) }
  @Setting(
    1...65_536, after: "hidden",
    "Units of each layer of the encoder, in each direction. Absent: as many as hidden, or half of them in each of two directions.")
  public var encoderHidden: Int?
  @Setting(after: "layers", "Read sources in both directions, side by side (Schuster and Paliwal 1997).") public var bidirectional = true
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
  @Setting(1...65_536, "Size of the vector from which the next token is predicted. Absent: that of embedding.") public var readout: Int?
  @Setting(
    "One table of vectors for the target's embedding and the output layer (Press and Wolf 2017), or for all three: that needs a"
      + " joint vocabulary.")
  public var tied = TiedEmbeddings.none
  @Setting("How the decoder's first state is made of the encoder's last.") public var bridge = BridgeKind.linear
  @Inlined([
    "dropout": "Part dropped of embedded inputs, between layers, of what the encoder puts out, and of the readout.",
    "dropoutInput": "Instead of dropout, for embedded inputs.", "dropoutOutput": "Instead of dropout, for the readout.",
  ])
  public var dropouts = DropoutSettings()
  @Setting(0...0.99, after: "dropoutBetween", "Instead of dropout, for what the encoder puts out.") public var dropoutMemory: Double?
  @Setting(
    0...1, after: "variational",
    "How likely, at the end of training, the decoder reads its own likeliest token instead of the right one (Bengio et al. 2015);"
      + " it grows evenly from 0 over the epochs.")
  public var scheduledSampling = 0.0

  public init() {}

  public func validate() throws {
    if attention == .none, feeding == .context {
      throw ConfigurationError(key: "feeding", "is context, but without attention there is none; write nothing or readout")
    }
    if attention == .dot, memorySize != recurrent.hidden {
      throw ConfigurationError(
        key: "attention", "is dot, so what the encoder puts out (\(memorySize)) must be as large as hidden (\(recurrent.hidden)); or write general")
    }
    if tied != .none, readout ?? embedding != embedding {
      throw ConfigurationError(key: "readout", "is \(readout ?? 0), but a tied readout is as large as an embedding: \(embedding)")
    }
    if bridge == .copy, memorySize != recurrent.hidden {
      throw ConfigurationError(
        key: "bridge", "is copy, so the encoder's states (\(memorySize)) must be as large as the decoder's (\(recurrent.hidden)); or write linear")
    }
  }

  /// Units of an encoder's layer in each direction.
  var encoderUnits: Int { encoderHidden ?? (bidirectional ? (recurrent.hidden + 1) / 2 : recurrent.hidden) }
  /// Features of what the encoder puts out.
  var memorySize: Int { encoderUnits * (bidirectional ? 2 : 1) }
  /// Features of a readout.
  var readoutSize: Int { readout ?? embedding }

  /// The dropout of the encoder; its output is the memory.
  var encoderDropout: DecoderDropout {
    DecoderDropout(input: dropouts.inputDropout, between: dropouts.betweenDropout, output: dropouts.rate(dropoutMemory))
  }

  /// The dropout of the decoder.
  var decoderDropout: DecoderDropout {
    DecoderDropout(input: dropouts.inputDropout, between: dropouts.betweenDropout, output: dropouts.outputDropout)
  }

  /// The memory of a training step over sentences of at most `longest` tokens.
  func memory(sourceCount: Int, targetCount: Int, batch: Int, longest: Int) -> MemoryEstimate {
    let positions = Double(batch) * Double(longest)
    let (source, target, width) = (Double(sourceCount), Double(targetCount), Double(embedding))
    // Of the target: its embedding, and the scores over its tokens with their biases.
    let tables = (tied == .all ? 0 : source * width) + target * width + target * (tied == .none ? Double(readoutSize) + 1 : 1)
    let context = attention == .none ? 0 : memorySize
    let fed = feeding == .context ? context : feeding == .readout ? readoutSize : 0
    let looking: Int
    switch attention {
    case .none, .dot: looking = 0
    case .general, .scaled: looking = memorySize * recurrent.hidden
    case .additive: looking = (recurrent.hidden + memorySize + 1) * (attentionSize ?? recurrent.hidden)
    }
    let bridges = bridge == .linear ? recurrent.layers * recurrent.cell.stateCount : 0
    return .stack(
      recurrent, inputSize: embedding, hiddenSize: encoderUnits, directions: bidirectional ? 2 : 1, positions: positions)
      + .stack(recurrent, inputSize: embedding + fed, positions: positions)
      + .linear(memorySize, recurrent.hidden, count: bridges)
      + .linear(recurrent.hidden + context + embedding, readoutSize)
      + MemoryEstimate(parameterCount: tables + Double(looking), activationCount: positions * max(source, target))
  }
}
