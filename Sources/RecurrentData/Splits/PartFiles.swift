public import Foundation

extension DataPart {
  /// The words that say so in the name of a file.
  private var words: [String] {
    switch self {
    case .train: ["train", "training", "trainimages"]
    case .validation: ["valid", "validation", "val", "dev", "devimages"]
    case .test: ["test", "testimages"]
    }
  }

  /// The part that a word says, in any case; nil if it says none.
  init?(word: String) {
    guard let part = DataPart.allCases.first(where: { $0.words.contains(word.lowercased()) }) else { return nil }
    self = part
  }

  /// The names among `names` that say they are this part, and have one of these extensions or none; `.gz` after it does not matter.
  func files(among names: [String], extensions: [String]) -> [String] {
    names.filter { name in
      var pieces = name.lowercased().split { ".-_".contains($0) }.map(String.init)
      if pieces.count > 1, pieces.last == "gz" { pieces.removeLast() }
      let isData = !name.contains(".") || extensions.contains(pieces.last ?? "")
      return isData && pieces.contains(where: words.contains)
    }
  }
}

extension Splits {
  /// The file of each part in a directory, by its name: `train.csv`, `valid.csv` (or `validation`, `val`, `dev`) and `test.csv`, with anything
  /// around it (`reviews_train.csv.gz`).
  ///
  /// - Parameters:
  ///   - directory: The directory.
  ///   - extensions: What such files end with, for example `["csv", "tsv"]`; `.gz` may stand after it.
  /// - Throws: `DataError` if the directory cannot be read, none of its files is for training, or several are for the same part.
  public static func files(in directory: URL, extensions: [String]) throws(DataError) -> [DataPart: URL] {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted().filter { !$0.hasPrefix(".") }
    } catch {
      throw DataError(directory.path, "cannot be read: \(error.localizedDescription)")
    }
    var files: [DataPart: URL] = [:]
    for part in DataPart.allCases {
      let found = part.files(among: names, extensions: extensions)
      if found.count > 1 {
        throw DataError(directory.path, "more than one \(part.rawValue) file: \(listed(found)); leave one")
      }
      files[part] = found.first.map { directory.appending(path: $0) }
    }
    if files[.train] == nil {
      throw DataError(
        directory.path,
        "no file to train on: expected train.\(extensions.first ?? "txt"), found \(names.isEmpty ? "nothing" : listed(names))")
    }
    return files
  }
}
