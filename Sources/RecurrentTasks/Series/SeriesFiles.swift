import Foundation
import RecurrentData
import RecurrentTensors

/// Reads one file of series as a recipe says.
struct SeriesReader {
  /// How.
  let data: SeriesDataConfiguration
  /// Whether each step has a label of its own.
  let isTagging: Bool
  /// What the model was trained on that is to judge the series, which then need no labels.
  var known: KnownSeries?

  /// The endings of the files that can be read, images aside.
  static let extensions = ["jsonl", "ndjson", "ts", "csv", "tsv", "tab", "txt"]

  /// The series of a file.
  ///
  /// - Throws: `DataError` that names file, line and column.
  func read(_ url: URL) throws(DataError) -> SequenceSet {
    switch try format(of: url) {
    case .jsonLines: return try SequenceSet(jsonLines: url)
    case .ts: return try SequenceSet(tsFile: url)
    case .labelFirst: return try SequenceSet(labelFirst: url, format: data.separator.format(of: url, hasHeader: data.header), known: known)
    case .table: return try table(url)
    case .images, .byName:
      if known != nil { return try SequenceSet(unlabelledImages: url, data: data) }
      throw DataError(
        url.relativePath, "images are read from a directory with a pair of idx files: train-images-idx3-ubyte and"
          + " train-labels-idx1-ubyte; name the directory")
    }
  }

  private func format(of url: URL) throws(DataError) -> SeriesDataConfiguration.Format {
    if data.format != .byName { return data.format }
    var pieces = url.lastPathComponent.lowercased().split(separator: ".").map(String.init)
    if pieces.last == "gz" { pieces.removeLast() }
    switch pieces.count > 1 ? pieces[pieces.count - 1] : "" {
    case "jsonl", "ndjson": return .jsonLines
    case "ts": return .ts
    case "csv", "tsv", "tab", "txt": return data.idColumn == nil ? .labelFirst : .table
    default:
      if url.lastPathComponent.contains("idx3") { return .images }
      let names = SeriesDataConfiguration.Format.allCases.dropFirst().map(\.rawValue).joined(separator: ", ")
      throw DataError(
        url.relativePath, "its name does not say how it is read (.jsonl, .ts, .csv and .tsv do); set data.format to one of \(names)")
    }
  }

  private func table(_ url: URL) throws(DataError) -> SequenceSet {
    let table = try Table(contentsOf: url, format: data.separator.format(of: url, hasHeader: data.header))
    var columns = data.columns(hasLabelPerStep: isTagging)
    if known != nil, let label = columns.label, (try? table.index(of: label)) == nil { columns.label = nil }
    return try SequenceSet(table: table, columns: columns)
  }
}

extension SequenceSet {
  /// Images as series: a step is a row of pixels or a pixel, from 0 to 1.
  ///
  /// - Parameters:
  ///   - pixels: `[images, height, width]`.
  ///   - labels: One for each image; none where they are not known.
  init(
    images: Int, height: Int, width: Int, pixels: [UInt8], labels: [Int]?, path: String, data: SeriesDataConfiguration
  ) throws(DataError) {
    let (stepCount, channelCount) = data.imageSteps == .rows ? (height, width) : (height * width, 1)
    var order = Array(0..<stepCount)
    if data.permuted {
      var generator = RandomGenerator(seed: 0).split("permutation")
      // Written out, since the standard library promises no order for a generator, and a model knows one order only.
      for last in stride(from: stepCount - 1, to: 0, by: -1) {
        order.swapAt(last, Int(generator.next().multipliedFullWidth(by: UInt64(last + 1)).high))
      }
    }
    var sequences: [LabelledSequence] = []
    sequences.reserveCapacity(images)
    for image in 0..<images {
      var values: [Double] = []
      values.reserveCapacity(height * width)
      for step in order {
        let start = image * height * width + step * channelCount
        for pixel in pixels[start..<start + channelCount] { values.append(Double(pixel) / 255) }
      }
      sequences.append(
        LabelledSequence(
          values: values, channelCount: channelCount, labels: labels.map { .whole("\($0[image])") } ?? .none, line: image + 1))
    }
    try self.init(path: path, sequences: sequences)
  }

  /// Images and their labels.
  init(_ files: (images: URL, labels: URL), data: SeriesDataConfiguration) throws(DataError) {
    let images = try LabelledImages(images: files.images, labels: files.labels)
    try self.init(
      images: images.count, height: images.height, width: images.width, pixels: images.pixels, labels: images.labels,
      path: files.images.relativePath, data: data)
  }

  /// Images whose labels are not known.
  init(unlabelledImages url: URL, data: SeriesDataConfiguration) throws(DataError) {
    let file = try IDXFile(contentsOf: url)
    guard file.shape.count == 3 else {
      throw DataError(
        url.relativePath, "has \(file.shape.count) axes, and images have three: images x rows x columns")
    }
    try self.init(
      images: file.shape[0], height: file.shape[1], width: file.shape[2], pixels: file.bytes, labels: nil,
      path: url.relativePath, data: data)
  }
}
