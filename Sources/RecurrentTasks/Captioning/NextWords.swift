import RecurrentData
import RecurrentLayers
public import RecurrentPictures
import RecurrentTensors

extension Trained where Task == Captioning {
  /// How likely each word of the vocabulary is next, before the first word of a caption and after each: a list for each of its words and one for what follows
  /// them, which add up to 1.
  ///
  /// - Throws: `VocabularyError` for a caption that cannot be encoded.
  public func nextWords(along caption: String, of picture: Picture) throws -> [[Float]] {
    let target = TargetBatch([try reader.tokens(of: caption).tokens], begin: reader.begin)
    let seen = model.see(reader.inputs(of: [picture]))
    let readouts = model.decoder(target.read, from: seen.start, over: seen.places).readouts
    let likely = model.decoder.logits(readouts).softmax()
    let (steps, words) = (likely.shape[0], likely.shape[2])
    let scalars = likely.scalars
    return (0..<steps).map { Array(scalars[$0 * words..<($0 + 1) * words]) }
  }
}
