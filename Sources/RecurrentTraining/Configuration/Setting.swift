/// One key of a ``Configuration``, declared in one place: its name is the property's, its default the property's value, and what is in
/// parentheses says which values it may have and what it means.
///
/// ```swift
/// struct Options: Configuration {
///   @Setting(1...65_536, "Units of each layer.") var hidden = 128
///   @Setting(1e-12...1e12, "Scale larger gradients down to this norm. Absent: none.") var clip: Double?
///   @Setting("Read the words in both directions.") var bidirectional = false
///   @Setting("The optimizer.") var optimizer = TrainingConfiguration.OptimizerKind.adam
/// }
/// ```
///
/// An optional key is absent by default, and only then: absence means the same wherever it is read. The range is that of recipes and options;
/// values that a program sets are not checked against it.
@propertyWrapper
public struct Setting<Value: Codable & Equatable & Sendable>: Sendable {
  /// The value.
  public var wrappedValue: Value
  /// What was declared; nil in a setting that was decoded, since the table of keys is read from the defaults.
  private let declaration: SettingDeclaration?

  private init(
    _ value: Value, _ kind: ConfigurationKey.Kind, isOptional: Bool = false, isYounger: Bool = false, after place: String?, _ documentation: String
  ) {
    wrappedValue = value
    declaration = SettingDeclaration(kind: kind, isOptional: isOptional, isYounger: isYounger, documentation: documentation, place: place)
  }
}

/// What a setting's value may be and what it means. Shared by all copies of a configuration, which thereby stay small.
private final class SettingDeclaration: Sendable {
  let kind: ConfigurationKey.Kind
  let isOptional: Bool
  let isYounger: Bool
  let documentation: String
  let place: String?

  init(kind: ConfigurationKey.Kind, isOptional: Bool, isYounger: Bool, documentation: String, place: String?) {
    (self.kind, self.isOptional, self.isYounger) = (kind, isOptional, isYounger)
    (self.documentation, self.place) = (documentation, place)
  }
}

extension Setting: Equatable {
  public static func == (a: Self, b: Self) -> Bool { a.wrappedValue == b.wrappedValue }
}

extension Setting: Codable {
  public init(from decoder: any Decoder) throws {
    wrappedValue = try decoder.singleValueContainer().decode(Value.self)
    declaration = nil
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(wrappedValue)
  }
}

// MARK: Kinds of values

// `after`, in each: the key of a group (`@Inlined`) behind which this one is listed, and what is declared after it; nil: it is listed where
// it is declared.

extension Setting where Value == Int {
  /// A whole number in a range.
  ///
  /// - Parameter isYounger: Whether files of the configuration were once written without the key. It is left out of files while it has its
  ///   default, so that what was trained before has the same identity as what is trained now.
  public init(
    wrappedValue: Int, _ range: ClosedRange<Int>, isYounger: Bool = false, after place: String? = nil, _ documentation: String
  ) {
    self.init(wrappedValue, .integer(range), isYounger: isYounger, after: place, documentation)
  }
}

extension Setting where Value == Int? {
  /// A whole number in a range, or none.
  public init(_ range: ClosedRange<Int>, after place: String? = nil, _ documentation: String) {
    self.init(nil, .integer(range), isOptional: true, after: place, documentation)
  }
}

extension Setting where Value == Double {
  /// A number in a range.
  public init(wrappedValue: Double, _ range: ClosedRange<Double>, after place: String? = nil, _ documentation: String) {
    self.init(wrappedValue, .number(range), after: place, documentation)
  }
}

extension Setting where Value == Double? {
  /// A number in a range, or none.
  public init(_ range: ClosedRange<Double>, after place: String? = nil, _ documentation: String) {
    self.init(nil, .number(range), isOptional: true, after: place, documentation)
  }
}

extension Setting where Value == Bool {
  /// `true` or `false`.
  ///
  /// - Parameter isYounger: As for whole numbers.
  public init(wrappedValue: Bool, isYounger: Bool = false, after place: String? = nil, _ documentation: String) {
    self.init(wrappedValue, .boolean, isYounger: isYounger, after: place, documentation)
  }
}

extension Setting where Value == String {
  /// Any text.
  public init(wrappedValue: String, after place: String? = nil, _ documentation: String) {
    self.init(wrappedValue, .text, after: place, documentation)
  }
}

extension Setting where Value == String? {
  /// Any text, or none.
  public init(after place: String? = nil, _ documentation: String) {
    self.init(nil, .text, isOptional: true, after: place, documentation)
  }
}

extension Setting where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
  /// One of the cases of an enumeration, whose raw values are the words of the recipe.
  ///
  /// - Parameter isYounger: As for whole numbers.
  public init(wrappedValue: Value, isYounger: Bool = false, after place: String? = nil, _ documentation: String) {
    self.init(wrappedValue, .choice(Value.allCases.map(\.rawValue)), isYounger: isYounger, after: place, documentation)
  }
}

extension Setting where Value == [Double] {
  /// As many numbers as the default has, each in a range.
  public init(wrappedValue: [Double], each range: ClosedRange<Double>, after place: String? = nil, _ documentation: String) {
    self.init(wrappedValue, .numbers(count: wrappedValue.count, range), after: place, documentation)
  }
}

extension Setting where Value == ParameterRules? {
  /// Rules for parameters, or none.
  public init(after place: String? = nil, _ documentation: String) {
    self.init(nil, .parameterRules, isOptional: true, after: place, documentation)
  }
}

// MARK: Fields

extension Setting: ConfigurationField {
  var place: String? { declaration?.place }

  func keys(named name: String) -> [ConfigurationKey] {
    guard let declaration else { return [] }
    return [
      ConfigurationKey(
        name: name, documentation: declaration.documentation, kind: declaration.kind, isOptional: declaration.isOptional)
    ]
  }

  func entries(named name: String) -> [ConfigurationEntry] {
    let mirror = Mirror(reflecting: wrappedValue)
    return mirror.displayStyle == .optional && mirror.children.isEmpty ? [] : [ConfigurationEntry(name: name, value: wrappedValue)]
  }

  func youngerEntries(named name: String) -> [ConfigurationEntry] { declaration?.isYounger == true ? entries(named: name) : [] }

  func nested(_ values: [String: JSON], named name: String) -> JSON { values[name] ?? .null }
}
