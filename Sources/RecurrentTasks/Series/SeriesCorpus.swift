import Foundation
import RecurrentData

extension Parts<SequenceSet> {
  /// Reads labelled series: those of a directory with a file for each part, or of one file that is divided.
  ///
  /// - Parameter whole: The series of a single file, where they have been read.
  /// - Throws: `DataError`: what is wrong with which file, or why it cannot be divided as the recipe says.
  init(
    _ source: DataSource, _ data: SeriesDataConfiguration, isTagging: Bool, by dealing: Dealing = .content, whole: SequenceSet? = nil
  ) throws {
    let reader = SeriesReader(data: data, isTagging: isTagging)
    var moved: [String] = []
    func taught(_ set: SequenceSet, _ parts: [DataPart: [Int]]) throws -> [DataPart: [Int]] {
      let taught = try Self.taught(set, parts, data.splitting)
      moved += taught.notes
      return taught.parts
    }
    try self.init(
      source, directory: { try Self.files(in: $0, data, reader) },
      file: { try whole ?? reader.read($0) }, dividing: { try taught($0, Self.divided($0, data, dealing)) },
      holdingOut: data.validation > 0
        ? { try taught($0, Self.shares(of: $0, .holdingOut(data.validation), data.splitting, dealing, seed: 1)) } : nil
    ) { part in
      switch part {
      case .train: "a directory needs a train file, such as train.jsonl"
      case .validation: "add a valid file, or hold series out with data.validation"
      case .test: "add a test file, or deal a single file with data.folds or data.test"
      }
    }
    sets[.train]?.notes += moved
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

  /// The parts with an example to train on of each label, and what must be said of that.
  private static func taught(
    _ set: SequenceSet, _ parts: [DataPart: [Int]], _ splitting: SeriesDataConfiguration.Splitting
  ) throws(DataError) -> (parts: [DataPart: [Int]], notes: [String]) {
    let taught = Splits.teachingAll(set.sequences.map(\.knownLabels), in: parts, contents: set.contents)
    if splitting == .group, let label = taught.labels.first {
      let groups = Set(set.sequences.filter { $0.knownLabels.contains(label) }.compactMap(\.group)).sorted()
      throw DataError(
        set.path,
        "the label \"\(label)\" occurs in no group but \(groups.prefix(8).joined(separator: ", ")), and whole groups are held out: none is left to"
          + " train on; take the label out, or set data.splitting=stratified")
    }
    return (taught.parts, Splits.note(onMoved: taught.labels, example: "series", path: set.path))
  }

  /// Which series of a single file are trained on and which are the test part.
  private static func divided(
    _ whole: SequenceSet, _ data: SeriesDataConfiguration, _ dealing: Dealing
  ) throws(DataError) -> [DataPart: [Int]] {
    guard let folds = data.folds else {
      guard data.test > 0 else { return [.train: Array(0..<whole.count)] }
      return try shares(of: whole, .holdingOut(0, test: data.test), data.splitting, dealing, seed: 0)
    }
    let keys = try keys(of: whole, data.splitting)
    let count = dealing == .content || data.splitting == .group ? Set(keys).count : whole.count
    if folds > count {
      throw DataError(
        whole.path,
        data.splitting == .group
          ? "there are \(count) groups, too few for \(folds) folds of whole groups; set data.folds=\(count)"
          : "\(count) \(count < whole.count ? "different " : "")series cannot be dealt into \(folds) folds (data.folds)")
    }
    let classes = classNumbers(of: whole)
    let fold: Splits.Fold
    switch (dealing, data.splitting) {
    case (.content, .stratified): fold = Splits.foldsByContent(keys, folds: folds, seed: 0, classes: classes)[data.fold - 1]
    case (.content, .random): fold = Splits.foldsByContent(keys, folds: folds, seed: 0)[data.fold - 1]
    case (.content, .group): fold = Splits.foldsByContent(keys, folds: folds, seed: 0, isEven: true)[data.fold - 1]
    case (.place, .stratified): fold = Splits.stratifiedFolds(classes: classes, folds: folds, seed: 0)[data.fold - 1]
    case (.place, .random): fold = Splits.folds(count: whole.count, folds: folds, seed: 0)[data.fold - 1]
    case (.place, .group):
      let groups = try groups(of: whole)
      let names = Set(groups).sorted()
      let held = Set(Splits.folds(count: names.count, folds: folds, seed: 0)[data.fold - 1].test.map { names[$0] })
      return [.train: groups.indices.filter { !held.contains(groups[$0]) }, .test: groups.indices.filter { held.contains(groups[$0]) }]
    }
    return [.train: fold.training, .test: fold.test]
  }

  private static func shares(
    of set: SequenceSet, _ fractions: SplitFractions, _ splitting: SeriesDataConfiguration.Splitting, _ dealing: Dealing, seed: UInt64
  ) throws(DataError) -> [DataPart: [Int]] {
    switch (dealing, splitting) {
    case (.content, _): Splits.byContent(try keys(of: set, splitting), fractions: fractions, seed: seed)
    case (.place, .stratified): Splits.stratified(classes: classNumbers(of: set), fractions: fractions, seed: 0)
    case (.place, .random): Splits.random(count: set.count, fractions: fractions, seed: 0)
    case (.place, .group): Splits.grouped(try groups(of: set), fractions: fractions, seed: 0)
    }
  }

  /// What each series is dealt by: what it is, or the group that it belongs to.
  private static func keys(
    of set: SequenceSet, _ splitting: SeriesDataConfiguration.Splitting
  ) throws(DataError) -> [ContentHash] {
    guard splitting == .group else { return set.contents }
    return try groups(of: set).map { group in
      var hasher = ContentHasher()
      hasher.add(group)
      return hasher.hash
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
