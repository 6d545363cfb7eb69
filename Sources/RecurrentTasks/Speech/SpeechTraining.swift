import RecurrentData
import RecurrentLayers
public import RecurrentTensors
public import RecurrentTraining
import RecurrentSound

/// Recordings side by side, with the symbols of their texts.
public struct SpeechBatch: Sendable {
  /// Stacked frames, `[time, batch, stack * features]`.
  public let inputs: Tensor<Float>
  /// The steps of each recording.
  public let lengths: [Int]
  /// The symbols of each text.
  public let texts: [[Int32]]

  /// Recordings of these frames, `[frames, features]` each.
  init(_ frames: [Tensor<Float>], texts: [[Int32]], _ stacking: FrameStacking) {
    (inputs, lengths) = stacking.batch(frames)
    self.texts = texts
  }
}

/// Batches of recordings, or of strings of them, each changed anew in every epoch.
struct SpeechBatches: BatchSource {
  private let recordings: Recordings
  /// The recordings as they are, where nothing is done to their sound; nil: they are heard when a batch is made.
  private let heard: SpokenExamples?
  private let reader: SpeechReader
  private let data: SpeechData
  private let batches: LengthBatches
  private let (augmentation, joining): (RandomGenerator, RandomGenerator)
  let identity: [String: String]

  init(_ recordings: Recordings, heard: SpokenExamples?, _ reader: SpeechReader, _ data: SpeechData, batchSize: Int, seed: UInt64) {
    (self.recordings, self.heard, self.reader, self.data) = (recordings, heard, reader, data)
    let generator = RandomGenerator(seed: seed)
    (augmentation, joining) = (generator.split("augmentation"), generator.split("strings"))
    // Strings are joined anew each epoch; how many recordings each has stays.
    let lengths =
      data.joining.strings > 0
      ? (0..<data.joining.strings).map { [joining] in recordings.pieceCount(ofString: $0, data.joining, seed: joining) }
      : recordings.waveforms.map { reader.stacking.stepCount(ofFrames: reader.features.frameCount(ofSamples: $0.samples.count)) }
    batches = LengthBatches(lengths: lengths, batchSize: batchSize, seed: seed)
    identity = ["data": recordings.digest.text]
  }

  var stepsPerEpoch: Int { batches.count }

  func batch(at step: Int, epoch: Int, shard: Shard) throws -> SpeechBatch {
    var (frames, texts): ([Tensor<Float>], [[Int32]]) = ([], [])
    for index in shard.part(of: batches.batch(at: step, epoch: epoch)) {
      var generator = augmentation.split(epoch).split(index)
      let example = try example(index, epoch: epoch, using: &generator)
      frames.append(data.augmentation.ofFeatures?.masked(example.frames, deltas: data.sound.deltas, using: &generator) ?? example.frames)
      texts.append(example.symbols)
    }
    return SpeechBatch(frames, texts: texts, reader.stacking)
  }

  private func example(_ index: Int, epoch: Int, using generator: inout RandomGenerator) throws -> (frames: Tensor<Float>, symbols: [Int32]) {
    if let heard { return (heard.frames[index], heard.symbols[index]) }
    var (waveform, symbols): (Waveform, [Int32])
    if data.joining.strings > 0 {
      let string = recordings.string(index, data.joining, seed: joining, epoch: epoch)
      (waveform, symbols) = (string.waveform, try reader.symbols(of: string.text).symbols)
    } else {
      (waveform, symbols) = (recordings.waveforms[index], try reader.symbols(ofText: index, in: recordings).symbols)
    }
    if let change = data.augmentation.ofSound { waveform = change(waveform, using: &generator) }
    return (reader.features.tensor(of: waveform), symbols)
  }
}

/// The loss of connectionist temporal classification, in nats a symbol.
public struct SpeechObjective: Objective {
  private let validation: SpokenExamples
  private let reader: SpeechReader

  init(validation: SpokenExamples, reader: SpeechReader) { (self.validation, self.reader) = (validation, reader) }

  public func loss(
    of model: SpeechRecognizer, on batch: SpeechBatch, from carried: NoCarriedState, using generator: inout RandomGenerator
  ) -> Loss<NoCarriedState> {
    let loss = loss(of: model, on: batch, using: &generator)
    let unfitting = Set(loss.unfitting)
    return Loss(loss.value, units: max(1, batch.texts.indices.reduce(0) { $0 + (unfitting.contains($1) ? 0 : batch.texts[$1].count) }))
  }

  /// The loss in any precision.
  func loss<Scalar>(of model: SpeechNetwork<Scalar>, on batch: SpeechBatch, using generator: inout RandomGenerator) -> CTCLoss<Scalar> {
    let logits = model.logits(Tensor<Scalar>(batch.inputs), lengths: batch.lengths) { $0($1, using: &generator) }
    return ctcLoss(logits: logits, lengths: batch.lengths, texts: batch.texts, blank: SpeechReader.blank)
  }

  public func evaluate(_ model: SpeechRecognizer, using generator: inout RandomGenerator) -> Evaluation {
    let said = model.said(in: validation) { reader.text(of: greedyReading(of: $0).map(\.symbol)) }
    let figures = Transcripts(said.map(\.answer), of: validation.texts)
    let (loss, units) = said.meanLoss(of: validation)
    return Evaluation(
      loss: loss, units: units,
      metrics: [
        "wer": figures.words.rate, "cer": figures.characters.rate, "exact": figures.exactShare,
        "unfitting": Double(said.count { !$0.isFitting }),
      ])
  }

  /// The word error rate; of equals the one with the lower loss.
  public func score(of evaluation: Evaluation) -> Double {
    evaluation.loss.isFinite ? (evaluation.metrics["wer"] ?? 0) + 1e-9 * min(evaluation.loss, 1000) : .infinity
  }

  /// A recording of the validation part, and what the model hears in it.
  public func samples(from model: SpeechRecognizer, using generator: inout RandomGenerator) -> [Sample] {
    let index = Int(generator.next() % UInt64(validation.count))
    let batch = validation.batch([index])
    let rows = SymbolRows(model.logits(batch.inputs, lengths: batch.lengths).logSoftmax(), batch.lengths)[0]
    return [.text("\(validation.texts[index])\n  -> \(reader.text(of: greedyReading(of: rows).map(\.symbol)))")]
  }
}
