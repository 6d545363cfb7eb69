public import Foundation

/// Which columns of a table, or keys of JSON lines, are captions. Without names: see ``CaptionSet/init(contentsOf:columns:format:)``.
public struct CaptionColumns: Sendable, Hashable, Codable {
  /// The names of pictures.
  public var picture: ColumnReference?
  /// The captions.
  public var caption: ColumnReference?

  /// Columns.
  public init(picture: ColumnReference? = nil, caption: ColumnReference? = nil) { (self.picture, self.caption) = (picture, caption) }

  /// What people call the column of pictures, and that of captions.
  static let pictureNames: Set<String> = ["picture", "image", "photo", "file", "filename", "file_name", "image_name", "picture_name"]
  static let captionNames: Set<String> = ["caption", "captions", "sentence", "text", "comment", "description"]

  func isPicture(_ name: String) -> Bool { Self.names(name, picture, Self.pictureNames) }
  func isCaption(_ name: String) -> Bool { Self.names(name, caption, Self.captionNames) }

  private static func names(_ name: String, _ column: ColumnReference?, _ usual: Set<String>) -> Bool {
    switch column {
    case nil: usual.contains(name.lowercased())
    case .name(let own)?, .nameOrNumber(let own, _)?: own == name
    case .number?: false
    }
  }
}

extension CaptionSet {
  /// Reads a file, plain or gzip: JSON lines where its name ends with `.jsonl` or `.json`, else a table.
  ///
  /// A row of a table is a caption:
  ///
  ///     1000268201.jpg<TAB>0<TAB>A girl goes into a wooden building .       (Flickr8k; also 1000268201.jpg#0<TAB>A girl ...)
  ///     image,caption                                                       (a header)
  ///     1000268201.jpg,"A girl, smiling, goes in ."
  ///
  /// Between columns are tabs, commas, semicolons or bars, as the first line has them; white space around a field does not count. Without `columns` a first
  /// row that names both (picture, image, file, ...; caption, sentence, text, comment, ...) is a header, which says which is which. A table without one
  /// has the picture in its first column and the caption in its last. `#` and a number behind a picture's name count its captions, and are no part of it.
  ///
  /// A line of JSON is a picture with one caption or several; other keys with texts or numbers are kept as columns of each:
  ///
  ///     {"picture": "1000268201.jpg", "captions": ["A girl goes in.", "A wooden building."], "split": "train"}
  ///
  /// - Parameters:
  ///   - columns: Which columns or keys are read, by name or number.
  ///   - format: How a table is written. By default what its name and its first line say.
  /// - Throws: `DataError` that names line and column or character: no such column, rows of unequal length, no JSON, no name of a picture, text
  ///   that is not UTF-8; or that there is no caption.
  public init(contentsOf url: URL, columns: CaptionColumns = CaptionColumns(), format: TableFormat? = nil) throws(DataError) {
    var name = url.lastPathComponent.lowercased()
    if name.hasSuffix(".gz") { name.removeLast(3) }
    if name.hasSuffix(".jsonl") || name.hasSuffix(".json") {
      try self.init(jsonLines: url, columns: columns)
    } else {
      let format = if let format { format } else { try Self.format(of: url, columns) }
      try self.init(table: Table(contentsOf: url, format: format), columns: columns)
    }
  }

  /// Takes the captions of a table, one a row. Columns that are not named are the first and the last of a table without a header.
  ///
  /// - Throws: `DataError` as for a file.
  public init(table: Table, columns: CaptionColumns = CaptionColumns()) throws(DataError) {
    func index(_ column: ColumnReference?, _ what: String, _ place: Int, _ isIt: (String) -> Bool) throws(DataError) -> Int {
      if let column { return try table.index(of: column) }
      guard let header = table.header else { return place }
      let found = header.indices.filter { isIt(header[$0]) }
      if found.count == 1 { return found[0] }
      throw DataError(
        table.path, line: 1,
        "\(found.isEmpty ? "no column" : "more than one column") is called as a \(what) may be (there are: \(listed(header))); name the column of \(what)s")
    }
    let picture = try index(columns.picture, "picture", 0, columns.isPicture)
    let caption = try index(columns.caption, "caption", table.columnCount - 1, columns.isCaption)
    if picture == caption {
      throw DataError(table.path, "pictures and captions are both column \(picture + 1); a table with two columns at least is needed")
    }
    let others = (0..<table.columnCount).filter { $0 != picture && $0 != caption }
    var captions: [(picture: String, caption: Caption)] = []
    captions.reserveCapacity(table.rowCount)
    for row in 0..<table.rowCount {
      var values: [String: String] = [:]
      for other in others {
        values[table.header?[other] ?? "\(other + 1)"] = try table.text(row: row, column: other).trimmingCharacters(in: .whitespaces)
      }
      let text = try table.text(row: row, column: caption)
      captions.append((
        Self.pictureName(try table.text(row: row, column: picture)), Caption(text: text, line: table.line(row: row), columns: values)
      ))
    }
    try self.init(path: table.path, captions: captions)
  }

  init(jsonLines url: URL, columns: CaptionColumns = CaptionColumns()) throws(DataError) {
    var source = try LineSource(contentsOf: url)
    var captions: [(picture: String, caption: Caption)] = []
    while let line = try source.next() {
      if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
      var scanner = JSONScanner(line, path: source.path, line: source.number)
      var (name, texts): (String?, [String]?) = (nil, nil)
      var others: [String: String] = [:]
      try scanner.object("a picture with its captions") { (scanner, key) throws(DataError) in
        let next = scanner.peek()
        if columns.isPicture(key) {
          name = Self.pictureName(try scanner.string())
        } else if columns.isCaption(key) {
          if next != UInt8(ascii: "[") {
            texts = (texts ?? []) + [try scanner.string()]
          } else {
            var read: [String] = []
            try scanner.list("the captions") { scanner throws(DataError) in read.append(try scanner.string()) }
            texts = (texts ?? []) + read
          }
        } else if next == UInt8(ascii: "[") || next == UInt8(ascii: "{") {
          try scanner.skipValue()
        } else if let value = try scanner.scalarText() {
          others[key] = value
        }
      }
      try scanner.finish()
      guard let name else { throw DataError(source.path, line: source.number, "there is no key \"picture\", which names the file") }
      guard let texts else { throw DataError(source.path, line: source.number, "there is no key \"caption\" or \"captions\"") }
      for text in texts { captions.append((name, Caption(text: text, line: source.number, columns: others))) }
    }
    try self.init(path: source.path, captions: captions)
  }

  /// The name of a picture, without the number of a caption: `a.jpg` of `a.jpg#0`.
  static func pictureName(_ text: String) -> String {
    let text = text.trimmingCharacters(in: .whitespaces)
    guard let sign = text.lastIndex(of: "#"), sign > text.startIndex else { return text }
    let number = text[sign...].dropFirst()
    return number.isEmpty || !number.utf8.allSatisfy { (0x30...0x39).contains($0) } ? text : String(text[..<sign])
  }

  /// How a table is written, by its name and its first line.
  private static func format(of url: URL, _ columns: CaptionColumns) throws(DataError) -> TableFormat {
    var format = try TableFormat(recognizing: url)
    var source = try LineSource(contentsOf: url)
    guard let line = try source.next() else { return format }
    // Captions have commas, and hardly ever tabs; Flickr30k's table has bars.
    if line.contains(UInt8(ascii: "\t")) {
      format = .tabs
    } else if line.contains(UInt8(ascii: "|")), !line.contains(UInt8(ascii: ",")), !line.contains(UInt8(ascii: ";")) {
      format = TableFormat(delimiter: UInt8(ascii: "|"), hasQuotes: false)
    }
    // A line with a quote that is not closed is no header.
    let first = try? Table(text: String(decoding: line, as: UTF8.self), format: format.withoutHeader)
    let fields = (0..<(first?.columnCount ?? 0)).compactMap { try? first?.text(row: 0, column: $0).trimmingCharacters(in: .whitespaces) }
    func isNamed(_ column: ColumnReference?) -> Bool { if case .name? = column { true } else { false } }
    format.hasHeader =
      isNamed(columns.picture) || isNamed(columns.caption) || fields.contains(where: columns.isPicture) && fields.contains(where: columns.isCaption)
    return format
  }
}
