import Foundation
import RecurrentLayers

/// What training a model needs at least, so that a size with a digit too many is refused and not killed by the system
/// for want of memory.
public struct MemoryEstimate: Sendable {
  /// Numbers in the model.
  public var parameterCount: Double
  /// Numbers that a training step keeps for its backward pass.
  public var activationCount: Double

  /// An estimate of its parts: doubles, since the product of the largest sizes that a recipe may have overflows an `Int`.
  public init(parameterCount: Double, activationCount: Double) {
    self.parameterCount = parameterCount
    self.activationCount = activationCount
  }

  /// A stack of recurrent layers over `positions` time steps times sequences.
  ///
  /// - Parameters:
  ///   - hiddenSize: Units of each layer; nil: as the settings say.
  ///   - directions: 2 for bidirectional layers, each of which reads both directions of the one below.
  public static func stack(
    _ settings: RecurrentSettings, inputSize: Int, hiddenSize: Int? = nil, directions: Int = 1, positions: Double
  ) -> MemoryEstimate {
    let (input, hidden, sides) = (Double(inputSize), Double(hiddenSize ?? settings.hidden), Double(directions))
    let (cell, layers, depth) = (settings.cell, Double(settings.layers), Double(settings.transitionDepth))
    let first = cell.parameterCount(inputSize: input, hiddenSize: hidden, transitionDepth: depth)
    let other = cell.parameterCount(inputSize: sides * hidden, hiddenSize: hidden, transitionDepth: depth)
    let kept = (cell == .deepTransition ? depth : cell.gateCount) + 2
    return MemoryEstimate(
      parameterCount: sides * (first + (layers - 1) * other), activationCount: positions * layers * sides * kept * hidden)
  }

  /// So many layers `Linear` of the same sizes, each with its biases, over `positions` time steps times sequences.
  public static func linear(_ inputSize: Int, _ outputSize: Int, count: Int = 1, positions: Double = 0) -> MemoryEstimate {
    let (input, output) = (Double(inputSize), Double(outputSize))
    return MemoryEstimate(parameterCount: Double(count) * (input + 1) * output, activationCount: Double(count) * positions * output)
  }

  /// The sum of two parts of a model.
  public static func + (a: Self, b: Self) -> Self {
    Self(
      parameterCount: a.parameterCount + b.parameterCount, activationCount: a.activationCount + b.activationCount)
  }

  /// Bytes for the model, its gradient, two moments, and the activations of one training step.
  public var bytes: Double { 4 * (4 * parameterCount + activationCount) }

  /// Refuses what this process cannot hold.
  ///
  /// - Parameter keys: The keys of a recipe to change, in words: "model.hidden or training.batch".
  /// - Throws: ``MemoryError`` with both sizes and the keys.
  public func check(advising keys: String) throws(MemoryError) {
    try check(against: .ofThisProcess, advising: keys)
  }

  func check(against available: AvailableMemory, advising keys: String) throws(MemoryError) {
    guard bytes > available.bytes else { return }
    throw MemoryError(
      """
      a model of \(Self.written(parameterCount, "")) parameters needs at least \(Self.written(bytes, "B")) of memory to \
      train, and \(available.holder) \(Self.written(available.bytes, "B")); make \(keys) smaller
      """)
  }

  /// A count in a few digits: "12.5 G", and the unit.
  static func written(_ value: Double, _ unit: String) -> String {
    for (scale, prefix) in [(1e18, "E"), (1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")] where value >= scale {
      return String(format: "%.1f ", value / scale) + prefix + unit
    }
    return String(format: "%.0f ", value) + unit
  }
}

/// A run that the memory of this process cannot hold.
public struct MemoryError: Error, Equatable, CustomStringConvertible {
  /// Both sizes, and what to make smaller.
  public let description: String

  init(_ description: String) { self.description = description }
}

extension CellKind {
  /// Products with the input and the state in a step.
  fileprivate var gateCount: Double {
    switch self {
    case .lstm, .peepholeLSTM, .layerNormLSTM: 4
    case .gru, .resetBeforeGRU: 3
    case .elman, .elmanRelu, .deepTransition: 1
    default: 1  // of a registered cell nothing is known: the least, so that no run is refused that would fit
    }
  }

  /// Weights, biases, gains and peepholes of a cell.
  fileprivate func parameterCount(inputSize: Double, hiddenSize: Double, transitionDepth: Double) -> Double {
    let weights = gateCount * hiddenSize * (inputSize + hiddenSize)
    switch self {
    case .lstm, .gru, .resetBeforeGRU, .elman, .elmanRelu: return weights + 2 * gateCount * hiddenSize
    case .peepholeLSTM: return weights + 11 * hiddenSize
    case .layerNormLSTM: return weights + 14 * hiddenSize
    case .deepTransition: return weights + 2 * hiddenSize + (transitionDepth - 1) * hiddenSize * (hiddenSize + 1)
    default: return hiddenSize  // likewise the least: a number for each unit
    }
  }

  /// Tensors of a cell's state.
  var stateCount: Int {
    switch self {
    case .lstm, .peepholeLSTM, .layerNormLSTM: 2
    default: 1
    }
  }
}
