public import RecurrentTensors

/// Hides stretches of time and bands of frequencies from a network that learns, so that it relies on none of them (Park et al. 2019, *SpecAugment*).
///
/// A mask of frequencies is as wide as a number drawn evenly from 0 to ``widestFrequencyMask``, one of time as long as one from 0 to
/// ``longestTimeMask``, and no longer than ``longestTimeShare`` of the recording; each lies anywhere. What is masked becomes the mean that the feature
/// has in the recording, which is the paper's 0 for normalized features. Time is not warped, which the paper found to matter least.
public struct SpecAugment: Sendable, Hashable {
  /// How many masks of frequencies there are: `m_F`.
  public let frequencyMaskCount: Int
  /// The features that one hides at most: `F`.
  public let widestFrequencyMask: Int
  /// How many masks of time there are: `m_T`.
  public let timeMaskCount: Int
  /// The frames that one hides at most: `T`.
  public let longestTimeMask: Int
  /// The share of the frames that one hides at most: `p`, from 0 to 1.
  public let longestTimeShare: Double

  /// Masks; those of the paper's policy LD, for 80 bands and recordings of more than a second, unless others are asked for.
  ///
  /// - Precondition: none is negative, no share is above 1.
  public init(
    frequencyMaskCount: Int = 2, widestFrequencyMask: Int = 27, timeMaskCount: Int = 2, longestTimeMask: Int = 100, longestTimeShare: Double = 1
  ) {
    (self.frequencyMaskCount, self.widestFrequencyMask) = (frequencyMaskCount, widestFrequencyMask)
    (self.timeMaskCount, self.longestTimeMask, self.longestTimeShare) = (timeMaskCount, longestTimeMask, longestTimeShare)
    if let problem { check(false, "SpecAugment: \(problem)") }
  }

  private var problem: String? {
    let counts = [frequencyMaskCount, widestFrequencyMask, timeMaskCount, longestTimeMask]
    return counts.allSatisfy((0...10_000).contains) && (0...1).contains(longestTimeShare)
      ? nil : "masks \(counts), \(longestTimeShare): counts are from 0 to 10000, the share from 0 to 1"
  }

  /// The frames of a recording with masks.
  ///
  /// - Parameters:
  ///   - frames: `[frames, features]`.
  ///   - deltas: How many times features are followed by their deltas, which are hidden with them.
  ///   - generator: What draws the masks.
  /// - Precondition: the features are `1 + deltas` parts of the same size.
  public func masked(_ frames: Tensor<Float>, deltas: Int = 0, using generator: inout RandomGenerator) -> Tensor<Float> {
    check(
      frames.shape.count == 2 && deltas >= 0 && frames.shape[1] % (1 + deltas) == 0,
      "SpecAugment: frames of the shape \(frames.shape) are not [frames, features] with \(deltas) deltas")
    let (count, width) = (frames.shape[0], frames.shape[1])
    let bands = width / (1 + deltas)
    var values = Array(frames.scalars)
    let means = (0..<width).map { feature in
      Float(stride(from: feature, to: values.count, by: width).reduce(0) { $0 + Double(values[$1]) } / Double(max(1, count)))
    }
    func hide(frames: Range<Int>, bands hidden: Range<Int>) {
      for start in frames.lazy.map({ $0 * width }) {
        for part in stride(from: 0, to: width, by: bands) {
          for feature in hidden { values[start + part + feature] = means[part + feature] }
        }
      }
    }
    for _ in 0..<frequencyMaskCount { hide(frames: 0..<count, bands: Self.mask(widestFrequencyMask, of: bands, using: &generator)) }
    let longest = min(Double(longestTimeMask), longestTimeShare * Double(count))
    for _ in 0..<timeMaskCount { hide(frames: Self.mask(Int(longest), of: count, using: &generator), bands: 0..<bands) }
    return Tensor(shape: frames.shape, scalars: values)
  }

  /// A stretch of at most `longest` among `count`.
  private static func mask(_ longest: Int, of count: Int, using generator: inout RandomGenerator) -> Range<Int> {
    let length = Int.random(in: 0...min(longest, count), using: &generator)
    let start = Int.random(in: 0...count - length, using: &generator)
    return start..<start + length
  }
}

extension SpecAugment: Codable {
  private enum CodingKeys: String, CodingKey {
    case frequencyMaskCount, widestFrequencyMask, timeMaskCount, longestTimeMask, longestTimeShare
  }

  /// - Throws: `DecodingError` for values that no masks have.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    frequencyMaskCount = try values.decode(Int.self, forKey: .frequencyMaskCount)
    widestFrequencyMask = try values.decode(Int.self, forKey: .widestFrequencyMask)
    timeMaskCount = try values.decode(Int.self, forKey: .timeMaskCount)
    longestTimeMask = try values.decode(Int.self, forKey: .longestTimeMask)
    longestTimeShare = try values.decode(Double.self, forKey: .longestTimeShare)
    if let problem { throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: problem)) }
  }
}
