public import RecurrentLayers
public import RecurrentTraining

/// The `model` of a recipe for series.
public struct SeriesModelConfiguration: EncoderConfiguration {
  @Inlined public var encoder = EncoderSettings()
  @Setting(
    after: "bidirectional",
    "How what was read becomes one vector: the last state, the mean or the maximum over the steps, or a mean with learned"
      + " weights. For series-classification.")
  public var pooling = PoolingKind.last
  @Setting(0...0.99, after: "transitionDepth", "Part dropped of what passes from layer to layer, and of what the output layer reads.")
  public var dropout = 0.0
  @Setting(0...0.99, "Part dropped of the measurements.") public var dropoutInput = 0.0
  @Setting("One dropout mask for all time steps of a training step (Gal and Ghahramani 2016).") public var variational = false
  @Setting(
    1...1_000_000, after: "forgetBias",
    "Truncated backpropagation through time: the gradient goes back to the last multiple of so many steps before the end and no"
      + " further. Absent: through the whole series. For recurrent, in one direction.")
  public var gradientSteps: Int?

  public init() {}

  public func validate() throws {
    try encoder.validate()
    if encoder.kind != .recurrent, gradientSteps != nil {
      throw ConfigurationError(key: "gradientSteps", "is for recurrent layers; leave it out for \(encoder.kind.rawValue)")
    }
    if encoder.readsBothWays, gradientSteps != nil {
      throw ConfigurationError(
        key: "gradientSteps", "needs one direction: the other begins at the end; leave it out, or set bidirectional to false")
    }
  }

  /// Dropout of the measurements.
  var inputDropout: Dropout { Dropout(rate: dropoutInput, sharing: variational ? .acrossTime : .nothing) }
  /// Dropout from one layer to the next.
  var betweenDropout: Dropout { Dropout(rate: dropout, sharing: variational ? .acrossTime : .nothing) }

  /// Whether a feed-forward network's outputs of all steps count, and not that of the last alone.
  func readsStretches(isTagging: Bool) -> Bool { !isTagging && pooling != .last }

  /// The memory of a training step over series of at most `longest` steps.
  func memory(channelCount: Int, classCount: Int, isTagging: Bool, batch: Int, longest: Int) -> MemoryEstimate {
    encoder.memory(
      inputSize: channelCount, batch: batch, longest: longest, readsLastOnly: !readsStretches(isTagging: isTagging) && !isTagging)
      + encoder.pooled(by: isTagging ? nil : pooling, classCount: classCount)
  }
}
