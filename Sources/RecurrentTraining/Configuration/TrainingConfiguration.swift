/// How a model is trained: the optimizer, its schedule, clipping, and when to stop.
///
/// The defaults are a sound start for a character language model (Adam, norm clipped, cosine schedule left off). The
/// recipes of the literature are combinations of these keys, for instance:
///
/// - Zaremba et al. 2014, small: `epochs: 13, batch: 20, steps: 20, optimizer: sgd, rate: 20, schedule: steps,
///   decayAfter: 4, decayFactor: 2, clip: 0.25` (their loss is a sum over the 20 steps: rate 1, norm 5).
/// - PyTorch's word_language_model: `epochs: 40, batch: 20, steps: 35, optimizer: sgd, rate: 20,
///   schedule: divide-on-stall, decayFactor: 4, patience: 1, clip: 0.25`.
/// - char-rnn: `epochs: 50, batch: 50, steps: 50, optimizer: rmsprop, rate: 0.002, beta2: 0.95, schedule: steps,
///   decayAfter: 10, decayFactor: 1.0309, clipValue: 0.1` (its gradient is a sum over the 50 steps: 5).
/// - AWD-LSTM, Merity et al. 2017: `epochs: 500, batch: 20, steps: 70, optimizer: averaged-sgd,
///   rate: 30, averagingPatience: 5, weightDecay: 1.2e-6, clip: 0.25, activationPenalty: 2, slownessPenalty: 1`.
public struct TrainingConfiguration: Configuration {
  /// The rule that turns gradients into new weights.
  public enum OptimizerKind: String, Codable, Sendable, CaseIterable {
    case sgd
    case averagedSGD = "averaged-sgd"
    case rmsprop
    case adagrad
    case adam
    case adamw
  }

  /// How the learning rate changes.
  public enum ScheduleKind: String, Codable, Sendable, CaseIterable {
    case constant
    case steps
    case exponential
    case cosine
    case divideOnStall = "divide-on-stall"
  }

  // MARK: How long

  @Setting(1...1_000_000, "Passes over the training data.") public var epochs = 10
  @Setting(1...65_536, "Sequences side by side in an optimizer step.") public var batch = 32
  @Setting(
    1...65_536, isYounger: true, "Batches of an optimizer step, whose gradients are added up: as one batch as many times as large, in the memory of one.")
  public var accumulate = 1
  @Setting(1...1_000_000, "Time steps of an optimizer step; gradients reach no further back.") public var steps = 50
  @Setting(1...1_000_000_000, "Also evaluate whenever this many optimizer steps have passed; each such evaluation counts for patience and the best model.")
  public var evaluateEvery: Int?
  @Setting(1...1_000_000, "Stop after this many evaluations in a row without a lower validation loss. Absent: never.")
  public var earlyStopping: Int?

  // MARK: Optimizer

  @Setting(
    "sgd takes momentum and nesterov; averaged-sgd becomes an average of the weights when validation stalls"
      + " (AWD-LSTM); the others scale each weight's step.")
  public var optimizer = OptimizerKind.adam
  @Setting(1e-12...1e6, "Learning rate at full height; the schedule changes it.") public var rate = 0.002
  @Setting(0...0.999_999, "Momentum of sgd and rmsprop; 0 is none.") public var momentum = 0.0
  @Setting("Nesterov's momentum, for sgd with momentum above 0.") public var nesterov = false
  @Setting(0...0.999_999, "Adam's decay of the mean gradient.") public var beta1 = 0.9
  @Setting(0...0.999_999_999, "Decay of the mean squared gradient: Adam's second moment, RMSProp's alpha (char-rnn: 0.95).")
  public var beta2 = 0.999
  @Setting(0...1, "Added to the root of the squared gradient in rmsprop, adagrad, adam and adamw.") public var epsilon = 1e-8
  @Setting(0...1, "Pull of every weight towards zero: part of the gradient, in adamw a shrinking of its own.") public var weightDecay = 0.0
  @Setting(
    1...1_000_000,
    "averaged-sgd begins to average when the validation loss is above the lowest of those more than so many"
      + " evaluations back.")
  public var averagingPatience = 5
  @Setting(
    "Parameters that are treated apart, by path: frozen, trained, or a mapping of rate (a factor), decay (in place of weightDecay) and frozenEpochs (at the"
      + " start). A path stands for all that is inside it, * for any characters (quoted where it comes first); of two rules for a parameter the later counts.")
  public var parameters: ParameterRules?

  // MARK: Schedule

  @Setting(
    "constant; steps divides every decayEvery epochs after decayAfter; exponential divides smoothly; cosine falls"
      + " to finalRate at the end of the run; divide-on-stall divides when validation does not improve.")
  public var schedule = ScheduleKind.constant
  @Setting(0...1_000_000_000, "Optimizer steps of a linear rise to the full rate; goes with every schedule.") public var warmup = 0
  @Setting(
    1...1e6,
    "What steps and divide-on-stall divide the rate by, a time, and exponential an epoch (1.031 multiplies by"
      + " 0.97).")
  public var decayFactor = 2.0
  @Setting(0...1_000_000, "Epochs at the full rate before steps and exponential begin.") public var decayAfter = 1
  @Setting(1...1_000_000, "Epochs from one division of steps to the next.") public var decayEvery = 1
  @Setting(0...1e6, "Where cosine ends; divide-on-stall does not go below it.") public var finalRate = 0.0
  @Setting(1...1_000_000, "Evaluations in a row without gain before divide-on-stall divides.") public var patience = 1

  // MARK: Gradient and loss

  @Setting(1e-12...1e12, "Scale the whole gradient down to this norm where it is larger. Absent: no clipping.") public var clip: Double?
  @Setting(1e-12...1e12, "Cut each element of the gradient to this size. Absent: none. Not together with clip.")
  public var clipValue: Double?
  @Setting(0...0.999, "Part of the target's probability spread over all classes.") public var labelSmoothing = 0.0
  @Setting(0...1e6, "Weight of the mean squared output of the top layer in the training loss (AWD-LSTM's alpha: 2).")
  public var activationPenalty = 0.0
  @Setting(0...1e6, "Weight of the mean squared change of that output from one time step to the next (AWD-LSTM's beta: 1).")
  public var slownessPenalty = 0.0

  /// The defaults.
  public init() {}

  /// Checks the keys that go together.
  ///
  /// - Throws: ``ConfigurationError``: `nesterov` without momentum or another optimizer than `sgd`, momentum where the
  ///   optimizer has none, `clip` with `clipValue`, a schedule that cannot change anything or ends above its start.
  public func validate() throws {
    func require(_ condition: Bool, _ key: String, _ message: String) throws {
      if !condition { throw ConfigurationError(key: key, message) }
    }
    try require(
      !nesterov || optimizer == .sgd, "nesterov",
      "only sgd has Nesterov momentum, and the optimizer is \(optimizer.rawValue); set nesterov to false")
    try require(!nesterov || momentum > 0, "nesterov", "needs momentum above 0, such as 0.9")
    try require(
      momentum == 0 || optimizer == .sgd || optimizer == .rmsprop, "momentum",
      "\(optimizer.rawValue) takes none; set momentum to 0, or the optimizer to sgd or rmsprop")
    try require(
      clip == nil || clipValue == nil, "clipValue", "clip and clipValue are alternatives; leave one of them out")
    try require(
      finalRate <= rate, "finalRate", "\(finalRate) is above the rate, \(rate), from which the schedule goes down")
    try require(
      schedule != .steps || decayAfter >= 1, "decayAfter",
      "the schedule steps needs at least one epoch at the full rate")
    let divides = schedule == .steps || schedule == .exponential || schedule == .divideOnStall
    try require(
      !divides || decayFactor > 1, "decayFactor",
      "the schedule \(schedule.rawValue) divides the rate by it, so it must be above 1 (1.0309 multiplies by 0.97)")
  }
}
