import ArgumentParser
import Foundation
import Recurrent
import RecurrentDrawing

/// `recurrent translate`: sentences in another language.
struct Translate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes sentences in another language.",
    discussion: """
      Each TEXT is translated by itself; without any, each line of standard input as it comes. \
      The same command gives the same translations. --alignment draws where the model looked as \
      it wrote each word. Several models of the same data translate together with --with, which \
      is better than each of them.

      For example:
        recurrent translate output/multi30k "ein Mann liest ein Buch." --beam 5
        recurrent translate output/multi30k "zwei Hunde im Schnee" --alignment look.svg
        recurrent translate output/a --with output/b --with output/c < sentences.txt
      """)

  @Argument(help: "A model.safetensors, or the directory of the run that made it.")
  var model: String

  @Argument(help: ArgumentHelp("The sentences. (default: each line of standard input)", valueName: "text"))
  var texts: [String] = []

  @Option(name: .customLong("with"), help: ArgumentHelp("A further model that translates together with the first.", valueName: "model"))
  var others: [String] = []

  @Option(name: .long, help: "Hypotheses side by side; 1 takes the likeliest token each time.")
  var beam = 5

  @Option(name: .long, help: "Print this many translations of each sentence, the best first, with their scores.")
  var nBest: Int?

  @Option(name: .long, help: "How much longer translations are preferred: the power of Wu et al. 2016; 0 not at all.")
  var lengthPenalty = 1.0

  @Option(name: .long, help: "How much it costs to leave a place of the source unseen (Wu et al. 2016); 0 nothing.")
  var coverage = 0.0

  @Option(name: .long, help: "The most tokens of a translation. (default: twice as many as the source has, and ten)")
  var maxLength: Int?

  @Option(name: .long, help: ArgumentHelp("Draw where the model looked, for one sentence.", valueName: "file"))
  var alignment: String?

  @Option(name: .long, help: ThreadCount.help)
  var threads: Int?

  @Flag(name: .long, help: "Print one JSON object a sentence.")
  var json = false

  func validate() throws {
    if beam < 1 || beam > 1000 { throw ValidationError("--beam is \(beam); it must be from 1 to 1000") }
    if let nBest, nBest < 1 || nBest > beam {
      throw ValidationError("--n-best is \(nBest); it must be from 1 to the beam, \(beam)")
    }
    if !(lengthPenalty >= 0 && lengthPenalty <= 10) {
      throw ValidationError("--length-penalty is \(lengthPenalty); it must be from 0 to 10")
    }
    if !(coverage >= 0 && coverage <= 10) { throw ValidationError("--coverage is \(coverage); it must be from 0 to 10") }
    if let maxLength, maxLength < 1 || maxLength > 100_000 {
      throw ValidationError("--max-length is \(maxLength); it must be from 1 to 100000")
    }
    if alignment != nil, texts.count > 1 { throw ValidationError("--alignment draws one sentence; give one TEXT") }
    try ThreadCount.validate(threads)
  }

  func run() throws {
    ThreadCount.use(threads)
    let members = try ([model] + others).map { try ModelLocation($0).load(Translation.self, for: "translate") }
    let ensemble = try TranslatorEnsemble(members)
    if alignment != nil, members[0].settings.model.attention == .none {
      throw CommandError("--alignment: \(model) has no attention: there is nothing to draw")
    }
    let search = SentenceSearch(
      beam: beam, bestCount: nBest ?? 1, lengthPenalty: lengthPenalty, coverage: coverage, maximumLength: maxLength,
      keepsWeights: alignment != nil || json)
    let tokens = members[0].settings.data.tokens
    if let blank = texts.firstIndex(where: { $0.allSatisfy(\.isWhitespace) }) {
      throw CommandError("text \(blank + 1): the text is empty: there is nothing to translate")
    }
    for (index, text) in texts.enumerated() {
      do {
        try show(text, ensemble.translate([text], by: search)[0], tokens)
      } catch let error as TranslationError {
        throw CommandError("text \(index + 1): \(error)")
      }
    }
    guard texts.isEmpty else { return }
    try StandardInput.forEachLine(none: json ? "null" : "", needing: "sentences") { text, number in
      if alignment != nil, number > 1 { throw CommandError("--alignment draws one sentence, and standard input has more lines") }
      try show(text, ensemble.translate([text], by: search)[0], tokens)
      return true
    }
  }

  private func show(_ source: String, _ translations: [TranslatedText], _ tokens: TokenKind) throws {
    if let alignment, let best = translations.first {
      guard let figure = best.alignment else { throw CommandError("--alignment: the translation is empty: there is nothing to draw") }
      try writeAtomically(to: URL(fileURLWithPath: alignment)) { writer in try writer.write(figure.svg) }
    }
    if json {
      let list = translations.map { JSON.object(members($0)) }
      return try StandardOutput.line(JSON.object([("source", .text(source)), ("translations", .list(list))]).description)
    }
    if let best = translations.first, let words = tokens.unknownWords(best.unknownCount, of: best.sourceSymbols.count) {
      StandardError.line("recurrent: \"\(source.withVisibleControls)\": \(words) to the model")
    }
    for translation in translations {
      let head = nBest == nil ? "" : String(format: "%.3f\t", translation.score)
      try StandardOutput.line(head + translation.text.asField)
      if !translation.isComplete {
        StandardError.line("recurrent: the translation was cut at its greatest length; --max-length allows more")
      }
    }
  }

  private func members(_ translation: TranslatedText) -> [(String, JSON)] {
    [
      ("text", .text(translation.text)), ("score", .number(translation.score)),
      ("logProbability", .number(translation.logProbability)), ("complete", .boolean(translation.isComplete)),
      ("unknown", .integer(translation.unknownCount)), ("sourceTokens", .list(translation.sourceSymbols.map { .text($0) })),
      ("tokens", .list(translation.symbols.map { .text($0) })),
      ("weights", .list(translation.weights.map { row in .list(row.map { .number(Double($0)) }) })),
    ]
  }
}
