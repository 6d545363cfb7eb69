import Foundation
import RecurrentData
public import RecurrentLayers
import RecurrentPictures
public import RecurrentTensors
import RecurrentTraining

/// What sees pictures.
public enum PictureEncoderKind: String, Codable, Sendable, CaseIterable {
  /// SqueezeNet 1.1 (Iandola et al. 2016), trained on ImageNet; its weights are part of the package.
  case squeezenet
  /// Four convolutions that learn from the beginning.
  case small

  /// The side of the square that it sees, unless a recipe says otherwise.
  var usualSize: Int { self == .squeezenet ? 224 : 64 }

  /// How pictures become what it reads.
  func preprocessing(size: Int, framing: PicturePreprocessing.Framing) -> PicturePreprocessing {
    switch self {
    case .squeezenet: .squeezeNet(size: size, framing: framing)
    case .small: PicturePreprocessing(size: size, framing: framing, mean: [127.5, 127.5, 127.5], scale: [1 / 127.5, 1 / 127.5, 1 / 127.5])
    }
  }

  /// The grid of places that it makes of a square.
  func grid(size: Int) -> PictureGrid {
    switch self {
    case .squeezenet:
      let places = SqueezeNet<Float>.Version.v1_1.places(in: Extent2D(size))
      return PictureGrid(high: places.height, wide: places.width, features: SqueezeNet<Float>.featureCount)
    case .small: return PictureGrid(high: size / 8, wide: size / 8, features: SmallPictureNetwork<Float>.featureCount)
    }
  }

  /// The numbers of its parameters, and those that a training step keeps.
  func memory(size: Int, batch: Int) -> MemoryEstimate {
    let pixels = Double(batch * size * size)
    switch self {
    case .squeezenet: return MemoryEstimate(parameterCount: 722_496, activationCount: pixels * 50)
    case .small: return MemoryEstimate(parameterCount: 240_832, activationCount: pixels * 80)
    }
  }
}

/// A grid of places of a picture.
public struct PictureGrid: Sendable, Hashable {
  /// Rows.
  public var high: Int
  /// Columns.
  public var wide: Int
  /// Numbers of a place.
  public var features: Int

  /// The number of places.
  public var count: Int { high * wide }

  /// How many numbers say where a place is.
  static var positionCount: Int { 6 }

  /// Where each place is, `[places, 1, 6]`: its column x and row y from -1 to 1, and the sines and cosines of πx and πy.
  func positions<Scalar>() -> Tensor<Scalar> {
    func coordinate(_ index: Int, _ count: Int) -> Double { count == 1 ? 0 : 2 * Double(index) / Double(count - 1) - 1 }
    let numbers = (0..<count).flatMap { place in
      let (x, y) = (coordinate(place % wide, wide), coordinate(place / wide, high))
      return [x, y, sin(.pi * x), cos(.pi * x), sin(.pi * y), cos(.pi * y)]
    }
    return Tensor(shape: [count, 1, Self.positionCount], scalars: numbers.map { Scalar($0) })
  }
}

/// What makes a grid of places of a picture: `[batch, height, width, 3]` to `[places, batch, features]`, the places row by row.
///
/// - Parameters: those of `SqueezeNet` or ``SmallPictureNetwork``.
public struct PictureEncoder<Scalar: TensorScalar>: Module {
  /// A network of convolutions.
  private var squeezeNet: SqueezeNet<Scalar>?
  private var small: SmallPictureNetwork<Scalar>?

  /// An encoder: with the weights of the package where it has some, else drawn at random.
  public init(_ kind: PictureEncoderKind, using generator: inout RandomGenerator) {
    switch kind {
    case .squeezenet: squeezeNet = EmbeddedFiles.squeezeNet()
    case .small: small = SmallPictureNetwork(using: &generator)
    }
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&squeezeNet, "squeezenet")
    visitor.visit(&small, "small")
  }

  /// The places of pictures.
  ///
  /// What SqueezeNet finds is 0 in most places and hundreds in a few: of a number x the decoder is given log(1 + x).
  public func places(of pictures: Tensor<Scalar>) -> Tensor<Scalar> {
    let features = squeezeNet.map { ($0.features(of: pictures) + 1).log() } ?? small?.features(of: pictures) ?? pictures
    let (batch, count) = (features.shape[0], features.shape[1] * features.shape[2])
    return features.reshaped(to: [batch, count, features.shape[3]]).transposed(permutation: [1, 0, 2])
  }
}

/// Four convolutions of 3 x 3, pooling behind the first three: for pictures that are no photographs, and for few of them.
///
/// - Parameters: `convolutions.0` ... `convolutions.3`, each with `weight` and `bias`.
/// - Initialization: He et al. 2015, evenly; biases zero.
public struct SmallPictureNetwork<Scalar: TensorScalar>: Module {
  /// The number of features of a place.
  public static var featureCount: Int { 128 }

  /// The convolutions, each with a relu.
  public var convolutions: [Convolution2D<Scalar>]

  /// A network drawn at random.
  public init(using generator: inout RandomGenerator) {
    convolutions = []
    var inputSize = 3
    for outputSize in [32, 64, 128, Self.featureCount] {
      convolutions.append(
        Convolution2D(inputSize: inputSize, outputSize: outputSize, kernelSize: 3, padding: 1, relu: true, using: &generator))
      inputSize = outputSize
    }
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&convolutions, "convolutions")
  }

  /// `[batch, height, width, 3]` to `[batch, height / 8, width / 8, 128]`.
  public func features(of pictures: Tensor<Scalar>) -> Tensor<Scalar> {
    let pooling = MaxPooling2D(size: 2)
    return convolutions.indices.reduce(pictures) { features, index in
      let found = convolutions[index](features)
      return index < convolutions.count - 1 ? pooling(found) : found
    }
  }
}
