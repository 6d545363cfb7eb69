import Foundation
import RecurrentData
import RecurrentLayers
public import RecurrentTensors
public import RecurrentTraining

/// Sentence pairs side by side, and how often the decoder reads what it has written itself.
public struct TranslationBatch: Sendable {
  /// The pairs.
  public let pairs: PairBatch
  /// The probability with which a token that the decoder reads is its own (scheduled sampling, Bengio et al. 2015): it rises over the run.
  public let samplingRate: Double
}

/// Pairs of similar length side by side, in an order of their own in every epoch.
struct PairBatches: BatchSource {
  private let examples: EncodedPairs
  private let batches: LengthBatches
  private let epochs: Int
  private let scheduledSampling: Double
  let identity: [String: String]

  /// - Parameter scheduledSampling: The sampling rate at the end of the run.
  init(_ examples: EncodedPairs, _ training: TrainingConfiguration, scheduledSampling: Double, seed: UInt64) {
    self.examples = examples
    batches = LengthBatches(lengths: examples.sortingLengths, batchSize: training.batch, seed: seed)
    (epochs, self.scheduledSampling) = (training.epochs, scheduledSampling)
    identity = ["data": examples.digest.text]
  }

  var stepsPerEpoch: Int { batches.count }

  func batch(at step: Int, epoch: Int, shard: Shard) -> TranslationBatch {
    TranslationBatch(
      pairs: examples.batch(shard.part(of: batches.batch(at: step, epoch: epoch))),
      samplingRate: scheduledSampling * progress(at: step, epoch: epoch, of: epochs))
  }
}

/// The cross-entropy of the target's tokens.
public struct TranslationObjective: Objective {
  private let validation: EncodedPairs
  private let codecs: PairCodecs
  private let lowercases: Bool
  private let labelSmoothing: Double

  /// An objective that measures on these pairs.
  init(validation: EncodedPairs, codecs: PairCodecs, lowercases: Bool, labelSmoothing: Double) {
    (self.validation, self.codecs) = (validation, codecs)
    (self.lowercases, self.labelSmoothing) = (lowercases, labelSmoothing)
  }

  public func loss(
    of model: Translator, on batch: TranslationBatch, from carried: NoCarriedState, using generator: inout RandomGenerator
  ) -> Loss<NoCarriedState> {
    Loss(loss(of: model, on: batch, using: &generator), units: batch.pairs.target.targets.countedCount)
  }

  /// The loss in any precision.
  func loss<Scalar>(
    of model: TranslationNetwork<Scalar>, on batch: TranslationBatch, using generator: inout RandomGenerator
  ) -> Tensor<Scalar> {
    model.loss(batch.pairs, labelSmoothing: labelSmoothing, samplingRate: batch.samplingRate, using: &generator)
  }

  public func evaluate(_ model: Translator, using generator: inout RandomGenerator) -> Evaluation {
    let loss = model.meanLoss(of: validation)
    let written = SentenceSearch.greedy.translations(of: validation.sources, by: [model], codecs)
    let bleu = BLEU(
      hypotheses: written.map { $0[0].text(codecs) }, references: validation.pairs.targets.map { [$0] },
      lowercases: lowercases)
    return Evaluation(
      loss: loss, units: validation.targetCount, metrics: ["perplexity": exp(loss), "bleu": bleu.score])
  }

  /// What BLEU lacks of 100; of equals the one with the lower loss. A model's translations still get better when its probabilities
  /// no longer do.
  ///
  /// A BLEU below 2 is a few phrases that happen to be right: such evaluations are worse than any above it, and of these the one
  /// with the lowest loss is the best.
  public func score(of evaluation: Evaluation) -> Double { evaluation.score(byBLEU: "bleu") }

  /// A sentence of the validation part, and what the model makes of it.
  public func samples(from model: Translator, using generator: inout RandomGenerator) -> [Sample] {
    guard validation.count > 0 else { return [] }
    let index = Int(generator.next() % UInt64(validation.count))
    let written = SentenceSearch.greedy.translations(of: [validation.sources[index]], by: [model], codecs)
    return [.text("\(validation.pairs.pairs[index].source)\n  -> \(written[0][0].text(codecs))")]
  }
}

extension Translator {
  /// The mean cross-entropy of the targets, in nats a token.
  func meanLoss(of pairs: EncodedPairs) -> Double {
    let steps = zip(pairs.sources, pairs.targets).map { max($0.count, $1.count) }
    return Measuring.answers(lengths: steps, width: network.decoder.embedding.tokenCount) { [totalLoss(pairs.batch($0))] }.reduce(0, +)
      / Double(pairs.targetCount)
  }
}
