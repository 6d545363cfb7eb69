import Foundation

/// A group of settings of a recipe: its data, its model, or its training.
///
/// A configuration is a flat `Codable` structure whose ``keys`` tell a reader of recipes what may be written, in which
/// range, and what it means: one table gives the checks, the help text and the list that names the nearest known key.
/// `init()` makes the defaults; a recipe's values are merged onto their encoding and decoded again, so every field has
/// a default and none needs a decoder of its own. An optional field's default is `nil`: absence then means the same
/// wherever it is read.
///
/// ```swift
/// struct Options: Configuration {
///   var hidden = 128
///   static var keys: [ConfigurationKey] { [.integer("hidden", 1...65_536, "Units of each layer.")] }
/// }
/// ```
public protocol Configuration: Codable, Sendable, Equatable {
  /// Every key, in the order in which help lists them; names equal those of the `Codable` fields.
  static var keys: [ConfigurationKey] { get }

  /// The defaults.
  init()

  /// Checks what no single key can know: that keys go together.
  ///
  /// - Throws: ``ConfigurationError`` that names the key and says what to write instead. The default finds nothing.
  func validate() throws
}

extension Configuration {
  public func validate() throws {}

  /// This configuration as JSON on one line, keys in alphabetical order, so that equal values give equal text.
  /// Absent optional values are left out.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }

  /// Reads what ``json()`` wrote. Keys that the text lacks take their defaults, so that a file written before a key
  /// existed can still be read.
  ///
  /// - Throws: `DecodingError` where the text is not JSON or a value has the wrong type.
  public init(json text: String) throws {
    try self.init(values: JSONDecoder().decode([String: JSONValue].self, from: Data(text.utf8)))
  }

  /// The defaults with the given values in their place.
  fileprivate init(values: [String: JSONValue]) throws {
    let defaults = try JSONDecoder().decode([String: JSONValue].self, from: Data(Self().json().utf8))
    let merged = defaults.merging(values) { _, new in new }
    self = try JSONDecoder().decode(Self.self, from: JSONEncoder().encode(merged))
  }
}

extension KeyedDecodingContainer {
  /// The configuration under a key; what it lacks takes its default, as in `Configuration.init(json:)`.
  public func decodeConfiguration<C: Configuration>(_ type: C.Type, forKey key: Key) throws -> C {
    try C(values: decode([String: JSONValue].self, forKey: key))
  }
}

/// One key of a ``Configuration``.
public struct ConfigurationKey: Sendable {
  /// What a key's value may be.
  public enum Kind: Sendable {
    /// A whole number in a range.
    case integer(ClosedRange<Int>)
    /// A number in a range.
    case number(ClosedRange<Double>)
    /// `true` or `false`.
    case boolean
    /// Any text.
    case text
    /// One of a few words.
    case choice([String])
    /// A list of exactly `count` numbers, each in a range.
    case numbers(count: Int, ClosedRange<Double>)
  }

  /// The key as it is written, in camel case.
  public let name: String
  /// What it does, in one or two sentences; the range and the default are added by whoever prints it.
  public let documentation: String
  /// What its value may be.
  public let kind: Kind
  /// Whether the key may be absent (or null) even after the defaults are filled in.
  public let isOptional: Bool

  /// Makes a key from all its parts.
  public init(name: String, documentation: String, kind: Kind, isOptional: Bool = false) {
    self.name = name
    self.documentation = documentation
    self.kind = kind
    self.isOptional = isOptional
  }

  /// A whole number in `range`.
  public static func integer(
    _ name: String, _ range: ClosedRange<Int>, optional: Bool = false, _ documentation: String
  ) -> Self {
    Self(name: name, documentation: documentation, kind: .integer(range), isOptional: optional)
  }

  /// A number in `range`.
  public static func number(
    _ name: String, _ range: ClosedRange<Double>, optional: Bool = false, _ documentation: String
  ) -> Self {
    Self(name: name, documentation: documentation, kind: .number(range), isOptional: optional)
  }

  /// `true` or `false`.
  public static func boolean(_ name: String, _ documentation: String) -> Self {
    Self(name: name, documentation: documentation, kind: .boolean)
  }

  /// Any text.
  public static func text(_ name: String, optional: Bool = false, _ documentation: String) -> Self {
    Self(name: name, documentation: documentation, kind: .text, isOptional: optional)
  }

  /// One of the cases of an enumeration whose raw values are the words of the recipe.
  public static func choice<Choice: CaseIterable & RawRepresentable<String>>(
    _ name: String, _ choices: Choice.Type, _ documentation: String
  ) -> Self {
    Self(name: name, documentation: documentation, kind: .choice(Choice.allCases.map(\.rawValue)))
  }

  /// A list of exactly `count` numbers, each in `range`.
  public static func numbers(
    _ name: String, count: Int, _ range: ClosedRange<Double>, _ documentation: String
  ) -> Self {
    Self(name: name, documentation: documentation, kind: .numbers(count: count, range))
  }
}

/// A configuration that no run can be made from.
public struct ConfigurationError: Error, Equatable, CustomStringConvertible {
  /// The key at fault.
  public let key: String
  /// What is wrong with it and what to write instead.
  public let message: String

  /// An error in one key.
  public init(key: String, _ message: String) {
    self.key = key
    self.message = message
  }

  public var description: String { "\(key): \(message)" }
}
