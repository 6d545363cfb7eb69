import RecurrentData
import RecurrentTraining

/// What answers without a network, learned from the same series: always the most frequent class, and the class of the nearest
/// training series.
struct SeriesBaselines {
  private let codec: SeriesCodec
  private let isTagging: Bool
  private let classes: [Int]
  private let labelled: SequenceSet

  /// The training series; those without a label teach nothing.
  ///
  /// - Throws: `DataError` for a label that is none of the codec's classes.
  init(training: SequenceSet, codec: SeriesCodec, isTagging: Bool) throws(DataError) {
    self.codec = codec
    self.isTagging = isTagging
    let (set, classes) = try Self.labelled(training, codec, isTagging: isTagging)
    (labelled, self.classes) = (set, classes)
  }

  /// The shares of right answers on other series, and what could not be asked.
  ///
  /// - Parameter seconds: What a comparison with neighbours may take, about.
  /// - Throws: `DataError` for a label that is none of the codec's classes.
  func measured(on test: SequenceSet, within seconds: Double = 20) throws(DataError) -> (figures: [FoldReport.Baseline], notes: [String]) {
    let (test, truth) = try Self.labelled(test, codec, isTagging: isTagging)
    guard !classes.isEmpty, !truth.isEmpty else { return ([], []) }
    let majority = MajorityClass(classes: classes).prediction
    var figures = [FoldReport.Baseline(name: "most frequent", accuracy: Self.share(truth.map { $0 == majority }))]
    if isTagging { return (figures, []) }
    var notes: [String] = []
    for (name, distance) in [("1-NN Euclidean", SeriesDistance.euclidean), ("1-NN warped", .timeWarping(band: Self.band))] {
      guard cost(of: distance, on: test) <= seconds * Self.speed else {
        notes.append("\(name) is left out: it would compare \(Figures.grouped(labelled.sequences.count)) series with each of "
          + "\(Figures.grouped(test.sequences.count))")
        continue
      }
      let neighbour = NearestNeighbour(training: labelled.sequences, classes: classes, distance: distance)
      let isRight = zip(test.sequences, truth).map { neighbour.prediction(for: $0) == $1 }
      figures.append(FoldReport.Baseline(name: name, accuracy: Self.share(isRight)))
    }
    return (figures, notes)
  }

  /// How far time may be warped, as a share of the length: the width that Ratanamahatana and Keogh 2004 find enough.
  private static let band = 0.1
  /// Multiplications of a second.
  private static let speed = 1e9

  private func cost(of distance: SeriesDistance, on test: SequenceSet) -> Double {
    let steps = Double(labelled.sequences.map(\.stepCount).max() ?? 0)
    let pairs = Double(labelled.sequences.count) * Double(test.sequences.count)
    let width = distance == .euclidean ? 1 : max(1, 2 * Self.band * steps)
    return pairs * steps * Double(codec.channelNames.count) * width
  }

  /// The series that have labels, standardized, with the classes of the series, or of all their steps.
  private static func labelled(
    _ set: SequenceSet, _ codec: SeriesCodec, isTagging: Bool
  ) throws(DataError) -> (SequenceSet, [Int]) {
    if isTagging {
      var classes: [Int] = []
      for sequence in set.sequences {
        classes += try codec.classes.stepIndices(of: sequence, path: set.path).compactMap(\.self)
      }
      return (set, classes)
    }
    let classes = try codec.classes.indices(of: set)
    let known = set.selecting(classes.indices.filter { classes[$0] != nil })
    return (codec.standardization?(known) ?? known, classes.compactMap(\.self))
  }

  private static func share(_ answers: [Bool]) -> Double {
    Double(answers.count { $0 }) / Double(max(1, answers.count))
  }
}
