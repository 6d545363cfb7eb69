import Foundation
import RecurrentData
import RecurrentLayers
import RecurrentPictures
import RecurrentTensors
import RecurrentTraining

/// The pictures of a set as a captioner reads them, made once: squares of pixels for an encoder that learns, and for a frozen one its features.
struct PictureInputs: Sendable {
  private enum Content: Sendable {
    case squares([Picture], PicturePreprocessing)
    /// `[picture, place, feature]` as bfloat16, from an offset on.
    case features(Data, offset: Int, PictureGrid)
  }

  private let content: Content
  /// The number of pictures.
  let count: Int

  /// Pictures that are read at once by a frozen encoder.
  private static let batchSize = 16

  /// Reads the pictures of a set.
  ///
  /// - Parameters:
  ///   - set: Loses the pictures that cannot be read, where `broken` says so.
  ///   - broken: What becomes of such.
  ///   - grid: The places of a picture.
  ///   - encoder: What tells a frozen encoder from others.
  /// - Throws: `DataError` that names the first picture that cannot be read; `FileWriteError` where there is no room for features.
  init(
    of set: inout CaptionSet, in source: PictureSource, _ reader: CaptionReader, broken: CaptionData.BrokenPictures, grid: PictureGrid,
    encoder: String, _ preparation: Preparation
  ) throws {
    if broken == .omit {
      var unread: Set<String> = []
      for (index, picture) in set.pictures.enumerated() {
        preparation.progress("reading pictures", index, set.count)
        if (try? source.picture(picture.name)) == nil { unread.insert(picture.name) }
      }
      set.omit("it cannot be read") { unread.contains($0.name) }
      if set.pictures.isEmpty { throw DataError(set.path, "not one picture can be read") }
    }
    count = set.count
    let known = set
    func forEachSquare(_ work: String, _ body: (Picture) throws -> Void) throws {
      for (index, picture) in known.pictures.enumerated() {
        preparation.progress(work, index, known.count)
        let found: Picture
        do {
          found = try source.picture(picture.name)
        } catch {
          throw DataError(known.path, "\(error); or leave such pictures out with data.broken=omit")
        }
        try body(reader.preprocessing.square(of: found))
      }
    }
    guard reader.frozen != nil else {
      var squares: [Picture] = []
      try forEachSquare("reading pictures") { squares.append($0) }
      content = .squares(squares, reader.preprocessing)
      return
    }

    let header = Self.header(of: set, reader, grid, encoder)
    let size = header.count + 2 * count * grid.count * grid.features
    /// Makes the features, and hands them on batch by batch.
    func makeFeatures(_ write: ([UInt8]) throws -> Void) throws {
      var pending: [Picture] = []
      func look() throws {
        if pending.isEmpty { return }
        let places = reader.inputs(of: pending).transposed(permutation: [1, 0, 2])  // [batch, places, features]
        try write(
          [UInt8](unsafeUninitializedCapacity: 2 * places.count) { bytes, count in
            places.withUnsafeScalars { numbers in
              for (index, number) in numbers.enumerated() {
                let bits = number.brainFloat
                bytes[2 * index] = UInt8(truncatingIfNeeded: bits)
                bytes[2 * index + 1] = UInt8(bits >> 8)
              }
            }
            count = bytes.count
          })
        pending = []
      }
      try forEachSquare("looking at pictures") { square in
        pending.append(square)
        if pending.count == Self.batchSize { try look() }
      }
      try look()
    }
    var hasher = ContentHasher()
    hasher.add(header)
    guard let url = preparation.folder?.appending(path: "features-\(String(hasher.hash.bits, radix: 16)).safetensors") else {
      var numbers = Data(capacity: size)
      try makeFeatures { numbers.append(contentsOf: $0) }
      content = .features(numbers, offset: 0, grid)
      return
    }
    func kept() -> Data? {
      guard let data = try? Data(contentsOf: url, options: .alwaysMapped), data.count == size, data.starts(with: header) else { return nil }
      return data
    }
    if kept() == nil {
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try writeAtomically(to: url) { file in
        try file.write(header)
        try makeFeatures { try file.write($0) }
      }
    }
    guard let data = kept() else { throw DataError(url.path, "is not what was written there; is another run at work?") }
    content = .features(data, offset: header.count, grid)
  }

  /// The beginning of the file of features, which says what they were made of: a file of another encoder, other squares or other pictures has another.
  private static func header(of set: CaptionSet, _ reader: CaptionReader, _ grid: PictureGrid, _ encoder: String) -> [UInt8] {
    var hasher = ContentHasher()
    for content in set.contents { hasher.add(content.bits) }
    let encoding = JSONEncoder()
    encoding.outputFormatting = [.sortedKeys]
    let preprocessing = (try? encoding.encode(reader.preprocessing)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    let bytes = 2 * set.count * grid.count * grid.features
    let escaped = preprocessing.replacingOccurrences(of: "\"", with: "\\\"")
    var json = "{\"__metadata__\":{\"encoder\":\"\(encoder)\",\"pictures\":\"\(String(hasher.hash.bits, radix: 16))\",\"preprocessing\":\"\(escaped)\"},"
    json += "\"features\":{\"dtype\":\"BF16\",\"shape\":[\(set.count),\(grid.count),\(grid.features)],\"data_offsets\":[0,\(bytes)]}}"
    while json.utf8.count % 8 != 0 { json += " " }
    return withUnsafeBytes(of: UInt64(json.utf8.count).littleEndian) { Array($0) } + Array(json.utf8)
  }

  /// Some pictures side by side, as the captioner reads them; see `CaptionReader.inputs(of:)`.
  func batch(_ indices: [Int]) -> Tensor<Float> {
    switch content {
    case .squares(let squares, let preprocessing): return preprocessing.tensor(of: indices.map { squares[$0] })
    case .features(let data, let offset, let grid):
      return data.withUnsafeBytes { bytes in
        Tensor(uninitialized: [grid.count, indices.count, grid.features]) { target in
          for (column, index) in indices.enumerated() {
            for place in 0..<grid.count {
              let from = offset + 2 * (index * grid.count + place) * grid.features
              let to = target + (place * indices.count + column) * grid.features
              for feature in 0..<grid.features {
                let bits = bytes.loadUnaligned(fromByteOffset: from + 2 * feature, as: UInt16.self)
                to[feature] = Float(brainFloat: UInt16(littleEndian: bits))
              }
            }
          }
        }
      }
    }
  }

  /// For each picture the one of `known` that looks most alike: whose mean features, or pixels seen from afar, have the least angle to its own.
  func nearest(among known: PictureInputs) -> [Int] {
    let (own, others) = (descriptions, known.descriptions)
    return stride(from: 0, to: count, by: 256).flatMap { start in
      matmul(own.sliced(start..<min(start + 256, count)), others, transposingSecond: true).indexOfMaximum(alongAxis: 1).scalars.map(Int.init)
    }
  }

  /// Whether these are what a frozen encoder has made of pictures.
  var areFeatures: Bool { if case .features = content { true } else { false } }

  /// The mean features of each picture that a frozen encoder has seen.
  var means: [[Double]] {
    stride(from: 0, to: count, by: 64).flatMap { start in
      let means = batch(Array(start..<min(start + 64, count))).mean(alongAxes: 0)
      let (scalars, size) = (means.scalars, means.shape[1])
      return (0..<means.shape[0]).map { scalars[$0 * size..<($0 + 1) * size].map(Double.init) }
    }
  }

  /// A vector of length 1 for each picture, `[pictures, numbers]`.
  private var descriptions: Tensor<Float> {
    let rows = stride(from: 0, to: count, by: 64).map { start in
      let batch = batch(Array(start..<min(start + 64, count)))
      switch content {
      case .features: return batch.mean(alongAxes: 0)
      case .squares(_, let preprocessing):
        let (pooled, side) = (max(1, preprocessing.size / 16), batch.shape[0])
        let small = AveragePooling2D(size: .init(pooled))(batch)
        let flat = small.reshaped(to: [side, small.count / side])
        return flat - flat.mean(alongAxes: 1, keepingAxes: true)
      }
    }
    let all = Tensor(concatenating: rows)
    return all / ((all * all).sum(alongAxes: 1, keepingAxes: true) + 1e-12).squareRoot()
  }
}
