/// One key of a ``Configuration``, as ``Setting`` declared it.
public struct ConfigurationKey: Sendable, Equatable {
  /// What a key's value may be.
  public enum Kind: Sendable, Equatable {
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
    /// Rules for parameters by their paths: ``ParameterRules``.
    case parameterRules
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
