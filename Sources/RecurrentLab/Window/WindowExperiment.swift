import RecurrentDrawing
import RecurrentLayers
import RecurrentTasks
import RecurrentTensors
public import RecurrentTraining

/// The parameters of `recurrent lab window`.
public struct WindowParameters: Configuration {
  @Setting(2...1000, "Steps that the feed-forward network sees.") public var window = 20
  @Setting(1...12, "Convolutions on top of each other, of three steps each, with dilations 1, 2, 4, ...") public var layers = 4
  @Setting(2...1024, "Units, or channels, of each layer.") public var units = 32
  @Setting(1...1_000_000, "Updates of 32 sequences, for each network and lag.") public var updates = 500
  @Setting(1...10_000, "The longest lag.") public var longest = 60
  @Setting(1...10_000, "The shortest lag, and from one to the next.") public var step = 5

  public init() {}

  var lags: [Int] { Array(stride(from: step, through: longest, by: step)) }

  public func validate() throws {
    guard step <= longest else { throw ConfigurationError(key: "step", "\(step) is above the longest lag, \(longest)") }
  }
}

/// What a network without a memory cannot see.
public enum WindowExperiment: Experiment {
  public static let name = "window"
  public static let summary = "Recurrent against feed-forward and convolution, when the lag grows past what these can see"

  public static let introduction = [
    """
    A feed-forward network over a window of steps, and a stack of convolutions, see so many steps back and nothing before. A \
    recurrent network has no such edge: what it carries may come from anywhere. Here the first symbol of a sequence, one of four, is \
    asked at the end, and the sequence grows.
    """,
    """
    Each network learns each lag anew; then it is also asked for sequences twice as long as any that it has seen.
    """,
  ]

  public static let sources = [
    "Elman 1990, Finding structure in time, on what is wrong with windows.",
    "Bai, Kolter and Koltun 2018, An empirical evaluation of generic convolutional and recurrent networks for sequence modeling.",
  ]

  public static func run(_ parameters: WindowParameters, on bench: Bench) throws -> Findings {
    struct Job: Sendable {
      let kind: RecallResult.Kind
      let lag: Int
    }
    let jobs = RecallResult.Kind.allCases.flatMap { kind in parameters.lags.map { Job(kind: kind, lag: $0) } }
    let order = jobs.indices.sorted { (jobs[$0].lag, $1) > (jobs[$1].lag, $0) }
    let done = try bench.map(order.map { jobs[$0] }) { job, share in
      try RecallResult(job.kind, lag: job.lag, parameters, seed: bench.seed, reporting: share)
    }
    let results = zip(order, done).sorted { $0.0 < $1.0 }.map(\.1)
    return WindowFindings(parameters: parameters, results: results).findings
  }
}

/// How well one network recalls over one lag.
struct RecallResult: Sendable {
  /// The networks.
  enum Kind: String, CaseIterable, Sendable {
    case window = "window"
    case convolution = "convolution"
    case lstm = "LSTM"
    case gru = "GRU"
    case tanh = "tanh"
  }

  let kind: Kind
  let lag: Int
  let weights: Int
  /// The share of right answers, of 1,000.
  let accuracy: Double
  /// The same at twice the lag, which was never seen.
  let farther: Double

  init(_ kind: Kind, lag: Int, _ parameters: WindowParameters, seed: UInt64, reporting share: Bench.Share) throws {
    let root = RandomGenerator(seed: seed).split("window \(lag)")
    var weights = root.split("weights \(kind.rawValue)")
    let result: (weights: Int, accuracy: Double, farther: Double)
    func learn(_ reader: some RecallReader) throws -> (weights: Int, accuracy: Double, farther: Double) {
      try Self.learn(reader, "\(kind.rawValue), lag \(lag)", lag: lag, root, parameters, share)
    }
    let units = parameters.units
    switch kind {
    case .window: result = try learn(WindowReader(window: parameters.window, units: units, using: &weights))
    case .convolution: result = try learn(ConvolutionReader(layers: parameters.layers, units: units, using: &weights))
    case .lstm: result = try learn(RecurrentReader(.lstm, units: units, lag: lag, using: &weights))
    case .gru: result = try learn(RecurrentReader(.gru, units: units, lag: lag, using: &weights))
    case .tanh: result = try learn(RecurrentReader(.tanh, units: units, lag: lag, using: &weights))
    }
    self.kind = kind
    self.lag = lag
    (self.weights, accuracy, farther) = result
  }

  private static func learn<Reader: RecallReader>(
    _ reader: Reader, _ words: String, lag: Int, _ root: RandomGenerator, _ parameters: WindowParameters, _ share: Bench.Share
  ) throws -> (weights: Int, accuracy: Double, farther: Double) {
    var reader = reader
    var sequences = root.split("sequences")
    var optimizer = Adam(for: reader)
    for update in 0..<parameters.updates {
      let batch = RecallBatch(lag: lag, count: 32, using: &sequences)
      var (_, gradient) = valueAndGradient(at: reader) { crossEntropy(logits: $0.scores(batch.inputs), targets: batch.labels) }
      let clipped = GradientClipping.norm(1).factor(for: &gradient)
      optimizer.update(&reader, along: gradient, scale: clipped.scale, rate: 0.005)
      if update % 20 == 0 { try share.report(Double(update) / Double(parameters.updates), words) }
    }
    var tests = root.split("tests")
    func accuracy(_ lag: Int) -> Double {
      let batch = RecallBatch(lag: lag, count: 1000, using: &tests)
      let answers = reader.scores(batch.inputs).indexOfMaximum(alongAxis: 1).scalars
      return Double(zip(answers, batch.labels.scalars).count { $0 == $1 }) / 1000
    }
    let (near, far) = (accuracy(lag), accuracy(2 * lag))
    try share.report(1, "\(words): \(near.share) right")
    return (reader.parameterCount, near, far)
  }
}
