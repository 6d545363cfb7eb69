import Foundation

/// Reads text files, plain or gzip, whole.
enum TextFile {
  /// The bytes of the file at `url`; without a byte-order mark, and checked to be UTF-8, unless `isBinary`.
  static func read(_ url: URL, isBinary: Bool) throws(TextDataError) -> [UInt8] {
    let path = url.path
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else { throw .missing(path: path) }
    if isDirectory.boolValue { throw .notAFile(path: path, isDirectory: true) }
    // A device or a pipe could be read for ever.
    let type = try? url.resolvingSymlinksInPath().resourceValues(forKeys: [.isRegularFileKey]).isRegularFile
    if type == false { throw .notAFile(path: path, isDirectory: false) }
    let bytes: [UInt8]
    do {
      // Files that are read as bytes may be any: there the name, not the first two bytes, says that one is compressed.
      bytes = isBinary && url.pathExtension.lowercased() != "gz" ? try [UInt8](Data(contentsOf: url)) : try ByteSource(contentsOf: url).readAll()
    } catch let error as DataError {
      throw .unreadable(path: path, reason: error.problem)
    } catch {
      let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? any Error
      throw .unreadable(path: path, reason: (cause ?? error).localizedDescription)
    }
    if isBinary { return bytes }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { throw .isUTF16(path: path) }
    if let offset = firstInvalidOffset(in: bytes) {
      throw .notUTF8(path: path, offset: offset, line: 1 + bytes[..<offset].count { $0 == UInt8.newline })
    }
    return bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
  }

  private static func firstInvalidOffset(in bytes: [UInt8]) -> Int? {
    // The standard library's check is the fast one; only the exact place is looked for by hand.
    String(validating: bytes, as: UTF8.self) != nil ? nil : UTF8Rules.firstInvalidOffset(in: bytes)
  }
}
