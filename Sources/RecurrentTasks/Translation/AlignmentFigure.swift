public import RecurrentDrawing

extension TranslatedText {
  /// Where the decoder looked: a row for each token of the translation, a column for each of the source and last one for its end; nil
  /// where there is nothing to be shown.
  public var alignment: Figure? {
    guard !weights.isEmpty, weights.count == symbols.count else { return nil }
    return Figure(
      text,
      note: "Each row is a token of the translation, and its cells where the decoder looked as it wrote it.",
      parts: [
        HeatMap(
          values: weights.map { $0.map { Double($0) } }, rows: .names(symbols.map(\.shown)),
          columns: .names(sourceSymbols.map(\.shown) + ["(end)"]), range: 0...1, rowTitle: "translation", columnTitle: "source",
          valueTitle: "weight")
      ])
  }
}

extension String {
  /// A token as a label: without the space that it begins with.
  fileprivate var shown: String { hasPrefix(" ") && count > 1 ? String(dropFirst()) : self }
}
