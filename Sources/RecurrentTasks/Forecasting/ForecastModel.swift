import Foundation
public import RecurrentLayers
public import RecurrentTensors

/// The ``ForecastNetwork`` that recipes train and model files hold.
public typealias ForecastModel = ForecastNetwork<Float>

/// A recurrent forecaster: layers read a window of a series, and a linear map of what they have read last gives the distribution of the rows
/// that follow; a linear map of the window itself is added, where the recipe has one (the highway of Lai et al. 2018, "Modeling long- and
/// short-term temporal patterns with deep neural networks").
///
/// ```
/// h = last state of rnn(x[0 ... window])
/// mean[s, k] = output(h)[0, s, k] + Σ_t linear[s, t] x[t, k]
/// deviation[s, k] = softplus(output(h)[1, s, k] + c) + 0.001        (gaussian; c makes it start near 1)
/// q_j[s, k] = median ± Σ g_i softplus(output(h)[i, s, k]) / log 2    (quantiles, which cannot cross; g_i are a normal distribution's gaps)
/// ```
///
/// - Parameters: `rnn.*` as in PyTorch; `output.weight` `[parameters * steps * targets, hidden]`, `output.bias`; `linear.weight`
///   `[steps, window]` and `linear.bias`, the same for all targets, zeros at first: without a level it then forecasts nothing, with the last
///   value as its level that value.
public struct ForecastNetwork<Scalar: TensorScalar>: Module {
  /// Its sizes and rates.
  public let configuration: ForecastingConfiguration
  /// How many series are forecast.
  public let targetCount: Int

  /// The recurrent layers.
  public var rnn: Stacked<AnyCell<Scalar>>
  /// From the last state to the distribution.
  public var output: Linear<Scalar>
  /// From the window to the mean, or nil.
  public var linear: Linear<Scalar>?

  /// A model with random parameters.
  ///
  /// - Parameter channelCount: Numbers that are read of each row, the targets among them.
  public init(
    _ configuration: ForecastingConfiguration, targetCount: Int, channelCount: Int, using generator: inout RandomGenerator
  ) {
    check(targetCount > 0 && channelCount >= targetCount, "ForecastModel: \(targetCount) targets among \(channelCount) channels")
    self.configuration = configuration
    self.targetCount = targetCount
    rnn = configuration.recurrent.makeLayers(inputSize: channelCount, using: &generator)
    let steps = configuration.outputSteps
    output = Linear(
      inputSize: configuration.hidden, outputSize: configuration.parameterCount * steps * targetCount, using: &generator)
    linear =
      configuration.linear
      ? Linear(weight: Tensor(zeros: [steps, configuration.window]), bias: Tensor(zeros: [steps])) : nil
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&rnn, "rnn")
    visitor.visit(&output, "output")
    visitor.visit(&linear, "linear")
  }

  /// Numbers that are read of each row.
  public var channelCount: Int { rnn.inputSize }

  /// The distribution of the rows after a window.
  ///
  /// - Parameters:
  ///   - inputs: `[window, batch, channels]`.
  ///   - drop: What is done where the configuration has dropout; by default nothing.
  func callAsFunction(_ inputs: Tensor<Scalar>, drop: Dropping<Scalar> = { $1 }) -> Predicted<Scalar> {
    let dropout = Dropout(rate: configuration.dropout)
    let (outputs, _) = rnn(inputs) { drop(dropout, $0) }
    let (batch, steps) = (inputs.shape[1], configuration.outputSteps)
    let last = drop(dropout, outputs.index(outputs.shape[0] - 1))  // [batch, hidden]
    let parts = output(last).reshaped(to: [batch, configuration.parameterCount, steps, targetCount])
    var center = parts.index(0, alongAxis: 1)  // [batch, steps, targets]
    if let linear {
      let windows = inputs.sliced(0..<targetCount, alongAxis: 2).transposed(permutation: [1, 2, 0])  // [batch, targets, window]
      center = center + linear(windows).transposed(permutation: [0, 2, 1])
    }
    switch configuration.distribution {
    case .gaussian:
      let scale = (parts.index(1, alongAxis: 1) + 0.5413).softplus() + 0.001
      return .gaussian(mean: center, deviation: scale)
    case .quantiles:
      let gaps = parts.sliced(1..<configuration.parameterCount, alongAxis: 1).softplus()
      // [batch, gaps, steps, targets] to [batch, steps, targets, gaps], and there sums of gaps to either side of the median.
      let sums = matmul(
        gaps.transposed(permutation: [0, 2, 3, 1]).reshaped(to: [batch * steps * targetCount, gaps.shape[1]]),
        Tensor(shape: [gaps.shape[1], QuantileLevels.all.count], converting: sides))
      return .quantiles(
        center.expandingAxis(at: 3) + sums.reshaped(to: [batch, steps, targetCount, QuantileLevels.all.count]))
    }
  }
}

/// `[gaps, levels]`: the gaps between the median and a level, with the sign of its side. They are as wide as those of a normal
/// distribution where softplus is that of 0, so that a network which says nothing yet forecasts one of deviation 1.
private let sides: [Double] = {
  let (levels, median) = (QuantileLevels.all.count, QuantileLevels.median)
  var scalars = [Double](repeating: 0, count: (levels - 1) * levels)
  for level in 0..<levels {
    // Gap g lies between the levels g and g + 1.
    for gap in min(level, median)..<max(level, median) {
      let width = NormalDistribution.quantile(QuantileLevels.all[gap + 1]) - NormalDistribution.quantile(QuantileLevels.all[gap])
      scalars[gap * levels + level] = (level < median ? -1 : 1) * width / log(2)
    }
  }
  return scalars
}()

/// What a model says of the rows after some windows, in units of the training rows' deviations and without the windows' levels.
enum Predicted<Scalar: TensorScalar> {
  /// Both `[batch, steps, targets]`.
  case gaussian(mean: Tensor<Scalar>, deviation: Tensor<Scalar>)
  /// `[batch, steps, targets, levels]`, in the order of `QuantileLevels.all`.
  case quantiles(Tensor<Scalar>)
}
