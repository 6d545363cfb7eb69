public import Foundation

/// Images with a class each, from a pair of idx files such as MNIST's.
public struct LabelledImages: Sendable {
  /// The number of rows of pixels.
  public let height: Int
  /// The number of pixels in a row.
  public let width: Int
  /// The pixels from 0 to 255, `[images, height, width]` in row-major order.
  public let pixels: [UInt8]
  /// The class of each image.
  public let labels: [Int]

  /// Reads images and their labels.
  ///
  /// - Throws: `DataError`: what `IDXFile` throws, files that are not images (3 axes) or labels (1 axis), and numbers that differ.
  public init(images imagesURL: URL, labels labelsURL: URL) throws(DataError) {
    let images = try IDXFile(contentsOf: imagesURL)
    let labels = try IDXFile(contentsOf: labelsURL)
    if images.shape.count != 3 {
      throw DataError(
        images.path,
        "holds \(IDXFile.text(images.shape)), which are no images (images x rows x columns)"
          + (images.shape.count == 1 ? "; are these the labels?" : ""))
    }
    if labels.shape.count != 1 {
      throw DataError(
        labels.path,
        "holds \(IDXFile.text(labels.shape)), which are no labels (one axis)" + (labels.shape.count == 3 ? "; are these the images?" : ""))
    }
    if labels.shape[0] != images.shape[0] {
      throw DataError(
        labels.path, "has \(counted(labels.shape[0], "label")) for the \(counted(images.shape[0], "image")) of \(images.path); use files of one set")
    }
    height = images.shape[1]
    width = images.shape[2]
    pixels = images.bytes
    self.labels = labels.bytes.map { Int($0) }
  }

  /// The number of images.
  public var count: Int { labels.count }

  /// The pixels of an image, `[height, width]`.
  public func pixels(of image: Int) -> ArraySlice<UInt8> {
    let size = height * width
    return pixels[image * size..<(image + 1) * size]
  }
}
