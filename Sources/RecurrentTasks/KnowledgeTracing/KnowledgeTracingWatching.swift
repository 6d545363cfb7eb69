import Foundation
import RecurrentData
import RecurrentLayers
import RecurrentTensors

extension KnowledgeTracing {
  /// Reads the answers of one student of a file (`FILE`, or `FILE:7` for the seventh); a step is an answer that is to be predicted, for
  /// which the cells have seen those before it.
  public static func watch(_ input: WatchedInput, limit: Int, by trained: TrainedKnowledgeTracing) throws -> WatchedRun {
    let (file, number) = try input.fileAndNumber(of: "student")
    let (data, skills) = (trained.settings.data, trained.artifacts.skills)
    let students = try StudentAnswers.read(file, data)
    let student = try WatchedInput.element(number, of: students, in: file, called: "student")
    guard let sequence = student.sequences(data, skills: skills).first, !sequence.answers.isEmpty else {
      throw WatchError("\(file.relativePath): student \(number) has no answers")
    }
    let count = min(limit, sequence.answers.count)
    let steps = sequence.answers.prefix(count).map { answer in
      answer.skills.map { skills.name(of: $0) }.joined(separator: "+") + (answer.isRight ? " right" : " wrong")
    }
    let batch = AnswerBatch([sequence], parts: [(sequence: 0, range: 0..<count)])
    return WatchedRun(steps: steps, stepName: "answer", inputStepCount: sequence.answers.count, cells: trained.model.record(batch))
  }
}
