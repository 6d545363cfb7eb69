import RecurrentData

/// Reads uncompressed samples as they arrive.
final class RawReader: SampleReader {
  let path: String
  let sampleRate: Int
  let channelCount: Int
  let frameCount: Int?

  private let queue: ByteQueue
  private let encoding: SampleEncoding
  /// The bytes of samples that are still to come; nil where nobody knows.
  private var missing: Int?

  /// Samples without any header.
  init(_ source: consuming ByteSource, encoding: SampleEncoding, sampleRate: Int, channelCount: Int) {
    path = source.path
    queue = ByteQueue(source)
    (self.encoding, self.sampleRate, self.channelCount, frameCount) = (encoding, sampleRate, channelCount, nil)
  }

  /// A WAV file that arrives piece by piece.
  init(wav source: consuming ByteSource) throws(DataError) {
    path = source.path
    let queue = ByteQueue(source)
    let header = try WAVHeader(path: path, read: queue.take, skip: queue.skip)
    guard let encoding = header.encoding else {
      throw DataError(path, "the WAV data are not PCM of 16, 24 or 32 bits or floating-point numbers of 32; nothing else is read from a stream")
    }
    (self.queue, self.encoding, sampleRate, channelCount) = (queue, encoding, header.sampleRate, header.channelCount)
    missing = header.dataSize
    frameCount = header.dataSize.map { $0 / max(1, encoding.size * header.channelCount) }
  }

  func read(limit: Int) throws(DataError) -> [Float] {
    let frameSize = encoding.size * channelCount
    if let missing, missing < frameSize { return [] }
    try queue.fill(frameSize)
    let count = min(limit, min(queue.count, missing ?? .max) / frameSize) * frameSize
    if count == 0, let missing {
      throw DataError(path, "the WAV data end \(missing - queue.count) bytes too early: the stream was cut off")
    }
    if count == 0, queue.count > 0 {
      let channels = counted(channelCount, "channel")
      throw DataError(path, "ends within a frame of \(frameSize) bytes; are the samples \(encoding.rawValue), in \(channels)?")
    }
    missing? -= count
    return try encoding.samples(queue.take(count)[...])
  }
}

/// Bytes in the order in which they arrive.
private final class ByteQueue {
  private var source: ByteSource
  private var pending: ArraySlice<UInt8> = []

  init(_ source: consuming ByteSource) { self.source = source }

  /// How many bytes are at hand.
  var count: Int { pending.count }

  /// Waits until there are `count` bytes, or no more come.
  func fill(_ count: Int) throws(DataError) {
    while pending.count < count, let piece = try source.next() { pending += piece }
  }

  /// The next bytes: fewer than are asked for at the end.
  func take(_ count: Int) throws(DataError) -> [UInt8] {
    try fill(count)
    defer { pending = pending.dropFirst(count) }
    return Array(pending.prefix(count))
  }

  /// Passes over bytes.
  func skip(_ count: Int) throws(DataError) {
    var rest = count
    while rest > 0 {
      try fill(1)
      if pending.isEmpty { return }
      let skipped = min(rest, pending.count)
      pending = pending.dropFirst(skipped)
      rest -= skipped
    }
  }
}
