import RecurrentData
import SystemPNG

/// Reads PNG pictures, through libpng.
enum PNGDecoder {
  static func decode(_ bytes: [UInt8], path: String, pixelLimit: Int) throws(DataError) -> Picture {
    let orientation = try orientation(bytes, path: path)
    let picture = try bytes.withUnsafeBufferPointer { (source) throws(DataError) -> Picture in
      guard let reader = png_reader_make(source.baseAddress, source.count) else { fatalError("PNGDecoder: there is no memory") }
      defer { png_reader_free(reader) }
      func failure() -> DataError {
        let reason = String(cString: png_reader_message(reader))
        return DataError(path, "the PNG data cannot be read (\(reason)); copy or download the file again")
      }
      guard png_reader_read_header(reader) != 0 else { throw failure() }
      let (width, height, channels) = (Int(png_reader_width(reader)), Int(png_reader_height(reader)), Int(png_reader_channels(reader)))
      try PictureFormat.check(width: width, height: height, path: path, pixelLimit: pixelLimit)
      var isRead = false
      var pixels = [UInt8](unsafeUninitializedCapacity: width * height * channels) { target, count in
        isRead = png_reader_read_pixels(reader, target.baseAddress) != 0
        count = isRead ? width * height * channels : 0
      }
      guard isRead else { throw failure() }
      if channels == 4 { pixels.layOverWhite() }
      return Picture(width: width, height: height, pixels: pixels)
    }
    return picture.upright(from: orientation)
  }

  /// Checks that all chunks are there, and gives what Exif data among them say.
  private static func orientation(_ bytes: [UInt8], path: String) throws(DataError) -> ExifOrientation {
    var orientation = ExifOrientation.upright
    var index = 8
    while true {
      guard index + 12 <= bytes.count else { throw truncated(path) }
      let length = bytes[index..<index + 4].reduce(0) { $0 << 8 | Int($1) }
      guard length <= bytes.count - index - 12 else { throw truncated(path) }
      switch String(decoding: bytes[index + 4..<index + 8], as: UTF8.self) {
      case "IEND": return orientation
      case "eXIf": orientation = ExifOrientation(tiff: bytes[index + 8..<index + 8 + length])
      default: break
      }
      index += 12 + length
    }
  }

  private static func truncated(_ path: String) -> DataError {
    DataError(path, "the PNG data end too early: the file is truncated or damaged; copy or download the file again")
  }
}

extension [UInt8] {
  /// Makes red, green and blue of these and their opacity.
  fileprivate mutating func layOverWhite() {
    replaceFours { pixel in
      let opacity = Int(pixel.3)
      func mixed(_ value: UInt8) -> UInt8 {
        let sum = Int(value) * opacity + 255 * (255 - opacity)
        return UInt8((sum + 127) / 255)
      }
      return (mixed(pixel.0), mixed(pixel.1), mixed(pixel.2))
    }
  }
}
