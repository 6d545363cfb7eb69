import ArgumentParser
import Recurrent

/// The option `--threads`, of every subcommand that computes.
enum ThreadCount {
  static let help: ArgumentHelp = "Threads; by default all cores. The numbers do not depend on it."

  /// Refuses what is no number of threads.
  static func validate(_ threads: Int?) throws {
    guard let threads, !(1...1024).contains(threads) else { return }
    throw ValidationError("--threads is \(threads); it must be from 1 to 1024")
  }

  /// Sets the number for this process.
  static func use(_ threads: Int?) {
    if let threads { Threads.count = threads }
  }
}
