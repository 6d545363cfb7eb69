public import RecurrentData
import RecurrentLayers
public import RecurrentSound
public import RecurrentTensors
import RecurrentTraining

/// The task `speech-recognition`: writes down what is said, by connectionist temporal classification.
public enum SpeechRecognition: RecipeTask {
  public typealias DataConfiguration = SpeechData
  public typealias ModelConfiguration = SpeechConfiguration
  public typealias Goal = SpeechObjective

  /// What a speech recognizer's file holds beside its tensors.
  public struct Artifacts: Codable, Sendable {
    /// The symbols that tokens stand for.
    public let vocabulary: Vocabulary
    /// What is heard of sound.
    public let features: SoundFeatures
  }

  public static var name: String { "speech-recognition" }
  public static var summary: String { "writes down what is said in recordings, or while it is spoken" }
  public static var verbs: [TaskVerb] {
    [TaskVerb("transcribe", example: "RECORDING --times"), TaskVerb("watch", example: "RECORDING --output watch.html")]
  }
  public static var meaninglessTrainingKeys: Set<String> { ["steps", "activationPenalty", "slownessPenalty", "labelSmoothing"] }

  public static func prepare(_ settings: RunSettings<Self>, from source: DataSource) throws -> PreparedRun<Self> {
    let (data, model, training) = (settings.data, settings.model, settings.training)
    let parts = try Parts<RecordingSet>(source, data)
    let recordings = try Recordings(parts.part(.train), data, settings.preparation)
    let held = try Recordings.measured(parts.part(.validation), data, settings.preparation)
    // Strings have spaces between their texts.
    let texts = (data.joining.strings > 0 ? [recordings.texts.joined(separator: " ")] : recordings.texts).map(data.said)
    let vocabulary = Vocabulary(
      ofTexts: texts, tokenizer: data.tokenizer, minimumCount: data.minimumCount, mergeCount: data.merges ?? Vocabulary.usualMergeCount)
    let artifacts = Artifacts(vocabulary: vocabulary, features: features(of: recordings, data, seed: settings.seed))
    let reader = try SpeechReader(data, model, artifacts)
    let validation = try SpokenExamples(held, reader, settings.preparation)
    let heard = data.joining.strings > 0 ? nil : try SpokenExamples(recordings, reader, settings.preparation)
    if let heard, heard.unfittingCount == heard.count {
      throw DataError(recordings.path, "no recording has as many steps as it takes to say its text; make model.stride or data.hop smaller")
    }
    let pieces = data.joining.strings > 0 ? data.joining.longestString : 1
    let longest = pieces * (recordings.waveforms.map { reader.stacking.stepCount(ofFrames: reader.features.frameCount(ofSamples: $0.samples.count)) }.max() ?? 0)
    var memory = model.memory(featureCount: reader.features.count, symbolCount: 1 + vocabulary.count, batch: training.batch, longest: longest)
    memory.activationCount += Double(recordings.sampleCount + held.sampleCount)
    return try PreparedRun(
      settings, objective: SpeechObjective(validation: validation, reader: reader),
      source: SpeechBatches(
        recordings, heard: data.augmentation.ofSound == nil ? heard : nil, reader, data, batchSize: training.batch, seed: settings.seed),
      artifacts: artifacts, trainedOn: parts.trainedOn, memory: (memory, "the set of recordings, model.hidden or training.batch"),
      words: RunDescription(
        recipe: settings.name, rateUnit: data.tokens.rateUnit, lossUnit: "nats a \(data.tokens.singular)", network: model.summary,
        figures: [
          ShownFigure("wer", label: "WER", style: .percent), ShownFigure("cer", label: "CER", style: .percent),
          ShownFigure("exact", style: .percent),
        ]),
      notes: [
        "\(Figures.counted(recordings.count, "recording")) with \(Figures.duration(recordings.duration)) of sound to learn from,"
          + " \(Figures.grouped(held.count)) \(data.joining.strings > 0 ? "strings " : "")for validation"
      ] + (heard?.notes ?? recordings.notes) + validation.notes + parts.overlaps)
  }

  /// The features, normalized as the training part has them where that is asked for: over a thousand recordings, or strings, at most.
  private static func features(of recordings: Recordings, _ data: SpeechData, seed: UInt64) -> SoundFeatures {
    let features = data.sound.features
    guard data.sound.normalization == .training else { return features }
    var statistics = FeatureStatistics(featureCount: features.count)
    let generator = RandomGenerator(seed: seed).split("statistics")
    for index in 0..<min(1000, data.joining.strings > 0 ? data.joining.strings : recordings.count) {
      let place = recordings.count > 1000 ? index * recordings.count / 1000 : index
      let waveform = data.joining.strings > 0 ? recordings.string(index, data.joining, seed: generator).waveform : recordings.waveforms[place]
      statistics.add(Array(features.tensor(of: waveform).scalars))
    }
    return features.normalized(statistics.normalization)
  }

  public static func reader(_ settings: ModelSettings<Self>, _ artifacts: Artifacts) throws -> SpeechReader {
    try SpeechReader(settings.data, settings.model, artifacts)
  }

  public static func parameterCount(_ settings: ModelSettings<Self>, _ artifacts: Artifacts) -> Double? {
    settings.model.memory(featureCount: artifacts.features.count, symbolCount: 1 + artifacts.vocabulary.count, batch: 1, longest: 1).parameterCount
  }

  public static func model(
    _ settings: ModelSettings<Self>, _ artifacts: Artifacts, using generator: inout RandomGenerator
  ) -> SpeechRecognizer {
    SpeechRecognizer(settings.model, featureCount: artifacts.features.count, tokenCount: artifacts.vocabulary.count, using: &generator)
  }
}
