public import Foundation

/// The parts of a directory of idx images, such as MNIST's.
public struct ImageFiles: Sendable {
  /// The files of each part.
  public let urls: [DataPart: (images: URL, labels: URL)]

  /// The idx files of a directory: `train-images-idx3-ubyte` with `train-labels-idx1-ubyte`, `t10k-` or `test-` for the test,
  /// `valid-` for validation, each plain or `.gz`. None where there are no images.
  ///
  /// - Throws: `DataError` for images without labels.
  public init(directory: URL) throws(DataError) {
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []).sorted()
    var urls: [DataPart: (images: URL, labels: URL)] = [:]
    for (part, words) in [(DataPart.train, ["train"]), (.validation, ["valid", "validation"]), (.test, ["t10k", "test"])] {
      guard let images = Self.find("images", words, names) else { continue }
      guard let labels = Self.find("labels", words, names) else {
        throw DataError(directory.relativePath, "\(images) has no labels beside it: \(words[0])-labels-idx1-ubyte is missing")
      }
      urls[part] = (directory.appending(path: images), directory.appending(path: labels))
    }
    self.urls = urls
  }

  private static func find(_ what: String, _ words: [String], _ names: [String]) -> String? {
    names.first { name in words.contains { name.hasPrefix("\($0)-\(what)") } && name.contains("idx") }
  }
}
