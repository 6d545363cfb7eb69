public import RecurrentTensors

/// The states of the layers of a stack.
public struct StackedState<State: RecurrentState>: TensorTree {
  public typealias Scalar = State.Scalar

  /// One state a layer, the lowest first.
  public var layers: [State]

  /// The given states, the lowest layer's first.
  public init(layers: [State]) { self.layers = layers }

  public mutating func visitTensors(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&layers, "")
  }
}

/// Recurrent layers on top of each other: each reads the outputs of the one below. A layer is a cell, or two
/// cells that read in opposite directions (``StackedBidirectional``), or another ``RecurrentLayer``. Parameters are named as in
/// `torch.nn.LSTM` and its kin: `weight_ih_l0`, `weight_ih_l1`, ...
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// var generator = RandomGenerator(seed: 1)
/// let rnn = Stacked<LSTMCell<Float>>(inputSize: 3, hiddenSize: 5, layerCount: 2, using: &generator)
/// let inputs = Tensor<Float>(ones: [7, 2, 3])
/// let (outputs, state) = rnn(inputs)  // [7, 2, 5]; state.layers.count == 2
/// let dropout = Dropout(rate: 0.5)
/// let (dropped, _) = rnn(inputs) { dropout($0, using: &generator) }
/// ```
public struct Stacked<Layer: RecurrentLayer>: Module {
  public typealias Scalar = Layer.Scalar
  public typealias State = StackedState<Layer.State>

  /// The layers, the lowest first.
  public var layers: [Layer]

  /// Whether a layer's input is added to its output where both have the same size (He et al. 2016; in stacks of LSTMs
  /// Wu et al. 2016). The layers' states are those of the cells: nothing is added to them.
  public let isResidual: Bool

  /// The stack of the given layers.
  ///
  /// - Precondition: at least one; each reads as many features as the one below puts out.
  public init(_ layers: [Layer], isResidual: Bool = false) {
    check(!layers.isEmpty, "Stacked: no layers")
    for (below, above) in zip(layers, layers.dropFirst()) {
      check(
        above.inputSize == below.outputSize,
        "Stacked: a layer reads \(above.inputSize) features, the one below puts out \(below.outputSize)")
    }
    self.layers = layers
    self.isResidual = isResidual
  }

  /// The number of features of an input.
  public var inputSize: Int { layers[0].inputSize }

  /// The number of features of an output.
  public var outputSize: Int { layers[layers.count - 1].outputSize }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    for index in layers.indices { layers[index].visitParameters(inLayer: index, by: &visitor) }
  }

  /// The state before the first step: zeros.
  public func initialState(batchSize: Int) -> State {
    State(layers: layers.map { $0.initialState(batchSize: batchSize) })
  }

  /// Runs over a sequence; see `RecurrentCell.run`.
  ///
  /// - Parameter between: What becomes of the features that pass from one layer to the next, such as dropout; not of the
  ///   inputs, nor of the outputs.
  /// - Returns: the outputs of the top layer `[time, batch, output]` and the states of all layers.
  public func callAsFunction(
    _ inputs: Tensor<Scalar>, from state: State? = nil, lengths: [Int]? = nil, direction: Direction = .forward,
    keeping retention: Retention = .activations, between: (Tensor<Scalar>) -> Tensor<Scalar> = { $0 }
  ) -> (outputs: Tensor<Scalar>, state: State) {
    guard let probe = GradientProbe.take(inputs, lengths) else {
      var runner = PlainRunner<Scalar>(keeping: retention)
      return run(inputs, from: state, lengths: lengths, direction: direction, between: between, by: &runner)
    }
    var runner = ProbedRunner(probe, keeping: retention)
    let (outputs, last) = run(
      inputs, from: state, lengths: lengths, direction: direction, between: between, by: &runner)
    // Of the top layer the probe sees only where each direction ends.
    let parts = layers[layers.count - 1].outputParts
    let halves = parts.count == 1 ? [outputs] : outputs.split(sizes: parts.map(\.size), alongAxis: 2)
    let seen = zip(halves, parts).map { half, part in
      probe.lettingLastThrough(half, direction == .forward ? part.direction : part.direction.opposite)
    }
    return (seen.count == 1 ? seen[0] : Tensor(concatenating: seen, alongAxis: 2), last)
  }

  /// Runs layer by layer.
  func run(
    _ inputs: Tensor<Scalar>, from state: State?, lengths: [Int]?, direction: Direction,
    between: (Tensor<Scalar>) -> Tensor<Scalar> = { $0 }, by runner: inout some CellRunner<Scalar>
  ) -> (outputs: Tensor<Scalar>, state: State) {
    checkLayerCount(state)
    var states: [Layer.State] = []
    var features = inputs
    for (index, layer) in layers.enumerated() {
      if index > 0 { features = between(features) }
      runner.layer = index
      let result = layer.run(
        features, from: state?.layers[index], lengths: lengths, direction: direction, by: &runner)
      features = addsInput(at: index) ? result.outputs + maskingPadding(features, lengths) : result.outputs
      states.append(result.state)
    }
    return (features, State(layers: states))
  }

  /// Whether the output of a layer is the sum of its hidden state and its input.
  func addsInput(at index: Int) -> Bool { isResidual && layers[index].inputSize == layers[index].outputSize }

  fileprivate func checkLayerCount(_ state: State?) {
    check(
      state == nil || state?.layers.count == layers.count,
      "Stacked: \(state?.layers.count ?? 0) states for \(layers.count) layers")
  }
}

extension Stacked where Layer: RecurrentCell {
  /// The number of features of an output.
  public var hiddenSize: Int { layers[layers.count - 1].hiddenSize }

  /// The output of the top layer `[batch, hidden]` and the states after one time step. For many steps without gradient
  /// there is `streaming(batchSize:weights:)`.
  ///
  /// - Parameter input: `[batch, input]`.
  public func step(_ input: Tensor<Scalar>, from state: State) -> (output: Tensor<Scalar>, state: State) {
    checkLayerCount(state)
    var state = state
    var features = input
    for (index, cell) in layers.enumerated() {
      state.layers[index] = cell.step(features, from: state.layers[index])
      let hidden = state.layers[index].hidden
      features = addsInput(at: index) ? hidden + features : hidden
    }
    return (features, state)
  }
}

extension Stacked where Layer: InitializableCell {
  /// A stack of `layerCount` layers of `hiddenSize` units with parameters drawn as `initialization` says.
  public init(
    inputSize: Int, hiddenSize: Int, layerCount: Int, isResidual: Bool = false,
    initialization: CellInitialization = CellInitialization(), using generator: inout RandomGenerator
  ) {
    self.init(
      (0..<layerCount).map { index in
        Layer(
          inputSize: index == 0 ? inputSize : hiddenSize, hiddenSize: hiddenSize, initialization: initialization,
          using: &generator)
      }, isResidual: isResidual)
  }
}
