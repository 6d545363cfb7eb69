import Foundation
import RecurrentData
import RecurrentLayers
public import RecurrentPictures
public import RecurrentTensors
import RecurrentTraining

/// A captioner as it stands in a file: with its words, ready to look at pictures.
///
/// ```swift
/// let trained = try TrainedCaptioner(contentsOf: url)
/// let picture = try Picture(contentsOf: photograph)
/// print(try CaptionerEnsemble([trained]).captions(of: [picture], by: SentenceSearch(beam: 5))[0][0].text)
/// ```
public typealias TrainedCaptioner = Trained<Captioning>

/// Trained captioners that write together: one, or several with the same words, the mean of whose probabilities decides.
public struct CaptionerEnsemble: Sendable {
  /// The captioners.
  public let members: [TrainedCaptioner]

  /// An ensemble of these.
  ///
  /// - Throws: ``CaptionError`` where there is none, or they do not know the same words or see other grids.
  public init(_ members: [TrainedCaptioner]) throws(CaptionError) {
    guard let first = members.first else { throw CaptionError("an ensemble needs at least one model") }
    for (index, member) in members.enumerated().dropFirst() where member.reader.codec != first.reader.codec {
      throw CaptionError("model \(index + 1) has other words than model 1: an ensemble is of models trained on the same captions with the same section data")
    }
    self.members = members
  }

  /// Pictures that are looked at together.
  private static let batchSize = 16

  /// Draws captions of a picture, word by word by their probabilities: the same generator draws the same.
  ///
  /// - Parameters:
  ///   - count: How many.
  ///   - sampling: How words are drawn.
  public func captions(
    of picture: Picture, count: Int, drawing sampling: Sampling, maximumLength: Int? = nil, keepingWeights: Bool = false,
    using generator: RandomGenerator
  ) -> [WrittenCaption] {
    let views = members.map { ($0.model, $0.reader.inputs(of: [Picture](repeating: picture, count: count))) }
    let search = SentenceSearch(maximumLength: maximumLength, keepsWeights: keepingWeights)
    return search.captions(of: views, members[0].reader, drawing: sampling, using: generator).map { WrittenCaption($0, members[0]) }
  }

  /// Captions pictures: for each its captions, the best first.
  public func captions(of pictures: [Picture], by search: SentenceSearch = SentenceSearch()) -> [[WrittenCaption]] {
    stride(from: 0, to: pictures.count, by: Self.batchSize).flatMap { start in
      let some = Array(pictures[start..<min(start + Self.batchSize, pictures.count)])
      return search.captions(of: members.map { ($0.model, $0.reader.inputs(of: some)) }, members[0].reader).map { found in
        found.map { WrittenCaption($0, members[0]) }
      }
    }
  }
}

/// A caption that a model has written.
public struct WrittenCaption: Sendable, Equatable {
  /// The caption.
  public var text: String
  /// The logarithm of its probability.
  public var logProbability: Double
  /// What it was ranked by.
  public var score: Double
  /// Whether the model has ended it; otherwise it was cut at the maximum length.
  public var isComplete: Bool
  /// Its tokens as text.
  public var words: [String]
  /// Where the model looked as it wrote each word: a weight for each place of the grid, row by row; empty where it does not look, or nobody asked.
  public var weights: [[Float]]
  /// Rows and columns of the grid.
  public var grid: PictureGrid

  init(_ hypothesis: Hypothesis, _ trained: TrainedCaptioner) {
    text = trained.reader.text(hypothesis.tokens)
    (logProbability, score, isComplete) = (hypothesis.logProbability, hypothesis.score, hypothesis.isComplete)
    words = hypothesis.tokens.map { trained.reader.word($0) }
    weights = hypothesis.weights
    grid = trained.settings.model.grid
  }
}

/// Models or pictures that make no captions.
public struct CaptionError: Error, Equatable, CustomStringConvertible {
  /// What is wrong, and what to do.
  public let description: String

  init(_ description: String) { self.description = description }
}

extension Captioning {
  public static func inspection(of trained: TrainedCaptioner) -> ModelInspection {
    let (data, model) = (trained.settings.data, trained.settings.model)
    let symbols = trained.artifacts.vocabulary.symbols
    let looking =
      switch model.attention {
      case .none: "reads the picture once"
      case .soft, .hard: "\(model.attention.rawValue) attention of \(Figures.grouped(model.attentionSize ?? model.hidden)) units\(model.gated ? ", gated" : "")"
      }
    return ModelInspection(
      network: "\(model.cell.rawValue), \(Figures.counted(model.layers, "layer")) of \(Figures.grouped(model.hidden)) units,"
        + " embedding of \(Figures.grouped(model.embedding)), \(looking)",
      lines: [
        ("encoder", model.pictures.summary),
        ("tokens", data.tokenSummary),
        ("vocabulary", "\(Figures.grouped(symbols.count)): \(ModelInspection.sample(symbols))"),
      ],
      members: [("vocabulary", .list(symbols.map { .text($0) }))])
  }
}
