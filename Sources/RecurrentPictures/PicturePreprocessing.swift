public import RecurrentTensors

/// How pictures become what a network reads: the square that is taken of each, its size, and how bytes become numbers.
///
/// A channel's number is `(byte - mean) * scale`. It is a value of the model, and stands in its file.
///
///     let inputs = PicturePreprocessing.squeezeNet().tensor(of: pictures)  // [batch, 224, 224, 3]
public struct PicturePreprocessing: Sendable, Hashable {
  /// What is made of a picture that is no square.
  public enum Framing: String, Sendable, Codable, CaseIterable {
    /// The square in its middle, as wide as its shorter side; what lies beside it is not seen.
    case crop
    /// The whole of it, squeezed into a square.
    case fit
  }

  /// The order of the channels of a pixel.
  public enum ChannelOrder: String, Sendable, Codable, CaseIterable {
    case rgb
    case bgr
  }

  /// The pixels of a side of the square, from 1 to ``largestSize``.
  public let size: Int
  /// What is made of a picture that is no square.
  public let framing: Framing
  /// The order of the channels.
  public let channels: ChannelOrder
  /// What is taken from the bytes of each channel, in the order of ``channels``.
  public let mean: [Double]
  /// What the difference is multiplied by, likewise.
  public let scale: [Double]

  /// The largest side of a square.
  public static let largestSize = 4096

  /// A preprocessing; without mean and scale the numbers are from 0 to 1.
  ///
  /// - Precondition: a size from 1 to ``largestSize``, and three means and scales that are finite; no scale is 0.
  public init(
    size: Int, framing: Framing = .crop, channels: ChannelOrder = .rgb, mean: [Double] = [0, 0, 0],
    scale: [Double] = [1 / 255.0, 1 / 255.0, 1 / 255.0]
  ) {
    (self.size, self.framing, self.channels, self.mean, self.scale) = (size, framing, channels, mean, scale)
    if let problem { check(false, "PicturePreprocessing: \(problem)") }
  }

  /// What SqueezeNet was trained with (Iandola et al. 2016): blue first, less the means of ImageNet, from 0 to 255.
  ///
  /// - Parameter size: 227 is the paper's.
  public static func squeezeNet(size: Int = 224, framing: Framing = .crop) -> PicturePreprocessing {
    PicturePreprocessing(size: size, framing: framing, channels: .bgr, mean: [104, 117, 123], scale: [1, 1, 1])
  }

  private var problem: String? {
    if !(1...Self.largestSize).contains(size) { return "the size \(size) is not from 1 to \(Self.largestSize)" }
    if mean.count != 3 || scale.count != 3 { return "\(mean.count) means and \(scale.count) scales for 3 channels" }
    if !(mean + scale).allSatisfy(\.isFinite) || scale.contains(0) { return "means and scales must be finite, and no scale 0" }
    return nil
  }

  /// The square of a picture that the network sees.
  public func square(of picture: Picture) -> Picture {
    (framing == .crop ? picture.centerSquare : picture).resized(width: size, height: size)
  }

  /// The input of a network: `[pictures, size, size, 3]`.
  public func tensor(of pictures: [Picture]) -> Tensor<Float> {
    let tables = (0..<3).map { channel in (0..<256).map { Float((Double($0) - mean[channel]) * scale[channel]) } }
    let places = channels == .rgb ? [0, 1, 2] : [2, 1, 0]
    var numbers: [Float] = []
    numbers.reserveCapacity(3 * size * size * pictures.count)
    for picture in pictures {
      let pixels = square(of: picture).pixels
      for start in stride(from: 0, to: pixels.count, by: 3) {
        for channel in 0..<3 { numbers.append(tables[channel][Int(pixels[start + places[channel]])]) }
      }
    }
    return Tensor(shape: [pictures.count, size, size, 3], scalars: numbers)
  }
}

extension PicturePreprocessing: Codable {
  private enum CodingKeys: String, CodingKey { case size, framing, channels, mean, scale }

  /// - Throws: `DecodingError` for values that no preprocessing has: a model's file may hold anything.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    size = try values.decode(Int.self, forKey: .size)
    framing = try values.decode(Framing.self, forKey: .framing)
    channels = try values.decode(ChannelOrder.self, forKey: .channels)
    mean = try values.decode([Double].self, forKey: .mean)
    scale = try values.decode([Double].self, forKey: .scale)
    if let problem { throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: problem)) }
  }
}
