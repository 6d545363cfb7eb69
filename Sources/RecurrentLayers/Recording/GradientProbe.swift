public import RecurrentTensors
import Synchronization

/// How far back a loss reaches: the norm of its gradient with respect to the states of a network's recurrent layers, so and
/// so many steps before the last.
///
/// ```swift
/// let reach = GradientReach<Float>.measure(lags: [1, 10, 50]) { model.loss(batch) }
/// // reach?.norms[0][2]: of the lowest layer, 50 steps before the end.
/// ```
///
/// Whatever computes the loss need not know of it: while `measure` runs, the first `Stacked` that runs on this thread cuts its
/// sequence at the lags that are asked for, adds a tracked zero to the state at each cut, and lets only the last step's output
/// through to the loss. The gradient with respect to those zeros is the one with respect to the states. Parameters are not
/// tracked, so kernels that are fused stay so and compute nothing else.
public struct GradientReach<Scalar: TensorScalar>: Sendable {
  /// Steps before the last, ascending; those that the sequence has.
  public let lags: [Int]
  /// For each layer, the lowest first, and each lag: the mean norm over the sequences of full length, with respect to all
  /// tensors of the layer's state.
  public let norms: [[Double]]

  /// The reach of the loss that `body` computes; nil where no `Stacked` ran in it, or over fewer than two steps.
  ///
  /// - Parameters:
  ///   - lags: At how many steps before the last to look.
  ///   - body: Computes the loss, one element, from parameters that no tape tracks.
  public static func measure(
    lags: [Int], _ body: () throws -> Tensor<Scalar>
  ) rethrows -> GradientReach? {
    let probe = GradientProbe<Scalar>(lags: lags)
    let loss = try ActiveProbe.$current.withValue(probe) { try body() }
    return probe.reach(of: loss)
  }

  /// Lags that grow by about a half each, from 1 to `longest`: enough to see a line on a logarithmic axis.
  public static func spreadLags(upTo longest: Int) -> [Int] {
    var lags: [Int] = []
    var lag = 1
    while lag < longest {
      lags.append(lag)
      lag = max(lag + 1, lag * 3 / 2)
    }
    return longest >= 1 ? lags + [longest] : []
  }
}

/// The probe that looks on while a loss is computed.
enum ActiveProbe {
  @TaskLocal static var current: (any Sendable)?
}

/// What `GradientReach.measure` lets a stack know of itself, and what the stack leaves there.
final class GradientProbe<Scalar: TensorScalar>: Sendable {
  private let lags: [Int]
  private let tape = Tape<Scalar>()

  private struct Cut {
    let layer: Int
    let lag: Int
    let zeros: [Tensor<Scalar>]
  }

  private struct State {
    var isTaken = false
    var layerCount = 0
    var cuts: [Cut] = []
    /// The sequences of full length.
    var rows: [Int] = []
  }

  private let state = Mutex(State())

  init(lags: [Int]) { self.lags = Set(lags).filter { $0 > 0 }.sorted() }

  /// The probe that is looking on, where there is one and it has seen no stack yet: the stack that asks is the one that it sees.
  static func take(layers: Int, time: Int, batch: Int, lengths: [Int]?) -> GradientProbe? {
    guard let probe = ActiveProbe.current as? GradientProbe else { return nil }
    let longest = lengths?.max() ?? time
    return probe.state.withLock { state in
      guard !state.isTaken, longest == time, time > 1 else { return nil }
      state.isTaken = true
      state.layerCount = layers
      state.rows = (0..<batch).filter { lengths?[$0] ?? time == time }
      return probe
    }
  }

  /// Runs one layer piece by piece.
  ///
  /// - Parameter run: Runs the layer over a piece of the sequence, from a state, with the lengths that remain there.
  func run<CellState: RecurrentState<Scalar>>(
    layer: Int, _ features: Tensor<Scalar>, _ initial: CellState?, _ lengths: [Int]?,
    _ run: (Tensor<Scalar>, CellState?, [Int]?) -> (outputs: Tensor<Scalar>, state: CellState)
  ) -> (outputs: Tensor<Scalar>, state: CellState)? {
    let time = features.shape[0]
    let ends = lags.reversed().map { time - $0 }.filter { $0 > 0 } + [time]
    var (start, state, parts) = (0, initial, [Tensor<Scalar>]())
    for end in ends {
      let remaining = lengths.map { $0.map { min(max($0 - start, 0), end - start) } }
      let result = run(features.sliced(start..<end), state, remaining)
      parts.append(result.outputs)
      state = result.state
      if end < time {
        let zeros = result.state.tensors.map { tape.watch(Tensor(zeros: $0.shape)) }
        state = CellState(tensors: zip(result.state.tensors, zeros).map { $0 + $1 })
        self.state.withLock { $0.cuts.append(Cut(layer: layer, lag: time - end, zeros: zeros)) }
      }
      start = end
    }
    guard let state else { return nil }
    let outputs = parts.count == 1 ? parts[0] : Tensor(concatenating: parts)
    return (outputs, state)
  }

  /// The outputs of the top layer, of which only the last step is left on the tape.
  func lettingLastThrough(_ outputs: Tensor<Scalar>) -> Tensor<Scalar> {
    let time = outputs.shape[0]
    return outputs.sliced(0..<time - 1).detached().concatenated(with: outputs.sliced(time - 1..<time))
  }

  func reach(of loss: Tensor<Scalar>) -> GradientReach<Scalar>? {
    let (layerCount, cuts, rows) = state.withLock { ($0.layerCount, $0.cuts, $0.rows) }
    guard !cuts.isEmpty, !rows.isEmpty else { return nil }
    let gradients = tape.gradients(of: loss, at: cuts.flatMap(\.zeros))
    let found = Set(cuts.map(\.lag)).sorted()
    var norms = Array(repeating: Array(repeating: 0.0, count: found.count), count: layerCount)
    var next = 0
    for cut in cuts {
      let parts = gradients[next..<next + cut.zeros.count].map { $0.squared().sum(alongAxes: 1).scalars }
      next += cut.zeros.count
      let sum = rows.reduce(0.0) { sum, row in sum + parts.reduce(0) { $0 + Double($1[row]) }.squareRoot() }
      if let place = found.firstIndex(of: cut.lag) { norms[cut.layer][place] = sum / Double(rows.count) }
    }
    return GradientReach(lags: found, norms: norms)
  }
}
