import RecurrentTensors

/// A measure of captions beside references, several of which say what is to be seen in the same picture.
///
/// Words are counted in lower case and without punctuation. ``BLEU/init(captions:references:)`` counts the same words.
public protocol CaptionMetric: Sendable {
  /// Measures captions.
  ///
  /// - Parameters:
  ///   - captions: One for each picture.
  ///   - references: The references of each; one or more.
  /// - Precondition: as many lists of references as captions, none of them empty.
  init(captions: [String], references: [[String]])

  /// The measure of each caption.
  var scores: [Double] { get }
}

extension CaptionMetric {
  /// The mean over all captions; 0 of none.
  public var score: Double { scores.isEmpty ? 0 : scores.reduce(0, +) / Double(scores.count) }
}

/// Words of captions and of their references.
struct CaptionWords {
  /// The words of each caption.
  let captions: [[[UInt8]]]
  /// The words of the references of each.
  let references: [[[[UInt8]]]]

  init(_ metric: String, captions: [String], references: [[String]]) {
    check(captions.count == references.count, "\(metric): \(captions.count) captions and references for \(references.count)")
    check(references.allSatisfy { !$0.isEmpty }, "\(metric): a caption without a reference")
    self.captions = captions.map(CaptionTokenizer.words)
    self.references = references.map { $0.map(CaptionTokenizer.words) }
  }
}

extension BLEU {
  /// BLEU of captions: words in lower case without punctuation, of several references the length that is nearest. ``score(order:)`` has BLEU-1 to BLEU-4.
  ///
  /// ```swift
  /// let bleu = BLEU(captions: captions, references: references)
  /// print((1...4).map { bleu.score(order: $0) })
  /// ```
  ///
  /// - Precondition: as many lists of references as captions, none of them empty.
  public init(captions: [String], references: [[String]]) {
    self.init()
    let words = CaptionWords("BLEU", captions: captions, references: references)
    for (caption, references) in zip(words.captions, words.references) { add(caption, alternatives: references) }
  }
}
