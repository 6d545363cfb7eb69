import Foundation
import RecurrentTensors
import Synchronization

/// A group of settings of a recipe: its data, its model, or its training.
///
/// Every stored property is declared with ``Setting``, or with ``Inlined`` where it is a group that several configurations share. From these
/// declarations come the table of ``keys``, and with it the checks of recipes, the help text and the list that names the nearest known key.
/// `init()` makes the defaults; what a recipe or a file lacks takes its default.
///
/// ```swift
/// struct Options: Configuration {
///   @Setting(1...65_536, "Units of each layer.") var hidden = 128
///   @Setting("Read the words in both directions.") var bidirectional = false
/// }
/// ```
///
/// A configuration is encoded as one flat object, the keys of groups among its own. It is read with ``init(json:)``, or, where it is a member
/// of another value, with `decodeConfiguration(_:forKey:)`: a `Decoder` alone fills in no defaults and knows groups by their names only.
public protocol Configuration: Codable, Sendable, Equatable {
  /// The defaults.
  init()

  /// Checks what no single key can know: that keys go together.
  ///
  /// - Throws: ``ConfigurationError`` that names the key and says what to write instead. The default finds nothing.
  func validate() throws
}

extension Configuration {
  public func validate() throws {}

  /// The defaults with some changes: `RecurrentSettings { $0.hidden = 64 }`.
  public init(_ change: (inout Self) -> Void) {
    self.init()
    change(&self)
  }

  /// Every key, in the order in which help lists them. They are read from the declarations once.
  public static var keys: [ConfigurationKey] {
    if let known = knownKeys.withLock({ $0[ObjectIdentifier(Self.self)] }) { return known }
    let keys = Self().declaredKeys
    knownKeys.withLock { $0[ObjectIdentifier(Self.self)] = keys }
    return keys
  }

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
    try self.init(values: JSONDecoder().decode([String: JSON].self, from: Data(text.utf8)))
  }

  /// The defaults with the given values in their place; names that are no key are passed over.
  ///
  /// - Throws: `DecodingError` where a value has the wrong type.
  package init(values: [String: JSON]) throws {
    let defaults = Self()
    let merged = try defaults.values().merging(values) { _, new in new }
    self = try JSONDecoder().decode(Self.self, from: JSONEncoder().encode(defaults.nested(merged)))
  }

  /// The value of each key, without absent ones.
  package func values() throws -> [String: JSON] {
    try JSONDecoder().decode([String: JSON].self, from: Data(json().utf8))
  }

  /// Encodes the values in one object, those of groups among the others.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: NamedKey.self)
    try encode(into: &container)
  }
}

extension KeyedDecodingContainer {
  /// The configuration under a key; what it lacks takes its default, as in `Configuration.init(json:)`.
  public func decodeConfiguration<C: Configuration>(_ type: C.Type, forKey key: Key) throws -> C {
    try C(values: decode([String: JSON].self, forKey: key))
  }
}

// MARK: The declarations

/// A declared property of a configuration: a setting, or a group of them.
protocol ConfigurationField {
  /// The key behind which it is listed; nil: it is listed where it is declared.
  var place: String? { get }

  /// What it adds to the table of keys.
  func keys(named name: String) -> [ConfigurationKey]

  /// Writes its values.
  func encode(into container: inout KeyedEncodingContainer<NamedKey>, named name: String) throws

  /// Its part of flat values in the form that a `Decoder` reads: a group's in an object of their own.
  func nested(_ values: [String: JSON], named name: String) -> JSON
}

/// The tables that have been read.
private let knownKeys = Mutex<[ObjectIdentifier: [ConfigurationKey]]>([:])

extension Configuration {
  /// The declared properties in their order.
  private var fields: [(name: String, field: any ConfigurationField)] {
    Mirror(reflecting: self).children.map { child in
      let name = child.label ?? ""
      guard let field = child.value as? any ConfigurationField else {
        fatalError("\(Self.self): the property \(name) of a configuration is declared with neither @Setting nor @Inlined")
      }
      // A wrapped property is stored under its name behind an underscore.
      return (String(name.dropFirst()), field)
    }
  }

  private var declaredKeys: [ConfigurationKey] {
    var keys: [ConfigurationKey] = []
    for (name, field) in fields {
      let added = field.keys(named: name)
      for key in added { check(!keys.contains { $0.name == key.name }, "\(Self.self): the key \(key.name) is declared twice") }
      guard let place = field.place else {
        keys += added
        continue
      }
      guard let index = keys.firstIndex(where: { $0.name == place }) else {
        fatalError("\(Self.self): \(name) is to be listed after \(place), which is no key declared before it")
      }
      keys.insert(contentsOf: added, at: index + 1)
    }
    return keys
  }

  func encode(into container: inout KeyedEncodingContainer<NamedKey>) throws {
    for (name, field) in fields { try field.encode(into: &container, named: name) }
  }

  func nested(_ values: [String: JSON]) -> JSON {
    .object(fields.map { ($0.name, $0.field.nested(values, named: $0.name)) })
  }
}

extension JSON {
  /// The values of a configuration under their keys, in alphabetical order.
  public init(_ configuration: some Configuration) throws { self = .object(try configuration.values()) }
}
