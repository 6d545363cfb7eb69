public import RecurrentData
public import RecurrentLayers
public import RecurrentTraining

/// The `data` of a language model's recipe: what a token is, and how one file is split.
public struct TextDataConfiguration: Configuration {
  /// What one token is.
  public var tokens = TokenKind.characters
  /// Whether the text is lower-cased first.
  public var lowercase = false
  /// How often a word must occur in the training text to be in the vocabulary.
  public var minimumCount = 1
  /// How many merges subwords are learned by.
  public var merges: Int?
  /// The parts of a single file for training, validation and test, in this order.
  public var split = [0.9, 0.1, 0]

  public init() {}

  public static var keys: [ConfigurationKey] {
    [
      .choice(
        "tokens", TokenKind.self,
        TokenKind.documentation
      ),
      .boolean("lowercase", "Lower-case the text first. Not for bytes."),
      .integer(
        "minimumCount", 1...1_000_000_000,
        "Words rarer than this in the training text become <unk>; among subwords, rarer characters are written in bytes."),
      .integer("merges", 0...1_000_000, optional: true, TokenKind.mergesDocumentation),
      .numbers(
        "split", count: 3, 0...1,
        "Parts of a single file for training, validation and test, in this order. A directory has a file for each."),
    ]
  }

  public func validate() throws {
    guard SplitFractions(train: split[0], validation: split[1], test: split[2]).areValid, split[0] > 0 else {
      throw ConfigurationError(
        key: "split", "the parts \(split) must add up to 1 at most, the first above 0; the usual split is [0.9, 0.1, 0]")
    }
    try tokens.validate(lowercase: lowercase, minimumCount: minimumCount, merges: merges)
  }

  /// How text is cut.
  public var tokenizer: Tokenizer { Tokenizer(tokens, lowercases: lowercase) }

  /// How one file is cut.
  public var fractions: SplitFractions { SplitFractions(train: split[0], validation: split[1], test: split[2]) }
}

/// The `model` of a language model's recipe.
public struct LanguageModelConfiguration: Configuration {
  /// The recurrent cell.
  public var cell = CellKind.lstm
  /// Units of each layer.
  public var hidden = 128
  /// Recurrent layers, one above the other.
  public var layers = 2
  /// Numbers a token is represented by.
  public var embedding = 64
  /// Whether the output layer uses the embedding's weights.
  public var tied = false
  /// Whether a layer's input is added to its output where the sizes agree.
  public var residual = false
  /// Steps of depth within a time step, of the deep-transition cell.
  public var transitionDepth = 2
  /// The part of the inputs, of what passes from layer to layer, and of the outputs that is dropped.
  public var dropout = 0.0
  /// `dropout` for the embedded input alone.
  public var dropoutInput: Double?
  /// `dropout` between layers alone.
  public var dropoutBetween: Double?
  /// `dropout` for the top layer's output alone.
  public var dropoutOutput: Double?
  /// The part of the vocabulary's embeddings that is dropped, whole words at a time.
  public var dropoutEmbedding = 0.0
  /// The part of the recurrent weights that is dropped.
  public var dropoutRecurrent = 0.0
  /// Whether one mask serves all time steps of a training step.
  public var variational = false
  /// All weights and biases start evenly between plus and minus this.
  public var initialRange: Double?
  /// What the forget gate's bias starts from.
  public var forgetBias = 1.0

  public init() {}

  public static var keys: [ConfigurationKey] {
    [
      .choice(
        "cell", CellKind.self,
        "The recurrent cell: lstm (1997, with forget gates 2000), its peephole and layer-norm forms, gru as PyTorch computes it or with the reset gate before the product (2014), the plain network with tanh or relu, or a plain one several steps deep."
      ),
      .integer("hidden", 1...65_536, "Units of each layer."),
      .integer("layers", 1...64, "Recurrent layers, one above the other."),
      .integer("embedding", 1...65_536, "Numbers a token is represented by at the input."),
      .boolean("tied", "The output layer uses the embedding's weights; needs embedding = hidden (Press and Wolf 2017)."),
      .boolean("residual", "Add each layer's input to its output where the sizes agree."),
      .integer("transitionDepth", 1...64, "Steps of depth within a time step; for the cell deep-transition only."),
      .number(
        "dropout", 0...0.99,
        "Part dropped of the embedded input, between layers, and of the top output; never of the recurrent state (Zaremba et al. 2014)."
      ),
      .number("dropoutInput", 0...0.99, optional: true, "Instead of dropout, for the embedded input."),
      .number("dropoutBetween", 0...0.99, optional: true, "Instead of dropout, between layers."),
      .number("dropoutOutput", 0...0.99, optional: true, "Instead of dropout, for the top layer's output."),
      .number("dropoutEmbedding", 0...0.99, "Part of the vocabulary whose embedding is dropped, whole tokens (Gal 2016)."),
      .number("dropoutRecurrent", 0...0.99, "Part of the recurrent weights dropped: DropConnect (Merity et al. 2017)."),
      .boolean("variational", "One dropout mask for all time steps of a training step (Gal and Ghahramani 2016)."),
      .number(
        "initialRange", 0...100, optional: true,
        "Start every weight and bias evenly in plus or minus this (Zaremba: 0.1). Absent: each layer's own way."),
      .number("forgetBias", -100...100, "What is added to the forget gate's bias at the start."),
    ]
  }

  public func validate() throws {
    if tied, embedding != hidden {
      throw ConfigurationError(
        key: "tied", "needs embedding = hidden, and they are \(embedding) and \(hidden); set model.embedding=\(hidden)")
    }
  }

  /// The network in one line.
  var words: String {
    "\(cell.rawValue), \(Figures.counted(layers, "layer")) of \(Figures.grouped(hidden)) units, "
      + "embedding of \(Figures.grouped(embedding))\(tied ? ", tied to the output" : "")\(residual ? ", residual" : "")"
  }

  /// Dropout of the embedded input.
  var inputDropout: Dropout { dropout(dropoutInput) }
  /// Dropout from one layer to the next.
  var betweenDropout: Dropout { dropout(dropoutBetween) }
  /// Dropout of the top layer's output.
  var outputDropout: Dropout { dropout(dropoutOutput) }

  private func dropout(_ rate: Double?) -> Dropout {
    Dropout(rate: rate ?? dropout, sharing: variational ? .acrossTime : .nothing)
  }
}
