public import Foundation

/// The lines of a text file, plain or gzip, one by one: UTF-8, ended by LF or CRLF, without a byte-order mark.
///
///     var lines = try LineSource(contentsOf: url)
///     while let line = try lines.next() { print(lines.number, String(decoding: line, as: UTF8.self)) }
public struct LineSource: ~Copyable {
  private var source: ByteSource
  private var piece: [UInt8] = []
  private var offset = 0
  private let longest: Int
  /// The number of the line that `next()` gave last, counted from 1.
  public private(set) var number = 0

  /// Opens a file; throws `DataError` as `ByteSource` does.
  public init(contentsOf url: URL) throws(DataError) {
    source = try ByteSource(contentsOf: url)
    longest = .max
  }

  /// The lines of standard input, each as soon as it is there.
  ///
  /// - Parameter longest: The bytes of a line at most, so that an input without line ends does not fill the memory.
  public static func standardInput(longest: Int) throws(DataError) -> LineSource {
    LineSource(source: try ByteSource.standardInput(), longest: longest)
  }

  private init(source: consuming ByteSource, longest: Int) {
    self.source = source
    self.longest = longest
  }

  /// Where the lines are from, for messages.
  public var path: String { source.path }

  /// The bytes of the next line without its end; nil at the end of the file. A last line need not have an end.
  ///
  /// Throws `DataError` if reading fails, or the line holds a byte 0, as binary files do, or is too long. An error that names a line is about
  /// that line alone: the next call gives the line after it.
  public mutating func next() throws(DataError) -> [UInt8]? {
    var line: [UInt8] = []
    var (isThere, byteCount) = (false, 0)
    let longest = longest
    // Of a line that is too long nothing is kept.
    func append(_ bytes: ArraySlice<UInt8>) {
      byteCount += bytes.count
      if byteCount <= longest { line.append(contentsOf: bytes) } else { line = [] }
    }
    while true {
      if offset == piece.count {
        guard let next = try source.next() else { break }
        piece = next
        offset = 0
      }
      isThere = true
      if let end = piece[offset...].firstIndex(of: UInt8(ascii: "\n")) {
        append(piece[offset..<end])
        offset = end + 1
        break
      }
      append(piece[offset...])
      offset = piece.count
    }
    guard isThere else { return nil }
    number += 1
    if byteCount > longest { throw DataError(path, line: number, "a line of \(byteCount) bytes; \(longest) at most are read at once") }
    if number == 1 { try TextRules.removeMark(&line, path: path) }
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    if let zero = line.firstIndex(of: 0) { throw TextRules.binary(path, line: number, character: zero + 1) }
    return line
  }
}

/// What makes bytes text.
enum TextRules {
  /// Takes the byte-order mark of UTF-8 from the beginning of a file; that of another encoding is an error.
  static func removeMark(_ bytes: inout [UInt8], path: String) throws(DataError) {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      throw DataError(path, "is UTF-16, not UTF-8; convert it (iconv -f UTF-16 -t UTF-8)")
    }
  }

  static func binary(_ path: String, line: Int, character: Int) -> DataError {
    DataError(path, line: line, character: character, "a byte 0: this is a binary file, a text file is needed here")
  }

  /// The text of these bytes; throws if they are not UTF-8. `place` says which bytes: `column 2 ("text"): `.
  static func text(
    _ bytes: some Sequence<UInt8>, path: String, line: Int, place: @autoclosure () -> String = ""
  ) throws(DataError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw DataError(path, line: line, "\(place())not UTF-8; convert the file (iconv -f LATIN1 -t UTF-8)")
    }
    return text
  }
}
