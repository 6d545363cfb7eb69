import RecurrentTensors
import SystemZlib

/// Decompresses gzip (RFC 1952), piece by piece, through zlib. Several members one after another are one text, as gzip has it.
struct Inflater: ~Copyable {
  private let path: String
  /// zlib remembers where it stands, so it must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  /// Whether the bytes so far end with a whole member.
  private var isComplete = false

  init(path: String) {
    self.path = path
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 15: the largest window; 16: a gzip header, whose checksum and length are checked.
    let status = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    check(status == Z_OK, "zlib cannot start: status \(status)")
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// What these bytes decompress to.
  mutating func inflate(_ compressed: [UInt8]) throws(DataError) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(compressed.count * 4)
    var status = Z_OK
    var input = compressed  // zlib's pointer is not const
    input.withUnsafeMutableBufferPointer { input in
      stream.pointee.next_in = input.baseAddress
      stream.pointee.avail_in = UInt32(input.count)
      while stream.pointee.avail_in > 0, status == Z_OK || status == Z_BUF_ERROR {
        if isComplete {
          // Zeros after the last member fill a tape's block; gzip passes over them too.
          while stream.pointee.avail_in > 0, stream.pointee.next_in.pointee == 0 {
            stream.pointee.next_in += 1
            stream.pointee.avail_in -= 1
          }
          if stream.pointee.avail_in == 0 { break }
          inflateReset(stream)
          isComplete = false
        }
        status = step(into: &output)
        if status == Z_STREAM_END {
          isComplete = true
          status = Z_OK
        }
      }
    }
    guard status == Z_OK || status == Z_BUF_ERROR else {
      let reason = stream.pointee.msg.map { String(cString: $0) } ?? "zlib's status \(status)"
      throw DataError(path, "the gzip data are damaged (\(reason)); copy or download the file again")
    }
    return output
  }

  /// Says that there are no more bytes.
  func finish() throws(DataError) {
    if !isComplete {
      throw DataError(path, "the gzip data end too early: the file is truncated; copy or download it again")
    }
  }

  /// Decompresses until the input or the member ends, and appends.
  private func step(into output: inout [UInt8]) -> Int32 {
    var status = Z_OK
    repeat {
      let piece = [UInt8](unsafeUninitializedCapacity: ByteSource.pieceSize) { buffer, count in
        stream.pointee.next_out = buffer.baseAddress
        stream.pointee.avail_out = UInt32(buffer.count)
        status = SystemZlib.inflate(stream, Z_NO_FLUSH)
        count = buffer.count - Int(stream.pointee.avail_out)
      }
      output.append(contentsOf: piece)
    } while status == Z_OK && stream.pointee.avail_out == 0
    return status
  }
}
