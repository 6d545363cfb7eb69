public import RecurrentPictures
import RecurrentTensors
public import RecurrentTraining

/// The settings of what sees pictures, the same in every task that has some.
public struct PictureSettings: Configuration {
  @Setting(
    "What sees pictures: squeezenet (version 1.1, with the weights of ImageNet that are part of the package), or small: four convolutions that learn"
      + " from the beginning, for pictures that are no photographs.")
  public var encoder = PictureEncoderKind.squeezenet
  @Setting("Whether an encoder that comes with weights learns too. Otherwise its features are made once, before the first step.")
  public var fineTune = false
  @Setting(32...512, "Pixels of a side of the square that is seen. Absent: 224 of squeezenet, 64 of small.") public var size: Int?
  @Setting("What is made of pictures that are no squares: crop sees the square in the middle, fit squeezes all of it into one.")
  public var framing = PicturePreprocessing.Framing.fit

  public init() {}

  public func validate() throws {
    if encoder == .small, let size, size % 8 != 0 {
      throw ConfigurationError(key: "size", "is \(size); small halves it three times, so it must be a multiple of 8")
    }
  }

  /// Whether the encoder is a part of the model and learns.
  var trainsEncoder: Bool { encoder == .small || fineTune }
  /// The encoder that the package has the weights of, if it is that; what it sees is standardized.
  var knownEncoder: PictureEncoder<Float>? {
    guard encoder == .squeezenet else { return nil }
    var generator = RandomGenerator(seed: 0)
    return PictureEncoder(encoder, using: &generator)
  }
  /// The side of the square that is seen.
  var side: Int { size ?? encoder.usualSize }
  /// How pictures become numbers.
  var preprocessing: PicturePreprocessing { encoder.preprocessing(size: side, framing: framing) }
  /// The grid of places.
  var grid: PictureGrid { encoder.grid(size: side) }

  /// What sees pictures, in a line.
  var summary: String {
    "\(encoder.rawValue)\(trainsEncoder ? "" : ", frozen"), \(side) × \(side) pixels, \(framing.rawValue),"
      + " \(grid.high) × \(grid.wide) places of \(grid.features) features"
  }

  /// The memory of a training step, where the encoder learns.
  func memory(batch: Int) -> MemoryEstimate {
    trainsEncoder ? encoder.memory(size: side, batch: batch) : MemoryEstimate(parameterCount: 0, activationCount: 0)
  }
}

/// A configuration with an encoder of pictures; its keys are read and set as its own, `configuration.framing`.
@dynamicMemberLookup
public protocol PictureConfiguration: Configuration {
  /// What sees the pictures.
  var pictures: PictureSettings { get set }
}

extension PictureConfiguration {
  /// A key of what sees pictures.
  public subscript<Value>(dynamicMember key: WritableKeyPath<PictureSettings, Value>) -> Value {
    get { pictures[keyPath: key] }
    set { pictures[keyPath: key] = newValue }
  }

  /// What follows from the keys of what sees pictures.
  subscript<Value>(dynamicMember key: KeyPath<PictureSettings, Value>) -> Value { pictures[keyPath: key] }
}
