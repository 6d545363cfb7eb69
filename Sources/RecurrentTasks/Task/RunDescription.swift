public import RecurrentTraining

/// The words and units in which people are told of a run.
public struct RunDescription: Sendable, Equatable {
  /// The recipe's name.
  public var recipe: String
  /// What a rate of units is measured in: "char/s", "texts/s".
  public var rateUnit: String
  /// The unit of the loss: "nats a character".
  public var lossUnit: String
  /// The network in a few words, for the head of the chart: "2 × 512 lstm".
  public var network: String
  /// The figures of an evaluation that stand beside its loss, those that the task's people compare.
  public var figures: [ShownFigure]
  /// A text of the data that the model may be asked about when it is trained, for examples on the command line; nil: it reads files.
  public var exampleInput: String?

  /// A description of its parts.
  public init(
    recipe: String, rateUnit: String, lossUnit: String = "nats", network: String = "", figures: [ShownFigure] = [],
    exampleInput: String? = nil
  ) {
    self.recipe = recipe
    self.rateUnit = rateUnit
    self.lossUnit = lossUnit
    self.network = network
    self.figures = figures
    self.exampleInput = exampleInput.flatMap(Self.shortened)
  }

  /// The first words of a text on one line, as many as one may want to copy; nil where there are none, or they would be taken for an option.
  private static func shortened(_ text: String) -> String? {
    let line = text.asField.split(separator: " ").joined(separator: " ")
    if line.isEmpty || line.hasPrefix("-") { return nil }
    let longest = 60
    guard line.count > longest else { return line }
    let beginning = line.prefix(longest)
    return String(beginning[..<(beginning.lastIndex(of: " ") ?? beginning.endIndex)])
  }

  /// An evaluation as it stands in a line: "1.463", "4.752 (perplexity 115.9)", "0.312 (accuracy 87.5 %)".
  public func figure(_ evaluation: Evaluation) -> String {
    let shown = figures.compactMap { figure in
      evaluation.metrics[figure.key].map { "\(figure.label) \(figure.written($0))" }
    }
    let loss = Figures.loss(evaluation.loss)
    return shown.isEmpty ? loss : "\(loss) (\(shown.joined(separator: ", ")))"
  }
}

/// A figure of an evaluation beside its loss, and how it is written.
public struct ShownFigure: Sendable, Equatable {
  /// How a figure is written.
  public enum Style: Sendable, Equatable {
    /// Two decimals below ten, one below a thousand, none above.
    case decimal
    /// A share from 0 to 1, as "87.52 %".
    case percent
    /// Four decimals, for figures whose fourth matters, such as an area under a curve.
    case exact
  }

  /// Its name in `Evaluation.metrics`.
  public var key: String
  /// What it is called in a line.
  public var label: String
  /// How it is written.
  public var style: Style

  /// A figure under a key; it is called by the key unless a label says otherwise.
  public init(_ key: String, label: String? = nil, style: Style = .decimal) {
    self.key = key
    self.label = label ?? key
    self.style = style
  }

  /// The figure as text, with its unit.
  public func written(_ value: Double) -> String {
    switch style {
    case .decimal: String(decimal: value)
    case .percent: Figures.percent(value)
    case .exact: Figures.exact(value)
    }
  }
}
