import Foundation
import Recurrent

/// A task of one's own: says whether the sum of a sequence of numbers is above zero.
enum Balancing: RecipeTask {
  struct DataConfiguration: Configuration {
    @Setting(0...0.9, "Share of the sequences that is held out for validation.") var validation = 0.25
  }

  struct ModelConfiguration: RecurrentConfiguration {
    @Inlined var recurrent = RecurrentSettings { $0.hidden = 8 }
  }

  struct Artifacts: Codable, Sendable {
    /// What the numbers are divided by.
    let scale: Float
  }

  typealias Goal = BalanceObjective

  static var name: String { "balancing" }
  static var summary: String { "says whether the sum of a sequence of numbers is above zero" }
  static var verbs: [TaskVerb] { [TaskVerb("predict", example: "\"1 -2 3\"")] }
  static var evaluationOptions: [EvaluationOption] { [doubled] }
  static let doubled = EvaluationOption("doubled", for: "balancing")

  static func parts(_ source: DataSource, _ data: DataConfiguration) throws -> Parts<[Sequence]> {
    try Parts(
      source, directory: { try Splits.files(in: $0, extensions: ["txt"]).mapValues { try Sequence.read($0) } },
      file: { try Sequence.read($0) }, holdingOut: { Splits.byContent($0.contents, fractions: .holdingOut(data.validation), seed: 0) }
    ) { part in "add a file \(part.rawValue).txt" }
  }

  static func prepare(_ settings: RunSettings<Self>, from source: DataSource) throws -> PreparedRun<Self> {
    let parts = try parts(source, settings.data)
    let (train, validation) = (try parts.part(.train), try parts.part(.validation))
    let scale = train.flatMap(\.numbers).map(abs).max() ?? 1
    return try PreparedRun(
      settings, objective: BalanceObjective(validation: Batch(validation, scale: scale)),
      source: Source(train, scale: scale, batchSize: settings.training.batch, seed: settings.seed), artifacts: Artifacts(scale: scale),
      trainedOn: parts.trainedOn,
      memory: (MemoryEstimate(parameterCount: 0, activationCount: 0), "model.hidden"),
      words: RunDescription(recipe: settings.name, rateUnit: "sequences/s"))
  }

  static func model(_ settings: ModelSettings<Self>, _ artifacts: Artifacts, using generator: inout RandomGenerator) -> Balance {
    Balance(settings.model.recurrent, using: &generator)
  }

  // MARK: Training

  struct Batch: Sendable {
    let (inputs, targets): (Tensor<Float>, Tensor<Float>)
    let lengths: [Int]

    init(_ sequences: [Sequence], scale: Float, doubled: Bool = false) {
      let (time, factor) = (sequences.map(\.numbers.count).max() ?? 0, (doubled ? 2 : 1) / scale)
      var scalars = [Float](repeating: 0, count: time * sequences.count)
      for (column, sequence) in sequences.enumerated() {
        for (step, number) in sequence.numbers.enumerated() { scalars[step * sequences.count + column] = number * factor }
      }
      inputs = Tensor(shape: [time, sequences.count, 1], scalars: scalars)
      targets = Tensor(shape: [sequences.count], scalars: sequences.map { $0.isAbove ? 1 : 0 })
      lengths = sequences.map(\.numbers.count)
    }
  }

  struct Source: BatchSource {
    let (sequences, scale, batches): ([Sequence], Float, LengthBatches)
    var stepsPerEpoch: Int { batches.count }
    var identity: [String: String] { ["sequences": "\(sequences.count)"] }

    init(_ sequences: [Sequence], scale: Float, batchSize: Int, seed: UInt64) {
      (self.sequences, self.scale) = (sequences, scale)
      batches = LengthBatches(lengths: sequences.map(\.numbers.count), batchSize: batchSize, seed: seed)
    }

    func batch(at step: Int, epoch: Int, shard: Shard) -> Batch {
      Batch(shard.part(of: batches.batch(at: step, epoch: epoch)).map { sequences[$0] }, scale: scale)
    }
  }

  struct BalanceObjective: Objective {
    let validation: Batch

    func loss(
      of model: Balance, on batch: Batch, from carried: NoCarriedState, using generator: inout RandomGenerator
    ) -> Loss<NoCarriedState> {
      Loss(binaryCrossEntropy(logits: model(batch.inputs, lengths: batch.lengths), targets: batch.targets), units: batch.lengths.count)
    }

    func evaluate(_ model: Balance, using generator: inout RandomGenerator) -> Evaluation {
      let loss = loss(of: model, on: validation, from: NoCarriedState(), using: &generator)
      return Evaluation(loss: Double(loss.value.scalar), units: loss.units)
    }
  }

  // MARK: Measuring and asking

  struct Score: TaskScore {
    let part: MeasuredPart
    let overlap: TrainingOverlap?
    let (right, count): (Int, Int)

    var report: EvaluationReport {
      var report = EvaluationReport(part: part)
      report.add("accuracy", label: "accuracy", .number(Double(right) / Double(count)), text: "\(right) of \(count)")
      return report
    }
  }

  static func evaluate(_ trained: Trained<Self>, on request: EvaluationRequest) throws -> Score {
    let measured = try request.examples(
      for: trained, whole: { try Sequence.read(request.source.url()) }, parts: { try parts(request.source, trained.settings.data) })
    let batch = Batch(measured.examples, scale: trained.artifacts.scale, doubled: request.options[doubled] != nil)
    let logits = trained.model(batch.inputs, lengths: batch.lengths).scalars
    let right = zip(logits, batch.targets.scalars).count { ($0 > 0) == ($1 > 0.5) }
    return Score(part: measured.part, overlap: measured.overlap, right: right, count: logits.count)
  }

  static func inspection(of trained: Trained<Self>) -> ModelInspection {
    ModelInspection(network: "\(trained.settings.model.hidden) units", lines: [("scale", "\(trained.artifacts.scale)")])
  }

  static func predict(_ request: PredictionRequest, by trained: Trained<Self>, _ body: (Prediction) throws -> Void) throws {
    for input in request.inputs {
      guard let sequence = Sequence(line: input) else { throw PredictionError("\(input): is no sequence of numbers") }
      let batch = Batch([sequence], scale: trained.artifacts.scale)
      let probability = Double(trained.model(batch.inputs, lengths: batch.lengths).sigmoid().scalars[0])
      try body(Prediction(lines: ["\(probability)"], members: [("probability", .number(probability))]))
    }
  }
}
