import RecurrentLayers
import RecurrentTensors

/// A kind of network and its size.
struct NetworkShape: Sendable {
  /// The three ways, and two with gates.
  enum Kind: String, CaseIterable, Sendable {
    case wide = "tanh, wide"
    case deep = "tanh, 3 layers"
    case deepInTime = "tanh, 3 steps a step"
    case gatedWide = "LSTM, wide"
    case gatedDeep = "LSTM, 3 layers"

    var layers: Int { self == .deep || self == .gatedDeep ? 3 : 1 }
    var hasGates: Bool { self == .gatedWide || self == .gatedDeep }
  }

  let kind: Kind
  let units: Int

  /// One network of each kind, sized to have about `count` weights.
  static func all(near count: Int) -> [NetworkShape] {
    Kind.allCases.map { kind in
      var units = 4
      while NetworkShape(kind: kind, units: units + 1).weights(symbols: TextResult.symbols) <= count { units += 1 }
      return NetworkShape(kind: kind, units: units)
    }
  }

  /// The number of weights of a network that reads and writes `symbols` symbols.
  func weights(symbols: Int) -> Int {
    multiplications(symbols: symbols) + symbols * units + symbols
      + (kind == .deepInTime ? 4 : (kind.hasGates ? 8 : 2) * kind.layers) * units
  }

  /// Multiplications a step and sequence, forward: each weight of a product once; reading a symbol's row costs none.
  func multiplications(symbols: Int) -> Int {
    let gates = kind.hasGates ? 4 : 1
    let inner = kind == .deepInTime ? (1 + 3) * units * units : kind.layers * 2 * gates * units * units
    return inner + units * symbols
  }
}

/// A network of a shape that reads symbols and answers symbols: an embedding, recurrent layers, and scores.
struct SymbolNetwork: Module {
  typealias Scalar = Float

  var embedding: Embedding<Float>
  var rnn: Stacked<AnyCell<Float>>
  var output: Linear<Float>

  init(_ shape: NetworkShape, symbols: Int, using generator: inout RandomGenerator) {
    let units = shape.units
    embedding = Embedding(tokenCount: symbols, featureCount: units, initializer: .normal(standardDeviation: 0.3), using: &generator)
    rnn = Stacked(
      (0..<shape.kind.layers).map { _ -> AnyCell<Float> in
        switch shape.kind {
        case .wide, .deep: CellKind.elman.makeCell(inputSize: units, hiddenSize: units, using: &generator)
        case .deepInTime: CellKind.deepTransition.makeCell(inputSize: units, hiddenSize: units, transitionDepth: 3, using: &generator)
        case .gatedWide, .gatedDeep: CellKind.lstm.makeCell(inputSize: units, hiddenSize: units, using: &generator)
        }
      })
    output = Linear(inputSize: units, outputSize: symbols, using: &generator)
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor<Float>) {
    visitor.visit(&embedding, "embedding")
    visitor.visit(&rnn, "rnn")
    visitor.visit(&output, "output")
  }
}
