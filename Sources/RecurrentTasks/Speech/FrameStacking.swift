import RecurrentTensors

/// How the frames of a recording become the steps of a network: step t reads the frames from `t * stride` on, `size` of them side by side; what the
/// recording lacks of the last is zeros. After the last frame the network
/// is given `lookahead` steps more that read zeros alone, as what it says comes so many steps late.
struct FrameStacking: Sendable, Equatable {
  let size: Int
  let stride: Int
  var lookahead = 0

  /// The steps of so many frames.
  func stepCount(ofFrames count: Int) -> Int { (count + stride - 1) / stride }

  /// Recordings side by side.
  ///
  /// - Parameter recordings: The frames of each, `[frames, features]`.
  /// - Returns: the steps, `[time + lookahead, batch, size * features]`, and how many each recording has, without the look-ahead.
  func batch(_ recordings: [Tensor<Float>]) -> (inputs: Tensor<Float>, lengths: [Int]) {
    let lengths = recordings.map { stepCount(ofFrames: $0.shape[0]) }
    let (time, features) = ((lengths.max() ?? 0) + lookahead, recordings.first?.shape[1] ?? 0)
    let width = size * features
    var scalars = [Float](repeating: 0, count: time * recordings.count * width)
    for (column, recording) in recordings.enumerated() {
      let frames = recording.scalars
      for step in 0..<lengths[column] {
        let start = step * stride * features
        let place = (step * recordings.count + column) * width
        for index in 0..<max(0, min(width, frames.count - start)) { scalars[place + index] = frames[start + index] }
      }
    }
    return (Tensor(shape: [time, recordings.count, width], scalars: scalars), lengths)
  }
}
