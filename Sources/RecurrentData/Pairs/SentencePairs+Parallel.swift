public import Foundation

extension SentencePairs {
  /// Reads two parallel files, plain or gzip: line `n` of one is the translation of line `n` of the other.
  ///
  /// - Throws: `DataError` that names the line: one file has more lines than the other, text that is not UTF-8.
  public init(sources: URL, targets: URL) throws(DataError) {
    let (from, to) = (try Self.lines(of: sources), try Self.lines(of: targets))
    if from.count != to.count {
      let (short, shortCount, longCount) =
        from.count < to.count ? (sources, from.count, to.count) : (targets, to.count, from.count)
      let long = from.count < to.count ? targets : sources
      throw DataError(
        long.path, line: shortCount + 1,
        "has no partner: this file has \(counted(longCount, "line")) and \(short.path) has \(shortCount); line by line one must be the"
          + " translation of the other")
    }
    let pairs = zip(from, to).enumerated().map { SentencePair(source: $1.0, target: $1.1, line: $0 + 1) }
    try self.init(path: sources.path, pairs: pairs)
  }

  /// Reads the parts of a directory of parallel files that are named by part and language: `train.de.gz` and `train.en.gz`, `val.de`
  /// and `val.en`, with anything around it.
  ///
  /// - Parameters:
  ///   - directory: The directory.
  ///   - source: What the files of the sources end with: `"de"`.
  ///   - target: What those of the targets end with.
  /// - Throws: `DataError`: no file to train on, several for one part, a part that has only one side, and what is wrong with a file.
  public static func parts(
    in directory: URL, source: String, target: String
  ) throws(DataError) -> [DataPart: SentencePairs] {
    let from = try Splits.files(in: directory, extensions: [source])
    let to = try Splits.files(in: directory, extensions: [target])
    var parts: [DataPart: SentencePairs] = [:]
    for part in DataPart.allCases {
      switch (from[part], to[part]) {
      case (nil, nil): continue
      case (let sources?, let targets?): parts[part] = try SentencePairs(sources: sources, targets: targets)
      case (let file?, nil), (nil, let file?):
        let missing = from[part] == nil ? source : target
        throw DataError(
          file.path, "there is no \(part.rawValue) file that ends with .\(missing) beside it; add it, or take this one away")
      }
    }
    return parts
  }

  private static func lines(of url: URL) throws(DataError) -> [String] {
    var source = try LineSource(contentsOf: url)
    var lines: [String] = []
    while let line = try source.next() {
      lines.append(try TextRules.text(line, path: source.path, line: source.number))
    }
    return lines
  }
}
