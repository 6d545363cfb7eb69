public import RecurrentTensors

/// One of the things that a recurrent cell computes in a step: a gate, the candidate, a state.
///
/// ```swift
/// import RecurrentLayers
///
/// let name = CellQuantity.forget.name  // "forget"
/// let kind = CellQuantity.forget.kind  // .gate
/// ```
public struct CellQuantity: Sendable, Hashable, CustomStringConvertible {
  /// What its values mean.
  public enum Kind: String, Sendable, Hashable {
    /// From 0, shut, to 1, open.
    case gate
    /// What may become part of the state: between -1 and 1 behind tanh.
    case candidate
    /// What is carried to the next step.
    case state
  }

  /// What it is called in tables, pictures and files.
  public let name: String
  /// What its values mean.
  public let kind: Kind

  /// A quantity of a cell of one's own.
  public init(_ name: String, _ kind: Kind) {
    self.name = name
    self.kind = kind
  }

  /// How much of the candidate is let in: i of an LSTM.
  public static let input = CellQuantity("input", .gate)
  /// How much of the cell is kept: f of an LSTM.
  public static let forget = CellQuantity("forget", .gate)
  /// How much of the cell is shown: o of an LSTM.
  public static let output = CellQuantity("output", .gate)
  /// How much of the state the candidate sees: r of a GRU.
  public static let reset = CellQuantity("reset", .gate)
  /// How much of the state is kept: z of a GRU as this library and PyTorch write it. At 1 nothing new comes in.
  public static let update = CellQuantity("update", .gate)
  /// What may be written: g of an LSTM, n of a GRU.
  public static let candidate = CellQuantity("candidate", .candidate)
  /// The cell state, c of an LSTM.
  public static let cell = CellQuantity("cell", .state)
  /// The hidden state, h of every cell: its output.
  public static let hidden = CellQuantity("hidden", .state)

  /// Step k of the depth within one time step of a `DeepTransitionCell`, k = 1 ... depth - 1.
  public static func transition(_ step: Int) -> CellQuantity { CellQuantity("transition \(step)", .candidate) }

  public var description: String { name }
}

/// Takes what a cell computes in a step: the quantity, and its values `[batch, hidden]`.
public typealias QuantityRecorder<Scalar: TensorScalar> = (CellQuantity, Tensor<Scalar>) -> Void
