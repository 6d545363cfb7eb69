import RecurrentData
import RecurrentTensors

extension ClassTable {
  /// The index of each text's label.
  ///
  /// - Throws: `DataError` that names the line of the first label which no training text has.
  func indices(of texts: LabelledTexts) throws(DataError) -> [Int32] {
    var indices: [Int32] = []
    indices.reserveCapacity(texts.count)
    for (row, label) in texts.labels.enumerated() {
      indices.append(Int32(try index(of: label, path: texts.path, line: texts.lines[row])))
    }
    return indices
  }
}

/// Labelled texts as a model reads them: tokens, cut where they are too long, and the index of the label.
struct LabelledSequences: Sendable {
  /// The tokens of each text.
  private(set) var sequences: [[Int32]] = []
  /// The label of each.
  let labels: [Int32]
  /// What was done to the texts, a line each.
  private(set) var notes: [String] = []
  /// Tokens that the vocabulary lacks, and all tokens, before cutting.
  private(set) var unknownCount = 0
  private(set) var tokenCount = 0

  var count: Int { sequences.count }

  /// The length of the longest.
  var longest: Int { sequences.lazy.map(\.count).max() ?? 0 }

  /// Encodes texts.
  ///
  /// - Throws: `DataError` where a label is not known.
  init(
    _ texts: LabelledTexts, codec: TextCodec, labels: ClassTable, data: TextClassificationData
  ) throws(DataError) {
    self.labels = try labels.indices(of: texts)
    sequences.reserveCapacity(texts.count)
    var cutCount = 0
    for (row, text) in texts.texts.enumerated() {
      let encoded: EncodedText
      do {
        encoded = try codec.encode(text)
      } catch {
        throw DataError(texts.path, line: texts.lines[row], "\(error)")
      }
      unknownCount += encoded.unknownCount
      tokenCount += encoded.tokens.count
      let kept = data.kept(of: encoded.tokens.count)
      sequences.append(kept.flatMap { encoded.tokens[$0] })
      if sequences[row].count < encoded.tokens.count { cutCount += 1 }
    }
    if cutCount > 0, let limit = data.maximumLength {
      let kept =
        switch data.keep {
        case .start: "the start stays"
        case .end: "the end stays"
        case .both: "half of each end stays"
        }
      notes.append(
        "\(texts.path): \(Figures.grouped(cutCount)) of \(Figures.counted(texts.count, "text")) cut to \(Figures.grouped(limit)) "
          + "tokens; \(kept)")
    }
    notes += texts.notes
    if texts.skippedCount > 0 {
      notes.append("\(texts.path): \(Figures.counted(texts.skippedCount, "row")) without a text passed over")
    }
  }

  /// The texts of a batch, side by side.
  func batch(_ indices: [Int]) -> TextBatch {
    TextBatch(
      texts: TokenBatch(indices.map { sequences[$0] }),
      targets: IndexTensor(shape: [indices.count], scalars: indices.map { labels[$0] }))
  }

  /// A digest of all tokens and labels.
  var digest: Digest {
    var digest = Digest()
    for (sequence, label) in zip(sequences, labels) {
      for token in sequence { digest.add(token) }
      digest.add(-1 - label)
    }
    return digest
  }
}
