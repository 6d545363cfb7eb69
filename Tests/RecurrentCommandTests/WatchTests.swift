import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// `recurrent watch`: what it prints, draws, and says of mistakes.
@Suite struct WatchTests {
  @Test func theTableHasEveryGate() throws {
    let scratch = try TinyRun.trained()
    let outcome = try Recurrent.run(["watch", "run", "the moon and the sea"], in: scratch)
    #expect(outcome.status == 0, "\(outcome.error)")
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.first == "run/model.safetensors over 20 characters:")
    #expect(lines.filter { $0.hasPrefix("layer 0") || $0.hasPrefix("layer 1") }.count == 6)
    for gate in ["input", "forget", "output"] { #expect(lines.filter { $0.contains(gate) && $0.contains(" %") }.count == 2) }
    #expect(outcome.output.contains("--output"))
  }

  @Test func picturesAreDrawnInBothForms() throws {
    let scratch = try TinyRun.trained()
    for name in ["w.svg", "w.html"] {
      let outcome = try Recurrent.run(["watch", "run", "a ship\nsails", "--output", name], in: scratch)
      #expect(outcome.status == 0 && outcome.output.contains("Drawn in \(name)."), "\(outcome.error)")
      let text = try scratch.text(name)
      let xml = text.replacing("<!DOCTYPE html>\n", with: "")
      #expect(XMLParser(data: Data(xml.utf8)).parse())
      for word in ["forget gate", "candidate", "hidden", "cell", "↵", "␣"] { #expect(text.contains(word), "\(word)") }
      #expect(text.hasPrefix(name == "w.svg" ? "<svg" : "<!DOCTYPE html>"))
      let again = try Recurrent.run(
        ["watch", "run", "a ship\nsails", "--output", "again-" + name, "--threads", "1"], in: scratch)
      #expect(again.status == 0)
      #expect(try scratch.text("again-" + name) == text, "the same bytes each time, with any number of threads")
    }
  }

  @Test func optionsChooseWhatIsShown() throws {
    let scratch = try TinyRun.trained()
    try scratch.file("input.txt", "the sea and the moon")
    let outcome = try Recurrent.run(
      [
        "watch", "run", "--file", "input.txt", "--gate", "forget", "--gate", "cell", "--layer", "1", "--units", "3,5-7",
        "--steps", "6", "--json",
      ], in: scratch)
    #expect(outcome.status == 0, "\(outcome.error)")
    let object = try #require(outcome.objects().first)
    #expect(object["steps"] as? [String] == ["t", "h", "e", "␣", "s", "e"])
    #expect(object["inputSteps"] as? Int == 20)
    let cells = try #require(object["cells"] as? [[String: Any]])
    #expect(cells.count == 1 && cells[0]["layer"] as? Int == 1 && cells[0]["hidden"] as? Int == 16)
    #expect(cells[0]["units"] as? [Int] == [3, 5, 6, 7])
    let quantities = try #require(cells[0]["quantities"] as? [[String: Any]])
    #expect(quantities.map { $0["name"] as? String } == ["forget", "cell"])
    let forget = try #require(quantities[0]["values"] as? [[Double]])
    #expect(forget.count == 4 && forget.allSatisfy { $0.count == 6 && $0.allSatisfy { $0 > 0 && $0 < 1 } })
    let shut = try #require(quantities[0]["shut"] as? Double), open = try #require(quantities[0]["open"] as? Double)
    #expect(shut >= 0 && open >= 0 && shut + open <= 1)
    #expect(quantities[1]["shut"] == nil, "a state is no gate")
  }

  @Test func sharesAreThoseOfTheValues() throws {
    let scratch = try TinyRun.trained()
    let outcome = try Recurrent.run(
      ["watch", "run", "the sea and the night", "--units", "all", "--gate", "input", "--json"], in: scratch)
    let cells = try #require(outcome.objects().first?["cells"] as? [[String: Any]])
    for cell in cells {
      let gate = try #require((cell["quantities"] as? [[String: Any]])?.first)
      let values = try #require(gate["values"] as? [[Double]]).joined()
      #expect(values.count == 16 * 21)
      let shut = Double(values.count { $0 < 0.1 }) / Double(values.count)
      let open = Double(values.count { $0 > 0.9 }) / Double(values.count)
      #expect(abs(try #require(gate["shut"] as? Double) - shut) < 1e-9)
      #expect(abs(try #require(gate["open"] as? Double) - open) < 1e-9)
    }
  }

  @Test func theMostVariableUnitsComeFirst() throws {
    let scratch = try TinyRun.trained()
    let all = try Recurrent.run(["watch", "run", "the far ship", "--gate", "cell", "--layer", "0", "--units", "all", "--json"], in: scratch)
    let some = try Recurrent.run(
      ["watch", "run", "the far ship", "--gate", "cell", "--layer", "0", "--units", "varied:3", "--json"], in: scratch)
    func cell(_ outcome: Outcome) throws -> [String: Any] {
      try #require((outcome.objects().first?["cells"] as? [[String: Any]])?.first)
    }
    let values = try #require((try cell(all)["quantities"] as? [[String: Any]])?.first?["values"] as? [[Double]])
    let variances = values.map { row in
      let mean = row.reduce(0, +) / Double(row.count)
      return row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    }
    let expected = variances.indices.sorted { variances[$0] > variances[$1] }.prefix(3)
    #expect(try cell(some)["units"] as? [Int] == Array(expected))
  }

  @Test(arguments: [
    (["watch", "run"], "--file"),
    (["watch", "run", "a", "--file", "text.txt"], "not both"),
    (["watch", "run", "a", "--output", "w.png"], ".svg or .html"),
    (["watch", "run", "a", "--units", "7-3"], "7-3"),
    (["watch", "run", "a", "--units", "varied:0"], "varied:0"),
    (["watch", "run", "a", "--steps", "0"], "--steps is 0"),
  ])
  func usageErrors(arguments: [String], mention: String) throws {
    let outcome = try Recurrent.run(arguments, in: try Scratch())
    #expect(outcome.status == 64 && outcome.output.isEmpty)
    #expect(outcome.error.contains(mention), "\(outcome.error)")
  }

  @Test func mistakesAreNamed() throws {
    let scratch = try TinyRun.trained()
    try scratch.file("empty.txt", "")
    for (arguments, mention) in [
      (["the", "--gate", "reset"], "no \"reset\"; it has: input, forget, candidate, cell, output, hidden"),
      (["the", "--layer", "2"], "the layers are 0 to 1"),
      (["the", "--units", "3,16"], "no unit 16 in layer 0: its units are 0 to 15"),
      ([""], "empty"),
      (["--file", "empty.txt"], "empty"),
      (["--file", "nowhere.txt"], "nowhere.txt: no such file"),
      (["THE"], "INPUT: "),
      (["the", "--output", "nowhere/w.svg"], "nowhere"),
    ] {
      let outcome = try Recurrent.run(["watch", "run"] + arguments, in: scratch)
      #expect(outcome.status == 1 && outcome.output.isEmpty, "\(arguments) \(outcome.output)")
      #expect(outcome.error.hasPrefix("recurrent: ") && outcome.error.contains(mention), "\(outcome.error)")
      #expect(outcome.error.split(separator: "\n").count <= 2)
    }
  }

  @Test func cellsWithoutGatesAreWatchedToo() throws {
    let scratch = try TinyRun.scratch()
    for cell in ["rnn-tanh", "gru"] {
      let training = try Recurrent.run(
        ["train", "tiny.yaml", "--output", cell, "--set", "model.cell=\(cell)", "--set", "training.epochs=1"], in: scratch)
      #expect(training.status == 0, "\(training.error)")
      let outcome = try Recurrent.run(["watch", cell, "the sea", "--output", "\(cell).svg"], in: scratch)
      #expect(outcome.status == 0, "\(outcome.error)")
      #expect(outcome.output.contains(cell == "gru" ? "update" : "have none"))
      #expect(try scratch.text("\(cell).svg").contains("hidden"))
    }
  }
}
