import Foundation
import RecurrentData
import RecurrentLayers
public import RecurrentTensors
public import RecurrentTraining

/// Windows of the training rows, each once an epoch, in an order drawn anew.
struct ForecastWindows: BatchSource {
  private let channels: SeriesChannels
  private let configuration: ForecastingConfiguration
  private let origins: [Int]
  private let batchSize: Int
  private let shuffling: RandomGenerator
  let identity: [String: String]

  /// Windows whose rows and whose following rows are all in the training part.
  ///
  /// - Parameter origins: The rows after the windows.
  init(
    _ channels: SeriesChannels, _ configuration: ForecastingConfiguration, origins: [Int], batchSize: Int, seed: UInt64
  ) {
    (self.channels, self.configuration, self.origins, self.batchSize) = (channels, configuration, origins, batchSize)
    shuffling = RandomGenerator(seed: seed).split("shuffling")
    var digest = Digest()
    for value in (channels.observed + channels.others).joined() { digest.add(value) }
    identity = ["data": digest.text, "windows": "\(origins.count)"]
  }

  var stepsPerEpoch: Int { (origins.count + batchSize - 1) / batchSize }

  func batch(at step: Int, epoch: Int, shard: Shard) -> ForecastBatch {
    var shuffling = shuffling.split(epoch)
    let order = origins.shuffled(using: &shuffling)
    return ForecastBatch(
      channels, origins: shard.part(of: Array(order[(step * batchSize)..<min((step + 1) * batchSize, order.count)])),
      window: configuration.window, steps: configuration.outputSteps, level: configuration.level)
  }
}

/// The likelihood, or the pinball loss, of what follows a window.
public struct ForecastObjective: Objective {
  private let channels: SeriesChannels
  private let configuration: ForecastingConfiguration
  private let validation: [Int]

  /// An objective that measures on the windows before the rows `validation`.
  init(_ channels: SeriesChannels, _ configuration: ForecastingConfiguration, validation: [Int]) {
    (self.channels, self.configuration, self.validation) = (channels, configuration, validation)
  }

  public func loss(
    of model: ForecastModel, on batch: ForecastBatch, from carried: NoCarriedState, using generator: inout RandomGenerator
  ) -> Loss<NoCarriedState> {
    Loss(loss(of: model, on: batch, using: &generator), units: batch.levels.count)
  }

  /// The loss in any precision.
  func loss<Scalar>(of model: ForecastNetwork<Scalar>, on batch: ForecastBatch, using generator: inout RandomGenerator) -> Tensor<Scalar> {
    loss(model(Tensor(batch.inputs), drop: { $0($1, using: &generator) }), batch)
  }

  private func loss<Scalar>(_ predicted: Predicted<Scalar>, _ batch: ForecastBatch) -> Tensor<Scalar> {
    let (targets, mask) = (Tensor<Scalar>(batch.targets), Tensor<Scalar>(batch.mask))
    return switch predicted {
    case .gaussian(let mean, let deviation):
      gaussianNegativeLogLikelihood(
        mean: mean, deviation: deviation, targets: targets, mask: mask, beta: Scalar(1 - configuration.likelihood))
    case .quantiles(let quantiles):
      pinballLoss(quantiles: quantiles, levels: QuantileLevels.all, targets: targets, mask: mask)
    }
  }

  /// Measures on the validation part: the loss, and the errors of mean or median in units of the training rows' deviations.
  public func evaluate(_ model: ForecastModel, using generator: inout RandomGenerator) -> Evaluation {
    var (total, squares, absolutes) = (0.0, 0.0, 0.0)
    var count = 0
    for start in stride(from: 0, to: validation.count, by: Measuring.sequenceLimit) {
      let batch = ForecastBatch(
        channels, origins: validation[start..<min(start + Measuring.sequenceLimit, validation.count)],
        window: configuration.window, steps: configuration.outputSteps, level: configuration.level)
      let predicted = model(batch.inputs)
      let difference = (predicted.point - batch.targets) * batch.mask
      total += Double(loss(predicted, batch).scalar) * Double(batch.countedCount)
      squares += Double(difference.squared().sum().scalar)
      absolutes += Double(difference.absolute().sum().scalar)
      count += batch.countedCount
    }
    let counted = Double(max(1, count))
    return Evaluation(
      loss: total / counted, units: count, metrics: ["mse": squares / counted, "mae": absolutes / counted])
  }

  /// The calibration of the model's intervals.
  public func metadata(of model: ForecastModel) throws -> [String: String] {
    ["calibration": String(decoding: try JSONEncoder().encode(ForecastCalibration(model, channels, origins: validation)), as: UTF8.self)]
  }

  /// Means are compared by their squared errors, medians by the loss itself.
  public func score(of evaluation: Evaluation) -> Double {
    configuration.distribution == .gaussian ? evaluation.metrics["mse"] ?? evaluation.loss : evaluation.loss
  }
}

extension Predicted {
  /// The mean, or the median: `[batch, steps, targets]`.
  var point: Tensor<Scalar> {
    switch self {
    case .gaussian(let mean, _): mean
    case .quantiles(let quantiles): quantiles.index(QuantileLevels.median, alongAxis: 3)
    }
  }
}
