import Synchronization

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A request that a run stop at the next step's end, with a checkpoint.
///
/// ```swift
/// let interruption = Interruption.onSignals()   // SIGINT, SIGTERM and SIGHUP
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

  /// The request that SIGINT, SIGTERM and SIGHUP make, from this call on.
  ///
  /// A signal that is ignored already stays ignored: a script's `&` ignores SIGINT, and `nohup` SIGHUP, for what goes on without them.
  /// SIGINT and SIGTERM are caught once: a second one ends the process at once, as it would have without this call. A terminal that
  /// closes sends SIGHUP, and its shell sends it again.
  public static func onSignals() -> Interruption {
    let interruption = signals  // made here, so that the handler finds it made
    // SA_RESETHAND: the next one of the same kind has its default effect. SA_RESTART: file operations go on.
    let once = Int32(truncatingIfNeeded: SA_RESETHAND)
    for (signal, flags) in [(SIGINT, once), (SIGTERM, once), (SIGHUP, 0)] where !isIgnored(signal) {
      var action = sigaction()
      #if canImport(Darwin)
        action.__sigaction_u.__sa_handler = { _ in Interruption.signals.request() }
      #else
        action.__sigaction_handler.sa_handler = { _ in Interruption.signals.request() }
      #endif
      action.sa_flags = flags | Int32(truncatingIfNeeded: SA_RESTART)
      sigaction(signal, &action, nil)
    }
    return interruption
  }

  /// Whether a signal is ignored.
  package static func isIgnored(_ signal: Int32) -> Bool {
    var action = sigaction()
    sigaction(signal, nil, &action)
    #if canImport(Darwin)
      let handler = action.__sigaction_u.__sa_handler
    #else
      let handler = action.__sigaction_handler.sa_handler
    #endif
    return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
