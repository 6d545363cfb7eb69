import Foundation
import RecurrentData
import RecurrentLayers
import RecurrentPictures
import RecurrentTensors

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
  /// - Throws: `DataError` that names the first picture that cannot be read.
  init(
    of set: inout CaptionSet, in source: PictureSource, _ reader: CaptionReader, broken: CaptioningData.BrokenPictures, grid: PictureGrid,
    encoder: String, _ preparation: Preparation
  ) throws {
    func read(_ name: String) throws -> Picture? {
      do {
        return try source.picture(name)
      } catch {
        if broken == .stop { throw DataError(set.path, "\(error); or leave such pictures out with data.broken=omit") }
        return nil
      }
    }
    var unread: Set<String> = []
    func leaveOut() throws {
      if unread.isEmpty { return }
      set.omit("it cannot be read") { unread.contains($0.name) }
      if set.pictures.isEmpty { throw DataError(set.path, "not one picture can be read") }
    }
    guard reader.frozen != nil else {
      var squares: [Picture] = []
      for (index, picture) in set.pictures.enumerated() {
        preparation.progress("reading pictures", index, set.count)
        if let found = try read(picture.name) { squares.append(reader.preprocessing.square(of: found)) } else { unread.insert(picture.name) }
      }
      try leaveOut()
      (content, count) = (.squares(squares, reader.preprocessing), squares.count)
      return
    }

    let header = Self.header(of: set, reader, grid, encoder)
    let size = header.count + 2 * set.count * grid.count * grid.features
    var digest = ContentHasher()
    digest.add(Array(header))
    let url = preparation.folder.map { $0.appending(path: "features-\(String(digest.hash.bits, radix: 16)).safetensors") }
    if let url, let kept = try? Data(contentsOf: url, options: .alwaysMapped), kept.count == size, kept.starts(with: header) {
      (content, count) = (.features(kept, offset: header.count, grid), set.count)
      return
    }
    var numbers = Data(capacity: size)
    numbers.append(header)
    var pending: [Picture] = []
    func encode() {
      if pending.isEmpty { return }
      // [places, batch, features]
      let places = reader.inputs(of: pending).transposed(permutation: [1, 0, 2])
      numbers.append(contentsOf: places.scalars.flatMap { [UInt8(truncatingIfNeeded: $0.brainFloat), UInt8($0.brainFloat >> 8)] })
      pending = []
    }
    for (index, picture) in set.pictures.enumerated() {
      preparation.progress("looking at pictures", index, set.count)
      if let found = try read(picture.name) { pending.append(reader.preprocessing.square(of: found)) } else { unread.insert(picture.name) }
      if pending.count == Self.batchSize { encode() }
    }
    encode()
    try leaveOut()
    count = set.count
    var kept = numbers
    if unread.isEmpty, let url, (try? numbers.write(to: url, options: .atomic)) != nil, let mapped = try? Data(contentsOf: url, options: .alwaysMapped) {
      kept = mapped
    }
    content = .features(kept, offset: header.count, grid)
  }

  /// The beginning of the file of features, which says what they were made of: a file of another encoder, other squares or other pictures has another.
  private static func header(of set: CaptionSet, _ reader: CaptionReader, _ grid: PictureGrid, _ encoder: String) -> Data {
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
    return withUnsafeBytes(of: UInt64(json.utf8.count).littleEndian) { Data($0) } + Data(json.utf8)
  }

  /// Some pictures side by side, as the captioner reads them; see ``CaptionReader/inputs(of:)``.
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
