import RecurrentLayers

/// What reads a sequence: recurrent layers, or one of the feed-forward networks that they are compared with.
public enum EncoderKind: String, Codable, Sendable, CaseIterable {
  /// Recurrent layers.
  case recurrent
  /// A feed-forward network over the last steps.
  case window
  /// Causal convolutions.
  case convolution
}

/// The sizes of an `AnyEncoder`, whatever the recipe that has them.
struct EncoderSettings {
  /// What reads.
  var kind: EncoderKind
  /// The recurrent cell; for recurrent layers only.
  var cell: CellKind
  /// Units of each layer and direction.
  var hidden: Int
  /// Layers, one above the other.
  var layers: Int
  /// Whether recurrent layers read in both directions.
  var bidirectional: Bool
  /// Whether a layer's input is added to its output where the sizes agree.
  var residual: Bool
  /// Steps of depth within a time step, of the deep-transition cell.
  var transitionDepth: Int
  /// What the forget gate's bias starts from.
  var forgetBias: Double
  /// Steps that a window sees.
  var window: Int
  /// Taps of a convolution.
  var kernel: Int
  /// How many steps the gradient of recurrent layers goes back; nil: all.
  var gradientSteps: Int?

  /// Whether recurrent layers read in both directions; feed-forward networks know none.
  var readsBothWays: Bool { kind == .recurrent && bidirectional }

  /// The network in a few words: "2 × 64 lstm".
  var summary: String {
    switch kind {
    case .recurrent: "\(layers) × \(bidirectional ? "2 × " : "")\(hidden) \(cell.rawValue)"
    case .window: "\(layers) × \(hidden), window of \(window)"
    case .convolution: "\(layers) × \(hidden), convolutions of \(kernel)"
    }
  }

  /// The network in a line.
  func description(reach: Int?) -> String {
    let units = "\(Figures.counted(layers, "layer")) of \(Figures.grouped(hidden)) units"
    switch kind {
    case .recurrent: return "\(cell.rawValue), \(units)" + (bidirectional ? " in both directions" : "")
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
    let (hiddenCount, layerCount, inputCount) = (Double(hidden), Double(layers), Double(inputSize))
    switch kind {
    case .recurrent:
      return .stack(
        cell, inputSize: inputSize, hiddenSize: hidden, layers: layers, directions: bidirectional ? 2 : 1,
        transitionDepth: transitionDepth, positions: positions)
    case .window:
      let windows = readsLastOnly ? Double(batch) : positions
      let inputs = Double(window) * inputCount
      return MemoryEstimate(
        parameterCount: inputs * hiddenCount + (layerCount - 1) * hiddenCount * hiddenCount,
        activationCount: windows * (inputs + 2 * layerCount * hiddenCount))
    case .convolution:
      let taps = Double(kernel)
      return MemoryEstimate(
        parameterCount: taps * hiddenCount * (inputCount + (layerCount - 1) * hiddenCount),
        activationCount: positions * (taps * inputCount + layerCount * (taps + 2) * hiddenCount))
    }
  }
}
