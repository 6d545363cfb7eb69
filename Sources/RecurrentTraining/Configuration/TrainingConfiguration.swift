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

  /// Passes over the training data.
  public var epochs = 10
  /// Sequences side by side in a step.
  public var batch = 32
  /// Time steps of a training step: the length of truncated backpropagation through time.
  public var steps = 50
  /// Batches of an optimizer step.
  public var accumulate = 1
  /// Further evaluations, every so many optimizer steps, beside the one after each epoch.
  public var evaluateEvery: Int?
  /// Evaluations without gain after which the run stops; absent: it never stops early.
  public var earlyStopping: Int?

  // MARK: Optimizer

  /// The optimizer.
  public var optimizer = OptimizerKind.adam
  /// The learning rate at full height.
  public var rate = 0.002
  /// Momentum of `sgd` and `rmsprop`.
  public var momentum = 0.0
  /// Nesterov's form of the momentum of `sgd`.
  public var nesterov = false
  /// How slowly Adam's mean of gradients forgets.
  public var beta1 = 0.9
  /// How slowly the mean of squared gradients forgets: Adam's second moment, RMSProp's alpha (PyTorch's default
  /// there: 0.99; char-rnn: 0.95).
  public var beta2 = 0.999
  /// What is added to the root of the squared gradients (PyTorch's default for Adagrad: 1e-10).
  public var epsilon = 1e-8
  /// Weight decay: added to the gradient (L2), except in `adamw`, where weights shrink on their own.
  public var weightDecay = 0.0
  /// The latest evaluations that `averaged-sgd` leaves out when it looks for the lowest loss to compare with.
  public var averagingPatience = 5

  // MARK: Schedule

  /// The schedule.
  public var schedule = ScheduleKind.constant
  /// Optimizer steps over which the rate first rises from zero; goes with every schedule.
  public var warmup = 0
  /// What the rate is divided by, a time.
  public var decayFactor = 2.0
  /// Epochs at the full rate before `steps` and `exponential` begin to divide.
  public var decayAfter = 1
  /// Epochs from one division of `steps` to the next.
  public var decayEvery = 1
  /// Where `cosine` ends, and what `divide-on-stall` does not go below.
  public var finalRate = 0.0
  /// Evaluations without gain before `divide-on-stall` divides.
  public var patience = 1

  // MARK: Gradient and loss

  /// The global norm to which a larger gradient is scaled.
  public var clip: Double?
  /// The size to which each element of the gradient is cut.
  public var clipValue: Double?
  /// The part of the target's probability that is spread over all classes.
  public var labelSmoothing = 0.0
  /// The weight of the mean squared output of the top layer in the loss (AWD-LSTM's AR, alpha).
  public var activationPenalty = 0.0
  /// The weight of the mean squared change of that output from step to step (AWD-LSTM's TAR, beta).
  public var slownessPenalty = 0.0

  /// The defaults.
  public init() {}

  public static var keys: [ConfigurationKey] {
    [
      .integer("epochs", 1...1_000_000, "Passes over the training data."),
      .integer("batch", 1...65_536, "Sequences side by side in an optimizer step."),
      .integer("steps", 1...1_000_000, "Time steps of an optimizer step; gradients reach no further back."),
      .integer(
        "accumulate", 1...65_536,
        "Batches of an optimizer step, whose gradients are added up: as one batch as many times as large, in the memory of one."),
      .integer(
        "evaluateEvery", 1...1_000_000_000, optional: true,
        "Also evaluate every so many optimizer steps; each such evaluation counts for patience and the best model."),
      .integer(
        "earlyStopping", 1...1_000_000, optional: true,
        "Stop after so many evaluations in a row without a lower validation loss. Absent: never."),
      .choice(
        "optimizer", OptimizerKind.self,
        "sgd takes momentum and nesterov; averaged-sgd becomes an average of the weights when validation stalls"
          + " (AWD-LSTM); the others scale each weight's step."
      ),
      .number("rate", 1e-12...1e6, "Learning rate at full height; the schedule changes it."),
      .number("momentum", 0...0.999_999, "Momentum of sgd and rmsprop; 0 is none."),
      .boolean("nesterov", "Nesterov's momentum, for sgd with momentum above 0."),
      .number("beta1", 0...0.999_999, "Adam's decay of the mean gradient."),
      .number(
        "beta2", 0...0.999_999_999,
        "Decay of the mean squared gradient: Adam's second moment, RMSProp's alpha (char-rnn: 0.95)."),
      .number("epsilon", 0...1, "Added to the root of the squared gradient in rmsprop, adagrad, adam and adamw."),
      .number(
        "weightDecay", 0...1,
        "Pull of every weight towards zero: part of the gradient, in adamw a shrinking of its own."),
      .integer(
        "averagingPatience", 1...1_000_000,
        "averaged-sgd begins to average when the validation loss is above the lowest of those more than so many"
          + " evaluations back."
      ),
      .choice(
        "schedule", ScheduleKind.self,
        "constant; steps divides every decayEvery epochs after decayAfter; exponential divides smoothly; cosine falls"
          + " to finalRate at the end of the run; divide-on-stall divides when validation does not improve."
      ),
      .integer(
        "warmup", 0...1_000_000_000, "Optimizer steps of a linear rise to the full rate; goes with every schedule."),
      .number(
        "decayFactor", 1...1e6,
        "What steps and divide-on-stall divide the rate by, a time, and exponential an epoch (1.031 multiplies by"
          + " 0.97)."),
      .integer("decayAfter", 0...1_000_000, "Epochs at the full rate before steps and exponential begin."),
      .integer("decayEvery", 1...1_000_000, "Epochs from one division of steps to the next."),
      .number("finalRate", 0...1e6, "Where cosine ends; divide-on-stall does not go below it."),
      .integer("patience", 1...1_000_000, "Evaluations in a row without gain before divide-on-stall divides."),
      .number(
        "clip", 1e-12...1e12, optional: true,
        "Scale the whole gradient down to this norm where it is larger. Absent: no clipping."),
      .number(
        "clipValue", 1e-12...1e12, optional: true,
        "Cut each element of the gradient to this size. Absent: none. Not together with clip."),
      .number("labelSmoothing", 0...0.999, "Part of the target's probability spread over all classes."),
      .number(
        "activationPenalty", 0...1e6,
        "Weight of the mean squared output of the top layer in the training loss (AWD-LSTM's alpha: 2)."),
      .number(
        "slownessPenalty", 0...1e6,
        "Weight of the mean squared change of that output from one time step to the next (AWD-LSTM's beta: 1)."),
    ]
  }

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
