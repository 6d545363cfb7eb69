import RecurrentTensors
public import RecurrentTraining

/// What one round of a cross-validation gave: a model trained on all folds but one, measured on that one.
public struct FoldReport: Sendable, Equatable {
  /// The fold that was held out, counted from 1.
  public let fold: Int
  /// What it is, where it has a name: the speaker that was held out.
  public let name: String?
  /// Examples that were trained on, those held out for validation included.
  public let trainingCount: Int
  /// Answers that were measured.
  public let testCount: Int
  /// What the network reached, the most telling figure first.
  public let figures: [Figure]
  /// The same share of right answers by what answers without a network.
  public let baselines: [Baseline]
  /// Seconds of training.
  public let seconds: Double

  /// A figure of the network.
  public struct Figure: Sendable, Equatable {
    /// What it is called, in JSON and in lines, and how it is written.
    public let shown: ShownFigure
    /// Its value.
    public let value: Double
    /// Its unit, where it is no share.
    public let unit: String

    init(_ shown: ShownFigure, _ value: Double, unit: String = "") { (self.shown, self.value, self.unit) = (shown, value, unit) }
  }

  /// A figure without a network.
  public struct Baseline: Sendable, Equatable {
    /// What it is.
    public let name: String
    /// The share that it judged rightly.
    public let accuracy: Double
  }

  /// The figure of this key.
  public subscript(key: String) -> Double? { figures.first { $0.shown.key == key }?.value }
}

/// The mean of a figure over folds, and its standard deviation (of a sample: divided by the number less one).
public struct FoldMean: Sendable, Equatable {
  /// The mean.
  public let mean: Double
  /// The deviation from fold to fold.
  public let deviation: Double

  /// The mean of two or more figures.
  public init(_ figures: [Double]) {
    check(figures.count > 1, "FoldMean: \(figures.count) figures have no deviation")
    let mean = figures.reduce(0, +) / Double(figures.count)
    self.mean = mean
    deviation = (figures.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(figures.count - 1)).squareRoot()
  }
}

/// A task whose data may be dealt into folds.
public protocol CrossValidatedTask: RecipeTask {
  /// The number of folds that a recipe deals its data into; nil: none.
  static func foldCount(_ settings: RunSettings<Self>) -> Int?

  /// Deals the folds, and trains nothing: what would stop one of them is found before the first.
  ///
  /// - Returns: what must be said of them, a line each.
  /// - Throws: `DataError` that names the fold, where one cannot be trained or measured.
  static func checkFolds(_ settings: RunSettings<Self>, from source: DataSource) throws -> [String]

  /// Trains on all folds but the one that the recipe names (`data.fold`), and measures on that; no file is written.
  ///
  /// - Returns: what was found, or nil where the run was interrupted.
  static func validateFold(
    _ settings: RunSettings<Self>, from source: DataSource, interruption: Interruption?
  ) throws -> FoldReport?
}
