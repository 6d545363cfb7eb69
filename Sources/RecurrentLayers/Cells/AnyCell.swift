public import RecurrentTensors

/// A recurrent cell whose kind is known at run time only: what a recipe or a model file names.
///
/// It runs as the cell inside does, fused where that is fused. Code that knows its cell should name the type instead.
public struct AnyCell<Scalar: TensorScalar>: RecurrentlyWeightedCell {
  /// The cell inside.
  public private(set) var base: any RecurrentCell<Scalar>

  /// The given cell.
  public init(_ base: any RecurrentCell<Scalar>) { self.base = base }

  /// `weight_hh` of the cell inside, for DropConnect.
  ///
  /// - Precondition: the cell inside is a ``RecurrentlyWeightedCell``.
  public var recurrentWeight: Tensor<Scalar> {
    get { weighted.recurrentWeight }
    set {
      var cell = weighted
      cell.recurrentWeight = newValue
      base = cell
    }
  }

  private var weighted: any RecurrentlyWeightedCell<Scalar> {
    guard let cell = base as? any RecurrentlyWeightedCell<Scalar> else {
      fatalError("AnyCell: \(type(of: base)) has no weight_hh, so DropConnect has nothing to thin out")
    }
    return cell
  }

  public var inputSize: Int { base.inputSize }
  public var hiddenSize: Int { base.hiddenSize }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    base.visitParameters(&visitor)
  }

  public func initialState(batchSize: Int) -> AnyState<Scalar> {
    func opened<Cell: RecurrentCell<Scalar>>(_ cell: Cell) -> AnyState<Scalar> {
      AnyState(cell.initialState(batchSize: batchSize))
    }
    return opened(base)
  }

  public func step(_ input: Tensor<Scalar>, from state: AnyState<Scalar>) -> AnyState<Scalar> {
    step(input, from: state) { _, _ in }
  }

  public func step(
    _ input: Tensor<Scalar>, from state: AnyState<Scalar>, recording record: QuantityRecorder<Scalar>
  ) -> AnyState<Scalar> {
    func opened<Cell: RecurrentCell<Scalar>>(_ cell: Cell) -> AnyState<Scalar> {
      AnyState(cell.step(input, from: state.opened(for: cell), recording: record))
    }
    return opened(base)
  }

  public func run(
    _ inputs: Tensor<Scalar>, from state: AnyState<Scalar>?, lengths: [Int]?, direction: Direction,
    keeping retention: Retention
  ) -> (outputs: Tensor<Scalar>, state: AnyState<Scalar>) {
    func opened<Cell: RecurrentCell<Scalar>>(_ cell: Cell) -> (outputs: Tensor<Scalar>, state: AnyState<Scalar>) {
      let (outputs, last) = cell.run(
        inputs, from: state.map { $0.opened(for: cell) }, lengths: lengths, direction: direction, keeping: retention)
      return (outputs, AnyState(last))
    }
    return opened(base)
  }
}

/// The state of an `AnyCell`: that of the cell inside.
public struct AnyState<Scalar: TensorScalar>: RecurrentState {
  /// The state inside.
  public private(set) var base: any RecurrentState<Scalar>

  /// The given state.
  public init(_ base: any RecurrentState<Scalar>) { self.base = base }

  public var hidden: Tensor<Scalar> { base.hidden }

  public mutating func visitTensors(_ visitor: inout some ParameterVisitor<Scalar>) { base.visitTensors(&visitor) }

  /// The state as one of `cell`.
  fileprivate func opened<Cell: RecurrentCell<Scalar>>(for cell: Cell) -> Cell.State {
    guard let state = base as? Cell.State else {
      fatalError("AnyCell: a state of the type \(type(of: base)) is none of \(Cell.self)'s, which has \(Cell.State.self)")
    }
    return state
  }
}
