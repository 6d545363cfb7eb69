import Foundation

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
/// A configuration is encoded as one flat object, the keys of groups among its own. It is read with ``init(json:)``, or as a member of another
/// value that is decoded. By itself, as in `JSONDecoder().decode(Options.self, from: data)`, it cannot be decoded: a `Decoder` fills in no
/// defaults and knows groups by their names only.
public protocol Configuration: Codable, Sendable, Equatable, CustomStringConvertible {
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

  /// Every key, in the order in which help lists them. They are read from the declarations each time: a choice may have one more value by now,
  /// such as a cell that has been registered.
  public static var keys: [ConfigurationKey] { Self().readKeys() }

  /// Every value under its key, on one line.
  public var description: String { (try? values()).map { JSON.object($0).description } ?? "\(Self.self)" }

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
    do {
      self = try JSONDecoder().decode(Self.self, from: JSONEncoder().encode(defaults.nested(merged)))
    } catch let error as DecodingError {
      throw Self.withoutGroups(error)
    }
  }

  /// The value of each key, without absent ones; those that files leave out are among them.
  package func values() throws -> [String: JSON] {
    try JSONDecoder().decode([String: JSON].self, from: JSONEncoder().encode(EncodedEntries(entries: entries)))
  }

  /// Encodes the values in one object, those of groups among the others.
  public func encode(to encoder: any Encoder) throws {
    let younger = Self().youngerEntries
    try EncodedEntries(entries: entries.filter { !younger.contains($0) }).encode(to: encoder)
  }
}

extension Configuration {
  /// An error whose path names the key alone: files know no groups.
  private static func withoutGroups(_ error: DecodingError) -> DecodingError {
    func flat(_ context: DecodingError.Context) -> DecodingError.Context {
      let path = context.codingPath.drop { step in !keys.contains { $0.name == step.stringValue } }
      return DecodingError.Context(
        codingPath: Array(path), debugDescription: context.debugDescription, underlyingError: context.underlyingError)
    }
    switch error {
    case .typeMismatch(let type, let context): return .typeMismatch(type, flat(context))
    case .valueNotFound(let type, let context): return .valueNotFound(type, flat(context))
    case .keyNotFound(let key, let context): return .keyNotFound(key, flat(context))
    case .dataCorrupted(let context): return .dataCorrupted(flat(context))
    @unknown default: return error
    }
  }
}

extension KeyedDecodingContainer {
  /// The configuration under a key; what it lacks takes its default, as in `Configuration.init(json:)`.
  ///
  /// Where the compiler writes the decoding of a type that has a configuration, it calls this too.
  public func decode<C: Configuration>(_ type: C.Type, forKey key: Key) throws -> C {
    try C(values: decode([String: JSON].self, forKey: key))
  }
}

extension JSON {
  /// A configuration as files hold it, its keys in alphabetical order.
  public init(_ configuration: some Configuration) throws { self = try JSONDecoder().decode(JSON.self, from: JSONEncoder().encode(configuration)) }
}
