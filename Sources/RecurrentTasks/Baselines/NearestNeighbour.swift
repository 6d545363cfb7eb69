public import RecurrentData
import RecurrentTensors

/// What a classifier of series has to beat: the class of the training sequence that is nearest (the first of equally near ones).
///
/// ```swift
/// let baseline = NearestNeighbour(training: standardized, classes: classes, distance: .timeWarping(band: 0.1))
/// let prediction = baseline.prediction(for: sequence)
/// ```
public struct NearestNeighbour: Sendable {
  /// What is near.
  public let distance: SeriesDistance
  private let examples: [ComparedSeries]
  private let classes: [Int]
  private let length: Int

  /// Keeps the training sequences. Channels should be standardized, or the largest one decides.
  ///
  /// - Precondition: there is one at least, with as many classes.
  public init(training: [LabelledSequence], classes: [Int], distance: SeriesDistance) {
    check(
      !training.isEmpty && training.count == classes.count,
      "NearestNeighbour: \(training.count) sequences and \(classes.count) classes")
    let length = training.map(\.stepCount).max()!
    self.distance = distance
    self.classes = classes
    self.length = length
    examples = training.map { Self.prepared($0, distance, length) }
  }

  /// The class of the nearest training sequence.
  public func prediction(for sequence: LabelledSequence) -> Int {
    let series = Self.prepared(sequence, distance, length)
    check(
      series.channelCount == examples[0].channelCount,
      "NearestNeighbour: a sequence of \(series.channelCount) channels, trained on \(examples[0].channelCount)")
    var best = (index: 0, distance: Double.infinity)
    for (index, example) in examples.enumerated() {
      let value =
        switch distance {
        case .euclidean: series.squaredDistance(to: example, bound: best.distance)
        case .timeWarping(let band): series.warpedDistance(to: example, band: band, bound: best.distance)
        }
      if value < best.distance { best = (index, value) }
    }
    return classes[best.index]
  }

  private static func prepared(_ sequence: LabelledSequence, _ distance: SeriesDistance, _ length: Int) -> ComparedSeries {
    let series = ComparedSeries(values: sequence.values, channelCount: sequence.channelCount)
    return distance == .euclidean ? series.resampled(to: length) : series
  }
}
