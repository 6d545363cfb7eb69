import RecurrentLayers
import RecurrentTensors
import RecurrentTestSupport
import Testing

@testable import RecurrentTraining

/// Ten steps of every optimizer against PyTorch 2 and against a plain loop over the published formulas.
@Suite struct OptimizerTests {
  static let start = ([0.5, -1.25, 2.0, 0.75], [1.5, -0.5])

  static func gradient(_ step: Int) -> ([Double], [Double]) {
    (
      (0..<4).map { Double((step * 7 + $0 * 3) % 11 - 5) / 4 },
      (0..<2).map { Double((step * 5 + $0 * 2) % 7 - 3) / 2 }
    )
  }

  /// Ten steps; the gradient given at 1 / scale, so that the scale must be used.
  static func run<Scalar>(
    _ make: (Pair<Scalar>) -> any Optimizer<Pair<Scalar>>, rate: Double, scale: Double = 0.25
  ) -> [Double] {
    var model = Pair<Scalar>(start.0, start.1)
    var optimizer = make(model)
    for step in 1...10 {
      let g = gradient(step)
      let scaled = Pair<Scalar>(g.0.map { $0 / scale }, g.1.map { $0 / scale })
      optimizer.update(&model, along: scaled, scale: scale, rate: rate)
    }
    #expect(optimizer.progress.stepCount == 10)
    return model.values
  }

  static func expectClose(
    _ a: [Double], _ b: [Double], _ tolerance: Double, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(a.count == b.count, sourceLocation: sourceLocation)
    for (x, y) in zip(a, b) {
      #expect(abs(x - y) <= tolerance * max(1, abs(y)), "\(a) against \(b)", sourceLocation: sourceLocation)
    }
  }

  /// In Double to 1e-12 and in Float to 2e-6 of PyTorch's values (in double precision).
  static func check(
    _ golden: [Double], rate: Double, _ double: (Pair<Double>) -> any Optimizer<Pair<Double>>,
    _ float: (Pair<Float>) -> any Optimizer<Pair<Float>>, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    expectClose(run(double, rate: rate), golden, 1e-12, sourceLocation: sourceLocation)
    expectClose(run(float, rate: rate), golden, 2e-6, sourceLocation: sourceLocation)
  }

  /// What an optimizer remembers goes into checkpoints by its visitors.
  @Test func everythingRememberedIsVisited() {
    let optimizers: [((Pair<Double>) -> any Optimizer<Pair<Double>>, modelsRemembered: Int)] = [
      ({ SGD(for: $0) }, 0), ({ SGD(for: $0, momentum: 0.9) }, 1), ({ Adam(for: $0) }, 2), ({ Adam.adamW(for: $0) }, 2),
      ({ RMSProp(for: $0) }, 1), ({ RMSProp(for: $0, momentum: 0.9) }, 2), ({ Adagrad(for: $0) }, 1),
      ({ AveragedSGD(for: $0, patience: 1) }, 1),
    ]
    for (make, modelsRemembered) in optimizers {
      var model = Pair<Double>(Self.start.0, Self.start.1)
      var optimizer = make(model)
      for step in 1...3 {
        _ = optimizer.validated(loss: Double(step))  // one that averages begins when losses rise
        optimizer.update(&model, along: Pair(Self.gradient(step).0, Self.gradient(step).1), rate: 0.1)
      }
      let isComplete = visitsEveryTensorOnce(optimizer)
      #expect(isComplete && optimizer.tensors.count == 2 * modelsRemembered, "\(type(of: optimizer))")
    }
  }

  // MARK: PyTorch's values: torch.optim with lr = rate, in float64

  @Test func sgd() {
    Self.check([0.375, -1.3, 2.025, 0.85, 1.5, -0.45], rate: 0.1, { SGD(for: $0) }, { SGD(for: $0) })
  }

  @Test func sgdWithWeightDecay() {
    Self.check(
      [
        0.3630976978616873, -1.2598944518504986, 1.9642386204633733, 0.8256493846169695, 1.4582704818406018,
        -0.4368276859071924,
      ], rate: 0.1, { SGD(for: $0, weightDecay: 0.03) }, { SGD(for: $0, weightDecay: 0.03) })
  }

  @Test func momentum() {
    Self.check(
      [
        0.1089082851937775, -1.5481556246242087, 2.164402758146059, 1.0114115120037557, 1.197339798224677,
        -0.3082938421404783,
      ], rate: 0.05, { SGD(for: $0, momentum: 0.9, weightDecay: 0.01) },
      { SGD(for: $0, momentum: 0.9, weightDecay: 0.01) })
  }

  @Test func nesterov() {
    Self.check(
      [
        0.08457447151242088, -1.5352436298278522, 2.1499240761564655, 1.0303596429313626, 1.2217485050760768,
        -0.3009867026701681,
      ], rate: 0.05, { SGD(for: $0, momentum: 0.9, nesterov: true, weightDecay: 0.01) },
      { SGD(for: $0, momentum: 0.9, nesterov: true, weightDecay: 0.01) })
  }

  @Test func rmsprop() {
    Self.check(
      [
        0.3956121426379643, -1.3030149632406796, 2.04741829130986, 0.7431000123576557, 1.4562792138725031,
        -0.4518163592160681,
      ], rate: 0.02, { RMSProp(for: $0, alpha: 0.95, weightDecay: 0.01) },
      { RMSProp(for: $0, alpha: 0.95, weightDecay: 0.01) })
  }

  @Test func rmspropWithMomentum() {
    Self.check(
      [
        0.043982815398234926, -1.5829386935602263, 2.313843050257726, 1.0936950479783192, 1.209096140114029,
        -0.2883077154311438,
      ], rate: 0.02, { RMSProp(for: $0, alpha: 0.95, momentum: 0.8) }, { RMSProp(for: $0, alpha: 0.95, momentum: 0.8) })
  }

  @Test func adagrad() {
    Self.check(
      [
        0.3805206446048809, -1.3069673423473818, 2.0442201699284315, 0.7381980198645768, 1.440204261276684,
        -0.4448999251467824,
      ], rate: 0.1, { Adagrad(for: $0, weightDecay: 0.02) }, { Adagrad(for: $0, weightDecay: 0.02) })
  }

  @Test func adam() {
    Self.check(
      [
        0.33452129168696987, -1.391430154852561, 2.0606484821751754, 0.7982778513666181, 1.357992901311328,
        -0.41649374731635874,
      ], rate: 0.05, { Adam(for: $0, beta2: 0.99, weightDecay: 0.02) },
      { Adam(for: $0, beta2: 0.99, weightDecay: 0.02) })
  }

  @Test func adamW() {
    Self.check(
      [
        0.3196389357802336, -1.337516290753164, 1.983069470985457, 0.8167831822134676, 1.3017215431135134,
        -0.3987309454397973,
      ], rate: 0.05, { Adam.adamW(for: $0, beta2: 0.99, weightDecay: 0.1) },
      { Adam.adamW(for: $0, beta2: 0.99, weightDecay: 0.1) })
  }

  // MARK: A plain loop

  /// The formulas in the documentation, one weight at a time.
  static func naive(_ step: (inout Double, Double, inout [Double], Int) -> Void) -> [Double] {
    var weights = start.0 + start.1
    var memory = Array(repeating: [0.0, 0.0], count: weights.count)
    for t in 1...10 {
      let g = gradient(t)
      for (index, value) in (g.0 + g.1).enumerated() { step(&weights[index], value, &memory[index], t) }
    }
    return weights
  }

  @Test func formulas() {
    func power(_ x: Double, _ n: Int) -> Double { (0..<n).reduce(1) { y, _ in y * x } }
    let nesterov = Self.naive { p, g, m, _ in
      m[0] = 0.8 * m[0] + g
      p -= 0.1 * (g + 0.8 * m[0])
    }
    Self.expectClose(
      Self.run({ (m: Pair<Double>) in SGD(for: m, momentum: 0.8, nesterov: true) }, rate: 0.1), nesterov, 1e-12)
    let rmsprop = Self.naive { p, g, m, _ in
      let d = g + 0.05 * p
      m[0] = 0.9 * m[0] + 0.1 * d * d
      m[1] = 0.7 * m[1] + d / (m[0].squareRoot() + 0.01)
      p -= 0.1 * m[1]
    }
    Self.expectClose(
      Self.run(
        { (m: Pair<Double>) in RMSProp(for: m, alpha: 0.9, epsilon: 0.01, momentum: 0.7, weightDecay: 0.05) },
        rate: 0.1), rmsprop, 1e-12)
    let adagrad = Self.naive { p, g, m, _ in
      m[0] += g * g
      p -= 0.1 * g / (m[0].squareRoot() + 0.5)
    }
    Self.expectClose(
      Self.run({ (m: Pair<Double>) in Adagrad(for: m, epsilon: 0.5) }, rate: 0.1), adagrad, 1e-12)
    let adamW = Self.naive { p, g, m, t in
      p -= 0.1 * 0.3 * p
      m[0] = 0.9 * m[0] + 0.1 * g
      m[1] = 0.999 * m[1] + 0.001 * g * g
      p -= 0.1 * (m[0] / (1 - power(0.9, t))) / ((m[1] / (1 - power(0.999, t))).squareRoot() + 1e-3)
    }
    Self.expectClose(
      Self.run({ (m: Pair<Double>) in Adam.adamW(for: m, epsilon: 1e-3, weightDecay: 0.3) }, rate: 0.1), adamW, 1e-12)
  }

  /// The first step of Adam is `rate` whatever the size of the gradient: in Float too, where 1 - 0.999 is inexact.
  @Test func firstAdamStepInFloat() {
    var model = Pair<Float>([1, 1, 1, 1], [1, 1])
    var optimizer = Adam(for: model, epsilon: 0)
    optimizer.update(&model, along: Pair([1e-3, 1, -1e3, 7], [-0.1, 3]), rate: 0.5)
    Self.expectClose(model.values, [0.5, 0.5, 1.5, 0.5, 1.5, 0.5], 1e-6)
  }

  // MARK: Memory

  /// Updates write to the memory that the model has: nothing is copied.
  @Test(arguments: TrainingConfiguration.OptimizerKind.allCases)
  func updatesInPlace(_ kind: TrainingConfiguration.OptimizerKind) {
    var configuration = TrainingConfiguration()
    configuration.optimizer = kind
    configuration.momentum = kind == .sgd || kind == .rmsprop ? 0.9 : 0
    var model = TinyRecurrent()
    var optimizer = configuration.makeOptimizer(for: model)
    let gradient = TinyRecurrent(seed: 3)
    func addresses<M: Module>(_ module: M) -> [UInt] {
      module.parameters.map { $0.tensor.withUnsafeScalars { UInt(bitPattern: $0.baseAddress) } }
    }
    func memory() -> [UInt] { addresses(model) + addresses(optimizer) }
    optimizer.update(&model, along: gradient, rate: 0.01)
    if kind == .averagedSGD {  // make it average
      for loss in [1.0, 1, 1, 1, 1, 1, 2] { _ = optimizer.validated(loss: loss) }
      optimizer.update(&model, along: gradient, rate: 0.01)
    }
    let before = memory()
    for _ in 0..<3 { optimizer.update(&model, along: gradient, rate: 0.01) }
    #expect(memory() == before)
    let models = [.sgd: 1, .averagedSGD: 1, .rmsprop: 2, .adagrad: 1, .adam: 2, .adamw: 2][kind] ?? 0
    #expect(optimizer.parameterCount == models * model.parameterCount)
  }

  @Test func statePaths() {
    let model = Pair<Float>([0], [0])
    #expect(Adam(for: model).parameterPaths == ["first.first", "first.second", "second.first", "second.second"])
    #expect(SGD(for: model).parameterPaths == [])
    #expect(SGD(for: model, momentum: 0.5).parameterPaths == ["velocity.first", "velocity.second"])
    #expect(AveragedSGD(for: model).parameterPaths == [])
  }
}
