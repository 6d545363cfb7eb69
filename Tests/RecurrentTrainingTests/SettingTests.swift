import Foundation
import Testing

@testable import RecurrentTraining

/// A configuration with a group, and keys of every kind.
private struct Settings: Configuration {
  enum Color: String, Codable, CaseIterable, Sendable {
    case red
    case blue = "dark-blue"
  }

  @Setting("A word.") var word = "a"
  @Inlined(["size": "How large it is here."]) var group = Group { $0.size = 7 }
  @Setting(after: "size", "The color.") var color = Color.red
  @Setting(each: 0...1, after: "flag", "Parts.") var parts = [0.5, 0.25, 0.25]
  @Setting("Another word.") var other: String?
}

private struct Group: Configuration {
  @Setting(1...9, "How large it is.") var size = 2
  @Setting(0...10, "A number.") var number = 1.5
  @Setting(0...10, "Another number, or none.") var limit: Double?
  @Setting(1...3, "A count, or none.") var count: Int?
  @Setting("Whether.") var flag = false
}

/// Settings are declared once: table, defaults and files come from the declarations.
@Suite struct SettingTests {
  @Test func keysAreTheDeclarations() {
    #expect(
      Settings.keys == [
        ConfigurationKey(name: "word", documentation: "A word.", kind: .text),
        ConfigurationKey(name: "size", documentation: "How large it is here.", kind: .integer(1...9)),
        ConfigurationKey(name: "color", documentation: "The color.", kind: .choice(["red", "dark-blue"])),
        ConfigurationKey(name: "number", documentation: "A number.", kind: .number(0...10)),
        ConfigurationKey(name: "limit", documentation: "Another number, or none.", kind: .number(0...10), isOptional: true),
        ConfigurationKey(name: "count", documentation: "A count, or none.", kind: .integer(1...3), isOptional: true),
        ConfigurationKey(name: "flag", documentation: "Whether.", kind: .boolean),
        ConfigurationKey(name: "parts", documentation: "Parts.", kind: .numbers(count: 3, 0...1)),
        ConfigurationKey(name: "other", documentation: "Another word.", kind: .text, isOptional: true),
      ])
    #expect(Group.keys[0].documentation == "How large it is.")
  }

  /// The keys of a group stand among the others, as if they had been declared there.
  @Test func filesAreFlat() throws {
    let defaults = #"{"color":"red","flag":false,"number":1.5,"parts":[0.5,0.25,0.25],"size":7,"word":"a"}"#
    #expect(try Settings().json() == defaults)
    #expect(try Settings(json: "{}") == Settings())
    #expect(try JSON(Settings()).description == defaults)
    #expect("\(Settings())" == defaults)
    let changed = Settings {
      ($0.word, $0.color, $0.other) = ("b", .blue, "c")
      ($0.group.limit, $0.group.count, $0.group.flag) = (0.1 + 0.2, 3, true)
    }
    #expect(changed != Settings())
    let text = try changed.json()
    #expect(
      text
        == #"{"color":"dark-blue","count":3,"flag":true,"limit":0.30000000000000004,"number":1.5,"other":"c","parts":[0.5,0.25,0.25],"#
        + #""size":7,"word":"b"}"#)
    #expect(try Settings(json: text) == changed)
    // What was read is written as well as what was made.
    #expect(try Settings(json: text).json() == text)
  }

  @Test func whatAFileLacksTakesItsDefault() throws {
    let read = try Settings(json: #"{"flag": true, "unknown": 1, "limit": null}"#)
    #expect(read == Settings { $0.group.flag = true })
    // The error names the key as the file does, without the group.
    let error = #expect(throws: DecodingError.self) { try Settings(json: #"{"size": "large"}"#) }
    guard case .typeMismatch(_, let context)? = error else { throw try #require(error) }
    #expect(context.codingPath.map(\.stringValue) == ["size"])
    #expect(throws: DecodingError.self) { try Settings(json: #"{"color": "green"}"#) }
  }

  /// A key that is younger than the files is left out of them at its default, also where the group is in another group.
  @Test func youngKeys() throws {
    struct Outer: Configuration {
      struct Middle: Configuration {
        @Inlined(younger: ["number", "limit"]) var group = Group { $0.number = 4 }
      }
      @Inlined(younger: ["size"]) var middle = Middle()
    }
    #expect(try Outer().json() == #"{"flag":false}"#)
    #expect("\(Outer())" == #"{"flag":false,"number":4,"size":2}"#)
    let changed = Outer { ($0.middle.group.number, $0.middle.group.limit) = (1.5, 2) }
    #expect(try changed.json() == #"{"flag":false,"limit":2,"number":1.5}"#)
    #expect(try Outer(json: changed.json()) == changed && Outer(json: "{}") == Outer())
  }

  /// As a member of another value, as in the description of a model.
  @Test func insideAnother() throws {
    struct Holder: Codable { let settings: Settings }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let settings = Settings { $0.group.count = 2 }
    let text = String(decoding: try encoder.encode(Holder(settings: settings)), as: UTF8.self)
    #expect(text == #"{"settings":"# + (try settings.json()) + "}")
    #expect(try JSONDecoder().decode(Holder.self, from: Data(text.utf8)).settings == settings)
  }

  @Test func aPropertyMustBeDeclared() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      struct Undeclared: Configuration {
        @Setting("Declared.") var declared = true
        var plain = 1
      }
      _ = Undeclared.keys
    }
    let said = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(said.contains("Undeclared: the property plain of a configuration is declared with neither @Setting nor @Inlined"))
  }
}
