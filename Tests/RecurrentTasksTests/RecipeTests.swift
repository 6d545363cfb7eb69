import Foundation
import RecurrentData
import RecurrentLayers
import RecurrentTasks
import RecurrentTensors
import RecurrentTraining
import Testing

@Suite struct RecipeTests {
  private func recipe(_ yaml: String) throws -> Recipe { try Recipe(yaml: yaml, name: "test", origin: "test.yaml") }

  @Test func whatARecipeLeavesOutHasItsDefault() throws {
    let recipe = try recipe("task: language-model\ntraining:\n  epochs: 3\n  clip: 5\n")
    var expected = TrainingConfiguration()
    expected.epochs = 3
    expected.clip = 5
    #expect(try recipe.configuration(.training, as: TrainingConfiguration.self) == expected)
    #expect(try recipe.configuration(.model, as: LanguageModelConfiguration.self) == LanguageModelConfiguration())
    #expect(try recipe.configuration(.data, as: TextDataConfiguration.self) == TextDataConfiguration())
    #expect(recipe.dataSource == nil)
    #expect(recipe.seed == 1)
  }

  @Test func everyKindOfValueIsRead() throws {
    let recipe = try recipe(
      """
      # A comment.
      task: language-model
      description: "with: colon"
      seed: 12
      data: { source: a b.txt, tokens: words, lowercase: yes, split: [0.5, 0.25, 0.25] }
      model:
        cell: gru
        hidden: 1_000
        dropoutInput: null
      training:
        rate: 1e-3
        nesterov: false
        clip: none
      """)
    let data = try recipe.configuration(.data, as: TextDataConfiguration.self)
    #expect(data.tokens == .words && data.lowercase && data.split == [0.5, 0.25, 0.25])
    let model = try recipe.configuration(.model, as: LanguageModelConfiguration.self)
    #expect(model.cell == .gru && model.hidden == 1000 && model.dropoutInput == nil)
    #expect(try recipe.configuration(.training, as: TrainingConfiguration.self).rate == 0.001)
    #expect(recipe.dataSource == "a b.txt" && recipe.seed == 12 && recipe.summary == "with: colon")
  }

  @Test func writtenBackItIsTheSameRecipe() throws {
    var recipe = try recipe("task: language-model\ndescription: \"a \\\"b\\\"\\n\\\\ c # d\"\nreproduces: 'no'\n")
    for assignment in [
      "training.rate=0.1", "training.clip=0.25", "training.epsilon=1e-10", "data.split=[0.8, 0.1, 0.1]",
      "data.source=a: b #c", "model.dropoutInput=0.5", "seed=9007199254740993",
    ] {
      try recipe.set(assignment)
    }
    let again = try Recipe(yaml: recipe.yaml, name: "test", origin: "test.yaml")
    #expect(again == recipe)
    #expect(again.yaml == recipe.yaml)
    for recipe in Recipe.builtIn {
      #expect(try Recipe(yaml: recipe.yaml, name: recipe.name, origin: recipe.origin) == recipe)
    }
  }

  @Test func overridesPassTheSameChecks() throws {
    var recipe = try recipe("task: language-model\n")
    try recipe.set(" model.hidden = 96 ")
    try recipe.set("data.split=.5,.5,0")
    #expect(recipe.written("hidden", in: .model) == "96")
    #expect(recipe.written("split", in: .data) == "[0.5, 0.5, 0]")
    let before = recipe
    for assignment in ["model.hidden=0", "model.hidden=\"96\"", "hidden=3", "training.clip=none2", "model=3", "=", ""] {
      #expect(throws: RecipeError.self, "\(assignment)") { try recipe.set(assignment) }
    }
    #expect(recipe == before, "a refused override changes nothing")
    try recipe.set("training.clip=2")
    try recipe.set("training.clip=none")
    #expect(try recipe.configuration(.training, as: TrainingConfiguration.self).clip == nil)
  }

  @Test func anErrorSaysWhereAndWhatToDo() {
    func message(_ yaml: String) -> String {
      do {
        _ = try recipe(yaml)
        return "accepted"
      } catch {
        return "\(error)"
      }
    }
    #expect(
      message("task: language-model\n\nmodel:\n  # comment\n  hiden: 3\n")
        == "test.yaml:5: unknown key \"hiden\" in model; did you mean \"hidden\"?")
    #expect(
      message("task: language-model\nmodel:\n  hidden: \"3\"\n")
        == "test.yaml:3: model.hidden must be an integer from 1 to 65536, not \"3\" (in quotes it is text)")
    #expect(
      message("task: language-model\ntraining:\n  optimizer: Adam\n").hasSuffix("not \"Adam\"; did you mean \"adam\"?"))
    #expect(message("task: language-model\ndata:\n  split: [1, x]\n").contains("3 numbers from 0 to 1, not [1, x]"))
    #expect(message("task: language-model\nmodel:\n  hidden:\n").contains("not nothing"))
    #expect(message("task: language-model\n? [a]\n: 3\n").contains("a key of a recipe must be a word"))
    #expect(message("task: &a [*a]\n").hasPrefix("test.yaml:1: "))
  }

  @Test func rulesForParametersAreRead() throws {
    let yaml = "task: language-model\ntraining:\n  parameters:\n    embedding: frozen\n    rnn: {rate: 0.1, frozenEpochs: 2}\n    \"*.bias\": {decay: 0}\n"
    var recipe = try recipe(yaml)
    let rules: ParameterRules = ["embedding": .frozen, "rnn": ParameterRule(rate: 0.1, frozenEpochs: 2), "*.bias": ParameterRule(decay: 0)]
    #expect(try recipe.configuration(.training, as: TrainingConfiguration.self).parameters == rules)
    #expect(recipe.written("parameters", in: .training) == #"{embedding: frozen, rnn: {frozenEpochs: 2, rate: 0.1}, "*.bias": {decay: 0}}"#)
    #expect(try Recipe(yaml: recipe.yaml, name: "test", origin: "test.yaml") == recipe)
    try recipe.set("training.parameters={output: trained}")
    let other = recipe
    try recipe.set("training.parameters=output: trained")
    #expect(recipe == other)
    #expect(try recipe.configuration(.training, as: TrainingConfiguration.self).parameters == ["output": .trained])
    try recipe.set("training.parameters=none")
    #expect(try recipe.configuration(.training, as: TrainingConfiguration.self).parameters == nil)
    #expect(recipe.written("parameters", in: .training) == "none")
  }

  @Test(arguments: [
    ("frozen", "4: training.parameters must be rules such as {embedding: frozen, encoder: {rate: 0.1}}, or none, not \"frozen\""),
    (
      "{rnn: frosen}",
      "4: training.parameters.rnn must be frozen, trained, or a mapping of rate, decay, frozenEpochs, not \"frosen\"; did you mean \"frozen\"?"
    ),
    ("\n    a: frozen\n    b: {rat: 1}", "6: unknown key \"rat\" in training.parameters.b; did you mean \"rate\"?"),
    ("{b: {rate: -1}}", "4: training.parameters.b.rate must be a number from 0 to 1000000, or none, not \"-1\""),
    ("{b: {}}", "4: training.parameters.b says nothing; it takes rate, decay, frozenEpochs"),
    ("{b: frozen, b: trained}", "4: the key \"b\" stands twice; keep one"),
    ("{[b]: frozen}", "4: a path in training.parameters must be text, not a list"),
  ])
  func mistakesInRulesAreTold(rules: String, expected: String) {
    let error = #expect(throws: RecipeError.self) { try recipe("task: language-model\n\ntraining:\n  parameters: \(rules)\n") }
    #expect(error.map { "\($0)" } == "test.yaml:\(expected)")
  }

  @Test(arguments: [
    ("hiden", "hidden"), ("Hidden", "hidden"), ("drop_out", "dropout"), ("epoch", "epochs"), ("lr", nil),
    ("layres", "layers"), ("learningRate", nil), ("", nil), (String(repeating: "x", count: 5000), nil),
  ])
  func theNearestKeyIsTheOneThatWasMeant(word: String, expected: String?) {
    let keys = ["hidden", "layers", "dropout", "epochs", "batch", "rate"]
    #expect(nearest(to: word, among: keys) == expected)
  }
}

@Suite struct RecipeLibraryTests {
  /// The repository's recipes; absent where the tests run without it.
  private static let directory = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "Recipes")

  @Test func everyFileOfTheDirectoryIsInside() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.directory.path).filter {
      $0.hasSuffix(".yaml")
    }
    #expect(Set(files) == Set(Recipe.builtInNames.map { $0 + ".yaml" }))
    for name in Recipe.builtInNames {
      let file = try String(contentsOf: Self.directory.appending(path: name + ".yaml"), encoding: .utf8)
      #expect(Recipe.builtInText(named: name) == file)
    }
  }

  @Test(arguments: Recipe.builtInNames)
  func everyRecipeHasAFigureAndASource(name: String) throws {
    let recipe = try Recipe(named: name)
    #expect(recipe.name == name)
    #expect(!recipe.summary.isEmpty && recipe.summary.count <= 60)
    #expect(recipe.reproduces.contains { $0.isNumber })
    let text = try #require(Recipe.builtInText(named: name))
    #expect(text.hasPrefix("# "), "a head that says what it is")
    #expect(text.contains("# Reproduces: ") || text.contains("# Source: "))
    func read<Task: RecipeTask>(_ task: Task.Type) throws { _ = try RunSettings<Task>(recipe) }
    try read(recipe.task.task)
  }

  @Test func zarembasSmallModelIsAsPublished() throws {
    let recipe = try Recipe(named: "ptb-words-small")
    let model = try recipe.configuration(.model, as: LanguageModelConfiguration.self)
    #expect(model.hidden == 200 && model.layers == 2 && model.embedding == 200 && model.cell == .lstm)
    #expect(model.dropout == 0 && model.initialRange == 0.1)
    let training = try recipe.configuration(.training, as: TrainingConfiguration.self)
    #expect(training.optimizer == .sgd && training.batch == 20 && training.steps == 20)
    // The paper's loss is a sum over the 20 steps, this one a mean: rate 1 and norm 5 there are 20 and 0.25 here.
    #expect(training.rate == 20 && training.clip == 0.25)
    #expect(training.epochs == 13 && training.schedule == .steps && training.decayFactor == 2)
    #expect(training.decayAfter == 4)
  }

  @Test func theTextInsideIsTinyShakespeare() throws {
    let text = try #require(EmbeddedFiles.text(named: "tinyshakespeare"))
    #expect(text.count == 1_115_394)
    #expect(text.starts(with: Data("First Citizen:\n".utf8)))
    #expect(Set(text).count == 65)
    #expect(EmbeddedFiles.text(named: "hamlet") == nil)
  }
}
