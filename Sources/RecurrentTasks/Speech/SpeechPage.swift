import Foundation
import RecurrentDrawing
import RecurrentSound
import RecurrentTensors

/// What a model makes of a recording, on one axis of time: the sound in bands, how likely each symbol is, and the words; with the sound to be heard.
struct SpeechPage {
  /// What is heard.
  let waveform: Waveform
  /// The seconds of the whole recording; nil: all of it is heard.
  let duration: Double?
  /// The logarithms of the symbols' probabilities at each step.
  let rows: [ArraySlice<Float>]
  /// What is recognized.
  let words: [SpokenWord]
  let reader: SpeechReader

  /// Symbols that are never likelier are not drawn, and no more than so many beside the blank.
  private static let (leastProbability, mostSymbols) = (0.05, 60)
  /// Pixels of a second, and of the whole picture.
  private static let (secondWidth, widths) = (100.0, 860.0...12_000.0)

  /// The end of the axis, which is that of the last step.
  private var end: Double { Double(rows.count) * reader.secondsOfStep }

  /// What a page shows of it.
  var blocks: [Page.Block] {
    let (symbols, seconds) = (symbols, "\(String(decimal: waveform.duration)) s")
    let heard = duration.map { "The first \(seconds) of \(String(decimal: $0)) s of the recording" } ?? "All of the recording, \(seconds),"
    var lines = [
      "\(heard) on one axis of time: the sound in mel bands; how likely the model holds each symbol at each step, the blank between them too; and the words,"
        + " each from its first symbol to its last. When it is played, a line shows where it is; a click into the picture moves it there.",
      words.isEmpty ? "No word is recognized." : "Recognized: \(words.map(\.text).joined(separator: " "))",
    ]
    if duration != nil { lines.append("`--steps` says how much is read: \(Int(SpeechRecognition.watchedSeconds / 60)) minutes at most.") }
    let figure = Figure(
      width: min(max(Self.widths.lowerBound, 160 + Self.secondWidth * end), Self.widths.upperBound),
      parts: [bands, symbols.map, SpanChart("Words", axis: Axis("seconds", range: 0...end), spans: words.map { .init($0.text, from: $0.start, to: $0.end) })])
    let sound = Page.Block.sound(
      Page.Sound(wav: waveform.wav(), range: 0...end, figure: figure),
      caption: "Symbols that are never likelier than \(Int(100 * Self.leastProbability)) % are left out\(symbols.note).")
    return [.heading("What it hears")] + lines.map(Page.Block.paragraph) + [sound]
  }

  /// The sound in mel bands, the highest on top: as the model hears them, or where it hears coefficients of them, as they are.
  private var bands: HeatMap {
    let features = reader.features
    let isHeard = features.kind == .logMel
    let shown =
      isHeard
      ? features
      : SoundFeatures(
        sampleRate: features.sampleRate, window: features.window, hop: features.hop, fftSize: features.fftSize, bandCount: features.bandCount,
        lowestFrequency: features.lowestFrequency, highestFrequency: features.highestFrequency, preEmphasis: features.preEmphasis)
    let frames = shown.tensor(of: waveform)
    let (count, width, scalars) = (frames.shape[0], frames.shape[1], frames.scalars)
    let bands = (0..<shown.bandCount).map { band in (0..<count).map { Double(scalars[$0 * width + band]) } }
    // A few frames of perfect silence, or a click, must not take all the colours.
    let sorted = bands.joined().sorted()
    let range = sorted[sorted.count / 100]...sorted[sorted.count - 1 - sorted.count / 200]
    // The last step may have fewer frames than the others.
    let missing = [Double](repeating: range.lowerBound, count: max(0, rows.count * reader.stacking.stride - count))
    return HeatMap(
      isHeard ? "Sound" : "Sound; the model hears \(features.count) coefficients of it", values: bands.reversed().map { $0 + missing },
      rows: .names(shown.bandFrequencies.reversed().map { "\(Int($0.rounded()))" }), columns: .range(0...end), range: range,
      rowTitle: "middle of each band, Hz", valueTitle: shown.normalization == .none ? "log power" : "log power, normalized",
      rowHeight: 160 / Double(shown.bandCount))
  }

  /// How likely symbols are, in the order in which they are first likely, behind the blank; and what the reader must know of others.
  private var symbols: (map: HeatMap, note: String) {
    let least = Float(log(Self.leastProbability))
    /// Of each symbol that is ever likely: when first, and how likely at most.
    var known: [Int: (step: Int, peak: Float)] = [:]
    for (step, row) in rows.enumerated() {
      for (symbol, value) in row.enumerated() where value > least && symbol != Int(SpeechReader.blank) {
        known[symbol] = (known[symbol]?.step ?? step, max(known[symbol]?.peak ?? value, value))
      }
    }
    let likeliest = known.sorted { ($1.value.peak, $0.key) < ($0.value.peak, $1.key) }.prefix(Self.mostSymbols)
    let chosen = [Int(SpeechReader.blank)] + likeliest.sorted { ($0.value.step, $0.key) < ($1.value.step, $1.key) }.map(\.key)
    let names = chosen.map { $0 == Int(SpeechReader.blank) ? "blank" : reader.label(of: Int32($0)).withVisibleSpace.asField }
    let map = HeatMap(
      "Symbols", values: chosen.map { symbol in rows.map { exp(Double($0[$0.startIndex + symbol])) } }, rows: .names(names), columns: .range(0...end),
      range: 0...1, valueTitle: "probability", rowHeight: 14)
    return (map, known.count > Self.mostSymbols ? ", and of the \(Figures.grouped(known.count)) others all but the \(Self.mostSymbols) likeliest" : "")
  }
}
