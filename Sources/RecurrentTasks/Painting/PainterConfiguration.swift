public import RecurrentLayers
import RecurrentTensors
public import RecurrentTraining

/// The `model` of a recipe of DRAW.
public struct PainterConfiguration: Configuration {
  @Setting("The recurrent cell of encoder and decoder.") public var cell = CellKind.lstm
  @Setting(1...65_536, "Units of the encoder, and of the decoder.") public var hidden = 256
  @Setting(-100...100, "What is added to the forget gate's bias at the start.") public var forgetBias = 1.0
  @Setting(1...1000, "Glimpses at a picture, and strokes that paint it.") public var glimpses = 64
  @Setting(1...65_536, "Numbers that are drawn for each stroke.") public var latent = 100
  @Setting("Whether it reads and paints through a grid of filters that it moves about; else the whole picture at each glimpse.")
  public var attention = true
  @Setting(1...256, "Filters along a side of the grid through which it reads.") public var readSize = 2
  @Setting(1...256, "Filters along a side of the grid through which it paints.") public var writeSize = 5

  public init() {}

  /// What the encoder reads of a picture at a glimpse: of it, and of what it lacks.
  func readCount(_ shape: PictureShape) -> Int { 2 * (attention ? readSize * readSize * shape.channels : shape.count) }
  /// What the decoder paints at a stroke.
  func writeCount(_ shape: PictureShape) -> Int { attention ? writeSize * writeSize * shape.channels : shape.count }

  /// The cell of encoder or decoder.
  func makeCell<Scalar>(inputSize: Int, using generator: inout RandomGenerator) -> AnyCell<Scalar> {
    cell.makeCell(
      inputSize: inputSize, hiddenSize: hidden, initialization: CellInitialization(forgetBias: forgetBias),
      using: &generator)
  }

  /// The memory of a training step over `batch` pictures.
  func memory(_ shape: PictureShape, batch: Int) -> MemoryEstimate {
    let strokes = Double(batch) * Double(glimpses)
    let settings = RecurrentSettings { ($0.cell, $0.hidden) = (cell, hidden) }
    let windows: MemoryEstimate = .linear(hidden, 5, count: attention ? 2 : 0, positions: strokes)
    return .stack(settings, inputSize: readCount(shape) + hidden, positions: strokes)
      + .stack(settings, inputSize: latent, positions: strokes)
      + .linear(hidden, 2 * latent, positions: strokes) + .linear(hidden, writeCount(shape), positions: strokes) + windows
      + MemoryEstimate(
        parameterCount: Double(shape.count + 2 * cell.stateCount * hidden), activationCount: 3 * strokes * Double(shape.count))
  }
}
