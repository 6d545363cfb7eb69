import Foundation
import RecurrentData

extension Parts<SentencePairs> {
  /// Reads sentence pairs.
  ///
  /// A directory has parallel files, named by part and language (`train.de.gz` and `train.en.gz`), or tables (`train.tsv`). A single
  /// table gives all three parts. Without a file for validation a share of the training pairs is held out, always the same ones, whatever the
  /// seed of a run. All pairs with the same source are in the same part: a source that was trained on tests nothing.
  init(_ source: DataSource, _ data: TranslationData, by dealing: Dealing = .content) throws {
    func dealt(_ pairs: SentencePairs, _ fractions: SplitFractions) -> [DataPart: [Int]] {
      switch dealing {
      case .content: Splits.byContent(pairs.contents, fractions: fractions, seed: 0)
      case .place: Splits.grouped(pairs.sources, fractions: fractions, seed: 0)
      }
    }
    try self.init(
      source,
      directory: { url in
        if Self.hasParallelFiles(in: url, data) { return try SentencePairs.parts(in: url, source: data.from, target: data.to) }
        return try Splits.files(in: url, extensions: ["tsv", "csv", "tab", "txt"]).mapValues { try SentencePairs(table: $0, data) }
      }, file: { try SentencePairs(table: $0, data) }, dividing: { dealt($0, .holdingOut(data.validation, test: data.test)) },
      holdingOut: data.validation > 0 ? { dealt($0, .holdingOut(data.validation)) } : nil
    ) { part in
      switch part {
      case .train: "a directory needs files to train on"
      case .validation: "add files for it, or hold pairs out with data.validation"
      case .test: "add files for it, or hold pairs out with data.test"
      }
    }
  }

  private static func hasParallelFiles(in directory: URL, _ data: TranslationData) -> Bool {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
    return names.contains { name in
      let stem = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
      return stem.hasSuffix(".\(data.from)") || stem.hasSuffix(".\(data.to)")
    }
  }
}

extension SentencePairs {
  /// The pairs of a file as a whole.
  init(table url: URL, _ data: TranslationData) throws(DataError) {
    try self.init(
      table: url, source: ColumnReference(parsing: data.from), target: ColumnReference(parsing: data.to),
      format: data.separator.format(of: url, hasHeader: data.header))
  }
}
