import Recurrent

/// The sizes of an operation on pictures: of the pictures, and of the convolution, where it is one.
public struct PictureSizes: Decodable, Sendable {
  public var height: Int
  public var width: Int
  /// The channels of a picture; of a convolution only, as all that follow.
  public var input: Int?
  public var output: Int?
  /// The size of the window; 1 where it is absent.
  public var kernel: Int?
  /// 1 where it is absent.
  public var stride: Int?
  /// 0 where it is absent.
  public var padding: Int?
  /// 1 where it is absent.
  public var groups: Int?

  /// The convolution, whose window has places in the pictures.
  struct Layer {
    var input, output, kernel, stride, padding, groups: Int
    var height, width: Int

    var places: Int { places(height) * places(width) }
    private func places(_ extent: Int) -> Int { (extent + 2 * padding - kernel) / stride + 1 }
    var weightCount: Int { output * (input / groups) * kernel * kernel }
  }

  var layer: Layer {
    Layer(
      input: input ?? 3, output: output ?? 1, kernel: kernel ?? 1, stride: stride ?? 1, padding: padding ?? 0, groups: groups ?? 1,
      height: height, width: width)
  }

  func check(_ op: BenchmarkCase.Operation, batch: Int, of id: String) throws {
    func refuse(_ key: String, _ value: String) throws {
      throw BenchmarkCaseError("the case \"\(id)\" needs \"\(key)\", \(value)")
    }
    let isConvolution = op == .convolutionInfer || op == .convolutionTrain
    let sizes = [("batch", batch), ("height", height), ("width", width)]
    let ofLayer = [("input", input), ("output", output), ("kernel", kernel), ("stride", stride), ("groups", groups)]
    if !isConvolution {
      for (key, value) in ofLayer + [("padding", padding)] where value != nil {
        throw BenchmarkCaseError("the case \"\(id)\" has \"\(key)\", which is for convolution-infer and convolution-train")
      }
      for (key, value) in sizes where !((key == "batch" ? 1 : 32)...10_000).contains(value) {
        try refuse(key, "an integer from \(key == "batch" ? 1 : 32) to 10000")
      }
      return
    }
    let needed = [("input", input ?? 0), ("output", output ?? 0), ("kernel", kernel ?? 1), ("stride", stride ?? 1), ("groups", groups ?? 1)]
    for (key, value) in sizes + needed where !(1...10_000).contains(value) { try refuse(key, "an integer from 1 to 10000") }
    let layer = layer
    if !(0...10_000).contains(layer.padding) { try refuse("padding", "an integer from 0 to 10000") }
    if min(height, width) + 2 * layer.padding < layer.kernel { try refuse("kernel", "no larger than a padded picture") }
    if layer.input % layer.groups != 0 || layer.output % layer.groups != 0 {
      try refuse("groups", "which divide input and output")
    }
  }
}

extension BenchmarkCase {
  /// The seconds of one convolution with bias and relu, or of SqueezeNet 1.1's features; `train` is forward and backward of the sum of all
  /// outputs, to every parameter and, of a convolution, to its input. (A network's input is a picture: nobody asks for its gradient.)
  func pictureSeconds(_ sizes: PictureSizes) -> Double {
    var generator = RandomGenerator(seed: 0)
    let layer = sizes.layer
    let pictures = Tensor<Float>(
      normalWithMean: 0, standardDeviation: 1, shape: [batch, sizes.height, sizes.width, layer.input], using: &generator)
    switch op {
    case .squeezeNetInfer, .squeezeNetTrain:
      let network = SqueezeNet<Float>(.v1_1, using: &generator)
      return op == .squeezeNetInfer
        ? medianSeconds { _ = network.features(of: pictures) }
        : medianSeconds { _ = valueAndGradient(at: network) { $0.features(of: pictures).sum() } }
    default:
      let model = ConvolutionWithInput(
        convolution: Convolution2D(
          inputSize: layer.input, outputSize: layer.output, kernelSize: Extent2D(layer.kernel), stride: Extent2D(layer.stride),
          padding: Extent2D(layer.padding), groups: layer.groups, relu: true, using: &generator),
        pictures: pictures)
      return op == .convolutionInfer
        ? medianSeconds { _ = model.convolution(pictures) }
        : medianSeconds { _ = valueAndGradient(at: model) { $0.convolution($0.pictures).sum() } }
    }
  }

  /// What that has to do at the least.
  func pictureWork(_ sizes: PictureSizes) -> Work {
    switch op {
    case .squeezeNetInfer, .squeezeNetTrain:
      squeezeNetLayers(sizes).enumerated().map { work(of: $1, isTrained: op == .squeezeNetTrain, toInput: $0 > 0) }.total
    default:
      work(of: sizes.layer, isTrained: op == .convolutionTrain, toInput: true)
    }
  }

  /// Pictures and weights in, results out; backward the product twice more, or once where the gradient of the input is not wanted, with the
  /// pictures, weights, results and their gradients in, and the gradients of pictures and parameters out.
  private func work(of layer: PictureSizes.Layer, isTrained: Bool, toInput: Bool) -> Work {
    let x = batch * layer.height * layer.width * layer.input, y = batch * layer.places * layer.output
    let parameters = layer.weightCount + layer.output
    var forward = Work.pass(reading: x + parameters, writing: y)
    forward.operations = 2 * batch * layer.places * layer.weightCount
    guard isTrained else { return forward }
    var backward = Work.pass(
      reading: x + (toInput ? layer.weightCount : 0) + 2 * y, writing: (toInput ? x : 0) + parameters)
    backward.operations = forward.operations * (toInput ? 2 : 1)
    return forward + backward
  }

  /// The convolutions of SqueezeNet 1.1's features.
  private func squeezeNetLayers(_ sizes: PictureSizes) -> [PictureSizes.Layer] {
    typealias Network = SqueezeNet<Float>
    let version = Network.Version.v1_1
    var layers = [
      PictureSizes.Layer(
        input: 3, output: 64, kernel: 3, stride: 2, padding: 0, groups: 1, height: sizes.height, width: sizes.width)
    ]
    let window = Network.pooling.window
    var places = window.places(in: version.firstWindow.places(in: Extent2D(height: sizes.height, width: sizes.width)))
    var input = 64
    func add(_ output: Int, kernel: Int, from input: Int) {
      layers.append(
        PictureSizes.Layer(
          input: input, output: output, kernel: kernel, stride: 1, padding: kernel / 2, groups: 1, height: places.height, width: places.width))
    }
    for (number, (squeezed, expanded)) in zip(2..., Network.fireSizes) {
      add(squeezed, kernel: 1, from: input)
      add(expanded, kernel: 1, from: squeezed)
      add(expanded, kernel: 3, from: squeezed)
      input = 2 * expanded
      if version.pooledLayers.contains(number) { places = window.places(in: places) }
    }
    return layers
  }
}

/// A convolution whose input is a parameter too, so that its gradient is taken.
private struct ConvolutionWithInput: Module {
  typealias Scalar = Float
  var convolution: Convolution2D<Float>
  var pictures: Tensor<Float>

  mutating func visitParameters(_ visitor: inout some ParameterVisitor<Float>) {
    visitor.visit(&convolution, "convolution")
    visitor.visit(&pictures, "pictures")
  }
}
