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

  /// Captions with these indices.
  init(_ captions: EncodedCaptions, _ pictures: PictureInputs, _ indices: [Int]) {
    self.pictures = pictures.batch(indices.map { captions.pictures[$0] })
    target = captions.targets(indices)
  }
}

/// How likely a word of a caption usually is, which hard attention compares each caption with: a moving average of the mean logarithm of its probability.
public struct CaptionBaseline: TensorTree {
  public typealias Scalar = Float

  /// The sum of such logarithms and of their weights, older ones weighing less, `[2]`.
  public var sums: Tensor<Float>

  /// How much of the sums is left after a step.
  private static let memory: Float = 0.9

  init() { sums = Tensor(zeros: [2]) }

  public mutating func visitTensors(_ visitor: inout some ParameterVisitor<Float>) { visitor.visit(&sums, "sums") }

  /// The average; nil before the first step.
  var value: Double? {
    let sums = sums.scalars
    return sums[1] == 0 ? nil : Double(sums[0] / sums[1])
  }

  /// The baseline after a batch of so many words.
  func adding(_ logProbabilities: [Double], wordCount: Int) -> CaptionBaseline {
    if logProbabilities.isEmpty { return self }
    let mean = Float(logProbabilities.reduce(0, +) / Double(max(1, wordCount)))
    var next = self
    let sums = sums.scalars
    next.sums = Tensor(
      shape: [2], scalars: [Self.memory * sums[0] + (1 - Self.memory) * mean, Self.memory * sums[1] + (1 - Self.memory)])
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

  public func initialCarried(for model: Captioner, on batch: CaptionBatch) -> CaptionBaseline { CaptionBaseline() }

  public func loss(
    of model: Captioner, on batch: CaptionBatch, from carried: CaptionBaseline, using generator: inout RandomGenerator
  ) -> Loss<CaptionBaseline> {
    let loss = loss(of: model, on: batch, baseline: carried.value, using: &generator)
    let count = batch.target.targets.countedCount
    return Loss(loss.value, carried: carried.adding(loss.logProbabilities, wordCount: count), units: count)
  }

  /// The loss in any precision.
  func loss<Scalar>(
    of model: CaptionNetwork<Scalar>, on batch: CaptionBatch, baseline: Double?, using generator: inout RandomGenerator
  ) -> CaptionNetwork<Scalar>.TrainingLoss {
    model.loss(
      Tensor<Scalar>(batch.pictures), batch.target, labelSmoothing: labelSmoothing, baseline: baseline, using: &generator)
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
