public import Foundation
public import RecurrentTensors

extension SafetensorsFile {
  /// A tensor that is to be written.
  public struct Content: Sendable {
    /// Its name.
    public let name: String
    /// The type of its numbers.
    public let type: ScalarType
    /// Its extents.
    public let shape: [Int]
    let write: @Sendable (inout FileWriter) throws -> Void

    /// A tensor as it is: F32 or F64. Its numbers are not copied.
    public init<Scalar: TensorScalar>(_ name: String, _ tensor: Tensor<Scalar>) {
      self.name = name
      type = MemoryLayout<Scalar>.size == 8 ? .float64 : .float32
      shape = Array(tensor.shape)
      write = { writer in
        try tensor.withUnsafeScalars { scalars in
          try writer.writeLittleEndian(UnsafeRawBufferPointer(scalars), of: MemoryLayout<Scalar>.size)
        }
      }
    }

    /// Bytes of any type, little-endian; traps if there are not as many as type and shape need.
    public init(_ name: String, type: ScalarType, shape: [Int], bytes: [UInt8]) {
      check(
        shape.reduce(type.byteCount, *) == bytes.count,
        "SafetensorsFile.Content: '\(name)' of shape \(shape) and type \(type.rawValue) needs"
          + " \(shape.reduce(type.byteCount, *)) bytes, not \(bytes.count)")
      self.name = name
      self.type = type
      self.shape = shape
      write = { try $0.write(bytes) }
    }

    fileprivate var byteCount: Int { shape.reduce(type.byteCount, *) }
  }

  /// Writes a file atomically: after a failure or a kill the old one is intact (see `writeAtomically`).
  ///
  /// The same arguments give the same bytes: the header lists tensors in the given order and metadata by key, and is
  /// padded to a multiple of eight bytes. The data lie in the given order too, but wide types before narrow ones, so
  /// that each number is aligned. Names must differ, or it traps. Throws `FileWriteError`.
  public static func write(_ contents: [Content], metadata: [String: String] = [:], to url: URL) throws {
    check(
      Set(contents.map(\.name)).count == contents.count && !contents.contains { $0.name == "__metadata__" },
      "SafetensorsFile.write: names are there twice, or one is __metadata__: \(contents.map(\.name))")
    let widths = contents.map(\.type.byteCount)
    // The sort of the standard library is stable, but not promised to be: the position decides between equals.
    let order = contents.indices.sorted { (-widths[$0], $0) < (-widths[$1], $1) }
    var offsets = Array(repeating: 0, count: contents.count)
    var end = 0
    for index in order {
      offsets[index] = end
      end += contents[index].byteCount
    }
    var fields: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        .map { "\(quoted($0.key)):\(quoted($0.value))" }
      fields.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    for (content, offset) in zip(contents, offsets) {
      let shape = content.shape.map(String.init).joined(separator: ",")
      fields.append(
        "\(quoted(content.name)):{\"dtype\":\"\(content.type.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(offset),\(offset + content.byteCount)]}")
    }
    var header = Array("{\(fields.joined(separator: ","))}".utf8)
    header += Array(repeating: 0x20, count: (8 - header.count % 8) % 8)
    check(
      header.count <= headerLimit, "SafetensorsFile.write: a header of \(header.count) bytes could not be read again")
    let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
    try writeAtomically(to: url) { writer in
      try writer.write(length)
      try writer.write(header)
      for index in order { try contents[index].write(&writer) }
    }
  }

  /// A JSON string. Everything but quotes, backslashes and control characters stands for itself.
  private static func quoted(_ text: String) -> String {
    var utf8: [UInt8] = [UInt8(ascii: "\"")]
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): utf8 += [UInt8(ascii: "\\"), byte]
      case 0..<0x20: utf8 += Array((byte < 0x10 ? "\\u000" : "\\u00").utf8) + Array(String(byte, radix: 16).utf8)
      default: utf8.append(byte)
      }
    }
    utf8.append(UInt8(ascii: "\""))
    return String(decoding: utf8, as: UTF8.self)
  }
}

extension FileWriter {
  /// Appends numbers of `width` bytes in the order of the format, whatever that of the machine is.
  fileprivate mutating func writeLittleEndian(_ bytes: UnsafeRawBufferPointer, of width: Int) throws(FileWriteError) {
    #if _endian(little)
      try write(bytes)
    #else
      for start in stride(from: 0, to: bytes.count, by: width) { try write(bytes[start..<start + width].reversed()) }
    #endif
  }
}
