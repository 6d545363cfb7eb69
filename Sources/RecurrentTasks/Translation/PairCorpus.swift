import Foundation
import RecurrentData

/// The parts of a set of sentence pairs: those of a directory, or of one file.
struct PairCorpus: Sendable {
  /// Where it is from, for messages.
  let path: String
  let parts: [TextSplit: SentencePairs]

  /// Reads the pairs.
  ///
  /// A directory has parallel files, named by part and language (`train.de.gz` and `train.en.gz`), or tables (`train.tsv`). A single
  /// table gives all three parts. Without a file for validation a share of the training pairs is held out, always the same ones of the
  /// same data, whatever the seed of a run.
  init(_ source: DataSource, _ data: TranslationData) throws {
    let url = try source.url()
    path = url.path
    guard source.isDirectory else {
      let fractions = SplitFractions(
        train: 1 - data.validation - data.test, validation: data.validation, test: data.test)
      parts = try Self.table(url, data).split(bySource: fractions, seed: 0).filter { $0.value.count > 0 }
      return
    }
    var parts: [TextSplit: SentencePairs]
    if Self.hasParallelFiles(in: url, data) {
      parts = try SentencePairs.parts(in: url, source: data.from, target: data.to)
    } else {
      parts = [:]
      for (part, file) in try Splits.files(in: url, extensions: ["tsv", "csv", "tab", "txt"]) {
        parts[part] = try Self.table(file, data)
      }
    }
    if parts[.validation] == nil, let training = parts[.train], data.validation > 0 {
      let cut = training.split(
        bySource: SplitFractions(train: 1 - data.validation, validation: data.validation, test: 0), seed: 0)
      (parts[.train], parts[.validation]) = (cut[.train], cut[.validation])
    }
    self.parts = parts.filter { $0.value.count > 0 }
  }

  /// A part.
  ///
  /// - Throws: `DataError` where there is none.
  func part(_ split: TextSplit) throws(DataError) -> SentencePairs {
    if let part = parts[split] { return part }
    let available = TextSplit.allCases.filter { parts[$0] != nil }.map(\.rawValue).joined(separator: ", ")
    let key = split == .validation ? "data.validation" : "data.test"
    throw DataError(
      path,
      "there is no \(split.rawValue) part (there is: \(available.isEmpty ? "none" : available)); "
        + (split == .train ? "a directory needs files to train on" : "add files for it, or hold pairs out with \(key)"))
  }

  /// The pairs of a file as a whole.
  static func table(_ url: URL, _ data: TranslationData) throws(DataError) -> SentencePairs {
    var format = TableFormat(fileName: url.lastPathComponent)
    format.hasHeader = data.header
    return try SentencePairs(
      table: url, source: ColumnReference(parsing: data.from), target: ColumnReference(parsing: data.to), format: format)
  }

  private static func hasParallelFiles(in directory: URL, _ data: TranslationData) -> Bool {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
    return names.contains { name in
      let stem = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
      return stem.hasSuffix(".\(data.from)") || stem.hasSuffix(".\(data.to)")
    }
  }
}
