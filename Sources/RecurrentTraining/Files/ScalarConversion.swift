/// Converts the little-endian real numbers of a file to `Float` or `Double` in memory.
///
/// Not generic, so that the loops are compiled once and for exactly these types.
enum ScalarConversion {
  case float64, float32, float16, bfloat16

  /// From numbers of this type, if they are real.
  init?(from type: SafetensorsFile.ScalarType) {
    switch type {
    case .float64: self = .float64
    case .float32: self = .float32
    case .float16: self = .float16
    case .bfloat16: self = .bfloat16
    default: return nil
    }
  }

  /// Fills `destination` with `count` numbers from `source`: floats if it has four bytes for each, otherwise doubles.
  func convert(_ source: UnsafeRawBufferPointer, into destination: UnsafeMutableRawBufferPointer, count: Int) {
    if count == 0 { return }
    if destination.count == 4 * count {
      let floats = destination.bindMemory(to: Float.self)
      switch self {
      case .float64: for i in 0..<count { floats[i] = Float(Self.double(source, i)) }
      case .float32: for i in 0..<count { floats[i] = Self.float(source, i) }
      case .float16: for i in 0..<count { floats[i] = Self.half(source, i) }
      case .bfloat16: for i in 0..<count { floats[i] = Self.brain(source, i) }
      }
    } else {
      let doubles = destination.bindMemory(to: Double.self)
      switch self {
      case .float64: for i in 0..<count { doubles[i] = Self.double(source, i) }
      case .float32: for i in 0..<count { doubles[i] = Double(Self.float(source, i)) }
      case .float16: for i in 0..<count { doubles[i] = Double(Self.half(source, i)) }
      case .bfloat16: for i in 0..<count { doubles[i] = Double(Self.brain(source, i)) }
      }
    }
  }

  private static func double(_ source: UnsafeRawBufferPointer, _ i: Int) -> Double {
    Double(bitPattern: UInt64(littleEndian: source.loadUnaligned(fromByteOffset: 8 * i, as: UInt64.self)))
  }

  private static func float(_ source: UnsafeRawBufferPointer, _ i: Int) -> Float {
    Float(bitPattern: UInt32(littleEndian: source.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self)))
  }

  /// bfloat16 is the upper half of a float.
  private static func brain(_ source: UnsafeRawBufferPointer, _ i: Int) -> Float {
    let bits = UInt16(littleEndian: source.loadUnaligned(fromByteOffset: 2 * i, as: UInt16.self))
    return Float(bitPattern: UInt32(bits) << 16)
  }

  /// IEEE half precision, by bits: `Float16` does not exist on every platform.
  private static func half(_ source: UnsafeRawBufferPointer, _ i: Int) -> Float {
    let bits = UInt32(UInt16(littleEndian: source.loadUnaligned(fromByteOffset: 2 * i, as: UInt16.self)))
    let sign = (bits & 0x8000) << 16
    let exponent = bits >> 10 & 0x1F
    let fraction = bits & 0x3FF
    switch exponent {
    case 0:  // zero or subnormal: fraction * 2^-24
      return Float(bitPattern: sign | (Float(fraction) * 0x1p-24).bitPattern)
    case 0x1F:  // infinity or NaN
      return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default:
      return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}
