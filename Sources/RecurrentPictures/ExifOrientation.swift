/// How the pixels of a file must be turned to be seen upright: the tag 0x0112 of Exif 2.32.
enum ExifOrientation: Int {
  case upright = 1
  case mirrored
  case upsideDown
  case flipped
  case transposed
  case turnedRight
  case transversed
  case turnedLeft

  /// What the Exif data of a JPEG say: the first segment APP1 that begins with `Exif`. Data that cannot be read say nothing.
  init(ofJPEG bytes: [UInt8]) {
    self = .upright
    var index = 2
    while index + 4 <= bytes.count, bytes[index] == 0xFF {
      let marker = bytes[index + 1]
      if marker == 0xFF {  // fills up
        index += 1
        continue
      }
      if marker == 0xDA || marker == 0xD9 { return }
      let length = Int(bytes[index + 2]) << 8 | Int(bytes[index + 3])
      let end = index + 2 + length
      guard length >= 2, end <= bytes.count else { return }
      if marker == 0xE1, bytes[index + 4..<end].starts(with: Array("Exif\0\0".utf8)) {
        self.init(tiff: bytes[index + 10..<end])
        return
      }
      index = end
    }
  }

  /// What the first directory of a TIFF file says.
  init(tiff: ArraySlice<UInt8>) {
    self = .upright
    let bytes = Array(tiff.prefix(1 << 16))
    let isLittle = bytes.starts(with: Array("II".utf8))
    guard isLittle || bytes.starts(with: Array("MM".utf8)) else { return }
    /// A number of `count` bytes, or nil beyond the end.
    func number(at place: Int, _ count: Int) -> Int? {
      guard place >= 0, place + count <= bytes.count else { return nil }
      let digits = bytes[place..<place + count]
      return (isLittle ? Array(digits.reversed()) : Array(digits)).reduce(0) { $0 << 8 | Int($1) }
    }
    guard number(at: 2, 2) == 42, let directory = number(at: 4, 4), let count = number(at: directory, 2) else { return }
    for entry in 0..<count {
      let place = directory + 2 + 12 * entry
      guard let tag = number(at: place, 2) else { return }
      if tag == 0x0112, number(at: place + 2, 2) == 3, let value = number(at: place + 8, 2) {
        self = ExifOrientation(rawValue: value) ?? .upright
        return
      }
    }
  }
}

extension Picture {
  /// The picture as it is to be seen, of pixels that lie as a camera was held.
  func upright(from orientation: ExifOrientation) -> Picture {
    if orientation == .upright { return self }
    let (w, h) = (width, height)
    let isTurned = orientation.rawValue >= ExifOrientation.transposed.rawValue
    let (newWidth, newHeight) = isTurned ? (h, w) : (w, h)
    /// The place that a pixel comes from.
    func origin(_ x: Int, _ y: Int) -> (x: Int, y: Int) {
      switch orientation {
      case .upright: (x, y)
      case .mirrored: (w - 1 - x, y)
      case .upsideDown: (w - 1 - x, h - 1 - y)
      case .flipped: (x, h - 1 - y)
      case .transposed: (y, x)
      case .turnedRight: (y, h - 1 - x)
      case .transversed: (w - 1 - y, h - 1 - x)
      case .turnedLeft: (w - 1 - y, x)
      }
    }
    let turned = [UInt8](unsafeUninitializedCapacity: pixels.count) { target, count in
      pixels.withUnsafeBufferPointer { source in
        var place = 0
        for y in 0..<newHeight {
          for x in 0..<newWidth {
            let (fromX, fromY) = origin(x, y)
            for channel in 0..<3 { target[place + channel] = source[3 * (fromY * w + fromX) + channel] }
            place += 3
          }
        }
      }
      count = pixels.count
    }
    return Picture(width: newWidth, height: newHeight, pixels: turned)
  }
}
