import RecurrentData

/// The bytes of a file that may be read anywhere: on the disk or in memory.
enum SoundBytes: Sendable {
  case file(RandomAccessFile)
  case memory([UInt8], path: String)

  var path: String {
    switch self {
    case .file(let file): file.path
    case .memory(_, let path): path
    }
  }

  var size: Int {
    switch self {
    case .file(let file): file.size
    case .memory(let bytes, _): bytes.count
    }
  }

  /// Fills the buffer with the bytes at a place, and gives their number: fewer than it has room for at the end.
  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
    switch self {
    case .file(let file): return try file.read(at: offset, into: buffer)
    case .memory(let bytes, _):
      guard offset < bytes.count else { return 0 }
      let part = bytes[offset..<min(bytes.count, offset + buffer.count)]
      buffer.copyBytes(from: part)
      return part.count
    }
  }

  /// The bytes at a place: fewer than are asked for at the end.
  func read(at offset: Int, count wanted: Int) throws(DataError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: wanted)
    let count = try bytes.withUnsafeMutableBufferPointer { (buffer) throws(DataError) in
      try read(at: offset, into: UnsafeMutableRawBufferPointer(buffer))
    }
    return Array(bytes.prefix(count))
  }
}
