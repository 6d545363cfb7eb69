import Foundation
import Recurrent
import Testing

// The code of the article "Getting started", which `ArticleTests` keeps the same as what is compiled and run here.

// Data begins
/// A wave of a random period and phase, at each of `length` moments.
func wave(length: Int, using random: inout RandomGenerator) -> [Float] {
  let period = Float.random(in: 8..<20, using: &random), phase = Float.random(in: 0..<2 * .pi, using: &random)
  return (0..<length).map { sin(2 * .pi * Float($0) / period + phase) }
}

/// Series side by side, all of the same length.
struct WaveBatch: Sendable {
  let inputs, targets: Tensor<Float>  // [time, batch, 1]; the target of a moment is the value one moment later

  init(_ waves: [[Float]]) {
    func tensor(_ series: [[Float]]) -> Tensor<Float> {
      Tensor(shape: [series.count, series[0].count, 1], scalars: series.flatMap { $0 }).transposed(permutation: [1, 0, 2])
    }
    inputs = tensor(waves.map { Array($0.dropLast()) })
    targets = tensor(waves.map { Array($0.dropFirst()) })
  }
}

struct Waves: BatchSource {
  let waves: [[Float]]
  let order: LengthBatches  // which series are in which batch; a new order each epoch

  init(_ waves: [[Float]], batchSize: Int, seed: UInt64) {
    self.waves = waves
    order = LengthBatches(lengths: waves.map(\.count), batchSize: batchSize, seed: seed)
  }

  var stepsPerEpoch: Int { order.count }
  var identity: [String: String] { ["waves": "\(waves.count)"] }

  func batch(at step: Int, epoch: Int, shard: Shard) -> WaveBatch {
    WaveBatch(shard.part(of: order.batch(at: step, epoch: epoch)).map { waves[$0] })
  }
}
// Data ends

// Model begins
/// Says of each moment what the next value will be.
struct Predictor<Cell: InitializableCell>: Module where Cell.Scalar == Float {
  typealias Scalar = Float
  var rnn: Stacked<Cell>
  var output: Linear<Float>

  init(hiddenSize: Int, using random: inout RandomGenerator) {
    rnn = Stacked(inputSize: 1, hiddenSize: hiddenSize, layerCount: 1, using: &random)
    output = Linear(inputSize: hiddenSize, outputSize: 1, using: &random)
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor<Float>) {
    visitor.visit(&rnn, "rnn")
    visitor.visit(&output, "output")
  }

  /// From values `[time, batch, 1]` to predictions `[time, batch, 1]`.
  func callAsFunction(_ inputs: Tensor<Float>) -> Tensor<Float> { output(rnn(inputs).outputs) }
}
// Model ends

// Objective begins
struct SquaredError<Cell: InitializableCell>: Objective where Cell.Scalar == Float {
  let validation: WaveBatch

  func loss(
    of model: Predictor<Cell>, on batch: WaveBatch, from carried: NoCarriedState, using generator: inout RandomGenerator
  ) -> Loss<NoCarriedState> {
    Loss(meanSquaredError(model(batch.inputs), targets: batch.targets), units: batch.inputs.shape[1])
  }

  func evaluate(_ model: Predictor<Cell>, using generator: inout RandomGenerator) -> Evaluation {
    let loss = loss(of: model, on: validation, from: NoCarriedState(), using: &generator)
    return Evaluation(loss: Double(loss.value.scalar), units: loss.units)
  }
}
// Objective ends

@Suite struct GettingStartedTests {
  private static let file = FileManager.default.temporaryDirectory.appending(path: "predictor-\(UUID().uuidString).safetensors")

  private static func training(print: (Any...) -> Void) throws -> Predictor<LSTMCell<Float>> {
    // Training begins
    var random = RandomGenerator(seed: 1)
    let waves = (0..<500).map { _ in wave(length: 50, using: &random) }
    let validation = WaveBatch(Array(waves[400...]))

    var configuration = TrainingConfiguration()
    configuration.epochs = 10
    configuration.optimizer = .adam
    configuration.rate = 0.01
    configuration.clip = 1
    let trainer = Trainer(
      objective: SquaredError<LSTMCell<Float>>(validation: validation),
      source: Waves(Array(waves[..<400]), batchSize: 20, seed: 1), configuration: configuration)
    let result = try trainer.run(from: Predictor(hiddenSize: 32, using: &random)) { event in
      if case .epoch(let epoch) = event { print(epoch.epoch, epoch.trainingLoss, epoch.validation?.loss ?? .nan) }
    }
    let model = result.model  // the best by validation loss
    print("as before:", meanSquaredError(validation.inputs, targets: validation.targets).scalar)
    // Training ends
    return model
  }

  private static func saved(_ model: Predictor<LSTMCell<Float>>) throws -> Predictor<LSTMCell<Float>> {
    // Saving begins
    try saveModel(model, metadata: ["hidden": "32"], to: file)
    // Saving ends
    // Reading begins
    let stored = try SafetensorsFile(contentsOf: file)
    var anything = RandomGenerator(seed: 0)  // the numbers of the file take the place of those drawn here
    var same = Predictor<LSTMCell<Float>>(hiddenSize: Int(stored.metadata["hidden"] ?? "") ?? 32, using: &anything)
    try loadParameters(into: &same, from: stored)
    // Reading ends
    return same
  }

  private static func streamed<Cell>(_ model: Predictor<Cell>, _ lines: [String], print: (Any...) -> Void) {
    var lines = lines[...]
    func readLine() -> String? { lines.popFirst() }
    // Stream begins
    var stream = model.rnn.streaming()
    while let line = readLine(), let value = Float(line) {
      let hidden = stream.step(Tensor(shape: [1, 1], scalars: [value]))  // [1, 32]
      print(model.output(hidden).scalar)
    }
    // Stream ends
  }

  @Test func theModelLearnsIsReadBackAndAnswersValueByValue() throws {
    defer { try? FileManager.default.removeItem(at: Self.file) }
    var printed: [[Any]] = []
    let model = try Self.training { printed.append($0) }
    #expect(printed.count == 11)
    let loss = try #require(printed[9][2] as? Double), asBefore = try #require(printed[10][1] as? Float)
    #expect(loss < 0.05 * Double(asBefore), "\(loss), and \(asBefore) for the value before")

    let same = try Self.saved(model)
    #expect(zip(same.parameters, model.parameters).allSatisfy { $0.path == $1.path && $0.tensor.scalars == $1.tensor.scalars })

    var random = RandomGenerator(seed: 2)
    let values = wave(length: 30, using: &random)
    let whole = model(Tensor(shape: [30, 1, 1], scalars: values)).scalars
    var answers: [Float] = []
    Self.streamed(same, values.map { "\($0)" }) { answers += $0.compactMap { $0 as? Float } }
    #expect(answers.count == 30)
    for (answer, expected) in zip(answers, whole) { #expect(abs(answer - expected) < 1e-5) }
  }

  @Test func aCellOfOnesOwnTakesThePlaceOfTheLSTM() throws {
    var random = RandomGenerator(seed: 1)
    // Own begins
    var gated = Predictor<MinimalCell<Float>>(hiddenSize: 32, using: &random)
    // Own ends
    let batch = WaveBatch((0..<20).map { _ in wave(length: 50, using: &random) })
    var optimizer = Adam(for: gated)
    var losses: [Float] = []
    for _ in 0..<60 {
      let (loss, gradient) = valueAndGradient(at: gated) { meanSquaredError($0(batch.inputs), targets: batch.targets) }
      optimizer.update(&gated, along: gradient, rate: 0.01)
      losses.append(loss.scalar)
    }
    #expect(losses[59] < 0.2 * losses[0], "\(losses[0]) to \(losses[59])")
    var answers: [Float] = []
    Self.streamed(gated, ["0.5", "0.7", "no number"]) { answers += $0.compactMap { $0 as? Float } }
    let whole = gated(Tensor(shape: [2, 1, 1], scalars: [0.5, 0.7])).scalars
    #expect(answers.count == 2 && zip(answers, whole).allSatisfy { abs($0 - $1) < 1e-5 })
  }
}
