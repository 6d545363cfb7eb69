import ArgumentParser
import Foundation
import Recurrent

/// `recurrent transcribe`: what is said in recordings, or while it is spoken.
struct Transcribe: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes down what is said.",
    discussion: """
      FILE is a recording: WAV, FLAC, Ogg or MP3, of any rate and length. With - it is standard input: WAV \
      data, or samples without a header where --raw says how they are written. A model that reads in one \
      direction writes words while they are spoken; any other reads stretches of half a minute.

      For example:
        recurrent transcribe output/spoken-digits 7_jackson_32.wav
        recurrent transcribe output/strings monday.flac tuesday.flac --times
        recurrent transcribe output/strings talk.mp3 --format srt > talk.srt
        arecord -f S16_LE -r 16000 -t wav | recurrent transcribe output/strings - --verbose
      """)

  /// How transcripts are written.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json, srt, vtt
  }

  @Argument(help: "A model.safetensors, or the directory of the run that made it.")
  var model: String

  @Argument(help: ArgumentHelp("The recordings; - for standard input.", valueName: "file"))
  var files: [String]

  @Flag(name: .long, help: "Print a line for each word: when it begins and ends in seconds, and the word.")
  var times = false

  @Option(name: .long, help: "How transcripts are written: text, json (one object a recording), or subtitles as srt or vtt.")
  var format = Format.text

  @Option(name: .long, help: "Texts side by side; 1 takes the likeliest symbol of each step.")
  var beam = 16

  @Option(name: .long, help: ArgumentHelp("Only the words in this file, which white space parts, may be said.", valueName: "file"))
  var words: String?

  @Option(name: .long, help: "Standard input has no header, and samples are written so: \(SampleEncoding.allCases.map(\.rawValue).joined(separator: ", ")).")
  var raw: String?

  @Option(name: .long, help: "Of --raw: samples a second. (default: as many as the model hears)")
  var rate: Int?

  @Option(name: .long, help: "Of --raw: channels, whose mean is heard.")
  var channels = 1

  @Flag(name: .long, help: "Tell on standard error how long after its end each word came, and how fast it went.")
  var verbose = false

  @Option(name: .long, help: ThreadCount.help)
  var threads: Int?

  private var encoding: SampleEncoding? { raw.flatMap { SampleEncoding(rawValue: $0) } }

  func validate() throws {
    if beam < 1 || beam > 1000 { throw ValidationError("--beam is \(beam); it must be from 1 to 1000") }
    if words != nil, beam == 1 { throw ValidationError("--words needs a beam of 2 or more; --beam is 1") }
    if let raw {
      if encoding == nil { throw ValidationError("--raw is \(raw); it is one of \(SampleEncoding.allCases.map(\.rawValue).joined(separator: ", "))") }
      if files != ["-"] { throw ValidationError("--raw is for standard input: give - as the only file") }
    }
    if raw == nil, rate != nil || channels != 1 { throw ValidationError("--rate and --channels are for --raw; files say so themselves") }
    if let rate, !Waveform.sampleRates.contains(rate) {
      throw ValidationError("--rate is \(rate); it must be from \(Waveform.sampleRates.lowerBound) to \(Waveform.sampleRates.upperBound)")
    }
    if !(1...1024).contains(channels) { throw ValidationError("--channels is \(channels); it must be from 1 to 1024") }
    if files.isEmpty { throw ValidationError("Missing expected argument '<file>': a recording, or - for standard input") }
    if files.contains("-"), files.count > 1 { throw ValidationError("- for standard input stands alone") }
    if times, format != .text { throw ValidationError("--times is for text; \(format.rawValue) has times anyway") }
    if [.srt, .vtt].contains(format), files.count > 1 { throw ValidationError("subtitles are of one recording; \(files.count) are given") }
    try ThreadCount.validate(threads)
  }

  func run() throws {
    ThreadCount.use(threads)
    let trained = try ModelLocation(model).load(SpeechRecognition.self, for: "transcribe")
    let list = try words.map { path -> WordList in
      let bytes = try ByteSource(contentsOf: URL(fileURLWithPath: path)).readAll()
      guard let text = String(validating: bytes, as: UTF8.self) else { throw CommandError("\(path): is not UTF-8; convert it (iconv -f LATIN1 -t UTF-8)") }
      do {
        return try trained.wordList(of: text)
      } catch {
        throw CommandError("\(path): \(error)")
      }
    }
    let search = SpeechSearch(beam: beam, words: list)
    for file in files { try transcribe(file, trained, search) }
  }

  private func source(_ file: String, _ rate: Int) throws -> SampleSource {
    if file != "-" { return try SampleSource(contentsOf: URL(fileURLWithPath: file), sampleRate: rate) }
    if let encoding {
      return try SampleSource(rawSamplesFrom: STDIN_FILENO, encoding: encoding, rawSampleRate: self.rate ?? rate, channelCount: channels, sampleRate: rate)
    }
    return try SampleSource(wavStreamFrom: STDIN_FILENO, sampleRate: rate)
  }

  private func transcribe(_ file: String, _ trained: TrainedSpeechRecognizer, _ search: SpeechSearch) throws {
    var transcriber = Transcriber(trained, search: search)
    if file == "-", !transcriber.isLive {
      StandardError.line(
        "recurrent: this model reads in both directions, or needs whole recordings: words come in stretches of \(Int(Transcriber.windowSeconds)) s")
    }
    let clock = ContinuousClock()
    let start = clock.now
    var source = try source(file, trained.reader.features.sampleRate)
    var all: [SpokenWord] = []
    var cues = Subtitles(format == .vtt ? .webVTT : .subRip)
    if format == .vtt { try StandardOutput.write("WEBVTT\n\n") }
    var heard = 0.0
    func give(_ words: [SpokenWord]) throws {
      for word in words {
        if verbose { StandardError.line("recurrent: \(String(format: "%.2f", max(0, heard - word.end))) s after its end: \(word.text.asField)") }
        switch format {
        case .json: all.append(word)
        case .srt, .vtt: try StandardOutput.write(cues.add(word))
        case .text where times: try StandardOutput.line(prefix(file) + String(format: "%.2f\t%.2f\t", word.start, word.end) + word.text.asField)
        case .text:
          try StandardOutput.write((all.isEmpty ? prefix(file) : " ") + word.text.asField)
          // Whether there was one is all that has to be known.
          if all.isEmpty { all.append(word) }
        }
      }
    }
    while let samples = try source.next() {
      let words = transcriber.append(samples)
      heard = transcriber.heardSeconds
      try give(words)
    }
    heard = transcriber.heardSeconds
    try give(transcriber.finish())
    switch format {
    case .json: try StandardOutput.line(object(file, all, seconds: heard).description)
    case .srt, .vtt: try StandardOutput.write(cues.finish())
    case .text where times: break
    case .text: try StandardOutput.line(all.isEmpty ? prefix(file) : "")
    }
    if verbose {
      let seconds = (clock.now - start) / .seconds(1)
      StandardError.line("recurrent: \(file): \(String(format: "%.2f s of sound in %.2f s", heard, seconds))")
    }
  }

  private func prefix(_ file: String) -> String { files.count > 1 ? file.asField + "\t" : "" }

  private func object(_ file: String, _ words: [SpokenWord], seconds: Double) -> JSON {
    func rounded(_ seconds: Double) -> JSON { .number((seconds * 1000).rounded() / 1000) }
    return .object([
      ("file", .text(file)), ("text", .text(words.map(\.text).joined(separator: " "))), ("seconds", rounded(seconds)),
      ("words", .list(words.map { .object([("text", .text($0.text)), ("start", rounded($0.start)), ("end", rounded($0.end))]) })),
    ])
  }
}
