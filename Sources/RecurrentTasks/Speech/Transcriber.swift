import RecurrentData
import RecurrentLayers
public import RecurrentSound
import RecurrentTensors

/// A word that was heard, and when.
public struct SpokenWord: Sendable, Equatable {
  /// The word.
  public var text: String
  /// When its first symbol was likeliest to begin, in seconds.
  public var start: Double
  /// When its last symbol had begun, in seconds.
  public var end: Double
}

/// Writes down what is said while sound comes, in bounded memory.
///
/// A model that reads in one direction, and needs no more of a recording than what was heard, goes on from step to step: words come as soon as they are
/// certain. Any other reads stretches of ``windowSeconds``, each of which overlaps its neighbours; what is shorter is read as a whole.
///
///     var transcriber = Transcriber(trained)
///     while let samples = try source.next() { for word in transcriber.append(samples) { print(word.text, word.start) } }
///     for word in transcriber.finish() { print(word.text, word.start) }
public struct Transcriber: Sendable {
  /// The seconds that a model which reads both ways reads at once.
  public static let windowSeconds = 30.0
  /// The seconds at each end of these that only show what is around, where there is more.
  private static let overlapSeconds = 3.0
  /// A word ends where so many seconds have no symbol, space or none.
  private static let pauseSeconds = 1.0

  /// Whether words come while they are spoken, not stretch by stretch.
  public let isLive: Bool
  /// The seconds that were heard so far.
  public var heardSeconds: Double { Double(sampleCount) / Double(reader.features.sampleRate) }

  private let model: SpeechRecognizer
  private let reader: SpeechReader
  private let search: SpeechSearch
  private var reading: SymbolReading
  private var words: WordAssembly
  private var sampleCount = 0
  /// The step that is read next.
  private var step = 0

  /// Of a live model: frames that are not read yet, and the state after those that are.
  private var extractor: SoundFeatureExtractor
  private var frames: [Float] = []
  private var state: Stacked<AnyCell<Float>>.State?
  /// Outputs that say nothing yet, as the network looks ahead.
  private var silentCount: Int
  /// Of any other: samples that are not read yet, those of the overlap before them included.
  private var samples: [Float] = []
  private var hasOverlap = false

  /// A transcriber before the first sample.
  public init(_ trained: TrainedSpeechRecognizer, search: SpeechSearch = SpeechSearch()) {
    (model, reader, self.search) = (trained.model, trained.reader, search)
    isLive = trained.model.encoder.forward != nil && reader.features.normalization != .utterance
    silentCount = trained.reader.stacking.lookahead
    reading = search.reading(reader)
    words = WordAssembly(reader, pause: Self.steps(of: Self.pauseSeconds, reader))
    extractor = reader.features.extractor()
  }

  /// Hears samples at the rate of the features, and gives the words that are certain with them.
  public mutating func append(_ newSamples: [Float]) -> [SpokenWord] {
    sampleCount += newSamples.count
    if isLive {
      extractor.append(newSamples, to: &frames)
      return readFrames(isEnd: false)
    }
    samples += newSamples
    var found: [SpokenWord] = []
    let (window, overlap) = (Self.steps(of: Self.windowSeconds, reader), Self.steps(of: Self.overlapSeconds, reader))
    while samples.count > window * samplesOfStep {
      let end = window - overlap
      found += readWindow(Array(samples[..<(window * samplesOfStep)]), end: end)
      samples.removeFirst((end - overlap) * samplesOfStep)
      hasOverlap = true
    }
    return found
  }

  /// The rest of the words, when there is no more sound; the next samples begin another recording.
  public mutating func finish() -> [SpokenWord] {
    var found: [SpokenWord]
    if isLive {
      extractor.finish(to: &frames)
      found = readFrames(isEnd: true)
    } else {
      found = readWindow(samples, end: nil)
    }
    found += words.add(reading.finish()) + words.finish()
    (samples, frames, state, hasOverlap, sampleCount, step) = ([], [], nil, false, 0, 0)
    silentCount = reader.stacking.lookahead
    reading = search.reading(reader)
    words = WordAssembly(reader, pause: Self.steps(of: Self.pauseSeconds, reader))
    return found
  }

  /// Samples from one step of the network to the next.
  var samplesOfStep: Int { Int((reader.secondsOfStep * Double(reader.features.sampleRate)).rounded()) }

  /// Of live sound, when a symbol is certain in any case.
  private var delay: Int? { isLive ? Self.steps(of: search.delay, reader) : nil }

  private static func steps(of seconds: Double, _ reader: SpeechReader) -> Int { max(1, Int(seconds / reader.secondsOfStep)) }

  /// Reads the steps whose frames are all there, or all of them at the end.
  private mutating func readFrames(isEnd: Bool) -> [SpokenWord] {
    let (stacking, width) = (reader.stacking, reader.features.count)
    let frameCount = frames.count / width
    let whole = frameCount < stacking.size ? 0 : (frameCount - stacking.size) / stacking.stride + 1
    let count = isEnd ? stacking.stepCount(ofFrames: frameCount) + stacking.lookahead : whole
    guard count > 0, sampleCount > 0, let layers = model.encoder.forward else { return [] }
    let used = isEnd ? frameCount : (count - 1) * stacking.stride + stacking.size
    let inputs = stacking.batch([Tensor(shape: [used, width], scalars: Array(frames[..<(used * width)]))]).inputs.sliced(0..<count)
    let (outputs, last) = layers(model.frontOutputs(inputs), from: state)
    state = last
    frames.removeFirst(min(frames.count, count * stacking.stride * width))
    let silent = min(silentCount, count)
    silentCount -= silent
    return read(Array(SymbolRows(model.output(outputs).logSoftmax(), [count])[0].dropFirst(silent)))
  }

  /// Reads a stretch of sound, of which the steps from the overlap before it to `end` count; nil: to its end.
  private mutating func readWindow(_ samples: [Float], end: Int?) -> [SpokenWord] {
    if samples.isEmpty { return [] }
    let (inputs, lengths) = reader.stacking.batch([reader.features.tensor(of: Waveform(sampleRate: reader.features.sampleRate, samples: samples))])
    let rows = SymbolRows(model.logits(inputs, lengths: lengths).logSoftmax(), lengths)[0]
    return read(Array(rows[min(rows.count, hasOverlap ? Self.steps(of: Self.overlapSeconds, reader) : 0)..<min(rows.count, end ?? rows.count)]))
  }

  private mutating func read(_ rows: [ArraySlice<Float>]) -> [SpokenWord] {
    var found: [SpokenWord] = []
    for row in rows {
      reading.read(row)
      step += 1
      // What is certain does not depend on how many steps come at once.
      if isLive || step % Self.stepsBetween == 0 { found += words.add(reading.takeCertain(after: delay)) }
      if let last = words.lastStep, step - last >= words.pause {
        found += words.add(reading.takeCertain(after: delay))
        if !reading.isUndecided { found += words.finish() }
      }
    }
    return found
  }

  /// How often it is asked what is certain in a stretch of sound.
  private static let stepsBetween = 16
}

extension Trained<SpeechRecognition> {
  /// The words of a recording, whatever its rate.
  public func transcribe(_ waveform: Waveform, by search: SpeechSearch = SpeechSearch()) -> [SpokenWord] {
    var transcriber = Transcriber(self, search: search)
    return transcriber.append(waveform.resampled(to: reader.features.sampleRate).samples) + transcriber.finish()
  }
}

/// Makes words of symbols as they come.
private struct WordAssembly {
  /// A word ends where so many steps have no symbol.
  let pause: Int
  private let reader: SpeechReader
  private var decoder: TextDecoder
  private var letters = ""
  private var firstStep = 0
  /// The step of the last symbol of the word that is being heard; nil: none is.
  private(set) var lastStep: Int?

  init(_ reader: SpeechReader, pause: Int) {
    (self.reader, self.pause) = (reader, pause)
    decoder = TextDecoder(reader.codec)
  }

  /// The words that are complete with these symbols.
  mutating func add(_ symbols: [SaidSymbol]) -> [SpokenWord] {
    var words: [SpokenWord] = []
    for said in symbols {
      if let last = lastStep, said.step - last >= pause { words += finish() }
      for letter in decoder.append(Int(said.symbol) - 1) {
        if letter.isWhitespace {
          words += finish()
        } else {
          if letters.isEmpty { firstStep = said.step }
          letters.append(letter)
          lastStep = said.step
        }
      }
      if reader.codec.tokenizer.kind.areWords { words += finish() }
    }
    return words
  }

  /// The word that is being heard, if there is one.
  mutating func finish() -> [SpokenWord] {
    guard let last = lastStep else { return [] }
    defer { (letters, lastStep) = ("", nil) }
    return [
      SpokenWord(text: letters, start: Double(firstStep) * reader.secondsOfStep, end: Double(last + 1) * reader.secondsOfStep)
    ]
  }
}
