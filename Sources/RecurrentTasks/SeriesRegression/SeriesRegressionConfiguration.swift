public import RecurrentLayers
import RecurrentTensors
public import RecurrentTraining

/// The `data` of a recipe for regression on series.
public struct SeriesRegressionDataConfiguration: Configuration {
  @Setting(
    "Give each channel of inputs and targets the mean 0 and the deviation 1 of the training part while they are learned; answers"
      + " are in the file's own units.")
  public var standardize = true
  @Setting(
    0...0.9,
    "Share of the training series that is held out for validation, where a directory has no file for it. 0: none is; the model"
      + " of the last epoch is kept, and the schedule must be fixed.")
  public var validation = 0.0
  @Setting(0...0.9, "Share of a single file that is held out for the test.") public var test = 0.0

  public init() {}

  public func validate() throws {
    if validation + test >= 1 {
      throw ConfigurationError(key: "test", "with validation it leaves nothing to train on; make one of them smaller")
    }
  }
}

/// The `model` of a recipe for regression on series.
public struct SeriesRegressionModelConfiguration: RecurrentConfiguration {
  @Setting(
    "Where inputs enter and answers are read: one vector in, one out (one-to-one) or a series out (one-to-many); a series in, and"
      + " one answer out at its end (many-to-one), another series when it has been read (many-to-many-after), or an answer at each"
      + " step (many-to-many-in-step).")
  public var arrangement = Arrangement.manyToOne
  @Inlined(
    [
      "cell": "The recurrent cell, as for a language model.", "hidden": "Units of each layer, in each direction.",
      "layers": "Layers, one above the other.",
    ], younger: ["transitionDepth"])
  public var recurrent = RecurrentSettings { $0.hidden = 64 }
  @Setting(after: "layers", "Read series in both directions, side by side (Schuster and Paliwal 1997).") public var bidirectional = false
  @Setting(0...0.99, "Part dropped of what passes from layer to layer, and of what the output layer reads.") public var dropout = 0.0

  public init() {}

  /// Dropout between layers and before the output.
  var dropoutLayer: Dropout { Dropout(rate: dropout) }

  /// A network with parameters drawn as the configuration says.
  func makeNetwork<Scalar>(
    inputSize: Int, outputSize: Int, using generator: inout RandomGenerator
  ) -> ArrangedNetwork<AnyCell<Scalar>> {
    ArrangedNetwork(
      arrangement, inputSize: inputSize, outputSize: outputSize, hiddenSize: recurrent.hidden, layerCount: recurrent.layers,
      isBidirectional: bidirectional, using: &generator
    ) { inputSize, generator in
      recurrent.makeCell(inputSize: inputSize, using: &generator)
    }
  }

  /// The network in a few words: "2 × 64 lstm, many to one".
  var summary: String {
    let words = arrangement.rawValue.replacing("-", with: " ")
    return "\(recurrent.layers) × \(bidirectional ? "2 × " : "")\(recurrent.hidden) \(recurrent.cell.rawValue), \(words)"
  }

  /// The memory of a training step over `positions` steps of series.
  func memory(inputSize: Int, outputSize: Int, positions: Double) -> MemoryEstimate {
    let directions = bidirectional ? 2 : 1
    return .stack(recurrent, inputSize: inputSize + (arrangement.hasEmptySteps ? 1 : 0), directions: directions, positions: positions)
      + .linear(directions * recurrent.hidden, outputSize)
  }
}
