/// Writes segments of text in the symbols of a vocabulary of subwords.
///
/// The rank of a merge is the index of its symbol. A segment that is a symbol as a whole is that symbol; any other begins as
/// its characters, and of all neighbours that make a symbol together those with the lowest rank are merged, again and again.
/// A character that is no symbol is written in bytes (as SentencePiece does: Kudo and Richardson 2018).
struct SubwordEncoder: Sendable, Equatable {
  private static let noRank = Int.max

  /// The index of each byte's symbol.
  private let byteIndices: [Int32]

  /// An encoder of this vocabulary.
  ///
  /// Throws `VocabularyError.missing` if a byte has no symbol.
  init(_ vocabulary: Vocabulary) throws(VocabularyError) {
    var indices: [Int32] = []
    for byte in UInt8.min...UInt8.max {
      let symbol = Vocabulary.subwordByteSymbol(byte)
      guard let index = vocabulary.index(of: symbol) else { throw .missing(symbol: symbol) }
      indices.append(Int32(index))
    }
    byteIndices = indices
  }

  /// Appends the indices that spell `bytes[segment]`.
  func encode(_ segment: Range<Int>, of bytes: [UInt8], in table: SymbolTable, to tokens: inout [Int32]) {
    if let whole = table.index(of: segment, in: bytes) {
      tokens.append(Int32(whole))
      return
    }
    // Where each piece begins, and after the last one the end of the segment.
    var starts: [Int] = []
    var offset = segment.lowerBound
    while offset < segment.upperBound {
      starts.append(offset)
      offset += UInt8.scalarLength(lead: bytes[offset])
    }
    starts.append(segment.upperBound)
    func rank(_ first: Int) -> Int {
      first + 2 < starts.count ? table.index(of: starts[first]..<starts[first + 2], in: bytes) ?? Self.noRank : Self.noRank
    }
    var ranks = (0..<starts.count - 1).map(rank)
    while let best = ranks.indices.min(by: { ranks[$0] < ranks[$1] }), ranks[best] != Self.noRank {
      starts.remove(at: best + 1)
      ranks.remove(at: best + 1)
      ranks[best] = rank(best)
      if best > 0 { ranks[best - 1] = rank(best - 1) }
    }
    for piece in ranks.indices {
      let range = starts[piece]..<starts[piece + 1]
      if let index = table.index(of: range, in: bytes) {
        tokens.append(Int32(index))
      } else {
        for byte in bytes[range] { tokens.append(byteIndices[Int(byte)]) }
      }
    }
  }

  /// Whether a symbol is a byte, or can be a part of one segment of text.
  static func isPart(_ symbol: String, _ tokenizer: Tokenizer) -> Bool {
    if byte(of: symbol) != nil { return true }
    var scalars = symbol.unicodeScalars[...]
    if scalars.first == " " { scalars.removeFirst() }
    // An apostrophe at an end may have been inside a word.
    while let last = scalars.last, apostrophes.contains(last) { scalars.removeLast() }
    while let first = scalars.first, apostrophes.contains(first) { scalars.removeFirst() }
    return scalars.isEmpty || tokenizer.segmentCount(of: Array(String(scalars).utf8)) == 1
  }

  private static let apostrophes: Set<Unicode.Scalar> = ["'", "\u{2019}"]

  /// The byte that a symbol stands for, if it stands for one.
  static func byte(of symbol: String) -> UInt8? {
    let utf8 = Array(symbol.utf8)
    guard utf8.count == 6, symbol.hasPrefix("<0x"), utf8[5] == UInt8(ascii: ">") else { return nil }
    return UInt8(String(decoding: utf8[3..<5], as: UTF8.self), radix: 16)
  }
}
