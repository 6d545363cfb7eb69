import RecurrentData
import RecurrentLayers
public import RecurrentTraining

/// The `data` of a language model's recipe: what a token is, and how one file is split.
public struct TextDataConfiguration: TokenConfiguration, SplitConfiguration {
  @Inlined public var tokenization = TokenSettings { $0.tokens = .characters }
  @Setting(each: 0...1, "Parts of a single file for training, validation and test, in this order. A directory has a file for each.")
  public var split = [0.9, 0.1, 0]

  public init() {}

  public func validate() throws {
    try validateSplit(usual: "[0.9, 0.1, 0]")
    try tokenization.validate()
  }
}

/// The `model` of a language model's recipe.
public struct LanguageModelConfiguration: RecurrentConfiguration, DropoutConfiguration {
  @Inlined([
    "cell":
      "The recurrent cell: lstm (1997, with forget gates 2000), its peephole and layer-norm forms, gru as PyTorch computes it or with the reset gate before the product (2014), the plain network with tanh or relu, or a plain one several steps deep."
  ])
  public var recurrent = RecurrentSettings { $0.layers = 2 }
  @Setting(1...65_536, after: "layers", "Numbers a token is represented by at the input.") public var embedding = 64
  @Setting("The output layer uses the embedding's weights; needs embedding = hidden (Press and Wolf 2017).") public var tied = false
  @Setting("Add each layer's input to its output where the sizes agree.") public var residual = false
  @Inlined(
    [
      "dropout":
        "Part dropped of the embedded input, between layers, and of the top output; never of the recurrent state (Zaremba et al. 2014).",
      "dropoutOutput": "Instead of dropout, for the top layer's output.",
    ], after: "transitionDepth")
  public var dropouts = DropoutSettings()
  @Setting(0...0.99, after: "dropoutOutput", "Part of the vocabulary whose embedding is dropped, whole tokens (Gal 2016).")
  public var dropoutEmbedding = 0.0
  @Setting(0...0.99, "Part of the recurrent weights dropped: DropConnect (Merity et al. 2017).") public var dropoutRecurrent = 0.0
  @Setting(
    0...100, after: "variational", "Start every weight and bias evenly in plus or minus this (Zaremba: 0.1). Absent: each layer's own way.")
  public var initialRange: Double?

  public init() {}

  public func validate() throws {
    if tied, embedding != recurrent.hidden {
      throw ConfigurationError(
        key: "tied", "needs embedding = hidden, and they are \(embedding) and \(recurrent.hidden); set model.embedding=\(recurrent.hidden)")
    }
  }

  /// The network in one line.
  var words: String {
    "\(recurrent.cell.rawValue), \(Figures.counted(recurrent.layers, "layer")) of \(Figures.grouped(recurrent.hidden)) units, "
      + "embedding of \(Figures.grouped(embedding))\(tied ? ", tied to the output" : "")\(residual ? ", residual" : "")"
  }

  /// The memory of a training step that reads `positions` tokens.
  func memory(vocabularyCount: Int, positions: Double) -> MemoryEstimate {
    let vocabulary = Double(vocabularyCount)
    return .stack(recurrent, inputSize: embedding, positions: positions)
      + MemoryEstimate(
        parameterCount: vocabulary * Double(embedding + (tied ? 0 : recurrent.hidden) + 1),
        activationCount: positions * 2 * vocabulary)
  }
}
