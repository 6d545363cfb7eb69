/// The words of captions as the papers count them: in lower case, without punctuation.
///
/// What Unicode calls punctuation is removed, and so are the symbols of ASCII; what stood around it becomes one word: "T-shirt" is `tshirt`.
package enum CaptionTokenizer {
  /// The words of a caption in UTF-8.
  static func words(_ caption: String) -> [[UInt8]] {
    TranslationTokenizer.words(TranslationTokenizer.lowercased(caption).unicodeScalars.filter { !isSign($0) })
  }

  /// The words of a caption with a space between them.
  package static func normalized(_ caption: String) -> String { words(caption).map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ") }

  private static func isSign(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation, .otherPunctuation: true
    case .mathSymbol, .currencySymbol, .modifierSymbol: scalar.isASCII
    default: false
    }
  }
}
