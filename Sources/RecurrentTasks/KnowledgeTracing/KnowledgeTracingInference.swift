import Foundation
import RecurrentData
import RecurrentLayers
import RecurrentTensors
import RecurrentTraining

/// A knowledge tracing model, from a run or from a file.
///
/// ```swift
/// let trained = try TrainedKnowledgeTracing(contentsOf: url)
/// for student in try trained.predictions(of: .path("answers.csv")) {
///   print(student.student, student.answers.last?.probability ?? .nan)
/// }
/// ```
public typealias TrainedKnowledgeTracing = Trained<KnowledgeTracing>

/// What a model holds likely of one student's answers.
public struct StudentPrediction: Sendable, Equatable {
  /// An answer, and the probability that it would be right, from those before it.
  public struct Answer: Sendable, Equatable {
    /// The skills of its question; one that the model does not know is "unknown".
    public let skills: [String]
    /// Whether it was right.
    public let isRight: Bool
    /// The probability of a right answer before it was given.
    public let probability: Double
    /// Whether it counts in scores.
    public let counts: Bool
  }

  /// The student's name, or number in the file.
  public let student: String
  /// The student's answers in order.
  public let answers: [Answer]
}

extension TrainedKnowledgeTracing {
  /// The probability of a right answer before each answer of the students of a file, or of a directory's files.
  ///
  /// Where the recipe's history is that of a skill alone, a student has one entry for each skill.
  ///
  /// - Throws: `DataError`: what is wrong where in the data.
  public func predictions(of source: DataSource) throws -> [StudentPrediction] {
    let parts = try Parts<[StudentAnswers]>(source, settings.data)
    let students = DataPart.allCases.flatMap { parts.sets[$0] ?? [] }
    _ = try artifacts.skills.unknown(of: students, path: parts.path)
    let sequences = students.flatMap { $0.sequences(settings.data, skills: artifacts.skills) }
    return zip(sequences, model.probabilities(sequences)).map { prediction($0, $1) }
  }

  func prediction(_ sequence: SkillSequence, _ probabilities: [Float]) -> StudentPrediction {
    StudentPrediction(
      student: sequence.student,
      answers: zip(sequence.answers, probabilities).map { answer, probability in
        StudentPrediction.Answer(
          skills: answer.skills.map { artifacts.skills.name(of: $0) }, isRight: answer.isRight, probability: Double(probability),
          counts: answer.counts)
      })
  }
}

extension KnowledgeTracing {
  public static func predict(
    _ request: PredictionRequest, by trained: TrainedKnowledgeTracing, _ body: (Prediction) throws -> Void
  ) throws {
    try request.refuseSteps()
    for file in try request.files(of: "answers") {
      for student in try trained.predictions(of: .path(file)) {
        let answers = student.answers.map { answer in
          JSON.object([
            ("skills", .list(answer.skills.map { .text($0) })), ("right", .boolean(answer.isRight)),
            ("probability", .number(answer.probability)),
          ])
        }
        try body(
          Prediction(
            lines: student.answers.enumerated().map { index, answer in
              [
                student.student.asField, "\(index + 1)", answer.skills.joined(separator: "+").asField,
                answer.isRight ? "right" : "wrong", Figures.percent(answer.probability),
              ].joined(separator: "\t")
            }, members: [("file", .text(file)), ("student", .text(student.student)), ("answers", .list(answers))]))
      }
    }
  }

  public static func inspection(of trained: TrainedKnowledgeTracing) -> ModelInspection {
    let (data, model) = (trained.settings.data, trained.settings.model)
    let skills = trained.artifacts.skills
    return ModelInspection(
      network: "\(model.cell.rawValue), \(Figures.counted(model.layers, "layer")) of \(Figures.grouped(model.hidden)) units, "
        + "embedding of \(Figures.grouped(model.embedding))",
      lines: [
        ("sees", data.history == .student ? "all answers of the student before" : "the student's answers to the same skill before"),
        ("skills", "\(Figures.grouped(skills.names.count)): \(ModelInspection.sample(skills.names))"),
      ],
      members: [("skills", .list(skills.names.map { .text($0) }))])
  }
}
