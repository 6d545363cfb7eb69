import Foundation
import RecurrentData
import RecurrentTensors
public import RecurrentTraining

/// What one round of a cross-validation gave: a model trained on all folds but one, measured on that one.
public struct FoldReport: Sendable, Equatable {
  /// The fold that was held out, counted from 1.
  public let fold: Int
  /// Series that were trained on, those held out for validation included.
  public let trainingCount: Int
  /// Labels that were measured on.
  public let testCount: Int
  /// The share that the network judged rightly.
  public let accuracy: Double
  /// The network's mean F1 over the classes.
  public let macroF1: Double
  /// The network's mean loss in nats a label: finer than accuracy where folds are small.
  public let loss: Double
  /// The same share by what answers without a network, by name.
  public let baselines: [Baseline]
  /// Seconds of training.
  public let seconds: Double

  /// A figure without a network.
  public struct Baseline: Sendable, Equatable {
    /// What it is.
    public let name: String
    /// The share that it judged rightly.
    public let accuracy: Double
  }
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

extension SeriesLabelling: CrossValidatedTask {
  public static func foldCount(_ settings: RunSettings<Self>) -> Int? { settings.data.folds }

  public static func checkFolds(_ settings: RunSettings<Self>, from source: DataSource) throws -> [String] {
    var data = settings.data
    // A directory is refused when its parts are read.
    let whole = try source.isDirectory ? nil : SeriesReader(data: data, isTagging: isTagging).read(source.url())
    var notes: [String] = []
    for fold in 1...(data.folds ?? 1) {
      data.fold = fold
      do {
        let corpus = try Parts<SequenceSet>(source, data, isTagging: isTagging, whole: whole)
        if corpus.sets[.test] == nil {
          throw DataError(corpus.path, "it would have no series to test on, as it held out the only one of a label; deal fewer folds (data.folds)")
        }
        _ = try ClassTable(of: corpus.part(.train))
        notes += corpus.notes.filter { !notes.contains($0) && whole?.notes.contains($0) != true }
      } catch let error as DataError {
        throw DataError(error.path, line: error.line, character: error.character, "fold \(fold): \(error.problem)")
      }
    }
    return notes
  }

  public static func validateFold(
    _ settings: RunSettings<Self>, from source: DataSource, interruption: Interruption?
  ) throws -> FoldReport? {
    let run = try prepare(settings, from: source)
    let corpus = try Parts<SequenceSet>(source, settings.data, isTagging: isTagging)
    let stopwatch = Stopwatch()
    let result = try run.trainer(interruption: interruption).run(from: run.model)
    if result.reason == .interrupted { return nil }
    let seconds = stopwatch.seconds

    let (series, codec) = (try corpus.part(.train), run.artifacts.series)
    let heldOut = try corpus.part(.test)
    let test = try codec.encode(heldOut, isTagging: isTagging)
    let measured = result.model.evaluate(test, classCount: codec.classes.count)
    // What needs no validation part learns from the whole of what is not tested on.
    var learnt = series
    learnt.sequences += corpus.sets[.validation]?.sequences ?? []
    let baselines = try SeriesBaselines(training: learnt, codec: codec, isTagging: isTagging)
    return FoldReport(
      fold: settings.data.fold, trainingCount: learnt.sequences.count, testCount: test.targetCount,
      accuracy: measured.confusion.accuracy, macroF1: measured.confusion.macroF1, loss: measured.loss,
      baselines: try baselines.measured(on: heldOut).figures, seconds: seconds)
  }
}
