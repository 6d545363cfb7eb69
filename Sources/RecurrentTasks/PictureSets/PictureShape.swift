/// The size of pictures of one kind.
public struct PictureShape: Sendable, Hashable, Codable {
  /// Rows of pixels.
  public let height: Int
  /// Pixels of a row.
  public let width: Int
  /// Numbers of a pixel: 1, grey, or 3, red, green and blue.
  public let channels: Int

  /// A size.
  public init(height: Int, width: Int, channels: Int = 1) { (self.height, self.width, self.channels) = (height, width, channels) }

  /// Numbers of a picture.
  public var count: Int { height * width * channels }
}
