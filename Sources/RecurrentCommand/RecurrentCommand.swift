import ArgumentParser
import Foundation

/// The `recurrent` command: trains, measures and runs recurrent networks without writing code.
@main
struct RecurrentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recurrent",
    abstract: "Trains, measures and runs recurrent neural networks on the CPU.",
    discussion: """
      A recipe (a YAML file, or one of those inside) says what is trained, on what, and how. \
      Training writes a model: one file that stands alone, from which the other commands work.

      For example:
        recurrent demo
        recurrent train shakespeare-characters --output output/shakespeare
        recurrent evaluate output/shakespeare --data tinyshakespeare --split valid
        recurrent generate output/shakespeare --prompt "ROMEO:" --length 500
        recurrent watch output/shakespeare "ROMEO: what is love?" --output watch.html
        recurrent lab gradients
      """,
    version: "0.1.0",
    subcommands: [
      Demo.self, Recipes.self, Train.self, Evaluate.self, Generate.self, Translate.self, Caption.self, Align.self, Paint.self, Transcribe.self, Chat.self, Predict.self,
      Forecast.self, CrossValidate.self, Watch.self, Inspect.self, Lab.self, Bench.self,
    ])

  static func main() {
    openStandardStreams()
    // A reader that leaves and a file-size limit are reported by the write that meets them, not by a signal.
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    // The parent process may have left these blocked, as threads of a Dispatch queue have them.
    var interrupting = sigset_t()
    sigemptyset(&interrupting)
    for signal in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&interrupting, signal) }
    pthread_sigmask(SIG_UNBLOCK, &interrupting, nil)
    do {
      var command = try parseAsRoot(joiningNegativeNumbers(Array(CommandLine.arguments.dropFirst())))
      try command.run()
    } catch {
      Foundation.exit(report(error))
    }
  }

  /// The arguments, each negative number joined to the option that it follows (`--temperature=-1`): standing alone it would be taken for an
  /// option too, and the one before it would be said to lack its value. What follows `--` stays.
  private static func joiningNegativeNumbers(_ arguments: [String]) -> [String] {
    let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
    return arguments[..<end].reduce(into: []) { joined, argument in
      if argument.hasPrefix("-"), Double(argument) != nil, let option = joined.last, option.hasPrefix("--"), !option.contains("=") {
        joined[joined.count - 1] += "=" + argument
      } else {
        joined.append(argument)
      }
    } + arguments[end...]
  }
}
