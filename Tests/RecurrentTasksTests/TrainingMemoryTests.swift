import AllocationCounter
import RecurrentData
import RecurrentLayers
import RecurrentTasks
import RecurrentTensors
import RecurrentTraining
import Testing

/// What a training step asks of memory.
@Suite struct TrainingMemoryTests {
  /// A language model with all that takes memory: dropout of every kind, clipping, Adam, two layers.
  private static func makeStep() throws -> (step: () -> Void, stepsPerEpoch: Int) {
    var configuration = LanguageModelConfiguration()
    (configuration.hidden, configuration.embedding, configuration.layers) = (96, 64, 2)
    (configuration.dropout, configuration.dropoutEmbedding) = (0.2, 0.1)
    var training = TrainingConfiguration()
    (training.batch, training.steps) = (20, 30)
    let text = (0..<20_000).map { String(UnicodeScalar(UInt8(97 + $0 * $0 % 26))) }.joined()
    let corpus = try TextCorpus(
      text: text, name: "letters", tokenizer: Tokenizer(.characters, lowercases: false), minimumCount: 1,
      fractions: SplitFractions(train: 0.9, validation: 0.1, test: 0))
    var generator = RandomGenerator(seed: 1)
    var model = LanguageModel(configuration, vocabularyCount: corpus.codec.vocabulary.count, using: &generator)
    let objective = try LanguageModelObjective(corpus: corpus, configuration: training)
    let windows = try TextWindows(corpus: corpus, batchSize: training.batch, steps: training.steps)
    var adam = Adam(for: model)
    var carried = objective.initialCarried(for: model, on: windows.batch(at: 0, epoch: 0, shard: .whole))
    var step = 0
    func takeStep() {
      let previous = carried
      var gradient: LanguageModel
      (_, gradient, carried) = valueAndGradient(at: model) { model in
        let window = windows.batch(at: step, epoch: 0, shard: .whole)
        let result = objective.loss(of: model, on: window, from: previous, using: &generator)
        return (result.value, result.carried.detached())
      }
      let clipped = GradientClipping.norm(1).factor(for: &gradient)
      adam.update(&model, along: gradient, scale: clipped.scale, rate: 1e-3)
      step = (step + 1) % windows.stepsPerEpoch
    }
    return (takeStep, windows.stepsPerEpoch)
  }

  /// In a process of its own: other tests allocate at the same time.
  @Test(.enabled(if: allocation_counter_is_available()))
  func aStepTakesNoMemoryAfterTheFirst() async {
    await #expect(processExitsWith: .success) {
      let (step, stepsPerEpoch) = try Self.makeStep()
      let before = large_allocation_count()
      step()
      #expect(large_allocation_count() > before, "the counter does not count")
      step()  // from here on the state that was handed on is held beside the new one
      let second = large_allocation_count()
      for _ in 0..<stepsPerEpoch - 3 { step() }
      #expect(large_allocation_count() == second, "\(large_allocation_count() - second) blocks in an epoch")
      step()  // the last window is shorter
      let after = large_allocation_count()
      for _ in 0..<50 { step() }
      #expect(large_allocation_count() == after, "\(large_allocation_count() - after) blocks in 50 steps")
    }
  }
}
