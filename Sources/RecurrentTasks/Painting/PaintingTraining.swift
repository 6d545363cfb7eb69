import Foundation
import RecurrentData
import RecurrentLayers
import RecurrentPictures
public import RecurrentTensors
public import RecurrentTraining

/// Pictures in batches, in another order each epoch.
struct PaintingBatches: BatchSource {
  private let pictures: PictureSet
  private let data: PaintingData
  private let batches: LengthBatches
  private let generator: RandomGenerator
  let identity: [String: String]

  init(_ pictures: PictureSet, _ data: PaintingData, _ training: TrainingConfiguration, seed: UInt64) {
    (self.pictures, self.data) = (pictures, data)
    batches = LengthBatches(lengths: pictures.contents.map { _ in 1 }, batchSize: training.batch, seed: seed)
    generator = RandomGenerator(seed: seed).split("pixels")
    var digest = ContentHasher()
    for content in pictures.contents { digest.add(content.bits) }
    identity = ["data": String(digest.hash.bits, radix: 16)]
  }

  var stepsPerEpoch: Int { batches.count }

  func batch(at step: Int, epoch: Int, shard: Shard) -> Tensor<Float> {
    data.batch(pictures, shard.part(of: batches.batch(at: step, epoch: epoch)), drawing: generator.split(epoch))
  }
}

/// The bound of pictures, in nats.
public struct PaintingObjective: Objective {
  private let validation: PictureSet
  private let data: PaintingData

  init(_ validation: PictureSet, _ data: PaintingData) { (self.validation, self.data) = (validation, data) }

  public func loss(
    of model: Painter, on batch: Tensor<Float>, from carried: NoCarriedState, using generator: inout RandomGenerator
  ) -> Loss<NoCarriedState> {
    let noise = model.noise(batchSize: batch.shape[0], using: &generator)
    return Loss(model.loss(of: batch, noise: noise), units: batch.shape[0])
  }

  public func evaluate(_ model: Painter, using generator: inout RandomGenerator) -> Evaluation {
    let bound = model.bound(of: validation, data, using: &generator)
    return Evaluation(
      loss: bound.total, units: validation.count,
      metrics: ["reconstruction": bound.reconstruction, "divergence": bound.divergence])
  }

  /// Pictures that the model paints: how likely each pixel is set.
  public func samples(from model: Painter, using generator: inout RandomGenerator) -> [Sample] {
    let side = 8
    let painting = model(noise: model.noise(batchSize: side * side, using: &generator))
    let sheet = Picture(sheetOf: painting.canvas.sigmoid(), columns: side)
    guard let file = try? sheet.png() else { return [] }
    return [.file(name: "paintings.png", contents: Data(file))]
  }
}

extension DrawNetwork {
  /// What is drawn for so many pictures, `[glimpses, batch, latent]`.
  public func noise(batchSize: Int, using generator: inout RandomGenerator) -> Tensor<Scalar> {
    Tensor(normalWithMean: 0, standardDeviation: 1, shape: [configuration.glimpses, batchSize, configuration.latent], using: &generator)
  }
}

extension Painter {
  /// The bound of pictures, a mean over all.
  func bound(of pictures: PictureSet, _ data: PaintingData, using generator: inout RandomGenerator) -> Bound {
    var sums = Bound(reconstruction: 0, divergence: 0)
    for start in stride(from: 0, to: pictures.count, by: 100) {
      let batch = data.measured(pictures, Array(start..<min(start + 100, pictures.count)))
      let costs = costs(of: batch, self(batch, noise: noise(batchSize: batch.shape[0], using: &generator)))
      sums.reconstruction += Double(costs.reconstruction.scalar)
      sums.divergence += Double(costs.divergence.scalar)
    }
    let count = Double(max(1, pictures.count))
    return Bound(reconstruction: sums.reconstruction / count, divergence: sums.divergence / count)
  }
}
