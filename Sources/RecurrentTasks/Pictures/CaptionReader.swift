import Foundation
public import RecurrentData
public import RecurrentPictures
import RecurrentTensors

/// What turns pictures and captions into what a model reads, and tokens into captions.
public struct CaptionReader: Sendable {
  /// How captions become tokens.
  public let codec: TextCodec
  /// How pictures become numbers.
  public let preprocessing: PicturePreprocessing
  /// An encoder that is no part of the model.
  let frozen: PictureEncoder<Float>?
  private let data: CaptionData

  /// - Throws: `VocabularyError` where a vocabulary lacks the tokens that begin and end a caption.
  init(_ data: CaptionData, _ pictures: PictureSettings, _ vocabulary: Vocabulary) throws(VocabularyError) {
    self.data = data
    codec = try TextCodec(data.tokenizer, vocabulary, replacesUnknown: true)
    for (index, mark) in [(codec.startOfSentenceIndex, Tokenizer.startOfSentence), (codec.endOfSentenceIndex, Tokenizer.endOfSentence)]
    where index == nil {
      throw .missing(symbol: mark)
    }
    preprocessing = pictures.preprocessing
    frozen = pictures.trainsEncoder ? nil : pictures.knownEncoder
  }

  /// The tokens that begin and end a caption.
  var begin: Int32 { Int32(codec.startOfSentenceIndex ?? 0) }
  var end: Int32 { Int32(codec.endOfSentenceIndex ?? 0) }

  /// The tokens of a caption, with that of its end.
  func tokens(of caption: String) throws(VocabularyError) -> EncodedText {
    var encoded = try codec.encode(data.text(caption))
    encoded.tokens.append(end)
    return encoded
  }

  /// A token as a word of its own.
  func word(_ token: Int32) -> String { codec.vocabulary.symbols[Int(token)].trimmingCharacters(in: .whitespaces) }

  /// The caption of tokens.
  func text(_ tokens: [Int32]) -> String { codec.decode(tokens) }

  /// What a model reads of pictures: `[pictures, size, size, 3]`, or the places that a frozen encoder makes of them, `[places, pictures, features]`,
  /// each number rounded to the eight binary digits in which they are kept for training.
  func inputs(of pictures: [Picture]) -> Tensor<Float> {
    let pixels = preprocessing.tensor(of: pictures)
    guard let frozen else { return pixels }
    let places = frozen.places(of: pixels)
    return Tensor(shape: places.shape, scalars: places.scalars.map { Float(brainFloat: $0.brainFloat) })
  }
}

extension Float {
  /// The nearest number of eight binary digits (bfloat16), as its 16 bits; of two as near, the even one.
  var brainFloat: UInt16 {
    let bits = bitPattern
    return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
  }

  /// The number of 16 bits of a bfloat16.
  init(brainFloat bits: UInt16) { self.init(bitPattern: UInt32(bits) << 16) }
}
