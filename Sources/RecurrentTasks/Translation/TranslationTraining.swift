import Foundation
import RecurrentData
import RecurrentLayers
public import RecurrentTensors
public import RecurrentTraining

/// Training of a translator: batches of pairs of similar length, in an order of their own in every epoch; steps are independent.
public struct TranslationTask: TrainingTask {
  public typealias Model = Translator

  private let training: EncodedPairs
  private let validation: EncodedPairs
  private let codecs: PairCodecs
  private let data: TranslationData
  private let batches: LengthBatches
  private let configuration: TrainingConfiguration

  init(
    training: EncodedPairs, validation: EncodedPairs, codecs: PairCodecs, data: TranslationData,
    configuration: TrainingConfiguration, seed: UInt64
  ) {
    self.training = training
    self.validation = validation
    self.codecs = codecs
    self.data = data
    self.configuration = configuration
    batches = LengthBatches(lengths: training.sortingLengths, batchSize: configuration.batch, seed: seed)
  }

  public var stepsPerEpoch: Int { batches.count }

  public var identity: [String: String] { ["data": String(training.digest, radix: 16)] }

  public func loss(
    of model: Translator, epoch: Int, step: Int, from carried: NoCarriedState, using generator: inout RandomGenerator
  ) -> (loss: Tensor<Float>, carried: NoCarriedState, units: Int) {
    let batch = training.batch(batches.batch(at: step, epoch: epoch))
    let progress = Double(epoch * stepsPerEpoch + step) / Double(max(1, configuration.epochs * stepsPerEpoch - 1))
    let loss = model.loss(
      batch, labelSmoothing: configuration.labelSmoothing,
      samplingRate: model.configuration.scheduledSampling * min(1, progress), using: &generator)
    return (loss, carried, batch.targets.scalars.count { $0 != PairBatch.padding })
  }

  public func evaluate(_ model: Translator) -> Evaluation {
    let loss = model.meanLoss(of: validation)
    let written = TranslationSearch.greedy.translations(of: validation.sources, by: [model], codecs)
    let bleu = BLEU(
      hypotheses: written.map { $0[0].text(codecs) }, references: validation.pairs.targets.map { [$0] },
      lowercases: data.lowercase)
    return Evaluation(
      loss: loss, units: validation.targetCount, metrics: ["perplexity": exp(loss), "bleu": bleu.score])
  }

  /// What BLEU lacks of 100; of equals the one with the lower loss. A model's translations still get better when its probabilities
  /// no longer do.
  public func score(of evaluation: Evaluation) -> Double {
    let bleu = evaluation.metrics["bleu"] ?? 0
    return evaluation.loss.isFinite ? 1 - bleu / 100 + 1e-7 * min(evaluation.loss, 1000) : .infinity
  }

  /// A sentence of the validation part, and what the model makes of it.
  public func sample(from model: Translator, using generator: inout RandomGenerator) -> String? {
    guard validation.count > 0 else { return nil }
    let index = Int(generator.next() % UInt64(validation.count))
    let written = TranslationSearch.greedy.translations(of: [validation.sources[index]], by: [model], codecs)
    return "\(validation.pairs.pairs[index].source)\n  -> \(written[0][0].text(codecs))"
  }
}

extension Translator {
  /// The mean cross-entropy of the targets, in nats a token.
  func meanLoss(of pairs: EncodedPairs) -> Double {
    let total = LengthBatches.sorted(lengths: pairs.sortingLengths, batchSize: 64)
      .reduce(0.0) { $0 + totalLoss(pairs.batch($1)) }
    return total / Double(pairs.targetCount)
  }
}
