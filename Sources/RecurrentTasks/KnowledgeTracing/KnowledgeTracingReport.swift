import Foundation
import RecurrentData
import RecurrentLayers
import RecurrentTensors
import RecurrentTraining

/// What the evaluation of a knowledge tracing model finds.
public struct KnowledgeTracingScore: TaskScore {
  public let part: MeasuredPart
  public let overlap: TrainingOverlap?
  /// The answers that count.
  public let scores: AnswerScores
  /// The area under the ROC curve of these.
  public let area: Double
  /// The same answers as predicted by the share of right answers to a skill so far, drawn to that in training.
  public let baseline: AnswerScores
  /// All answers, where some do not count; nil: all count.
  public let everything: AnswerScores?
  /// The probabilities, student by student.
  public let predictions: [StudentPrediction]
  /// The number of students.
  public let studentCount: Int
  /// Whether the answers were dealt anew at random.
  public let isShuffled: Bool
  /// Answers to skills that the model does not know.
  public let unknownCount: Int
  /// These skills, each once.
  public let unknownSkills: [String]
  /// What a prediction sees, and which answers count.
  public let data: AnswerDataConfiguration

  /// All answers, those that do not count included.
  public var answerCount: Int { predictions.reduce(0) { $0 + $1.answers.count } }
}

extension KnowledgeTracing {
  /// Measures a model on the students of a part of the data.
  public static func evaluate(_ trained: TrainedKnowledgeTracing, on request: EvaluationRequest) throws -> KnowledgeTracingScore {
    let (data, skills) = (trained.settings.data, trained.artifacts.skills)
    let parts = try Parts<[StudentAnswers]>(request.source, data, by: trained.dealing)
    let part = request.part ?? .part(request.part(among: parts.sets.keys))
    let all: [StudentAnswers] =
      switch part {
      case .part(let part): try parts.part(part)
      case .whole: DataPart.allCases.flatMap { parts.sets[$0] ?? [] }
      }
    let measured = try request.measured(for: trained, part, all, training: parts.sets[.train])
    let students = measured.examples
    var sequences = students.flatMap { $0.sequences(data, skills: skills) }
    let unknown = try skills.unknown(of: students, path: parts.path)
    let isShuffled = request.options[.shuffleAnswers] != nil
    if isShuffled { sequences = shuffled(sequences) }
    let probabilities = trained.model.probabilities(sequences)
    let scores = AnswerScores(sequences, probabilities: probabilities)
    guard let area = scores.area else {
      throw EvaluationError(
        "\(parts.path): the answers of the \(part.rawValue) part that count are all right or all wrong; no area under a curve exists")
    }
    var everything: AnswerScores?
    if sequences.contains(where: { !$0.answers.allSatisfy(\.counts) }) {
      var all = sequences
      for index in all.indices { for step in all[index].answers.indices { all[index].answers[step].counts = true } }
      everything = AnswerScores(all, probabilities: probabilities)
    }
    return KnowledgeTracingScore(
      part: part, overlap: measured.overlap, scores: scores, area: area,
      baseline: AnswerScores(sequences, probabilities: trained.artifacts.shares.probabilities(sequences)), everything: everything,
      predictions: zip(sequences, probabilities).map { trained.prediction($0, $1) }, studentCount: students.count, isShuffled: isShuffled,
      unknownCount: sequences.reduce(0) { $0 + $1.answers.count { $0.skills.contains(0) } }, unknownSkills: unknown.names, data: data)
  }

  /// The sequences with all their answers, right and wrong, dealt anew.
  private static func shuffled(_ sequences: [SkillSequence]) -> [SkillSequence] {
    var generator = RandomGenerator(seed: 1).split("answers")
    var answers = sequences.lazy.flatMap(\.answers).map(\.isRight).shuffled(using: &generator)
    var result = sequences
    for index in result.indices {
      for step in result[index].answers.indices { result[index].answers[step].isRight = answers.removeLast() }
    }
    return result
  }
}

extension KnowledgeTracingScore {
  public var report: EvaluationReport {
    var report = EvaluationReport(part: part)
    let right = scores.isRight.count { $0 }
    report.add("auc", label: "AUC", .number(area), text: Figures.exact(area))
    report.add(
      "accuracy", label: "accuracy", .number(scores.accuracy),
      text: "\(Figures.percent(scores.accuracy)) (always right: \(Figures.percent(Double(right) / Double(scores.isRight.count))))")
    report.add("loss", label: "loss", .number(scores.loss), text: "\(Figures.exact(scores.loss)) nats an answer")
    report.add(
      "baselineAUC", label: "AUC of shares", .optional(baseline.area),
      text: "\(Figures.exact(baseline.area ?? .nan)), the share of right answers to a skill so far, drawn to that in training")
    report.add(
      "answers", label: "answers", .integer(scores.isRight.count),
      text: "\(Figures.grouped(scores.isRight.count)) of \(Figures.counted(studentCount, "student"))")
    if unknownCount > 0 {
      var unknown = UnknownNames("skill", "skills")
      for skill in unknownSkills { unknown.add(skill) }
      report.lines.append(
        .figure(
          label: "unknown",
          text: "\(Figures.grouped(unknownCount)) of \(Figures.counted(answerCount, "answer")) are to skills that the model does not know:"
            + " \(Figures.grouped(unknownSkills.count)), such as \(unknown.sample(known: []))"))
    }
    report.members += [
      ("unknown", .integer(unknownCount)), ("unknownSkills", .list(unknownSkills.map { .text($0) })),
      ("right", .integer(right)), ("history", .text(data.history.rawValue)), ("shuffledAnswers", .boolean(isShuffled)),
    ]
    if let everything {
      report.lines.append(
        .words(
          "with the \(Figures.grouped(answerCount - scores.isRight.count)) answers of a student to a skill that are more than "
            + "\(data.longestPractice ?? 0), most of them repeated rows:"))
      report.add(
        "aucOfAll", label: "AUC", .optional(everything.area),
        text: "\(Figures.exact(everything.area ?? .nan)) over \(Figures.counted(answerCount, "answer"))")
    }
    if isShuffled {
      report.lines.append(.words("the answers were dealt anew at random: a model that does better than 0.5 has seen what it was to predict"))
    }
    report.attachments.append(EvaluationReport.Attachment(name: "predictions.csv", contents: table))
    return report
  }

  /// The predictions as a table.
  private var table: String {
    var text = "student,answer,skills,right,probability,counts\n"
    for student in predictions {
      for (step, answer) in student.answers.enumerated() {
        text += "\(student.student.delimitedField),\(step + 1),\(answer.skills.joined(separator: " ").delimitedField),\(answer.isRight ? 1 : 0),"
          + "\(Float(answer.probability)),\(answer.counts ? 1 : 0)\n"
      }
    }
    return text
  }
}
