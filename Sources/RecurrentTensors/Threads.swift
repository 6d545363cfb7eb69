import RecurrentKernels

/// The threads that the inner loops run on.
public enum Threads {
  /// The number of threads, the caller's included: at first the machine's cores, or what the environment variable
  /// `RECURRENT_THREADS` says. Results do not depend on it, bit for bit.
  ///
  /// - Precondition: at least 1. Set it while no tensor operation runs.
  public static var count: Int {
    get { rk_thread_count() }
    set {
      check(newValue >= 1, "Threads.count: \(newValue) is less than 1")
      rk_set_thread_count(newValue)
    }
  }
}
