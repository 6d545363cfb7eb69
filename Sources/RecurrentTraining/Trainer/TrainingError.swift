/// Why a run cannot begin or go on.
public enum TrainingError: Error, CustomStringConvertible {
  /// An epoch would have no step: there is too little data for the batch.
  case noSteps(Int)
  /// The loss or the gradient is NaN or infinite; nothing was updated with it.
  case notFinite(NotFinite)
  /// The directory for the run's files cannot be made.
  case directory(path: String, reason: String)
  /// The checkpoint cannot be continued: a setting differs from that of the run that wrote it.
  case differs(checkpoint: String, key: String, was: String, now: String)
  /// There is a model but no checkpoint: nothing to go on from, and something to lose.
  case noCheckpoint(directory: String)
  /// The files of the run that was in the directory before cannot be put aside.
  case previousRun(path: String, reason: String)
  /// A file cannot be written that the run needs to go on, or its checkpoint at the end; its best model could be, where there is a path.
  case notWritten(reason: String, model: String?)
  /// The file is a `.safetensors` file but not a checkpoint of this package.
  case notACheckpoint(path: String, reason: String)

  /// Where a run went wrong.
  public struct NotFinite: Sendable, Equatable {
    /// The epoch, counted from 1.
    public var epoch: Int
    /// The step in the epoch, counted from 1.
    public var step: Int
    /// The step since the run's beginning, counted from 1.
    public var globalStep: Int
    /// The loss, finite or not.
    public var loss: Double
    /// The norm of the gradient, finite or not.
    public var gradientNorm: Double
    /// The first parameter, in order of visit, whose gradient is not finite, if one is not.
    public var parameter: String?
    /// The last checkpoint.
    public var checkpoint: String?
    /// The steps that the last checkpoint had done.
    public var checkpointStep: Int?
  }

  public var description: String {
    switch self {
    case .noSteps(let count):
      return "an epoch would have \(count) steps: the training data are too short for this batch and truncation;"
        + " use more data, or smaller values of training.batch and training.steps"
    case .notFinite(let failure):
      var text = "step \(failure.globalStep) (epoch \(failure.epoch), step \(failure.step)): "
      text +=
        failure.loss.isFinite
        ? "the gradient is not finite (loss \(failure.loss))" : "the loss is \(failure.loss.isNaN ? "NaN" : "\(failure.loss)")"
      if let parameter = failure.parameter { text += "; the first gradient that is not finite is that of \(parameter)" }
      text += "; lower training.rate, or set training.clip"
      if let checkpoint = failure.checkpoint, let step = failure.checkpointStep {
        text += "; the checkpoint of step \(step) is kept in \(checkpoint)"
      }
      return text
    case .directory(let path, let reason):
      return "cannot make the directory \(path): \(reason)"
    case .differs(let checkpoint, "task.data", let was, let now):
      return "cannot resume from \(checkpoint): the data are not those that the run began with (their digest task.data was \(was) and is now"
        + " \(now)); give it the same data, or train into another directory"
    case .differs(let checkpoint, let key, let was, let now):
      return "cannot resume from \(checkpoint): \(key) was \(was) and is now \(now);"
        + " set it back, or train into another directory"
    case .noCheckpoint(let directory):
      return "\(directory): there is a model but no \(RunFile.checkpoint.rawValue) to go on from; begin anew in another directory, or here where"
        + " the model may be lost (--overwrite)"
    case .previousRun(let path, let reason):
      return "\(path): the run that is there cannot be put aside: \(reason)"
    case .notWritten(let reason, let model):
      return reason + (model.map { "; the model is in \($0)" } ?? "")
    case .notACheckpoint(let path, let reason):
      return "\(path) is not a checkpoint that can be resumed: \(reason)"
    }
  }
}
