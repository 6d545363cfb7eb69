import RecurrentLayers
import RecurrentTraining
import Testing

@testable import RecurrentTasks

/// The settings of all tasks.
@Suite struct ConfigurationTests {
  private static let types: [any Configuration.Type] =
    TaskRegistry.standard.kinds.flatMap { [$0.dataConfiguration, $0.modelConfiguration] } + [TrainingConfiguration.self, GradientRecording.self]

  /// Every key is explained, its default is one of the values that it may have, and a default is absent exactly where it may be.
  @Test func defaultsAreInTheirRanges() throws {
    for type in Self.types {
      let defaults = try type.init().values()
      #expect(Set(defaults.keys).isSubset(of: type.keys.map(\.name)))
      for key in type.keys {
        #expect(key.documentation.hasSuffix("."), "\(type).\(key.name)")
        #expect((defaults[key.name] == nil) == key.isOptional, "\(type).\(key.name)")
        switch (key.kind, defaults[key.name].map(key.typed)) {
        case (_, nil): break
        case (.integer(let range), .integer(let value)?): #expect(range.contains(value), "\(type).\(key.name)")
        case (.number(let range), .number(let value)?): #expect(range.contains(value), "\(type).\(key.name)")
        case (.boolean, .boolean?), (.text, .text?): break
        case (.choice(let words), .text(let word)?): #expect(words.contains(word), "\(type).\(key.name)")
        case (.numbers(let count, let range), .list(let values)?):
          #expect(values.count == count, "\(type).\(key.name)")
          for case .number(let value) in values { #expect(range.contains(value), "\(type).\(key.name)") }
        default: Issue.record("\(type).\(key.name): the default does not have the kind of its key")
        }
      }
    }
  }

  @Test func defaultsGoTogether() throws {
    for type in Self.types where type != SeriesDataConfiguration.self { try type.init().validate() }
    // Files by name need no column; the one format that does says so.
    try SeriesDataConfiguration().validate()
    #expect(throws: ConfigurationError.self) { try SeriesDataConfiguration { $0.format = .table }.validate() }
  }

  /// What is written is read again, with groups and without, and unlike the defaults.
  @Test func writtenAndReadAgain() throws {
    func check<C: Configuration>(_ type: C.Type) throws {
      var values = try C().values()
      for key in C.keys {
        switch key.kind {
        case .integer(let range): values[key.name] = .integer(range.upperBound)
        case .number(let range): values[key.name] = .number(range.upperBound)
        case .boolean: values[key.name] = .boolean(values[key.name] == .boolean(false))
        case .text: values[key.name] = .text("some \"text\"")
        case .choice(let words): values[key.name] = .text(words[words.count - 1])
        case .numbers(let count, let range): values[key.name] = .list(Array(repeating: .number(range.upperBound), count: count))
        case .parameterRules: values[key.name] = .list([.object([("b", .text("frozen"))]), .object([("a", .object([("decay", .number(0.5))]))])])
        }
      }
      let changed = try C(values: values)
      #expect(try changed.values().count == C.keys.count)
      #expect(try C(json: changed.json()) == changed, "\(type)")
      #expect(changed != C(), "\(type)")
    }
    for type in Self.types { try check(type) }
  }

  /// Keys that a task got later are not in files while they have their defaults: what was trained before is the same as what is trained now.
  @Test func youngKeysLeaveFilesAsTheyWere() throws {
    let before = #"{"cell":"lstm","dropout":0.5,"embedding":100,"hidden":200,"layers":1}"#
    #expect(try KnowledgeTracingConfiguration().json() == before)
    let deeper = KnowledgeTracingConfiguration { ($0.cell, $0.transitionDepth) = (.deepTransition, 3) }
    #expect(
      try deeper.json() == #"{"cell":"deep-transition","dropout":0.5,"embedding":100,"hidden":200,"layers":1,"transitionDepth":3}"#)
    #expect(try KnowledgeTracingConfiguration(json: before) == KnowledgeTracingConfiguration())
    #expect(try KnowledgeTracingConfiguration(json: deeper.json()) == deeper)
    // What was read is written as what was made.
    #expect(try KnowledgeTracingConfiguration(json: before).json() == before)
    for (type, keys) in [
      (ForecastingConfiguration.self as any Configuration.Type, ["transitionDepth", "forgetBias"]),
      (TranslatorConfiguration.self, ["transitionDepth"]), (SeriesRegressionModelConfiguration.self, ["transitionDepth"]),
    ] {
      let text = try type.init().json()
      for key in keys { #expect(!text.contains(key) && type.keys.contains { $0.name == key }, "\(type): \(key)") }
    }
    let kept = [LanguageModelConfiguration.self as any Configuration.Type, TextClassifierConfiguration.self, SeriesModelConfiguration.self]
    for type in kept { #expect(try type.init().json().contains(#""transitionDepth":2"#), "\(type)") }
  }

  /// The keys of a group are the configuration's own: read, set, and taken from there by the network.
  @Test func groupsAreReadAndSetAsKeys() {
    var configuration = TextClassifierConfiguration()
    #expect(configuration.hidden == 128 && configuration.bidirectional && configuration.encoder.recurrent.hidden == 128)
    (configuration.hidden, configuration.kind, configuration.dropout) = (32, .window, 0.25)
    #expect(configuration.encoder.recurrent.hidden == 32 && configuration.encoder.kind == .window && configuration.dropouts.dropout == 0.25)
    #expect(configuration.inputDropout.rate == 0.25)
    #expect(configuration.encoder.summary == "1 × 32, window of 5")
  }
}
