import RecurrentData
import RecurrentTensors
import RecurrentTraining

/// Which captions stand side by side at a step: all, in an order of their own in every epoch; or one of each picture, drawn anew.
struct CaptionOrder: Sendable {
  /// The captions of each picture that has some, where one of them is drawn; nil: all are taken.
  private let choices: [[Int]]?
  private let batches: LengthBatches
  private let generator: RandomGenerator
  /// What tells the data of this run from others.
  let identity: [String: String]

  /// - Parameter sorted: Whether captions of similar length stand together, where all are taken. Where they are compared with each other they must not.
  init(_ captions: EncodedCaptions, choice: CaptionData.CaptionChoice, sorted: Bool, batchSize: Int, seed: UInt64) {
    choices = choice == .drawn ? captions.captions.filter { !$0.isEmpty } : nil
    batches = LengthBatches(lengths: choices.map { $0.map { _ in 1 } } ?? captions.tokens.map { sorted ? $0.count : 1 }, batchSize: batchSize, seed: seed)
    generator = RandomGenerator(seed: seed).split("captions")
    identity = ["data": captions.digest.text]
  }

  var stepsPerEpoch: Int { batches.count }

  /// The captions of a step, as indices.
  func captions(at step: Int, epoch: Int, shard: Shard) -> [Int] {
    let indices = shard.part(of: batches.batch(at: step, epoch: epoch))
    guard let choices else { return indices }
    return indices.map { picture in
      var generator = generator.split(epoch).split(picture)
      return choices[picture][Int(generator.next() % UInt64(choices[picture].count))]
    }
  }
}
