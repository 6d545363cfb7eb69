import Foundation
import Testing

/// What the command says of itself, and of command lines that make no sense.
@Suite struct UsageTests {
  @Test func versionAndHelp() throws {
    let scratch = try Scratch()
    let version = try Recurrent.run(["--version"], in: scratch)
    #expect(version.status == 0)
    #expect(version.output.split(separator: ".").count == 3)
    let help = try Recurrent.run([], in: scratch)
    #expect(help.status == 0)
    for name in [
      "demo", "recipes", "train", "cross-validate", "evaluate", "generate", "translate", "chat", "predict", "forecast", "watch",
      "inspect", "lab", "bench",
    ] {
      #expect(help.output.contains("  \(name) "), "\(name) is not in the help")
    }
  }

  @Test(arguments: [
    "demo", "recipes", "train", "cross-validate", "evaluate", "generate", "translate", "chat", "predict", "forecast", "watch",
    "inspect", "lab", "bench",
  ])
  func everySubcommandHasHelpWithAnExample(name: String) throws {
    let outcome = try Recurrent.run([name, "--help"], in: try Scratch())
    #expect(outcome.status == 0)
    #expect(outcome.error.isEmpty)
    #expect(outcome.output.contains("For example"))
    #expect(outcome.output.contains("recurrent \(name)"))
    let tooLong = outcome.output.split(separator: "\n").filter { $0.count > 80 && !$0.hasPrefix("USAGE") }
    #expect(tooLong.isEmpty, "these lines wrap on a terminal: \(tooLong)")
  }

  @Test(arguments: [
    (["train"], "recipe"),
    (["train", "tiny.yaml", "--sed", "1"], "Did you mean '--set'"),
    (["train", "tiny.yaml", "--threads", "0"], "--threads is 0"),
    (["train", "tiny.yaml", "--threads", "two"], "two"),
    (["train", "tiny.yaml", "--resume", "--overwrite"], "exclude each other"),
    (["train", "tiny.yaml", "--checkpoint-every", "0"], "--checkpoint-every is 0"),
    (["train", "tiny.yaml", "--seed", "-1"], "--seed is -1"),
    (["train", "tiny.yaml", "--threads", "-2"], "--threads is -2"),
    (["train", "tiny.yaml", "--checkpoint-every", "-3"], "--checkpoint-every is -3"),
    (["cross-validate", "tiny.yaml", "--seed", "-1"], "--seed is -1"),
    (["evaluate", "model.safetensors"], "--data"),
    (["evaluate", "model.safetensors", "--data", "x", "--split", "tset"], "tset"),
    (["generate"], "model"),
    (["generate", "m", "--length", "many"], "many"),
    (["chat", "m", "--temperature", "-1"], "--temperature is -1.0"), (["chat", "m", "--top-p", "-0.5"], "--top-p is -0.5"),
    (["translate", "m", "--beam", "-2"], "--beam is -2"), (["translate", "m", "--coverage", "-1"], "--coverage is -1.0"),
    (["forecast", "m", "--data", "x", "--steps", "-3"], "--steps is -3"), (["predict", "m", "--steps", "-3"], "--steps is -3"),
    (["watch", "m", "x", "--steps", "-1"], "--steps is -1"), (["train", "tiny.yaml", "--threads", "-1"], "--threads is -1"),
    (["generate", "m", "--temperature", "--json"], "--temperature"),
    (["generate", "m", "--length", "-1"], "--length is -1"),
    (["generate", "m", "--temperature=-1"], "--temperature is -1"),
    (["generate", "m", "--temperature", "-1"], "--temperature is -1"),
    (["generate", "m", "--temperature", "-inf"], "--temperature is -inf"),
    (["generate", "m", "--seed", "-1"], "'-1' is invalid for '--seed"),
    (["generate", "m", "--top-p", "-.5"], "--top-p is -0.5"),
    (["generate", "m", "--temperature", "nan"], "--temperature is nan"),
    (["generate", "m", "--top-k", "0"], "--top-k is 0"),
    (["generate", "m", "--top-p", "1.5"], "--top-p is 1.5"),
    (["chat"], "model"),
    (["chat", "m", "--temperature", "warm"], "warm"),
    (["chat", "m", "--top-p", "0"], "--top-p is 0"),
    (["chat", "m", "--top-k", "0"], "--top-k is 0"),
    (["chat", "m", "--max-tokens", "0"], "--max-tokens is 0"),
    (["translate", "m", "--beam", "0"], "--beam is 0"),
    (["translate", "m", "--beam", "2", "--n-best", "3"], "--n-best is 3"),
    (["translate", "m", "a", "b", "--alignment", "x.svg"], "--alignment"),
    (["forecast", "m"], "--data"),
    (["translate", "m", "--length-penalty", "-1e3"], "--length-penalty is -1000"),
    (["forecast", "m", "--data", "x", "--steps", "0"], "--steps is 0"),
    (["forecast", "m", "--data", "x", "--steps", "-5"], "--steps is -5"),
    (["predict", "m", "--steps", "-5"], "--steps is -5"),
    (["watch", "m", "a", "--steps", "-5"], "--steps is -5"),
    (["lab", "--seed", "-1"], "--seed is -1"),
    (["demo", "--seed", "-1"], "--seed is -1"),
    (["watch", "m", "a", "--layer", "x"], "x"),
    (["inspect", "a", "b"], "b"),
    (["practise"], "practise"),
  ])
  func mistakesOnTheCommandLineAreUsageErrors(arguments: [String], mention: String) throws {
    let outcome = try Recurrent.run(arguments, in: try Scratch())
    #expect(outcome.status == 64)
    #expect(outcome.output.isEmpty)
    #expect(outcome.error.hasPrefix("recurrent: "))
    #expect(outcome.error.contains(mention), "\(outcome.error)")
    #expect(outcome.error.contains("--help`"))
    #expect(outcome.error.split(separator: "\n").count <= 3)
  }

  @Test func recipesAreListedWithTheirFigures() throws {
    let scratch = try Scratch()
    let list = try Recurrent.run(["recipes"], in: scratch)
    #expect(list.status == 0)
    let all = list.output.split(separator: "\n")
    #expect(all.first == "language-model" && all.contains("series-classification"))
    let lines = all.filter { $0.hasPrefix("  ") }
    #expect(lines.contains { $0.hasPrefix("  ptb-words-small ") && $0.contains("114.5") })
    #expect(lines.allSatisfy { $0.count <= 132 })

    let objects = try Recurrent.run(["recipes", "--json"], in: scratch).objects()
    #expect(objects.count == lines.count)
    #expect(objects.allSatisfy { !(($0["reproduces"] as? String) ?? "").isEmpty })

    let shown = try Recurrent.run(["recipes", "--show", "char-rnn"], in: scratch)
    #expect(shown.output.contains("task: language-model"))
    #expect(shown.output.hasPrefix("# "))
    let unknown = try Recurrent.run(["recipes", "--show", "char_rnm"], in: scratch)
    #expect(unknown.status == 1)
    #expect(unknown.error == "recurrent: no recipe \"char_rnm\" inside the command; did you mean \"char-rnn\"?\n")
  }

  @Test func helpOnRecipesExplainsEveryKey() throws {
    let outcome = try Recurrent.run(["train", "--help-recipe"], in: try Scratch())
    #expect(outcome.status == 0)
    for key in ["tokens", "split", "source", "cell", "hidden", "dropout", "epochs", "steps", "optimizer", "clip"] {
      #expect(outcome.output.contains("\n  \(key)\n"), "\(key) is not explained")
    }
    #expect(outcome.output.contains("default none"))
    #expect(outcome.output.split(separator: "\n").allSatisfy { $0.count <= 100 || !$0.contains(" ") })
  }

  /// With a recipe, help has the keys of its task and no others.
  @Test func helpOnARecipeIsThatOfItsTask() throws {
    let outcome = try Recurrent.run(["train", "pendulum", "--help-recipe"], in: try Scratch())
    #expect(outcome.status == 0 && outcome.output.contains("\n  arrangement\n"))
    #expect(!outcome.output.contains("data: (language-model)") && !outcome.output.contains("\n  labelSmoothing\n"))
  }
}
