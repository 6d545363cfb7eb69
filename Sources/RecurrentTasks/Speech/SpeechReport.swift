import Foundation
public import RecurrentData
import RecurrentLayers
import RecurrentSound
import RecurrentTensors
public import RecurrentTraining

/// What the evaluation of a speech recognizer finds.
public struct SpeechScore: TaskScore {
  /// Texts that were recognized in one way.
  public struct Recognized: Sendable {
    /// One for each recording.
    public let texts: [String]
    /// The errors of words, which make the word error rate.
    public let words: EditErrors
    /// The errors of characters, spaces among them.
    public let characters: EditErrors
    /// How many texts are right, word for word.
    public let exactCount: Int
    /// The errors of words in each recording.
    public let wordsOfEach: [EditErrors]

    init(_ transcripts: Transcripts) {
      (texts, words, characters) = (transcripts.texts, transcripts.words, transcripts.characters)
      (exactCount, wordsOfEach) = (transcripts.exactCount, transcripts.each.map(\.words))
    }
  }

  /// Texts that were recognized with a language model.
  public struct WithLanguage: Sendable {
    /// What was recognized.
    public let recognized: Recognized
    /// The weight and the bonus that had the lowest word error rate on the validation part.
    public let (weight, bonus): (Double, Double)
  }

  /// Words that were written while they were spoken.
  public struct Live: Sendable {
    /// What was recognized, with the beam.
    public let recognized: Recognized
    /// Of strings: how long after the end of each of their recordings its last word was written, in seconds, in ascending order; of those that are right.
    public let delays: [Double]
    /// Seconds that it took, with sound that came step by step.
    public let seconds: Double

    /// The delay that this share of the words does not exceed.
    public func delay(ofShare share: Double) -> Double {
      delays.isEmpty ? 0 : delays[min(delays.count - 1, max(0, Int((share * Double(delays.count)).rounded(.up)) - 1))]
    }
  }

  public let part: MeasuredPart
  public let overlap: TrainingOverlap?
  /// The loss of connectionist temporal classification over the texts that fit, in nats a symbol.
  public let loss: Double
  /// With the likeliest symbol of each step.
  public let greedy: Recognized
  /// With a beam of texts.
  public let beam: Recognized
  /// The width of the beam.
  public let beamWidth: Int
  /// With a beam of texts and a language model; nil: none was given.
  public let withLanguage: WithLanguage?
  /// Heard while it is spoken; nil: the model reads whole recordings.
  public let live: Live?
  /// The text of the nearest training recording, for each; nil: there is no training part, or it has too many texts or recordings to compare with.
  public let nearest: Recognized?
  /// What each recording is called.
  public let names: [String]
  /// What is said in each.
  public let references: [String]
  /// Seconds of sound.
  public let duration: Double
  /// Seconds that it took to make features of the sound and symbols of these, for all recordings, greedily.
  public let seconds: Double
  /// Recordings with fewer steps than it takes to say their texts.
  public let unfittingCount: Int
  /// What a token is.
  public let tokens: TokenKind
  /// Tokens of the texts, and those that are not in the vocabulary.
  public let tokenCount: Int
  public let unknownCount: Int
  /// What was left out, a line each.
  public let notes: [String]

  /// Seconds of work for a second of sound.
  public var realTimeFactor: Double { duration > 0 ? seconds / duration : 0 }
}

extension SpeechRecognition {
  /// With more different texts, or more comparisons, there is no nearest recording.
  private static let (textLimit, comparisonLimit) = (50, 2_000_000)

  public static var evaluationOptions: [EvaluationOption] { [.languageModel] }

  /// Measures a model on a part of the data.
  public static func evaluate(_ trained: TrainedSpeechRecognizer, on request: EvaluationRequest) throws -> SpeechScore {
    let (data, reader) = (trained.settings.data, trained.reader)
    var known: Parts<RecordingSet>?
    let measured = try request.examples(
      for: trained, whole: { try RecordingSet(contentsOf: request.source.url(), data).identified() },
      parts: {
        let parts = try Parts<RecordingSet>(request.source, data)
        known = parts
        return parts
      })
    let recordings = try Recordings.measured(measured.examples, data, request.preparation)
    let stopwatch = Stopwatch()
    let examples = try SpokenExamples(recordings, reader, request.preparation)
    let greedy = trained.model.said(in: examples) { reader.text(of: greedyReading(of: $0).map(\.symbol)) }
    let seconds = stopwatch.seconds
    let search = SpeechSearch()
    let language = try request.options[.languageModel].map { path in
      try LanguageChoice(path, trained, known ?? Parts<RecordingSet>(request.source, data), request.preparation)
    }
    let searched = trained.model.said(in: examples) { steps in
      (beam: search.text(of: steps, reader), withLanguage: language?.search.text(of: steps, reader))
    }
    func recognized(_ texts: [String]) -> SpeechScore.Recognized { SpeechScore.Recognized(Transcripts(texts, of: examples.texts)) }
    return SpeechScore(
      part: measured.part, overlap: measured.overlap, loss: greedy.meanLoss(of: examples).loss, greedy: recognized(greedy.map(\.answer)),
      beam: recognized(searched.map(\.answer.beam)), beamWidth: search.beam,
      withLanguage: language.map {
        SpeechScore.WithLanguage(
          recognized: recognized(searched.compactMap(\.answer.withLanguage)), weight: $0.language.weight, bonus: $0.language.bonus)
      },
      live: live(recordings, trained, search),
      nearest: try nearestTexts(to: examples, in: measured.training, trained, request.preparation).map(recognized), names: examples.names,
      references: examples.texts, duration: examples.durations.reduce(0, +), seconds: seconds, unfittingCount: examples.unfittingCount, tokens: data.tokens,
      tokenCount: examples.tokenCount, unknownCount: examples.unknownCount, notes: examples.notes)
  }

  /// Hears recordings step by step, and takes the time; nil where the model needs more of them at once.
  private static func live(_ recordings: Recordings, _ trained: TrainedSpeechRecognizer, _ search: SpeechSearch) -> SpeechScore.Live? {
    var transcriber = Transcriber(trained, search: search)
    guard transcriber.isLive else { return nil }
    let stopwatch = Stopwatch()
    var (texts, delays): ([String], [Double]) = ([], [])
    for index in 0..<recordings.count {
      let samples = recordings.waveforms[index].samples
      var written: [(word: String, seconds: Double)] = []
      for start in stride(from: 0, to: samples.count, by: transcriber.samplesOfStep) {
        let words = transcriber.append(Array(samples[start..<min(samples.count, start + transcriber.samplesOfStep)]))
        written += words.map { ($0.text, transcriber.heardSeconds) }
      }
      let end = transcriber.heardSeconds
      written += transcriber.finish().map { ($0.text, end) }
      texts.append(written.map(\.word).joined(separator: " "))
      // Which word is whose is known where all are right.
      guard !recordings.ends.isEmpty, texts[index] == recordings.texts[index] else { continue }
      delays += recordings.ends[index].map { written[$0.wordCount - 1].seconds - $0.seconds }
    }
    return SpeechScore.Live(
      recognized: SpeechScore.Recognized(Transcripts(texts, of: recordings.texts)), delays: delays.sorted(), seconds: stopwatch.seconds)
  }

  /// The text of the training recording that is nearest to each when time may be stretched, for recordings of a handful of texts.
  private static func nearestTexts(
    to examples: SpokenExamples, in training: RecordingSet?, _ trained: TrainedSpeechRecognizer, _ preparation: Preparation
  ) throws -> [String]? {
    let data = trained.settings.data
    guard let training, data.joining.strings == 0, training.count * examples.count <= comparisonLimit,
      Set(training.recordings.map { data.text($0.text) }).count <= textLimit
    else { return nil }
    let known = try SpokenExamples(Recordings(training, data, preparation), trained.reader, preparation)
    let texts = Array(Set(known.texts)).sorted()
    let classes = known.texts.map { text in texts.firstIndex(of: text) ?? 0 }
    let neighbour = NearestNeighbour(
      training: known.frames.map(\.thinned), classes: classes, distance: .timeWarping(band: 0.2))
    return examples.frames.map { texts[neighbour.prediction(for: $0.thinned)] }
  }
}

extension Tensor<Float> {
  /// Every third frame of a recording, as a series.
  fileprivate var thinned: LabelledSequence {
    let (count, width, scalars) = (shape[0], shape[1], scalars)
    let values = stride(from: 0, to: count, by: 3).flatMap { frame in scalars[frame * width..<(frame + 1) * width].map { Double($0) } }
    return LabelledSequence(values: values, channelCount: width)
  }
}

extension SpeechScore {
  /// Recordings of which the report tells what went wrong.
  private static let worstCount = 5

  public var report: EvaluationReport {
    var report = EvaluationReport(part: part)
    report.add("loss", label: "loss", .number(loss), text: "\(Figures.exact(loss)) nats a \(tokens.singular)")
    report.add(greedy, key: "greedy", label: "greedy")
    report.add(beam, key: "beam", label: "beam \(beamWidth)")
    if let withLanguage {
      report.add(withLanguage.recognized, key: "withLanguageModel", label: "and language model")
      report.members += [("languageWeight", .number(withLanguage.weight)), ("lengthBonus", .number(withLanguage.bonus))]
      report.lines.append(
        .words(
          "the language model's weight is \(Figures.significant(withLanguage.weight)) and a token's bonus \(Figures.significant(withLanguage.bonus)): the best of those"
            + " tried on the validation part"))
    }
    if let nearest { report.add(nearest, key: "nearest", label: "nearest") }
    if let live { report.add(live, duration: duration) }
    report.add(
      "realTimeFactor", label: "real-time factor", .number(realTimeFactor),
      text: "\(Figures.significant(realTimeFactor)): \(Figures.significant(seconds)) s for \(Figures.duration(duration)) of sound in"
        + " \(Figures.counted(names.count, "recording"))")
    report.members += [
      ("beamWidth", .integer(beamWidth)), ("recordings", .integer(names.count)), ("duration", .number(duration)), ("seconds", .number(seconds)),
      ("unfitting", .integer(unfittingCount)), ("tokens", .integer(tokenCount)), ("unknown", .integer(unknownCount)),
    ]
    report.addUnknown(unknownCount, of: tokenCount, tokens)
    report.lines += notes.map { .words($0) }
    if nearest != nil { report.lines.append(.words("nearest: the text of the training recording whose features are nearest, time warped")) }
    let best = withLanguage?.recognized ?? beam
    let worst = names.indices.filter { best.wordsOfEach[$0].count > 0 }
      .sorted { (best.wordsOfEach[$1].count, $0) < (best.wordsOfEach[$0].count, $1) }.prefix(Self.worstCount)
    if !worst.isEmpty { report.lines.append(.words("most errors of the beam\(withLanguage == nil ? "" : " with the language model"):")) }
    report.lines += worst.map { .words("  \(names[$0].asField): \(references[$0].asField) -> \(best.texts[$0].asField)") }
    let rows = names.indices.map { index in
      [names[index], references[index], greedy.texts[index], beam.texts[index], "\(beam.wordsOfEach[index].count)"].map(\.asField).joined(separator: "\t") + "\n"
    }
    report.attachments.append(
      EvaluationReport.Attachment(name: "transcripts.tsv", contents: "recording\ttext\tgreedy\tbeam\terrors\n" + rows.joined()))
    return report
  }
}

extension EvaluationReport {
  /// Adds the figures of words that were written while they were spoken.
  fileprivate mutating func add(_ live: SpeechScore.Live, duration: Double) {
    add(live.recognized, key: "live", label: "live")
    func seconds(_ value: Double) -> String { "\(Figures.significant(value)) s" }
    if !live.delays.isEmpty {
      let (median, most, all) = (live.delay(ofShare: 0.5), live.delay(ofShare: 0.95), live.delay(ofShare: 1))
      add(
        "delay", label: "written", .object([("median", .number(median)), ("ofShare95", .number(most)), ("longest", .number(all))]),
        text: "\(seconds(median)) after a word's end (median of \(Figures.grouped(live.delays.count)) words), 95 % within \(seconds(most)), all within"
          + " \(seconds(all))")
    }
    let factor = duration > 0 ? live.seconds / duration : 0
    add("liveRealTimeFactor", label: "live time factor", .number(factor), text: "\(Figures.significant(factor)), step by step with the beam")
  }

  /// Adds the figures of texts that were recognized in one way.
  fileprivate mutating func add(_ recognized: SpeechScore.Recognized, key: String, label: String) {
    let (words, characters) = (recognized.words, recognized.characters)
    func counts(_ errors: EditErrors) -> String { "\(errors.substitutions) S, \(errors.deletions) D, \(errors.insertions) I" }
    lines.append(
      .figure(
        label: label,
        text: "WER \(Figures.percent(words.rate)) (\(counts(words)) of \(Figures.counted(words.referenceCount, "word"))), CER"
          + " \(Figures.percent(characters.rate)) (\(counts(characters))); \(Figures.grouped(recognized.exactCount)) of"
          + " \(Figures.grouped(recognized.texts.count)) exactly right"))
    func json(_ errors: EditErrors) -> JSON {
      .object([
        ("rate", .number(errors.rate)), ("substitutions", .integer(errors.substitutions)), ("deletions", .integer(errors.deletions)),
        ("insertions", .integer(errors.insertions)), ("count", .integer(errors.referenceCount)),
      ])
    }
    members.append((key, .object([("words", json(words)), ("characters", json(characters)), ("exact", .integer(recognized.exactCount))])))
  }
}
