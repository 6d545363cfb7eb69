/// A column of a table, by the name in its header or by its number, counted from 1; what a person wrote is looked for in the header first.
public enum ColumnReference: Sendable, Hashable, Codable, CustomStringConvertible {
  case name(String)
  case number(Int)
  /// Digits that are a name where the header has it, else a number.
  case nameOrNumber(String, Int)

  /// What a recipe or an option says: digits are a name of the header or a number, anything else is a name.
  public init(parsing text: String) {
    if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text) {
      self = .nameOrNumber(text, number)
    } else {
      self = .name(text)
    }
  }

  public var description: String {
    switch self {
    case .name(let name): quoted(name)
    case .number(let number): "\(number)"
    case .nameOrNumber(let text, _): text
    }
  }
}

extension ColumnReference: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
  public init(stringLiteral name: String) { self = .name(name) }
  public init(integerLiteral number: Int) { self = .number(number) }
}
