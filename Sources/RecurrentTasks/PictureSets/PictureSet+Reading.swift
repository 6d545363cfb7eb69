import Foundation
import RecurrentData
import RecurrentPictures
import RecurrentTensors

extension Parts<PictureSet> {
  /// Reads pictures, in parts: those of a directory with idx files for each part, such as MNIST's; of an idx file, or of a folder or an archive of
  /// pictures, which are divided; or the digits that the package draws.
  ///
  /// - Throws: `DataError`: what is wrong with which file.
  init(_ source: DataSource, _ settings: PictureSetSettings) throws {
    @Sendable func advice(_ part: DataPart) -> String {
      switch part {
      case .train: "a directory needs train-images-idx3-ubyte, or pictures"
      case .validation: "add valid-images-idx3-ubyte, or hold pictures out with data.validation"
      case .test: "add t10k-images-idx3-ubyte, or hold pictures out with data.test"
      }
    }
    func dealt(_ set: PictureSet, _ fractions: SplitFractions) -> [DataPart: [Int]] {
      Splits.byContent(set.contents, fractions: fractions, seed: 0)
    }
    if DrawnDigits.isNamed(by: source) {
      self.init(path: DrawnDigits.name, sets: DrawnDigits.parts(), advice: advice)
      return
    }
    try self.init(
      source,
      directory: { directory in
        let files = try ImageFiles(directory: directory)
        if !files.urls.isEmpty { return try files.urls.mapValues { try PictureSet(idx: $0.images) } }
        let whole = try PictureSet(store: PictureStore(contentsOf: directory), settings)
        return dealt(whole, .holdingOut(settings.validation, test: settings.test)).mapValues { whole.selecting($0) }
      },
      file: { try PictureSet(contentsOf: $0, settings) }, dividing: { dealt($0, .holdingOut(settings.validation, test: settings.test)) },
      holdingOut: settings.validation > 0 ? { dealt($0, .holdingOut(settings.validation)) } : nil, advice: advice)
    guard let first = self.sets.values.first else { return }
    for set in self.sets.values where set.shape != first.shape {
      throw DataError(
        set.path, "has pictures of \(set.shape.height) x \(set.shape.width), and \(first.path) of \(first.shape.height) x \(first.shape.width)")
    }
  }
}

extension PictureSet {
  /// The pictures of a file: idx images, an archive, or one picture.
  ///
  /// - Throws: `DataError` that says what is wrong with which file.
  init(contentsOf url: URL, _ settings: PictureSetSettings) throws(DataError) {
    if url.lastPathComponent.contains("idx") {
      try self.init(idx: url)
    } else if url.pathExtension.lowercased() == "tar" {
      try self.init(store: PictureStore(contentsOf: url), settings)
    } else {
      let picture = try Picture(contentsOf: url)
      self.init(path: url.relativePath, shape: settings.shape, pixels: picture.pixels(as: settings.shape, framing: settings.framing))
    }
  }

  /// The images of an idx file.
  init(idx url: URL) throws(DataError) {
    let file = try IDXFile(contentsOf: url)
    guard file.shape.count == 3, file.shape[1] > 0, file.shape[2] > 0 else {
      throw DataError(url.relativePath, "has \(file.shape.count) axes, and images have three: images x rows x columns, of which none is empty")
    }
    self.init(path: url.relativePath, shape: PictureShape(height: file.shape[1], width: file.shape[2]), pixels: file.bytes)
  }

  /// The pictures of a folder or an archive.
  init(store: PictureStore, _ settings: PictureSetSettings) throws(DataError) {
    let shape = settings.shape
    var pixels: [UInt8] = []
    pixels.reserveCapacity(store.count * shape.count)
    for name in store.names { pixels += try store.picture(name).pixels(as: shape, framing: settings.framing) }
    self.init(path: store.path, shape: shape, pixels: pixels)
  }
}
