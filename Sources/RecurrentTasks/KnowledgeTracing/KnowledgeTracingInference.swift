import Foundation
import RecurrentData
import RecurrentLayers
import RecurrentTensors
public import RecurrentTraining

/// A knowledge tracing model as it stands in a file.
public struct TrainedKnowledgeTracing: TrainedModel {
  /// What it is.
  public let description: ModelDescription<KnowledgeTracing>
  /// The network.
  public let model: KnowledgeTracingModel
  /// How it was trained, where the file tells.
  public let training: TrainingSummary?
  let skills: SkillTable
  private let shares: SkillShares

  public init(_ stored: StoredModel) throws {
    description = try stored.description(of: KnowledgeTracing.self)
    skills = try stored.part("skills", as: SkillTable.self)
    shares = try stored.part("shares", as: SkillShares.self)
    var generator = RandomGenerator(seed: 0)
    var model = KnowledgeTracingModel(description.model, skillCount: skills.count, using: &generator)
    try stored.loadParameters(into: &model)
    self.model = model
    training = stored.training
  }

  public var inspection: ModelInspection {
    let (data, model) = (description.data, description.model)
    return ModelInspection(
      network: "\(model.cell.rawValue), \(Figures.counted(model.layers, "layer")) of \(Figures.grouped(model.hidden)) units, "
        + "embedding of \(Figures.grouped(model.embedding))",
      lines: [
        ("sees", data.history == .student ? "all answers of the student before" : "the student's answers to the same skill before"),
        ("skills", "\(Figures.grouped(skills.names.count)): \(ModelInspection.sample(skills.names))"),
      ],
      members: [("skills", .list(skills.names.map { .text($0) }))])
  }

  public func report(on request: EvaluationRequest) throws -> EvaluationReport {
    let data = description.data
    let parts = try AnswerParts(request.source, data)
    let part = request.part ?? (parts.has(.test, data) ? .test : .valid)
    let students: [StudentAnswers] =
      switch part {
      case .train: try parts.trainingParts(data).train
      case .valid: try parts.trainingParts(data).validation
      case .test: try parts.students(of: .test, data)
      case .all: parts.all
      }
    var sequences = students.flatMap { $0.sequences(data, skills: skills) }
    if request.shufflesAnswers { sequences = Self.shuffled(sequences) }
    let probabilities = model.probabilities(sequences)
    let scores = AnswerScores(sequences, probabilities: probabilities)
    guard let area = scores.area else {
      throw EvaluationError(
        "\(parts.path): the answers of the \(part.rawValue) part that count are all right or all wrong; no area under a curve exists")
    }

    var report = EvaluationReport(part: part)
    let answerCount = sequences.reduce(0) { $0 + $1.answers.count }
    let right = scores.isRight.count { $0 }
    report.add("auc", label: "AUC", .number(area), text: Figures.exact(area))
    report.add(
      "accuracy", label: "accuracy", .number(scores.accuracy),
      text: "\(Figures.percent(scores.accuracy)) (always right: \(Figures.percent(Double(right) / Double(scores.isRight.count))))")
    report.add("loss", label: "loss", .number(scores.loss), text: "\(Figures.exact(scores.loss)) nats an answer")
    let baseline = AnswerScores(sequences, probabilities: shares.probabilities(sequences))
    report.add(
      "baselineAUC", label: "AUC of shares", .optional(baseline.area),
      text: "\(Figures.exact(baseline.area ?? .nan)), the share of right answers to a skill so far, drawn to that in training")
    report.add(
      "answers", label: "answers", .integer(scores.isRight.count),
      text: "\(Figures.grouped(scores.isRight.count)) of \(Figures.counted(students.count, "student"))")
    report.members += [
      ("right", .integer(right)), ("history", .text(data.history.rawValue)), ("shuffledAnswers", .boolean(request.shufflesAnswers)),
    ]
    if scores.isRight.count < answerCount {
      var all = sequences
      for index in all.indices { for step in all[index].answers.indices { all[index].answers[step].counts = true } }
      let everything = AnswerScores(all, probabilities: probabilities)
      report.lines.append(
        .words(
          "with the \(Figures.grouped(answerCount - scores.isRight.count)) answers of a student to a skill that are more than "
            + "\(data.longestPractice ?? 0), most of them repeated rows:"))
      report.add(
        "aucOfAll", label: "AUC", .optional(everything.area),
        text: "\(Figures.exact(everything.area ?? .nan)) over \(Figures.counted(answerCount, "answer"))")
    }
    if request.shufflesAnswers {
      report.lines.append(.words("the answers were dealt out anew at random: whoever does better than 0.5 has seen what he was to predict"))
    }
    report.attachments.append(
      EvaluationReport.Attachment(name: "predictions.csv", contents: table(sequences, probabilities)))
    return report
  }

  /// The sequences with all their answers, right and wrong, dealt out anew.
  private static func shuffled(_ sequences: [SkillSequence]) -> [SkillSequence] {
    var generator = RandomGenerator(seed: 1).split("answers")
    var answers = sequences.lazy.flatMap(\.answers).map(\.isRight).shuffled(using: &generator)
    var result = sequences
    for index in result.indices {
      for step in result[index].answers.indices { result[index].answers[step].isRight = answers.removeLast() }
    }
    return result
  }

  /// The predictions as a table.
  private func table(_ sequences: [SkillSequence], _ probabilities: [[Float]]) -> String {
    var text = "student,answer,skills,right,probability,counts\n"
    for (sequence, values) in zip(sequences, probabilities) {
      for (step, (answer, value)) in zip(sequence.answers, values).enumerated() {
        let names = answer.skills.map { $0 == 0 ? "unknown" : skills.names[Int($0) - 1] }.joined(separator: " ")
        text += "\(field(sequence.student)),\(step + 1),\(field(names)),\(answer.isRight ? 1 : 0),\(value),\(answer.counts ? 1 : 0)\n"
      }
    }
    return text
  }

  private func field(_ text: String) -> String {
    text.contains(where: { ",\"\n\r".contains($0) }) ? "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\"" : text
  }
}
