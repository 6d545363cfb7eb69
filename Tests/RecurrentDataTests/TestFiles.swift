import Foundation
import SystemZlib

@testable import RecurrentData

/// The message of what `body` throws.
func message(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "nothing thrown"
  } catch { return "\(error)" }
}

/// What `body` says about a file of that content, `FILE` standing for its path.
func message(_ content: [UInt8], name: String = "data", _ body: (URL) throws -> Void) throws -> String {
  try withDirectory([name: content]) { directory in
    let url = directory.appending(path: name)
    return message { try body(url) }.replacing(url.path, with: "FILE")
  }
}

func message(_ content: String, name: String = "data", _ body: (URL) throws -> Void) throws -> String {
  try message(Array(content.utf8), name: name, body)
}

/// What `body` makes of a file of that content.
func withFile<R>(_ content: [UInt8], name: String = "data", _ body: (URL) throws -> R) throws -> R {
  try withDirectory([name: content]) { try body($0.appending(path: name)) }
}

func withFile<R>(_ content: String, name: String = "data", _ body: (URL) throws -> R) throws -> R {
  try withFile(Array(content.utf8), name: name, body)
}

/// These bytes as a gzip file of one member.
func gzipped(_ bytes: [UInt8]) -> [UInt8] {
  var stream = z_stream()
  let status = deflateInit2_(
    &stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
  precondition(status == Z_OK)
  defer { deflateEnd(&stream) }
  var input = bytes
  let bound = Int(deflateBound(&stream, UInt(bytes.count)))
  return input.withUnsafeMutableBufferPointer { input in
    [UInt8](unsafeUninitializedCapacity: bound) { output, count in
      stream.next_in = input.baseAddress
      stream.avail_in = UInt32(input.count)
      stream.next_out = output.baseAddress
      stream.avail_out = UInt32(bound)
      precondition(deflate(&stream, Z_FINISH) == Z_STREAM_END)
      count = bound - Int(stream.avail_out)
    }
  }
}

/// Whether the process may read everything: then nothing can be forbidden to it.
let isRoot = getuid() == 0
