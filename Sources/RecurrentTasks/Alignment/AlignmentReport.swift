import Foundation
public import RecurrentData
import RecurrentTensors
import RecurrentTraining

/// What an evaluation of a model of pictures and sentences finds.
public struct AlignmentScore: TaskScore {
  public let part: MeasuredPart
  public let overlap: TrainingOverlap?
  /// The ranks by the model.
  public let ranks: RetrievalRanks
  /// The ranks by a linear map from the mean features of a picture to the words of its captions; nil: there is no training part, or the encoder learns.
  public let linear: RetrievalRanks?
  /// Pictures and sentences.
  public let pictureCount: Int
  public let sentenceCount: Int
  /// What a token is.
  public let tokens: TokenKind
  /// Tokens of the sentences, and those that are not in the vocabulary.
  public let tokenCount: Int
  public let unknownCount: Int
  /// What was left out, a line each.
  public let notes: [String]
}

extension Alignment {
  /// Measures a model on a part of the data.
  public static func evaluate(_ trained: TrainedAligner, on request: EvaluationRequest) throws -> AlignmentScore {
    let data = trained.settings.data
    let measured = try MeasuredCaptions(request, of: trained, data, trained.settings.model.pictures, trained.artifacts)
    let (examples, pictures) = (measured.captions, measured.pictures)
    var linear: RetrievalRanks?
    if let training = measured.training, let known = WordRegression(training.captions, training.pictures, wordCount: trained.artifacts.vocabulary.count) {
      linear = RetrievalRanks(known.scores(of: pictures, with: examples), owners: examples.pictures)
    }
    return AlignmentScore(
      part: measured.part, overlap: measured.overlap, ranks: RetrievalRanks(trained.model.scores(of: pictures, with: examples), owners: examples.pictures),
      linear: linear, pictureCount: pictures.count, sentenceCount: examples.count, tokens: data.tokens, tokenCount: examples.tokenCount,
      unknownCount: examples.unknownCount, notes: examples.notes)
  }
}

extension AlignmentScore {
  public var report: EvaluationReport {
    var report = EvaluationReport(part: part)
    report.add(ranks, key: "model", label: "")
    if let linear { report.add(linear, key: "linear", label: "linear ") }
    report.members += [
      ("pictures", .integer(pictureCount)), ("sentences", .integer(sentenceCount)), ("tokens", .integer(tokenCount)), ("unknown", .integer(unknownCount)),
    ]
    report.addUnknown(unknownCount, of: tokenCount, tokens)
    report.lines += notes.map { .words($0) }
    report.lines.append(
      .words(
        "sentences: for a picture the best place of one of its own among \(Figures.grouped(sentenceCount)) sentences; pictures: for a sentence the place of"
          + " its own among \(Figures.grouped(pictureCount)) pictures"))
    if linear != nil { report.lines.append(.words("linear: by ridge regression from the mean features of a picture to the words of its captions")) }
    return report
  }
}

extension EvaluationReport {
  /// Adds the figures of ranks in both directions.
  fileprivate mutating func add(_ ranks: RetrievalRanks, key: String, label: String) {
    func line(_ name: String, _ found: Ranks) -> JSON {
      let recalls = RetrievalRanks.limits.map { String(format: "%.1f", 100 * found.recall(within: $0)) }
      let median = found.median == found.median.rounded() ? "\(Int(found.median))" : "\(found.median)"
      lines.append(.figure(label: label + name, text: "R@1, 5, 10 \(recalls.joined(separator: " ")), median rank \(median)"))
      return .object(
        RetrievalRanks.limits.map { ("recall\($0)", .number(found.recall(within: $0))) } + [("medianRank", .number(found.median))])
    }
    members.append((key, .object([("sentences", line("sentences", ranks.sentences)), ("pictures", line("pictures", ranks.pictures))])))
  }
}
