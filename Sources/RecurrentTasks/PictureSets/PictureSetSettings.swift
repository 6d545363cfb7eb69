public import RecurrentPictures
public import RecurrentTraining

/// The settings of pictures of one size, the same in every task that has some.
public struct PictureSetSettings: Configuration {
  /// What a pixel is made of.
  public enum Colors: String, Codable, Sendable, CaseIterable {
    case grey
    case color

    var channels: Int { self == .grey ? 1 : 3 }
  }

  @Setting(
    1...1024, "Pixels of a side that pictures of a folder are brought to. Pictures of idx files, such as MNIST, and those that the package draws, have their own size.")
  public var size = 28
  @Setting("What a pixel of a picture of a folder is: grey, or color.") public var colors = Colors.grey
  @Setting("What is made of a picture that is no square: crop, the square in its middle; or fit, all of it, squeezed.")
  public var framing = PicturePreprocessing.Framing.crop
  @Setting(0...0.9, "Share of the pictures without a part, or of the training part where there is no validation part, that is held out.")
  public var validation = 0.1
  @Setting(0...0.9, "Share of the pictures of a folder or a single file that is held out for the test, likewise.") public var test = 0.1

  public init() {}

  public func validate() throws {
    if validation + test > 0.95 {
      throw ConfigurationError(key: "test", "with validation it leaves nothing to train on; make one of them smaller")
    }
  }

  /// The size of pictures of a folder.
  var shape: PictureShape { PictureShape(height: size, width: size, channels: colors.channels) }
}
