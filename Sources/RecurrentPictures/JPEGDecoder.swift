import RecurrentData
import SystemJPEG

/// Reads JPEG pictures, through libjpeg.
enum JPEGDecoder {
  /// The passes of a picture. Programs write about ten.
  static let scanLimit = 100

  static func decode(_ bytes: [UInt8], path: String, pixelLimit: Int) throws(DataError) -> Picture {
    guard let reader = jpeg_reader_make(Int32(scanLimit)) else { fatalError("JPEGDecoder: there is no memory") }
    defer { jpeg_reader_free(reader) }
    func failure() -> DataError {
      if jpeg_reader_is_truncated(reader) != 0 {
        return DataError(path, "the JPEG data end too early: the file is truncated; copy or download the file again")
      }
      let reason = String(cString: jpeg_reader_message(reader))
      return DataError(path, "the JPEG data cannot be read (\(reason)); copy or download the file again, or convert it to PNG if it is of a rare kind")
    }
    let picture = try bytes.withUnsafeBufferPointer { (source) throws(DataError) -> Picture in
      guard jpeg_reader_read_header(reader, source.baseAddress, UInt(source.count)) != 0 else { throw failure() }
      let (width, height) = (Int(jpeg_reader_width(reader)), Int(jpeg_reader_height(reader)))
      try PictureFormat.check(width: width, height: height, path: path, pixelLimit: pixelLimit)
      let hasBlack = jpeg_reader_has_black(reader) != 0
      var isRead = false
      var pixels = [UInt8](unsafeUninitializedCapacity: width * height * (hasBlack ? 4 : 3)) { target, count in
        isRead = jpeg_reader_read_pixels(reader, target.baseAddress) != 0
        count = isRead ? width * height * (hasBlack ? 4 : 3) : 0
      }
      guard isRead else { throw failure() }
      if hasBlack { pixels.mixInks(areInverted: jpeg_reader_is_inverted(reader) != 0) }
      return Picture(width: width, height: height, pixels: pixels)
    }
    return picture.upright(from: ExifOrientation(ofJPEG: bytes))
  }
}

extension [UInt8] {
  /// Makes red, green and blue of cyan, magenta, yellow and black: each is what its ink and the black leave of the light.
  fileprivate mutating func mixInks(areInverted: Bool) {
    replaceFours { inks in
      let light = areInverted ? inks : (255 - inks.0, 255 - inks.1, 255 - inks.2, 255 - inks.3)
      func left(_ a: UInt8) -> UInt8 { UInt8((Int(a) * Int(light.3) + 127) / 255) }
      return (left(light.0), left(light.1), left(light.2))
    }
  }

  /// Makes three bytes of every four.
  mutating func replaceFours(_ three: ((UInt8, UInt8, UInt8, UInt8)) -> (UInt8, UInt8, UInt8)) {
    let size = count / 4
    withUnsafeMutableBufferPointer { bytes in
      for index in 0..<size {
        let (from, to) = (4 * index, 3 * index)
        (bytes[to], bytes[to + 1], bytes[to + 2]) = three((bytes[from], bytes[from + 1], bytes[from + 2], bytes[from + 3]))
      }
    }
    removeLast(size)
  }
}
