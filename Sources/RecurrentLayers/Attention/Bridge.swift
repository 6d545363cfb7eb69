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
/// - Parameters: of `linear` for each layer of the decoder and each tensor of its state, under the tensor's name:
///   `<layer>.hidden.weight` `[hidden, output]`, `<layer>.hidden.bias`, and of LSTMs `<layer>.cell.weight`, `<layer>.cell.bias`. A layer of the decoder takes the
///   state of the encoder's layer of the same number, or of the top one where it has fewer.
public struct Bridge<Cell: RecurrentCell>: Module {
  public typealias Scalar = Cell.Scalar

  /// How.
  public let kind: BridgeKind
  /// The maps, a list for each layer of the decoder; empty unless linear.
  public var maps: [[Linear<Scalar>]]
  /// The names of the tensors that the maps make, a list for each layer.
  private var names: [[String]]

  /// A bridge from outputs of `encoderSize` features to the layers of `decoder`.
  ///
  /// - Precondition: of `linear`, each tensor of the decoder's states is `[batch, features]`.
  public init(
    _ kind: BridgeKind, encoderSize: Int, decoder: Stacked<Cell>, using generator: inout RandomGenerator
  ) {
    self.kind = kind
    maps = []
    names = []
    guard kind == .linear else { return }
    for state in decoder.initialState(batchSize: 1).layers.map(\.namedTensors) {
      names.append(state.map(\.path))
      maps.append(
        state.map { path, tensor in
          check(tensor.rank == 2, "Bridge: the state \(path) has the shape \(tensor.shape), not [batch, features]")
          return Linear(inputSize: encoderSize, outputSize: tensor.shape[1], using: &generator)
        })
    }
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    for layer in maps.indices {
      for index in maps[layer].indices {
        visitor.visit(&maps[layer][index], "\(layer).\(names[layer][index])")
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
          states.state(ofLayer: min(layer, states.layerCount - 1))
        })
    case .linear:
      return StackedState(
        layers: maps.enumerated().map { layer, maps in
          let given = states.state(ofLayer: min(layer, states.layerCount - 1))
          return given.replacingTensors(with: zip(maps, given.tensors).map { map, tensor in map(tensor).tanh() })
        })
    }
  }

  /// The first states of the decoder's layers, all made of the same features `[batch, features]`, such as the mean of a picture's places (Xu et
  /// al. 2015, "Show, attend and tell", section 3.1.2).
  ///
  /// - Precondition: the bridge is linear.
  public func callAsFunction(_ features: Tensor<Scalar>, to decoder: Stacked<Cell>) -> Stacked<Cell>.State {
    check(kind == .linear, "Bridge: a \(kind.rawValue) bridge makes no states of features")
    let initial = decoder.initialState(batchSize: features.shape[0])
    return StackedState(
      layers: zip(maps, initial.layers).map { maps, state in state.replacingTensors(with: maps.map { $0(features).tanh() }) })
  }
}
