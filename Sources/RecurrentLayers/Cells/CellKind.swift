public import RecurrentTensors
import Synchronization

/// The cells by the names that recipes and model files use: those of the package, and those that a program adds with
/// ``register(_:maker:)``.
public struct CellKind: RawRepresentable, Sendable, Hashable, Codable, CaseIterable, CustomStringConvertible {
  /// The name.
  public let rawValue: String

  /// `LSTMCell`.
  public static let lstm = CellKind(named: "lstm")
  /// `PeepholeLSTMCell`.
  public static let peepholeLSTM = CellKind(named: "peephole-lstm")
  /// `LayerNormLSTMCell`.
  public static let layerNormLSTM = CellKind(named: "layer-norm-lstm")
  /// `GRUCell`: the reset gate after the product, as PyTorch.
  public static let gru = CellKind(named: "gru")
  /// `ResetBeforeGRUCell`: the reset gate before the product, as Cho et al. 2014.
  public static let resetBeforeGRU = CellKind(named: "gru-reset-before")
  /// `ElmanCell` with tanh.
  public static let elman = CellKind(named: "rnn-tanh")
  /// `ElmanCell` with relu.
  public static let elmanRelu = CellKind(named: "rnn-relu")
  /// `DeepTransitionCell`.
  public static let deepTransition = CellKind(named: "deep-transition")

  /// The kind with this name; nil: there is none.
  public init?(rawValue: String) {
    guard Registry.makers.withLock({ $0.contains { $0.name == rawValue } }) else { return nil }
    self.rawValue = rawValue
  }

  private init(named name: String) { rawValue = name }

  /// All kinds: the package's, then the others in the order in which they were registered.
  public static var allCases: [CellKind] { Registry.makers.withLock { $0.map { CellKind(named: $0.name) } } }

  /// Those of the package.
  package static var ofPackage: [CellKind] { PackageCell.allCases.map { CellKind(named: $0.rawValue) } }

  public var description: String { rawValue }

  /// Adds a kind of cell, before recipes and model files that name it are read. A name that is taken has the new maker from now on.
  ///
  /// ```swift
  /// import RecurrentLayers
  /// import RecurrentTensors
  ///
  /// struct PatientLSTM: CellMaker {
  ///   func makeCell<Scalar: TensorScalar>(
  ///     inputSize: Int, hiddenSize: Int, transitionDepth: Int, initialization: CellInitialization,
  ///     using generator: inout RandomGenerator
  ///   ) -> AnyCell<Scalar> {
  ///     AnyCell(
  ///       LSTMCell(inputSize: inputSize, hiddenSize: hiddenSize, initialization: CellInitialization(forgetBias: 4), using: &generator))
  ///   }
  /// }
  /// let kind = CellKind.register("patient-lstm", maker: PatientLSTM())
  /// ```
  ///
  /// - Returns: the kind of this name.
  @discardableResult
  public static func register(_ name: String, maker: some CellMaker) -> CellKind {
    check(!name.isEmpty, "CellKind.register: a cell without a name")
    Registry.makers.withLock { makers in
      makers.removeAll { $0.name == name }
      makers.append((name, maker))
    }
    return CellKind(named: name)
  }

  /// A cell of this kind.
  ///
  /// - Parameter transitionDepth: The steps of depth in a time step, for `deepTransition`; the others ignore it.
  public func makeCell<Scalar>(
    inputSize: Int, hiddenSize: Int, transitionDepth: Int = 2,
    initialization: CellInitialization = CellInitialization(), using generator: inout RandomGenerator
  ) -> AnyCell<Scalar> {
    guard let maker = Registry.makers.withLock({ $0.first { $0.name == rawValue }?.maker }) else {
      fatalError("CellKind: there is no cell \(rawValue)")
    }
    let cell: AnyCell<Scalar> = maker.makeCell(
      inputSize: inputSize, hiddenSize: hiddenSize, transitionDepth: transitionDepth, initialization: initialization,
      using: &generator)
    check(
      cell.inputSize == inputSize && cell.hiddenSize == hiddenSize,
      "CellKind: the maker of \(rawValue) was asked for \(inputSize) inputs and \(hiddenSize) units, and made a cell of \(cell.inputSize)"
        + " and \(cell.hiddenSize)")
    return cell
  }
}

/// What makes the cells of a kind, for any number type.
public protocol CellMaker: Sendable {
  /// A cell of these sizes with parameters drawn as `initialization` says.
  ///
  /// - Parameter transitionDepth: The steps of depth in a time step, for cells that have several.
  func makeCell<Scalar: TensorScalar>(
    inputSize: Int, hiddenSize: Int, transitionDepth: Int, initialization: CellInitialization,
    using generator: inout RandomGenerator
  ) -> AnyCell<Scalar>
}

/// The makers by name: the one place in the package that is shared by all who use it, since a name is read wherever a file is.
private enum Registry {
  static let makers = Mutex<[(name: String, maker: any CellMaker)]>(
    PackageCell.allCases.map { ($0.rawValue, $0) })
}

/// The cells of the package.
private enum PackageCell: String, CaseIterable, CellMaker {
  case lstm
  case peepholeLSTM = "peephole-lstm"
  case layerNormLSTM = "layer-norm-lstm"
  case gru
  case resetBeforeGRU = "gru-reset-before"
  case elman = "rnn-tanh"
  case elmanRelu = "rnn-relu"
  case deepTransition = "deep-transition"

  func makeCell<Scalar: TensorScalar>(
    inputSize: Int, hiddenSize: Int, transitionDepth: Int, initialization: CellInitialization,
    using generator: inout RandomGenerator
  ) -> AnyCell<Scalar> {
    func make<Cell: InitializableCell<Scalar>>(_: Cell.Type, _ generator: inout RandomGenerator) -> AnyCell<Scalar> {
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
