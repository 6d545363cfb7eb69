import RecurrentData

/// What delivers the samples of a file or stream as they are stored there: interleaved channels, at its own rate.
protocol SampleReader: AnyObject {
  /// Where the sound is from, for messages.
  var path: String { get }
  /// In Hz, whatever the file says.
  var sampleRate: Int { get }
  /// The samples of a frame, whatever the file says.
  var channelCount: Int { get }
  /// How many frames the file says that it has; nil where it does not.
  var frameCount: Int? { get }

  /// Passes over frames, or over all that there are.
  func skip(_ count: Int) throws(DataError)

  /// The next frames, at least 1 and at most `limit` of them, as soon as there are any: `[frames, channels]`; empty at the end.
  func read(limit: Int) throws(DataError) -> [Float]
}

extension SampleReader {
  func skip(_ count: Int) throws(DataError) { try readOver(count) }

  /// Passes over frames where it is impossible to go anywhere.
  func readOver(_ count: Int) throws(DataError) {
    var rest = count
    while rest > 0 {
      let frames = try read(limit: min(rest, max(1, (1 << 16) / channelCount)))
      if frames.isEmpty { return }
      rest -= frames.count / channelCount
    }
  }
}
