import Foundation
import RecurrentData
public import RecurrentLayers
public import RecurrentTensors
public import RecurrentTraining

/// Pictures side by side, and a caption of each.
public struct CaptionBatch: Sendable {
  /// The pictures, as the model reads them; squares of pixels, or what a frozen encoder sees.
  public let pictures: Tensor<Float>
  /// The captions.
  public let target: TargetBatch
  /// The share of them that see the mixture of places with hard attention.
  public let mixtureRate: Double

  /// Captions with these indices.
  init(_ captions: EncodedCaptions, _ pictures: PictureInputs, _ indices: [Int], mixtureRate: Double = AttentionFocus.mixtureRate) {
    self.mixtureRate = mixtureRate
    self.pictures = pictures.batch(indices.map { captions.pictures[$0] })
    target = captions.targets(indices)
  }
}

/// How likely each word of the vocabulary usually is where it is right, which hard attention compares what it has drawn with: moving averages of the logarithms of
/// the words' probabilities. (Xu et al. have one for all words; what is usual for "a" says little of what is for "purple".)
public struct CaptionBaseline: TensorTree {
  public typealias Scalar = Float

  /// Of each word the sum of such logarithms and how many they are, older ones counting less, `[2, words]`.
  public var sums: Tensor<Float>

  /// How much of the sums is left after a word has come once more.
  private static let memory: Float = 0.99

  init(wordCount: Int) { sums = Tensor(zeros: [2, wordCount]) }

  public mutating func visitTensors(_ visitor: inout some ParameterVisitor<Float>) { visitor.visit(&sums, "sums") }

  /// The average of each word; of words that did not come yet, that of those which did, and nil where none did.
  var values: [Double]? {
    let (sums, count) = (sums.scalars, sums.shape[1])
    let all = sums[count..<2 * count].reduce(0, +)
    if all == 0 { return nil }
    let mean = sums[0..<count].reduce(0, +) / all
    return (0..<count).map { Double(sums[count + $0] == 0 ? mean : sums[$0] / sums[count + $0]) }
  }

  /// The baselines after a batch.
  func adding(_ logProbabilities: [Double], of target: TargetBatch) -> CaptionBaseline {
    if logProbabilities.isEmpty { return self }
    let count = sums.shape[1]
    var scalars = Array(sums.scalars)
    for (word, logProbability) in zip(target.targets.scalars, logProbabilities) where word != IndexTensor.ignored {
      let (sum, weight) = (Int(word), count + Int(word))
      scalars[sum] = Self.memory * scalars[sum] + Float(logProbability)
      scalars[weight] = Self.memory * scalars[weight] + 1
    }
    var next = self
    next.sums = Tensor(shape: sums.shape, scalars: scalars)
    return next
  }
}

/// The cross-entropy of captions, and what attention adds.
public struct CaptioningObjective: Objective {
  private let validation: EncodedCaptions
  private let pictures: PictureInputs
  private let reader: CaptionReader
  private let labelSmoothing: Double

  init(validation: EncodedCaptions, pictures: PictureInputs, reader: CaptionReader, labelSmoothing: Double) {
    (self.validation, self.pictures, self.reader, self.labelSmoothing) = (validation, pictures, reader, labelSmoothing)
  }

  public func initialCarried(for model: Captioner, on batch: CaptionBatch) -> CaptionBaseline {
    CaptionBaseline(wordCount: model.decoder.tokenCount)
  }

  public func loss(
    of model: Captioner, on batch: CaptionBatch, from carried: CaptionBaseline, using generator: inout RandomGenerator
  ) -> Loss<CaptionBaseline> {
    let loss = loss(of: model, on: batch, baseline: carried.values, using: &generator)
    return Loss(loss.value, carried: carried.adding(loss.logProbabilities, of: batch.target), units: batch.target.targets.countedCount)
  }

  /// The loss in any precision.
  func loss<Scalar>(
    of model: CaptionNetwork<Scalar>, on batch: CaptionBatch, baseline: [Double]?, using generator: inout RandomGenerator
  ) -> CaptionNetwork<Scalar>.TrainingLoss {
    model.loss(
      Tensor<Scalar>(batch.pictures), batch.target, labelSmoothing: labelSmoothing, mixtureRate: batch.mixtureRate, baseline: baseline, using: &generator)
  }

  public func evaluate(_ model: Captioner, using generator: inout RandomGenerator) -> Evaluation {
    let loss = model.meanLoss(of: validation, pictures)
    let written = SentenceSearch.greedy.captions(of: pictures, by: (model, reader)).map { reader.text($0[0].tokens) }
    let bleu = BLEU(captions: written, references: validation.references)
    let exact = validation.exactCount(written, reader)
    return Evaluation(
      loss: loss, units: validation.targetCount,
      metrics: [
        "perplexity": exp(loss), "bleu1": bleu.score(order: 1), "bleu4": bleu.score(order: 4),
        "exact": Double(exact) / Double(max(1, written.count)),
      ])
  }

  /// What BLEU-4 lacks of 100; of equals the one with the lower loss. While BLEU-4 is no more than a few phrases that happen to be right, the loss
  /// decides.
  public func score(of evaluation: Evaluation) -> Double { evaluation.score(byBLEU: "bleu4") }

  /// A picture of the validation part, and what the model says of it.
  public func samples(from model: Captioner, using generator: inout RandomGenerator) -> [Sample] {
    guard pictures.count > 0 else { return [] }
    let index = Int(generator.next() % UInt64(pictures.count))
    let written = SentenceSearch.greedy.captions(of: pictures, only: [index], by: (model, reader))
    return [.text("\(validation.captioned.pictures[index].name)\n  -> \(reader.text(written[0][0].tokens))")]
  }
}

extension EncodedCaptions {
  /// How many captions are, word for word, one of their picture's.
  func exactCount(_ written: [String], _ reader: CaptionReader) -> Int {
    zip(written, captions).count { text, own in own.contains { reader.text(Array(tokens[$0].dropLast())) == text } }
  }
}

extension Captioner {
  /// The mean cross-entropy of captions, in nats a token.
  func meanLoss(of captions: EncodedCaptions, _ pictures: PictureInputs) -> Double {
    let order = LengthBatches.sorted(lengths: captions.tokens.map(\.count), batchSize: 64)
    let total = order.reduce(0.0) { sum, indices in
      sum + totalLoss(pictures.batch(indices.map { captions.pictures[$0] }), captions.targets(indices))
    }
    return total / Double(max(1, captions.targetCount))
  }
}

extension SentenceSearch {
  /// The most tokens of a caption, unless a search says otherwise.
  private static var longest: Int { 50 }

  /// Captions pictures: for each its captions, the best first.
  ///
  /// - Parameter indices: Of the pictures; nil: all.
  func captions(of pictures: PictureInputs, only indices: [Int]? = nil, by member: (model: Captioner, reader: CaptionReader)) -> [[Hypothesis]] {
    let indices = indices ?? Array(0..<pictures.count)
    // A beam's rows are those of a batch times its width.
    let batchSize = max(1, 64 / beam)
    return stride(from: 0, to: indices.count, by: batchSize).flatMap { start in
      captions(of: [(member.model, pictures.batch(Array(indices[start..<min(start + batchSize, indices.count)])))], member.reader)
    }
  }

  /// Captions pictures that are side by side, by one model or several together, each of which has its own view of them.
  func captions(of views: [(model: Captioner, pictures: Tensor<Float>)], _ reader: CaptionReader) -> [[Hypothesis]] {
    let seen = views.map { $0.model.see($0.pictures) }
    return sentences(
      of: zip(views, seen).map { $0.model.decoder.steps(over: $1.places) }, from: seen.map(\.start),
      maximumLengths: [Int](repeating: maximumLength ?? Self.longest, count: seen[0].places.shape[1]), begin: reader.begin, end: reader.end)
  }

  /// Draws a caption of each of the pictures that are side by side, word by word.
  func captions(
    of views: [(model: Captioner, pictures: Tensor<Float>)], _ reader: CaptionReader, drawing sampling: Sampling, using generator: RandomGenerator
  ) -> [Hypothesis] {
    let seen = views.map { $0.model.see($0.pictures) }
    let ensemble = DecoderEnsemble(zip(views, seen).map { $0.model.decoder.steps(over: $1.places) })
    return GreedySearch(begin: reader.begin, end: reader.end, keepsWeights: keepsWeights).sampling(
      ensemble, from: .init(seen.map(\.start)),
      maximumLengths: [Int](repeating: maximumLength ?? Self.longest, count: seen[0].places.shape[1]), using: generator
    ) { scores, generator in
      sampling.draw(from: Array(scores), using: &generator)
    }
  }
}
