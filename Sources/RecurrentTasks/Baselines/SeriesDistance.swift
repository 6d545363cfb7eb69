/// How far two sequences are from each other.
public enum SeriesDistance: Sendable, Hashable {
  /// The Euclidean distance, step by step. A sequence of another length is stretched or shrunk to the longest training sequence's by linear
  /// interpolation.
  case euclidean
  /// Dynamic time warping (Sakoe and Chiba 1978): the least Euclidean distance over all ways to match the steps in order. A step is matched
  /// only with steps at most `band` times the longer length away, or the difference of the lengths if that is more; 1 is no limit.
  case timeWarping(band: Double)
}

/// The steps of a sequence, `[steps, channels]`, without a missing value.
struct ComparedSeries: Sendable {
  let values: [Double]
  let stepCount: Int
  let channelCount: Int

  /// Missing values become the last one that is known of the channel, before it the first; 0 where none is.
  init(values: [Double], channelCount: Int) {
    var filled = values
    for channel in 0..<channelCount {
      let places = stride(from: channel, to: values.count, by: channelCount)
      var last = places.lazy.map { values[$0] }.first { !$0.isNaN } ?? 0
      for place in places {
        if filled[place].isNaN { filled[place] = last } else { last = filled[place] }
      }
    }
    self.values = filled
    stepCount = values.count / channelCount
    self.channelCount = channelCount
  }

  /// Stretched or shrunk to a length, ends on ends.
  func resampled(to count: Int) -> ComparedSeries {
    if count == stepCount { return self }
    var result: [Double] = []
    result.reserveCapacity(count * channelCount)
    for step in 0..<count {
      let place = count == 1 ? 0 : Double(step) * Double(stepCount - 1) / Double(count - 1)
      let before = min(Int(place), stepCount - 1)
      let after = min(before + 1, stepCount - 1)
      for channel in 0..<channelCount {
        let (a, b) = (values[before * channelCount + channel], values[after * channelCount + channel])
        result.append(a + (place - Double(before)) * (b - a))
      }
    }
    return ComparedSeries(values: result, channelCount: channelCount)
  }

  /// The squared Euclidean distance to a series of the same length, or anything not below `bound` once it is that large.
  func squaredDistance(to other: ComparedSeries, bound: Double) -> Double {
    values.withUnsafeBufferPointer { a in
      other.values.withUnsafeBufferPointer { b in
        var sum = 0.0
        for step in 0..<stepCount where sum < bound {
          for index in step * channelCount..<(step + 1) * channelCount { sum += (a[index] - b[index]) * (a[index] - b[index]) }
        }
        return sum
      }
    }
  }

  /// The squared distance after warping, or anything not below `bound` once no way can be shorter.
  ///
  /// Time is the product of the lengths within the band, memory the longer length.
  func warpedDistance(to other: ComparedSeries, band: Double, bound: Double) -> Double {
    let (n, m) = (stepCount, other.stepCount)
    let width = max(Int((band * Double(max(n, m))).rounded(.up)), abs(n - m))
    // The least distances of the beginnings, up to a step of this one and each step of the other, which begin at 1.
    var previous = Array(repeating: Double.infinity, count: m + 1)
    var current = previous
    previous[0] = 0
    return values.withUnsafeBufferPointer { a in
      other.values.withUnsafeBufferPointer { b in
        for i in 0..<n {
          let start = max(0, i - width)
          let end = min(m, i + width + 1)
          var least = Double.infinity
          current.withUnsafeMutableBufferPointer { current in
            previous.withUnsafeBufferPointer { previous in
              for j in 0...m where j <= start || j > end { current[j] = .infinity }
              for j in start..<max(start, end) {
                var cost = 0.0
                for channel in 0..<channelCount {
                  let difference = a[i * channelCount + channel] - b[j * channelCount + channel]
                  cost += difference * difference
                }
                let total = cost + min(previous[j], previous[j + 1], current[j])
                current[j + 1] = total
                least = min(least, total)
              }
            }
          }
          if least >= bound { return least }
          swap(&previous, &current)
        }
        return previous[m]
      }
    }
  }
}
