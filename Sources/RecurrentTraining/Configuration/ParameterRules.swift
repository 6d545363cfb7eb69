public import RecurrentLayers
import RecurrentTensors

/// What is done with some parameters of a model that is not done with all: freezing them, another learning rate, another weight decay.
///
/// A rule is a pattern for paths, as `recurrent inspect` and `Module.parameterPaths` list them, and a ``ParameterRule``:
///
/// ```swift
/// configuration.parameters = ["embedding": .frozen, "encoder": ParameterRule(rate: 0.1), "*bias*": ParameterRule(decay: 0)]
/// ```
///
/// In a recipe: `parameters: {embedding: frozen, encoder: {rate: 0.1}, "*bias*": {decay: 0}}`.
///
/// - A pattern meets a parameter if it is its path or a beginning of it that ends before a dot: `rnn.layers.1` meets
///   `rnn.layers.1.weight_ih`, not `rnn.layers.10.weight_ih`. In it `*` stands for any characters, dots among them, or none.
/// - Where several rules meet a parameter, each of its rate, decay and frozen epochs is that of the last rule which names it. So
///   `{"*": frozen, output: trained}` trains the output alone, and with the rules above a bias of the encoder has a tenth of the rate and no decay.
///
/// Schedules, warm-up and clipping work as ever; the rate of a rule is a factor.
public struct ParameterRules: Sendable, Equatable, ExpressibleByDictionaryLiteral {
  /// A pattern and what it says of the parameters that it meets.
  public struct Entry: Sendable, Equatable {
    /// The pattern.
    public var pattern: String
    /// What is done with the parameters that it meets.
    public var rule: ParameterRule

    /// A rule for a pattern.
    public init(_ pattern: String, _ rule: ParameterRule) { (self.pattern, self.rule) = (pattern, rule) }
  }

  /// The rules; of two that name the same thing for a parameter the later counts.
  public var entries: [Entry]

  /// Rules in their order.
  public init(_ entries: [Entry]) { self.entries = entries }

  public init(dictionaryLiteral elements: (String, ParameterRule)...) { entries = elements.map { Entry($0.0, $0.1) } }

  /// What the rules make of a model in an epoch.
  ///
  /// - Parameter epoch: Counted from 0.
  /// - Throws: ``ParameterRuleError``: a pattern meets no parameter, or no parameter would be trained.
  public func plan<M: Module>(for model: M, epoch: Int = 0) throws(ParameterRuleError) -> ParameterPlan {
    let paths = model.parameterPaths
    for entry in entries where !paths.contains(where: { matches(entry.pattern, $0) }) {
      throw .meetsNothing(pattern: entry.pattern, paths: paths)
    }
    let plan = ParameterPlan(
      paths.map { path in
        var whole = ParameterRule.trained
        for entry in entries where matches(entry.pattern, path) {
          whole.rate = entry.rule.rate ?? whole.rate
          whole.decay = entry.rule.decay ?? whole.decay
          whole.frozenEpochs = entry.rule.frozenEpochs ?? whole.frozenEpochs
        }
        return .init(rate: epoch < whole.frozenEpochs ?? 0 ? 0 : whole.rate ?? 1, decay: whole.decay)
      })
    guard plan.treatments.contains(where: { !$0.isFrozen }) else { throw .nothingIsTrained(epoch: epoch) }
    return plan
  }
}

/// What is done with the parameters that a pattern meets: a value of ``ParameterRules``.
public struct ParameterRule: Configuration {
  @Setting(0...1e6, "What the learning rate is multiplied by; 0 freezes.") public var rate: Double?
  @Setting(0...1, "The weight decay in place of the optimizer's.") public var decay: Double?
  @Setting(0...1_000_000, "Epochs at the start of the run in which the parameters are frozen.") public var frozenEpochs: Int?

  /// A rule that says nothing.
  public init() {}

  /// A rule; what is nil is left to other rules, and without these to the optimizer.
  public init(rate: Double? = nil, decay: Double? = nil, frozenEpochs: Int? = nil) {
    (self.rate, self.decay, self.frozenEpochs) = (rate, decay, frozenEpochs)
  }

  /// The parameters stay as they are, bit for bit: they get no gradient, count for nothing in its norm, and cost what only they need no time.
  public static let frozen = ParameterRule(rate: 0)

  /// The parameters are trained at the full rate, whatever rules before this one say.
  public static let trained = ParameterRule(rate: 1, frozenEpochs: 0)

  /// The rules that have a name in recipes and files.
  package static let named: KeyValuePairs = ["frozen": frozen, "trained": trained]
}

/// Rules and a model that do not go together.
public enum ParameterRuleError: Error, Equatable, CustomStringConvertible {
  /// A pattern is that of no parameter of the model, whose paths these are.
  case meetsNothing(pattern: String, paths: [String])
  /// Every parameter is frozen in an epoch, counted from 0.
  case nothingIsTrained(epoch: Int)

  public var description: String {
    switch self {
    case .meetsNothing(let pattern, let paths):
      let advice = Self.nearest(to: pattern, paths).map { "did you mean \"\($0)\"?" } ?? "it has \(Self.list(paths))"
      return "training.parameters: \"\(pattern)\" meets no parameter of the model; \(advice)"
    case .nothingIsTrained(let epoch):
      return "training.parameters: every parameter of the model is frozen in epoch \(epoch + 1); leave one to be trained"
    }
  }

  /// The nearest beginning of a path; for a pattern such as `*.weihgt` the nearest pattern for an end.
  private static func nearest(to pattern: String, _ paths: [String]) -> String? {
    let parts = paths.map { $0.split(separator: ".") }
    let candidates =
      pattern.hasPrefix("*.")
      ? parts.map { "*." + $0[$0.count - 1] }
      : parts.flatMap { path in path.indices.map { path[...$0].joined(separator: ".") } }
    return RecurrentTensors.nearest(to: pattern, among: candidates)
  }

  private static func list(_ paths: [String]) -> String {
    let shown = paths.prefix(6).joined(separator: ", ")
    return paths.count > 6 ? "\(shown), and \(paths.count - 6) more" : shown
  }
}

/// Whether a pattern meets a path: all of it, or a beginning that ends before a dot.
private func matches(_ pattern: String, _ path: String) -> Bool {
  let (pattern, path) = (Array(pattern.unicodeScalars), Array(path.unicodeScalars))
  // Where in the pattern the scalars of the path so far may have led.
  func skippingStars(_ places: Set<Int>) -> Set<Int> {
    var places = places
    for place in pattern.indices where pattern[place] == "*" && places.contains(place) { places.insert(place + 1) }
    return places
  }
  var places = skippingStars([0])
  for scalar in path {
    if scalar == ".", places.contains(pattern.count) { return true }
    places = skippingStars(
      Set(places.compactMap { $0 == pattern.count ? nil : pattern[$0] == "*" ? $0 : pattern[$0] == scalar ? $0 + 1 : nil }))
  }
  return places.contains(pattern.count)
}

// A list of objects with one member each, since the members of an object have no order: `[{"embedding":"frozen"},{"encoder":{"rate":0.1}}]`.
extension ParameterRules: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    entries = try container.decode([[String: JSON]].self).flatMap { $0 }.map { pattern, value in
      switch value {
      case .text(let word):
        guard let rule = ParameterRule.named.first(where: { $0.key == word })?.value else {
          throw DecodingError.dataCorruptedError(in: container, debugDescription: "the rule for \(pattern) is \(word)")
        }
        return Entry(pattern, rule)
      case .object(let members):
        return Entry(pattern, try ParameterRule(values: Dictionary(members) { _, last in last }))
      default: throw DecodingError.dataCorruptedError(in: container, debugDescription: "the rule for \(pattern) is \(value)")
      }
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(
      entries.map { entry in
        [entry.pattern: try ParameterRule.named.first { $0.value == entry.rule }.map { JSON.text($0.key) } ?? JSON(entry.rule)]
      })
  }
}
