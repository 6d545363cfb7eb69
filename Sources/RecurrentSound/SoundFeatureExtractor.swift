#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Makes frames of samples as they come: ``SoundFeatures/extractor()``.
///
/// The frames are the same bits however the samples are divided. A frame comes when half a window of sound after its middle is there, two hops later for each
/// delta; with ``FeatureNormalization/utterance``, at the end. Memory is constant otherwise, and nothing is allocated a frame.
public struct SoundFeatureExtractor: Sendable {
  /// Which features it makes.
  public let features: SoundFeatures

  private let filterBank: MelFilterBank
  private var transform: FourierTransform
  /// Hann's window, `[windowSize]`.
  private let window: [Double]
  /// The cosine transform of the bands, `[coefficients, bands]`; empty where there is none.
  private let cosines: [Double]

  /// Samples that belong to frames to come, the first of them to the next frame.
  private var samples: [Float]
  private var lastSample: Float = 0
  private var (sampleCount, frameCount) = (0, 0)

  private var deltas: [DeltaStage]
  private var normalizer: FeatureNormalizer
  /// What is made on the way: a windowed frame, its powers, its bands; and the frames between stages.
  private var (frame, powers, bands): ([Double], [Double], [Double])
  private var (rows, moreRows): ([Float], [Float]) = ([], [])

  /// The samples that are taken at once.
  private static let pieceSize = 1 << 14

  init(_ features: SoundFeatures) {
    self.features = features
    let (size, bandCount, count) = (features.windowSize, features.bandCount, features.staticCount)
    filterBank = features.filterBank
    transform = FourierTransform(size: features.fftSize)
    window = (0..<size).map { 0.5 - 0.5 * cos(2 * .pi * Double($0) / Double(size)) }
    cosines =
      features.kind == .logMel
      ? []
      : (0..<count).flatMap { coefficient in
        let scale = (Double(coefficient == 0 ? 1 : 2) / Double(bandCount)).squareRoot()
        return (0..<bandCount).map { scale * cos(.pi * Double(coefficient) * (Double($0) + 0.5) / Double(bandCount)) }
      }
    // The middle of the transform is that of the frame.
    samples = Array(repeating: 0, count: features.fftSize / 2 - (features.fftSize - size) / 2)
    deltas = (0..<features.deltas).map { DeltaStage(width: count * ($0 + 1), changing: count) }
    normalizer = FeatureNormalizer(features.normalization, featureCount: features.count, framesPerSecond: 1 / features.seconds(ofFrame: 1))
    frame = Array(repeating: 0, count: features.fftSize)
    powers = Array(repeating: 0, count: features.fftSize / 2 + 1)
    bands = Array(repeating: 0, count: bandCount)
  }

  /// Appends the frames, `[frames, features.count]`, that are complete with these samples.
  public mutating func append(_ newSamples: [Float], to output: inout [Float]) {
    for start in stride(from: 0, to: newSamples.count, by: Self.pieceSize) {
      let piece = newSamples[start..<min(newSamples.count, start + Self.pieceSize)]
      sampleCount += piece.count
      let emphasis = Float(features.preEmphasis)
      if emphasis == 0 {
        samples += piece
      } else {
        for sample in piece {
          samples.append(sample - emphasis * lastSample)
          lastSample = sample
        }
      }
      makeFrames(to: &output)
    }
  }

  /// Appends the last frames, when there is no more sound. The next samples begin another recording.
  public mutating func finish(to output: inout [Float]) {
    let missing = features.frameCount(ofSamples: sampleCount) - frameCount
    if missing > 0 {
      samples += repeatElement(0, count: max(0, (missing - 1) * features.hopSize + window.count - samples.count))
      makeFrames(to: &output, limit: missing)
    }
    for index in deltas.indices {
      deltas[index].finish(to: &rows)
      pass(through: index + 1, to: &output)
    }
    normalizer.finish(to: &output)
    self = SoundFeatureExtractor(features)
  }

  private mutating func makeFrames(to output: inout [Float], limit: Int = .max) {
    var (start, count) = (0, 0)
    while count < limit, samples.count - start >= window.count {
      makeFrame(at: start)
      start += features.hopSize
      count += 1
    }
    frameCount += count
    samples.removeFirst(start)
    pass(through: 0, to: &output)
  }

  /// Takes ``rows`` through the stages from `first` on.
  private mutating func pass(through first: Int, to output: inout [Float]) {
    for index in first..<deltas.count {
      deltas[index].append(rows, to: &moreRows)
      swap(&rows, &moreRows)
      moreRows.removeAll(keepingCapacity: true)
    }
    normalizer.append(rows, to: &output)
    rows.removeAll(keepingCapacity: true)
  }

  /// Appends to ``rows`` what is made of the samples from `start` on.
  private mutating func makeFrame(at start: Int) {
    for index in window.indices { frame[index] = Double(samples[start + index]) * window[index] }
    transform.powers(of: frame, to: &powers)
    filterBank.logarithms(of: powers, to: &bands)
    if cosines.isEmpty {
      for band in bands { rows.append(Float(band)) }
    } else {
      for first in stride(from: 0, to: cosines.count, by: bands.count) {
        var sum = 0.0
        for index in bands.indices { sum += cosines[first + index] * bands[index] }
        rows.append(Float(sum))
      }
    }
  }
}
