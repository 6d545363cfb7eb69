public import Foundation
public import RecurrentData

extension Picture {
  /// How many pixels a picture may have, unless the caller says otherwise: 10,000 x 10,000.
  public static let pixelLimit = 100_000_000

  /// Reads a picture: JPEG (grey, colour, or CMYK), PNG (all kinds of it), or PNM (P1 to P6).
  ///
  /// It is turned as its Exif data say, and what is transparent lies over white. Colours are taken as sRGB; gammas and profiles
  /// of files are not applied.
  ///
  /// - Parameters:
  ///   - url: The file, which may be a gzip file of one.
  ///   - pixelLimit: How many pixels it may have. A larger one is refused before memory is taken for them.
  /// - Throws: `DataError` that says what is wrong with the file: not there, empty, no picture, of another format (which is named), too large,
  ///   truncated or damaged.
  public init(contentsOf url: URL, pixelLimit: Int = Picture.pixelLimit) throws(DataError) {
    var source = try ByteSource(contentsOf: url)
    // No picture takes more: its samples as text, and profiles beside them.
    let byteLimit = min(pixelLimit, 1 << 50) * 16 + 1 << 24
    var bytes: [UInt8] = []
    while let piece = try source.next() {
      bytes.append(contentsOf: piece)
      if bytes.count > byteLimit { throw DataError(url.path, "is larger than any picture of \(pixelLimit) pixels; make it smaller") }
    }
    try self.init(decoding: bytes, path: url.path, pixelLimit: pixelLimit)
  }

  /// Reads a picture whose file is in memory; `path` stands for it in messages. Otherwise as ``init(contentsOf:pixelLimit:)``.
  public init(decoding bytes: [UInt8], path: String, pixelLimit: Int = Picture.pixelLimit) throws(DataError) {
    switch try PictureFormat(recognizing: bytes, path: path) {
    case .jpeg: self = try JPEGDecoder.decode(bytes, path: path, pixelLimit: pixelLimit)
    case .png: self = try PNGDecoder.decode(bytes, path: path, pixelLimit: pixelLimit)
    case .pnm: self = try PNMDecoder.decode(bytes, path: path, pixelLimit: pixelLimit)
    }
  }
}

/// The formats of pictures that are read.
enum PictureFormat {
  case jpeg
  case png
  case pnm

  /// What the names of their files end with.
  static let extensions: Set<String> = ["jpg", "jpeg", "jpe", "jfif", "png", "pnm", "ppm", "pgm", "pbm"]

  /// The format of a file, by its first bytes.
  init(recognizing bytes: [UInt8], path: String) throws(DataError) {
    func begins(_ text: String, at place: Int = 0) -> Bool { bytes.dropFirst(place).starts(with: text.utf8) }
    if bytes.isEmpty { throw DataError(path, "is empty: there is no picture in it; copy or download it again") }
    if bytes.starts(with: [0xFF, 0xD8]) {
      self = .jpeg
    } else if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if bytes.count > 2, bytes[0] == UInt8(ascii: "P"), (0x31...0x36).contains(bytes[1]), PNMDecoder.isSpace(bytes[2]) || bytes[2] == 0x23 {
      self = .pnm
    } else if begins("PNG", at: 1) {
      throw DataError(path, "is a PNG picture that was changed as if it were text, or is truncated; copy or download it again")
    } else if let other = Self.other(begins) {
      throw DataError(path, "is \(other); JPEG, PNG and PNM pictures are read: convert it")
    } else {
      let beginning = bytes.prefix(4).map { "\($0)" }.joined(separator: " ")
      throw DataError(path, "is no picture: JPEG, PNG and PNM pictures are read, and none of them begins with the bytes \(beginning)")
    }
  }

  /// What another file is that people have for a picture.
  private static func other(_ begins: (String, Int) -> Bool) -> String? {
    if begins("GIF8", 0) { return "a GIF picture" }
    if begins("RIFF", 0), begins("WEBP", 8) { return "a WebP picture" }
    if begins("BM", 0) { return "a BMP picture" }
    if begins("II*\0", 0) || begins("MM\0*", 0) { return "a TIFF picture, or a raw one of a camera" }
    if begins("ftyp", 4) { return begins("avif", 8) ? "an AVIF picture" : begins("hei", 8) || begins("mif1", 8) ? "a HEIF picture" : "a film" }
    if begins("P7\n", 0) { return "a PAM picture" }
    if begins("%PDF", 0) { return "a PDF document" }
    if begins("<svg", 0) || begins("<?xml", 0) { return "XML, perhaps an SVG drawing" }
    if begins("<", 0) { return "a web page" }
    return nil
  }

  /// Refuses a picture with too many pixels.
  static func check(width: Int, height: Int, path: String, pixelLimit: Int) throws(DataError) {
    let (count, overflow) = width.multipliedReportingOverflow(by: height)
    if overflow || count > pixelLimit {
      throw DataError(path, "has \(width) x \(height) pixels; \(pixelLimit) at most are read: make it smaller, or raise the limit")
    }
  }
}
