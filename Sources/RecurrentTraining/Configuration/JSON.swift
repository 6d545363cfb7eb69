/// Any JSON value. The members of an object keep the order in which they were written; those of an object that was decoded are in alphabetical order.
///
/// `description` is the value on one line. Decoding tells whole numbers from others: a `Double` holds only 53 bits of a seed.
///
/// ```swift
/// let answer = JSON.object([("label", .text("positive")), ("probability", .number(0.75))])
/// print(answer)  // {"label":"positive","probability":0.75}
/// ```
public indirect enum JSON: Sendable {
  /// No value.
  case null
  /// `true` or `false`.
  case boolean(Bool)
  /// A whole number.
  case integer(Int)
  /// A whole number above `Int.max`.
  case unsigned(UInt64)
  /// Any other number.
  case number(Double)
  /// Text.
  case text(String)
  /// Values in their order.
  case list([JSON])
  /// Values under names.
  case object([(String, JSON)])

  /// A number that may be absent.
  public static func optional(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
}

extension JSON: Equatable {
  public static func == (a: JSON, b: JSON) -> Bool {
    switch (a, b) {
    case (.null, .null): true
    case (.boolean(let a), .boolean(let b)): a == b
    case (.integer(let a), .integer(let b)): a == b
    case (.unsigned(let a), .unsigned(let b)): a == b
    case (.number(let a), .number(let b)): a == b
    case (.text(let a), .text(let b)): a == b
    case (.list(let a), .list(let b)): a == b
    case (.object(let a), .object(let b)): a.elementsEqual(b) { $0.0 == $1.0 && $0.1 == $1.1 }
    default: false
    }
  }
}

extension JSON: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .boolean(value)
    } else if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(UInt64.self) {
      self = .unsigned(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([JSON].self) {
      self = .list(value)
    } else {
      self = .object(try container.decode([String: JSON].self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    if case .object(let members) = self {
      var container = encoder.container(keyedBy: NamedKey.self)
      for (name, value) in members { try container.encode(value, forKey: NamedKey(name)) }
      return
    }
    var container = encoder.singleValueContainer()
    switch self {
    case .null, .object: try container.encodeNil()
    case .boolean(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .unsigned(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .list(let value): try container.encode(value)
    }
  }

  /// An object whose members are in alphabetical order.
  public static func object(_ members: [String: JSON]) -> JSON { .object(members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }) }
}

/// A key that is any name.
struct NamedKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(_ name: String) { stringValue = name }
  init(stringValue: String) { self.init(stringValue) }
  init?(intValue: Int) { nil }
}
