import RecurrentData
import RecurrentLayers
public import RecurrentTensors
import RecurrentTraining

/// The task `knowledge-tracing`: before each of a student's answers, the probability that it will be right.
public enum KnowledgeTracing: RecipeTask {
  public typealias DataConfiguration = AnswerDataConfiguration
  public typealias ModelConfiguration = KnowledgeTracingConfiguration
  public typealias Goal = KnowledgeTracingObjective

  /// What a knowledge tracing model's file holds beside its tensors.
  public struct Artifacts: Codable, Sendable {
    /// The skills that it knows.
    let skills: SkillTable
    /// The shares of right answers in training, to compare with.
    let shares: SkillShares
  }

  public static var name: String { "knowledge-tracing" }
  public static var summary: String { "predicts before each of a student's answers whether it will be right" }
  public static var verbs: [TaskVerb] { [TaskVerb("predict", example: "INPUT"), TaskVerb("watch", example: "INPUT:1")] }
  public static var meaninglessTrainingKeys: Set<String> { ["labelSmoothing", "activationPenalty", "slownessPenalty"] }
  public static var evaluationOptions: [EvaluationOption] { [.shuffleAnswers] }

  public static func prepare(_ settings: RunSettings<Self>, from source: DataSource) throws -> PreparedRun<Self> {
    let (model, training) = (settings.model, settings.training)
    let corpus = try AnswerCorpus(source, settings.data, by: settings.dealing)
    let skillCount = corpus.skills.count
    let longest = corpus.train.map(\.answers.count).max() ?? 0
    let shares = SkillShares(corpus.train, skillCount: skillCount)
    var run = try PreparedRun<Self>(
      settings, objective: KnowledgeTracingObjective(validation: corpus.validation),
      source: LengthSortedBatches(corpus.train, steps: training.steps, batchSize: training.batch, seed: settings.seed),
      artifacts: Artifacts(skills: corpus.skills, shares: shares), trainedOn: corpus.trainedOn,
      memory: (
        model.memory(skillCount: skillCount, positions: Double(training.batch) * Double(min(training.steps, longest))),
        "model.hidden, model.layers, training.batch or training.steps"
      ),
      words: RunDescription(
        recipe: settings.name, rateUnit: "answers/s", lossUnit: "nats an answer",
        network: "\(model.layers) × \(model.hidden) \(model.cell.rawValue)",
        figures: [ShownFigure("auc", label: "AUC", style: .exact)]),
      notes: corpus.notes)
    run.comparison = { _, best, _ in
      best?.metrics["auc"].map { area in
        BaselineComparison(
          figure: "AUC on the \(DataPart.validation.rawValue) part", style: .exact, model: area,
          baselines: [("the share of right answers", AnswerScores(corpus.validation, probabilities: shares.probabilities(corpus.validation)).area ?? .nan)],
          advice: "more epochs or another training.rate, fewer units or more dropout, data.history")
      }
    }
    return run
  }

  public static func reader(_ settings: ModelSettings<Self>, _ artifacts: Artifacts) throws -> Artifacts {
    try artifacts.shares.checkConsistency(skillCount: artifacts.skills.count)
    return artifacts
  }

  public static func parameterCount(_ settings: ModelSettings<Self>, _ artifacts: Artifacts) -> Double? {
    settings.model.memory(skillCount: artifacts.skills.count, positions: 1).parameterCount
  }

  public static func model(
    _ settings: ModelSettings<Self>, _ artifacts: Artifacts, using generator: inout RandomGenerator
  ) -> KnowledgeTracingModel {
    KnowledgeTracingModel(settings.model, skillCount: artifacts.skills.count, using: &generator)
  }
}
