import Foundation
import Testing

@testable import RecurrentData

struct ConversationTests {
  private func read(_ text: String) throws -> ConversationSet {
    try withFile(text, name: "talk.jsonl") { try ConversationSet(jsonLines: $0) }
  }

  private func error(_ text: String) throws -> String {
    try message(text, name: "talk.jsonl") { _ = try ConversationSet(jsonLines: $0) }
  }

  @Test func turnsAndTopics() throws {
    let set = try read("{\"topic\":\"m\\u00e9tal\",\"turns\":[\"Hi!\",\"Well\\nhello\\r\\nyou\"],\"id\":{\"n\":[1]}}\n\n{\"turns\":[\"one\"]}")
    #expect(set.conversations == [
      Conversation(topic: "métal", turns: ["Hi!", "Well hello you"], line: 1), Conversation(turns: ["one"], line: 3),
    ])
    #expect(set.turnCount == 3 && set.omissions.isEmpty)
  }

  @Test func emptyTurnsAreTold() throws {
    let set = try read("{\"turns\":[\"a\",\" \",\"b\",\"\"]}\n{\"turns\":[]}\n{\"turns\":[\"\\t\"]}\n{\"turns\":[\"\",\"c\"]}\n")
    #expect(set.conversations.map(\.turns) == [["a", "b"], ["c"]])
    #expect(set.omissions.map(\.description) == [
      "2 conversations left out, every turn is empty: lines 2, 3", "3 turns left out, the text is empty: lines 1, 1, 4",
    ])
  }

  @Test func errorsNameLineAndCharacter() throws {
    let need = "there is not one conversation: a line for each is needed, {\"turns\": [\"...\", \"...\"]}"
    #expect(try error("") == "FILE: \(need)")
    #expect(try error("\n \n") == "FILE: \(need)")
    #expect(try error("{\"turns\":[\"\"]}") == "FILE: no conversation has a turn that is not empty")
    #expect(try error("{\"turns\":[\"a\"]}\n{\"topic\":\"x\"}") == "FILE:2: there is no key \"turns\", which holds what was said")
    #expect(try error("{\"turns\":\"a\"}") == "FILE:1:10: [ is needed here, for the turns, not \"\"\"")
    #expect(try error("{\"turns\":[\"a\", 3]}") == "FILE:1:16: a text in double quotes is needed here, not \"3\"")
    #expect(try error("{\"turns\":[\"a\",null]}") == "FILE:1:15: a text in double quotes is needed here, not \"null\"")
    #expect(try error("{\"turns\":[\"a]}") == "FILE:1:11: this quote is not closed before the line ends")
    #expect(try error("{\"turns\":[\"a\"]} x") == "FILE:1:17: nothing is allowed after the object on a line, not \"x\"")
    #expect(try error("[\"a\",\"b\"]") == "FILE:1:1: { is needed here, for a conversation, not \"[\"")
    #expect(try error("topic\tturns\n") == "FILE:1:1: { is needed here, for a conversation, not \"topic\"")
  }

  @Test func partsOfADirectory() throws {
    let line = Array("{\"turns\":[\"a\",\"b\"]}\n".utf8)
    try withDirectory(["train.jsonl.gz": gzipped(line + line), "valid.jsonl": line, "notes.txt": []]) { directory in
      let parts = try ConversationSet.parts(in: directory)
      #expect(parts.mapValues(\.count) == [.train: 2, .validation: 1])
    }
  }

  @Test func conversationsAreKnownByTheirTurns() throws {
    let set = try read("{\"turns\":[\"a\",\"b\"]}\n{\"turns\":[\"ab\"]}\n{\"topic\":\"t\",\"turns\":[\"a\",\" b \"]}")
    #expect(set.contents[0] == set.contents[2] && set.contents[0] != set.contents[1])
    #expect(set.selecting([1]).conversations.map(\.turns) == [["ab"]])
  }

  @Test(.enabled(if: SharedData.has(SharedData.selfDialogue))) func selfDialogue() throws {
    let parts = try ConversationSet.parts(in: SharedData.selfDialogue)
    #expect(parts.mapValues(\.count) == [.train: 22_155, .validation: 1_000, .test: 1_000])
    #expect(parts.values.reduce(0) { $0 + $1.turnCount } == 372_709)
  }
}
