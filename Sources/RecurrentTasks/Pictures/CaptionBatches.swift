import RecurrentData
import RecurrentTensors
import RecurrentTraining

/// Captions side by side, each with its picture: all, in an order of their own in every epoch; or one of each picture, drawn anew.
struct CaptionBatches<Batch: Sendable>: BatchSource {
  /// The captions of each picture that has some, where one of them is drawn; nil: all are taken.
  private let choices: [[Int]]?
  private let batches: LengthBatches
  private let generator: RandomGenerator
  private let make: @Sendable (_ captions: [Int], _ progress: Double) -> Batch
  private let epochs: Int
  let identity: [String: String]

  /// - Parameters:
  ///   - sorted: Whether captions of similar length stand together, where all are taken. Where they are compared with each other they must not: a model that
  ///     only ever compares sentences of one length learns nothing of how to compare others.
  ///   - make: Puts the captions with these indices side by side, at a part of the run from 0 to 1.
  init(
    _ captions: EncodedCaptions, choice: CaptionData.CaptionChoice, sorted: Bool, _ training: TrainingConfiguration, seed: UInt64,
    make: @escaping @Sendable (_ captions: [Int], _ progress: Double) -> Batch
  ) {
    choices = choice == .drawn ? captions.captions.filter { !$0.isEmpty } : nil
    batches = LengthBatches(lengths: choices.map { $0.map { _ in 1 } } ?? captions.tokens.map { sorted ? $0.count : 1 }, batchSize: training.batch, seed: seed)
    generator = RandomGenerator(seed: seed).split("captions")
    identity = ["data": captions.digest.text]
    (self.make, epochs) = (make, training.epochs)
  }

  var stepsPerEpoch: Int { batches.count }

  func batch(at step: Int, epoch: Int, shard: Shard) -> Batch {
    let indices = shard.part(of: batches.batch(at: step, epoch: epoch))
    let progress = progress(at: step, epoch: epoch, of: epochs)
    guard let choices else { return make(indices, progress) }
    let drawn = indices.map { picture in
      var generator = generator.split(epoch).split(picture)
      return choices[picture][Int(generator.next() % UInt64(choices[picture].count))]
    }
    return make(drawn, progress)
  }
}
