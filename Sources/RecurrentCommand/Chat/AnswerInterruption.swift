import RecurrentTraining
import Synchronization

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Ctrl-C while an answer is written cuts it short and does not end the command. Where SIGINT is ignored it stays so.
enum AnswerInterruption {
  private static let flag = Atomic<Bool>(false)

  /// Runs `body`, which may ask whether Ctrl-C was pressed since it began.
  static func during<Result>(_ body: (_ isRequested: () -> Bool) throws -> Result) rethrows -> Result {
    if Interruption.isIgnored(SIGINT) { return try body { false } }
    flag.store(false, ordering: .relaxed)  // made here, so that the handler finds it made
    var action = sigaction()
    #if canImport(Darwin)
      action.__sigaction_u.__sa_handler = { _ in AnswerInterruption.flag.store(true, ordering: .relaxed) }
    #else
      action.__sigaction_handler.sa_handler = { _ in AnswerInterruption.flag.store(true, ordering: .relaxed) }
    #endif
    action.sa_flags = Int32(truncatingIfNeeded: SA_RESTART)
    var before = sigaction()
    sigaction(SIGINT, &action, &before)
    defer { sigaction(SIGINT, &before, nil) }
    return try body { flag.load(ordering: .relaxed) }
  }
}
