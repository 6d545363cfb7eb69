import Foundation
import RecurrentData

extension Parts<SequenceSet> {
  /// Reads labelled series: those of a directory with a file for each part, or of one file that is divided.
  ///
  /// - Parameter whole: The series of a single file, where they have been read.
  /// - Throws: `DataError`: what is wrong with which file, or why it cannot be divided as the recipe says.
  init(_ source: DataSource, _ data: SeriesDataConfiguration, isTagging: Bool, whole: SequenceSet? = nil) throws {
    let reader = SeriesReader(data: data, isTagging: isTagging)
    try self.init(
      source, directory: { try Self.files(in: $0, data, reader) },
      file: { url in
        let whole = try whole ?? reader.read(url)
        return try Self.divided(whole, Self.test(of: whole, data), data.splitting)
      },
      holdingOut: data.validation > 0
        ? { training in
          try Self.divided(training, Self.shares(of: training, .holdingOut(data.validation), data.splitting), data.splitting)
        } : nil, isEmpty: \.sequences.isEmpty
    ) { part in
      switch part {
      case .train: "a directory needs a train file, such as train.jsonl"
      case .validation: "add a valid file, or hold series out with data.validation"
      case .test: "add a test file, or deal a single file with data.folds or data.test"
      }
    }
  }

  /// What was done to the data and must not go unsaid.
  var notes: [String] {
    // The parts of one file have its notes, each of them.
    DataPart.allCases.flatMap { sets[$0]?.notes ?? [] }.reduce(into: []) { notes, note in if !notes.contains(note) { notes.append(note) } }
  }

  private static func files(
    in directory: URL, _ data: SeriesDataConfiguration, _ reader: SeriesReader
  ) throws -> [DataPart: SequenceSet] {
    if data.folds != nil || data.test > 0 {
      throw DataError(
        directory.relativePath,
        "is a directory with a file for each part, and data.\(data.folds != nil ? "folds" : "test") deals a single file;"
          + " name a file, or leave the key out")
    }
    let images = try ImageFiles(directory: directory)
    let parts =
      data.format == .images || data.format == .byName && !images.urls.isEmpty
      ? try images.urls.mapValues { try SequenceSet($0, data: data) }
      : try Splits.files(in: directory, extensions: SeriesReader.extensions).mapValues { try reader.read($0) }
    try checkChannels(parts)
    return parts
  }

  private static func checkChannels(_ parts: [DataPart: SequenceSet]) throws(DataError) {
    guard let training = parts[.train] else { return }
    for part in parts.values where part.channelCount != training.channelCount {
      throw DataError(
        part.path, "has \(Figures.counted(part.channelCount, "channel")), and \(training.path) has \(training.channelCount)")
    }
  }

  /// The series of the parts; those of a label that would be held out altogether are trained on, one of them.
  private static func divided(
    _ set: SequenceSet, _ parts: [DataPart: [Int]], _ splitting: SeriesDataConfiguration.Splitting
  ) throws(DataError) -> [DataPart: SequenceSet] {
    let taught = Splits.teachingAll(set.sequences.map(\.knownLabels), in: parts)
    if splitting == .group, let label = taught.labels.first {
      let groups = Set(set.sequences.filter { $0.knownLabels.contains(label) }.compactMap(\.group)).sorted()
      throw DataError(
        set.path,
        "the label \"\(label)\" occurs in no group but \(groups.prefix(8).joined(separator: ", ")), and whole groups are held out: none is left to"
          + " train on; take the label out, or set data.splitting=stratified")
    }
    var sets = taught.parts.mapValues { set.selecting($0) }
    sets[.train]?.notes += Splits.note(onMoved: taught.labels, example: "series", path: set.path)
    return sets
  }

  /// Which series of a single file are trained on and which are the test part.
  private static func test(of whole: SequenceSet, _ data: SeriesDataConfiguration) throws(DataError) -> [DataPart: [Int]] {
    let count = whole.sequences.count
    guard let folds = data.folds else {
      guard data.test > 0 else { return [.train: Array(0..<count)] }
      let parts = try shares(of: whole, SplitFractions(train: 1 - data.test, validation: 0, test: data.test), data.splitting)
      // No validation part, not an empty one: it is held out of the training part afterwards.
      return parts.filter { $0.key != .validation }
    }
    if folds > count { throw DataError(whole.path, "\(count) series cannot be dealt into \(folds) folds (data.folds)") }
    switch data.splitting {
    case .stratified:
      let fold = Splits.stratifiedFolds(classes: classNumbers(of: whole), folds: folds, seed: 0)[data.fold - 1]
      return [.train: fold.training, .test: fold.test]
    case .random:
      let fold = Splits.folds(count: count, folds: folds, seed: 0)[data.fold - 1]
      return [.train: fold.training, .test: fold.test]
    case .group:
      let groups = try groups(of: whole)
      let names = Set(groups).sorted()
      if folds > names.count {
        throw DataError(
          whole.path, "there are \(names.count) groups, too few for \(folds) folds of whole groups; set data.folds=\(names.count)")
      }
      let held = Set(Splits.folds(count: names.count, folds: folds, seed: 0)[data.fold - 1].test.map { names[$0] })
      return [.train: groups.indices.filter { !held.contains(groups[$0]) }, .test: groups.indices.filter { held.contains(groups[$0]) }]
    }
  }

  private static func shares(
    of set: SequenceSet, _ fractions: SplitFractions, _ splitting: SeriesDataConfiguration.Splitting
  ) throws(DataError) -> [DataPart: [Int]] {
    switch splitting {
    case .stratified: Splits.stratified(classes: classNumbers(of: set), fractions: fractions, seed: 0)
    case .random: Splits.random(count: set.sequences.count, fractions: fractions, seed: 0)
    case .group: Splits.grouped(try groups(of: set), fractions: fractions, seed: 0)
    }
  }

  /// A number for each series' label; series with a label for each step are all alike.
  private static func classNumbers(of set: SequenceSet) -> [Int] {
    let names = Set(set.sequences.map { $0.label ?? "" }).sorted()
    let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    return set.sequences.map { numbers[$0.label ?? ""] ?? 0 }
  }

  private static func groups(of set: SequenceSet) throws(DataError) -> [String] {
    var groups: [String] = []
    for sequence in set.sequences {
      guard let group = sequence.group else {
        throw DataError(
          set.path, line: sequence.line,
          "a series without a group, and data.splitting deals whole groups; give it one, or set data.splitting to stratified")
      }
      groups.append(group)
    }
    return groups
  }
}
