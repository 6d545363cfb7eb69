public import Foundation

extension CaptionSet {
  /// Reads the parts of a directory. It has
  ///
  /// - one file of captions, whose name says so (`captions.tsv`, `captions.txt`, `Flickr8k.token.txt`), and lists of the pictures of each part
  ///   (`train.txt`, `dev.txt`, `test.txt`, `Flickr_8k.trainImages.txt`), one name a line; or a column `split`; or neither: then all are trained on;
  /// - or a file of captions for each part: `train.jsonl`, `valid.jsonl`, `test.jsonl` (or `.tsv`, `.csv`), with anything around it.
  ///
  /// Any of them may end with `.gz`.
  ///
  /// - Throws: `DataError`: no captions, several files that could be it, no file to train on, and what is wrong with a file.
  public static func parts(
    in directory: URL, columns: CaptionColumns = CaptionColumns(), format: TableFormat? = nil
  ) throws(DataError) -> [DataPart: CaptionSet] {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted().filter { !$0.hasPrefix(".") }
    } catch {
      throw DataError(directory.path, "cannot be read: \(error.localizedDescription)")
    }
    let endings = ["tsv", "tab", "csv", "txt", "jsonl", "json"]
    let ofParts = DataPart.allCases.flatMap { $0.files(among: names, extensions: endings) }
    let whole = names.filter { name in
      var pieces = name.lowercased().split { ".-_".contains($0) }.map(String.init)
      if pieces.last == "gz" { pieces.removeLast() }
      return endings.contains(pieces.last ?? "") && !ofParts.contains(name) && pieces.contains { ["captions", "caption", "token"].contains($0) }
    }
    if whole.count > 1 { throw DataError(directory.path, "more than one file of captions: \(listed(whole)); leave one") }
    guard let name = whole.first else {
      var parts: [DataPart: CaptionSet] = [:]
      for (part, url) in try Splits.files(in: directory, extensions: endings) {
        parts[part] = try CaptionSet(contentsOf: url, columns: columns, format: format)
      }
      return parts
    }
    let set = try CaptionSet(contentsOf: directory.appending(path: name), columns: columns, format: format)
    if DataPart.allCases.contains(where: { !$0.files(among: names, extensions: ["txt"]).isEmpty }) {
      return try set.parts(listedIn: Splits.files(in: directory, extensions: ["txt"]))
    }
    return set.hasColumn("split") ? try set.parts(byColumn: "split") : [.train: set]
  }

  /// Whether the captions have a column of this name.
  public func hasColumn(_ name: String) -> Bool { pictures.contains { $0.captions.contains { $0.columns[name] != nil } } }

  /// The parts that lists name: text files with the name of a picture a line, plain or gzip.
  ///
  /// A picture that is listed and has no caption is an omission of its part; those that have captions and stand in no list are one of the training part.
  ///
  /// - Throws: `DataError` that names list and line: a picture that is in two lists, a list of none that has captions.
  public func parts(listedIn lists: [DataPart: URL]) throws(DataError) -> [DataPart: CaptionSet] {
    let places = Dictionary(uniqueKeysWithValues: pictures.enumerated().map { ($1.name, $0) })
    var seen: [String: (list: String, line: Int)] = [:]
    var parts: [DataPart: CaptionSet] = [:]
    for part in DataPart.allCases {
      guard let list = lists[part] else { continue }
      var source = try LineSource(contentsOf: list)
      var (indices, missing): ([Int], [Int]) = ([], [])
      while let line = try source.next() {
        let name = Self.pictureName(try TextRules.text(line, path: source.path, line: source.number))
        if name.isEmpty { continue }
        if let other = seen.updateValue((source.path, source.number), forKey: name) {
          throw DataError(
            source.path, line: source.number, "\(quoted(name)) is listed twice, here and in line \(other.line) of \(other.list); leave one of them")
        }
        if let place = places[name] { indices.append(place) } else { missing.append(source.number) }
      }
      if indices.isEmpty {
        throw DataError(
          source.path, missing.isEmpty ? "lists no picture" : "\(path) has a caption for none of the \(counted(missing.count, "picture")) of this list")
      }
      parts[part] = selecting(indices.sorted())
      if !missing.isEmpty {
        parts[part]!.omissions = [LineOmission(what: "picture", reason: "\(list.lastPathComponent) lists it without a caption", lines: missing)]
      }
    }
    let unlisted = pictures.filter { seen[$0.name] == nil }.map { $0.captions[0].line }
    if !unlisted.isEmpty, !parts.isEmpty {
      let first = DataPart.allCases.first { parts[$0] != nil }!
      parts[first]!.omissions.append(LineOmission(what: "picture", reason: "no list names it", lines: unlisted))
    }
    return parts
  }

  /// The parts that a column says: train, training; valid, validation, val, dev; test.
  ///
  /// - Throws: `DataError` that names the line: no such column, another word, two parts for the captions of one picture; or that nothing is trained on.
  public func parts(byColumn column: String) throws(DataError) -> [DataPart: CaptionSet] {
    var indices: [DataPart: [Int]] = [:]
    for (index, picture) in pictures.enumerated() {
      var part: DataPart?
      for caption in picture.captions {
        guard let word = caption.columns[column] else {
          throw DataError(path, line: caption.line, "there is no column \(quoted(column)), which is to say the part of a picture")
        }
        guard let own = DataPart(word: word.trimmingCharacters(in: .whitespaces)) else {
          throw DataError(path, line: caption.line, "\(quoted(word)) is no part: train, valid or test is needed in the column \(quoted(column))")
        }
        if let part, part != own {
          throw DataError(
            path, line: caption.line, "\(quoted(picture.name)) is of the part \(own.rawValue) here and \(part.rawValue) in line \(picture.captions[0].line)")
        }
        part = own
      }
      indices[part!, default: []].append(index)
    }
    if indices[.train] == nil { throw DataError(path, "the column \(quoted(column)) has no picture to train on") }
    return indices.mapValues(selecting)
  }
}
