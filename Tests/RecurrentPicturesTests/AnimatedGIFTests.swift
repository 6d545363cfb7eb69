import RecurrentPictures
import Testing

/// GIF files are read again by the rules of the format, written here a second time.
@Suite struct AnimatedGIFTests {
  /// The frames of a file: each pixel's colour, and the hundredths of a second that it is shown.
  private static func frames(of file: [UInt8]) throws -> (width: Int, height: Int, frames: [(pixels: [UInt8], delay: Int)]) {
    var at = 0
    func byte() -> Int {
      defer { at += 1 }
      return at < file.count ? Int(file[at]) : 0
    }
    func word() -> Int { byte() | byte() << 8 }
    #expect(Array(file.prefix(6)) == Array("GIF89a".utf8))
    at = 6
    let (width, height) = (word(), word())
    #expect(byte() & 0x80 == 0)
    at += 2
    func blocks() -> [UInt8] {
      var all: [UInt8] = []
      while true {
        let count = byte()
        if count == 0 { return all }
        all += file[at..<at + count]
        at += count
      }
    }
    var frames: [(pixels: [UInt8], delay: Int)] = []
    var delay = 0
    while at < file.count {
      switch byte() {
      case 0x21:
        let isControl = byte() == 0xF9
        let block = isControl ? blocks() : []
        if isControl { delay = Int(block[1]) | Int(block[2]) << 8 } else { _ = blocks() }
      case 0x2C:
        #expect(word() == 0 && word() == 0 && word() == width && word() == height)
        let flags = byte()
        let colors = 1 << (flags & 7 + 1)
        let palette = Array(file[at..<at + 3 * colors])
        at += 3 * colors
        let bits = byte()
        let indices = try decompressed(blocks(), bits: bits)
        #expect(indices.count == width * height)
        frames.append((indices.flatMap { palette[3 * Int($0)..<3 * Int($0) + 3] }, delay))
      case 0x3B:
        #expect(at == file.count)
      default: Issue.record("an unknown block")
      }
    }
    return (width, height, frames)
  }

  private static func decompressed(_ bytes: [UInt8], bits: Int) throws -> [UInt8] {
    let (clear, end) = (1 << bits, 1 << bits + 1)
    var table: [[UInt8]] = [], width = bits + 1, result: [UInt8] = [], last: [UInt8]?
    var (position, total) = (0, bytes.count * 8)
    func reset() { (table, width, last) = ((0..<clear).map { [UInt8($0)] } + [[], []], bits + 1, nil) }
    reset()
    while position + width <= total {
      let code = (0..<width).reduce(0) { $0 | (Int(bytes[(position + $1) / 8]) >> ((position + $1) % 8) & 1) << $1 }
      position += width
      if code == end { return result }
      if code == clear {
        reset()
        continue
      }
      var entry: [UInt8]
      if code < table.count { entry = table[code] } else { entry = try #require(last) + [try #require(last)[0]] }
      if let last, table.count < 4096 { table.append(last + [entry[0]]) }
      if table.count == 1 << width, width < 12 { width += 1 }
      result += entry
      last = entry
      entry = []
    }
    total = 0
    Issue.record("no end")
    return result
  }

  private static func picture(_ width: Int, _ height: Int, _ color: (Int, Int) -> (Int, Int, Int)) -> Picture {
    Picture(
      width: width, height: height,
      pixels: (0..<height).flatMap { row in
        (0..<width).flatMap { column -> [UInt8] in
          let (red, green, blue) = color(row, column)
          return [UInt8(truncatingIfNeeded: red), UInt8(truncatingIfNeeded: green), UInt8(truncatingIfNeeded: blue)]
        }
      })
  }

  @Test func framesComeBackAsTheyWere() throws {
    // One colour; two; all greys; and noise of few colours so long that the table of codes is filled several times.
    let frames = [
      Self.picture(200, 150) { _, _ in (7, 8, 9) }, Self.picture(200, 150) { ($0 + $1) % 2 == 0 ? (0, 0, 0) : (255, 1, 2) },
      Self.picture(200, 150) { ($0 * 200 + $1, $0 * 200 + $1, $0 * 200 + $1) },
      Self.picture(200, 150) { row, column in ((row &* 7919 &+ column &* 104_729) ^ (row * column)) % 16 < 8 ? (row % 5, 1, 2) : (9, column % 7, 3) },
    ]
    let read = try Self.frames(of: AnimatedGIF(frames, seconds: 0.08, lastSeconds: 2).bytes)
    #expect(read.width == 200 && read.height == 150 && read.frames.map(\.delay) == [8, 8, 8, 200])
    for (frame, expected) in zip(read.frames, frames) { #expect(frame.pixels == expected.pixels) }
  }

  @Test func manyColoursGoToNearOnes() throws {
    let photograph = Self.picture(64, 64) { (4 * $0, 4 * $1, 2 * ($0 + $1)) }
    let read = try Self.frames(of: AnimatedGIF([photograph], seconds: 1).bytes)
    let far = zip(read.frames[0].pixels, photograph.pixels).map { abs(Int($0) - Int($1)) }.max()
    #expect(try #require(far) <= 26)
    #expect(try Self.frames(of: AnimatedGIF([Self.picture(1, 1) { _, _ in (1, 2, 3) }], seconds: 0).bytes).frames[0].pixels == [1, 2, 3])
  }
}
