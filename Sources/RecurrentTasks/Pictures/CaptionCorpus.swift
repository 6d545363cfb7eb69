import Foundation
import RecurrentData
import RecurrentTensors
import RecurrentTraining

extension Parts<CaptionSet> {
  /// Reads captions, in parts: those of a directory (lists of pictures, a column `split`, or a file for each part), of one file that is divided by
  /// picture, or of the shapes that the package draws.
  ///
  /// - Parameter pictures: Where the pictures are; nil: only the captions are wanted, and a picture is known by its name.
  /// - Throws: `DataError`: what is wrong with which file.
  init(_ source: DataSource, _ data: CaptionData, pictures: PictureSource?) throws {
    @Sendable func advice(_ part: DataPart) -> String {
      switch part {
      case .train: "a directory needs captions to train on"
      case .validation: "add a list or file for it, or hold pictures out with data.validation"
      case .test: "add a list or file for it, or hold pictures out with data.test"
      }
    }
    if Shapes.isNamed(by: source) {
      self.init(path: Shapes.name, sets: try Shapes.parts(), advice: advice)
      return
    }
    func identified(_ set: CaptionSet) throws -> CaptionSet {
      guard let pictures else { return set }
      var set = set
      // One that cannot be read is known by its name: whether it stops the run is said later.
      set.identify { picture in (try? pictures.content(picture.name)) ?? picture.content }
      return set
    }
    func dealt(_ set: CaptionSet, _ fractions: SplitFractions) -> [DataPart: [Int]] {
      Splits.byContent(set.contents, fractions: fractions, seed: 0)
    }
    let url = try source.url()
    if !source.isDirectory {
      let whole = try identified(CaptionSet(contentsOf: url, data))
      if whole.hasColumn("split") {
        self.init(path: url.relativePath, sets: try whole.parts(byColumn: "split"), advice: advice)
        return
      }
    }
    try self.init(
      source,
      directory: { directory in
        let sets = try CaptionSet.parts(in: directory, columns: data.columns)
        // A directory with captions and no parts is divided like a file.
        guard sets.count == 1, let whole = sets[.train] else { return try sets.mapValues(identified) }
        let known = try identified(whole)
        return dealt(known, .holdingOut(data.validation, test: data.test)).mapValues { known.selecting($0) }
      },
      file: { try identified(CaptionSet(contentsOf: $0, data)) }, dividing: { dealt($0, .holdingOut(data.validation, test: data.test)) },
      holdingOut: data.validation > 0 ? { dealt($0, .holdingOut(data.validation)) } : nil, advice: advice)
  }
}

extension CaptionSet {
  /// The captions of a file as a whole.
  init(contentsOf url: URL, _ data: CaptionData) throws(DataError) {
    try self.init(contentsOf: url, columns: data.columns)
  }
}

extension CaptionData {
  /// The columns of pictures and captions.
  var columns: CaptionColumns {
    CaptionColumns(picture: picture.map { ColumnReference(parsing: $0) }, caption: caption.map { ColumnReference(parsing: $0) })
  }

  /// What a token is, in a line.
  var tokenSummary: String {
    "\(tokenization.tokens.rawValue)\(normalize ? ", lower-cased, without punctuation" : tokenization.lowercase ? ", lower-cased" : "")"
  }

  /// A caption as it is cut into tokens.
  func text(_ caption: String) -> String { normalize ? CaptionTokenizer.normalized(caption) : caption }
}

/// Captions as a model reads them.
struct EncodedCaptions: Sendable {
  /// The pictures and their captions as text.
  let captioned: CaptionSet
  /// The picture of each caption, as its index in the set.
  private(set) var pictures: [Int] = []
  /// The tokens of each caption, with that of its end.
  private(set) var tokens: [[Int32]] = []
  /// The captions of each picture, as indices.
  private(set) var captions: [[Int]]
  /// Tokens that the vocabulary lacks, and all tokens, ends not counted.
  private(set) var unknownCount = 0
  private(set) var tokenCount = 0
  /// What was left out, a line each.
  private(set) var notes: [String]

  private let begin: Int32

  /// The number of captions.
  var count: Int { tokens.count }
  /// The length of the longest.
  var longest: Int { tokens.lazy.map(\.count).max() ?? 0 }
  /// Tokens that are predicted.
  var targetCount: Int { tokens.reduce(0) { $0 + $1.count } }

  /// Encodes captions.
  ///
  /// - Parameter maximumLength: Captions with more tokens are left out; nil: none is.
  /// - Throws: `DataError` where a caption cannot be encoded, or none is short enough.
  init(_ set: CaptionSet, _ reader: CaptionReader, maximumLength: Int? = nil) throws(DataError) {
    captioned = set
    begin = reader.begin
    captions = set.pictures.map { _ in [] }
    var long: [Int] = []
    for (index, picture) in set.pictures.enumerated() {
      for caption in picture.captions {
        do {
          let encoded = try reader.tokens(of: caption.text)
          if encoded.tokens.count - 1 > maximumLength ?? .max {
            long.append(caption.line)
            continue
          }
          captions[index].append(tokens.count)
          pictures.append(index)
          tokens.append(encoded.tokens)
          unknownCount += encoded.unknownCount
          tokenCount += encoded.tokens.count - 1
        } catch {
          throw DataError(set.path, line: caption.line, "\(error)")
        }
      }
    }
    notes = set.omissions.map { "\(set.path): \($0)" }
    if let maximumLength, !long.isEmpty {
      if tokens.isEmpty { throw DataError(set.path, "every caption has more than \(maximumLength) tokens; make data.maximumLength larger") }
      notes.append("\(set.path): \(LineOmission(what: "caption", reason: "it has more than \(maximumLength) tokens", lines: long))")
    }
  }

  /// What a decoder reads and predicts of some captions.
  func targets(_ indices: [Int]) -> TargetBatch { TargetBatch(indices.map { tokens[$0] }, begin: begin) }

  /// The tokens of a caption without that of its end.
  func words(_ index: Int) -> ArraySlice<Int32> { tokens[index].dropLast() }

  /// The captions of each picture as people wrote them.
  var references: [[String]] { captioned.pictures.map { $0.captions.map(\.text) } }

  /// A digest of all tokens and the names of their pictures.
  var digest: Digest {
    var digest = Digest()
    for (picture, sentence) in zip(pictures, tokens) {
      digest.add(Int32(picture))
      for token in sentence { digest.add(token) }
      digest.add(UInt32.max)
    }
    for hash in captioned.contents {
      digest.add(UInt32(truncatingIfNeeded: hash.bits))
      digest.add(UInt32(truncatingIfNeeded: hash.bits >> 32))
    }
    return digest
  }
}
