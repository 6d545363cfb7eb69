import RecurrentLayers
import RecurrentTensors

/// How a network of the experiment begins (Pascanu, Mikolov and Bengio 2013, section 4.1).
enum OrderStart: String, CaseIterable, Sendable {
  /// Logistic units, every weight normal with deviation 0.01.
  case sigmoid
  /// Tanh units, every weight normal with deviation 0.1.
  case basicTanh = "basic tanh"
  /// Tanh units; 15 recurrent weights a unit are not zero, and scaled so that the spectral radius is 0.95; the others normal
  /// with deviation 0.01.
  case smartTanh = "smart tanh"
}

/// The recurrent network of the experiment: `x(t) = W f(x(t-1)) + U u(t) + b`, and four classes from the last state.
struct OrderNetwork: Module {
  typealias Scalar = Float

  let isLogistic: Bool
  /// `U` `[units, 6]`.
  var inputWeight: Tensor<Float>
  /// `W` `[units, units]`.
  var recurrentWeight: Tensor<Float>
  /// `b` `[units]`.
  var bias: Tensor<Float>
  var output: Linear<Float>

  /// A cell with a kernel, whose parameters are replaced at each run.
  private let kernel: ElmanCell<Float>

  init(_ start: OrderStart, units: Int, using generator: inout RandomGenerator) {
    isLogistic = start == .sigmoid
    let deviation = start == .basicTanh ? 0.1 : 0.01
    func normal(_ rows: Int, _ columns: Int) -> Tensor<Float> {
      Initializer.normal(standardDeviation: deviation).matrix(rows: rows, columns: columns, using: &generator)
    }
    inputWeight = normal(units, OrderBatch.symbolCount)
    recurrentWeight = start == .smartTanh ? Self.sparse(units, using: &generator) : normal(units, units)
    bias = Tensor(zeros: [units])
    output = Linear(weight: normal(4, units), bias: Tensor(zeros: [4]))
    kernel = ElmanCell(inputSize: OrderBatch.symbolCount, hiddenSize: units, activation: .tanh, using: &generator)
  }

  /// A matrix with 15 entries a row that are not zero, of spectral radius 0.95.
  private static func sparse(_ units: Int, using generator: inout RandomGenerator) -> Tensor<Float> {
    var values = [Double](repeating: 0, count: units * units)
    for row in 0..<units {
      for column in Array(0..<units).shuffled(using: &generator).prefix(15) { values[row * units + column] = generator.normal() }
    }
    let radius = RecurrentMatrix.spectralRadius(values, units)
    return Tensor(shape: [units, units], converting: values.map { $0 * 0.95 / radius })
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor<Float>) {
    visitor.visit(&inputWeight, "weight_ih")
    visitor.visit(&recurrentWeight, "weight_hh")
    visitor.visit(&bias, "bias_ih")
    visitor.visit(&output, "output")
  }

  /// The states `f(x)` after every step, `[time, batch, units]`, on the kernel of the tanh network: the logistic function is
  /// `(1 + tanh(x / 2)) / 2`.
  func states(_ inputs: Tensor<Float>) -> Tensor<Float> {
    var cell = kernel
    let units = bias.count
    cell.recurrentBias = Tensor(zeros: [units])
    guard isLogistic else {
      (cell.inputWeight, cell.recurrentWeight, cell.inputBias) = (inputWeight, recurrentWeight, bias)
      return cell.run(inputs).outputs
    }
    cell.inputWeight = inputWeight * 0.5
    cell.recurrentWeight = recurrentWeight * 0.25
    cell.inputBias = bias * 0.5 + recurrentWeight.sum(alongAxes: 1) * 0.25
    // The first state is f = 0 and not 1/2 there: tanh = -1.
    let start = HiddenState(hidden: Tensor<Float>(repeating: -1, shape: [inputs.shape[1], units]))
    return cell.run(inputs, from: start).outputs * 0.5 + 0.5
  }

  /// The scores of the classes `[batch, 4]`, from states.
  func scores(_ states: Tensor<Float>) -> Tensor<Float> { output(states.index(states.shape[0] - 1)) }

  /// The share of sequences that it gets wrong.
  func errorRate(_ batch: OrderBatch) -> Double {
    let answers = scores(states(batch.inputs)).indexOfMaximum(alongAxis: 1).scalars
    return Double(zip(answers, batch.labels.scalars).count { $0 != $1 }) / Double(answers.count)
  }
}

/// Sequences of the temporal-order problem, as Pascanu et al. have it: of six symbols, four say nothing; one of A and B stands
/// in the second tenth, and another in the fifth; their order is the class.
struct OrderBatch: Sendable {
  static let symbolCount = 6
  /// `[time, batch, 6]`.
  let inputs: Tensor<Float>
  /// `[batch]`.
  let labels: IndexTensor

  init(length: Int, count: Int, using generator: inout RandomGenerator) {
    var inputs = InputBuffer(time: length, batch: count, input: Self.symbolCount)
    var labels: [Int32] = []
    for index in 0..<count {
      let places = [
        generator.whole(length / 10...max(length / 10, length / 5 - 1)),
        generator.whole(2 * length / 5...max(2 * length / 5, length / 2 - 1)),
      ]
      let kinds = [generator.whole(0...1), generator.whole(0...1)]
      for step in 0..<length {
        let symbol = step == places[0] ? kinds[0] : step == places[1] ? kinds[1] : generator.whole(2...5)
        inputs[step, index, symbol] = 1
      }
      labels.append(Int32(2 * kinds[0] + kinds[1]))
    }
    self.inputs = inputs.tensor
    self.labels = IndexTensor(shape: [count], scalars: labels)
  }
}
