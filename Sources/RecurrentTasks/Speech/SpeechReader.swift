public import RecurrentData
public import RecurrentSound
import RecurrentTensors

/// What turns sound and texts into what a speech recognizer reads and says, and its symbols into texts.
public struct SpeechReader: Sendable {
  /// How texts become tokens. Symbol 0 of the network is the blank; symbol k is token k - 1.
  public let codec: TextCodec
  /// What is heard of sound.
  public let features: SoundFeatures
  /// How frames become steps.
  let stacking: FrameStacking
  private let data: SpeechData

  /// The symbol for none.
  static let blank: Int32 = 0

  /// - Throws: ``ArtifactError`` where the parts do not go together.
  init(_ data: SpeechData, _ model: SpeechConfiguration, _ artifacts: SpeechRecognition.Artifacts) throws(ArtifactError) {
    codec = try ArtifactError.reading("vocabulary") { try TextCodec(data.tokenizer, artifacts.vocabulary, replacesUnknown: true) }
    features = artifacts.features
    guard features.normalized(.none) == data.sound.features.normalized(.none) else {
      throw ArtifactError("has features of sound other than those of its configuration")
    }
    stacking = model.stacking
    self.data = data
  }

  /// The symbols of a text, and how many tokens the vocabulary lacks.
  func symbols(of text: String) throws(VocabularyError) -> (symbols: [Int32], unknownCount: Int) {
    let encoded = try codec.encode(data.text(text))
    return (encoded.tokens.map { $0 + 1 }, encoded.unknownCount)
  }

  /// The text of symbols, which has no blank, without white space around it.
  func text(of symbols: [Int32]) -> String {
    codec.decode(symbols.map { $0 - 1 }).split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// A symbol as it can be read; the blank is `-`.
  func label(of symbol: Int32) -> String { symbol == Self.blank ? "-" : codec.label(of: symbol - 1) }

  /// The seconds of a step.
  var secondsOfStep: Double { features.seconds(ofFrame: stacking.stride) }
}
