import RecurrentData
import RecurrentTensors
public import RecurrentTraining

/// The `data` of a recipe of painting: which pictures, and what a pixel is.
public struct PaintingData: Configuration {
  /// What the network is to paint.
  public enum Pixels: String, Codable, Sendable, CaseIterable {
    /// Each pixel is set or not, drawn anew each time, as likely as it is bright.
    case drawn
    /// Its brightness.
    case grey
  }

  @Inlined public var pictures = PictureSetSettings()
  @Setting(
    "What a pixel is: drawn, set or not, as likely as it is bright, anew each time that it is learned from and always the same where it is measured; or grey, its"
      + " brightness, as for photographs.")
  public var pixels = Pixels.drawn

  public init() {}

  public func validate() throws { try pictures.validate() }

  /// Pictures that are learned from, side by side.
  func batch(_ set: PictureSet, _ indices: [Int], drawing generator: RandomGenerator) -> Tensor<Float> {
    switch pixels {
    case .grey: set.tensor(indices)
    case .drawn: set.drawnTensor(indices) { generator.split($0) }
    }
  }

  /// Pictures that are measured, side by side: each is always the same.
  func measured(_ set: PictureSet, _ indices: [Int]) -> Tensor<Float> {
    switch pixels {
    case .grey: set.tensor(indices)
    case .drawn: set.drawnTensor(indices) { RandomGenerator(seed: set.contents[$0].bits).split("pixels") }
    }
  }
}
