public import RecurrentLayers
import RecurrentTensors
public import RecurrentTraining

/// The `data` of a recipe for regression on series.
public struct SeriesRegressionDataConfiguration: Configuration {
  /// Whether inputs and targets are standardized.
  public var standardize = true
  /// The share of the training series that is held out for validation where there is no file for it.
  public var validation = 0.0
  /// The share of a single file that is held out for the test.
  public var test = 0.0

  public init() {}

  public static var keys: [ConfigurationKey] {
    [
      .boolean(
        "standardize",
        "Give each channel of inputs and targets the mean 0 and the deviation 1 of the training part while they are learned; answers"
          + " are in the file's own units."),
      .number(
        "validation", 0...0.9,
        "Share of the training series that is held out for validation, where a directory has no file for it. 0: none is; the model"
          + " of the last epoch is kept, and the schedule must be fixed."),
      .number("test", 0...0.9, "Share of a single file that is held out for the test."),
    ]
  }

  public func validate() throws {
    if validation + test >= 1 {
      throw ConfigurationError(key: "test", "with validation it leaves nothing to train on; make one of them smaller")
    }
  }
}

/// The `model` of a recipe for regression on series.
public struct SeriesRegressionModelConfiguration: Configuration {
  /// Where inputs enter and answers are read.
  public var arrangement = Arrangement.manyToOne
  /// The recurrent cell.
  public var cell = CellKind.lstm
  /// Units of each layer and direction.
  public var hidden = 64
  /// Layers, one above the other.
  public var layers = 1
  /// Whether series are read in both directions.
  public var bidirectional = false
  /// The part of what passes from layer to layer, and of what the output layer reads, that is dropped.
  public var dropout = 0.0
  /// What the forget gate's bias starts from.
  public var forgetBias = 1.0

  public init() {}

  public static var keys: [ConfigurationKey] {
    [
      .choice(
        "arrangement", Arrangement.self,
        "Where inputs enter and answers are read: one vector in, one out (one-to-one) or a series out (one-to-many); a series in, and"
          + " one answer out at its end (many-to-one), another series when it has been read (many-to-many-after), or an answer at each"
          + " step (many-to-many-in-step)."),
      .choice("cell", CellKind.self, "The recurrent cell, as for a language model."),
      .integer("hidden", 1...65_536, "Units of each layer, in each direction."),
      .integer("layers", 1...64, "Layers, one above the other."),
      .boolean("bidirectional", "Read series in both directions, side by side (Schuster and Paliwal 1997)."),
      .number("dropout", 0...0.99, "Part dropped of what passes from layer to layer, and of what the output layer reads."),
      .number("forgetBias", -100...100, "What is added to the forget gate's bias at the start."),
    ]
  }

  /// Dropout between layers and before the output.
  var dropoutLayer: Dropout { Dropout(rate: dropout) }

  /// A network with parameters drawn as the configuration says.
  func makeNetwork(
    inputSize: Int, outputSize: Int, using generator: inout RandomGenerator
  ) -> ArrangedNetwork<AnyCell<Float>> {
    ArrangedNetwork(
      arrangement, inputSize: inputSize, outputSize: outputSize, hiddenSize: hidden, layerCount: layers,
      isBidirectional: bidirectional, using: &generator
    ) { inputSize, generator in
      cell.makeCell(
        inputSize: inputSize, hiddenSize: hidden, transitionDepth: 2,
        initialization: CellInitialization(forgetBias: forgetBias), using: &generator)
    }
  }

  /// The network in a few words: "2 × 64 lstm, many to one".
  var summary: String {
    let words = arrangement.rawValue.replacing("-", with: " ")
    return "\(layers) × \(bidirectional ? "2 × " : "")\(hidden) \(cell.rawValue), \(words)"
  }
}
