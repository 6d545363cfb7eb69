/// Appends to each frame how fast its last features change, by linear regression over two frames to each side:
/// `Σₙ n (c[t+n] - c[t-n]) / 10` with n = 1, 2 (Young et al. 2006, *The HTK Book*, 5.9). The first frame stands before itself too, the last one after itself.
struct DeltaStage: Sendable {
  /// The numbers of a frame.
  private let width: Int
  /// How many of them, the last, are differentiated.
  private let changing: Int
  /// The last frames, oldest first: five at most, of which the middle one is given next.
  private var history: [Float] = []

  init(width: Int, changing: Int) {
    self.width = width
    self.changing = changing
  }

  /// Appends what is known with these frames, `[frames, width]`, as `[frames, width + changing]`.
  mutating func append(_ frames: [Float], to output: inout [Float]) {
    for start in stride(from: 0, to: frames.count, by: width) {
      for _ in 0..<(history.isEmpty ? 3 : 1) { history += frames[start..<start + width] }
      give(to: &output)
    }
  }

  /// Appends the frames that waited for others after them.
  mutating func finish(to output: inout [Float]) {
    guard !history.isEmpty else { return }
    for _ in 0..<2 {
      history += history[(history.count - width)...]
      give(to: &output)
    }
  }

  private mutating func give(to output: inout [Float]) {
    guard history.count == 5 * width else { return }
    output += history[2 * width..<3 * width]
    for index in width - changing..<width {
      func value(_ frame: Int) -> Float { history[frame * width + index] }
      output.append((value(3) - value(1) + 2 * (value(4) - value(0))) / 10)
    }
    history.removeFirst(width)
  }
}
