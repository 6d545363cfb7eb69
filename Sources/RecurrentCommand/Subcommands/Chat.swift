import ArgumentParser
import Foundation
import Recurrent

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// `recurrent chat`: a conversation with a model.
struct Chat: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Talks with a model of conversations.",
    discussion: """
      Whatever is typed is said to the model, which answers and remembers the conversation; a line \
      that begins with a slash is a command, and /help lists them. The arrows bring back earlier \
      lines. With a pipe each line of standard input is a turn and gives one line of output, a blank \
      one a blank line; a line that begins with a slash is a command there too and gives none. Two \
      slashes say one: //help says /help.

      For example:
        recurrent chat output/self-dialogue
        echo "Have you seen a good film?" | recurrent chat output/self-dialogue --seed 1
      """)

  @Argument(help: "A model.safetensors, or the directory of the run that made it.")
  var model: String

  @Option(name: .long, help: "1 is the model's own distribution, less keeps to what is likely, 0 takes the likeliest.")
  var temperature = 0.7

  @Option(name: .long, help: "Choose among this many of the likeliest tokens only. (default: all)")
  var topK: Int?

  @Option(name: .long, help: "Choose among the likeliest tokens that reach this probability together.")
  var topP = 0.9

  @Option(name: .long, help: "Tokens of an answer at most; a longer one is cut short.")
  var maxTokens = 100

  @Option(name: .long, help: "The same seed gives the same answers to the same turns. (default: another each time)")
  var seed: UInt64?

  @Option(name: .long, help: ThreadCount.help)
  var threads: Int?

  func validate() throws {
    if !(temperature >= 0 && temperature <= 1000) {
      throw ValidationError("--temperature is \(temperature); it must be from 0 to 1000")
    }
    if let topK, topK < 1 { throw ValidationError("--top-k is \(topK); it must be 1 or more") }
    if !(topP > 0 && topP <= 1) { throw ValidationError("--top-p is \(topP); it must be above 0 and at most 1") }
    if maxTokens < 1 { throw ValidationError("--max-tokens is \(maxTokens); it must be 1 or more") }
    try ThreadCount.validate(threads)
  }

  func run() throws {
    ThreadCount.use(threads)
    let location = try ModelLocation(model)
    let trained = try location.load(ConversationModeling.self, for: "chat")
    let session = ChatSession(
      trained, sampling: Sampling(temperature: temperature, topK: topK, topP: topP), longest: maxTokens,
      seed: seed ?? .random(in: 0...UInt64.max))
    let forgets = trained.settings.data.context == .none
    if isatty(STDIN_FILENO) == 1, Terminal.current.isInteractive {
      try StandardOutput.line(
        Terminal.current.styled(
          (forgets ? "This model was trained without context: it answers nothing that was said.\n" : "")
            + "/help lists the commands, Ctrl-D leaves.\n", .dim))
      try talk(session)
    } else {
      if forgets { StandardError.line("recurrent: this model was trained without context: it answers nothing that was said") }
      try pipe(session)
    }
  }

  /// A conversation with a person at a terminal.
  private func talk(_ session: consuming ChatSession) throws {
    let terminal = Terminal.current
    var reader = try LineReader(prompt: terminal.styled(">", .accent) + " ")
    while true {
      switch try reader.readLine() {
      case .end: return
      case .interrupted: continue
      case .line(let typed):
        let line = typed.trimmingSpaces
        if line.isEmpty { continue }
        reader.remember(line)
        do {
          if let command = try ChatCommand(line) {
            guard let words = try session.follow(command) else { return }
            try StandardOutput.line(terminal.styled(words, .dim))
            continue
          }
          var wrap = WordWrap(columns: terminal.width)
          try AnswerInterruption.during { isRequested in
            try session.say(ChatCommand.said(by: line)) { piece in
              try StandardOutput.write(wrap.append(piece.withVisibleControls))
              return !isRequested()
            }
          }
          try StandardOutput.line(wrap.finish() + "\n")
        } catch let problem as ChatCommand.Problem {
          try StandardOutput.line(terminal.styled(problem.description.withVisibleControls, .bold))
        }
      }
    }
  }

  /// A line out for each line in but for commands; what is not an answer goes to standard error.
  private func pipe(_ session: consuming ChatSession) throws {
    var session = session
    try StandardInput.forEachLine { typed, _ in
      let line = typed.trimmingSpaces
      if line.hasPrefix("/") {
        do {
          if let command = try ChatCommand(line) {
            guard let words = try session.follow(command) else { return false }
            StandardError.line(words)
            return true
          }
        } catch let problem as ChatCommand.Problem {
          StandardError.line("recurrent: \(problem.description)")
          return true
        }
      }
      var answer = ""
      try session.say(ChatCommand.said(by: line)) { piece in
        answer += piece
        return true
      }
      try StandardOutput.line(answer.trimmingSpaces.asField)
      return true
    }
  }
}
