#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif
import RecurrentLayers
import RecurrentTensors

/// The recurrent networks that experiments put beside each other.
enum NetworkKind: String, CaseIterable, Sendable, Codable {
  case original = "LSTM of 1997"
  case lstm = "LSTM"
  case gru = "GRU"
  case tanh = "tanh"

  /// A cell made for dependencies over about `lag` steps.
  ///
  /// The gates of LSTM and GRU begin with biases at which each unit keeps what it holds for a time of its own, drawn evenly
  /// from 1 to the lag, and lets in as little as it forgets (Tallec and Ollivier 2018, "Can recurrent neural networks warp
  /// time?"); the tanh network begins as a rotation.
  func makeCell(inputSize: Int, units: Int, lag: Int, using generator: inout RandomGenerator) -> AnyCell<Float> {
    let times = (0..<units).map { _ in Float(log(1 + generator.uniform() * Double(max(1, lag - 1)))) }
    let zeros = [Float](repeating: 0, count: units)
    switch self {
    case .original:
      return AnyCell(
        OriginalLSTMCell(inputSize: inputSize, blockCount: units, blockSize: 1, range: 0.1, using: &generator))
    case .lstm:
      var cell = LSTMCell<Float>(inputSize: inputSize, hiddenSize: units, using: &generator)
      // Gates i f g o.
      cell.inputBias = Tensor(shape: [4 * units], scalars: times.map { -$0 } + times + zeros + zeros)
      return AnyCell(cell)
    case .gru:
      var cell = GRUCell<Float>(inputSize: inputSize, hiddenSize: units, using: &generator)
      // Gates r z n: z is the share of the state that stays.
      cell.inputBias = Tensor(shape: [3 * units], scalars: zeros + times + zeros)
      return AnyCell(cell)
    case .tanh:
      return AnyCell(
        ElmanCell(
          inputSize: inputSize, hiddenSize: units, initialization: CellInitialization(recurrentWeight: .orthogonal(gain: 1)),
          using: &generator))
    }
  }
}
