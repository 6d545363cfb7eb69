import Foundation
import RecurrentLayers
import Testing

@testable import RecurrentTraining

@Suite struct TrainingConfigurationTests {
  func message(_ change: (inout TrainingConfiguration) -> Void) -> String? {
    var configuration = TrainingConfiguration()
    change(&configuration)
    do {
      try configuration.validate()
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// The other defaults go with every optimizer and every schedule, and they are those that recipes were written against: a change of one
  /// changes what a recipe without the key trains, and the identity of every checkpoint.
  @Test func defaultsAreValid() throws {
    for optimizer in TrainingConfiguration.OptimizerKind.allCases {
      for schedule in TrainingConfiguration.ScheduleKind.allCases {
        #expect(message { ($0.optimizer, $0.schedule) = (optimizer, schedule) } == nil, "\(optimizer), \(schedule)")
      }
    }
    let defaults =
      #"{"activationPenalty":0,"averagingPatience":5,"batch":32,"beta1":0.9,"beta2":0.999,"decayAfter":1,"decayEvery":1,"decayFactor":2,"#
      + #""epochs":10,"epsilon":1e-08,"finalRate":0,"labelSmoothing":0,"momentum":0,"nesterov":false,"optimizer":"adam","patience":1,"#
      + #""rate":0.002,"schedule":"constant","slownessPenalty":0,"steps":50,"warmup":0,"weightDecay":0}"#
    #expect(try TrainingConfiguration().json() == defaults)
    // A key that is younger than these files stands in them where it has another value, and is read back.
    let accumulating = try TrainingConfiguration { $0.accumulate = 3 }.json()
    #expect(accumulating.contains(#""accumulate":3"#))
    #expect(try TrainingConfiguration(json: accumulating).accumulate == 3 && TrainingConfiguration(json: defaults).accumulate == 1)
  }

  /// Every field has a key and every key a field; the defaults lie in their ranges.
  @Test func keysAreTheFields() throws {
    var full = TrainingConfiguration()
    (full.evaluateEvery, full.earlyStopping, full.clip, full.clipValue) = (1, 1, 1, 1)
    full.parameters = ["rnn": .frozen]
    let fields = try full.values()  // those that files leave out at their defaults are among them
    #expect(Set(fields.keys) == Set(TrainingConfiguration.keys.map(\.name)))
    #expect(Set(TrainingConfiguration.keys.map(\.name)).count == TrainingConfiguration.keys.count)
    let defaults = try TrainingConfiguration().values()
    for key in TrainingConfiguration.keys {
      #expect(!key.documentation.isEmpty)
      #expect((defaults[key.name] == nil) == key.isOptional)
      switch (key.kind, defaults[key.name]) {
      case (_, nil): break
      case (.integer(let range), .integer(let value)?): #expect(range.contains(Int(value)), "\(key.name)")
      case (.number(let range), .number(let value)?): #expect(range.contains(value), "\(key.name)")
      case (.number(let range), .integer(let value)?): #expect(range.contains(Double(value)), "\(key.name)")
      case (.boolean, .boolean?): break
      case (.choice(let words), .text(let word)?): #expect(words.contains(word))
      default: Issue.record("\(key.name): the default does not have the kind of its key")
      }
    }
  }

  @Test func jsonRoundTrip() throws {
    var configuration = TrainingConfiguration()
    configuration.optimizer = .averagedSGD
    configuration.schedule = .divideOnStall
    configuration.rate = 0.1 + 0.2
    configuration.clip = 0.25
    #expect(try TrainingConfiguration(json: configuration.json()) == configuration)
    #expect(try configuration.json().contains("\"averaged-sgd\""))
  }

  /// A text from before a key existed takes the default for it.
  @Test func missingKeysTakeDefaults() throws {
    let configuration = try TrainingConfiguration(json: #"{"epochs": 3, "clip": 2}"#)
    var expected = TrainingConfiguration()
    (expected.epochs, expected.clip) = (3, 2)
    #expect(configuration == expected)
    #expect(throws: DecodingError.self) { try TrainingConfiguration(json: #"{"epochs": "three"}"#) }
    #expect(throws: DecodingError.self) { try TrainingConfiguration(json: "epochs: 3") }
  }

  @Test func nesterov() {
    #expect(message { ($0.optimizer, $0.nesterov) = (.sgd, true) } == "nesterov: needs momentum above 0, such as 0.9")
    #expect(message { ($0.optimizer, $0.nesterov, $0.momentum) = (.sgd, true, 0.9) } == nil)
    #expect(
      message { $0.nesterov = true }
        == "nesterov: only sgd has Nesterov momentum, and the optimizer is adam; set nesterov to false")
  }

  @Test func momentum() {
    #expect(
      message { $0.momentum = 0.9 }
        == "momentum: adam takes none; set momentum to 0, or the optimizer to sgd or rmsprop")
    #expect(message { ($0.optimizer, $0.momentum) = (.rmsprop, 0.9) } == nil)
  }

  @Test func clips() {
    #expect(
      message { ($0.clip, $0.clipValue) = (1, 5) }
        == "clipValue: clip and clipValue are alternatives; leave one of them out")
  }

  @Test func schedules() {
    #expect(message { ($0.schedule, $0.decayFactor) = (.divideOnStall, 1) }?.hasPrefix("decayFactor: ") == true)
    #expect(message { ($0.schedule, $0.decayAfter) = (.steps, 0) }?.hasPrefix("decayAfter: ") == true)
    #expect(message { ($0.schedule, $0.decayAfter) = (.exponential, 0) } == nil)
    #expect(
      message { $0.finalRate = 1 } == "finalRate: 1.0 is above the rate, 0.002, from which the schedule goes down")
  }

  @Test func making() {
    let model = TinyRecurrent()
    func kind(_ change: (inout TrainingConfiguration) -> Void) -> any Optimizer<TinyRecurrent> {
      var configuration = TrainingConfiguration()
      change(&configuration)
      return configuration.makeOptimizer(for: model)
    }
    let sgd = kind { ($0.optimizer, $0.momentum, $0.nesterov, $0.weightDecay) = (.sgd, 0.5, true, 0.1) }
    #expect((sgd as? SGD<TinyRecurrent>).map { $0.isNesterov && $0.momentum == 0.5 && $0.weightDecay == 0.1 } == true)
    let rmsprop = kind { ($0.optimizer, $0.beta2, $0.epsilon) = (.rmsprop, 0.95, 0.1) }
    #expect((rmsprop as? RMSProp<TinyRecurrent>).map { $0.alpha == 0.95 && $0.epsilon == 0.1 } == true)
    let averaged = kind { ($0.optimizer, $0.averagingPatience) = (.averagedSGD, 3) }
    #expect((averaged as? AveragedSGD<TinyRecurrent>)?.patience == 3)
    #expect(kind { $0.optimizer = .adagrad } is Adagrad<TinyRecurrent>)
    #expect(kind { $0.optimizer = .adam } is Adam<TinyRecurrent>)
    #expect((kind { $0.optimizer = .adamw } as? Adam<TinyRecurrent>)?.decay == .decoupled)
    var configuration = TrainingConfiguration()
    #expect(configuration.clipping == .none)
    configuration.clip = 2
    #expect(configuration.clipping == .norm(2))
    (configuration.clip, configuration.clipValue) = (nil, 3)
    #expect(configuration.clipping == .value(3))
  }
}
