import Foundation
public import RecurrentData
import RecurrentLayers
import RecurrentTensors
public import RecurrentTraining

/// What the evaluation of a captioner finds.
public struct CaptioningScore: TaskScore {
  /// Captions that were written in one way, and how they compare with those of people.
  public struct Written: Sendable {
    /// One for each picture.
    public let captions: [String]
    /// BLEU, as the papers on captions count it.
    public let bleu: BLEU
    /// What of that is particular about the pictures.
    public let cider: Double
    /// The longest common subsequences of words.
    public let rouge: Double
    /// The part of METEOR that matches words and their stems.
    public let meteor: Double
    /// How many are, word for word, one of their picture's.
    public let exactCount: Int

    init(_ captions: [String], of examples: EncodedCaptions, _ reader: CaptionReader) {
      self.captions = captions
      let references = examples.references
      bleu = BLEU(captions: captions, references: references)
      cider = CIDErD(captions: captions, references: references).score
      rouge = ROUGEL(captions: captions, references: references).score
      meteor = MeteorExactStem(captions: captions, references: references).score
      exactCount = examples.exactCount(captions, reader)
    }
  }

  /// What is known of the shapes that the package draws.
  public struct ShapesScore: Sendable {
    /// Captions that are right, and all, of pictures with a pair of colour and shape that no training picture has.
    public var unseen = (right: 0, count: 0)
    /// The same of all others.
    public var seen = (right: 0, count: 0)
    /// Words for shapes that are in a picture without such a pair, and those at which the place of most attention lay on that shape.
    public var looks = (right: 0, count: 0)
    /// The same of pictures with one.
    public var unseenLooks = (right: 0, count: 0)
  }

  public let part: MeasuredPart
  public let overlap: TrainingOverlap?
  /// The mean cross-entropy of people's captions, in nats a token.
  public let loss: Double
  /// With the likeliest word each time.
  public let greedy: Written
  /// With a beam.
  public let beam: Written
  /// The width of the beam.
  public let beamWidth: Int
  /// A caption of the training picture that looks most alike, for each picture; nil: there is no training part.
  public let nearest: Written?
  /// Of the shapes that the package draws.
  public let shapes: ShapesScore?
  /// The names of the pictures.
  public let names: [String]
  /// People's captions of each.
  public let references: [[String]]
  /// What a token is.
  public let tokens: TokenKind
  /// Tokens of people's captions, and those that are not in the vocabulary.
  public let tokenCount: Int
  public let unknownCount: Int
  /// What was left out, a line each.
  public let notes: [String]
}

extension Captioning {
  /// The beam whose captions stand beside those of the likeliest word each time.
  private static let beam = 5

  /// Measures a model on a part of the data.
  public static func evaluate(_ trained: TrainedCaptioner, on request: EvaluationRequest) throws -> CaptioningScore {
    let (data, reader) = (trained.settings.data, trained.reader)
    let measured = try MeasuredCaptions(request, of: trained, data, trained.settings.model.pictures, trained.artifacts)
    let (examples, pictures, isShapes) = (measured.captions, measured.pictures, measured.source.isShapes)
    let set = examples.captioned
    func written(_ search: SentenceSearch) -> [Hypothesis] { search.captions(of: pictures, by: (trained.model, reader)).map { $0[0] } }
    let greedy = written(SentenceSearch(beam: 1, keepsWeights: isShapes))
    let widest = written(SentenceSearch(beam: beam))
    let nearest = measured.training.map { known in
      let places = pictures.nearest(among: known.pictures)
      return CaptioningScore.Written(places.map { data.text(known.captions.captioned.pictures[$0].captions[0].text) }, of: examples, reader)
    }
    return CaptioningScore(
      part: measured.part, overlap: measured.overlap, loss: trained.model.meanLoss(of: examples, pictures),
      greedy: CaptioningScore.Written(greedy.map { reader.text($0.tokens) }, of: examples, reader),
      beam: CaptioningScore.Written(widest.map { reader.text($0.tokens) }, of: examples, reader), beamWidth: beam, nearest: nearest,
      shapes: isShapes
        ? CaptioningScore.ShapesScore(of: set.pictures.map(\.name), greedy.map { WrittenCaption($0, trained) }) : nil,
      names: set.pictures.map(\.name), references: examples.references, tokens: data.tokens, tokenCount: examples.tokenCount,
      unknownCount: examples.unknownCount, notes: examples.notes)
  }
}

extension CaptioningScore.ShapesScore {
  /// What captions of the package's own pictures come to.
  init(of names: [String], _ captions: [WrittenCaption]) {
    for (name, caption) in zip(names, captions) {
      guard let scene = Shapes.scene(named: name) else { continue }
      let isRight = scene.captions.contains(caption.text)
      let isUnseen = scene.items.contains(where: \.isUnseen)
      if isUnseen {
        unseen = (unseen.right + (isRight ? 1 : 0), unseen.count + 1)
      } else {
        seen = (seen.right + (isRight ? 1 : 0), seen.count + 1)
      }
      for (index, weights) in caption.weights.enumerated() where index > 0 && index < caption.words.count {
        let words = "\(caption.words[index - 1]) \(caption.words[index])"
        guard let item = scene.items.first(where: { $0.words == words }), let place = weights.indices.max(by: { weights[$0] < weights[$1] })
        else { continue }
        let cell = (Double(Shapes.side) / Double(caption.grid.wide), Double(Shapes.side) / Double(caption.grid.high))
        let (x, y) = (Double(place % caption.grid.wide) * cell.0, Double(place / caption.grid.wide) * cell.1)
        let isOnIt = x < item.x + item.radius && x + cell.0 > item.x - item.radius && y < item.y + item.radius && y + cell.1 > item.y - item.radius
        if isUnseen {
          unseenLooks = (unseenLooks.right + (isOnIt ? 1 : 0), unseenLooks.count + 1)
        } else {
          looks = (looks.right + (isOnIt ? 1 : 0), looks.count + 1)
        }
      }
    }
  }
}

extension CaptioningScore {
  public var report: EvaluationReport {
    var report = EvaluationReport(part: part)
    let perplexity = exp(loss)
    report.add("loss", label: "loss", .number(loss), text: "\(Figures.exact(loss)) nats a \(tokens.singular)")
    report.add("perplexity", label: "perplexity", .number(perplexity), text: Figures.significant(perplexity))
    report.add(greedy, key: "greedy", label: "greedy", count: names.count)
    report.add(beam, key: "beam", label: "beam \(beamWidth)", count: names.count)
    if let nearest { report.add(nearest, key: "nearest", label: "nearest", count: names.count) }
    if let shapes {
      report.add(shapes.seen, key: "rightSeen", label: "seen pairs", of: "captions are right")
      report.add(shapes.unseen, key: "rightUnseen", label: "new pairs", of: "captions of a pair of colour and shape never seen in training are right")
      if shapes.looks.count > 0 {
        report.add(shapes.looks, key: "looksRight", label: "looked", of: "words for shapes had most attention on that shape")
        report.add(shapes.unseenLooks, key: "looksRightUnseen", label: "looked, new", of: "likewise, in pictures with a new pair")
      }
    }
    report.members += [
      ("beam", .integer(beamWidth)), ("pictures", .integer(names.count)), ("tokens", .integer(tokenCount)), ("unknown", .integer(unknownCount)),
    ]
    report.addUnknown(unknownCount, of: tokenCount, tokens)
    report.lines += notes.map { .words($0) }
    if nearest != nil { report.lines.append(.words("nearest: a caption of the training picture that looks most alike")) }
    let rows = names.indices.map { "\(names[$0].asField)\t\(beam.captions[$0].asField)\t\(greedy.captions[$0].asField)\t\(references[$0][0].asField)\n" }
    report.attachments.append(
      EvaluationReport.Attachment(name: "captions.tsv", contents: "picture\tcaption\tgreedy\treference\n" + rows.joined()))
    return report
  }
}

extension EvaluationReport {
  /// Adds the figures of captions that were written in one way.
  fileprivate mutating func add(_ written: CaptioningScore.Written, key: String, label: String, count: Int) {
    func tenths(_ value: Double) -> String { String(format: "%.1f", value) }
    let bleu = (1...4).map { written.bleu.score(order: $0) }
    lines.append(
      .figure(
        label: label,
        text: "BLEU-1 to 4 \(bleu.map(tenths).joined(separator: " ")), CIDEr-D \(String(format: "%.3f", written.cider)), ROUGE-L"
          + " \(tenths(100 * written.rouge)), METEOR (exact, stem) \(tenths(100 * written.meteor)); exact"
          + " \(Figures.percent(Double(written.exactCount) / Double(max(1, count))))"))
    members.append(
      (
        key,
        .object([
          ("bleu", .list(bleu.map { .number($0) })), ("cider", .number(written.cider)), ("rouge", .number(written.rouge)),
          ("meteorExactStem", .number(written.meteor)), ("exact", .integer(written.exactCount)),
          ("brevityPenalty", .number(written.bleu.brevityPenalty)),
        ])
      ))
  }

  /// Adds a share.
  fileprivate mutating func add(_ share: (right: Int, count: Int), key: String, label: String, of what: String) {
    let value = Double(share.right) / Double(max(1, share.count))
    add(key, label: label, .number(value), text: "\(Figures.percent(value)) of \(Figures.grouped(share.count)) \(what)")
  }
}
