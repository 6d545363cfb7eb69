import RecurrentTensors

/// A declared property of a configuration: a setting, or a group of them.
protocol ConfigurationField {
  /// The key behind which it is listed, and what is declared after it; nil: it is listed where it is declared.
  var place: String? { get }

  /// What it adds to the table of keys.
  func keys(named name: String) -> [ConfigurationKey]

  /// Its values, without absent ones.
  func entries(named name: String) -> [ConfigurationEntry]

  /// Those of its values that files leave out while they are as here.
  func youngerEntries(named name: String) -> [ConfigurationEntry]

  /// Its part of flat values in the form that a `Decoder` reads: a group's in an object of their own.
  func nested(_ values: [String: JSON], named name: String) -> JSON
}

/// The value of a key.
struct ConfigurationEntry: Sendable, Equatable {
  let name: String
  let value: any Codable & Equatable & Sendable

  static func == (a: Self, b: Self) -> Bool {
    func isEqual<Value: Equatable>(_ value: Value) -> Bool { value == b.value as? Value }
    return a.name == b.name && isEqual(a.value)
  }
}

/// Values under their names in one object.
struct EncodedEntries: Encodable {
  let entries: [ConfigurationEntry]

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: NamedKey.self)
    for entry in entries { try container.encode(entry.value, forKey: NamedKey(entry.name)) }
  }
}

extension Configuration {
  /// The values, without absent ones.
  var entries: [ConfigurationEntry] { fields.flatMap { $0.field.entries(named: $0.name) } }

  /// The values that files leave out while they are as here.
  var youngerEntries: [ConfigurationEntry] { fields.flatMap { $0.field.youngerEntries(named: $0.name) } }

  /// Flat values in the form that a `Decoder` reads.
  func nested(_ values: [String: JSON]) -> JSON { .object(fields.map { ($0.name, $0.field.nested(values, named: $0.name)) }) }

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

  /// The keys, as the declarations say.
  func readKeys() -> [ConfigurationKey] {
    var read: [ConfigurationKey] = []
    var place = 0
    for (name, field) in fields {
      let added = field.keys(named: name)
      for key in added {
        check(!read.contains { $0.name == key.name }, "\(Self.self): the key \(key.name) is declared twice")
      }
      if let key = field.place {
        guard let index = read.firstIndex(where: { $0.name == key }) else {
          fatalError("\(Self.self): \(name) is to be listed after \(key), which is no key declared before it")
        }
        place = index + 1
      }
      read.insert(contentsOf: added, at: place)
      place += added.count
    }
    return read
  }
}
