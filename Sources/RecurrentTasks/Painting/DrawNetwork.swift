public import RecurrentLayers
public import RecurrentTensors

/// The ``DrawNetwork`` that recipes train and model files hold.
public typealias Painter = DrawNetwork<Float>

/// Paints pictures stroke by stroke (Gregor et al. 2015, "DRAW: a recurrent neural network for image generation").
///
/// In training it looks at a picture so many times. At each glimpse the encoder reads a patch of it, and of what the canvas still lacks; it says
/// from which normal distribution the numbers of this stroke are drawn; the decoder reads these, and paints a patch on the canvas. Where the grids of
/// filters lie, through which is read and painted, the decoder says. At last the logistic function of the canvas is how likely each pixel is set. To
/// paint a picture of its own it draws the numbers from the standard normal distribution, and the encoder is not needed.
///
/// - Parameters: `encoder.*` and `decoder.*`, the cells; `latent`, from the encoder's state to means and logarithms of deviations `[2 latent, hidden]`; `write`, to a
///   patch; with attention `read_window` and `write_window`, to the five numbers of ``GlimpseGrid``; and what all of it begins with: `encoder_start.*`, `decoder_start.*`,
///   `canvas` `[height, width, channels]`.
public struct DrawNetwork<Scalar: TensorScalar>: Module {
  /// The kind of cell inside.
  public typealias Cell = AnyCell<Scalar>

  /// Its sizes.
  public let configuration: PainterConfiguration
  /// The pictures that it paints.
  public let shape: PictureShape

  /// What reads pictures.
  public var encoder: Cell
  /// What paints.
  public var decoder: Cell
  /// What the encoder's state begins with.
  public var encoderStart: LearnedState<Cell>
  /// What the decoder's state begins with.
  public var decoderStart: LearnedState<Cell>
  /// What the canvas begins with, `[height, width, channels]`; a run sets it to the logarithms of the odds of each pixel in its training part.
  public var canvas: Tensor<Scalar>
  /// From the encoder's state to the distribution of a stroke's numbers.
  public var latent: Linear<Scalar>
  /// From the decoder's state to where is read; nil without attention.
  public var readWindow: Linear<Scalar>?
  /// From the decoder's state to where is painted; nil without attention.
  public var writeWindow: Linear<Scalar>?
  /// From the decoder's state to what is painted.
  public var write: Linear<Scalar>

  /// A network with parameters drawn at random.
  public init(_ configuration: PainterConfiguration, shape: PictureShape, using generator: inout RandomGenerator) {
    let c = configuration
    (self.configuration, self.shape) = (c, shape)
    encoder = c.makeCell(inputSize: c.readCount(shape) + c.hidden, using: &generator)
    decoder = c.makeCell(inputSize: c.latent, using: &generator)
    encoderStart = LearnedState(of: encoder)
    decoderStart = LearnedState(of: decoder)
    canvas = Tensor(zeros: [shape.height, shape.width, shape.channels])
    latent = Linear(inputSize: c.hidden, outputSize: 2 * c.latent, using: &generator)
    readWindow = c.attention ? Linear(inputSize: c.hidden, outputSize: 5, using: &generator) : nil
    writeWindow = c.attention ? Linear(inputSize: c.hidden, outputSize: 5, using: &generator) : nil
    write = Linear(inputSize: c.hidden, outputSize: c.writeCount(shape), using: &generator)
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&encoder, "encoder")
    visitor.visit(&decoder, "decoder")
    visitor.visit(&encoderStart, "encoder_start")
    visitor.visit(&decoderStart, "decoder_start")
    visitor.visit(&canvas, "canvas")
    visitor.visit(&latent, "latent")
    visitor.visit(&readWindow, "read_window")
    visitor.visit(&writeWindow, "write_window")
    visitor.visit(&write, "write")
  }

  /// How a picture came about.
  public struct Painting: Sendable {
    /// The canvas at last, `[batch, height, width, channels]`: its logistic function is how likely each pixel is set.
    public var canvas: Tensor<Scalar>
    /// The distributions of the strokes' numbers, `[glimpses * batch, 2 latent]`: means, then logarithms of deviations; nil where they were
    /// drawn from the standard normal distribution.
    public var distributions: Tensor<Scalar>?
    /// The windows through which was read, `[batch, 5]` a glimpse, detached; empty without attention, or without a picture.
    public var readWindows: [Tensor<Scalar>] = []
    /// The windows through which was painted, likewise.
    public var writeWindows: [Tensor<Scalar>] = []
    /// The canvas after each stroke, detached; empty unless asked for.
    public var canvases: [Tensor<Scalar>] = []
  }

  /// Paints pictures again that it looks at.
  ///
  /// - Parameters:
  ///   - pictures: `[batch, height, width, channels]`, from 0 to 1.
  ///   - noise: Drawn from the standard normal distribution, `[glimpses, batch, latent]`.
  ///   - keepsCanvases: Whether the canvas after each stroke is kept.
  public func callAsFunction(_ pictures: Tensor<Scalar>, noise: Tensor<Scalar>, keepsCanvases: Bool = false) -> Painting {
    check(
      pictures.shape == [pictures.shape[0], shape.height, shape.width, shape.channels],
      "DrawNetwork: pictures \(pictures.shape) are not [batch, \(shape.height), \(shape.width), \(shape.channels)]")
    return paint(batchSize: pictures.shape[0], pictures: pictures, noise: noise, keepsCanvases: keepsCanvases)
  }

  /// Paints pictures of its own.
  ///
  /// - Parameters:
  ///   - noise: Drawn from the standard normal distribution, `[glimpses, batch, latent]`.
  ///   - keepsCanvases: Whether the canvas after each stroke is kept.
  public func callAsFunction(noise: Tensor<Scalar>, keepsCanvases: Bool = false) -> Painting {
    paint(batchSize: noise.shape[1], pictures: nil, noise: noise, keepsCanvases: keepsCanvases)
  }

  private func paint(batchSize: Int, pictures: Tensor<Scalar>?, noise: Tensor<Scalar>, keepsCanvases: Bool) -> Painting {
    check(
      noise.shape == [configuration.glimpses, batchSize, configuration.latent],
      "DrawNetwork: noise \(noise.shape) is not [\(configuration.glimpses), \(batchSize), \(configuration.latent)]")
    let strokes = Strokes(self)
    var (encoded, decoded) = (encoderStart(batchSize: batchSize), decoderStart(batchSize: batchSize))
    var painting = Painting(canvas: canvas.broadcast(to: [batchSize, shape.height, shape.width, shape.channels]))
    var distributions: [Tensor<Scalar>] = []
    for noise in noise.unstacked() {
      var numbers = noise
      if let pictures {
        let (seen, window) = strokes.read(pictures, lacking: painting.canvas, by: decoded.hidden)
        encoded = strokes.encoder.step(seen.concatenated(with: decoded.hidden, alongAxis: 1), from: encoded)
        let distribution = strokes.latent(encoded.hidden)
        let parts = distribution.split(count: 2, alongAxis: 1)
        numbers = parts[0] + parts[1].exp() * noise
        distributions.append(distribution)
        if let window { painting.readWindows.append(window) }
      }
      decoded = strokes.decoder.step(numbers, from: decoded)
      let (canvas, window) = strokes.paint(onto: painting.canvas, by: decoded.hidden)
      painting.canvas = canvas
      if let window { painting.writeWindows.append(window) }
      if keepsCanvases { painting.canvases.append(canvas.detached()) }
    }
    if !distributions.isEmpty { painting.distributions = Tensor(concatenating: distributions) }
    return painting
  }

  /// The network's parts, ready for many steps.
  private struct Strokes {
    let encoder, decoder: SteppedCell<Cell>
    let latent, write: SteppedLinear<Scalar>
    let readWindow, writeWindow: SteppedLinear<Scalar>?
    let configuration: PainterConfiguration
    let shape: PictureShape

    init(_ network: DrawNetwork) {
      (encoder, decoder) = (SteppedCell(network.encoder), SteppedCell(network.decoder))
      (latent, write) = (SteppedLinear(network.latent), SteppedLinear(network.write))
      (readWindow, writeWindow) = (network.readWindow.map { SteppedLinear($0) }, network.writeWindow.map { SteppedLinear($0) })
      (configuration, shape) = (network.configuration, network.shape)
    }

    /// What is read of pictures and of what the canvas lacks, `[batch, features]`, and through which window.
    func read(
      _ pictures: Tensor<Scalar>, lacking canvas: Tensor<Scalar>, by state: Tensor<Scalar>
    ) -> (seen: Tensor<Scalar>, window: Tensor<Scalar>?) {
      let missing = pictures - canvas.sigmoid()
      let batch = pictures.shape[0]
      func rows(_ patches: Tensor<Scalar>) -> Tensor<Scalar> { patches.reshaped(to: [batch, patches.count / max(1, batch)]) }
      guard let window = readWindow?(state) else { return (rows(pictures).concatenated(with: rows(missing), alongAxis: 1), nil) }
      let grid = GlimpseGrid(
        windows: window, size: configuration.readSize, for: .reading, height: shape.height, width: shape.width)
      return (rows(grid.read(pictures)).concatenated(with: rows(grid.read(missing)), alongAxis: 1), window.detached())
    }

    /// The canvas with a stroke more, and through which window it was made.
    func paint(onto canvas: Tensor<Scalar>, by state: Tensor<Scalar>) -> (canvas: Tensor<Scalar>, window: Tensor<Scalar>?) {
      let patches = write(state)
      guard let window = writeWindow?(state) else { return (canvas + patches.reshaped(to: canvas.shape), nil) }
      let size = configuration.writeSize
      let grid = GlimpseGrid(windows: window, size: size, for: .painting, height: shape.height, width: shape.width)
      return (
        grid.paint(patches.reshaped(to: [canvas.shape[0], size, size, shape.channels]), onto: canvas), window.detached()
      )
    }
  }
}
