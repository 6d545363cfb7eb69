public import RecurrentTensors

/// Recurrent layers that read a whole sequence in one direction or in both: what stands between the inputs and whatever
/// is made of the outputs, where a recipe says which.
///
/// - Parameters: those of `Stacked` or `StackedBidirectional`, under the same names.
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// var generator = RandomGenerator(seed: 1)
/// let encoder = SequenceEncoder<GRUCell<Float>>(
///   inputSize: 3, hiddenSize: 5, layerCount: 2, isBidirectional: true
/// ) { GRUCell(inputSize: $0, hiddenSize: 5, using: &generator) }
/// let (outputs, last) = encoder(Tensor(ones: [7, 2, 3]), lengths: [7, 4])  // [7, 2, 10] and [2, 10]
/// ```
public struct SequenceEncoder<Cell: RecurrentCell>: Module {
  public typealias Scalar = Cell.Scalar

  /// The layers that read from the first step to the last, unless both directions are read.
  public private(set) var forward: Stacked<Cell>?
  /// The layers that read both ways.
  public private(set) var bidirectional: StackedBidirectional<Cell>?

  /// An encoder that reads from the first step to the last.
  public init(_ layers: Stacked<Cell>) { forward = layers }

  /// An encoder that reads both ways; outputs of both stand side by side.
  public init(_ layers: StackedBidirectional<Cell>) { bidirectional = layers }

  /// The number of features of an input.
  public var inputSize: Int { forward?.inputSize ?? bidirectional?.inputSize ?? 0 }

  /// The number of features of an output.
  public var outputSize: Int { forward?.outputSize ?? bidirectional?.outputSize ?? 0 }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&forward, "")
    visitor.visit(&bidirectional, "")
  }

  /// Runs over a sequence.
  ///
  /// - Parameters:
  ///   - inputs: `[time, batch, input]`.
  ///   - lengths: Of each sequence; nil: all are as long as the batch.
  ///   - between: What becomes of the features that pass from one layer to the next, such as dropout.
  /// - Returns: the top layer's outputs `[time, batch, output]`, zero past each sequence's end, and what it has read
  ///   last, `[batch, output]`: the state after the last step, and of the reverse direction after the first.
  public func callAsFunction(
    _ inputs: Tensor<Scalar>, lengths: [Int]? = nil, keeping retention: Retention = .activations,
    between: (Tensor<Scalar>) -> Tensor<Scalar> = { $0 }
  ) -> (outputs: Tensor<Scalar>, last: Tensor<Scalar>) {
    let (outputs, states) = encode(inputs, lengths: lengths, keeping: retention, between: between)
    return (outputs, states.last)
  }

  /// Runs over a sequence, as ``callAsFunction(_:lengths:keeping:between:)``, and gives the states of all layers.
  public func encode(
    _ inputs: Tensor<Scalar>, lengths: [Int]? = nil, keeping retention: Retention = .activations,
    between: (Tensor<Scalar>) -> Tensor<Scalar> = { $0 }
  ) -> (outputs: Tensor<Scalar>, states: EncoderStates<Cell>) {
    if let forward {
      let (outputs, state) = forward(inputs, lengths: lengths, keeping: retention, between: between)
      return (outputs, EncoderStates(forward: state, bidirectional: nil))
    }
    guard let bidirectional else { fatalError("SequenceEncoder: no layers") }
    let (outputs, state) = bidirectional(inputs, lengths: lengths, keeping: retention, between: between)
    return (outputs, EncoderStates(forward: nil, bidirectional: state))
  }
}

/// What the layers of a `SequenceEncoder` have read last: the states after the last step, and of the reverse direction
/// after the first.
public struct EncoderStates<Cell: RecurrentCell>: Sendable {
  fileprivate let forward: Stacked<Cell>.State?
  fileprivate let bidirectional: StackedBidirectional<Cell>.State?

  /// The number of layers.
  public var layerCount: Int { forward?.layers.count ?? bidirectional?.layers.count ?? 0 }

  /// The state of a layer, each tensor `[batch, output]`: both directions side by side.
  public func state(ofLayer layer: Int) -> Cell.State {
    if let forward { return forward.layers[layer] }
    guard let state = bidirectional?.layers[layer] else { fatalError("EncoderStates: no layers") }
    return state.forward.merging(state.reverse) { $0.concatenated(with: $1, alongAxis: 1) }
  }

  /// The hidden state of the top layer, `[batch, output]`.
  public var last: Tensor<Cell.Scalar> {
    forward?.layers[layerCount - 1].hidden ?? bidirectional?.layers[layerCount - 1].hidden ?? Tensor(zeros: [0, 0])
  }
}

extension SequenceEncoder {
  /// An encoder of `layerCount` layers of `hiddenSize` units, in each direction where it is bidirectional.
  ///
  /// - Parameter makeCell: A cell of a number of inputs; called layer by layer, forward before reverse.
  public init(
    inputSize: Int, hiddenSize: Int, layerCount: Int, isBidirectional: Bool, isResidual: Bool = false,
    makeCell: (_ inputSize: Int) -> Cell
  ) {
    if isBidirectional {
      self.init(
        StackedBidirectional(
          (0..<layerCount).map { layer in
            let size = layer == 0 ? inputSize : 2 * hiddenSize
            return Bidirectional(forward: makeCell(size), reverse: makeCell(size))
          }, isResidual: isResidual))
    } else {
      self.init(
        Stacked((0..<layerCount).map { makeCell($0 == 0 ? inputSize : hiddenSize) }, isResidual: isResidual))
    }
  }
}
