public import RecurrentTensors

/// SqueezeNet (Iandola et al. 2016, "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and < 0.5 MB model size"): a convolution,
/// then eight fire modules, with pooling in between, and if wanted a classifier.
///
/// Pictures are `[batch, height, width, 3]` in whatever order of channels and scale the weights were made for: the published ones want
/// BGR and numbers of 0 ... 255 less (104, 117, 123). A picture of 224 x 224 has 13 x 13 places of 512 features.
///
/// - Parameters: `conv1`, `fire2` ... `fire9` with `squeeze1x1`, `expand1x1`, `expand3x3`, and `conv10`, if there is a classifier: each a
///   `weight` and a `bias`; the names of the Caffe model.
/// - Initialization: He et al. 2015, evenly; biases zero.
/// - Cost: for the features of a picture of 224 x 224 0.26 billion multiply-adds (version 1.1), 0.73 (version 1.0).
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// var generator = RandomGenerator(seed: 1)
/// let network = SqueezeNet<Float>(.v1_1, using: &generator)
/// let features = network.features(of: Tensor(ones: [1, 64, 64, 3]))  // [1, 3, 3, 512]
/// ```
public struct SqueezeNet<Scalar: TensorScalar>: Module {
  /// Versions of the same network; they have the same fire modules.
  public enum Version: String, Sendable, Hashable, Codable, CaseIterable {
    /// As in the paper: 96 filters of 7 x 7 first, pooling late.
    case v1_0 = "1.0"
    /// By the authors, later: 64 filters of 3 x 3 first, pooling early, 2.4 times less work.
    case v1_1 = "1.1"

    /// Pooling comes behind the layers of these numbers.
    package var pooledLayers: Set<Int> { self == .v1_0 ? [1, 4, 8] : [1, 3, 5] }

    /// The window of the first convolution.
    package var firstWindow: Window2D { Window2D(size: self == .v1_0 ? 7 : 3, stride: 2) }

    /// The places that the features of pictures have.
    public func places(in pictures: Extent2D) -> Extent2D {
      pooledLayers.reduce(firstWindow.places(in: pictures)) { places, _ in SqueezeNet.pooling.window.places(in: places) }
    }
  }

  /// The numbers of filters of the layers 2 ... 9.
  package static var fireSizes: [(squeezed: Int, expanded: Int)] {
    [(16, 64), (16, 64), (32, 128), (32, 128), (48, 192), (48, 192), (64, 256), (64, 256)]
  }

  /// What stands behind some of the layers.
  package static var pooling: MaxPooling2D { MaxPooling2D(size: 3, stride: 2, rounding: .up) }

  /// The number of features of a place.
  public static var featureCount: Int { 512 }

  public let version: Version
  public var conv1: Convolution2D<Scalar>
  /// The layers 2 ... 9.
  public var fires: [FireModule<Scalar>]
  /// The classifier's convolution; nil where features are all that is wanted.
  public var conv10: Convolution2D<Scalar>?

  /// A network with random weights.
  ///
  /// - Parameter classCount: The classes of the classifier; nil: it has none.
  public init(_ version: Version, classCount: Int? = nil, using generator: inout RandomGenerator) {
    self.version = version
    let first = version == .v1_0 ? 96 : 64
    conv1 = Convolution2D(
      inputSize: 3, outputSize: first, kernelSize: version.firstWindow.size, stride: version.firstWindow.stride, relu: true, using: &generator)
    fires = []
    var inputSize = first
    for (squeezed, expanded) in Self.fireSizes {
      fires.append(FireModule(inputSize: inputSize, squeezedSize: squeezed, expandedSize: expanded, using: &generator))
      inputSize = 2 * expanded
    }
    if let classCount {
      conv10 = Convolution2D(
        inputSize: inputSize, outputSize: classCount, kernelSize: 1, padding: version == .v1_0 ? 1 : 0, relu: true, using: &generator)
    }
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&conv1, "conv1")
    for index in fires.indices { visitor.visit(&fires[index], "fire\(index + 2)") }
    visitor.visit(&conv10, "conv10")
  }

  /// The features of pictures: `[batch, height, width, 3]` to `[batch, places high, places wide, 512]`.
  ///
  /// With weights that are not tracked nothing is recorded.
  public func features(of pictures: Tensor<Scalar>) -> Tensor<Scalar> {
    let pooling = Self.pooling
    var features = pooling(conv1(pictures))
    for (index, fire) in fires.enumerated() {
      features = fire(features)
      if version.pooledLayers.contains(index + 2) { features = pooling(features) }
    }
    return features
  }

  /// A number for each class, from features: `[batch, places high, places wide, 512]` to `[batch, classes]`; the softmax of it is the
  /// probability.
  ///
  /// - Precondition: the network has a classifier.
  public func classScores(of features: Tensor<Scalar>) -> Tensor<Scalar> {
    guard let conv10 else { fatalError("SqueezeNet: no classifier") }
    return conv10(features).globallyAveragePooled()
  }
}

/// Few channels that are expanded by filters of two sizes, whose outputs stand side by side: the module that SqueezeNet is made of (Iandola et
/// al. 2016). There is a `relu` behind each of its convolutions.
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// var generator = RandomGenerator(seed: 1)
/// let fire = FireModule<Float>(inputSize: 8, squeezedSize: 2, expandedSize: 4, using: &generator)
/// let features = fire(Tensor(ones: [1, 5, 5, 8]))  // [1, 5, 5, 8]: twice the expanded size
/// ```
public struct FireModule<Scalar: TensorScalar>: Module {
  public var squeeze1x1: Convolution2D<Scalar>
  public var expand1x1: Convolution2D<Scalar>
  public var expand3x3: Convolution2D<Scalar>

  /// A module with random weights.
  public init(inputSize: Int, squeezedSize: Int, expandedSize: Int, using generator: inout RandomGenerator) {
    squeeze1x1 = Convolution2D(
      inputSize: inputSize, outputSize: squeezedSize, kernelSize: 1, relu: true, using: &generator)
    expand1x1 = Convolution2D(
      inputSize: squeezedSize, outputSize: expandedSize, kernelSize: 1, relu: true, using: &generator)
    expand3x3 = Convolution2D(
      inputSize: squeezedSize, outputSize: expandedSize, kernelSize: 3, padding: 1, relu: true, using: &generator)
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&squeeze1x1, "squeeze1x1")
    visitor.visit(&expand1x1, "expand1x1")
    visitor.visit(&expand3x3, "expand3x3")
  }

  /// `[batch, height, width, input]` to `[batch, height, width, 2 * expanded]`.
  public func callAsFunction(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    convolution(squeeze1x1(x), expand1x1.filters, expand3x3.filters)
  }
}
