import ArgumentParser

/// A mistake in the world (a file, a model, a full disk), in one or two lines that say what to do. Exit code 1.
struct CommandError: Error, CustomStringConvertible {
  /// The message that is shown after `recurrent: `.
  let description: String

  init(_ description: String) {
    self.description = description
  }
}

extension RecurrentCommand {
  /// Tells the person what went wrong and gives the exit code: 0 for help and for output that has been closed,
  /// 64 for a command line that makes no sense, 1 for the world's mistakes.
  static func report(_ error: any Error) -> Int32 {
    if error is ClosedOutput { return 0 }
    let code = exitCode(for: error)
    if code == .success {
      try? StandardOutput.line(fullMessage(for: error))
      return 0
    }
    if error is ExitCode { return code.rawValue }
    if code == .validationFailure {
      StandardError.line("recurrent: \(message(for: error))")
      StandardError.line("See `\(helpCommand(for: CommandLine.arguments))`.")
      return code.rawValue
    }
    StandardError.line("recurrent: \(error)")
    return 1
  }

  /// The command that explains what was attempted.
  private static func helpCommand(for arguments: [String]) -> String {
    let names = configuration.subcommands.map { $0._commandName }
    if arguments.count > 1, names.contains(arguments[1]) { return "recurrent \(arguments[1]) --help" }
    return "recurrent --help"
  }
}
