public import Foundation
public import RecurrentTensors

/// A file of named tensors in the safetensors format: what is in it, and its bytes.
///
/// The format is a little-endian 64-bit length, a JSON header of that length (name -> type, shape, offsets; and
/// `__metadata__`, text -> text), and the tensors' bytes without gaps (https://github.com/huggingface/safetensors).
/// Reading is strict: whatever breaks a rule of the format is a `SafetensorsError` that names the file and the cause,
/// and no sequence of bytes makes it crash. The file is read, not mapped: one that is truncated later does no harm.
///
///     let file = try SafetensorsFile(contentsOf: url)
///     let weight = try file.tensor("rnn.weight_hh_l0", as: Float.self, expecting: [512, 128])
public struct SafetensorsFile: Sendable {
  /// The type of a tensor's numbers, named as in the file.
  public enum ScalarType: String, Sendable, CaseIterable {
    case boolean = "BOOL"
    case uint8 = "U8"
    case int8 = "I8"
    case float8E5M2 = "F8_E5M2"
    case float8E4M3 = "F8_E4M3"
    case uint16 = "U16"
    case int16 = "I16"
    case float16 = "F16"
    case bfloat16 = "BF16"
    case uint32 = "U32"
    case int32 = "I32"
    case float32 = "F32"
    case uint64 = "U64"
    case int64 = "I64"
    case float64 = "F64"

    /// The bytes of one number.
    public var byteCount: Int {
      switch self {
      case .boolean, .uint8, .int8, .float8E5M2, .float8E4M3: 1
      case .uint16, .int16, .float16, .bfloat16: 2
      case .uint32, .int32, .float32: 4
      case .uint64, .int64, .float64: 8
      }
    }
  }

  /// One tensor of the file.
  public struct Entry: Sendable, Equatable {
    /// Its name, a parameter path such as `rnn.weight_ih_l0`.
    public let name: String
    /// The type of its numbers.
    public let type: ScalarType
    /// Its extents; empty for a single number.
    public let shape: [Int]
    /// Where its bytes are, from the start of the file.
    let range: Range<Int>
  }

  /// The longest header that is read: 100 MB, the limit of the format's reference implementation.
  public static let headerLimit = 100_000_000

  /// The file's path, for messages.
  public let path: String
  /// The tensors in the order of the header.
  public let entries: [Entry]
  /// The free text in the header; empty if there is none.
  public let metadata: [String: String]
  private let content: [UInt8]
  private let positions: [String: Int]

  /// Reads and checks a file.
  public init(contentsOf url: URL) throws(SafetensorsError) {
    try self.init(try FileContent.read(url), path: url.path)
  }

  /// Checks the bytes of a file; `path` is what messages call it.
  public init(_ content: [UInt8], path: String) throws(SafetensorsError) {
    guard content.count >= 8 else { throw SafetensorsError(path, .tooShort(size: content.count)) }
    let length = (0..<8).reduce(UInt64(0)) { $0 | UInt64(content[$1]) << UInt64(8 * $1) }
    if length > UInt64(Self.headerLimit) {
      throw SafetensorsError(path, .headerTooLarge(length: length, limit: Self.headerLimit))
    }
    let start = 8 + Int(length)
    if start > content.count {
      throw SafetensorsError(path, .headerBeyondFile(length: Int(length), size: content.count))
    }
    if String(validating: content[8..<start], as: UTF8.self) == nil { throw SafetensorsError(path, .headerNotUTF8) }
    let header = try SafetensorsHeader(parsing: content[8..<start], path: path)
    entries = try Self.checked(header.items, from: start, to: content.count, path: path)
    metadata = header.metadata
    self.path = path
    self.content = content
    positions = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.name, $0) })
  }

  /// Each tensor against its own size, and all of them against the file.
  private static func checked(
    _ items: [SafetensorsHeader.Item], from start: Int, to end: Int, path: String
  ) throws(SafetensorsError) -> [Entry] {
    var entries: [Entry] = []
    for item in items {
      guard let type = ScalarType(rawValue: item.type) else {
        throw SafetensorsError(path, .unknownType(name: item.name, type: item.type))
      }
      // Extents of 0 aside, so that no product of some of the extents overflows either, wherever it is formed.
      var needed = type.byteCount
      for extent in item.shape where extent != 0 {
        let (product, overflow) = needed.multipliedReportingOverflow(by: extent)
        if overflow { throw SafetensorsError(path, .overflow(name: item.name, shape: item.shape)) }
        needed = product
      }
      if item.shape.contains(0) { needed = 0 }
      if item.begin > item.end || item.end > end - start {
        throw SafetensorsError(
          path,
          .offsetsBeyondFile(name: item.name, begin: item.begin, end: item.end, available: end - start))
      }
      if item.end - item.begin != needed {
        throw SafetensorsError(
          path,
          .wrongSize(
            name: item.name, shape: item.shape, type: item.type, needed: needed, found: item.end - item.begin))
      }
      entries.append(
        Entry(name: item.name, type: type, shape: item.shape, range: start + item.begin..<start + item.end))
    }
    var position = start
    var previous = ""
    let inOrder = entries.sorted {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    for entry in inOrder {
      if entry.range.lowerBound < position {
        throw SafetensorsError(path, .overlap(name: entry.name, other: previous))
      }
      if entry.range.lowerBound > position {
        throw SafetensorsError(
          path, .hole(before: entry.name, begin: entry.range.lowerBound - start, expected: position - start))
      }
      position = entry.range.upperBound
      previous = entry.name
    }
    if position < end { throw SafetensorsError(path, .trailingBytes(count: end - position)) }
    return entries
  }

  /// The entry of this name, or nil.
  public func entry(_ name: String) -> Entry? {
    positions[name].map { entries[$0] }
  }

  /// The bytes of a tensor, little-endian; throws `SafetensorsError` if it is not there.
  public func bytes(of name: String) throws(SafetensorsError) -> ArraySlice<UInt8> {
    content[try required(name).range]
  }

  /// A tensor, its numbers converted to `Scalar` (from F64, F32, F16 or BF16).
  ///
  /// Throws `SafetensorsError` if it is not there, holds no real numbers, or has another shape than `shape`
  /// (nil takes any).
  public func tensor<Scalar: TensorScalar>(
    _ name: String, as type: Scalar.Type = Scalar.self, expecting shape: Shape? = nil
  ) throws(SafetensorsError) -> Tensor<Scalar> {
    let entry = try required(name)
    if let shape, Array(shape) != entry.shape {
      throw SafetensorsError(path, .wrongShape(name: name, expected: Array(shape), found: entry.shape))
    }
    if entry.shape.count > 8 || entry.shape.contains(where: { $0 > Int32.max }) {
      throw SafetensorsError(path, .unsupportedShape(name: name, shape: entry.shape))
    }
    guard let conversion = ScalarConversion(from: entry.type) else {
      throw SafetensorsError(path, .notReal(name: name, type: entry.type.rawValue))
    }
    var tensor = Tensor<Scalar>(zeros: Shape(entry.shape))
    content.withUnsafeBytes { all in
      let source = UnsafeRawBufferPointer(rebasing: all[entry.range])
      tensor.withUnsafeMutableScalars { scalars in
        conversion.convert(source, into: UnsafeMutableRawBufferPointer(scalars), count: scalars.count)
      }
    }
    return tensor
  }

  private func required(_ name: String) throws(SafetensorsError) -> Entry {
    guard let entry = entry(name) else {
      throw SafetensorsError(path, .missingTensor(name: name, found: entries.map(\.name)))
    }
    return entry
  }
}
