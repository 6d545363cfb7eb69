import RecurrentData
import RecurrentLayers
public import RecurrentTensors
public import RecurrentTraining

/// Training of a forecaster: each window of the training rows once an epoch, in an order drawn anew.
public struct ForecastTask: TrainingTask {
  public typealias Model = ForecastModel
  public typealias Carried = NoCarriedState

  private let channels: SeriesChannels
  private let configuration: ForecastingConfiguration
  private let origins: [Int]
  private let validation: [Int]
  private let batchSize: Int
  private let shuffling: RandomGenerator

  /// Training on windows whose rows and whose following rows are all in the training part.
  ///
  /// - Parameters:
  ///   - origins: The rows after the windows to train on.
  ///   - validation: Those to validate with.
  init(
    _ channels: SeriesChannels, _ configuration: ForecastingConfiguration, origins: [Int], validation: [Int], batchSize: Int,
    seed: UInt64
  ) {
    self.channels = channels
    self.configuration = configuration
    self.origins = origins
    self.validation = validation
    self.batchSize = batchSize
    shuffling = RandomGenerator(seed: seed).split("shuffling")
  }

  public var stepsPerEpoch: Int { (origins.count + batchSize - 1) / batchSize }

  public var identity: [String: String] {
    var digest: UInt64 = 0xcbf2_9ce4_8422_2325  // FNV-1a over all values that are read
    for value in (channels.observed + channels.others).joined() {
      digest = (digest ^ UInt64(value.bitPattern)) &* 0x0000_0100_0000_01b3
    }
    return ["data": String(digest, radix: 16), "windows": "\(origins.count)"]
  }

  public func loss(
    of model: ForecastModel, epoch: Int, step: Int, from carried: NoCarriedState, using generator: inout RandomGenerator
  ) -> (loss: Tensor<Float>, carried: NoCarriedState, units: Int) {
    var shuffling = shuffling.split(epoch)
    let order = origins.shuffled(using: &shuffling)
    let batch = ForecastBatch(
      channels, origins: order[(step * batchSize)..<min((step + 1) * batchSize, order.count)], window: configuration.window,
      steps: configuration.outputSteps, level: configuration.level)
    return (loss(model(batch.inputs, droppingWith: &generator), batch), carried, batch.levels.count)
  }

  private func loss(_ predicted: Predicted, _ batch: ForecastBatch) -> Tensor<Float> {
    switch predicted {
    case .gaussian(let mean, let deviation):
      gaussianNegativeLogLikelihood(
        mean: mean, deviation: deviation, targets: batch.targets, mask: batch.mask, beta: Float(1 - configuration.likelihood))
    case .quantiles(let quantiles):
      pinballLoss(quantiles: quantiles, levels: QuantileLevels.all, targets: batch.targets, mask: batch.mask)
    }
  }

  /// Measures on the validation part: the loss, and the errors of mean or median in units of the training rows' deviations.
  public func evaluate(_ model: ForecastModel) -> Evaluation {
    var (total, squares, absolutes) = (0.0, 0.0, 0.0)
    var count = 0
    for start in stride(from: 0, to: validation.count, by: ForecastModel.windowsAtOnce) {
      let batch = ForecastBatch(
        channels, origins: validation[start..<min(start + ForecastModel.windowsAtOnce, validation.count)],
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

  /// Means are compared by their squared errors, medians by the loss itself.
  public func score(of evaluation: Evaluation) -> Double {
    configuration.distribution == .gaussian ? evaluation.metrics["mse"] ?? evaluation.loss : evaluation.loss
  }
}

extension ForecastModel {
  /// Windows that are measured side by side.
  static let windowsAtOnce = 256
}

extension Predicted {
  /// The mean, or the median: `[batch, steps, targets]`.
  var point: Tensor<Float> {
    switch self {
    case .gaussian(let mean, _): mean
    case .quantiles(let quantiles): quantiles.index(QuantileLevels.median, alongAxis: 3)
    }
  }
}
