import RecurrentData
import RecurrentLayers
import RecurrentTensors
import RecurrentTraining

/// The task `knowledge-tracing`: before each of a student's answers, the probability that it will be right.
public enum KnowledgeTracing: RecipeTask {
  public typealias DataConfiguration = AnswerDataConfiguration
  public typealias ModelConfiguration = KnowledgeTracingConfiguration
  public typealias Training = KnowledgeTracingTask
  public typealias Trained = TrainedKnowledgeTracing

  public static var kind: TaskKind { .knowledgeTracing }
  public static var summary: String { "predicts before each of a student's answers whether it will be right" }
  public static var verbs: [TaskVerb] { [TaskVerb("watch", example: "FILE:1")] }
  public static var meaninglessTrainingKeys: Set<String> { ["labelSmoothing", "activationPenalty", "slownessPenalty"] }

  public static func prepare(
    _ settings: RunSettings<Self>, from source: DataSource
  ) throws -> PreparedRun<KnowledgeTracingTask> {
    let (model, training) = (settings.model, settings.training)
    let corpus = try AnswerCorpus(source, settings.data)
    let skillCount = corpus.skills.count
    let longest = corpus.train.map(\.answers.count).max() ?? 0
    let positions = Double(training.batch) * Double(min(training.steps, longest))
    try model.memory(skillCount: skillCount, positions: positions)
      .check(advising: "model.hidden, model.layers, training.batch or training.steps")
    var initialization = RandomGenerator(seed: settings.seed).split("initialization")
    return PreparedRun(
      task: KnowledgeTracingTask(corpus: corpus, training: training, seed: settings.seed),
      model: KnowledgeTracingModel(model, skillCount: skillCount, using: &initialization),
      metadata: try settings.description.metadata([
        "skills": corpus.skills, "shares": SkillShares(corpus.train, skillCount: skillCount),
      ]),
      words: RunDescription(
        recipe: settings.name, rateUnit: "answers/s", lossUnit: "nats an answer",
        network: "\(model.layers) × \(model.hidden) \(model.cell.rawValue)",
        figures: [ShownFigure("auc", label: "AUC", style: .exact)]),
      notes: corpus.notes)
  }
}
