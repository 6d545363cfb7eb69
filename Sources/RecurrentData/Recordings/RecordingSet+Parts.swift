public import Foundation

extension RecordingSet {
  /// Reads the parts of a directory. It has
  ///
  /// - a manifest for each part: `train.tsv`, `valid.tsv`, `test.tsv` (or `.csv`, `.jsonl`), with anything around it;
  /// - or one manifest that is called so (`manifest.jsonl`, `recordings.csv`, `metadata.csv`): its parts are those of its column `split`; without that all
  ///   are trained on;
  /// - or no manifest, and files named as those of the Free Spoken Digit Dataset, there or in the folder `recordings` (``spokenDigits(in:)``).
  ///
  /// - Throws: `DataError`: none of these, several that could be it, and what is wrong with a file.
  public static func parts(in directory: URL, others: OtherColumns = .stop) throws(DataError) -> [DataPart: RecordingSet] {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted().filter { !$0.hasPrefix(".") }
    } catch {
      throw DataError(directory.path, "cannot be read: \(error.localizedDescription)")
    }
    let endings = ["tsv", "tab", "csv", "jsonl", "json"]
    let whole = names.filter { name in
      var pieces = name.lowercased().split(separator: ".").map(String.init)
      if pieces.last == "gz" { pieces.removeLast() }
      return pieces.count > 1 && endings.contains(pieces[pieces.count - 1]) && ["manifest", "recordings", "metadata"].contains(pieces[0])
    }
    if whole.count > 1 { throw DataError(directory.path, "more than one manifest: \(listed(whole)); leave one") }
    if let name = whole.first {
      let set = try RecordingSet(contentsOf: directory.appending(path: name), others: others)
      return try set.indicesBySplit()?.mapValues(set.selecting) ?? [.train: set]
    }
    if DataPart.allCases.allSatisfy({ $0.files(among: names, extensions: endings).isEmpty }) {
      for folder in [directory, directory.appending(path: "recordings")] {
        if let parts = try spokenDigits(in: folder) { return parts }
      }
      if names.contains("recordings.tar.gz") {
        throw DataError(directory.path, "the recordings are in recordings.tar.gz: unpack it (tar xzf recordings.tar.gz), or a copy of it, and name that folder")
      }
    }
    var parts: [DataPart: RecordingSet] = [:]
    for (part, url) in try Splits.files(in: directory, extensions: endings) { parts[part] = try RecordingSet(contentsOf: url, others: others) }
    return parts
  }

  /// The recordings of each part that the column `split` says, as indices; nil: there is no such column.
  ///
  /// - Throws: `DataError` that names the line: a recording of no part; or that nothing is trained on.
  public func indicesBySplit() throws(DataError) -> [DataPart: [Int]]? {
    guard recordings.contains(where: { $0.part != nil }) else { return nil }
    var indices: [DataPart: [Int]] = [:]
    for (index, recording) in recordings.enumerated() {
      guard let part = recording.part else { throw DataError(path, line: recording.line, "the column \"split\" is empty here: train, valid or test is needed") }
      indices[part, default: []].append(index)
    }
    if indices[.train] == nil { throw DataError(path, "the column \"split\" has no recording to train on") }
    return indices
  }

  /// What the digits of the Free Spoken Digit Dataset are read as.
  private static let digits = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]

  /// The recordings of the Free Spoken Digit Dataset (Jackson et al. 2018), files named `7_jackson_32.wav`: the digit, who says it, and a number. Texts are
  /// the words "zero" to "nine"; the test part is the official one, numbers 0 to 4. Nil: the folder has no such file.
  ///
  /// - Throws: `DataError` where all are of the test part.
  public static func spokenDigits(in folder: URL) throws(DataError) -> [DataPart: RecordingSet]? {
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
    var indices: [DataPart: [Int]] = [:]
    var recordings: [SpokenText] = []
    for name in names where name.hasSuffix(".wav") {
      let pieces = name.dropLast(4).split(separator: "_", omittingEmptySubsequences: false)
      guard pieces.count == 3, pieces[0].count == 1, let digit = Int(pieces[0]), digits.indices.contains(digit), let number = Int(pieces[2]), number >= 0
      else { continue }
      indices[number < 5 ? .test : .train, default: []].append(recordings.count)
      recordings.append(SpokenText(file: name, text: digits[digit], speaker: String(pieces[1]), line: recordings.count + 1))
    }
    if recordings.isEmpty { return nil }
    let set = RecordingSet(path: folder.path, folder: folder, recordings: recordings)
    if indices[.train] == nil { throw DataError(folder.path, "there are only recordings with numbers 0 to 4, which are those of the test part; add others to train on") }
    return indices.mapValues(set.selecting)
  }
}
