public import RecurrentData
public import RecurrentLayers
public import RecurrentTraining

/// The `data` of a language model's recipe: what a token is, and how one file is split.
public struct TextDataConfiguration: Configuration {
  @Setting(TokenKind.documentation) public var tokens = TokenKind.characters
  @Setting("Lower-case the text first. Not for bytes.") public var lowercase = false
  @Setting(
    1...1_000_000_000,
    "Words rarer than this in the training text become <unk>; among subwords, rarer characters are written in bytes.")
  public var minimumCount = 1
  @Setting(0...1_000_000, TokenKind.mergesDocumentation) public var merges: Int?
  @Setting(each: 0...1, "Parts of a single file for training, validation and test, in this order. A directory has a file for each.")
  public var split = [0.9, 0.1, 0]

  public init() {}

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
  @Setting(
    "The recurrent cell: lstm (1997, with forget gates 2000), its peephole and layer-norm forms, gru as PyTorch computes it or with the reset gate before the product (2014), the plain network with tanh or relu, or a plain one several steps deep.")
  public var cell = CellKind.lstm
  @Setting(1...65_536, "Units of each layer.") public var hidden = 128
  @Setting(1...64, "Recurrent layers, one above the other.") public var layers = 2
  @Setting(1...65_536, "Numbers a token is represented by at the input.") public var embedding = 64
  @Setting("The output layer uses the embedding's weights; needs embedding = hidden (Press and Wolf 2017).") public var tied = false
  @Setting("Add each layer's input to its output where the sizes agree.") public var residual = false
  @Setting(1...64, "Steps of depth within a time step; for the cell deep-transition only.") public var transitionDepth = 2
  @Setting(
    0...0.99,
    "Part dropped of the embedded input, between layers, and of the top output; never of the recurrent state (Zaremba et al. 2014).")
  public var dropout = 0.0
  @Setting(0...0.99, "Instead of dropout, for the embedded input.") public var dropoutInput: Double?
  @Setting(0...0.99, "Instead of dropout, between layers.") public var dropoutBetween: Double?
  @Setting(0...0.99, "Instead of dropout, for the top layer's output.") public var dropoutOutput: Double?
  @Setting(0...0.99, "Part of the vocabulary whose embedding is dropped, whole tokens (Gal 2016).") public var dropoutEmbedding = 0.0
  @Setting(0...0.99, "Part of the recurrent weights dropped: DropConnect (Merity et al. 2017).") public var dropoutRecurrent = 0.0
  @Setting("One dropout mask for all time steps of a training step (Gal and Ghahramani 2016).") public var variational = false
  @Setting(0...100, "Start every weight and bias evenly in plus or minus this (Zaremba: 0.1). Absent: each layer's own way.")
  public var initialRange: Double?
  @Setting(-100...100, "What is added to the forget gate's bias at the start.") public var forgetBias = 1.0

  public init() {}

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
