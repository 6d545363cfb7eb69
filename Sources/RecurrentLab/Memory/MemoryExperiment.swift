import RecurrentDrawing
import RecurrentTasks
public import RecurrentTraining

/// The parameters of `recurrent lab memory`.
public struct MemoryParameters: Configuration {
  @Setting(5000...50_000_000, "Numbers that each network learns, as nearly as its shape allows.") public var parameters = 60_000
  @Setting(1...10_000_000, "Updates on the text inside the command, of 32 stretches of 50 characters.") public var updates = 600
  @Setting(1...10_000_000, "Updates on the copy task, of 32 sequences, for each delay.") public var copying = 600
  @Setting(1...10_000, "The shortest delay of the copy task.") public var shortest = 5
  @Setting(1...10_000, "The longest delay of the copy task.") public var longest = 45
  @Setting(1...10_000, "From one delay to the next.") public var step = 10

  public init() {}

  public func validate() throws {
    guard shortest <= longest else {
      throw ConfigurationError(key: "longest", "\(longest) is below the shortest delay, \(shortest)")
    }
  }

  var delays: [Int] { Array(stride(from: shortest, through: longest, by: step)) }
}

/// More memory: wider, deeper, or deeper in time, at the same number of weights.
public enum MemoryExperiment: Experiment {
  public static let name = "memory"
  public static let summary = "Wider, deeper or deeper in time: what the same number of weights buys"

  public static let introduction = [
    """
    A recurrent network can be made larger in three ways: more units in one layer; more layers on top of each other; or several \
    nonlinear steps between one time step and the next (Pascanu et al. 2014). Here each shape gets about the same number of \
    weights, and two tasks: to guess the next character of Shakespeare, and to repeat three symbols after a delay.
    """,
    """
    Deeper transitions make each step more powerful and the way of the gradient through time as many times longer. Gates make it \
    shorter. The copy task shows which of the two matters for memory.
    """,
  ]

  public static let sources = [
    "Pascanu, Gulcehre, Cho and Bengio 2014, How to construct deep recurrent neural networks.",
    "Karpathy, Johnson and Fei-Fei 2015, Visualizing and understanding recurrent networks: width and depth compared.",
    "Hochreiter and Schmidhuber 1997; Arjovsky, Shah and Bengio 2016 for copying as a measure of memory.",
  ]

  public static var fullParameters: MemoryParameters? {
    var parameters = MemoryParameters()
    (parameters.parameters, parameters.updates, parameters.copying, parameters.longest) = (500_000, 6000, 5000, 105)
    return parameters
  }

  public static func run(_ parameters: MemoryParameters, on bench: Bench) throws -> Findings {
    let shapes = NetworkShape.all(near: parameters.parameters)
    // One after the other, each with all threads: its seconds are to mean something.
    var texts: [TextResult] = []
    for (index, shape) in shapes.enumerated() {
      let part = 0.6 / Double(shapes.count)
      texts.append(try TextResult(shape, parameters, bench, in: part * Double(index)...part * Double(index + 1)))
    }
    struct Job: Sendable {
      let shape: NetworkShape
      let delay: Int
    }
    let jobs = shapes.flatMap { shape in parameters.delays.map { Job(shape: shape, delay: $0) } }
    let copies = try bench.map(jobs, in: 0.6...1) { job, share in
      try CopyResult(job.shape, delay: job.delay, parameters, seed: bench.seed, reporting: share)
    }
    return MemoryFindings(parameters: parameters, texts: texts, copies: copies).findings
  }
}
