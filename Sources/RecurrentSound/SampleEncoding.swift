/// How samples are written in raw data, little-endian.
public enum SampleEncoding: String, Sendable, Hashable, Codable, CaseIterable {
  /// Signed, of 16 bits.
  case int16
  /// Signed, of 24 bits.
  case int24
  /// Signed, of 32 bits.
  case int32
  /// IEEE 754, of 32 bits.
  case float32

  /// The bytes of a sample.
  public var size: Int { self == .int16 ? 2 : self == .int24 ? 3 : 4 }

  /// The samples in these bytes, of which there are as many as whole samples take; whole numbers become -1 to 1.
  func samples(_ bytes: ArraySlice<UInt8>) -> [Float] {
    bytes.withUnsafeBytes { bytes in
      func byte(_ place: Int, _ shift: Int32) -> Int32 { Int32(bytes[place]) << shift }
      return (0..<bytes.count / size).map { index in
        let place = index * size
        switch self {
        case .int16: return Float(Int16(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: Int16.self))) / 0x1p15
        case .int24: return Float((byte(place, 8) | byte(place + 1, 16) | byte(place + 2, 24)) >> 8) / 0x1p23
        case .int32: return Float(Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: Int32.self))) / 0x1p31
        case .float32: return Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)))
        }
      }
    }
  }
}
