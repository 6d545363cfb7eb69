import Foundation
import RecurrentTensors

/// What a model says of the rows after some windows, in units of the training rows' deviations.
struct Forecasts {
  /// Windows, steps and targets.
  let shape: (windows: Int, steps: Int, targets: Int)
  /// Means or medians: `[window][step][target]`, one after another.
  var points: [Float]
  /// The quantiles of `QuantileLevels.all`, each as `points`.
  var quantiles: [[Float]]

  /// The place of a value.
  func index(_ window: Int, _ step: Int, _ target: Int) -> Int { (window * shape.steps + step) * shape.targets + target }
}

extension ForecastModel {
  /// Paths that a recursive forecast draws of the future.
  static let pathCount = 100

  /// Forecasts of the `steps` rows from each origin on, from the rows before it alone.
  ///
  /// - Parameters:
  ///   - channels: The series; of rows from an origin on nothing is read but the calendar.
  ///   - steps: As many as the model forecasts at once, or fewer; any number where it is recursive.
  func forecasts(_ channels: SeriesChannels, origins: [Int], steps: Int) -> Forecasts {
    switch configuration.strategy {
    case .direct: directForecasts(channels, origins, steps)
    case .recursive: recursiveForecasts(channels, origins, steps)
    }
  }

  private func directForecasts(_ channels: SeriesChannels, _ origins: [Int], _ steps: Int) -> Forecasts {
    check(steps <= configuration.horizon, "ForecastModel: \(steps) steps of \(configuration.horizon)")
    let batch = ForecastBatch(channels, origins: origins, window: configuration.window, steps: 0, level: configuration.level)
    let predicted = self(batch.inputs)
    var result = Forecasts(
      shape: (origins.count, steps, targetCount), points: [], quantiles: [])
    func leveled(_ values: Tensor<Float>) -> [Float] {
      let scalars = values.sliced(0..<steps, alongAxis: 1).scalars
      return scalars.indices.map { scalars[$0] + batch.levels[$0 / (steps * targetCount)][$0 % targetCount] }
    }
    result.points = leveled(predicted.point)
    switch predicted {
    case .gaussian(let mean, let deviation):
      result.quantiles = QuantileLevels.all.map { leveled(mean + deviation * Float(NormalDistribution.quantile($0))) }
    case .quantiles(let quantiles):
      result.quantiles = QuantileLevels.all.indices.map { leveled(quantiles.index($0, alongAxis: 3)) }
    }
    return result
  }

  /// The mean of each step is read as the next row; beside it, paths on which a draw from each step's distribution is. The points are those of
  /// the means, the quantiles those of the paths.
  private func recursiveForecasts(_ channels: SeriesChannels, _ origins: [Int], _ steps: Int) -> Forecasts {
    var result = Forecasts(
      shape: (origins.count, steps, targetCount), points: [Float](repeating: 0, count: origins.count * steps * targetCount),
      quantiles: QuantileLevels.all.map { _ in [Float](repeating: 0, count: origins.count * steps * targetCount) })
    for (window, origin) in origins.enumerated() {
      // The first path follows the means. The draws depend on the origin alone, not on what else is forecast.
      var generator = RandomGenerator(seed: 1).split("paths").split(origin)
      var paths = Array(repeating: [Float](), count: 1 + Self.pathCount)
      for step in 0..<steps {
        let (inputs, levels) = inputs(channels, origin: origin, paths: paths, step: step)
        guard case .gaussian(let mean, let deviation) = self(inputs) else {
          fatalError("ForecastModel: recursive forecasts are of normal distributions")
        }
        let noise = Tensor<Float>(normalWithMean: 0, shape: mean.shape, using: &generator)
        let (means, drawn) = (mean.scalars, (mean + deviation * noise).scalars)
        for path in paths.indices {
          for target in 0..<targetCount {
            let place = path * targetCount + target
            paths[path].append((path == 0 ? means[place] : drawn[place]) + levels[path][target])
          }
        }
        for target in 0..<targetCount {
          let index = result.index(window, step, target)
          result.points[index] = paths[0][step * targetCount + target]
          let sorted = paths.dropFirst().map { $0[step * targetCount + target] }.sorted()
          for (level, quantile) in QuantileLevels.all.enumerated() {
            result.quantiles[level][index] = Self.quantile(quantile, ofSorted: sorted)
          }
        }
      }
    }
    return result
  }

  /// The windows that end `step` rows after the origin, a path each: measured rows up to the origin, the path's from there on.
  private func inputs(
    _ channels: SeriesChannels, origin: Int, paths: [[Float]], step: Int
  ) -> (inputs: Tensor<Float>, levels: [[Float]]) {
    let window = configuration.window
    let width = targetCount + channels.others.count
    var inputs = [Float](repeating: 0, count: window * paths.count * width)
    var levels: [[Float]] = []
    for (column, path) in paths.enumerated() {
      var values = Array(repeating: [Float](), count: targetCount)
      for row in (origin + step - window)..<(origin + step) {
        for target in 0..<targetCount {
          values[target].append(row < origin ? channels.filled[target][row] : path[(row - origin) * targetCount + target])
        }
      }
      let taken = values.map { configuration.level.of($0[...]) }
      levels.append(taken)
      for index in 0..<window {
        let place = (index * paths.count + column) * width
        let row = origin + step - window + index
        for target in 0..<targetCount { inputs[place + target] = values[target][index] - taken[target] }
        for other in channels.others.indices {
          inputs[place + targetCount + other] = channels.other(other, row: row, origin: origin)
        }
      }
    }
    return (Tensor(shape: [window, paths.count, width], scalars: inputs), levels)
  }

  /// A quantile of a sample, between its two nearest members.
  static func quantile(_ level: Double, ofSorted sorted: [Float]) -> Float {
    let place = level * Double(sorted.count - 1)
    let below = Int(place)
    guard below + 1 < sorted.count else { return sorted[sorted.count - 1] }
    let share = Float(place - Double(below))
    return sorted[below] * (1 - share) + sorted[below + 1] * share
  }
}

/// The standard normal distribution.
enum NormalDistribution {
  /// The number below which a share of it lies: the root of `erfc(-x / √2) / 2 = share`, by Newton's method.
  static func quantile(_ share: Double) -> Double {
    var x = 0.0
    for _ in 0..<60 {
      let step = (erfc(-x / 2.0.squareRoot()) / 2 - share) / (exp(-x * x / 2) / (2 * Double.pi).squareRoot())
      x -= max(-1, min(1, step))
      if abs(step) < 1e-14 { break }
    }
    return x
  }
}
