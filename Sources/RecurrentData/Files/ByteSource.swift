#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif
public import Foundation

/// The bytes of a file, piece by piece; those of a gzip file (by its first two bytes, not its name) decompressed.
///
///     var source = try ByteSource(contentsOf: url)
///     while let bytes = try source.next() { ... }
///
/// Memory is constant for any length.
public struct ByteSource: ~Copyable {
  /// Where the bytes are from, for messages.
  public let path: String
  /// Whether the file is compressed.
  public let isCompressed: Bool

  private let descriptor: Int32
  private var pending: [UInt8]?
  private var inflater: Inflater?

  static let pieceSize = 1 << 18

  /// Opens a file.
  ///
  /// Throws `DataError` if there is none, it is a directory, a device or a pipe, or may not be read.
  public init(contentsOf url: URL) throws(DataError) {
    let path = url.path
    // A pipe without a writer would block, a device could be read for ever.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    if descriptor < 0 { throw Self.failure(path, errno) }
    var status = stat()
    fstat(descriptor, &status)
    let kind = status.st_mode & S_IFMT
    if kind != S_IFREG {
      close(descriptor)
      throw DataError(path, "is \(kind == S_IFDIR ? "a directory" : "not a regular file"), a data file is needed here")
    }
    try self.init(path: path, descriptor: descriptor)
  }

  /// Standard input, whatever it is: a pipe, a file or a terminal. Waits for its first bytes.
  ///
  /// Throws `DataError` if it cannot be read.
  public static func standardInput() throws(DataError) -> ByteSource { try ByteSource(path: "standard input", descriptor: dup(STDIN_FILENO)) }

  /// The bytes of an open file, pipe or device, which is closed at the end. Waits for its first bytes.
  ///
  /// - Parameter expandsGzip: Whether data that begin as gzip does are decompressed; raw samples may begin with any bytes.
  package init(path: String, descriptor: Int32, expandsGzip: Bool = true) throws(DataError) {
    var first: [UInt8]
    do {
      first = try Self.read(descriptor, path: path)
      // A pipe may give one byte at first, which does not tell whether it is compressed.
      if first == [0x1F] { first += try Self.read(descriptor, path: path) }
    } catch {
      close(descriptor)
      throw error
    }
    self.path = path
    self.descriptor = descriptor
    isCompressed = expandsGzip && first.starts(with: [0x1F, 0x8B])
    pending = first
    if isCompressed { inflater = Inflater(path: path) }
  }

  deinit { close(descriptor) }

  /// The next bytes, at least one; nil at the end.
  ///
  /// Throws `DataError` if reading fails, or if a gzip file is truncated or damaged.
  public mutating func next() throws(DataError) -> [UInt8]? {
    while true {
      let piece: [UInt8]
      if let first = pending.take() {
        piece = first
      } else {
        piece = try Self.read(descriptor, path: path)
      }
      guard isCompressed else { return piece.isEmpty ? nil : piece }
      if piece.isEmpty {
        try inflater!.finish()
        return nil
      }
      let inflated = try inflater!.inflate(piece)
      if !inflated.isEmpty { return inflated }
    }
  }

  /// All bytes from here to the end.
  public consuming func readAll() throws(DataError) -> [UInt8] {
    var all: [UInt8] = []
    while let piece = try next() { all.append(contentsOf: piece) }
    return all
  }

  private static func read(_ descriptor: Int32, path: String) throws(DataError) -> [UInt8] {
    var code: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: pieceSize) { buffer, count in
      var result = 0
      repeat {
        #if canImport(Darwin)
          result = Darwin.read(descriptor, buffer.baseAddress, pieceSize)
        #else
          result = Glibc.read(descriptor, buffer.baseAddress, pieceSize)
        #endif
      } while result < 0 && errno == EINTR
      if result < 0 { code = errno }
      count = max(0, result)
    }
    if code != 0 { throw failure(path, code) }
    return bytes
  }

  private static func failure(_ path: String, _ code: Int32) -> DataError {
    if code == ENOENT || code == ENOTDIR { return DataError(path, "no such file or directory") }
    return DataError(path, "cannot be read: \(String(cString: strerror(code)))")
  }
}
