public import RecurrentData
import RecurrentPictures
public import RecurrentTensors

/// Pictures of one size.
public struct PictureSet: Sendable {
  /// Where they are from, for messages.
  public let path: String
  /// Their size.
  public let shape: PictureShape
  /// What each is known by.
  public let contents: [ContentHash]
  /// From 0 to 255, `[pictures, height, width, channels]`.
  let pixels: [UInt8]

  /// Pictures of these pixels, `[pictures, height, width, channels]`.
  init(path: String, shape: PictureShape, pixels: [UInt8]) {
    (self.path, self.shape, self.pixels) = (path, shape, pixels)
    contents = stride(from: 0, to: pixels.count, by: max(1, shape.count)).map { start in
      var hasher = ContentHasher()
      var (word, count) = (UInt64(0), 0)
      for pixel in pixels[start..<start + shape.count] {
        (word, count) = (word << 8 | UInt64(pixel), count + 1)
        if count % 8 == 0 { hasher.add(word) }
      }
      hasher.add(word)
      return hasher.hash
    }
  }

  private init(path: String, shape: PictureShape, pixels: [UInt8], contents: [ContentHash]) {
    (self.path, self.shape, self.pixels, self.contents) = (path, shape, pixels, contents)
  }

  /// The pixels of a picture, `[height, width, channels]`.
  func pixels(of picture: Int) -> ArraySlice<UInt8> { pixels[picture * shape.count..<(picture + 1) * shape.count] }

  /// Pictures side by side, from 0 to 1: `[pictures, height, width, channels]`.
  public func tensor(_ indices: [Int]) -> Tensor<Float> {
    tensor(indices.map { ($0, nil) })
  }

  /// Pictures side by side, each pixel 1 as likely as it is bright, and else 0.
  ///
  /// - Parameter generator: Draws those of a picture.
  func drawnTensor(_ indices: [Int], drawing generator: (_ index: Int) -> RandomGenerator) -> Tensor<Float> {
    tensor(indices.map { ($0, generator($0)) })
  }

  private func tensor(_ chosen: [(index: Int, generator: RandomGenerator?)]) -> Tensor<Float> {
    var numbers: [Float] = []
    numbers.reserveCapacity(chosen.count * shape.count)
    for (index, generator) in chosen {
      if var generator {
        for pixel in pixels(of: index) { numbers.append(Int(generator.next() >> 56) < Int(pixel) + (pixel > 127 ? 1 : 0) ? 1 : 0) }
      } else {
        for pixel in pixels(of: index) { numbers.append(Float(pixel) / 255) }
      }
    }
    return Tensor(shape: [chosen.count, shape.height, shape.width, shape.channels], scalars: numbers)
  }
}

extension PictureSet: ExampleSet {
  public static var nouns: (one: String, many: String) { ("picture", "pictures") }
  public var count: Int { contents.count }

  public func selecting(_ indices: [Int]) -> PictureSet {
    PictureSet(path: path, shape: shape, pixels: indices.flatMap { pixels(of: $0) }, contents: indices.map { contents[$0] })
  }
}

extension Picture {
  /// The picture in a size of one kind, from 0 to 255: `[height, width, channels]`. Of a picture with other proportions the middle is taken, or all of it, squeezed.
  func pixels(as shape: PictureShape, framing: PicturePreprocessing.Framing) -> [UInt8] {
    var picture = self
    if framing == .crop {
      // The largest part in the middle with the proportions of the shape.
      let (tall, wide) = (min(height, width * shape.height / shape.width), min(width, height * shape.width / shape.height))
      let (rows, columns) = (max(1, tall), max(1, wide))
      let (top, left) = ((height - rows) / 2, (width - columns) / 2)
      picture = cropped(rows: top..<top + rows, columns: left..<left + columns)
    }
    let pixels = picture.resized(width: shape.width, height: shape.height).pixels
    if shape.channels == 3 { return pixels }
    return stride(from: 0, to: pixels.count, by: 3).map { at -> UInt8 in
      // Luma of ITU-R BT.601, as JPEG has it.
      let (red, green, blue) = (Int(pixels[at]), Int(pixels[at + 1]), Int(pixels[at + 2]))
      return UInt8((299 * red + 587 * green + 114 * blue + 500) / 1000)
    }
  }

  /// A picture of numbers from 0 to 1, `[height, width, channels]`.
  init(_ numbers: some Collection<Float>, shape: PictureShape) {
    let bytes = numbers.map { UInt8(max(0, min(255, ($0 * 255).rounded()))) }
    self.init(
      width: shape.width, height: shape.height, pixels: shape.channels == 3 ? bytes : bytes.flatMap { [$0, $0, $0] })
  }
}
