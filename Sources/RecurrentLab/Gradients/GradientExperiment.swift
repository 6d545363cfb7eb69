#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif
import RecurrentDrawing
import RecurrentLayers
import RecurrentTasks
import RecurrentTensors

/// Why recurrent networks are hard to train: how the gradient grows or dies on its way back through time.
public enum GradientExperiment: Experiment {
  public static let name = "gradients"
  public static let summary = "The gradient on its way back through time: it dies, or it explodes"

  public static let introduction = [
    """
    A recurrent network learns what happened k steps ago only if the gradient of the loss reaches the state of k steps \
    ago. On its way it is multiplied, step by step, by the same recurrent matrix and by the slope of the nonlinearity. A \
    product of k alike factors shrinks or grows exponentially with k.
    """,
    """
    Here untrained networks read random inputs, and the norm of the gradient with respect to each earlier state is drawn \
    on a logarithmic axis, on which an exponential is a straight line. The matrix decides: its spectral radius (the size of \
    its largest eigenvalue) is the slope of a linear network in the long run, and its largest singular value, times the \
    steepest slope of the nonlinearity, is a bound that no line can cross.
    """,
  ]

  public static let equations = """
    h(t) = f( W h(t−1) + U x(t) )            the network
    ∂L/∂h(t−k) = [ ∏ Wᵀ diag f′ ] ∂L/∂h(t)   k factors
    linear:   ‖∂L/∂h(t−k)‖ ∝ ρᵏ              in the long run; ρ: spectral radius of W
    always:   ‖∂L/∂h(t−k)‖ ≤ (γ σ)ᵏ          σ: largest singular value of W
                                             γ: steepest slope of f (tanh 1, sigmoid ¼)
    LSTM:     ∂c(t)/∂c(t−1) = forget gate + what passes through the other gates
    """

  public static let sources = [
    "Hochreiter 1991; Bengio, Simard and Frasconi 1994, Learning long-term dependencies with gradient descent is difficult.",
    "Pascanu, Mikolov and Bengio 2013, On the difficulty of training recurrent neural networks: the conditions on ρ and σ.",
    "Goodfellow, Bengio and Courville 2016, Deep Learning, sections 10.7 and 10.11.",
    "Le, Jaitly and Hinton 2015, for rectified units that begin as the identity.",
  ]

  public static func run(_ parameters: GradientParameters, on bench: Bench) throws -> Findings {
    switch (parameters.model, parameters.data) {
    case (let model?, let data?): return try ModelGradients(model: model, data: data, parameters, bench).findings()
    case (nil, nil): break
    case (_?, nil): throw LabError("a model needs data to read: add --data FILE, as for its training")
    case (nil, _?): throw LabError("data without a model: add --model FILE, or leave out --data")
    }
    let lines = try SimpleLines(parameters, bench)
    let gated = try GatedLines(parameters, bench)
    let transient = TransientLines(parameters, bench)
    return GradientFindings(parameters, lines: lines, gated: gated, transient: transient).findings
  }
}

/// A measured line and what theory says of it.
struct GradientLine: Sendable {
  let network: String
  /// The spectral radius of the recurrent weights, of simple networks.
  let radius: Double?
  /// The norms by lag.
  let measured: StateGradients
  /// The change of the logarithm a step that theory expects, where it does.
  let expectedSlope: Double?
  /// The factor a step that no line can exceed, where there is one.
  let bound: Double?

  /// Whether the bound holds at every lag, to rounding.
  var isBounded: Bool {
    guard let bound else { return true }
    return measured.norms.enumerated().allSatisfy { $1 <= pow(bound, Double($0)) * (1 + 1e-9) }
  }
}

/// What reads the same random sequences.
private struct Setting {
  let inputs: Tensor<Double>
  let direction: Tensor<Double>
  static let inputSize = 10

  init(_ parameters: GradientParameters, _ bench: Bench) {
    var generator = bench.generator("inputs")
    inputs = Tensor(
      normalWithMean: 0, standardDeviation: parameters.inputs,
      shape: [parameters.steps + 1, parameters.sequences, Self.inputSize], using: &generator)
    let drawn = Tensor<Double>(normalWithMean: 0, shape: [parameters.units], using: &generator)
    direction = drawn * (1 / drawn.sumOfSquares.squareRoot())
  }
}

/// Simple networks: four nonlinearities, five radii.
struct SimpleLines: Sendable {
  let lines: [GradientLine]
  let matrix: RecurrentMatrix

  init(_ parameters: GradientParameters, _ bench: Bench) throws {
    var generator = bench.generator("weights")
    let matrix = RecurrentMatrix(parameters.matrix, size: parameters.units, using: &generator)
    self.matrix = matrix
    let input = Initializer.lecunNormal.matrix(
      Double.self, rows: parameters.units, columns: Setting.inputSize, using: &generator)
    let setting = Setting(parameters, bench)
    let jobs = SimpleActivation.allCases.flatMap { activation in parameters.radii.map { (activation, $0) } }
    lines = try bench.map(jobs, in: 0...0.7) { job, share in
      let (activation, radius) = job
      // Rectified units begin as the identity (Le et al. 2015), here times the radius.
      let isIdentity = activation == .relu
      let weight = isIdentity ? Tensor<Double>(identity: parameters.units) * radius : matrix.scaled(to: radius)
      let cell = SimpleCell(activation, inputWeight: input, recurrentWeight: weight)
      let measured = StateGradients(of: cell, over: setting.inputs, towards: setting.direction)
      let singular = isIdentity ? radius : radius * matrix.largestSingularValue
      try share.report(1, "\(activation.rawValue), radius \(radius.short)")
      return GradientLine(
        network: Self.name(activation), radius: radius, measured: measured,
        expectedSlope: activation == .linear ? log(radius) : nil, bound: singular * activation.steepestSlope)
    }
  }

  static func name(_ activation: SimpleActivation) -> String {
    activation == .relu ? "relu from the identity" : activation.rawValue
  }

  /// The lines of one nonlinearity, by growing radius.
  func lines(of activation: SimpleActivation) -> [GradientLine] { lines.filter { $0.network == Self.name(activation) } }
}

/// Networks with gates, as they are before training.
struct GatedLines: Sendable {
  let lines: [GradientLine]

  init(_ parameters: GradientParameters, _ bench: Bench) throws {
    enum Kind { case lstm(Double), gru }
    let setting = Setting(parameters, bench)
    lines = try bench.map([Kind.lstm(0), .lstm(1), .lstm(3), .gru], in: 0.7...0.95) { kind, share in
      // The same stream for each: LSTMs differ in their biases alone.
      var generator = bench.generator("gated")
      let line: GradientLine
      switch kind {
      case .lstm(let bias):
        let cell = LSTMCell<Double>(
          inputSize: Setting.inputSize, hiddenSize: parameters.units, initialization: CellInitialization(forgetBias: bias),
          using: &generator)
        line = GradientLine(
          network: "LSTM, forget bias \(bias.short)", radius: nil,
          measured: StateGradients(of: cell, over: setting.inputs, towards: setting.direction),
          expectedSlope: -log(1 + exp(-bias)), bound: nil)
      case .gru:
        let cell = GRUCell<Double>(inputSize: Setting.inputSize, hiddenSize: parameters.units, using: &generator)
        line = GradientLine(
          network: "GRU", radius: nil,
          measured: StateGradients(of: cell, over: setting.inputs, towards: setting.direction),
          expectedSlope: nil, bound: nil)
      }
      try share.report(1, line.network)
      return line
    }
  }
}

/// A linear network whose matrix is no rotation: it may grow before it dies.
struct TransientLines: Sendable {
  static let radius = 0.9
  let line: GradientLine

  init(_ parameters: GradientParameters, _ bench: Bench) {
    var generator = bench.generator("transient")
    let matrix = RecurrentMatrix(.triangular, size: parameters.units, using: &generator)
    let setting = Setting(parameters, bench)
    let cell = SimpleCell(
      .linear, inputWeight: Tensor(zeros: [parameters.units, Setting.inputSize]),
      recurrentWeight: matrix.scaled(to: Self.radius))
    line = GradientLine(
      network: "linear, triangular W", radius: Self.radius,
      measured: StateGradients(of: cell, over: setting.inputs, towards: setting.direction),
      expectedSlope: log(Self.radius), bound: Self.radius * matrix.largestSingularValue)
  }
}
