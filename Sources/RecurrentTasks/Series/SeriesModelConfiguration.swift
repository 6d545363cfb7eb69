public import RecurrentLayers
public import RecurrentTraining

/// The `model` of a recipe for series.
public struct SeriesModelConfiguration: Configuration {
  @Setting(
    "What reads a series: recurrent layers; a feed-forward network over its last steps (window); or causal convolutions whose"
      + " dilation doubles from layer to layer (Bai et al. 2018).")
  public var kind = EncoderKind.recurrent
  @Setting("The recurrent cell, as for a language model; for recurrent only.") public var cell = CellKind.lstm
  @Setting(1...65_536, "Units of each layer, in each direction.") public var hidden = 64
  @Setting(1...64, "Layers, one above the other; of convolutions 40 at most.") public var layers = 1
  @Setting("Read series in both directions, side by side (Schuster and Paliwal 1997); for recurrent only, the others know no direction.")
  public var bidirectional = false
  @Setting(
    "How what was read becomes one vector: the last state, the mean or the maximum over the steps, or a mean with learned"
      + " weights. For series-classification.")
  public var pooling = PoolingKind.last
  @Setting(1...100_000, "Steps that the network sees; for window only.") public var window = 24
  @Setting(1...1000, "Taps of each convolution; for convolution only.") public var kernel = 3
  @Setting("Add each layer's input to its output where the sizes agree.") public var residual = false
  @Setting(1...64, "Steps of depth within a time step; for the cell deep-transition only.") public var transitionDepth = 2
  @Setting(0...0.99, "Part dropped of what passes from layer to layer, and of what the output layer reads.") public var dropout = 0.0
  @Setting(0...0.99, "Part dropped of the measurements.") public var dropoutInput = 0.0
  @Setting("One dropout mask for all time steps of a training step (Gal and Ghahramani 2016).") public var variational = false
  @Setting(-100...100, "What is added to the forget gate's bias at the start.") public var forgetBias = 1.0
  @Setting(
    1...1_000_000,
    "Truncated backpropagation through time: the gradient goes back to the last multiple of so many steps before the end and no"
      + " further. Absent: through the whole series. For recurrent, in one direction.")
  public var gradientSteps: Int?

  public init() {}

  public func validate() throws {
    if kind != .recurrent, gradientSteps != nil {
      throw ConfigurationError(key: "gradientSteps", "is for recurrent layers; leave it out for \(kind.rawValue)")
    }
    if encoder.readsBothWays, gradientSteps != nil {
      throw ConfigurationError(
        key: "gradientSteps", "needs one direction: the other begins at the end; leave it out, or set bidirectional to false")
    }
    if kind == .convolution, layers > 40 {
      throw ConfigurationError(key: "layers", "\(layers) dilations that double reach further than any series; 40 are the most")
    }
  }

  /// Dropout of the measurements.
  var inputDropout: Dropout { Dropout(rate: dropoutInput, sharing: variational ? .acrossTime : .nothing) }
  /// Dropout from one layer to the next.
  var betweenDropout: Dropout { Dropout(rate: dropout, sharing: variational ? .acrossTime : .nothing) }

  /// Whether a feed-forward network's outputs of all steps count, and not that of the last alone.
  func readsStretches(isTagging: Bool) -> Bool { !isTagging && pooling != .last }

  /// What the encoder is made from.
  var encoder: EncoderSettings {
    EncoderSettings(
      kind: kind, cell: cell, hidden: hidden, layers: layers, bidirectional: bidirectional, residual: residual,
      transitionDepth: transitionDepth, forgetBias: forgetBias, window: window, kernel: kernel, gradientSteps: gradientSteps)
  }
}
