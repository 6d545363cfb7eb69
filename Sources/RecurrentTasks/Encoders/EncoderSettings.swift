import RecurrentLayers
public import RecurrentTraining

/// What reads a sequence: recurrent layers, or one of the feed-forward networks that they are compared with.
public enum EncoderKind: String, Codable, Sendable, CaseIterable {
  /// Recurrent layers.
  case recurrent
  /// A feed-forward network over the last steps.
  case window
  /// Causal convolutions.
  case convolution
}

/// The settings of an `AnyEncoder`, the same in every task that reads sequences with one.
public struct EncoderSettings: RecurrentConfiguration {
  @Setting(
    "What reads a series: recurrent layers; a feed-forward network over its last steps (window); or causal convolutions whose"
      + " dilation doubles from layer to layer (Bai et al. 2018).")
  public var kind = EncoderKind.recurrent
  @Inlined([
    "cell": "The recurrent cell, as for a language model; for recurrent only.",
    "hidden": "Units of each layer, in each direction.", "layers": "Layers, one above the other; of convolutions 40 at most.",
  ])
  public var recurrent = RecurrentSettings { $0.hidden = 64 }
  @Setting(
    after: "layers",
    "Read series in both directions, side by side (Schuster and Paliwal 1997); for recurrent only, the others know no direction.")
  public var bidirectional = false
  @Setting(1...100_000, "Steps that the network sees; for window only.") public var window = 24
  @Setting(1...1000, "Taps of each convolution; for convolution only.") public var kernel = 3
  @Setting("Add each layer's input to its output where the sizes agree.") public var residual = false

  public init() {}

  public func validate() throws {
    if kind == .convolution, recurrent.layers > 40 {
      throw ConfigurationError(
        key: "layers", "\(recurrent.layers) dilations that double reach further than any sequence; 40 are the most")
    }
  }

  /// Whether recurrent layers read in both directions; feed-forward networks know none.
  var readsBothWays: Bool { kind == .recurrent && bidirectional }

  /// The network in a few words: "2 × 64 lstm".
  var summary: String {
    let (layers, hidden) = (recurrent.layers, recurrent.hidden)
    switch kind {
    case .recurrent: return "\(layers) × \(bidirectional ? "2 × " : "")\(hidden) \(recurrent.cell.rawValue)"
    case .window: return "\(layers) × \(hidden), window of \(window)"
    case .convolution: return "\(layers) × \(hidden), convolutions of \(kernel)"
    }
  }

  /// The network in a line.
  func description(reach: Int?) -> String {
    let units = "\(Figures.counted(recurrent.layers, "layer")) of \(Figures.grouped(recurrent.hidden)) units"
    switch kind {
    case .recurrent: return "\(recurrent.cell.rawValue), \(units)" + (bidirectional ? " in both directions" : "")
    case .window: return "feed-forward, \(units) over the last \(Figures.counted(window, "step"))"
    case .convolution:
      return "causal convolutions, \(units), \(Figures.counted(kernel, "tap")) each, reaching back \(Figures.counted(reach ?? 0, "step"))"
    }
  }

  /// The memory of a training step over so many positions (batch times steps).
  ///
  /// - Parameter readsLastOnly: Whether of a window only the last of each sequence is read, of which there are `batch`.
  func memory(inputSize: Int, batch: Int, longest: Int, readsLastOnly: Bool) -> MemoryEstimate {
    let positions = Double(batch) * Double(longest)
    let (hidden, layers, input) = (Double(recurrent.hidden), Double(recurrent.layers), Double(inputSize))
    switch kind {
    case .recurrent:
      return .stack(recurrent, inputSize: inputSize, directions: bidirectional ? 2 : 1, positions: positions)
    case .window:
      let windows = readsLastOnly ? Double(batch) : positions
      let inputs = Double(window) * input
      return MemoryEstimate(
        parameterCount: (inputs + 1) * hidden + (layers - 1) * (hidden + 1) * hidden,
        activationCount: windows * (inputs + 2 * layers * hidden))
    case .convolution:
      let taps = Double(kernel)
      return MemoryEstimate(
        parameterCount: taps * hidden * (input + (layers - 1) * hidden) + layers * hidden,
        activationCount: positions * (taps * input + layers * (taps + 2) * hidden))
    }
  }

  /// The parameters behind it: of what makes one vector of a sequence, and of the scores.
  func pooled(by pooling: PoolingKind?, classCount: Int) -> MemoryEstimate {
    let features = recurrent.hidden * (readsBothWays ? 2 : 1)
    let scores = MemoryEstimate.linear(features, classCount)
    guard pooling == .attention else { return scores }
    return .linear(features, features) + MemoryEstimate(parameterCount: Double(features), activationCount: 0) + scores
  }
}

/// A configuration with an encoder; the keys of it are read and set as its own, `configuration.kind`.
@dynamicMemberLookup
public protocol EncoderConfiguration: Configuration {
  /// What reads the sequences.
  var encoder: EncoderSettings { get set }
}

extension EncoderConfiguration {
  /// A key of the encoder.
  public subscript<Value>(dynamicMember key: WritableKeyPath<EncoderSettings, Value>) -> Value {
    get { encoder[keyPath: key] }
    set { encoder[keyPath: key] = newValue }
  }
}
