import Foundation
import Testing

/// What every command makes of the lines of standard input: a line out for a line in.
@Suite struct StandardInputTests {
  /// A command that answers lines, with a model of an earlier version.
  struct Answering: Sendable, CustomTestStringConvertible {
    let task: String
    let arguments: [String]
    var testDescription: String { arguments.joined(separator: " ") }

    /// Its answers to these bytes, and how it ended.
    func answer(_ bytes: [UInt8], json: Bool = false) throws -> (lines: [String], outcome: Outcome) {
      let scratch = try Scratch()
      try FileManager.default.copyItem(
        at: URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/e87e1cf/\(task).safetensors"),
        to: scratch.url.appending(path: "model.safetensors"))
      try scratch.file("input", Data(bytes))
      let all = [arguments[0], "model.safetensors"] + arguments.dropFirst() + (json ? ["--json"] : [])
      let outcome = try Running(all, in: scratch, shell: "\"$0\" \"$@\" < input").wait()
      #expect(outcome.output.isEmpty || outcome.output.hasSuffix("\n"))
      return (outcome.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init), outcome)
    }

    func answer(_ text: String, json: Bool = false) throws -> (lines: [String], outcome: Outcome) { try answer(Array(text.utf8), json: json) }
  }

  static let predict = Answering(task: "text-classification", arguments: ["predict"])
  static let translate = Answering(task: "translation", arguments: ["translate", "--beam", "3", "--n-best", "1", "--max-length", "9"])
  static let chat = Answering(task: "conversation", arguments: ["chat", "--temperature", "0", "--max-tokens", "9"])
  static let all = [predict, translate, chat]

  @Test(arguments: all)
  func aBlankLineGivesABlankLine(_ command: Answering) throws {
    let (lines, outcome) = try command.answer("red cat\n\n \t\r\nbig house\n\u{FEFF}\n")
    #expect(outcome.status == 0 && lines.count == 5)
    #expect(lines.map(\.isEmpty) == [false, true, true, false, true], "\(lines)")
    for number in [2, 3, 5] { #expect(outcome.error.contains("standard input:\(number): the line is blank"), "\(outcome.error)") }
    #expect(outcome.error.split(separator: "\n").count { $0.contains("blank") } == 3)
  }

  @Test(arguments: [predict, translate])
  func amongJSONItIsNull(_ command: Answering) throws {
    let (lines, outcome) = try command.answer("red cat\n\nbig house\n", json: true)
    #expect(outcome.status == 0 && lines.count == 3 && lines[1] == "null" && lines[2].hasPrefix("{"))
  }

  /// Marks and ends of lines are no part of them: neither of one file nor of several that follow each other.
  @Test(arguments: all)
  func marksAndEndsAreNoText(_ command: Answering) throws {
    let plain = try command.answer("red cat\nbig house\n").lines
    #expect(plain.count == 2 && plain.allSatisfy { !$0.isEmpty })
    for text in ["\u{FEFF}red cat\nbig house\n", "red cat\r\nbig house\r\n", "\u{FEFF}red cat\r\n\u{FEFF}big house", "red cat\nbig house"] {
      let (lines, outcome) = try command.answer(text)
      #expect(outcome.status == 0 && lines == plain, "\(text.debugDescription)")
    }
  }

  /// A line that cannot be read costs its own answer and the exit code, not the lines after it.
  @Test(arguments: all, [[0x61, 0xFF, 0x62], [0x61, 0, 0x62], [0xE2, 0x82]] as [[UInt8]])
  func aLineThatIsNoTextHasNoAnswer(_ command: Answering, bytes: [UInt8]) throws {
    let (lines, outcome) = try command.answer(Array("red cat\n".utf8) + bytes + Array("\nbig house\n".utf8))
    #expect(outcome.status == 1 && lines.map(\.isEmpty) == [false, true, false], "\(lines)")
    #expect(outcome.error.contains("standard input:2: \(bytes.contains(0) ? "a byte 0" : "not UTF-8")"), "\(outcome.error)")
  }

  @Test(arguments: all)
  func aLineWithoutAnEndDoesNotFillTheMemory(_ command: Answering) throws {
    let long = [UInt8](repeating: UInt8(ascii: "a"), count: (1 << 20) + 1)
    let (lines, outcome) = try command.answer(Array("red cat\n".utf8) + long + Array("\nbig house\n".utf8))
    #expect(outcome.status == 1 && lines.map(\.isEmpty) == [false, true, false])
    #expect(outcome.error.contains("standard input:2: a line of 1048577 bytes"), "\(outcome.error)")
  }

  @Test(arguments: all)
  func otherEncodingsAreNamed(_ command: Answering) throws {
    let (lines, outcome) = try command.answer([0xFF, 0xFE, 0x61, 0x00, 0x0A, 0x00])
    #expect(outcome.status == 1 && lines.isEmpty && outcome.error.contains("standard input: is UTF-16"), "\(outcome.error)")
  }

  @Test(arguments: [predict, translate])
  func nothingAtAllIsAMistake(_ command: Answering) throws {
    let (lines, outcome) = try command.answer("")
    #expect(outcome.status == 1 && lines.isEmpty && outcome.error.contains("standard input is empty"))
  }

  /// Texts on the command line are not lines: one that is blank is a mistake.
  @Test(arguments: [predict, translate])
  func aBlankTextIsAMistake(_ command: Answering) throws {
    let outcome = try Answering(task: command.task, arguments: command.arguments + ["red cat", " "]).answer("").outcome
    #expect(outcome.status == 1 && outcome.error.contains("text 2: the text is empty"), "\(outcome.error)")
  }

  @Test func aSentenceOfABookIsRefused() throws {
    let book = String(repeating: "cat ", count: 10_001)
    let (lines, outcome) = try Self.translate.answer("red cat\n\(book)\nbig house\n")
    #expect(outcome.status == 1 && lines.map(\.isEmpty) == [false, true, false])
    #expect(outcome.error.contains("standard input:2: 10,001 tokens are more than a sentence has"), "\(outcome.error)")
  }

  /// In a chat a line that begins with a slash is a command and gives no line, and two slashes say one.
  @Test func slashesOfAChat() throws {
    let (lines, outcome) = try Self.chat.answer("/quit now\n/home is here\n//red cat\n/reset all\nbig house\n/quit\nred cat\n")
    #expect(outcome.status == 0 && lines.count == 2 && lines.allSatisfy { !$0.isEmpty }, "\(lines)")
    for words in ["/quit takes nothing, not \"now\"", "there is no command /home", "/reset takes nothing, not \"all\""] {
      #expect(outcome.error.contains(words), "\(outcome.error)")
    }
    // What is said begins with the slash: it is saved as it was said.
    let scratch = try Scratch()
    try FileManager.default.copyItem(
      at: URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/e87e1cf/conversation.safetensors"),
      to: scratch.url.appending(path: "model.safetensors"))
    _ = try Recurrent.run(["chat", "model.safetensors"], in: scratch, input: "//red cat\n/save talk.jsonl\n")
    #expect(try scratch.text("talk.jsonl").hasPrefix("{\"turns\":[\"/red cat\","))
  }
}
