import RecurrentTensors

/// A whole text to be measured: each token but the first is predicted exactly once.
///
/// With one stream (the default) the state is carried from the first token to the last: `n` tokens give exactly
/// `n - 1` predictions, each from all tokens before it. That is the figure to report. All targets are then real ones,
/// and the last window is shorter if `steps` does not divide `n - 1`.
///
/// With `batchSize` streams the same `n - 1` predictions are spread over streams that run in parallel: faster, and
/// slightly worse, since each stream begins with a zero state. Streams differ in length by at most one; where a
/// stream has ended, the last time step has the target `IndexTensor.ignored` (and reads token 0).
public struct EvaluationStreams: Sendable {
  /// How many streams run in parallel.
  public let batchSize: Int
  /// The time steps of a window.
  public let steps: Int
  private let tokens: [Int32]

  /// Streams over the whole of `tokens`.
  ///
  /// If there are fewer predictions than `batchSize`, there are as many streams as predictions.
  /// Throws `TextDataError.tooShortToEvaluate` if there are fewer than two tokens.
  public init(_ tokens: [Int32], batchSize: Int = 1, steps: Int) throws(TextDataError) {
    check(
      batchSize >= 1 && steps >= 1,
      "EvaluationStreams: batchSize \(batchSize) and steps \(steps) must be at least 1")
    if tokens.count < 2 { throw .tooShortToEvaluate(tokenCount: tokens.count) }
    self.tokens = tokens
    self.batchSize = min(batchSize, tokens.count - 1)
    self.steps = steps
  }

  /// How many tokens are predicted in all: one fewer than the text has.
  public var predictionCount: Int { tokens.count - 1 }

  /// The length of the longest stream.
  public var streamLength: Int { (predictionCount - 1) / batchSize + 1 }

  /// How many windows there are.
  public var windowCount: Int { (streamLength - 1) / steps + 1 }

  /// Window number `step`, from 0 to `windowCount - 1`; traps outside.
  public func window(at step: Int) -> TokenWindow {
    check(
      step >= 0 && step < windowCount,
      "EvaluationStreams.window: step \(step) is not among the \(windowCount) of the text")
    let start = step * steps
    let time = min(steps, streamLength - start)
    let shortLength = predictionCount / batchSize
    let longCount = predictionCount % batchSize  // the first streams have one prediction more
    var inputs: [Int32] = []
    var targets: [Int32] = []
    inputs.reserveCapacity(time * batchSize)
    targets.reserveCapacity(time * batchSize)
    var ignored = 0
    for t in start..<start + time {
      for stream in 0..<batchSize {
        if t < shortLength || stream < longCount {
          let position = stream * shortLength + min(stream, longCount) + t
          inputs.append(tokens[position])
          targets.append(tokens[position + 1])
        } else {
          inputs.append(0)
          targets.append(IndexTensor.ignored)
          ignored += 1
        }
      }
    }
    let shape: Shape = [time, batchSize]
    return TokenWindow(
      inputs: IndexTensor(shape: shape, scalars: inputs), targets: IndexTensor(shape: shape, scalars: targets),
      predictionCount: time * batchSize - ignored)
  }
}
