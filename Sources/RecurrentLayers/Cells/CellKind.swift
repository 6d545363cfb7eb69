public import RecurrentTensors

/// The cells by the names that recipes and model files use.
public enum CellKind: String, Sendable, Hashable, Codable, CaseIterable {
  /// `LSTMCell`.
  case lstm
  /// `PeepholeLSTMCell`.
  case peepholeLSTM = "peephole-lstm"
  /// `LayerNormLSTMCell`.
  case layerNormLSTM = "layer-norm-lstm"
  /// `GRUCell`: the reset gate after the product, as PyTorch.
  case gru
  /// `ResetBeforeGRUCell`: the reset gate before the product, as Cho et al. 2014.
  case resetBeforeGRU = "gru-reset-before"
  /// `ElmanCell` with tanh.
  case elman = "rnn-tanh"
  /// `ElmanCell` with relu.
  case elmanRelu = "rnn-relu"
  /// `DeepTransitionCell`.
  case deepTransition = "deep-transition"

  /// A cell of this kind.
  ///
  /// - Parameter transitionDepth: The steps of depth in a time step, for `deepTransition`; the others ignore it.
  public func makeCell<Scalar>(
    inputSize: Int, hiddenSize: Int, transitionDepth: Int = 2,
    initialization: CellInitialization = CellInitialization(), using generator: inout RandomGenerator
  ) -> AnyCell<Scalar> {
    func make<Cell: InitializableCell & RecurrentlyWeightedCell<Scalar>>(
      _: Cell.Type, _ generator: inout RandomGenerator
    ) -> AnyCell<Scalar> {
      AnyCell(Cell(inputSize: inputSize, hiddenSize: hiddenSize, initialization: initialization, using: &generator))
    }
    switch self {
    case .lstm: return make(LSTMCell<Scalar>.self, &generator)
    case .peepholeLSTM: return make(PeepholeLSTMCell<Scalar>.self, &generator)
    case .layerNormLSTM: return make(LayerNormLSTMCell<Scalar>.self, &generator)
    case .gru: return make(GRUCell<Scalar>.self, &generator)
    case .resetBeforeGRU: return make(ResetBeforeGRUCell<Scalar>.self, &generator)
    case .elman: return make(ElmanCell<Scalar>.self, &generator)
    case .elmanRelu:
      return AnyCell(
        ElmanCell(
          inputSize: inputSize, hiddenSize: hiddenSize, activation: .relu, initialization: initialization,
          using: &generator))
    case .deepTransition:
      return AnyCell(
        DeepTransitionCell(
          inputSize: inputSize, hiddenSize: hiddenSize, depth: transitionDepth, initialization: initialization,
          using: &generator))
    }
  }
}
