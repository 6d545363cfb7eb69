import RecurrentLayers
import RecurrentTensors
import Testing

/// The initializers against the formulas of their papers, and the default initialization of cells.
@Suite struct InitializationTests {
  private func moments(_ initializer: Initializer, rows: Int, columns: Int) -> (
    mean: Double, variance: Double, largest: Double
  ) {
    var generator = RandomGenerator(seed: 3)
    let values = initializer.matrix(Double.self, rows: rows, columns: columns, using: &generator).scalars
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    return (mean, variance, values.map { abs($0) }.max() ?? 0)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let initializer: Initializer
    let variance: Double
    let bound: Double?
    var testDescription: String { "\(initializer)" }
  }

  /// For matrices [300, 200]: 200 in, 300 out.
  static let cases = [
    Case(initializer: .glorotUniform, variance: 2 / 500, bound: (6.0 / 500).squareRoot()),
    Case(initializer: .glorotNormal, variance: 2 / 500, bound: nil),
    Case(initializer: .heUniform, variance: 2 / 200, bound: (6.0 / 200).squareRoot()),
    Case(initializer: .heNormal, variance: 2 / 200, bound: nil),
    Case(initializer: .lecunNormal, variance: 1 / 200, bound: nil),
    Case(initializer: .uniform(bound: 0.3), variance: 0.03, bound: 0.3),
    Case(initializer: .normal(standardDeviation: 0.2), variance: 0.04, bound: nil),
    Case(initializer: .inverseSquareRoot, variance: 1 / 600, bound: (1.0 / 200).squareRoot()),
  ]

  @Test(arguments: cases)
  func hasThePapersMoments(_ example: Case) {
    let (mean, variance, largest) = moments(example.initializer, rows: 300, columns: 200)
    #expect(abs(mean) < 4 * (example.variance / 60_000).squareRoot())
    #expect(abs(variance / example.variance - 1) < 0.03)
    if let bound = example.bound {
      #expect(largest <= bound && largest > 0.99 * bound)
    } else {
      #expect(largest > 3.5 * example.variance.squareRoot())
    }
  }

  @Test(arguments: [(20, 20), (30, 12), (12, 30), (1, 5), (1, 1)])
  func orthogonalMatricesAre(rows: Int, columns: Int) {
    var generator = RandomGenerator(seed: 3)
    let matrix = Initializer.orthogonal(gain: 2).matrix(
      Double.self, rows: rows, columns: columns, using: &generator)
    let product =
      rows <= columns
      ? matmul(matrix, matrix, transposingSecond: true) : matmul(matrix, matrix, transposingFirst: true)
    #expect(relativeDifference(product, Tensor(identity: min(rows, columns)) * 4) < 1e-13)
  }

  @Test func constantsAreThemselves() {
    var generator = RandomGenerator(seed: 3)
    let zeros = Initializer.zeros.matrix(Float.self, rows: 2, columns: 3, using: &generator)
    #expect(zeros == Tensor(zeros: [2, 3]))
    let sevens = Initializer.constant(7).matrix(Float.self, rows: 2, columns: 3, using: &generator)
    #expect(sevens == Tensor(repeating: 7, shape: [2, 3]))
    let identity = Initializer.identity(scale: 0.5).matrix(Float.self, rows: 2, columns: 3, using: &generator)
    #expect(identity == Tensor(shape: [2, 3], scalars: [0.5, 0, 0, 0, 0.5, 0]))
  }

  @Test func namesFindTheirInitializers() {
    for name in Initializer.names { #expect(Initializer(name: name) != nil, "\(name)") }
    #expect(Initializer(name: "xavier") == nil)
    #expect(Initializer(name: "uniform", scale: 0.04) == .uniform(bound: 0.04))
    #expect(Initializer(name: "orthogonal") == .orthogonal(gain: 1))
  }

  @Test func sameSeedSameParameters() {
    func make(_ seed: UInt64) -> [Tensor<Float>] {
      var generator = RandomGenerator(seed: seed)
      return LSTMCell<Float>(inputSize: 3, hiddenSize: 4, using: &generator).parameters.map(\.tensor)
    }
    #expect(make(1) == make(1))
    #expect(make(1) != make(2))
  }

  /// The forget gate is open, by one of the two biases alone: their sum is 1.
  @Test(arguments: [CellKind.lstm, .peepholeLSTM, .layerNormLSTM])
  func forgetGateStartsOpen(_ kind: CellKind) {
    var generator = RandomGenerator(seed: 1)
    let cell: AnyCell<Float> = kind.makeCell(inputSize: 3, hiddenSize: 2, using: &generator)
    let biases = Dictionary(uniqueKeysWithValues: cell.parameters.map { ($0.path, $0.tensor) })
    #expect(biases["bias_ih"]?.scalars == [0, 0, 1, 1, 0, 0, 0, 0])
    #expect(biases["bias_hh"]?.scalars ?? Array(repeating: 0, count: 8) == Array(repeating: 0, count: 8))
  }

  @Test func otherForgetBiases() {
    var generator = RandomGenerator(seed: 1)
    let cell = LSTMCell<Float>(
      inputSize: 3, hiddenSize: 1, initialization: CellInitialization(bias: .constant(3), forgetBias: 5),
      using: &generator)
    #expect(cell.inputBias.scalars == [3, 5, 3, 3])
    #expect(cell.recurrentBias.scalars == [3, 0, 3, 3])
    let pyTorch = LSTMCell<Float>(inputSize: 3, hiddenSize: 4, initialization: .pyTorch, using: &generator)
    for parameter in pyTorch.parameters {
      #expect(parameter.tensor.scalars.allSatisfy { abs($0) <= 0.5 && $0 != 0 })
    }
  }

  /// Each gate's block is orthogonal by itself.
  @Test func gatesAreDrawnOneByOne() {
    var generator = RandomGenerator(seed: 1)
    let cell = GRUCell<Double>(
      inputSize: 3, hiddenSize: 6, initialization: CellInitialization(recurrentWeight: .orthogonal(gain: 1)),
      using: &generator)
    for gate in cell.recurrentWeight.split(count: 3) {
      #expect(relativeDifference(matmul(gate, gate, transposingSecond: true), Tensor(identity: 6)) < 1e-13)
    }
  }

  /// An IRNN with zero input passes its state on unchanged.
  @Test func identityNetworkRemembers() {
    var generator = RandomGenerator(seed: 1)
    let cell = ElmanCell<Float>(
      inputSize: 2, hiddenSize: 3, activation: .relu, initialization: .identity(), using: &generator)
    let state = HiddenState(hidden: Tensor<Float>(shape: [1, 3], scalars: [0.5, 2, 7]))
    let (_, last) = cell.run(Tensor(zeros: [100, 1, 2]), from: state)
    #expect(last.hidden == state.hidden)
  }
}
