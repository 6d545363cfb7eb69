import RecurrentData
import RecurrentLayers
public import RecurrentPictures
import RecurrentTensors
import RecurrentTraining

/// A model of pictures and sentences as it stands in a file, ready to match them.
///
/// ```swift
/// let trained = try TrainedAligner(contentsOf: url)
/// let aligned = try trained.alignment(of: "a dog runs on the beach", with: Picture(contentsOf: photograph))
/// for word in aligned.words { print(word.text, word.score, word.region.rows, word.region.columns) }
/// ```
public typealias TrainedAligner = Trained<Alignment>

/// A picture and a sentence, and which region answers which word.
public struct PictureAlignment: Sendable, Equatable {
  /// A word and the region that answers it best.
  public struct Word: Sendable, Equatable {
    /// The word as the model knows it.
    public var text: String
    /// What it adds to the score.
    public var score: Double
    /// The region.
    public var region: PictureRegions.Box
  }

  /// How well they answer each other; of one picture the scores of sentences can be compared, and of one sentence those of pictures.
  public var score: Double
  /// The words of the sentence.
  public var words: [Word]
  /// The grid that regions are boxes of.
  public var grid: PictureGrid
}

extension Trained where Task == Alignment {
  /// Which region of a picture answers which word of a sentence.
  ///
  /// - Throws: ``AlignmentError`` for a sentence without words, or without one that the model knows.
  public func alignment(of sentence: String, with picture: Picture) throws -> PictureAlignment {
    try alignments(of: [sentence], with: [picture])[0][0]
  }

  /// The same for each of some pictures with each of some sentences, `[pictures][sentences]`.
  ///
  /// - Throws: ``AlignmentError`` that names a sentence without words, or without one that the model knows.
  public func alignments(of sentences: [String], with pictures: [Picture]) throws -> [[PictureAlignment]] {
    let read = try sentences.map { try tokens(of: $0) }
    let batch = TokenBatch(read)
    let vectors = model.vectors(of: batch)
    let boxes = settings.model.regions
    var found: [[PictureAlignment]] = []
    for start in stride(from: 0, to: pictures.count, by: 16) {
      let some = Array(pictures[start..<min(start + 16, pictures.count)])
      let regions = model.regions(of: reader.inputs(of: some))
      let matches = BestMatches(of: vectors, lengths: batch.lengths, among: regions)
      let scores = matches.scores.scalars
      for row in some.indices {
        found.append(
          read.indices.map { sentence in
            PictureAlignment(
              score: Double(scores[row * read.count + sentence]),
              words: read[sentence].enumerated().map { step, token in
                let place = matches.place(of: step, sentence: sentence, in: row)
                let product = (vectors.index(step).index(sentence) * regions.index(row).index(place)).sum().scalar
                return PictureAlignment.Word(text: reader.word(token), score: Double(product), region: boxes.boxes[place])
              }, grid: boxes.grid)
          })
      }
    }
    return found
  }

  /// The tokens of a sentence.
  func tokens(of sentence: String) throws -> [Int32] {
    let encoded = try reader.tokens(of: sentence)
    let tokens = Array(encoded.tokens.dropLast())
    if tokens.isEmpty { throw AlignmentError("\"\(sentence.asField)\": has no words") }
    if encoded.unknownCount == tokens.count { throw AlignmentError("\"\(sentence.asField)\": the model knows none of these words") }
    return tokens
  }
}

/// A sentence that cannot be matched.
public struct AlignmentError: Error, Equatable, CustomStringConvertible {
  /// What is wrong with which.
  public let description: String

  init(_ description: String) { self.description = description }
}

extension Alignment {
  /// Reads a sentence in both directions; a step is a word.
  public static func watch(_ input: WatchedInput, limit: Int, by trained: TrainedAligner) throws -> WatchedRun {
    let tokens = try trained.tokens(of: input.text())
    let read = Array(tokens.prefix(limit))
    let embedded = trained.model.embedding(IndexTensor(shape: [read.count, 1], scalars: read))
    return WatchedRun(
      steps: read.map { trained.reader.word($0) }, stepName: "word", inputStepCount: tokens.count, cells: trained.model.words.record(embedded).cells)
  }

  public static func inspection(of trained: TrainedAligner) -> ModelInspection {
    let (data, model) = (trained.settings.data, trained.settings.model)
    let symbols = trained.artifacts.vocabulary.symbols
    return ModelInspection(
      network: "\(model.cell.rawValue), \(Figures.counted(model.layers, "layer")) of \(Figures.grouped(model.hidden)) units in both directions, embedding of"
        + " \(Figures.grouped(model.embedding)); \(Figures.counted(model.regions.count, "region")) and words meet as \(Figures.grouped(model.jointSize)) numbers",
      lines: [
        ("encoder", model.pictures.summary),
        ("tokens", data.tokenSummary),
        ("vocabulary", "\(Figures.grouped(symbols.count)): \(ModelInspection.sample(symbols))"),
      ],
      members: [("vocabulary", .list(symbols.map { .text($0) }))])
  }
}
