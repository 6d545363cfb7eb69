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
/// Whatever computes the loss need not know of it: while `measure` runs, the first `Stacked` or `StackedBidirectional` that runs on this
/// thread cuts its sequence at the lags that are asked for, adds a tracked zero to the state at each cut, and lets only the last step's
/// output through to the loss. The gradient with respect to those zeros is the one with respect to the states. Parameters are not
/// tracked, so kernels that are fused stay so and compute nothing else.
///
/// A layer that reads backward has its last step at the beginning of the sequence, and its lags count from there.
public struct GradientReach<Scalar: TensorScalar>: Sendable {
  /// A recurrent layer, in one of its directions.
  public struct Layer: Sendable, Hashable, CustomStringConvertible {
    /// Its place in the stack; the lowest is 0.
    public let index: Int
    /// The way it reads.
    public let direction: Direction

    /// `0`, or `0 reverse`.
    public var description: String { direction == .forward ? "\(index)" : "\(index) reverse" }
  }

  /// The layers, the lowest first; of a bidirectional one its forward direction first.
  public let layers: [Layer]
  /// Steps before the last, ascending; those that the sequence has.
  public let lags: [Int]
  /// For each of the layers and each lag: the mean norm over the sequences of full length, with respect to all tensors of the
  /// layer's state.
  public let norms: [[Double]]

  /// The reach of the loss that `body` computes; nil where no stack ran in it, or over fewer than two steps.
  ///
  /// - Parameters:
  ///   - lags: At how many steps before the last to look; by default spread from the last step to the first.
  ///   - body: Computes the loss, one element, from parameters that no tape tracks.
  public static func measure(
    lags: [Int]? = nil, _ body: () throws -> Tensor<Scalar>
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
  typealias Layer = GradientReach<Scalar>.Layer

  private let lags: [Int]?
  private let tape = Tape<Scalar>()

  private struct Cut {
    let layer: Layer
    let lag: Int
    let zeros: [Tensor<Scalar>]
  }

  private struct State {
    var isTaken = false
    /// The lags that the sequence has, ascending.
    var lags: [Int] = []
    var cuts: [Cut] = []
    /// The sequences of full length.
    var rows: [Int] = []
  }

  private let state = Mutex(State())

  init(lags: [Int]?) { self.lags = lags.map { Set($0).filter { $0 > 0 }.sorted() } }

  /// The probe that is looking on, where there is one and it has seen no stack yet: the stack that asks is the one that it sees.
  static func take(_ inputs: Tensor<Scalar>, _ lengths: [Int]?) -> GradientProbe? {
    guard let probe = ActiveProbe.current as? GradientProbe else { return nil }
    let (time, batch) = (inputs.shape[0], inputs.shape[1])
    let longest = lengths?.max() ?? time
    return probe.state.withLock { state in
      guard !state.isTaken, longest == time, time > 1 else { return nil }
      state.isTaken = true
      state.lags = probe.lags.map { $0.filter { $0 < time } } ?? GradientReach<Scalar>.spreadLags(upTo: time - 1)
      state.rows = (0..<batch).filter { lengths?[$0] ?? time == time }
      return probe
    }
  }

  /// Runs one layer piece by piece, the way that it reads.
  ///
  /// - Parameter run: Runs the layer over a piece of the sequence, from a state, with the lengths that remain there.
  func run<CellState: RecurrentState<Scalar>>(
    layer index: Int, _ direction: Direction, _ features: Tensor<Scalar>, _ initial: CellState?, _ lengths: [Int]?,
    _ run: (Tensor<Scalar>, CellState?, [Int]?) -> (outputs: Tensor<Scalar>, state: CellState)
  ) -> (outputs: Tensor<Scalar>, state: CellState) {
    let layer = Layer(index: index, direction: direction)
    let time = features.shape[0]
    var (state, parts, start) = (initial, [Tensor<Scalar>](), 0)
    for left in self.state.withLock({ $0.lags }).reversed() {
      let result = piece(start..<time - left)
      let zeros = result.tensors.map { tape.watch(Tensor(zeros: $0.shape)) }
      state = result.replacingTensors(with: zip(result.tensors, zeros).map { $0 + $1 })
      self.state.withLock { $0.cuts.append(Cut(layer: layer, lag: left, zeros: zeros)) }
      start = time - left
    }
    let last = piece(start..<time)
    return (parts.count == 1 ? parts[0] : Tensor(concatenating: direction == .forward ? parts : parts.reversed()), last)

    /// Reads some steps, counted from where the layer begins, and keeps their outputs.
    func piece(_ steps: Range<Int>) -> CellState {
      let range = direction == .forward ? steps : time - steps.upperBound..<time - steps.lowerBound
      let remaining = lengths.map { $0.map { min(max($0 - range.lowerBound, 0), range.count) } }
      let result = run(features.sliced(range), state, remaining)
      parts.append(result.outputs)
      return result.state
    }
  }

  /// The outputs of a top layer, of which only the last step, the way that it reads, is left on the tape.
  func lettingLastThrough(_ outputs: Tensor<Scalar>, _ direction: Direction) -> Tensor<Scalar> {
    let time = outputs.shape[0]
    let (last, others) = direction == .forward ? (time - 1..<time, 0..<time - 1) : (0..<1, 1..<time)
    let (seen, hidden) = (outputs.sliced(last), outputs.sliced(others).detached())
    return direction == .forward ? hidden.concatenated(with: seen) : seen.concatenated(with: hidden)
  }

  func reach(of loss: Tensor<Scalar>) -> GradientReach<Scalar>? {
    let (lags, cuts, rows) = state.withLock { ($0.lags, $0.cuts, $0.rows) }
    guard !cuts.isEmpty, !rows.isEmpty else { return nil }
    let gradients = tape.gradients(of: loss, at: cuts.flatMap(\.zeros))
    var layers: [Layer] = []
    var norms: [[Double]] = []
    var next = 0
    for cut in cuts {
      let parts = gradients[next..<next + cut.zeros.count].map { gradient in
        let squares = gradient.squared()
        return squares.reshaped(to: [squares.shape[0], squares.count / max(1, squares.shape[0])]).sum(alongAxes: 1).scalars
      }
      next += cut.zeros.count
      if layers.last != cut.layer {
        layers.append(cut.layer)
        norms.append(Array(repeating: 0, count: lags.count))
      }
      let sum = rows.reduce(0.0) { sum, row in sum + parts.reduce(0) { $0 + Double($1[row]) }.squareRoot() }
      if let place = lags.firstIndex(of: cut.lag) { norms[norms.count - 1][place] = sum / Double(rows.count) }
    }
    return GradientReach(layers: layers, lags: lags, norms: norms)
  }
}
