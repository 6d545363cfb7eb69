public import Foundation

extension RecordingSet {
  /// What a column of a manifest, or a key of its JSON lines, says.
  private enum Column: CaseIterable {
    case file, text, start, end, speaker, part

    /// What people call it; the first is what messages call it.
    var names: [String] {
      switch self {
      case .file: ["file", "path", "audio", "recording", "sound", "wav", "filename", "file_name", "audio_filepath"]
      case .text: ["text", "sentence", "transcript", "transcription"]
      case .start: ["start", "begin"]
      case .end: ["end"]
      case .speaker: ["speaker", "speaker_id", "client_id"]
      case .part: ["split", "part"]
      }
    }

    init?(named name: String) {
      guard let column = Self.allCases.first(where: { $0.names.contains(name.lowercased()) }) else { return nil }
      self = column
    }

    static var known: String { listed(allCases.map { $0.names[0] }) }
  }

  /// What other columns and keys than those that are known are taken for.
  public enum OtherColumns: String, Sendable, Codable, CaseIterable {
    /// A mistake.
    case stop
    /// Nothing.
    case ignore
  }

  /// Reads a manifest, plain or gzip: JSON lines where its name ends with `.jsonl` or `.json`, else a table whose first line names its columns.
  ///
  ///     file<TAB>text<TAB>start<TAB>end<TAB>speaker<TAB>split
  ///     monday.flac<TAB>good morning everybody<TAB>0.0<TAB>1.9<TAB>anna<TAB>train
  ///     {"file": "monday.flac", "text": "good morning everybody", "start": 0.0, "end": 1.9, "speaker": "anna", "split": "train"}
  ///
  /// File and text are needed, the others not; an empty field is as none. Files are named from the manifest's folder. Columns may be called otherwise:
  /// path, audio, wav; sentence, transcript; begin; part. Between columns are tabs where the first line has one, else commas, or semicolons.
  ///
  /// - Parameter others: What columns that are not known are.
  /// - Throws: `DataError` that names line and column: no column of files or texts, one that is not known, a time that is no number, a part that ends before it
  ///   begins, a word that is no part of the data; or that there is no recording.
  public init(contentsOf url: URL, others: OtherColumns = .stop) throws(DataError) {
    var name = url.lastPathComponent.lowercased()
    if name.hasSuffix(".gz") { name.removeLast(3) }
    let isJSON = name.hasSuffix(".jsonl") || name.hasSuffix(".json")
    let recordings = isJSON ? try Self.recordings(jsonLines: url, others) : try Self.recordings(table: url, others)
    if recordings.isEmpty { throw DataError(url.path, "there is not one recording") }
    self.init(path: url.path, folder: url.deletingLastPathComponent(), recordings: recordings)
  }

  /// Reads a manifest that is in memory, a table with tabs, of recordings that are parts of a sound file that is in memory; `name` stands for both in messages.
  ///
  /// - Throws: `DataError`, as for a file.
  public init(text: String, name: String, sound: [UInt8]) throws(DataError) {
    let recordings = try Self.recordings(of: Table(text: text, name: name, format: .tabs), .stop)
    self.init(path: name, folder: URL(fileURLWithPath: "/"), recordings: recordings, sound: sound)
  }

  private static func unknown(_ name: String, _ path: String, _ line: Int, _ what: String) -> DataError {
    DataError(
      path, line: line,
      "the \(what) \(quoted(name)) is not known (known are \(Column.known)); correct it, take it out, or have others ignored (data.otherColumns)")
  }

  private static func recordings(table url: URL, _ others: OtherColumns) throws(DataError) -> [SpokenText] {
    var format = try TableFormat(recognizing: url)
    var source = try LineSource(contentsOf: url)
    if let line = try source.next(), line.contains(UInt8(ascii: "\t")) { format = .tabs }
    format.hasHeader = true
    return try recordings(of: Table(contentsOf: url, format: format), others)
  }

  private static func recordings(of table: Table, _ others: OtherColumns) throws(DataError) -> [SpokenText] {
    var places: [Column: Int] = [:]
    for (index, name) in (table.header ?? []).enumerated() {
      guard let column = Column(named: name.trimmingCharacters(in: .whitespaces)) else {
        if others == .stop { throw unknown(name, table.path, 1, "column") }
        continue
      }
      if let other = places[column] {
        throw DataError(table.path, line: 1, "both \(quoted(table.name(ofColumn: other))) and \(quoted(name)) say what the column \(column.names[0]) says")
      }
      places[column] = index
    }
    for column in [Column.file, .text] where places[column] == nil {
      throw DataError(
        table.path, line: 1, "there is no column \(quoted(column.names[0])) in the first line (there are: \(listed(table.header ?? []))); name the columns there")
    }
    var recordings: [SpokenText] = []
    recordings.reserveCapacity(table.rowCount)
    for row in 0..<table.rowCount {
      var values: [Column: String] = [:]
      for (column, place) in places { values[column] = try table.text(row: row, column: place) }
      recordings.append(try recording(values, path: table.path, line: table.line(row: row)))
    }
    return recordings
  }

  static func recordings(jsonLines url: URL, _ others: OtherColumns) throws(DataError) -> [SpokenText] {
    var source = try LineSource(contentsOf: url)
    var recordings: [SpokenText] = []
    while let line = try source.next() {
      if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
      var scanner = JSONScanner(line, path: source.path, line: source.number)
      let number = source.number
      var values: [Column: String] = [:]
      try scanner.object("a recording with its text") { (scanner, key) throws(DataError) in
        guard let column = Column(named: key) else {
          if others == .stop { throw unknown(key, url.path, number, "key") }
          return try scanner.skipValue()
        }
        values[column] = try scanner.scalarText()
      }
      try scanner.finish()
      for column in [Column.file, .text] where values[column] == nil {
        throw DataError(source.path, line: number, "there is no key \(quoted(column.names[0]))")
      }
      recordings.append(try recording(values, path: source.path, line: number))
    }
    return recordings
  }

  private static func recording(_ values: [Column: String], path: String, line: Int) throws(DataError) -> SpokenText {
    func value(_ column: Column) -> String? {
      let text = values[column]?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
      return text.isEmpty ? nil : text
    }
    func seconds(_ column: Column) throws(DataError) -> Double? {
      guard let text = value(column) else { return nil }
      guard let number = Double(text), number >= 0, number < 1e9 else {
        throw DataError(path, line: line, "\(quoted(text)) in the column \(quoted(column.names[0])) is no time in seconds, such as 12.5")
      }
      return number
    }
    guard let file = value(.file) else { throw DataError(path, line: line, "there is no name of a file; leave the line out") }
    let (start, end) = (try seconds(.start), try seconds(.end))
    if let end, end <= start ?? 0 {
      throw DataError(path, line: line, "the part begins at \(start ?? 0) s and ends at \(end) s; it must end after it begins")
    }
    var part: DataPart?
    if let word = value(.part) {
      part = DataPart(word: word)
      if part == nil { throw DataError(path, line: line, "\(quoted(word)) is no part: train, valid or test is needed in the column \"split\"") }
    }
    return SpokenText(file: file, text: value(.text) ?? "", start: start, end: end, speaker: value(.speaker), part: part, line: line)
  }
}
