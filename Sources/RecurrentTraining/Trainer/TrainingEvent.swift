/// What a training run tells whoever listens: the command's live line, a log, a server, a test.
///
/// Epochs and steps are counted from 1 here, as people read them: `epoch: 1, step: 1` is the first step done.
public enum TrainingEvent: Sendable {
  /// The run begins, or goes on.
  case started(Started)
  /// One optimizer step is done.
  case step(Step)
  /// The model was evaluated in the middle of an epoch.
  case evaluation(Evaluated)
  /// An epoch is done and the model evaluated.
  case epoch(Epoch)
  /// A checkpoint was written.
  case checkpoint(path: String, globalStep: Int)
  /// Something worth a line: the rate was divided, averaging began, the run stops early.
  case note(String)
  /// The run ends.
  case finished(Finished)

  /// How a run begins.
  public struct Started: Sendable {
    /// Numbers in the model.
    public var parameterCount: Int
    /// Those that training changes: all but those of frozen parameters.
    public var trainedCount: Int
    /// Epochs of the whole run.
    public var epochs: Int
    /// Optimizer steps in each.
    public var stepsPerEpoch: Int
    /// Where a resumed run goes on: the epoch and the step that come next.
    public var resumedAt: (epoch: Int, step: Int)?
    /// Threads that kernels use.
    public var threads: Int

    /// Creates the event with these values.
    public init(
      parameterCount: Int, trainedCount: Int? = nil, epochs: Int, stepsPerEpoch: Int, resumedAt: (epoch: Int, step: Int)? = nil, threads: Int
    ) {
      self.parameterCount = parameterCount
      self.trainedCount = trainedCount ?? parameterCount
      self.epochs = epochs
      self.stepsPerEpoch = stepsPerEpoch
      self.resumedAt = resumedAt
      self.threads = threads
    }
  }

  /// One step.
  public struct Step: Sendable {
    /// The epoch, counted from 1.
    public var epoch: Int
    /// The step in the epoch.
    public var step: Int
    /// Steps in each epoch.
    public var stepsPerEpoch: Int
    /// Steps of the whole run.
    public var totalSteps: Int
    /// Steps done since the run's very beginning.
    public var globalStep: Int
    /// The step's own loss.
    public var loss: Double
    /// Its exponential moving average over about 50 steps, unbiased at the start.
    public var smoothedLoss: Double
    /// The global norm of the gradient before clipping.
    public var gradientNorm: Double
    /// Whether clipping changed the gradient.
    public var isClipped: Bool
    /// The rate that the step was taken with.
    public var learningRate: Double
    /// Units (tokens, sequences) a second, over the last few seconds.
    public var unitsPerSecond: Double
    /// Seconds since this process began or resumed the run.
    public var elapsed: Double
    /// Seconds that the rest of the run is likely to take, evaluation included.
    public var remaining: Double

    /// Creates the event with these values.
    public init(
      epoch: Int, step: Int, stepsPerEpoch: Int, totalSteps: Int, globalStep: Int, loss: Double,
      smoothedLoss: Double, gradientNorm: Double, isClipped: Bool, learningRate: Double, unitsPerSecond: Double,
      elapsed: Double, remaining: Double
    ) {
      self.epoch = epoch
      self.step = step
      self.stepsPerEpoch = stepsPerEpoch
      self.totalSteps = totalSteps
      self.globalStep = globalStep
      self.loss = loss
      self.smoothedLoss = smoothedLoss
      self.gradientNorm = gradientNorm
      self.isClipped = isClipped
      self.learningRate = learningRate
      self.unitsPerSecond = unitsPerSecond
      self.elapsed = elapsed
      self.remaining = remaining
    }
  }

  /// An evaluation inside an epoch.
  public struct Evaluated: Sendable {
    /// The epoch, counted from 1.
    public var epoch: Int
    /// The step in the epoch, counted from 1.
    public var step: Int
    /// Steps done since the run's very beginning.
    public var globalStep: Int
    /// What the model reaches on the validation split.
    public var validation: Evaluation
    /// Whether no evaluation before was better.
    public var isBest: Bool

    /// Creates the event with these values.
    public init(
      epoch: Int, step: Int, globalStep: Int, validation: Evaluation, isBest: Bool
    ) {
      self.epoch = epoch
      self.step = step
      self.globalStep = globalStep
      self.validation = validation
      self.isBest = isBest
    }
  }

  /// An epoch's summary.
  public struct Epoch: Sendable {
    /// The epoch, counted from 1.
    public var epoch: Int
    /// Epochs of the whole run.
    public var epochs: Int
    /// Steps done since the run's very beginning.
    public var globalStep: Int
    /// The mean loss of the epoch's steps, weighted by their units (with dropout, while the weights move).
    public var trainingLoss: Double
    /// What the model reaches on the validation split.
    public var validation: Evaluation?
    /// The rate of the epoch's last step.
    public var learningRate: Double
    /// The mean of the steps' gradient norms before clipping.
    public var gradientNorm: Double
    /// The part of the steps whose gradient was clipped, 0 to 1.
    public var clippedFraction: Double
    /// Seconds that it took; of a resumed epoch, those since.
    public var seconds: Double
    /// Units (tokens, sequences) a second over those seconds, evaluation left out.
    public var unitsPerSecond: Double
    /// Whether no evaluation before was better.
    public var isBest: Bool
    /// What the task shows after an epoch.
    public var sample: String?

    /// Creates the event with these values.
    public init(
      epoch: Int, epochs: Int, globalStep: Int, trainingLoss: Double, validation: Evaluation? = nil,
      learningRate: Double, gradientNorm: Double, clippedFraction: Double, seconds: Double, unitsPerSecond: Double,
      isBest: Bool, sample: String? = nil
    ) {
      self.epoch = epoch
      self.epochs = epochs
      self.globalStep = globalStep
      self.trainingLoss = trainingLoss
      self.validation = validation
      self.learningRate = learningRate
      self.gradientNorm = gradientNorm
      self.clippedFraction = clippedFraction
      self.seconds = seconds
      self.unitsPerSecond = unitsPerSecond
      self.isBest = isBest
      self.sample = sample
    }
  }

  /// How a run ends.
  public struct Finished: Sendable {
    /// Why it ends.
    public var reason: FinishReason
    /// The best evaluation and where it was.
    public var best: BestEvaluation?
    /// Steps done since the run's very beginning.
    public var globalStep: Int
    /// Seconds since this process began or resumed the run.
    public var seconds: Double
    /// The file with the best model, where a directory was given.
    public var modelPath: String?

    /// Creates the event with these values.
    public init(
      reason: FinishReason, best: BestEvaluation? = nil, globalStep: Int, seconds: Double, modelPath: String? = nil
    ) {
      self.reason = reason
      self.best = best
      self.globalStep = globalStep
      self.seconds = seconds
      self.modelPath = modelPath
    }
  }
}

/// Why a run ended.
public enum FinishReason: String, Sendable, Codable {
  /// All epochs are done.
  case completed
  /// Validation did not improve for `earlyStopping` evaluations.
  case stoppedEarly
  /// Somebody asked it to stop; it can be resumed.
  case interrupted
}

/// The best evaluation of a run.
public struct BestEvaluation: Sendable, Codable, Equatable {
  /// The epoch it was in, counted from 1.
  public var epoch: Int
  /// Steps done before it.
  public var globalStep: Int
  /// What was measured.
  public var evaluation: Evaluation

  /// An evaluation and where it was.
  public init(epoch: Int, globalStep: Int, evaluation: Evaluation) {
    self.epoch = epoch
    self.globalStep = globalStep
    self.evaluation = evaluation
  }
}
