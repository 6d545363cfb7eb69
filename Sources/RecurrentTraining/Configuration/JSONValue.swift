/// Any JSON value, for text whose structure is known to somebody else: merged onto defaults, or compared key by key.
enum JSONValue: Codable, Sendable, Equatable {
  case null
  case boolean(Bool)
  // Whole numbers are kept apart from others: a Double holds only 53 bits of a seed.
  case integer(Int64)
  case unsigned(UInt64)
  case number(Double)
  case text(String)
  case list([JSONValue])
  case object([String: JSONValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .boolean(value)
    } else if let value = try? container.decode(Int64.self) {
      self = .integer(value)
    } else if let value = try? container.decode(UInt64.self) {
      self = .unsigned(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .list(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .boolean(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .unsigned(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .list(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }

  /// The leaves with their paths, `model.hidden`, in alphabetical order. A list is one leaf.
  func leaves(prefix: String = "") -> [String: JSONValue] {
    guard case .object(let members) = self else { return [prefix: self] }
    var leaves: [String: JSONValue] = [:]
    for (key, value) in members {
      leaves.merge(value.leaves(prefix: prefix.isEmpty ? key : "\(prefix).\(key)")) { first, _ in first }
    }
    return leaves
  }

  /// The value as a message shows it; long ones are cut.
  var summary: String {
    let text: String
    switch self {
    case .null: text = "nothing"
    case .boolean(let value): text = "\(value)"
    case .integer(let value): text = "\(value)"
    case .unsigned(let value): text = "\(value)"
    case .number(let value): text = "\(value)"
    case .text(let value): text = value
    case .list(let values): text = "[" + values.prefix(8).map(\.summary).joined(separator: ", ") + "]"
    case .object(let members): text = "\(members.count) keys"
    }
    return text.count > 60 ? text.prefix(57) + "..." : text
  }
}
