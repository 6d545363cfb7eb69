public import Foundation
public import RecurrentData
import RecurrentTensors

/// Pictures that follow each other, as a GIF file that plays again and again.
///
/// A GIF has 256 colours for each picture: where there are more, each goes to the nearest of 252 that are spread evenly (6 of red, 7 of green, 6 of blue).
///
/// ```swift
/// import RecurrentPictures
///
/// let frames = [Picture(width: 8, height: 8, filledWith: .white), Picture(width: 8, height: 8, filledWith: .black)]
/// let file = AnimatedGIF(frames, seconds: 0.5).bytes
/// ```
public struct AnimatedGIF: Sendable {
  /// The pictures, all of one size.
  public let frames: [Picture]
  /// How long each is shown, in seconds; GIF counts hundredths.
  public let seconds: [Double]

  /// Pictures that are shown for as long each, the last one longer.
  ///
  /// - Parameter lastSeconds: How long the last picture is shown; nil: as long as the others.
  /// - Precondition: at least one picture, all of one size of at most 65,535 pixels a side.
  public init(_ frames: [Picture], seconds: Double, lastSeconds: Double? = nil) {
    check(!frames.isEmpty, "AnimatedGIF: no pictures")
    for frame in frames {
      check(
        frame.width == frames[0].width && frame.height == frames[0].height && max(frame.width, frame.height) <= 0xFFFF,
        "AnimatedGIF: pictures of \(frames[0].width) x \(frames[0].height) and \(frame.width) x \(frame.height)")
    }
    self.frames = frames
    self.seconds = frames.indices.map { $0 == frames.count - 1 ? lastSeconds ?? seconds : seconds }
  }

  /// The file (GIF89a).
  public var bytes: [UInt8] {
    var file = Array("GIF89a".utf8)
    file += Self.word(frames[0].width) + Self.word(frames[0].height) + [0x70, 0, 0]
    file += [0x21, 0xFF, 11] + Array("NETSCAPE2.0".utf8) + [3, 1, 0, 0, 0]  // without end
    for (frame, seconds) in zip(frames, seconds) {
      file += [0x21, 0xF9, 4, 0] + Self.word(Int(max(2, min(65_535, (seconds * 100).rounded())))) + [0, 0]
      file += [0x2C, 0, 0, 0, 0] + Self.word(frame.width) + Self.word(frame.height)
      let (palette, indices) = Self.indexed(frame)
      var bits = 1
      while 1 << bits < palette.count { bits += 1 }
      file.append(0x80 | UInt8(bits - 1))
      for entry in 0..<1 << bits {
        let color = entry < palette.count ? palette[entry] : .black
        file += [color.red, color.green, color.blue]
      }
      file += Self.compressed(indices, bits: max(2, bits))
    }
    return file + [0x3B]
  }

  /// Writes the file, whole or not at all.
  ///
  /// - Throws: `DataError` that says why it cannot be written.
  public func write(to url: URL) throws(DataError) {
    do {
      try Data(bytes).write(to: url, options: .atomic)
    } catch {
      throw DataError(url.relativePath, "cannot be written: \(error.localizedDescription)")
    }
  }

  private static func word(_ value: Int) -> [UInt8] { [UInt8(value & 0xFF), UInt8(value >> 8 & 0xFF)] }

  /// A picture's colours, at most 256, and which of them each pixel has.
  private static func indexed(_ picture: Picture) -> (palette: [Picture.Color], indices: [UInt8]) {
    var palette: [Picture.Color] = []
    var numbers: [UInt32: UInt8] = [:]
    var indices: [UInt8] = []
    indices.reserveCapacity(picture.width * picture.height)
    let pixels = picture.pixels
    for at in stride(from: 0, to: pixels.count, by: 3) {
      let key = UInt32(pixels[at]) << 16 | UInt32(pixels[at + 1]) << 8 | UInt32(pixels[at + 2])
      if let number = numbers[key] {
        indices.append(number)
      } else if palette.count < 256 {
        numbers[key] = UInt8(palette.count)
        indices.append(UInt8(palette.count))
        palette.append(Picture.Color(red: pixels[at], green: pixels[at + 1], blue: pixels[at + 2]))
      } else {
        return spread(picture)
      }
    }
    return (palette, indices)
  }

  private static func spread(_ picture: Picture) -> (palette: [Picture.Color], indices: [UInt8]) {
    func level(_ step: Int, of count: Int) -> UInt8 { UInt8((step * 255 + (count - 1) / 2) / (count - 1)) }
    func step(_ value: UInt8, of count: Int) -> Int { (Int(value) * (count - 1) + 127) / 255 }
    let palette = (0..<252).map { number in
      Picture.Color(red: level(number / 42, of: 6), green: level(number / 6 % 7, of: 7), blue: level(number % 6, of: 6))
    }
    let pixels = picture.pixels
    return (
      palette,
      stride(from: 0, to: pixels.count, by: 3).map { at in
        UInt8((step(pixels[at], of: 6) * 7 + step(pixels[at + 1], of: 7)) * 6 + step(pixels[at + 2], of: 6))
      }
    )
  }

  /// The numbers of colours by the algorithm of Lempel, Ziv and Welch, in blocks of up to 255 bytes.
  private static func compressed(_ indices: [UInt8], bits: Int) -> [UInt8] {
    let (clear, end) = (1 << bits, 1 << bits + 1)
    var codes: [UInt32: Int] = [:]
    var (next, width) = (end + 1, bits + 1)
    var (held, heldBits) = (0, 0)
    var packed: [UInt8] = []
    func write(_ code: Int) {
      held |= code << heldBits
      heldBits += width
      while heldBits >= 8 {
        packed.append(UInt8(held & 0xFF))
        (held, heldBits) = (held >> 8, heldBits - 8)
      }
    }
    write(clear)
    var current: Int?
    for index in indices {
      guard let known = current else {
        current = Int(index)
        continue
      }
      let key = UInt32(known) << 8 | UInt32(index)
      if let code = codes[key] {
        current = code
        continue
      }
      write(known)
      if next < 4096 {
        codes[key] = next
        // The reader knows a code one later than it is made here.
        if next == 1 << width, width < 12 { width += 1 }
        next += 1
      } else {
        write(clear)
        codes.removeAll(keepingCapacity: true)
        (next, width) = (end + 1, bits + 1)
      }
      current = Int(index)
    }
    if let current { write(current) }
    write(end)
    if heldBits > 0 { packed.append(UInt8(held & 0xFF)) }
    var blocks = [UInt8(bits)]
    for start in stride(from: 0, to: packed.count, by: 255) {
      let block = packed[start..<min(start + 255, packed.count)]
      blocks.append(UInt8(block.count))
      blocks += block
    }
    return blocks + [0]
  }
}
