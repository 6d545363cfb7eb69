import Foundation
import RecurrentData
import RecurrentLayers

/// The parts of pairs of series: those of a directory with a file for each, of one file that is dealt out, or of the pendulum inside the
/// package.
///
/// What is held out depends on the file and the recipe alone, not on a run's seed, so that it can be measured later.
struct RegressionCorpus: Sendable {
  /// Where they are from, for messages.
  let path: String
  /// The pairs of each part that has any.
  let parts: [TextSplit: SequencePairSet]

  /// Reads the data.
  ///
  /// - Throws: `DataError`: what is wrong with which file.
  init(_ source: DataSource, _ data: SeriesRegressionDataConfiguration, _ arrangement: Arrangement) throws {
    if Pendulum.isNamed(by: source) {
      path = Pendulum.name
      parts = try Pendulum.parts(arrangement)
      return
    }
    let url = try source.url()
    path = url.relativePath
    var parts: [TextSplit: SequencePairSet] = [:]
    if source.isDirectory {
      if data.test > 0 {
        throw DataError(path, "is a directory with a file for each part, and data.test deals a single file; leave it out")
      }
      for (part, file) in try Splits.files(in: url, extensions: ["jsonl", "ndjson"]) {
        parts[part] = try SequencePairSet(jsonLines: file)
      }
    } else {
      parts = try Self.dealt(SequencePairSet(jsonLines: url), test: data.test)
    }
    if parts[.validation] == nil, data.validation > 0, let training = parts[.train] {
      let shares = SplitFractions(train: 1 - data.validation, validation: data.validation, test: 0)
      let dealt = Splits.random(count: training.inputs.sequences.count, fractions: shares, seed: 1)
      for part in [TextSplit.train, .validation] { parts[part] = training.selecting(dealt[part] ?? []) }
    }
    self.parts = parts.filter { !$0.value.inputs.sequences.isEmpty }
  }

  /// A part.
  ///
  /// - Throws: `DataError` where there is none.
  func part(_ split: TextSplit) throws(DataError) -> SequencePairSet {
    if let part = parts[split] { return part }
    let advice =
      switch split {
      case .train: "a directory needs a file train.jsonl"
      case .validation: "add a valid file, or hold series out with data.validation"
      case .test: "add a test file, or deal a single file with data.test"
      }
    throw DataError(path, "there is no \(split.rawValue) part; \(advice)")
  }

  private static func dealt(_ whole: SequencePairSet, test: Double) -> [TextSplit: SequencePairSet] {
    if test == 0 { return [.train: whole] }
    let shares = SplitFractions(train: 1 - test, validation: 0, test: test)
    return Splits.random(count: whole.inputs.sequences.count, fractions: shares, seed: 0).mapValues { whole.selecting($0) }
  }
}
