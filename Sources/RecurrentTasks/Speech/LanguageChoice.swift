import Foundation
import RecurrentData
import RecurrentLayers
import RecurrentTraining

/// A language model with the weight and the bonus that recognize a validation part best.
struct LanguageChoice {
  /// The language model.
  let language: SpokenLanguage
  /// The search with it.
  var search: SpeechSearch { SpeechSearch(language: language) }

  private static let weights = [0, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.4]
  private static let bonuses = [-1, -0.5, 0, 0.5, 1, 1.5, 2, 3]
  /// With more recordings than these, the choice is made on as many of them, evenly spread.
  private static let mostRecordings = 200

  /// Chooses by the word error rate, of equals by that of characters: first the weight without a bonus, then the bonus, then the weight once more.
  ///
  /// - Throws: ``SpeechError`` or what is wrong with the language model's file or the validation part.
  init(_ path: String, _ trained: TrainedSpeechRecognizer, _ parts: Parts<RecordingSet>, _ preparation: Preparation) throws {
    let (data, reader) = (trained.settings.data, trained.reader)
    let known: SpokenLanguage
    do {
      known = try SpokenLanguage(TrainedLanguageModel(contentsOf: URL(fileURLWithPath: path)))
    } catch let error as SpeechError {
      throw SpeechError("\(path): \(error)")
    }
    guard let set = parts.sets[.validation] else {
      throw SpeechError("the weight of the language model is chosen on a validation part, and the data have none; give --data with one")
    }
    let examples = try SpokenExamples(Recordings.measured(set, data, preparation), reader, preparation)
    let said = trained.model.said(in: examples) { $0 }.map(\.answer)
    let places = (0..<min(said.count, Self.mostRecordings)).map { $0 * said.count / min(said.count, Self.mostRecordings) }
    var tried = 0
    let count = 2 * Self.weights.count + Self.bonuses.count
    func rate(_ weight: Double, _ bonus: Double) -> Double {
      preparation.progress("choosing the language model's weight", tried, count)
      tried += 1
      var language = known
      (language.weight, language.bonus) = (weight, bonus)
      let search = SpeechSearch(language: language)
      let texts = Transcripts(places.map { search.text(of: said[$0], reader) }, of: places.map { examples.texts[$0] })
      return texts.words.rate + 1e-3 * texts.characters.rate
    }
    func best(_ candidates: [Double], _ rate: (Double) -> Double) -> Double {
      let rates = candidates.map(rate)
      return candidates.indices.min { rates[$0] < rates[$1] }.map { candidates[$0] } ?? 0
    }
    var chosen = known
    chosen.weight = best(Self.weights) { rate($0, 0) }
    chosen.bonus = best(Self.bonuses) { rate(chosen.weight, $0) }
    chosen.weight = best(Self.weights) { rate($0, chosen.bonus) }
    preparation.progress("choosing the language model's weight", count, count)
    language = chosen
  }
}
