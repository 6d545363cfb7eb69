public import RecurrentTensors

/// How a decoder's first state is made of what an encoder has read last.
public enum BridgeKind: String, Sendable, Hashable, Codable, CaseIterable {
  /// `tanh(W e + b)` of each tensor of the state, layer by layer (Bahdanau, Cho and Bengio 2014).
  case linear
  /// The encoder's state as it is (Sutskever, Vinyals and Le 2014): both have the same layers, sizes and cells.
  case copy
  /// Zeros: all that the decoder learns of the source comes through attention.
  case zero
}

/// From an encoder's last states to a decoder's first.
///
/// - Parameters: of `linear` for each layer of the decoder and each tensor of its state `<layer>.hidden.weight` `[hidden, output]`,
///   `<layer>.hidden.bias`, and of cells that have two `<layer>.cell.weight`, `<layer>.cell.bias`. A layer of the decoder takes the
///   state of the encoder's layer of the same number, or of the top one where it has fewer.
public struct Bridge<Cell: RecurrentCell>: Module {
  public typealias Scalar = Cell.Scalar

  /// How.
  public let kind: BridgeKind
  /// The maps, a list for each layer of the decoder; empty unless linear.
  public var maps: [[Linear<Scalar>]]

  /// A bridge from outputs of `encoderSize` features to the layers of `decoder`.
  public init(
    _ kind: BridgeKind, encoderSize: Int, decoder: Stacked<Cell>, using generator: inout RandomGenerator
  ) {
    self.kind = kind
    maps = []
    guard kind == .linear else { return }
    maps = decoder.layers.map { cell in
      cell.initialState(batchSize: 0).tensors.map { _ in
        Linear(inputSize: encoderSize, outputSize: cell.hiddenSize, using: &generator)
      }
    }
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    for layer in maps.indices {
      for index in maps[layer].indices {
        visitor.visit(&maps[layer][index], index == 0 ? "\(layer).hidden" : index == 1 ? "\(layer).cell" : "\(layer).state\(index)")
      }
    }
  }

  /// The first states of the decoder's layers.
  public func callAsFunction(
    _ states: EncoderStates<Cell>, to decoder: Stacked<Cell>, batchSize: Int
  ) -> Stacked<Cell>.State {
    switch kind {
    case .zero: return decoder.initialState(batchSize: batchSize)
    case .copy:
      return StackedState(
        layers: decoder.layers.indices.map { layer in
          Cell.State(tensors: states.tensors(ofLayer: min(layer, states.layerCount - 1)))
        })
    case .linear:
      return StackedState(
        layers: maps.enumerated().map { layer, maps in
          let given = states.tensors(ofLayer: min(layer, states.layerCount - 1))
          return Cell.State(tensors: zip(maps, given).map { map, tensor in map(tensor).tanh() })
        })
    }
  }
}
