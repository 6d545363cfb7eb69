import RecurrentData
import RecurrentLayers
public import RecurrentTensors
public import RecurrentTraining

/// The max-margin loss of pictures and sentences.
public struct AlignmentObjective: Objective {
  private let validation: EncodedCaptions
  private let pictures: PictureInputs

  init(validation: EncodedCaptions, pictures: PictureInputs) { (self.validation, self.pictures) = (validation, pictures) }

  public func initialCarried(for model: Aligner, on batch: AlignmentBatch) -> NoCarriedState { NoCarriedState() }

  public func loss(
    of model: Aligner, on batch: AlignmentBatch, from carried: NoCarriedState, using generator: inout RandomGenerator
  ) -> Loss<NoCarriedState> {
    Loss(model.loss(of: batch, using: &generator), units: batch.sentences.lengths.count)
  }

  /// Ranks the first sentence of each picture: a fifth of the work of all five. The loss is what the recalls lack of 1, in the mean.
  public func evaluate(_ model: Aligner, using generator: inout RandomGenerator) -> Evaluation {
    let some = validation.captions.compactMap(\.first)
    let ranks = RetrievalRanks(model.scores(of: pictures, with: validation, only: some), owners: some.map { validation.pictures[$0] })
    var metrics: [String: Double] = [:]
    for (name, found) in [("sentence", ranks.sentences), ("picture", ranks.pictures)] {
      for limit in RetrievalRanks.limits { metrics["\(name)Recall\(limit)"] = found.recall(within: limit) }
      metrics["\(name)MedianRank"] = found.median
    }
    let recalls = RetrievalRanks.limits.flatMap { [ranks.sentences.recall(within: $0), ranks.pictures.recall(within: $0)] }
    return Evaluation(loss: 1 - recalls.reduce(0, +) / Double(recalls.count), units: some.count, metrics: metrics)
  }
}

extension Aligner {
  /// The score of each picture with each sentence, `[pictures][sentences]`.
  ///
  /// - Parameter chosen: The sentences; nil: all.
  func scores(of pictures: PictureInputs, with captions: EncodedCaptions, only chosen: [Int]? = nil) -> [[Float]] {
    let chosen = chosen ?? Array(0..<captions.count)
    let order = LengthBatches.sorted(lengths: chosen.map { captions.words($0).count }, batchSize: 128)
    let sentences = order.map { indices -> (indices: [Int], lengths: [Int], vectors: Tensor<Float>) in
      let batch = TokenBatch(indices.map { captions.words(chosen[$0]) })
      return (indices, batch.lengths, vectors(of: batch))
    }
    var scores = [[Float]](repeating: [Float](repeating: 0, count: chosen.count), count: pictures.count)
    for start in stride(from: 0, to: pictures.count, by: 32) {
      let some = Array(start..<min(start + 32, pictures.count))
      let regions = regions(of: pictures.batch(some))
      for batch in sentences {
        let found = BestMatches(of: batch.vectors, lengths: batch.lengths, among: regions).scores.scalars
        for row in some.indices {
          for (column, index) in batch.indices.enumerated() { scores[some[row]][index] = found[row * batch.indices.count + column] }
        }
      }
    }
    return scores
  }
}
