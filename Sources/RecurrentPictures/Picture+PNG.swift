public import Foundation
public import RecurrentData
import SystemPNG

extension Picture {
  /// The file of the picture as PNG; grey where all of it is grey.
  ///
  /// - Throws: `DataError`, where `path` stands for the file, if libpng does not take it: more than a million pixels in a row.
  public func png(path: String = "the picture") throws(DataError) -> [UInt8] {
    let places = stride(from: 0, to: pixels.count, by: 3)
    let isGrey = places.allSatisfy { place in pixels[place] == pixels[place + 1] && pixels[place] == pixels[place + 2] }
    let samples: [UInt8] = isGrey ? places.map { place in pixels[place] } : pixels
    let image = UnsafeMutablePointer<png_image>.allocate(capacity: 1)
    image.initialize(to: png_image())
    defer {
      png_image_free(image)
      image.deallocate()
    }
    // What is needed where nothing can be compressed; libpng says if that was not enough.
    var size = samples.count + samples.count / 64 + height + 1024
    for _ in 0..<2 {
      image.pointee = png_image()
      image.pointee.version = UInt32(PNG_IMAGE_VERSION)
      (image.pointee.width, image.pointee.height) = (UInt32(width), UInt32(height))
      image.pointee.format = isGrey ? 0 : PNG_FORMAT_FLAG_COLOR
      var isWritten = false
      let bytes = [UInt8](unsafeUninitializedCapacity: size) { target, count in
        isWritten = png_image_write_to_memory(image, target.baseAddress, &size, 0, samples, 0, nil) != 0
        count = isWritten ? size : 0
      }
      if isWritten { return bytes }
    }
    let reason = withUnsafeBytes(of: image.pointee.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    throw DataError(path, "cannot be written as PNG (\(reason))")
  }

  /// Writes the picture as a PNG file, whole or not at all.
  ///
  /// - Throws: `DataError` that says why it cannot be written.
  public func write(png url: URL) throws(DataError) {
    let bytes = try png(path: url.path)
    do {
      try Data(bytes).write(to: url, options: .atomic)
    } catch {
      throw DataError(url.path, "cannot be written: \(error.localizedDescription)")
    }
  }
}
