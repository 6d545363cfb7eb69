public import RecurrentTensors

/// Inputs and targets of some time steps of parallel streams of tokens.
public struct TokenWindow: Sendable, Equatable {
  /// The tokens that are read, `[time, batch]`.
  public let inputs: IndexTensor
  /// The tokens that follow each of them, `[time, batch]`.
  public let targets: IndexTensor
  /// How many targets there are to predict: all but those that are `IndexTensor.ignored`.
  public let predictionCount: Int

  init(inputs: IndexTensor, targets: IndexTensor, predictionCount: Int) {
    self.inputs = inputs
    self.targets = targets
    self.predictionCount = predictionCount
  }

}

/// Parallel contiguous streams of a text, for truncated backpropagation through time with carried state.
///
/// From `offset` on, the text is cut into `batchSize` streams of the same length. Stream `b` predicts the
/// `streamLength` tokens that follow its first, and the last target of a stream is the first input of the next, so
/// that of `n` tokens all but the first are predicted once an epoch, except for fewer than `batchSize` at the end.
/// A window holds the next `steps` time steps of all streams; the state after a window is that before the next.
/// The last window of an epoch is shorter if `steps` does not divide `streamLength`.
///
///     let streams = try TokenStreams(tokens, batchSize: 20, steps: 35)
///     for step in 0..<streams.stepsPerEpoch { let window = streams.window(at: step) ... }
///
/// A window is a pure function of its number: the position in the data is an integer. The text is shared, not copied.
public struct TokenStreams: Sendable {
  /// How many streams run in parallel.
  public let batchSize: Int
  /// The time steps of a window.
  public let steps: Int
  /// Where in the text the first stream begins.
  public let offset: Int
  /// How many tokens a stream predicts in an epoch.
  public let streamLength: Int
  private let tokens: [Int32]

  /// Streams over `tokens`.
  ///
  /// - Parameters:
  ///   - tokens: The training text.
  ///   - batchSize: How many streams; at least 1.
  ///   - steps: The time steps of a window, after which backpropagation is truncated; at least 1.
  ///   - offset: Tokens that are left out at the start, so that epochs can be cut differently. The number of windows
  ///     may then differ by one from that without.
  ///
  /// Throws `TextDataError.tooShort` if there are fewer than `batchSize * (steps + 1)` tokens after `offset`: not even
  /// one full window for each stream.
  public init(_ tokens: [Int32], batchSize: Int, steps: Int, offset: Int = 0) throws(TextDataError) {
    check(
      batchSize >= 1 && steps >= 1 && offset >= 0,
      "TokenStreams: batchSize \(batchSize) and steps \(steps) must be at least 1, offset \(offset) at least 0")
    let available = tokens.count - offset
    let (needed, overflow) = batchSize.multipliedReportingOverflow(by: steps.addingReportingOverflow(1).partialValue)
    if steps == .max || overflow || available < needed {
      throw .tooShort(tokenCount: max(0, available), batchSize: batchSize, steps: steps)
    }
    self.tokens = tokens
    self.batchSize = batchSize
    self.steps = steps
    self.offset = offset
    streamLength = (available - 1) / batchSize
  }

  /// How many windows an epoch has.
  public var stepsPerEpoch: Int { (streamLength + steps - 1) / steps }

  /// How many tokens an epoch predicts: `batchSize * streamLength`.
  public var predictionCount: Int { batchSize * streamLength }

  /// Window number `step` of an epoch.
  ///
  /// - Parameter streams: The streams that are read, of `batchSize`; nil: all.
  /// - Precondition: `step` is in `0 ..< stepsPerEpoch`.
  public func window(at step: Int, of streams: Range<Int>? = nil) -> TokenWindow {
    check(
      step >= 0 && step < stepsPerEpoch,
      "TokenStreams.window: step \(step) is not among the \(stepsPerEpoch) of an epoch")
    let streams = streams ?? 0..<batchSize
    check(
      streams.lowerBound >= 0 && streams.upperBound <= batchSize, "TokenStreams.window: streams \(streams) of \(batchSize)")
    let start = step * steps
    let time = min(steps, streamLength - start)
    var inputs: [Int32] = []
    var targets: [Int32] = []
    inputs.reserveCapacity(time * streams.count)
    targets.reserveCapacity(time * streams.count)
    for t in start..<start + time {
      for stream in streams {
        let position = offset + stream * streamLength + t
        inputs.append(tokens[position])
        targets.append(tokens[position + 1])
      }
    }
    let shape: Shape = [time, streams.count]
    return TokenWindow(
      inputs: IndexTensor(shape: shape, scalars: inputs), targets: IndexTensor(shape: shape, scalars: targets),
      predictionCount: time * streams.count)
  }
}
