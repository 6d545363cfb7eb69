public import RecurrentTensors

/// A recurrent cell whose kind is known at run time only: what a recipe or a model file names.
///
/// It runs as the cell inside does, fused where that is fused. Code that knows its cell should name the type instead.
public struct AnyCell<Scalar: TensorScalar>: RecurrentlyWeightedCell {
  /// The cell inside.
  public private(set) var base: any RecurrentlyWeightedCell<Scalar>

  /// The given cell.
  public init(_ base: any RecurrentlyWeightedCell<Scalar>) { self.base = base }

  public var recurrentWeight: Tensor<Scalar> {
    get { base.recurrentWeight }
    set { base.recurrentWeight = newValue }
  }

  public var inputSize: Int { base.inputSize }
  public var hiddenSize: Int { base.hiddenSize }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    base.visitParameters(&visitor)
  }

  public func initialState(batchSize: Int) -> AnyState<Scalar> {
    AnyState(tensors: base.initialState(batchSize: batchSize).tensors)
  }

  public func step(_ input: Tensor<Scalar>, from state: AnyState<Scalar>) -> AnyState<Scalar> {
    step(input, from: state) { _, _ in }
  }

  public func step(
    _ input: Tensor<Scalar>, from state: AnyState<Scalar>, recording record: QuantityRecorder<Scalar>
  ) -> AnyState<Scalar> {
    func opened<Cell: RecurrentCell<Scalar>>(_ cell: Cell) -> AnyState<Scalar> {
      AnyState(tensors: cell.step(input, from: Cell.State(tensors: state.tensors), recording: record).tensors)
    }
    return opened(base)
  }

  public func run(
    _ inputs: Tensor<Scalar>, from state: AnyState<Scalar>?, lengths: [Int]?, direction: Direction,
    keeping retention: Retention
  ) -> (outputs: Tensor<Scalar>, state: AnyState<Scalar>) {
    func opened<Cell: RecurrentCell<Scalar>>(_ cell: Cell) -> (outputs: Tensor<Scalar>, state: AnyState<Scalar>) {
      let (outputs, last) = cell.run(
        inputs, from: state.map { Cell.State(tensors: $0.tensors) }, lengths: lengths, direction: direction,
        keeping: retention)
      return (outputs, AnyState(tensors: last.tensors))
    }
    return opened(base)
  }
}

/// The state of an `AnyCell`: the tensors of the state of the cell inside, the hidden state first.
public struct AnyState<Scalar: TensorScalar>: RecurrentState {
  public let tensors: [Tensor<Scalar>]

  public var hidden: Tensor<Scalar> { tensors[0] }

  public init(tensors: [Tensor<Scalar>]) {
    check(!tensors.isEmpty, "AnyState(tensors:): no tensors")
    self.tensors = tensors
  }
}
