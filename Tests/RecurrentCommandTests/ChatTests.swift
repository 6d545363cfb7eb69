import Foundation
import Testing

@testable import RecurrentCommand

/// `recurrent chat` and the task behind it as a person meets them.
@Suite struct ChatTests {
  private static let recipe = """
    task: conversation
    description: a partner for tests
    data:
      source: talk.jsonl
      tokens: words-with-spaces
      split: [0.8, 0.1, 0.1]
    model:
      hidden: 24
      layers: 1
      embedding: 24
    training:
      epochs: 60
      batch: 8
      steps: 100
      rate: 0.01
      clip: 5

    """

  private static func lines(_ count: Int) -> String {
    (0..<count).map { index in
      let name = ["Anna", "Bert", "Carl"][(index * 7 + index / 3) % 3]
      // No two conversations are the same, so that all names are in each part.
      let words = ["well ", "then ", "now ", "so ", "oh ", "and "].enumerated().map { index >> $0 & 1 == 0 ? "" : $1 }.joined()
      return "{\"topic\":\"names\",\"turns\":[\"My name is \(name).\",\"Hello, \(name)!\",\"\(words)Bye.\",\"See you, \(name).\"]}\n"
    }.joined()
  }

  private static func trained(_ arguments: String...) throws -> Scratch {
    let scratch = try Scratch()
    try scratch.file("talk.jsonl", lines(150))
    try scratch.file("tiny.yaml", recipe)
    let outcome = try Recurrent.run(["train", "tiny.yaml", "--output", "run"] + arguments, in: scratch)
    #expect(outcome.status == 0, "\(outcome.error)")
    return scratch
  }

  @Test func trainsEvaluatesAndInspects() throws {
    let scratch = try Self.trained()
    let words = try Recurrent.run(["evaluate", "run", "--data", "talk.jsonl"], in: scratch)
    #expect(words.status == 0, "\(words.error)")
    #expect(words.output.contains("\n  turns alone") && words.output.contains("\n  turn 3 to 5"))
    let object = try #require(
      Recurrent.run(["evaluate", "run", "--data", "talk.jsonl", "--split", "all", "--json"], in: scratch).objects().first)
    #expect(object["conversations"] as? Int == 150 && object["turns"] as? Int == 600)
    let inspected = try Recurrent.run(["inspect", "run"], in: scratch)
    #expect(inspected.output.contains("context     all turns before\n"))
    let other = try Recurrent.run(["generate", "run"], in: scratch)
    #expect(other.status == 1 && other.error.contains("with this one: chat, watch, evaluate, inspect"))
  }

  /// A line in, a line out, and the state carries over the turns.
  @Test func aPipeTalksLineByLine() throws {
    let scratch = try Self.trained()
    for name in ["Anna", "Bert", "Carl"] {
      let outcome = try Recurrent.run(
        ["chat", "run", "--temperature", "0"], in: scratch, input: "My name is \(name).\n\nBye.\n")
      #expect(outcome.status == 0 && outcome.error == "recurrent: standard input:2: the line is blank and has no answer\n", "\(outcome.error)")
      let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines == ["Hello, \(name)!", "", "See you, \(name).", ""])
    }
    // Answers come while the conversation goes on, not at its end.
    let both = try Running(
      ["chat", "run", "--temperature", "0"], in: scratch,
      shell: "mkfifo in; \"$0\" \"$@\" < in > out & exec 3> in; echo 'My name is Bert.' >&3;"
        + " for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do test -s out && break; sleep 0.5; done; cat out; exec 3>&-; wait"
    ).wait()
    #expect(both.output == "Hello, Bert!\n")
  }

  @Test func theSameSeedGivesTheSameConversation() throws {
    let scratch = try Self.trained("--set", "training.epochs=1")
    func talk(_ arguments: [String]) throws -> String {
      try Recurrent.run(["chat", "run"] + arguments, in: scratch, input: "Hi\nWho are you?\nMy name is Zoë 😀.\n").output
    }
    let hot = ["--temperature", "2", "--top-p", "1"]
    #expect(try talk(hot + ["--seed", "5"]) == talk(hot + ["--seed", "5"]))
    #expect(try talk(hot + ["--seed", "5"]) != talk(hot + ["--seed", "6"]))
    #expect(try talk(hot + ["--seed", "5", "--threads", "1"]) == talk(hot + ["--seed", "5", "--threads", "2"]))
    let long = try talk(hot + ["--seed", "5", "--max-tokens", "300"])
    #expect(!long.contains("<unk>") && long.split(separator: "\n").count == 3)
    let short = try talk(hot + ["--seed", "5", "--max-tokens", "1"]).split(separator: "\n")
    #expect(short.count == 3 && short.allSatisfy { $0.split(separator: " ").count == 1 })
  }

  @Test func commandsOfAPipe() throws {
    let scratch = try Self.trained()
    let outcome = try Recurrent.run(
      ["chat", "run", "--seed", "1"], in: scratch,
      input: """
        /save a.txt
        /temperature 0
        My name is Carl.
        /save a.txt
        /save b.jsonl
        /save talk.jsonl
        /resett
        /temperature hot
        /top-k 3
        /top-p all
        /help
        /reset
        /save c.txt
        /quit
        Hello?
        """)
    #expect(outcome.status == 0)
    #expect(outcome.output == "Hello, Carl!\n")
    #expect(try scratch.text("a.txt") == "you    My name is Carl.\nmodel  Hello, Carl!\n")
    #expect(try scratch.text("b.jsonl") == "{\"turns\":[\"My name is Carl.\",\"Hello, Carl!\"]}\n")
    #expect(!scratch.has("c.txt"))
    let error = outcome.error
    for words in [
      "there is nothing to save yet", "The temperature is 0.0.", "2 turns written to a.txt.",
      "talk.jsonl: is there already; name another file", "there is no command /resett; did you mean /reset?",
      "/temperature takes a number from 0 to 1000, not \"hot\"", "Choosing among the 3 likeliest tokens.",
      "Choosing among all tokens.", "/save FILE", "The conversation is forgotten.",
    ] {
      #expect(error.contains(words), "\(words) is not in: \(error)")
    }
  }

  @Test(arguments: [
    ("hello", nil), ("/reset", ChatCommand.reset), ("/save  my talk.txt ", .save(file: "my talk.txt")), ("/exit", .quit),
    ("/temperature 0.5", .temperature(0.5)), ("/top-k 40", .topK(40)), ("/top-k all", .topK(nil)), ("/top-p 0.9", .topP(0.9)),
    ("//reset", nil), ("/?", .help),
  ] as [(String, ChatCommand?)])
  func linesAreCommands(line: String, command: ChatCommand?) throws {
    #expect(try ChatCommand(line) == command)
  }

  @Test(arguments: [
    ("/", "there is no command /; /help lists them"), ("/xyzzy", "there is no command /xyzzy; /help lists them"),
    ("/save", "/save takes the name of a file: /save talk.txt"),
    ("/top-k 0", "/top-k takes a whole number, 1 or more, or all, not \"0\""),
    ("/top-k 1.5", "/top-k takes a whole number, 1 or more, or all, not \"1.5\""),
    ("/top-p 0", "/top-p takes a number above 0 and at most 1, or all, not \"0\""),
    ("/quit now", "/quit takes nothing, not \"now\"; to say the line, begin it with //"),
    ("/temperature nan", "/temperature takes a number from 0 to 1000, not \"nan\""),
  ])
  func commandsThatCannotBeFollowed(line: String, problem: String) {
    #expect(throws: ChatCommand.Problem(description: problem)) { try ChatCommand(line) }
  }

  /// `watch` reads turns as a model does that hears them.
  @Test(arguments: ["conversation", "none"])
  func cellsAreWatchedOverTheTurns(context: String) throws {
    let scratch = try Self.trained("--set", "training.epochs=1", "--set", "data.context=\(context)")
    try scratch.file("two.jsonl", "{\"turns\":[\"Hello.\"]}\n{\"turns\":[\"My name is Bert.\",\"Bye.\"]}\n")
    func watch(_ arguments: String...) throws -> [String: Any] {
      let outcome = try Recurrent.run(["watch", "run", "--units", "all", "--gate", "hidden", "--json"] + arguments, in: scratch)
      #expect(outcome.status == 0, "\(outcome.error)")
      return try #require(outcome.objects().first)
    }
    func hidden(_ object: [String: Any]) throws -> [[Double]] {
      let quantities = try #require((object["cells"] as? [[String: Any]])?.first?["quantities"] as? [[String: Any]])
      return try #require(quantities.first?["values"] as? [[Double]])
    }
    let typed = try watch("My name is Bert.\nBye.")
    let first = ["<bos>", " My", " name", " is", " Bert", ".", "<eos>"]
    let second = (context == "none" ? ["<bos>"] : []) + [" Bye", ".", "<eos>"]
    #expect(typed["steps"] as? [String] == first + second)
    let fromFile = try watch("--file", "two.jsonl:2")
    #expect(try hidden(fromFile) == hidden(typed))
    // Without context the second turn begins from nothing, as if there had been no first; with it, it does not.
    let alone = try hidden(watch("Bye.")).map { $0.suffix(3) }, after = try hidden(typed).map { $0.suffix(3) }
    #expect(alone.count == 24 && (alone == after) == (context == "none"))
    let cut = try watch("My name is Bert.\nBye.", "--steps", "9")
    #expect(cut["inputSteps"] as? Int == first.count + second.count)
    #expect(try hidden(cut) == hidden(typed).map { Array($0.prefix(9)) })
    for (arguments, mention) in [
      (["\n "], "INPUT is empty"), (["--file", "two.jsonl:3"], "two.jsonl: has 2 conversations, and number 3 is asked for"),
      (["--file", "two.jsonl:x"], "FILE:7 is the seventh conversation"), (["--file", "nowhere.jsonl"], "nowhere.jsonl: no such file"),
    ] {
      let outcome = try Recurrent.run(["watch", "run"] + arguments, in: scratch)
      #expect(outcome.status == 1 && outcome.error.contains(mention), "\(outcome.error)")
    }
  }

  @Test func modelsOfOtherTasks() throws {
    let scratch = try TinyRun.trained()
    let outcome = try Recurrent.run(["chat", "run"], in: scratch)
    #expect(outcome.status == 1)
    #expect(outcome.error.contains("is a language-model model, and chat needs a conversation model"))
  }

  @Test func aModelWithoutContextSaysSo() throws {
    let scratch = try Self.trained("--set", "data.context=none", "--set", "training.epochs=1")
    let outcome = try Recurrent.run(["chat", "run", "--seed", "1"], in: scratch, input: "Hi\n")
    #expect(outcome.status == 0 && outcome.error.contains("trained without context"))
  }

  @Test(arguments: [
    ("", "talk.jsonl: there is not one conversation"), ("{\"turns\": [\"a\", 1]}\n", "talk.jsonl:1:17: a text"),
    ("\u{0}\u{1}\u{2}", "talk.jsonl:1:1: a byte 0"), ("{\"turns\": [\"only\"]}\n", "talk.jsonl: there is no "),
    ("{\"turns\": [\"caf\u{FFFD}\", \"b\"]\n", "talk.jsonl:1:"),
  ])
  func badConversations(text: String, problem: String) throws {
    let scratch = try Scratch()
    try scratch.file("talk.jsonl", text)
    try scratch.file("tiny.yaml", Self.recipe)
    let outcome = try Recurrent.run(["train", "tiny.yaml", "--output", "run"], in: scratch)
    #expect(outcome.status == 1 && outcome.error.contains(problem), "\(outcome.error)")
    #expect(!scratch.has("run"))
  }

  /// Keys pressed at a terminal, which the tool `script` (util-linux) pretends to be.
  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script"), "needs /usr/bin/script"), arguments: ["", "C", "C.UTF-8"])
  func aTerminalHasALineEditor(locale: String) throws {
    let scratch = try Self.trained()
    try scratch.file(".editrc", "bind ^G ed-move-to-beg\nother:bind ^E ed-move-to-beg\n")
    let keys = [
      "My ame is Bert.\\033[H\\033[C\\033[C\\033[Cn\\r",  // mended with the arrows
      "\\033[A\\r",  // the same line again, from the history
      "My name is Ann\\003",  // dropped
      "\\022ame\\r",  // found with Ctrl-R
      "ll\\303\\266, \\346\\227\\245x\\033[D\\033[D\\177\\007Ha\\005!\\r",  // llö, 日x; the letter before 日 taken away; ~/.editrc's key
      "\\033[A\\033[A\\033[A\\033[200~a\\nb\\003\\033[201~ c\\025My\\033[200~ name\\nis Carl.\\033[201~\\r",  // several lines that are pasted are one
      "/save t.jsonl\\r", "\\004",
    ]
    let outcome = try Running(
      [], in: scratch, environment: ["TERM": "xterm", "LANG": locale, "HOME": scratch.url.path],
      shell: "(sleep 2; for k in \(keys.map { "'\($0)'" }.joined(separator: " ")); do printf \"$k\"; sleep 1; done)"
        + " | script -qec \"stty cols 40; '\(Recurrent.url.path)' chat run --temperature 0; stty -a\" /dev/null"
    ).wait()
    #expect(outcome.status == 0, "\(outcome.output)")
    #expect(outcome.output.contains("Hello, Bert!"))
    #expect(outcome.output.contains("10 turns written to t.jsonl."))
    let object = try JSONSerialization.jsonObject(with: scratch.bytes("t.jsonl")) as? [String: [String]]
    let turns = try #require(object?["turns"])
    let said = stride(from: 0, to: turns.count, by: 2).map { turns[$0] }
    #expect(said == ["My name is Bert.", "My name is Bert.", "My name is Bert.", "Hallö,日x!", "My name is Carl."])
    #expect(turns[1] == "Hello, Bert!")
    // The terminal is as it was.
    let modes = outcome.output.split(whereSeparator: \.isWhitespace)
    for mode in ["icanon", "isig", "echo"] { #expect(modes.contains { $0 == mode }, "\(outcome.output)") }
  }

  /// However an answer comes in pieces, no word is broken that fits a row.
  @Test func answersAreBrokenBetweenWords() throws {
    let text = "one two three 日本 seventeen-letters x"
    for size in 1...text.count {
      var wrap = WordWrap(columns: 10)
      var output = ""
      var rest = text[...]
      while !rest.isEmpty {
        output += wrap.append(String(rest.prefix(size)))
        rest = rest.dropFirst(size)
      }
      output += wrap.finish()
      #expect(output == "one two\nthree 日本\nseventeen-letters x", "pieces of \(size)")
    }
  }

  @Test(arguments: [("a", 1), ("é", 1), ("e\u{301}", 1), ("日", 2), ("\u{1F469}\u{200D}\u{1F4BB}", 2), ("\u{2764}\u{FE0F}", 2), ("\u{301}", 0)])
  func charactersHaveColumns(character: String, columns: Int) throws {
    #expect(TerminalCharacters.columns(of: try #require(character.first)) == columns)
  }
}
