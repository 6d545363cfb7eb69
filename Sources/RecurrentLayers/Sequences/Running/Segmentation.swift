/// How the time axis is cut into segments.
///
/// The gradient of a parameter over a sequence is a sum over time, and the order of a sum decides its bits. So the
/// order is a property of the sequence, not of the memory at hand: every run, fused or stepped, keeping activations
/// or recomputing them, sums within segments first and then over segments, from the one read last to the one read
/// first. Recomputation needs nothing more: it restores one segment at a time and adds its share where the ordinary
/// backward pass would have. Sequences of up to 128 steps are one segment; longer ones have segments of
/// `max(128, ceil(sqrt(T)))` steps at most, of equal length to within one. So `.segmentStates` keeps the activations
/// of one segment and the states at `T / segment` boundaries: O(sqrt(T)).
///
/// (Chen, Xu, Zhang, Guestrin 2016, "Training deep nets with sublinear memory cost"; Gruslys et al. 2016,
/// "Memory-efficient backpropagation through time".)
public enum Segmentation {
  /// Sequences of up to this many steps are one segment.
  public static let wholeLimit = 128

  /// The segments of a sequence of `time` steps, in order of time.
  public static func segments(time: Int) -> [Range<Int>] {
    guard time > 0 else { return [] }
    let longest = max(wholeLimit, Int(Double(time).squareRoot().rounded(.up)))
    let count = (time + longest - 1) / longest
    return (0..<count).map { ($0 * time / count)..<(($0 + 1) * time / count) }
  }

  /// The segments in the order in which they are read.
  static func segments(time: Int, direction: Direction) -> [Range<Int>] {
    let inTime = segments(time: time)
    return direction == .forward ? inTime : inTime.reversed()
  }
}

/// The part of a batch's lengths that matters: padding after the longest sequence is cut off, equal lengths are none.
struct EffectiveLengths {
  /// The length of the longest sequence.
  let time: Int
  /// The lengths, or nil where all equal `time`.
  let lengths: [Int]?

  init(time: Int, lengths: [Int]?) {
    guard let lengths, let longest = lengths.max() else {
      self.time = time
      self.lengths = nil
      return
    }
    self.time = longest
    self.lengths = lengths.allSatisfy { $0 == longest } ? nil : lengths
  }

  /// The lengths within a segment, counted from its start, or nil where no sequence ends in it.
  func lengths(in segment: Range<Int>) -> [Int]? {
    guard let lengths, lengths.contains(where: { $0 < segment.upperBound }) else { return nil }
    return lengths.map { min(max($0 - segment.lowerBound, 0), segment.count) }
  }
}
