import Foundation
import RecurrentLayers
import RecurrentTensors
import RecurrentTraining

/// Two parameters of four and two elements, the smallest thing to optimize.
struct Pair<Scalar: TensorScalar>: Module {
  var first: Tensor<Scalar>
  var second: Tensor<Scalar>

  init(_ first: [Double], _ second: [Double]) {
    self.first = Tensor(shape: [first.count], scalars: first.map { Scalar($0) })
    self.second = Tensor(shape: [second.count], scalars: second.map { Scalar($0) })
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&first, "first")
    visitor.visit(&second, "second")
  }

  var values: [Double] { (first.scalars + second.scalars).map { Double($0) } }
}

/// A recurrent regression small enough to train in milliseconds: h = tanh(x W + h U + b), y = h V.
struct TinyRecurrent: Module {
  typealias Scalar = Float

  var input: Tensor<Float>
  var recurrent: Tensor<Float>
  var bias: Tensor<Float>
  var output: Tensor<Float>

  init(hidden: Int = 8, seed: UInt64 = 7) {
    var generator = RandomGenerator(seed: seed)
    input = Tensor(uniform: -0.4...0.4, shape: [3, hidden], using: &generator)
    recurrent = Tensor(uniform: -0.4...0.4, shape: [hidden, hidden], using: &generator)
    bias = Tensor(zeros: [hidden])
    output = Tensor(uniform: -0.4...0.4, shape: [hidden, 1], using: &generator)
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor<Float>) {
    visitor.visit(&input, "rnn.weight_ih")
    visitor.visit(&recurrent, "rnn.weight_hh")
    visitor.visit(&bias, "rnn.bias")
    visitor.visit(&output, "output.weight")
  }

  func step(_ x: Tensor<Float>, _ h: Tensor<Float>) -> Tensor<Float> {
    (matmul(x, input) + matmul(h, recurrent) + bias).tanh()
  }
}

/// A stream of random inputs whose target is a sum over the last two; steps carry the state, and dropout draws numbers.
struct TinyTask: Objective, BatchSource {
  /// Three time steps of inputs `[batch, 3]`, and the number of the step in the run.
  struct Batch {
    var inputs: [Tensor<Float>]
    var global: Int
  }

  var stepsPerEpoch = 12
  var batch = 4
  var hidden = 8
  var dataSeed: UInt64 = 99
  /// What happens at a global step (counted from 0), beside the loss.
  var failure: Failure?
  /// Validation losses by evaluation, instead of measured ones.
  var scripted: [Double]?
  /// Whether the model with the highest loss is the best, as if the loss were an accuracy.
  var prefersHighLoss = false
  /// Whether validation losses jump up and down, though the same for the same model.
  var isNoisy = false
  let evaluations = Counter()
  /// Where the weights of evaluated models lie.
  let addresses = Addresses()

  enum Failure { case crash(step: Int), nan(step: Int), infiniteGradient(step: Int) }
  struct Crash: Error {}

  var identity: [String: String] { ["data": "\(dataSeed)"] }

  func initialCarried(for model: TinyRecurrent, on batch: Batch) -> HiddenState<Float> {
    HiddenState(hidden: Tensor(zeros: [batch.inputs[0].shape[0], hidden]))
  }

  func batch(at step: Int, epoch: Int, shard: Shard) throws -> Batch {
    let global = epoch * stepsPerEpoch + step
    if case .crash(global)? = failure { throw Crash() }
    var data = RandomGenerator(seed: dataSeed).split(global)
    let rows = shard.range(of: batch)
    let inputs = (0..<3).map { _ in Tensor<Float>(uniform: -1...1, shape: [batch, 3], using: &data).sliced(rows) }
    return Batch(inputs: inputs, global: global)
  }

  func loss(
    of model: TinyRecurrent, on batch: Batch, from carried: HiddenState<Float>, using generator: inout RandomGenerator
  ) throws -> Loss<HiddenState<Float>> {
    let global = batch.global
    var hidden = carried.hidden
    var total = Tensor<Float>(0)
    for x in batch.inputs {
      hidden = model.step(x, hidden)
      let mask = Tensor<Float>(dropoutMask: 0.9, shape: hidden.shape, using: &generator)
      let prediction = matmul(hidden * mask, model.output)
      total = total + meanSquaredError(prediction, targets: x.sum(alongAxes: 1, keepingAxes: true))
    }
    switch failure {
    case .nan(global)?: total = total * Float.nan
    case .infiniteGradient(global)?:
      total = total + (model.bias.sum() - model.bias.sum()).squareRoot()  // the slope of a root at 0
    default: break
    }
    return Loss(total * (1 / 3), carried: HiddenState(hidden: hidden), units: 3 * batch.inputs[0].shape[0])
  }

  func evaluate(_ model: TinyRecurrent, using generator: inout RandomGenerator) throws -> Evaluation {
    let index = evaluations.next()
    addresses.add(model)
    if let scripted { return Evaluation(loss: scripted[index % scripted.count], units: 1) }
    var data = RandomGenerator(seed: dataSeed).split("validation")
    var hidden = Tensor<Float>(zeros: [batch, self.hidden])
    var total = 0.0
    for _ in 0..<20 {
      let x = Tensor<Float>(uniform: -1...1, shape: [batch, 3], using: &data)
      hidden = model.step(x, hidden)
      let target = x.sum(alongAxes: 1, keepingAxes: true)
      total += Double(meanSquaredError(matmul(hidden, model.output), targets: target).scalar)
    }
    if isNoisy {
      let bits = model.parameters.flatMap(\.tensor.scalars).reduce(UInt64(0)) { $0 &* 31 &+ UInt64($1.bitPattern) }
      var noise = RandomGenerator(seed: bits)
      total = total.squareRoot().squareRoot() * (0.1 + 1.8 * noise.uniform())
    }
    return Evaluation(loss: total / 20, units: 20 * batch, metrics: ["root": (total / 20).squareRoot()])
  }

  func score(of evaluation: Evaluation) -> Double { prefersHighLoss ? -evaluation.loss : evaluation.loss }

  func samples(from model: TinyRecurrent, using generator: inout RandomGenerator) -> [Sample] {
    [.text("\(generator.next()) \(model.output.scalars[0])")]
  }
}

extension TinyTask {
  func evaluate(_ model: TinyRecurrent) throws -> Evaluation {
    var generator = RandomGenerator(seed: 1)
    return try evaluate(model, using: &generator)
  }
}

/// Counts calls from inside a value.
final class Counter: @unchecked Sendable {  // each test uses its own from one thread
  private var count = 0
  func next() -> Int {
    defer { count += 1 }
    return count
  }
}

/// The memory that models lay in when it was asked.
final class Addresses: @unchecked Sendable {  // each test uses its own from one thread
  private(set) var seen: [[UInt]] = []

  func add<M: Module>(_ model: M) {
    seen.append(model.parameters.map { $0.tensor.withUnsafeScalars { UInt(bitPattern: $0.baseAddress) } })
  }
}

extension Module {
  /// Whether all parameters have the same bits.
  func isBitwiseEqual(to other: Self) -> Bool {
    let (a, b) = (parameters, other.parameters)
    return a.count == b.count && zip(a, b).allSatisfy { $0.path == $1.path && $0.tensor.isBitwiseEqual(to: $1.tensor) }
  }
}

/// Calls `body` with a new directory and removes it afterwards.
func withTemporaryDirectory<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let url = FileManager.default.temporaryDirectory.appendingPathComponent("recurrent-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: url) }
  return try body(url)
}

extension Trainer<TinyTask> {
  /// A trainer of a task that is objective and source in one.
  init(
    task: TinyTask, configuration: TrainingConfiguration, seed: UInt64 = 1, directory: URL? = nil, modelMetadata: [String: String] = [:],
    checkpoints: CheckpointInterval = CheckpointInterval(), metricsInterval: Int = 10, gradients: GradientRecording = GradientRecording(),
    interruption: Interruption? = nil, exchange: (any GradientExchange)? = nil, prefetching: Int = 2
  ) {
    self.init(
      objective: task, source: task, configuration: configuration, seed: seed, directory: directory, modelMetadata: modelMetadata,
      checkpoints: checkpoints, metricsInterval: metricsInterval, gradients: gradients, interruption: interruption, exchange: exchange,
      prefetching: prefetching)
  }
}
