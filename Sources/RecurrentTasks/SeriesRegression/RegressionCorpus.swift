import Foundation
import RecurrentData
import RecurrentLayers

extension Parts<SequencePairSet> {
  /// Reads pairs of series: those of a directory with a file for each part, of one file that is divided, or of the pendulum inside the
  /// package.
  ///
  /// - Throws: `DataError`: what is wrong with which file.
  init(
    _ source: DataSource, _ data: SeriesRegressionDataConfiguration, _ arrangement: Arrangement, by dealing: Dealing = .content
  ) throws {
    @Sendable func advice(_ part: DataPart) -> String {
      switch part {
      case .train: "a directory needs a file train.jsonl"
      case .validation: "add a valid file, or hold series out with data.validation"
      case .test: "add a test file, or deal a single file with data.test"
      }
    }
    func dealt(_ pairs: SequencePairSet, _ fractions: SplitFractions, seed: UInt64) -> [DataPart: [Int]] {
      switch dealing {
      case .content: Splits.byContent(pairs.contents, fractions: fractions, seed: seed)
      case .place: Splits.random(count: pairs.count, fractions: fractions, seed: seed)
      }
    }
    if Pendulum.isNamed(by: source) {
      self.init(path: Pendulum.name, sets: try Pendulum.parts(arrangement), advice: advice)
      return
    }
    try self.init(
      source,
      directory: { url in
        if data.test > 0 {
          throw DataError(
            url.relativePath, "is a directory with a file for each part, and data.test deals a single file; leave it out")
        }
        return try Splits.files(in: url, extensions: ["jsonl", "ndjson"]).mapValues { try SequencePairSet(jsonLines: $0) }
      },
      file: { try SequencePairSet(jsonLines: $0) },
      dividing: data.test > 0 ? { dealt($0, .holdingOut(0, test: data.test), seed: 0) } : nil,
      // Beside a test part, earlier versions held nothing out for validation.
      holdingOut: data.validation > 0 && (dealing == .content || data.test == 0) ? { dealt($0, .holdingOut(data.validation), seed: 1) } : nil, advice: advice)
  }
}
