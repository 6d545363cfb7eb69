import Foundation
import RecurrentData
import RecurrentDrawing
import RecurrentLayers
import RecurrentSound
import RecurrentTensors
import RecurrentTestSupport
import RecurrentTraining
import Testing

@testable import RecurrentTasks

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// A look at what a speech recognizer hears.
@Suite struct SpeechWatchingTests {
  /// A recognizer that has learned nothing but is sure of what it says, and says much.
  private static func talker(_ data: SpeechData, _ configuration: SpeechConfiguration, seed: UInt64 = 4) throws -> TrainedSpeechRecognizer {
    var generator = RandomGenerator(seed: seed)
    let artifacts = SpeechRecognition.Artifacts(vocabulary: try Vocabulary(symbols: [" ", "a", "b", "<"]), features: data.sound.features)
    let model = SpeechRecognizer(configuration, featureCount: artifacts.features.count, tokenCount: 4, using: &generator)
    // No symbol has an advantage.
    let talking = model.mapParameters { $0.rank == 1 ? $0 * 0 : $0 * 4 }
    return try TrainedSpeechRecognizer(settings: ModelSettings(data: data, model: configuration), artifacts: artifacts, model: talking)
  }

  /// A file of noise, louder and softer.
  private static func noise(seconds: Double, in directory: URL) throws -> String {
    var generator = RandomGenerator(seed: 8)
    let samples = (0..<Int(8000 * seconds)).map { Float(0.1 * generator.normal() * sin(Double($0) / 500)) }
    let file = directory.appending(path: "noise.wav")
    try Waveform(sampleRate: 8000, samples: samples).write(wav: file)
    return file.path
  }

  /// What stands between two strings, the first time.
  private static func between(_ start: String, _ end: String, in text: String) throws -> String {
    let from = try #require(text.range(of: start)).upperBound
    return String(text[from..<(try #require(text.range(of: end, range: from..<text.endIndex)).lowerBound)])
  }

  /// A network that looks ahead reads some steps after the end; what is drawn is what it says, in time.
  @Test func aNetworkThatLooksAhead() throws {
    try withDirectory { directory in
      let data = SpeechData { ($0.sound.sampleRate, $0.sound.bands, $0.sound.normalization) = (8000, 12, .running) }
      let trained = try Self.talker(data, SpeechConfiguration { ($0.hidden, $0.layers, $0.bidirectional, $0.lookahead) = (8, 1, false, 3) })
      let path = try Self.noise(seconds: 1, in: directory)
      let run = try trained.watch(.file(path), limit: 1000)
      // 101 frames, two a step, and three steps more.
      #expect(run.steps.count == 54 && run.inputStepCount == 54 && run.cells.allSatisfy { $0.hidden.shape == [54, 1, 8] })
      #expect(Page("A page", run.blocks).html.contains("All of the recording, 1.0 s"))
    }
  }

  @Test(arguments: [true, false]) func thePageHasSoundSymbolsAndWordsOnOneAxis(isPlain: Bool) throws {
    try withDirectory { directory in
      let data = SpeechData {
        ($0.sound.sampleRate, $0.sound.bands, $0.sound.normalization) = (8000, 12, isPlain ? .recording : .running)
        if !isPlain { ($0.sound.coefficients, $0.sound.deltas) = (6, 1) }
      }
      let configuration = SpeechConfiguration { ($0.hidden, $0.layers, $0.bidirectional, $0.front) = (8, 1, isPlain, isPlain ? nil : 10) }
      let path = try Self.noise(seconds: 2, in: directory)
      // One that says several words, and a sign that a page has to write in its own way.
      let heard = try Waveform(contentsOf: URL(filePath: path))
      let talkers = try (1...60).lazy.map { try Self.talker(data, configuration, seed: $0) }
      let trained = try #require(
        talkers.first { talker in
          let words = talker.transcribe(heard)
          return words.count > 1 && words.contains { $0.text.contains("<") }
        })
      let run = try trained.watch(isPlain ? .file(path) : .text(path), limit: 1000)
      // 201 frames.
      #expect(run.steps.count == 101 && run.inputStepCount == 101 && run.steps.prefix(2) == ["0.00 s", "0.02 s"])
      #expect(run.cells.count == (isPlain ? 2 : 1) && run.cells.allSatisfy { $0.hidden.shape == [101, 1, 8] })

      let html = Page("A <page>", run.blocks).html
      #expect(XMLParser(data: Data(html.replacing("<!DOCTYPE html>\n", with: "").utf8)).parse())
      // Nothing is fetched: two addresses are the names of the languages that it is written in.
      #expect(html.components(separatedBy: "http").count == 3 && html.components(separatedBy: "src=").count == 2)
      #expect(html.contains("prefers-color-scheme:dark") && html.components(separatedBy: "<script>").count == 2)

      // The sound is that of the file.
      let encoded = try Self.between("<audio controls=\"controls\" preload=\"auto\" src=\"data:audio/wav;base64,", "\"", in: html)
      let sound = try Waveform(decoding: Array(try #require(Data(base64Encoded: encoded))), path: "sound")
      #expect(try sound == Waveform(contentsOf: URL(filePath: path)))

      // The words are those of the transcript.
      let words = trained.transcribe(sound)
      #expect(html.contains("Recognized: \(words.map(\.text).joined(separator: " "))".replacing("<", with: "&lt;")))
      for word in words { #expect(html.contains(">\(word.text.replacing("<", with: "&lt;"))</text>")) }
      for name in ["blank", "a", "b", "&lt;", "probability", "seconds"] { #expect(html.contains(">\(name)</text>"), "\(name)") }
      #expect(html.contains("model hears 12 coefficients") == !isPlain && html.contains("All of the recording, 2.0 s"))

      // All parts begin and end where the axis of the player does.
      let axis = try Self.between("data-axis=\"", "\"", in: html).split(separator: " ").compactMap { Double($0) }
      try #require(axis.count == 4)
      #expect(axis[2] == 0 && abs(axis[3] - 2.02) < 1e-6)
      for (index, columnCount) in [202.0, 101].enumerated() {
        let map = html.components(separatedBy: "<g class=\"cells\" ")[index + 1]
        let left = try #require(Double(Self.between("translate(", " ", in: map)))
        let scale = try #require(Double(Self.between("scale(", " ", in: map)))
        #expect(abs(left - axis[0]) < 0.01 && abs(scale * columnCount - axis[1]) < 0.01)
      }
    }
  }

  @Test func theLimitIsOfWhatIsHeard() throws {
    try withDirectory { directory in
      let data = SpeechData { ($0.sound.sampleRate, $0.sound.bands, $0.sound.normalization) = (8000, 12, .none) }
      let path = try Self.noise(seconds: 2, in: directory)
      for (stride, limit) in [(2, 7), (1, 1), (3, 20)] {
        let trained = try Self.talker(data, SpeechConfiguration { ($0.hidden, $0.layers, $0.stride) = (8, 1, stride) })
        let run = try trained.watch(.file(path), limit: limit)
        #expect(run.steps.count == limit && run.inputStepCount == (201 + stride - 1) / stride)
        let html = Page("page", run.blocks).html
        #expect(html.contains("of 2.0 s of the recording") && html.contains("<code>--steps</code>"))
        let encoded = try Self.between("base64,", "\"", in: html)
        let sound = try Waveform(decoding: Array(try #require(Data(base64Encoded: encoded))), path: "sound")
        #expect(abs(sound.duration - 0.01 * Double(limit * stride)) < 0.011)
      }
    }
  }

  @Test func noMoreThanThreeMinutesAreHeard() throws {
    try withDirectory { directory in
      let data = SpeechData {
        ($0.sound.sampleRate, $0.sound.bands, $0.sound.normalization) = (8000, 12, .none)
        ($0.sound.window, $0.sound.hop) = (100, 100)
      }
      let trained = try Self.talker(data, SpeechConfiguration { ($0.hidden, $0.layers, $0.stride, $0.stack) = (4, 1, 5, 5) })
      let run = try trained.watch(.file(Self.noise(seconds: 200, in: directory)), limit: .max)
      #expect(run.steps.count == 360 && run.inputStepCount == 401)
      let html = Page("page", run.blocks).html
      #expect(html.contains("of 200.0 s of the recording") && html.contains("3 minutes at most"))
    }
  }

  @Test func mistakesAreNamed() throws {
    try withDirectory(["notes.txt": "this is no sound, but words about it"]) { directory in
      try Waveform(sampleRate: 16_000, samples: []).write(wav: directory.appending(path: "nothing.wav"))
      let trained = try Self.talker(SpeechData { $0.sound.normalization = .none }, SpeechConfiguration { ($0.hidden, $0.layers) = (4, 1) })
      for (name, problem) in [("none.wav", "no such file"), ("notes.txt", "is no sound"), ("nothing.wav", "no sound in it")] {
        let error = #expect(throws: DataError.self) { try trained.watch(.text(directory.appending(path: name).path), limit: 10) }
        #expect(error.map { "\($0)".contains(name) && "\($0)".contains(problem) } == true, "\(String(describing: error))")
      }
    }
  }
}
