import RecurrentData
import RecurrentTensors
import RecurrentTraining

/// Captions side by side, each with its picture: all, in an order of their own in every epoch; or one of each picture, drawn anew.
struct CaptionBatches<Batch: Sendable>: BatchSource {
  /// The captions of each picture that has some, where one of them is drawn; nil: all are taken.
  private let choices: [[Int]]?
  private let batches: LengthBatches
  private let generator: RandomGenerator
  private let make: @Sendable (_ captions: [Int]) -> Batch
  let identity: [String: String]

  /// - Parameters:
  ///   - sorted: Whether captions of similar length stand together, where all are taken. Where they are compared with each other they must not: a model that
  ///     only ever compares sentences of one length learns nothing of how to compare others.
  ///   - make: Puts the captions with these indices side by side.
  init(
    _ captions: EncodedCaptions, choice: CaptionData.CaptionChoice, sorted: Bool, batchSize: Int, seed: UInt64,
    make: @escaping @Sendable (_ captions: [Int]) -> Batch
  ) {
    choices = choice == .drawn ? captions.captions.filter { !$0.isEmpty } : nil
    batches = LengthBatches(lengths: choices.map { $0.map { _ in 1 } } ?? captions.tokens.map { sorted ? $0.count : 1 }, batchSize: batchSize, seed: seed)
    generator = RandomGenerator(seed: seed).split("captions")
    identity = ["data": captions.digest.text]
    self.make = make
  }

  var stepsPerEpoch: Int { batches.count }

  func batch(at step: Int, epoch: Int, shard: Shard) -> Batch {
    let indices = shard.part(of: batches.batch(at: step, epoch: epoch))
    guard let choices else { return make(indices) }
    return make(
      indices.map { picture in
        var generator = generator.split(epoch).split(picture)
        return choices[picture][Int(generator.next() % UInt64(choices[picture].count))]
      })
  }
}
