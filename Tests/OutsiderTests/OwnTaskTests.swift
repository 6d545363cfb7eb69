import Foundation
import Recurrent
import Testing

extension Balancing {
  /// The reader: a line of a file is a sequence of numbers between blanks.
  struct Sequence: Example {
    static let nouns = (one: "sequence", many: "sequences")

    let numbers: [Float]
    var isAbove: Bool { numbers.reduce(0, +) > 0 }

    var content: ContentHash {
      var hasher = ContentHasher()
      for number in numbers { hasher.add(Double(number)) }
      return hasher.hash
    }

    init?(line: some StringProtocol) {
      let words = line.split(separator: " ")
      numbers = words.compactMap { Float($0) }
      if numbers.isEmpty || numbers.count < words.count { return nil }
    }

    static func read(_ url: URL) throws -> [Sequence] {
      try String(contentsOf: url, encoding: .utf8).split(separator: "\n").enumerated().map { index, line in
        guard let sequence = Sequence(line: line) else { throw DataError(url.path, line: index + 1, "is no sequence of numbers") }
        return sequence
      }
    }
  }
}

/// The model: a recurrent network, and a score of its last state.
struct Balance: Module {
  typealias Scalar = Float
  var rnn: Stacked<AnyCell<Float>>
  var output: Linear<Float>

  init(_ settings: RecurrentSettings, using generator: inout RandomGenerator) {
    rnn = settings.makeLayers(inputSize: 1, using: &generator)
    output = Linear(inputSize: settings.hidden, outputSize: 1, using: &generator)
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor<Float>) {
    visitor.visit(&rnn, "rnn")
    visitor.visit(&output, "output")
  }

  /// The logits of `[time, batch, 1]`, `[batch]`.
  func callAsFunction(_ inputs: Tensor<Float>, lengths: [Int]) -> Tensor<Float> {
    let sums = rnn(inputs, lengths: lengths).outputs.sum(alongAxes: 0)  // [batch, hidden]
    return output(sums).reshaped(to: [lengths.count])
  }
}

/// A task that is written outside the package, with public names alone.
@Suite struct OwnTaskTests {
  private static let tasks = TaskRegistry.standard.adding(Balancing.self)

  private static func withData<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let directory = FileManager.default.temporaryDirectory.appending(path: "outsider-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    var generator = RandomGenerator(seed: 9)
    let lines = (0..<240).map { _ in (0..<Int.random(in: 3...7, using: &generator)).map { _ in "\(Int.random(in: -9...9, using: &generator))" } }
    try Data(lines.map { $0.joined(separator: " ") + "\n" }.joined().utf8).write(to: directory.appending(path: "numbers.txt"))
    return try body(directory)
  }

  private static func prepared(_ directory: URL) throws -> PreparedRun<Balancing> {
    let yaml = "task: balancing\nmodel:\n  cell: gru\ntraining:\n  epochs: 12\n  batch: 16\n  rate: 0.02\n"
    let recipe = try Recipe(yaml: yaml, name: "balancing", origin: "balancing.yaml", tasks: tasks)
    return try Balancing.prepare(RunSettings(recipe), from: .path(directory.appending(path: "numbers.txt").path))
  }

  @Test func itIsTrainedMeasuredAskedAndStored() throws {
    try Self.withData { directory in
      let run = try Self.prepared(directory)
      let trained = try run.trained(run.trainer(directory: directory.appending(path: "run")).run(from: run.model))
      let request = EvaluationRequest(source: .path(directory.appending(path: "numbers.txt").path))
      let score = try trained.evaluate(request)
      #expect(score.part == .part(.validation) && (40...80).contains(score.count))
      #expect(score.right > score.count * 9 / 10, "\(score.report.text)")

      // From its file, by a program that knows the task, and by one that does not.
      let file = directory.appending(path: "run/model.safetensors")
      let stored = try #require(try StoredModel(contentsOf: file, tasks: Self.tasks).trained() as? Trained<Balancing>)
      #expect(try stored.evaluate(request).right == score.right)
      #expect(stored.inspection.network == "8 units")
      #expect(throws: StoredModelError.self) { try StoredModel(contentsOf: file) }
      let copy = directory.appending(path: "copy.safetensors")
      try trained.save(to: copy)
      #expect(try Trained<Balancing>(contentsOf: copy).evaluate(request).right == score.right)

      // Options: its own is taken, another task's is refused with a sentence.
      var doubled = request
      doubled.options[Balancing.doubled] = ""
      #expect(try trained.evaluate(doubled).count == score.count)
      var weighted = request
      weighted.options[.weights] = "bfloat16"
      let error = #expect(throws: EvaluationError.self) { try trained.evaluate(weighted) }
      #expect(error?.description == "--weights is for language models; leave it out for a balancing model")

      var probabilities: [String] = []
      try trained.predict(PredictionRequest(inputs: ["9 9 9", "-9 -9 -9"])) { probabilities += $0.lines }
      #expect(Double(probabilities[0]) ?? 0 > 0.9 && Double(probabilities[1]) ?? 1 < 0.1)
      #expect(throws: PredictionError.self) { try trained.predict(PredictionRequest(inputs: ["nine"])) { _ in } }
    }
  }

  @Test func aStoppedRunGoesOnToTheSameBits() throws {
    try Self.withData { directory in
      func run(_ name: String, stoppingAt step: Int?, resuming: Bool) throws {
        let run = try Self.prepared(directory)
        let interruption = Interruption()
        _ = try run.trainer(directory: directory.appending(path: name), interruption: interruption).run(from: run.model, resuming: resuming) {
          if case .step(let done) = $0, done.globalStep == step { interruption.request() }
        }
      }
      try run("whole", stoppingAt: nil, resuming: false)
      try run("parts", stoppingAt: 17, resuming: false)
      try run("parts", stoppingAt: nil, resuming: true)
      for name in ["model.safetensors", "checkpoint.safetensors"] {
        #expect(
          try Data(contentsOf: directory.appending(path: "whole/\(name)")) == Data(contentsOf: directory.appending(path: "parts/\(name)")))
      }
    }
  }

  /// What an outsider may use: the package by its public names. The task, beside its model and its reader, is at most 150 lines.
  @Test func onlyPublicNamesAreUsed() throws {
    let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    for file in try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil) {
      let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
      let imports = lines.filter { $0.contains("import ") && !$0.contains("\"") && !$0.hasPrefix("//") && !$0.hasPrefix("  ") }
      #expect(imports.allSatisfy { ["import Recurrent", "import Foundation", "import Testing"].contains($0) }, "\(file.lastPathComponent)")
      if file.lastPathComponent == "OwnTask.swift" { #expect(lines.count <= 150, "\(lines.count) lines") }
    }
  }
}
