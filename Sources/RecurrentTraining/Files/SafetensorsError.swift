/// Why a `.safetensors` file cannot be used: the file and the cause, in one line.
public struct SafetensorsError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong. Offsets are in bytes; those of the header count from the start of the file, those of tensors from
  /// the end of the header, as in the file.
  public enum Problem: Equatable, Sendable {
    /// The system cannot open or read it.
    case unreadable(reason: String)
    /// There are not even the eight bytes of the header's length.
    case tooShort(size: Int)
    /// The header is longer than the format allows.
    case headerTooLarge(length: UInt64, limit: Int)
    /// The header ends after the file does: a truncated file, or not one of this format.
    case headerBeyondFile(length: Int, size: Int)
    /// The header is not UTF-8.
    case headerNotUTF8
    /// The header is not the JSON object that the format prescribes.
    case malformedHeader(offset: Int, expected: String)
    /// A key is there twice: a tensor, or a field of one.
    case duplicate(key: String)
    /// A type of number that is not known.
    case unknownType(name: String, type: String)
    /// A tensor lacks a field, or has one that is not known.
    case badField(name: String, field: String, isMissing: Bool)
    /// A number that must be a whole number from 0 on is not, or is too large.
    case badNumber(name: String, field: String, text: String)
    /// The number of elements, or of bytes, overflows.
    case overflow(name: String, shape: [Int])
    /// Shape and type need another number of bytes than the offsets give.
    case wrongSize(name: String, shape: [Int], type: String, needed: Int, found: Int)
    /// Offsets that are reversed, or beyond the end of the file (a truncated file).
    case offsetsBeyondFile(name: String, begin: Int, end: Int, available: Int)
    /// Two tensors share bytes.
    case overlap(name: String, other: String)
    /// Bytes between tensors that belong to none.
    case hole(before: String, begin: Int, expected: Int)
    /// Bytes after the last tensor.
    case trailingBytes(count: Int)
    /// A tensor that is needed is not there.
    case missingTensor(name: String, found: [String])
    /// A tensor has another shape than is needed.
    case wrongShape(name: String, expected: [Int], found: [Int])
    /// A tensor of integers where real numbers are needed.
    case notReal(name: String, type: String)
    /// A tensor has more axes, or longer ones, than a `Shape` holds.
    case unsupportedShape(name: String, shape: [Int])
  }

  /// The file.
  public let path: String
  /// What is wrong with it.
  public let problem: Problem

  init(_ path: String, _ problem: Problem) {
    self.path = path
    self.problem = problem
  }

  /// File and cause.
  public var description: String { "\(path): \(cause)" }

  private var cause: String {
    switch problem {
    case .unreadable(let reason): "cannot be read: \(reason)"
    case .tooShort(let size):
      "not a safetensors file: it has \(size) bytes, and the header's length alone takes 8"
    case .headerTooLarge(let length, let limit):
      "not a safetensors file: its header would have \(length) bytes, more than the \(limit) that are allowed"
    case .headerBeyondFile(let length, let size):
      "truncated: the header has \(length) bytes and the file only \(max(0, size - 8)) after its length"
    case .headerNotUTF8: "the header is not UTF-8"
    case .malformedHeader(let offset, let expected): "malformed header: expected \(expected) at byte \(offset)"
    case .duplicate(let key): "malformed header: '\(key)' is there twice"
    case .unknownType(let name, let type): "tensor '\(name)' has the unknown type '\(type)'"
    case .badField(let name, let field, let isMissing):
      isMissing ? "tensor '\(name)' has no '\(field)'" : "tensor '\(name)' has an unknown field '\(field)'"
    case .badNumber(let name, let field, let text):
      "tensor '\(name)': '\(text)' in '\(field)' is not a whole number from 0 to \(Int.max)"
    case .overflow(let name, let shape): "tensor '\(name)' is impossibly large: its shape is \(shape)"
    case .wrongSize(let name, let shape, let type, let needed, let found):
      "tensor '\(name)' of shape \(shape) and type \(type) needs \(needed) bytes, its offsets give it \(found)"
    case .offsetsBeyondFile(let name, let begin, let end, let available):
      begin > end
        ? "tensor '\(name)' has reversed offsets: \(begin) to \(end)"
        : "truncated: tensor '\(name)' takes the bytes \(begin) to \(end), and there are \(available)"
    case .overlap(let name, let other): "the tensors '\(other)' and '\(name)' overlap"
    case .hole(let before, let begin, let expected):
      "\(begin - expected) bytes before tensor '\(before)' belong to no tensor"
    case .trailingBytes(let count): "\(count) bytes after the last tensor belong to none"
    case .missingTensor(let name, let found): "there is no tensor '\(name)'; there is: \(list(found))"
    case .wrongShape(let name, let expected, let found):
      "tensor '\(name)' has the shape \(found), expected is \(expected)"
    case .notReal(let name, let type): "tensor '\(name)' is of type \(type), not of real numbers"
    case .unsupportedShape(let name, let shape):
      "tensor '\(name)' has the shape \(shape), and at most 8 axes of less than 2^31 can be used"
    }
  }

  private func list(_ names: [String]) -> String {
    if names.isEmpty { return "none" }
    let shown = names.prefix(8).joined(separator: ", ")
    return names.count > 8 ? "\(shown), and \(names.count - 8) more" : shown
  }
}
