import Recurrent

/// What a line that begins with a slash asks of a chat.
enum ChatCommand: Equatable {
  case help
  case quit
  case reset
  case save(file: String)
  case temperature(Double)
  /// Nil is all.
  case topK(Int?)
  case topP(Double?)

  /// A command that cannot be followed.
  struct Problem: Error, Equatable {
    /// What is wrong, and what to write instead.
    let description: String
  }

  /// What there is, for people.
  static let list = """
    /reset           forget the conversation and begin another
    /save FILE       write the conversation; to learn from if FILE ends with .jsonl
    /temperature T   1 is the model's own, less keeps to the likely, 0 the likeliest
    /top-k K         choose among the K likeliest tokens only, or among all
    /top-p P         choose among the likeliest that reach P together, or all
    /help            this list
    /quit            leave, as Ctrl-D does
    //TEXT           say a text that begins with a slash
    Ctrl-C cuts an answer short. Anything else is said.
    """

  private static let names = ["help", "quit", "reset", "save", "temperature", "top-k", "top-p"]

  /// What a line says that is no command: two slashes at its beginning are one.
  static func said(by line: String) -> String { line.hasPrefix("//") ? String(line.dropFirst()) : line }

  /// The command that a line gives; nil where it is something said.
  ///
  /// - Throws: ``Problem``.
  init?(_ line: String) throws(Problem) {
    guard line.hasPrefix("/"), !line.hasPrefix("//") else { return nil }
    let parts = line.dropFirst().split(maxSplits: 1, whereSeparator: \.isWhitespace).map(String.init)
    let name = parts.first ?? ""
    let argument = (parts.count > 1 ? parts[1] : "").trimmingSpaces
    func number<Value: LosslessStringConvertible>(_ range: ClosedRange<Double>, _ what: String) throws(Problem) -> Value
    where Value: Comparable {
      guard let value = Value(argument), let size = Double(argument), range.contains(size) else {
        throw Problem(description: "/\(name) takes \(what), not \"\(argument)\"")
      }
      return value
    }
    /// A command that takes nothing: words behind it mean something else.
    func bare(_ command: ChatCommand) throws(Problem) -> ChatCommand {
      if !argument.isEmpty { throw Problem(description: "/\(name) takes nothing, not \"\(argument)\"; to say the line, begin it with //") }
      return command
    }
    switch name {
    case "help", "?": self = try bare(.help)
    case "quit", "exit", "bye": self = try bare(.quit)
    case "reset": self = try bare(.reset)
    case "save":
      if argument.isEmpty { throw Problem(description: "/save takes the name of a file: /save talk.txt") }
      self = .save(file: argument)
    case "temperature": self = .temperature(try number(0...1000, "a number from 0 to 1000"))
    case "top-k" where argument == "all": self = .topK(nil)
    case "top-k": self = .topK(try number(1...1e9, "a whole number, 1 or more, or all"))
    case "top-p" where argument == "all": self = .topP(nil)
    case "top-p": self = .topP(try number(Double.leastNonzeroMagnitude...1, "a number above 0 and at most 1, or all"))
    default:
      let near = nearest(to: name, among: Self.names).map { "; did you mean /\($0)?" } ?? "; /help lists them"
      throw Problem(description: "there is no command /\(name)\(near)")
    }
  }
}

extension StringProtocol {
  /// Without white space around it.
  var trimmingSpaces: String {
    let start = firstIndex { !$0.isWhitespace } ?? endIndex
    let end = lastIndex { !$0.isWhitespace }.map(index(after:)) ?? start
    return String(self[start..<end])
  }
}
