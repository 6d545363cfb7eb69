import RecurrentLayers
import RecurrentTensors
import Testing

@testable import RecurrentTraining

/// Parameters that are frozen, or have a rate or a decay of their own.
@Suite struct ParameterRulesTests {
  /// Eleven layers of a pair each, and one more parameter.
  private struct Nested: Module {
    typealias Scalar = Float
    var layers = (0..<11).map { Pair<Float>([Double($0), 1], [2]) }
    var top = Tensor<Float>(ones: [3])

    mutating func visitParameters(_ visitor: inout some ParameterVisitor<Float>) {
      visitor.visit(&layers, "layers")
      visitor.visit(&top, "top")
    }
  }

  // MARK: Patterns

  @Test(arguments: [
    ("layers.1", ["layers.1.first", "layers.1.second"]), ("layers.1*.first", ["layers.1.first", "layers.10.first"]), ("top", ["top"]),
    ("*.1.*", ["layers.1.first", "layers.1.second"]), ("l*10*d", ["layers.10.second"]), ("*to**p", ["top"]),
    ("layers.*0", ["layers.0.first", "layers.0.second", "layers.10.first", "layers.10.second"]),
  ])
  func aPatternMeetsPathsAndWhatIsInside(pattern: String, expected: [String]) throws {
    let model = Nested()
    let plan = try ParameterRules([.init(pattern, .frozen)]).plan(for: model)
    #expect(zip(model.parameterPaths, plan.treatments).filter { $0.1.isFrozen }.map(\.0) == expected)
    #expect(plan.trainedCount(of: model) == 36 - model.parameters.filter { expected.contains($0.path) }.reduce(0) { $0 + $1.tensor.count })
  }

  /// Each property is that of the last rule that names it.
  @Test func laterRulesCount() throws {
    let model = Pair<Float>([1, 2], [3])
    func plan(_ rules: ParameterRules, epoch: Int = 0) throws -> [ParameterPlan.Treatment] {
      try rules.plan(for: model, epoch: epoch).treatments
    }
    #expect(try plan(["*": .frozen, "second": .trained]) == [.frozen, .init()])
    #expect(try plan(["*": ParameterRule(rate: 0.1), "second": ParameterRule(decay: 0)]) == [.init(rate: 0.1), .init(rate: 0.1, decay: 0)])
    #expect(try plan(["second": ParameterRule(rate: 3), "*": ParameterRule(rate: 0.1)]) == [.init(rate: 0.1), .init(rate: 0.1)])
    let gradual: ParameterRules = ["first": ParameterRule(rate: 0.5, frozenEpochs: 2)]
    #expect(try (0..<4).map { try plan(gradual, epoch: $0)[0].rate } == [0, 0, 0.5, 0.5])
    #expect(try plan(["*": ParameterRule(frozenEpochs: 2), "second": .trained]) == [.frozen, .init()])
  }

  @Test(arguments: [
    ("layer", #""layer" meets no parameter of the model; did you mean "layers"?"#),
    ("layers.3.frist", #""layers.3.frist" meets no parameter of the model; did you mean "layers.3.first"?"#),
    ("*.secnd", #""*.secnd" meets no parameter of the model; did you mean "*.second"?"#),
    (
      "decoder",
      #""decoder" meets no parameter of the model; it has layers.0.first, layers.0.second, layers.1.first, layers.1.second, layers.2.first,"#
        + " layers.2.second, and 17 more"
    ),
    ("*", "every parameter of the model is frozen in epoch 1; leave one to be trained"),
  ])
  func mistakesAreTold(pattern: String, expected: String) {
    let error = #expect(throws: ParameterRuleError.self) { try ParameterRules([.init(pattern, .frozen)]).plan(for: Nested()) }
    #expect(error.map { "\($0)" } == "training.parameters: " + expected)
  }

  /// A run says so before its first step, and writes nothing.
  @Test func aRunChecksItsRules() {
    let configuration = TrainerTests.configuration { $0.parameters = ["rnn.weigth_hh": .frozen] }
    #expect(throws: ParameterRuleError.self) {
      try Trainer(task: TinyTask(), configuration: configuration).run(from: TinyRecurrent()) { _ in Issue.record("it has begun") }
    }
  }

  @Test func filesKeepTheOrder() throws {
    let configuration = TrainingConfiguration { $0.parameters = ["z": .frozen, "*": ParameterRule(rate: 0.1, decay: 0), "a": .trained] }
    let text = try configuration.json()
    #expect(text.contains(#""parameters":[{"z":"frozen"},{"*":{"decay":0,"rate":0.1}},{"a":"trained"}]"#))
    #expect(try TrainingConfiguration(json: text) == configuration)
    #expect(try !TrainingConfiguration().json().contains("parameters\""))
    #expect(throws: DecodingError.self) { try TrainingConfiguration(json: #"{"parameters":[{"z":"frosen"}]}"#) }
  }

  // MARK: Optimizers

  static let kinds: [TrainingConfiguration] = TrainingConfiguration.OptimizerKind.allCases.flatMap { kind in
    [0, kind == .sgd || kind == .rmsprop ? 0.9 : 0].map { momentum in
      TrainingConfiguration { ($0.optimizer, $0.momentum, $0.weightDecay) = (kind, momentum, 0.02) }
    }
  }

  private static func averaging<O: Optimizer>(_ optimizer: inout O) {
    for loss in [1.0, 1, 1, 1, 1, 1, 2] { _ = optimizer.validated(loss: loss) }
  }

  /// With a rate and a decay of its own a parameter moves as one of a model of which all have them, to the bit; frozen it does not move, whether
  /// its gradient is there or not, and when it is freed it begins as at the start.
  @Test(arguments: kinds)
  func eachParameterMovesByItsOwnRule(_ configuration: TrainingConfiguration) throws {
    let start = Pair<Float>([0.5, -1.25, 2, -0.0], [1.5, -0.5])
    let plan = ParameterPlan([.init(rate: 0.1, decay: 0.3), .init()])
    var (model, whole, slow) = (start, start, start)
    var optimizer = configuration.makeOptimizer(for: model)
    var wholeOptimizer = configuration.makeOptimizer(for: model)
    var other = configuration
    other.weightDecay = 0.3
    var slowOptimizer = other.makeOptimizer(for: model)
    for step in 1...12 {
      let (first, second) = OptimizerTests.gradient(step)
      let gradient = Pair<Float>(first, second)
      let rate = 0.05 / Double(step)
      optimizer.update(&model, along: gradient, scale: 0.5, rate: rate, following: plan)
      wholeOptimizer.update(&whole, along: gradient, scale: 0.5, rate: rate)
      slowOptimizer.update(&slow, along: gradient, scale: 0.5, rate: rate * 0.1)
      if step == 5 {
        Self.averaging(&optimizer)
        Self.averaging(&wholeOptimizer)
        Self.averaging(&slowOptimizer)
      }
    }
    #expect(model.first.isBitwiseEqual(to: slow.first) && model.second.isBitwiseEqual(to: whole.second))
    #expect(!model.first.isBitwiseEqual(to: whole.first))
    let average = optimizer.evaluated(model)
    #expect(average.first.isBitwiseEqual(to: slowOptimizer.evaluated(slow).first))
    #expect(average.second.isBitwiseEqual(to: wholeOptimizer.evaluated(whole).second))
  }

  @Test(arguments: kinds, [false, true])
  func frozenStaysAsItIs(_ configuration: TrainingConfiguration, hasGradient: Bool) {
    let start = Pair<Float>([0.5, -1.25, 2, -0.0], [1.5, -0.5])
    let plan = ParameterPlan([.frozen, .init()])
    var (model, whole, late) = (start, start, start)
    var optimizer = configuration.makeOptimizer(for: model)
    var wholeOptimizer = configuration.makeOptimizer(for: model)
    func step(_ model: inout Pair<Float>, _ optimizer: inout any Optimizer<Pair<Float>>, _ number: Int, _ plan: ParameterPlan) {
      let (first, second) = OptimizerTests.gradient(number)
      var gradient = Pair<Float>(first, second)
      if plan[0].isFrozen && !hasGradient { gradient.first = Tensor(zeros: [0]) }
      optimizer.update(&model, along: gradient, rate: 0.05, following: hasGradient ? plan : .uniform)
    }
    for number in 1...10 {
      step(&model, &optimizer, number, plan)
      step(&whole, &wholeOptimizer, number, .uniform)
      if number == 4 {
        Self.averaging(&optimizer)
        Self.averaging(&wholeOptimizer)
      }
    }
    #expect(model.first.isBitwiseEqual(to: start.first) && optimizer.evaluated(model).first.isBitwiseEqual(to: start.first))
    #expect(model.second.isBitwiseEqual(to: whole.second) && !model.second.isBitwiseEqual(to: start.second))
    #expect(optimizer.evaluated(model).second.isBitwiseEqual(to: wholeOptimizer.evaluated(whole).second))
    for (path, moment) in optimizer.parameters where path.hasSuffix(".first") && !path.hasPrefix("average") {
      #expect(moment.scalars.allSatisfy { $0 == 0 }, "\(path)")
    }
    // Free again, also by an optimizer that was restored: as at the start of a run.
    var restored = configuration.makeOptimizer(for: model)
    restored.restore(optimizer.progress, for: model)
    func load<O: Optimizer<Pair<Float>>>(_ restored: inout O, _ tensors: [Tensor<Float>]) { restored.setParameters(tensors) }
    load(&restored, optimizer.tensors)
    var again = model
    var fresh = configuration.makeOptimizer(for: model)
    for number in 1...3 {
      step(&model, &optimizer, number, .uniform)
      step(&again, &restored, number, .uniform)
      step(&late, &fresh, number, .uniform)
    }
    #expect(model.first.isBitwiseEqual(to: late.first) && again.isBitwiseEqual(to: model))
  }

  // MARK: A run

  /// What is frozen ends as it began; the rest is trained as by a loop in which it is a constant, and the norm is that of the rest.
  @Test(arguments: [GradientClipping.norm(0.3), .value(0.1), .none])
  func theRunIsTheLoopWrittenOut(_ clipping: GradientClipping) throws {
    let task = TinyTask()
    let configuration = TrainerTests.configuration {
      if case .norm(let limit) = clipping { $0.clip = limit }
      if case .value(let limit) = clipping { $0.clipValue = limit }
      $0.parameters = ["rnn.weight_ih": .frozen, "output": ParameterRule(rate: 0.5)]
    }
    var norms: [Double] = []
    let result = try Trainer(task: task, configuration: configuration, seed: 5).run(from: TinyRecurrent()) {
      if case .step(let step) = $0 { norms.append(step.gradientNorm) }
    }
    var model = TinyRecurrent()
    let plan = try configuration.plan(for: model)
    var optimizer = Adam(for: model)
    var generator = RandomGenerator(seed: 5).split("dropout")
    var expected: [Double] = []
    for epoch in 0..<3 {
      var carried = task.initialCarried(for: model, on: try task.batch(at: 0, epoch: epoch, shard: .whole))
      for step in 0..<task.stepsPerEpoch {
        let batch = try task.batch(at: step, epoch: epoch, shard: .whole)
        let result = try valueAndGradient(at: model) { model in
          let result = try task.loss(of: model, on: batch, from: carried, using: &generator)
          return (result.value, result.carried)
        }
        carried = result.auxiliary
        var gradient = result.gradient
        gradient.input = Tensor(zeros: gradient.input.shape)
        expected.append(globalNorm(of: gradient))
        clipping.clip(&gradient)
        optimizer.update(&model, along: gradient, rate: 0.02, following: plan)
      }
    }
    #expect(norms == expected)
    #expect(result.last.input.isBitwiseEqual(to: TinyRecurrent().input))
    // Clipping by norm is folded into the optimizer's pass there, and rounded once less.
    if case .norm = clipping {
      for (a, b) in zip(result.last.tensors, model.tensors) { #expect((a - b).scalars.allSatisfy { abs($0) < 1e-4 }) }
    } else {
      #expect(result.last.isBitwiseEqual(to: model))
    }
  }

  /// Several batches a step add up as without rules.
  @Test func accumulating() throws {
    let configuration = TrainerTests.configuration { ($0.accumulate, $0.parameters) = (3, ["rnn.bias": .frozen, "rnn.weight_ih": .frozen]) }
    let result = try Trainer(task: TinyTask(), configuration: configuration).run(from: TinyRecurrent())
    #expect(result.last.bias.isBitwiseEqual(to: TinyRecurrent().bias) && result.last.input.isBitwiseEqual(to: TinyRecurrent().input))
    #expect(!result.last.output.isBitwiseEqual(to: TinyRecurrent().output))
  }

  @Test func aModelTellsWhatIsFrozen() throws {
    let model = TinyRecurrent(hidden: 2)
    let rules: ParameterRules = ["rnn": .frozen, "rnn.bias": ParameterRule(rate: 0.5, decay: 0)]
    #expect(
      try model.description(following: rules.plan(for: model)) == """
        TinyRecurrent: 14 parameters, 4 of them trained
          rnn: 12 parameters, 2 of them trained
            weight_ih [3, 2] frozen
            weight_hh [2, 2] frozen
            bias [2] rate × 0.5, decay 0.0
          output: 2 parameters
            weight [2, 1]
        """)
    #expect(try model.description(following: rules.plan(for: model)) != model.description)
  }
}
