import RecurrentData
import RecurrentLayers
import RecurrentTraining

/// A speech recognizer as it stands in a file: with its symbols, ready to hear.
///
/// ```swift
/// let trained = try TrainedSpeechRecognizer(contentsOf: url)
/// let words = trained.transcribe(try Waveform(contentsOf: recording))
/// print(words.map(\.text).joined(separator: " "))
/// ```
public typealias TrainedSpeechRecognizer = Trained<SpeechRecognition>

extension SpeechRecognition {
  public static func inspection(of trained: TrainedSpeechRecognizer) -> ModelInspection {
    let (data, model) = (trained.settings.data, trained.settings.model)
    let symbols = trained.artifacts.vocabulary.symbols
    let step = Double(model.stride) * data.sound.hop
    return ModelInspection(
      network: "\(model.cell.rawValue), \(Figures.counted(model.layers, "layer")) of \(Figures.grouped(model.hidden)) units"
        + (model.bidirectional ? " in both directions" : "") + (model.front.map { ", behind \(Figures.grouped($0)) units over the frames" } ?? ""),
      lines: [
        ("sound", data.sound.summary),
        ("steps", "\(Figures.counted(model.stack, "frame")) a step, one each \(Figures.significant(step)) ms"),
        ("tokens", "\(data.tokens.rawValue)\(data.normalize ? ", lower-cased, without punctuation" : data.lowercase ? ", lower-cased" : "")"),
        ("vocabulary", "a blank and \(Figures.grouped(symbols.count)): \(ModelInspection.sample(symbols))"),
      ],
      members: [("vocabulary", .list(symbols.map { .text($0) }))])
  }
}

extension Trained<SpeechRecognition> {
  /// The words of a text as the model says words, for a search that allows no others: white space parts them, and they are normalized as its texts were.
  ///
  /// - Throws: ``SpeechError`` where there is none, or the model has no symbol for a letter of one.
  public func wordList(of text: String) throws(SpeechError) -> WordList {
    let words = settings.data.text(settings.data.lowercase ? text.lowercased() : text).split(whereSeparator: \.isWhitespace).map(String.init)
    if words.isEmpty { throw SpeechError("there is not one word in the list of words") }
    for word in words {
      let unknown = try? reader.symbols(of: word).unknownCount
      if unknown != 0 { throw SpeechError("the model has no symbols to say \"\(word)\" with: it was trained on texts without them; take the word out") }
    }
    return WordList(words)
  }
}

/// Words that a model cannot say.
public struct SpeechError: Error, Equatable, CustomStringConvertible {
  /// What is wrong, and what to do.
  public let description: String

  init(_ description: String) { self.description = description }
}
