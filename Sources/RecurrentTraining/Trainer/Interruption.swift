import Synchronization

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A request that a run stop at the next step's end, with a checkpoint.
///
/// ```swift
/// let interruption = Interruption.onSignals()   // SIGINT and SIGTERM
/// let trainer = Trainer(objective: objective, source: source, configuration: configuration, interruption: interruption)
/// ```
public final class Interruption: Sendable {
  private let flag = Atomic<Bool>(false)

  /// A request not made yet.
  public init() {}

  /// Whether somebody has asked.
  public var isRequested: Bool { flag.load(ordering: .relaxed) }

  /// Asks. From any thread, and from a signal handler: it does nothing but store a flag.
  public func request() { flag.store(true, ordering: .relaxed) }

  private static let signals = Interruption()

  /// The request that SIGINT and SIGTERM make, from this call on.
  ///
  /// Each of the two is caught once: a second SIGINT ends the process at once, as it would have without this call.
  public static func onSignals() -> Interruption {
    let interruption = signals  // made here, so that the handler finds it made
    var action = sigaction()
    #if canImport(Darwin)
      action.__sigaction_u.__sa_handler = { _ in Interruption.signals.request() }
    #else
      action.__sigaction_handler.sa_handler = { _ in Interruption.signals.request() }
    #endif
    // SA_RESETHAND: the next one of the same kind has its default effect. SA_RESTART: file operations go on.
    action.sa_flags = Int32(truncatingIfNeeded: SA_RESETHAND) | Int32(truncatingIfNeeded: SA_RESTART)
    sigaction(SIGINT, &action, nil)
    sigaction(SIGTERM, &action, nil)
    return interruption
  }
}
