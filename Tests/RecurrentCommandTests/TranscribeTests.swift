import Foundation
import RecurrentSound
import RecurrentTensors
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// A speech recognizer from the command line: trained, measured, and asked what is said in files and on standard input.
@Suite struct TranscribeTests {
  private static let recipe = """
    task: speech-recognition
    data:
      sampleRate: 8000
      bands: 20
      normalization: running
    model:
      hidden: 24
      layers: 1
      bidirectional: false
    training:
      batch: 8
      epochs: 40
      rate: 0.01
      clip: 1
    """

  /// A word of tones, one for each letter of a, b and c.
  private static func tones(_ text: String, using generator: inout RandomGenerator) -> Waveform {
    var samples = [Float](repeating: 0, count: 400)
    for letter in text {
      let frequency = letter == "a" ? 400.0 : letter == "b" ? 900 : 1900
      samples += (0..<800).map { Float(0.3 * sin(2 * Double.pi * frequency * Double($0) / 8000)) } + [Float](repeating: 0, count: 200)
    }
    return Waveform(sampleRate: 8000, samples: samples.map { $0 + Float(0.003 * generator.normal()) })
  }

  /// 48 recordings and a manifest.
  private static func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.file("tiny.yaml", recipe)
    try FileManager.default.createDirectory(at: scratch.url.appending(path: "data"), withIntermediateDirectories: true)
    var generator = RandomGenerator(seed: 1)
    var manifest = "file,text,split\n"
    let letters = Array("abc")
    for index in 0..<48 {
      let text = String((0..<1 + index % 3).map { letters[(index / 3 + $0 * (1 + index % 2)) % 3] })
      try tones(text, using: &generator).write(wav: scratch.url.appending(path: "data/\(index).wav"))
      manifest += "\(index).wav,\(text),\(index < 36 ? "train" : index < 42 ? "valid" : "test")\n"
    }
    try scratch.file("data/manifest.csv", manifest)
    return scratch
  }

  @Test func fromTrainingToTranscripts() throws {
    let scratch = try Self.scratch()
    let trained = try Recurrent.run(["train", "tiny.yaml", "--data", "data", "--output", "run"], in: scratch)
    #expect(trained.status == 0, "\(trained.error)")
    #expect(trained.output.contains("36 recordings with") && trained.output.contains("6 for validation"), "\(trained.output)")

    let report = try Recurrent.run(["evaluate", "run", "--data", "data", "--output", "report", "--json"], in: scratch)
    let object = try #require(report.objects().first)
    let words = try #require((object["beam"] as? [String: Any])?["words"] as? [String: Any])
    #expect(words["count"] as? Int == 6 && (words["rate"] as? Double).map { $0 < 0.4 } == true, "\(report.output)")
    let table = try String(contentsOf: scratch.url.appending(path: "report/transcripts.tsv"), encoding: .utf8)
    #expect(table.split(separator: "\n").count == 7)

    var generator = RandomGenerator(seed: 5)
    let recording = Self.tones("acb", using: &generator)
    try recording.write(wav: scratch.url.appending(path: "x.wav"))
    let alone = try Recurrent.run(["transcribe", "run", "x.wav"], in: scratch)
    #expect(alone.status == 0 && alone.output == "acb\n", "\(alone.output)\(alone.error)")
    let several = try Recurrent.run(["transcribe", "run", "x.wav", "x.wav", "--beam", "1"], in: scratch)
    #expect(several.output == "x.wav\tacb\nx.wav\tacb\n", "\(several.output)")
    let times = try Recurrent.run(["transcribe", "run", "x.wav", "--times"], in: scratch).output.split(separator: "\t")
    #expect(times.count == 3 && times[2] == "acb\n")
    #expect((Double(times[0]) ?? 9) < 0.2 && (Double(times[1]) ?? 0) > 0.25, "\(times)")
    let json = try #require(try Recurrent.run(["transcribe", "run", "x.wav", "--format", "json"], in: scratch).objects().first)
    #expect(json["text"] as? String == "acb" && (json["words"] as? [[String: Any]])?.count == 1)
    #expect(try Recurrent.run(["transcribe", "run", "x.wav", "--format", "srt"], in: scratch).output.hasPrefix("1\n00:00:00,"))
    #expect(try Recurrent.run(["transcribe", "run", "x.wav", "--format", "vtt"], in: scratch).output.hasPrefix("WEBVTT\n\n00:00:00."))
    try scratch.file("words.txt", "ab cab\nacb")
    #expect(try Recurrent.run(["transcribe", "run", "x.wav", "--words", "words.txt"], in: scratch).output == "acb\n")

    // A model of language: of any other task it is refused.
    let wrong = try Recurrent.run(["transcribe", "run", "x.wav", "--language-model", "run"], in: scratch)
    #expect(wrong.status != 0 && wrong.error.contains("needs a language-model model"), "\(wrong.error)")
    try scratch.file("language.txt", String(repeating: "acb\ncab\nab\n", count: 60))
    try scratch.file("language.yaml", "task: language-model\nmodel: {hidden: 16, layers: 1}\ntraining: {batch: 4, epochs: 2, steps: 16, rate: 0.01}\n")
    #expect(try Recurrent.run(["train", "language.yaml", "--data", "language.txt", "--output", "language"], in: scratch).status == 0)
    let helped = try Recurrent.run(["transcribe", "run", "x.wav", "--language-model", "language", "--language-weight", "0.2"], in: scratch)
    #expect(helped.output == "acb\n", "\(helped.output)\(helped.error)")
    let chosen = try Recurrent.run(["evaluate", "run", "--data", "data", "--language-model", "language"], in: scratch)
    #expect(chosen.output.contains("the language model's weight is") && chosen.output.contains("live time factor"), "\(chosen.output)\(chosen.error)")

    let pipe = try Running(["transcribe", "run", "-", "--verbose"], in: scratch, shell: "cat x.wav | \"$0\" \"$@\"").wait()
    #expect(pipe.output == "acb\n" && pipe.error.contains("s after its end: acb"), "\(pipe.output)\(pipe.error)")
    let raw = try Running(
      ["transcribe", "run", "-", "--raw", "int16", "--rate", "8000"], in: scratch, shell: "tail -c +45 x.wav | \"$0\" \"$@\"").wait()
    #expect(raw.output == "acb\n", "\(raw.output)\(raw.error)")

    let watched = try Recurrent.run(["watch", "run", "x.wav", "--gate", "update", "--output", "hear.html"], in: scratch)
    #expect(watched.status == 0 && watched.output.contains("Drawn in hear.html.") && watched.output.contains("steps:"), "\(watched.error)")
    let page = try scratch.text("hear.html")
    #expect(XMLParser(data: Data(page.replacing("<!DOCTYPE html>\n", with: "").utf8)).parse())
    #expect(page.contains("Recognized: acb<") && page.contains(">acb</text>") && page.contains(">blank</text>"))
    #expect(page.contains("src=\"data:audio/wav;base64,\(Data(recording.wav()).base64EncodedString())\""), "the sound itself, at the rate of the model")
    #expect(page.contains("update gate") && page.components(separatedBy: "data-axis=").count == 2)
    let again = try Recurrent.run(["watch", "run", "--file", "x.wav", "--gate", "update", "--output", "again.html", "--threads", "1"], in: scratch)
    #expect(try again.status == 0 && scratch.text("again.html") == page)
    let some = try Recurrent.run(["watch", "run", "x.wav", "--steps", "4", "--gate", "update", "--json"], in: scratch)
    #expect(some.objects().first?["steps"] as? [String] == ["0.00 s", "0.02 s", "0.04 s", "0.06 s"])
    for (file, problem) in [("none.wav", "no such file"), ("words.txt", "is no sound")] {
      let outcome = try Recurrent.run(["watch", "run", file, "--output", "bad.html"], in: scratch)
      #expect(outcome.status == 1 && outcome.output.isEmpty && outcome.error.hasPrefix("recurrent: "), "\(outcome.error)")
      #expect(outcome.error.contains(file) && outcome.error.contains(problem), "\(outcome.error)")
      #expect(!FileManager.default.fileExists(atPath: scratch.url.appending(path: "bad.html").path))
    }
  }

  @Test(arguments: [
    (["--beam", "0"], "--beam is 0"), (["--words", "w", "--beam", "1"], "--words needs a beam"), (["--raw", "int8"], "--raw is int8"),
    (["--raw", "int16"], "--raw is for standard input"), (["--rate", "8000"], "are for --raw"), (["--times", "--format", "json"], "--times is for text"),
    (["--language-model", "l", "--beam", "1"], "--language-model needs a beam"), (["--length-bonus", "1"], "are for --language-model"),
    (["--language-model", "l", "--language-weight", "-1"], "--language-weight is -1"),
    (["y.wav", "--format", "srt"], "subtitles are of one recording"),
  ])
  func optionsThatMakeNoSense(options: [String], problem: String) throws {
    let outcome = try Recurrent.run(["transcribe", "run", "x.wav"] + options, in: Scratch())
    #expect(outcome.status == 64 && outcome.error.contains(problem), "\(outcome.error)")
  }
}
