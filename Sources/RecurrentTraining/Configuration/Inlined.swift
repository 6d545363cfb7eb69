import RecurrentTensors

/// A group of settings that several configurations share, whose keys stand among those of the configuration that has it: in recipes, in help
/// and in files nothing tells that they are a group.
///
/// ```swift
/// struct Options: Configuration {
///   @Setting(1...1000, "Rows that are read.") var window = 48
///   @Inlined(["hidden": "Units of the network over the rows."]) var recurrent = RecurrentSettings { $0.hidden = 32 }
/// }
/// ```
///
/// Each configuration gives a group its own defaults, and its own words for a key where those of the group do not fit.
@propertyWrapper
public struct Inlined<Group: Configuration>: Sendable {
  /// The group.
  public var wrappedValue: Group
  private let words: [String: String]
  private let younger: Set<String>
  let place: String?

  /// A group with the given defaults.
  ///
  /// - Parameters:
  ///   - words: What keys mean here, where it is not what the group says.
  ///   - younger: Keys of the group that files of this configuration were once written without. They are left out of files while they have
  ///     their defaults, so that what was trained before has the same identity as what is trained now.
  ///   - after: The key behind which the group is listed, and what is declared after it; nil: it is listed where it is declared.
  public init(wrappedValue: Group, _ words: [String: String] = [:], younger: Set<String> = [], after place: String? = nil) {
    self.wrappedValue = wrappedValue
    self.words = words
    self.younger = younger
    self.place = place
  }
}

extension Inlined: Equatable {
  public static func == (a: Self, b: Self) -> Bool { a.wrappedValue == b.wrappedValue }
}

extension Inlined: Decodable {
  public init(from decoder: any Decoder) throws { self.init(wrappedValue: try Group(from: decoder)) }
}

extension Inlined: ConfigurationField {
  func keys(named name: String) -> [ConfigurationKey] {
    let keys = Group.keys
    for word in younger.union(words.keys).sorted() {
      check(keys.contains { $0.name == word }, "Inlined: \(Group.self) has no key \(word)")
    }
    return keys.map { key in
      words[key.name].map { ConfigurationKey(name: key.name, documentation: $0, kind: key.kind, isOptional: key.isOptional) } ?? key
    }
  }

  func entries(named name: String) -> [ConfigurationEntry] { wrappedValue.entries }

  func youngerEntries(named name: String) -> [ConfigurationEntry] {
    wrappedValue.entries.filter { younger.contains($0.name) } + wrappedValue.youngerEntries
  }

  func nested(_ values: [String: JSON], named name: String) -> JSON { wrappedValue.nested(values) }
}
