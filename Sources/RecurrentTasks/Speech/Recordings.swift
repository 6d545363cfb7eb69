import Foundation
import RecurrentData
import RecurrentSound
import RecurrentTensors
import RecurrentTraining

extension Parts<RecordingSet> {
  /// Reads the names and texts of recordings, in parts: those of a directory (``RecordingSet/parts(in:others:)``), those of the column `split` of a manifest,
  /// or of one that is divided by what its recordings are, or by speaker; or the recordings inside the package.
  ///
  /// - Throws: `DataError`: what is wrong with which file.
  init(_ source: DataSource, _ data: SpeechData) throws {
    func sets(_ parts: [DataPart: RecordingSet]) throws -> [DataPart: RecordingSet] {
      let parts = parts.mapValues { $0.identified() }
      if data.folds != nil {
        let whole = RecordingSet(joining: DataPart.allCases.compactMap { parts[$0] })
        return try whole.folds(data).mapValues { whole.selecting($0) }
      }
      // A directory with one manifest and no parts is divided like a file.
      guard parts.count == 1, let whole = parts[.train], try whole.indicesBySplit() == nil else { return parts }
      return try whole.dealt(data, .holdingOut(data.validation, test: data.test)).mapValues { whole.selecting($0) }
    }
    @Sendable func advice(_ part: DataPart) -> String {
      switch part {
      case .train: "a directory needs recordings to train on"
      case .validation: "add a manifest for it, or hold recordings out with data.validation"
      case .test: "add a manifest for it, or hold recordings out with data.test"
      }
    }
    if SpokenDigits.isNamed(by: source) {
      self.init(path: SpokenDigits.name, sets: try sets(SpokenDigits.parts()), advice: advice)
      return
    }
    try self.init(
      source, directory: { try sets(RecordingSet.parts(in: $0, others: data.otherColumns)) }, file: { try RecordingSet(contentsOf: $0, data).identified() },
      dividing: { whole in
        if data.folds != nil { return try whole.folds(data) }
        return try whole.indicesBySplit() ?? whole.dealt(data, .holdingOut(data.validation, test: data.test))
      },
      holdingOut: data.validation > 0 ? { try $0.dealt(data, .holdingOut(data.validation)) } : nil, advice: advice)
  }
}

extension RecordingSet {
  /// A manifest as a whole.
  init(contentsOf url: URL, _ data: SpeechData) throws(DataError) { try self.init(contentsOf: url, others: data.otherColumns) }

  /// Which recordings are held out in which part: by what they are, or by speaker.
  fileprivate func dealt(_ data: SpeechData, _ fractions: SplitFractions) throws(DataError) -> [DataPart: [Int]] {
    Splits.byContent(try heldOut(data), fractions: fractions, seed: 0)
  }

  /// The fold that is the test part, and the others, of which a share of the recordings is for validation: of speakers who are trained on.
  fileprivate func folds(_ data: SpeechData) throws(DataError) -> [DataPart: [Int]] {
    let keys = try heldOut(data)
    let (folds, different) = (data.folds ?? 1, Set(keys).count)
    if folds > different {
      let what = data.heldOut == .speaker ? "speaker" : "recording"
      throw DataError(path, "\(Figures.counted(different, what)) cannot be dealt into \(folds) folds (data.folds)")
    }
    let fold = Splits.foldsByContent(keys, folds: folds, seed: 0, isEven: true)[data.fold - 1]
    let held = Splits.byContent(fold.training.map { contents[$0] }, fractions: .holdingOut(data.validation), seed: 0)
    var parts = held.mapValues { $0.map { fold.training[$0] } }
    parts[.test] = fold.test
    return parts
  }

  /// What is held out together of each recording.
  private func heldOut(_ data: SpeechData) throws(DataError) -> [ContentHash] {
    guard data.heldOut == .speaker else { return contents }
    var hashes: [ContentHash] = []
    for recording in recordings {
      guard let speaker = recording.speaker else {
        throw DataError(path, line: recording.line, "names no speaker, and data.heldOut is speaker; name all, or leave that out")
      }
      var hasher = ContentHasher()
      hasher.add(speaker)
      hashes.append(hasher.hash)
    }
    return hashes
  }

  /// The sound of a recording, at a rate; nil: as it is.
  ///
  /// - Throws: `DataError`: it is not there or damaged.
  func waveform(of recording: SpokenText, sampleRate: Int? = nil) throws(DataError) -> Waveform {
    guard let sound else { return try Waveform(contentsOf: url(of: recording), sampleRate: sampleRate, from: recording.start ?? 0, to: recording.end) }
    return try Waveform(decoding: sound, path: path, sampleRate: sampleRate, from: recording.start ?? 0, to: recording.end)
  }

  /// The recordings, known by what their files hold; one that cannot be read by its name: whether it stops the run is said later.
  ///
  /// What is part of a sound in memory is known as the WAV file of 16 bits that has the same samples.
  func identified() -> RecordingSet {
    var set = self
    if sound != nil {
      set.identify { recording in
        guard let waveform = try? waveform(of: recording) else { return recording.content }
        var hasher = ContentHasher()
        hasher.add(waveform.wav())
        return hasher.hash
      }
      return set
    }
    var known: [URL: ContentHash] = [:]
    set.identify { recording in
      let file = url(of: recording)
      if known[file] == nil, let bytes = try? ByteSource(contentsOf: file).readAll() {
        var hasher = ContentHasher()
        hasher.add(bytes)
        known[file] = hasher.hash
      }
      return known[file].map { recording.content(ofFile: $0) } ?? recording.content
    }
    return set
  }
}

/// Recordings in memory, with what is said in them.
struct Recordings: Sendable {
  /// Where they are from, for messages.
  let path: String
  /// What each is called.
  private(set) var names: [String] = []
  /// What is said, as it is cut into tokens.
  private(set) var texts: [String] = []
  /// Who speaks.
  private(set) var speakers: [String?] = []
  /// The sound.
  private(set) var waveforms: [Waveform] = []
  /// Of strings, when each of the recordings in them ends, in seconds, and with how many words so far; empty otherwise.
  private(set) var ends: [[(seconds: Double, wordCount: Int)]] = []
  /// What was left out, a line each.
  private(set) var notes: [String] = []

  var count: Int { waveforms.count }

  /// The samples of all.
  var sampleCount: Int { waveforms.reduce(0) { $0 + $1.samples.count } }

  /// The seconds of all.
  var duration: Double { waveforms.reduce(0) { $0 + $1.duration } }

  private init(path: String) { self.path = path }

  /// Reads recordings.
  ///
  /// - Throws: `DataError`: one that is damaged, not there, or has an empty text, unless such are omitted; or none is left.
  init(_ set: RecordingSet, _ data: SpeechData, _ preparation: Preparation = Preparation()) throws(DataError) {
    path = set.path
    var (damaged, empty): ([Int], [Int]) = ([], [])
    for (index, recording) in set.recordings.enumerated() {
      preparation.progress("reading recordings", index, set.count)
      let text = data.text(recording.text)
      if text.allSatisfy(\.isWhitespace) {
        if data.broken == .stop {
          let problem = "the text of \(recording.file) is empty\(recording.text.isEmpty ? "" : " without punctuation")"
          throw DataError(path, line: recording.line, "\(problem); write what is said, take it out, or set data.broken=omit")
        }
        empty.append(recording.line)
        continue
      }
      do throws(DataError) {
        let waveform = try set.waveform(of: recording, sampleRate: data.sound.sampleRate)
        if waveform.samples.isEmpty { throw DataError(set.url(of: recording).path, "has no sound in it") }
        add(waveform, name: recording.name, text: text, speaker: recording.speaker)
      } catch {
        if data.broken == .stop { throw DataError(error.path, "\(error.problem) (\(path):\(recording.line)); or set data.broken=omit") }
        damaged.append(recording.line)
      }
    }
    preparation.progress("reading recordings", set.count, set.count)
    if waveforms.isEmpty { throw DataError(path, "not one recording can be read and has a text") }
    for (reason, lines) in [("the file is damaged or not there", damaged), ("the text is empty", empty)] where !lines.isEmpty {
      notes.append("\(path): \(LineOmission(what: "recording", reason: reason, lines: lines))")
    }
  }

  /// Reads what is measured: recordings, or where strings are learned, strings of them that are the same whatever a run's seed.
  static func measured(_ set: RecordingSet, _ data: SpeechData, _ preparation: Preparation) throws(DataError) -> Recordings {
    let recordings = try Recordings(set, data, preparation)
    return data.joining.strings > 0 ? recordings.strings(data.joining, seed: RandomGenerator(seed: 0).split("held-out strings")) : recordings
  }

  private mutating func add(_ waveform: Waveform, name: String, text: String, speaker: String?) {
    names.append(name)
    texts.append(text)
    speakers.append(speaker)
    waveforms.append(waveform)
  }

  /// A digest of all samples and texts.
  var digest: Digest {
    var digest = Digest()
    for (waveform, text) in zip(waveforms, texts) {
      for sample in waveform.samples { digest.add(sample.bitPattern) }
      for byte in text.utf8 { digest.add(UInt32(byte)) }
      digest.add(UInt32.max)
    }
    return digest
  }
}

extension SpokenText {
  /// The file, and the part of it.
  fileprivate var name: String {
    if start == nil, end == nil { return file }
    return "\(file) \(start ?? 0)-\(end.map { "\($0)" } ?? "") s"
  }
}

// MARK: Strings

extension Recordings {
  /// How many recordings string number `index` has.
  func pieceCount(ofString index: Int, _ settings: JoiningSettings, seed: RandomGenerator) -> Int {
    var generator = seed.split(index).split("pieces")
    return Int.random(in: settings.shortestString...settings.longestString, using: &generator)
  }

  /// A string of recordings, as if they had been said one after the other: each louder or softer, pauses of silence before, between and after them, noise
  /// under all of it.
  ///
  /// - Parameter epoch: The epoch that it is made anew for, while strings may still grow; nil: it is measured, always the same.
  func string(
    _ index: Int, _ settings: JoiningSettings, seed: RandomGenerator, epoch: Int? = nil
  ) -> (waveform: Waveform, text: String, speaker: String?, ends: [(seconds: Double, wordCount: Int)]) {
    var generator = seed.split(index).split(epoch ?? 0)
    let first = Int.random(in: 0..<count, using: &generator)
    let choices = settings.speakers == .one ? speakers.indices.filter { speakers[$0] == speakers[first] } : Array(speakers.indices)
    let rate = waveforms[0].sampleRate
    func pause() -> [Float] {
      let seconds = settings.shortestPause + (settings.longestPause - settings.shortestPause) * generator.uniform()
      return [Float](repeating: 0, count: Int(seconds * Double(rate)))
    }
    var samples = pause()
    var words: [String] = []
    var ends: [(seconds: Double, wordCount: Int)] = []
    for _ in 0..<min(pieceCount(ofString: index, settings, seed: seed), epoch.map(settings.longest) ?? .max) {
      let choice = choices[Int.random(in: choices.indices, using: &generator)]
      samples += waveforms[choice].amplified(byDecibels: settings.level * (2 * generator.uniform() - 1)).samples
      words += texts[choice].split(whereSeparator: \.isWhitespace).map(String.init)
      ends.append((Double(samples.count) / Double(rate), words.count))
      samples += pause()
    }
    var waveform = Waveform(sampleRate: rate, samples: samples)
    if let background = settings.background {
      let noise = Noise.pink.waveform(sampleRate: rate, count: samples.count, using: &generator)
      waveform = waveform.mixed(with: noise, signalToNoise: background + 20 * generator.uniform())
    }
    return (waveform, words.joined(separator: " "), settings.speakers == .one ? speakers[first] : nil, ends)
  }

  /// So many strings of these recordings, always the same.
  func strings(_ settings: JoiningSettings, seed: RandomGenerator) -> Recordings {
    var strings = Recordings(path: path)
    for index in 0..<settings.measuredCount {
      let string = string(index, settings, seed: seed)
      strings.add(string.waveform, name: "string \(index + 1)", text: string.text, speaker: string.speaker)
      strings.ends.append(string.ends)
    }
    strings.notes = notes
    return strings
  }
}
