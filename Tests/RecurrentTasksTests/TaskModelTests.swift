import RecurrentLayers
import RecurrentTensors
import RecurrentTestSupport
import RecurrentTraining
import Testing

@testable import RecurrentTasks

/// The models of all tasks, in the variants that recipes can name. Visitors reach all of a model: what they miss is neither trained nor saved.
/// And the estimate of memory counts exactly its parameters: sizes with a digit too many are refused before it is made.
@Suite struct TaskModelTests {
  private func expect(_ estimate: MemoryEstimate, counts model: some Module, _ words: @autoclosure () -> String) {
    #expect(visitsEveryTensorOnce(model), "\(words())")
    #expect(estimate.parameterCount == Double(model.parameterCount), "\(words())")
    #expect(estimate.activationCount > 0, "\(words())")
  }

  /// Two layers of every cell, deeper in time than by default.
  private static let layers = CellKind.ofPackage.map { cell in
    RecurrentSettings { ($0.cell, $0.hidden, $0.layers, $0.transitionDepth) = (cell, 5, 2, 4) }
  }

  /// Encoders of every kind, with one layer and three.
  private static let encoders = EncoderKind.allCases.flatMap { kind in
    [(1, false), (3, true), (3, false)].map { layers, bidirectional in
      EncoderSettings {
        ($0.kind, $0.hidden, $0.layers, $0.bidirectional, $0.window, $0.kernel) = (kind, 6, layers, bidirectional, 4, 3)
      }
    }
  }

  @Test(arguments: layers, [false, true])
  func languageModels(layers: RecurrentSettings, tied: Bool) {
    let configuration = LanguageModelConfiguration { ($0.recurrent, $0.tied, $0.embedding) = (layers, tied, tied ? 5 : 3) }
    var generator = RandomGenerator(seed: 1)
    let model = LanguageModel(configuration, vocabularyCount: 17, using: &generator)
    expect(configuration.memory(vocabularyCount: 17, positions: 20), counts: model, "\(configuration)")
  }

  @Test(arguments: encoders, PoolingKind.allCases)
  func textClassifiers(encoder: EncoderSettings, pooling: PoolingKind) {
    let configuration = TextClassifierConfiguration { ($0.encoder, $0.pooling, $0.embedding) = (encoder, pooling, 7) }
    var generator = RandomGenerator(seed: 1)
    let model = TextClassifier(configuration, vocabularyCount: 17, labelCount: 3, using: &generator)
    expect(configuration.memory(vocabularyCount: 17, labelCount: 3, batch: 2, longest: 9), counts: model, "\(configuration)")
  }

  @Test(arguments: encoders, [false, true])
  func seriesModels(encoder: EncoderSettings, isTagging: Bool) {
    for pooling in PoolingKind.allCases {
      let configuration = SeriesModelConfiguration { ($0.encoder, $0.pooling) = (encoder, pooling) }
      var generator = RandomGenerator(seed: 1)
      let model = SeriesModel(configuration, channelCount: 2, classCount: 4, isTagging: isTagging, using: &generator)
      let estimate = configuration.memory(channelCount: 2, classCount: 4, isTagging: isTagging, batch: 2, longest: 9)
      expect(estimate, counts: model, "\(configuration)")
    }
  }

  @Test(arguments: Arrangement.allCases, layers)
  func seriesRegression(arrangement: Arrangement, layers: RecurrentSettings) {
    for bidirectional in [false, true] {
      let configuration = SeriesRegressionModelConfiguration {
        ($0.arrangement, $0.recurrent, $0.bidirectional) = (arrangement, layers, bidirectional)
      }
      var generator = RandomGenerator(seed: 1)
      let model: ArrangedNetwork<AnyCell<Float>> = configuration.makeNetwork(inputSize: 3, outputSize: 2, using: &generator)
      expect(configuration.memory(inputSize: 3, outputSize: 2, positions: 9), counts: model, "\(configuration)")
    }
  }

  @Test(arguments: TranslatorConfiguration.AttentionChoice.allCases, TranslatorConfiguration.TiedEmbeddings.allCases)
  func translators(attention: TranslatorConfiguration.AttentionChoice, tied: TranslatorConfiguration.TiedEmbeddings) {
    let feedings = DecoderFeeding.allCases.filter { attention != .none || $0 != .context }
    for (feeding, bridge) in feedings.flatMap({ feeding in BridgeKind.allCases.map { (feeding, $0) } }) {
      for cell in CellKind.ofPackage {
        let configuration = TranslatorConfiguration {
          ($0.cell, $0.hidden, $0.layers, $0.embedding) = (cell, 6, 2, 5)
          ($0.attention, $0.feeding, $0.tied, $0.bridge) = (attention, feeding, tied, bridge)
          $0.bidirectional = cell != .gru
          if tied == .none { $0.readout = 4 }
          if attention == .additive { $0.attentionSize = 3 }
        }
        let targetCount = tied == .all ? 11 : 13
        var generator = RandomGenerator(seed: 1)
        let model = Translator(configuration, sourceCount: 11, targetCount: targetCount, using: &generator)
        let estimate = configuration.memory(sourceCount: 11, targetCount: targetCount, batch: 2, longest: 9)
        expect(estimate, counts: model, "\(configuration)")
      }
    }
  }

  @Test(arguments: CaptionerConfiguration.AttentionChoice.allCases, PictureEncoderKind.allCases)
  func captioners(attention: CaptionerConfiguration.AttentionChoice, encoder: PictureEncoderKind) {
    for (tied, gated, positions, fineTune) in [(true, true, true, false), (false, false, false, true), (false, true, true, true)] {
      let configuration = CaptionerConfiguration {
        ($0.encoder, $0.attention, $0.tied, $0.gated, $0.positions, $0.fineTune) = (encoder, attention, tied, gated, positions, fineTune)
        ($0.hidden, $0.layers, $0.embedding, $0.size) = (5, 2, 4, 64)
        if !tied { ($0.readout, $0.attentionSize) = (3, 6) }
      }
      var generator = RandomGenerator(seed: 1)
      let model = Captioner(configuration, wordCount: 11, using: &generator)
      expect(configuration.memory(wordCount: 11, batch: 2, longest: 9), counts: model, "\(configuration)")
    }
  }

  @Test(arguments: layers, [nil, 7])
  func speechRecognizers(layers: RecurrentSettings, front: Int?) {
    for bidirectional in [false, true] {
      let configuration = SpeechConfiguration { ($0.recurrent, $0.bidirectional, $0.front) = (layers, bidirectional, front) }
      var generator = RandomGenerator(seed: 1)
      let model = SpeechRecognizer(configuration, featureCount: 4, tokenCount: 5, using: &generator)
      expect(configuration.memory(featureCount: 4, symbolCount: 6, batch: 2, longest: 9), counts: model, "\(configuration)")
    }
  }

  /// The built-in recipes, with few units.
  @Test(arguments: Recipe.builtInNames)
  func builtInRecipes(name: String) throws {
    var recipe = try Recipe(named: name)
    for key in ["hidden", "embedding"] where recipe.values[.model]?[key] != nil { try recipe.set("model.\(key)=6") }
    func settings<C: Configuration>(_ type: C.Type) throws -> C { try recipe.configuration(.model, as: type) }
    var generator = RandomGenerator(seed: 1)
    let model: any Module
    switch recipe.task.rawValue {
    case LanguageModeling.name, ConversationModeling.name:
      model = LanguageModel(try settings(LanguageModelConfiguration.self), vocabularyCount: 17, using: &generator)
    case TextClassification.name:
      model = TextClassifier(try settings(TextClassifierConfiguration.self), vocabularyCount: 17, labelCount: 3, using: &generator)
    case Translation.name:
      model = Translator(try settings(TranslatorConfiguration.self), sourceCount: 11, targetCount: 11, using: &generator)
    case Captioning.name:
      model = Captioner(try settings(CaptionerConfiguration.self), wordCount: 13, using: &generator)
    case Alignment.name:
      model = Aligner(try settings(AlignmentConfiguration.self), wordCount: 13, using: &generator)
    case SpeechRecognition.name:
      model = SpeechRecognizer(try settings(SpeechConfiguration.self), featureCount: 3, tokenCount: 13, using: &generator)
    case Painting.name:
      model = Painter(try settings(PainterConfiguration.self), shape: PictureShape(height: 7, width: 5), using: &generator)
    case KnowledgeTracing.name:
      model = KnowledgeTracingModel(try settings(KnowledgeTracingConfiguration.self), skillCount: 7, using: &generator)
    case Forecasting.name:
      model = ForecastModel(try settings(ForecastingConfiguration.self), targetCount: 2, channelCount: 5, using: &generator)
    case SeriesClassification.name, SeriesTagging.name:
      model = SeriesModel(
        try settings(SeriesModelConfiguration.self), channelCount: 2, classCount: 4, isTagging: recipe.task.rawValue == SeriesTagging.name,
        using: &generator)
    default:
      try #require(recipe.task.rawValue == SeriesRegression.name)
      let network: ArrangedNetwork<AnyCell<Float>> =
        try settings(SeriesRegressionModelConfiguration.self).makeNetwork(inputSize: 3, outputSize: 2, using: &generator)
      model = network
    }
    let isComplete = visitsEveryTensorOnce(model)
    #expect(isComplete)
  }

  @Test(arguments: layers)
  func knowledgeTracing(layers: RecurrentSettings) {
    let configuration = KnowledgeTracingConfiguration { ($0.recurrent, $0.embedding) = (layers, 3) }
    var generator = RandomGenerator(seed: 1)
    let model = KnowledgeTracingModel(configuration, skillCount: 7, using: &generator)
    expect(configuration.memory(skillCount: 7, positions: 9), counts: model, "\(configuration)")
  }

  @Test(arguments: layers, ForecastingConfiguration.Distribution.allCases)
  func forecasts(layers: RecurrentSettings, distribution: ForecastingConfiguration.Distribution) {
    for (strategy, linear) in [(ForecastingConfiguration.Strategy.direct, true), (.direct, false), (.recursive, true)] {
      let configuration = ForecastingConfiguration {
        ($0.recurrent, $0.distribution, $0.strategy, $0.linear) = (layers, distribution, strategy, linear)
        ($0.window, $0.horizon) = (12, 3)
      }
      var generator = RandomGenerator(seed: 1)
      let model = ForecastModel(configuration, targetCount: 2, channelCount: 5, using: &generator)
      expect(configuration.memory(targetCount: 2, channelCount: 5, batch: 4), counts: model, "\(configuration)")
    }
  }

  /// A container's limit counts, whichever version of control groups it has and wherever they are mounted; the least of a group and those above.
  @Test func controlGroups() {
    func limit(_ files: [String: String]) -> Double? { AvailableMemory.controlGroup { files[$0] ?? "" }?.bytes }
    let second = "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n"
    let first = "35 31 0:32 / /cg/memory rw,relatime shared:9 - cgroup cgroup rw,memory\n36 31 0:33 / /cg/cpu rw - cgroup cgroup rw,cpu\n"
    #expect(limit([:]) == nil)
    #expect(
      limit([
        "/proc/self/cgroup": "0::/user/run\n", "/proc/self/mountinfo": second, "/sys/fs/cgroup/user/run/memory.max": "max\n",
        "/sys/fs/cgroup/user/memory.max": "300000000\n", "/sys/fs/cgroup/memory.max": "400000000\n",
      ]) == 300_000_000)
    // In a container: the root that it sees is its own group.
    #expect(
      limit(["/proc/self/cgroup": "0::/\n", "/proc/self/mountinfo": second, "/sys/fs/cgroup/memory.max": "5000\n"]) == 5000)
    let group = "4:cpu:/\n3:cpuset,memory:/docker/abc\n0::/\n"
    #expect(
      limit([
        "/proc/self/cgroup": group, "/proc/self/mountinfo": first, "/cg/memory/docker/abc/memory.limit_in_bytes": "7000\n",
        "/cg/memory/memory.limit_in_bytes": "9223372036854771712\n",
      ]) == 7000)
    let mounted = first.replacing("0:32 / ", with: "0:32 /docker ")
    #expect(
      limit(["/proc/self/cgroup": group, "/proc/self/mountinfo": mounted, "/cg/memory/abc/memory.limit_in_bytes": "8000\n"]) == 8000)
    #expect(
      limit(["/proc/self/cgroup": group, "/proc/self/mountinfo": first, "/cg/memory/memory.limit_in_bytes": "9223372036854771712\n"]) == nil)
  }

  @Test func theLeastBoundIsNamed() {
    let estimate = MemoryEstimate(parameterCount: 1e6, activationCount: 0)
    #expect(throws: Never.self) { try estimate.check(against: AvailableMemory(bytes: 16e6, holder: ""), advising: "") }
    let error = #expect(throws: MemoryError.self) {
      try estimate.check(against: AvailableMemory(bytes: 15e6, holder: "its control group (cgroup) may have"), advising: "model.hidden")
    }
    #expect(
      error?.description == "a model of 1.0 M parameters needs at least 16.0 MB of memory to train, and its control group (cgroup) may have"
        + " 15.0 MB; make model.hidden smaller")
  }
}
