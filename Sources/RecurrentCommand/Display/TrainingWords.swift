import Recurrent

/// The sentences that the live and the plain display share.
enum TrainingWords {
  /// How a run begins, in one line.
  static func start(_ started: TrainingEvent.Started) -> String {
    var words =
      "\(parameters(started.parameterCount, trained: started.trainedCount)), \(Figures.counted(started.epochs, "epoch")) of "
      + "\(Figures.counted(started.stepsPerEpoch, "step")), \(Figures.counted(started.threads, "thread"))"
    if let resumed = started.resumedAt {
      words += "; resumed at epoch \(resumed.epoch), step \(Figures.grouped(resumed.step))"
    }
    return words
  }

  /// How many parameters there are, and how many of them are trained where that is not all: "1,204 parameters, 800 of them trained".
  static func parameters(_ count: Int, trained: Int) -> String {
    "\(Figures.grouped(count)) parameters" + (trained == count ? "" : ", \(Figures.grouped(trained)) of them trained")
  }

  /// How it ended, in one line.
  static func finish(_ finished: TrainingEvent.Finished, run: RunDescription) -> String {
    let how =
      switch finished.reason {
      case .completed: "done"
      case .stoppedEarly: "stopped early, as validation no longer improved,"
      case .interrupted: "interrupted"
      }
    var words = "\(how) after \(Figures.duration(finished.seconds))"
    if let best = finished.best {
      words += "; best validation \(run.figure(best.evaluation)) in epoch \(best.epoch)"
    }
    return words
  }
}
