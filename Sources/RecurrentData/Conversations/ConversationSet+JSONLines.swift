public import Foundation

extension ConversationSet {
  /// Reads JSON lines, plain or gzip: on each line an object with what was said under `turns`, a list of texts; `topic` is kept, other keys
  /// do not matter.
  ///
  ///     {"topic": "music", "turns": ["Have you heard of Wax?", "No, who is that?"]}
  ///
  /// Turns that hold only white space are skipped, and so is a conversation without any other turn; `omissions` lists both.
  /// Line breaks within a turn become spaces: a turn is one line.
  ///
  /// - Throws: `DataError` that names line and character: no JSON, no `turns`, a turn that is no text; or that there is no conversation.
  public init(jsonLines url: URL) throws(DataError) {
    var source = try LineSource(contentsOf: url)
    var conversations: [Conversation] = []
    var (emptyTurns, empty): ([Int], [Int]) = ([], [])
    while let line = try source.next() {
      if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
      var conversation = try Self.conversation(line, path: source.path, number: source.number)
      let turnCount = conversation.turns.count
      conversation.turns.removeAll { $0.allSatisfy(\.isWhitespace) }
      if conversation.turns.isEmpty {
        empty.append(source.number)
        continue
      }
      emptyTurns += Array(repeating: source.number, count: turnCount - conversation.turns.count)
      conversations.append(conversation)
    }
    if conversations.isEmpty {
      throw DataError(
        url.path,
        empty.isEmpty
          ? "there is not one conversation: a line for each is needed, {\"turns\": [\"...\", \"...\"]}"
          : "no conversation has a turn that is not empty")
    }
    var omissions: [LineOmission] = []
    if !empty.isEmpty {
      omissions.append(LineOmission(what: "conversation", reason: "every turn is empty", lines: empty))
    }
    if !emptyTurns.isEmpty {
      omissions.append(LineOmission(what: "turn", reason: "the text is empty", lines: emptyTurns))
    }
    self.init(path: url.path, conversations: conversations, omissions: omissions)
  }

  /// Reads the parts of a directory: `train.jsonl`, `valid.jsonl` and `test.jsonl`, with anything around it, also `.gz`.
  ///
  /// - Throws: `DataError`: no file to train on, several for one part, and what is wrong with a file.
  public static func parts(in directory: URL) throws(DataError) -> [DataPart: ConversationSet] {
    var parts: [DataPart: ConversationSet] = [:]
    for (part, url) in try Splits.files(in: directory, extensions: ["jsonl", "json"]) {
      parts[part] = try ConversationSet(jsonLines: url)
    }
    return parts
  }

  private static func conversation(_ line: [UInt8], path: String, number: Int) throws(DataError) -> Conversation {
    var scanner = JSONScanner(line, path: path, line: number)
    var topic: String?
    var turns: [String]?
    try scanner.object("a conversation") { (scanner, key) throws(DataError) in
      switch key {
      case "turns":
        var read: [String] = []
        try scanner.list("the turns") { scanner throws(DataError) in
          read.append(try scanner.string().split(whereSeparator: \.isNewline).joined(separator: " "))
        }
        turns = read
      case "topic": topic = try scanner.scalarText()
      default: try scanner.skipValue()
      }
    }
    try scanner.finish()
    guard let turns else { throw DataError(path, line: number, "there is no key \"turns\", which holds what was said") }
    return Conversation(topic: topic, turns: turns, line: number)
  }
}
