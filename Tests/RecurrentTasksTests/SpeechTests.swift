import Foundation
import RecurrentData
import RecurrentLayers
import RecurrentSound
import RecurrentTensors
import RecurrentTestSupport
import RecurrentTraining
import Testing

@testable import RecurrentTasks

/// Speech into text.
@Suite struct SpeechTests {
  /// Words as tones, one for each letter, at 8 kHz.
  static func tones(_ text: String, using generator: inout RandomGenerator) -> Waveform {
    let frequencies: [Character: Double] = ["a": 400, "b": 800, "c": 1400, "d": 2300]
    var samples = [Float](repeating: 0, count: Int.random(in: 200...500, using: &generator))
    for letter in text {
      let count = Int.random(in: 700...1000, using: &generator)
      // A space is a pause.
      let frequency = frequencies[letter] ?? 0
      let tone = (0..<count).map { Float(0.3 * sin(2 * Double.pi * frequency * Double($0) / 8000)) }
      // Longer than a frame sees, so that the same letter twice is heard twice.
      samples += tone + [Float](repeating: 0, count: 400)
    }
    return Waveform(sampleRate: 8000, samples: samples.map { $0 + Float(0.003 * generator.normal()) })
  }

  /// A directory with a manifest `recordings.tsv` and recordings of words of tones: 48 to learn from, 12 for validation, 12 for the test, of three speakers.
  static func withTones<R>(_ body: (URL) throws -> R) throws -> R {
    try withDirectory { directory in
      var generator = RandomGenerator(seed: 1)
      var manifest = "file\ttext\tspeaker\tsplit\n"
      for index in 0..<72 {
        let text = String((0..<Int.random(in: 1...3, using: &generator)).map { _ in Array("abcd").randomElement(using: &generator)! })
        try tones(text, using: &generator).write(wav: directory.appending(path: "\(index).wav"))
        manifest += "\(index).wav\t\(text.uppercased()).\t\(["anna", "ben", "cleo"][index % 3])\t\(index < 48 ? "train" : index < 60 ? "dev" : "test")\n"
      }
      try Data(manifest.utf8).write(to: directory.appending(path: "recordings.tsv"))
      return try body(directory)
    }
  }

  static func settings(_ assignments: [String]) throws -> RunSettings<SpeechRecognition> {
    var recipe = try Recipe(yaml: "task: speech-recognition\n", name: "tiny", origin: "tiny.yaml")
    let small = [
      "data.sampleRate=8000", "data.bands=20", "model.hidden=24", "model.layers=1", "training.batch=8", "training.epochs=2", "training.rate=0.01",
      "training.clip=1",
    ]
    for assignment in small + assignments { try recipe.set(assignment) }
    return try RunSettings(recipe)
  }

  private static func trained(_ assignments: [String], in directory: URL) throws -> TrainedSpeechRecognizer {
    let run = try SpeechRecognition.prepare(settings(assignments), from: .path(directory.path))
    return try run.trained(run.trainer().run(from: run.model))
  }

  // MARK: The network

  @Test(arguments: [
    [], ["model.bidirectional=false", "model.front=5", "model.layers=2", "model.residual=true", "model.lookahead=2"],
    ["model.cell=lstm", "model.dropout=0.3", "model.layers=2", "model.stack=1", "model.stride=1"],
  ]) func gradient(assignments: [String]) throws {
    let configuration = try Self.settings(["model.hidden=4"] + assignments).model
    var generator = RandomGenerator(seed: 3)
    let network = SpeechNetwork<Double>(configuration, featureCount: 3, tokenCount: 3, using: &generator).mapParameters {
      $0 + Tensor(normalWithMean: 0, standardDeviation: 0.2, shape: $0.shape, using: &generator)
    }
    let frames = [13, 8, 5, 2].map { Tensor<Float>(uniform: -1...1, shape: [$0, 3], using: &generator) }
    // The last text does not fit.
    let batch = SpeechBatch(frames, texts: [[1, 2, 2], [3], [], [1, 1, 2, 3]], configuration.stacking)
    let objective = SpeechObjective(validation: try Self.noExamples(), reader: try Self.reader())
    let error = gradientError(at: network, [Tensor<Double>(batch.inputs)]) { network, inputs in
      var generator = RandomGenerator(seed: 5)
      let logits = network.logits(inputs[0], lengths: batch.lengths) { $0($1, using: &generator) }
      return ctcLoss(logits: logits, lengths: batch.lengths, texts: batch.texts).value
    }
    #expect(error < 1e-6)
    // And the loss that is trained is that one.
    var (one, two) = (RandomGenerator(seed: 5), RandomGenerator(seed: 5))
    let loss = objective.loss(of: network, on: batch, using: &one)
    let logits = network.logits(Tensor<Double>(batch.inputs), lengths: batch.lengths) { $0($1, using: &two) }
    #expect(loss.value.scalar == ctcLoss(logits: logits, lengths: batch.lengths, texts: batch.texts).value.scalar)
    #expect(loss.unfitting == [3])
  }

  private static func reader(_ model: SpeechConfiguration = SpeechConfiguration()) throws -> SpeechReader {
    let data = SpeechData { $0.sound.normalization = .none }
    return try SpeechReader(data, model, .init(vocabulary: Vocabulary(symbols: ["a", "b", "c", "d"]), features: data.sound.features))
  }

  private static func noExamples() throws -> SpokenExamples {
    try withDirectory(["m.csv": "file,text\nx.wav,a\n"]) { directory in
      try Waveform(sampleRate: 16_000, samples: [0.1]).write(wav: directory.appending(path: "x.wav"))
      let set = try RecordingSet(contentsOf: directory.appending(path: "m.csv"))
      return try SpokenExamples(Recordings(set, SpeechData()), reader())
    }
  }

  /// What else is in a batch, and how much is padded, changes nothing.
  @Test(arguments: [true, false]) func paddingChangesNothing(bidirectional: Bool) {
    let configuration = SpeechConfiguration {
      ($0.hidden, $0.bidirectional, $0.front) = (6, bidirectional, 7)
    }
    var generator = RandomGenerator(seed: 2)
    let network = SpeechRecognizer(configuration, featureCount: 4, tokenCount: 5, using: &generator)
    let frames = [17, 4, 9].map { Tensor<Float>(uniform: -1...1, shape: [$0, 4], using: &generator) }
    let together = configuration.stacking.batch(frames)
    let rows = SymbolRows(network.logits(together.inputs, lengths: together.lengths), together.lengths)
    for (index, recording) in frames.enumerated() {
      let alone = configuration.stacking.batch([recording])
      let own = SymbolRows(network.logits(alone.inputs, lengths: alone.lengths), alone.lengths)[0]
      #expect(own.count == rows[index].count && own.count == (recording.shape[0] + 1) / 2)
      for (a, b) in zip(own, rows[index]) { for (x, y) in zip(a, b) { #expect(abs(x - y) < 1e-5) } }
    }
  }

  @Test func framesAreStacked() {
    let frames = Tensor<Float>(shape: [5, 2], scalars: (1...10).map { Float($0) })
    let (inputs, lengths) = FrameStacking(size: 3, stride: 2).batch([frames, Tensor(shape: [1, 2], scalars: [11, 12])])
    #expect(lengths == [3, 1] && inputs.shape == [3, 2, 6])
    #expect(inputs.scalars == [1, 2, 3, 4, 5, 6, 11, 12, 0, 0, 0, 0, 5, 6, 7, 8, 9, 10, 0, 0, 0, 0, 0, 0, 9, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    // What a network that looks ahead reads after the end is zeros.
    let (later, longer) = FrameStacking(size: 3, stride: 2, lookahead: 2).batch([frames])
    #expect(longer == [3] && later.scalars == [1, 2, 3, 4, 5, 6, 5, 6, 7, 8, 9, 10, 9, 10] + [Float](repeating: 0, count: 16))
  }

  // MARK: Learning

  @Test func learnsWordsOfTones() throws {
    try Self.withTones { directory in
      let trained = try Self.trained(["training.epochs=40", "data.gain=3", "data.speed=0.05", "data.timeMasks=1", "data.timeMask=2"], in: directory)
      let score = try trained.evaluate(EvaluationRequest(source: .path(directory.path)))
      #expect(score.part == .part(.test) && score.references.count == 12)
      #expect(score.beam.words.rate <= 0.1 && score.greedy.words.rate <= 0.1, "\(score.report.text)")
      #expect(score.nearest != nil && score.greedy.words.referenceCount == 12)
      #expect(score.report.text.contains("real-time factor"))

      // Read from its file, and asked about a file.
      let url = directory.appending(path: "model.safetensors")
      try trained.save(to: url)
      let read = try TrainedSpeechRecognizer(contentsOf: url)
      #expect(read.reader.features == trained.reader.features)
      var generator = RandomGenerator(seed: 7)
      let waveform = Self.tones("acb", using: &generator)
      let words = read.transcribe(waveform.resampled(to: 16_000))
      #expect(words.map(\.text) == ["acb"], "\(words)")
      #expect(words.allSatisfy { $0.start < $0.end && $0.end <= waveform.duration + 0.05 })
      // Only words of a list, the others left aside.
      let list = try read.wordList(of: "ABC, add")
      #expect(list.count == 2)
      #expect(["abc", "add"].contains(read.transcribe(waveform, by: SpeechSearch(beam: 8, words: list)).map(\.text).joined(separator: " ")))
      #expect(throws: SpeechError.self) { try read.wordList(of: "abx") }
      #expect(throws: SpeechError.self) { try read.wordList(of: " . ") }
    }
  }

  /// Words come while they are spoken, and are those of the recording as a whole, however its samples come.
  @Test func hearsWhileItIsSpoken() throws {
    try Self.withTones { directory in
      let trained = try Self.trained(
        [
          "training.epochs=40", "model.bidirectional=false", "data.normalization=running", "data.strings=48", "data.shortestString=2",
          "data.longestString=4", "data.shortestPause=0.1", "data.longestPause=0.2", "model.hidden=32", "data.endingSpace=true", "model.lookahead=3",
        ], in: directory)
      let score = try trained.evaluate(EvaluationRequest(source: .path(directory.path)))
      // Blanks and symbols are about equally likely where a symbol may come early or late, so that the likeliest of each step say little.
      #expect(score.references.count == 4 && score.beam.characters.rate < 0.3, "\(score.report.text)")
      // What is written step by step is what the search finds in the whole, or a text that was given up for being early; and it is early.
      let live = try #require(score.live)
      #expect(live.recognized.characters.rate < 0.35 && live.delays == live.delays.sorted(), "\(score.report.text)")
      #expect(live.delay(ofShare: 0.5) < 0.5, "\(score.report.text)")
      var generator = RandomGenerator(seed: 9)
      let waveform = Self.tones("ab cd ba  dc", using: &generator)
      for search in [SpeechSearch.greedy, SpeechSearch(beam: 4)] {
        var transcriber = Transcriber(trained, search: search)
        #expect(transcriber.isLive)
        let whole = transcriber.append(waveform.samples) + transcriber.finish()
        var (pieces, early): ([SpokenWord], Int) = ([], 0)
        for start in stride(from: 0, to: waveform.samples.count, by: 777) {
          pieces += transcriber.append(Array(waveform.samples[start..<min(waveform.samples.count, start + 777)]))
        }
        early = pieces.count
        pieces += transcriber.finish()
        #expect(pieces.map(\.text) == whole.map(\.text) && pieces.map(\.start) == whole.map(\.start))
        #expect(early > 0 && whole.count >= 3, "\(whole)")
        // And those of the network that reads all at once.
        let inputs = trained.reader.stacking.batch([trained.reader.features.tensor(of: waveform)])
        let rows = SymbolRows(trained.model.logits(inputs.inputs, lengths: inputs.lengths).logSoftmax(), inputs.lengths)[0]
        if search.beam == 1 {
          let text = trained.reader.text(of: greedyReading(of: rows).map(\.symbol))
          #expect(whole.map(\.text).joined(separator: " ") == text)
        }
      }
    }
  }

  /// A language model, whose weight is chosen on the validation part, helps where sound alone says little.
  @Test(arguments: ["characters", "words"]) func aLanguageModelHelps(tokens: String) throws {
    try Self.withTones { directory in
      let trained = try Self.trained(["training.epochs=12"], in: directory)
      // What is said in the recordings, again and again.
      let set = try RecordingSet(contentsOf: directory.appending(path: "recordings.tsv"))
      let text = set.recordings.map { SpeechData().text($0.text) + "\n" }.joined()
      let file = directory.appending(path: "language.txt")
      try Data(String(repeating: text, count: 20).utf8).write(to: file)
      var recipe = try Recipe(yaml: "task: language-model\n", name: "tiny", origin: "tiny.yaml")
      for assignment in ["data.tokens=\(tokens)", "model.hidden=32", "model.layers=1", "training.batch=8", "training.steps=20", "training.epochs=8", "training.rate=0.01"] {
        try recipe.set(assignment)
      }
      let run = try LanguageModeling.prepare(RunSettings(recipe), from: .path(file.path))
      let language = try run.trained(run.trainer().run(from: run.model))
      let url = directory.appending(path: "language.safetensors")
      try language.save(to: url)
      let score = try trained.evaluate(EvaluationRequest(source: .path(directory.path), part: .part(.validation), options: [.languageModel: url.path]))
      let with = try #require(score.withLanguage)
      #expect(with.weight >= 0 && with.recognized.words.rate <= score.beam.words.rate, "\(score.report.text)")
      #expect(score.report.text.contains("and language model"))

      // What it says is the sum of its tokens' logarithms: a text's score does not depend on how it was reached.
      let spoken = try SpokenLanguage(language, weight: 1)
      func total(_ text: String) -> Double {
        var (state, sum) = (spoken.start(), 0.0)
        for letter in text {
          sum += spoken.score(of: String(letter), after: state)
          state = spoken.states(extending: [(state, String(letter))])[0]
        }
        return sum + spoken.endScore(of: state)
      }
      var known = language.model.initialState(batchSize: 1)
      var (expected, token) = (0.0, LanguageModelWriter.start(language.codec))
      for next in try language.codec.encode("ab\n").tokens {
        let (outputs, state) = language.model.outputs(IndexTensor(shape: [1, 1], scalars: [token]), from: known)
        expected += Double(language.model.logits(outputs).logSoftmax().scalars[Int(next)])
        (known, token) = (state, next)
      }
      #expect(abs(total("ab") - expected) < 1e-4, "\(total("ab")) \(expected)")
      #expect(total("ab") > total("zz") && total("zz").isFinite)
    }
  }

  @Test func aLanguageModelOfOtherTokensIsRefused() throws {
    try withDirectory(["text.txt": String(repeating: "abab cd\n", count: 40)]) { directory in
      var recipe = try Recipe(yaml: "task: language-model\n", name: "tiny", origin: "tiny.yaml")
      for assignment in ["data.tokens=bytes", "model.hidden=4", "training.epochs=1", "training.batch=2", "training.steps=10"] { try recipe.set(assignment) }
      let run = try LanguageModeling.prepare(RunSettings(recipe), from: .path(directory.appending(path: "text.txt").path))
      let language = try run.trained(run.trainer().run(from: run.model))
      let error = #expect(throws: SpeechError.self) { try SpokenLanguage(language) }
      #expect(error?.description.contains("must be characters or words") == true)
    }
  }

  /// Each speaker is held out in turn; those who are known give the validation part.
  @Test func foldsOfSpeakers() throws {
    try Self.withTones { directory in
      let settings = ["data.folds=3", "data.heldOut=speaker", "training.epochs=12"]
      let source = DataSource.path(directory.path)
      #expect(try SpeechRecognition.checkFolds(Self.settings(settings), from: source) == [])
      var tested: Set<String?> = []
      for fold in 1...3 {
        let settings = try Self.settings(settings + ["data.fold=\(fold)"])
        let parts = try Parts<RecordingSet>(source, settings.data)
        let speakers = parts.sets.mapValues { Set($0.recordings.map(\.speaker)) }
        #expect(parts.sets[.test]?.count == 24 && parts.sets.values.reduce(0) { $0 + $1.count } == 72)
        #expect(speakers[.test]?.count == 1 && speakers[.train]?.count == 2 && speakers[.train]?.isDisjoint(with: speakers[.test] ?? []) == true)
        tested.formUnion(speakers[.test] ?? [])
        guard fold == 2 else { continue }
        let report = try #require(try SpeechRecognition.validateFold(settings, from: source, interruption: nil))
        #expect(report.testCount == 24 && report.trainingCount == 48 && report.name != nil)
        #expect(report["exact"].map { $0 > 0.3 } == true && report.baselines.map(\.name) == ["nearest"], "\(report)")
      }
      #expect(tested.count == 3)
      #expect(throws: DataError.self) { try SpeechRecognition.checkFolds(Self.settings(["data.folds=4", "data.heldOut=speaker"]), from: source) }
      #expect(throws: ConfigurationError.self) { try SpeechData { ($0.folds, $0.fold) = (3, 4) }.validate() }
    }
  }

  /// A recording longer than what is read at once is read in stretches, in whose middle everything is as before.
  @Test func longRecordingsAreReadInStretches() throws {
    var generator = RandomGenerator(seed: 4)
    let configuration = SpeechConfiguration { ($0.hidden, $0.layers) = (8, 1) }
    let data = SpeechData { ($0.sound.sampleRate, $0.sound.bands) = (8000, 12) }
    let waveform = Waveform(sampleRate: 8000, samples: (0..<8000 * 75).map { _ in Float(0.1 * generator.normal()) })
    var statistics = FeatureStatistics(featureCount: 12)
    statistics.add(Array(data.sound.features.tensor(of: waveform).scalars))
    let artifacts = SpeechRecognition.Artifacts(
      vocabulary: try Vocabulary(symbols: [" ", "a", "b", "c"]), features: data.sound.features.normalized(statistics.normalization))
    let model = SpeechRecognizer(configuration, featureCount: 12, tokenCount: 4, using: &generator)
    let trained = try TrainedSpeechRecognizer(settings: ModelSettings(data: data, model: configuration), artifacts: artifacts, model: model)
    var transcriber = Transcriber(trained, search: .greedy)
    #expect(!transcriber.isLive)
    let inParts = transcriber.append(waveform.samples) + transcriber.finish()
    let inputs = trained.reader.stacking.batch([trained.reader.features.tensor(of: waveform)])
    let rows = SymbolRows(model.logits(inputs.inputs, lengths: inputs.lengths).logSoftmax(), inputs.lengths)[0]
    let whole = trained.reader.text(of: greedyReading(of: rows).map(\.symbol))
    #expect(inParts.map(\.text).joined() == whole.filter { $0 != " " })
    #expect(whole.count > 20, "\(whole)")
  }

  @Test(arguments: [
    ["model.dropout=0.2", "data.noise=10", "data.gain=4", "data.speed=0.1", "data.frequencyMasks=1", "data.frequencyMask=4"],
    ["data.strings=24", "data.background=10", "data.longestString=4", "data.speakers=one", "model.bidirectional=false"],
  ]) func resumedRunsHaveTheSameBits(assignments: [String]) throws {
    try Self.withTones { directory in
      let settings = try Self.settings(assignments)
      try expectSameBitsWhenResumed(stoppingAt: [1, 3]) {
        try SpeechRecognition.prepare(settings, from: .path(directory.path))
      } configuration: { settings.training }
    }
  }

  @Test func oneThreadIsAsTwo() throws {
    try Self.withTones { directory in
      let count = Threads.count
      defer { Threads.count = count }
      let models = try [1, 2].map { count in
        Threads.count = count
        return try Self.trained(["data.noise=10", "training.epochs=1"], in: directory).model
      }
      #expect(models[0].tensors.elementsEqual(models[1].tensors) { $0.scalars == $1.scalars })
    }
  }

  /// Batches are what their number says: each epoch changes recordings anew.
  @Test func batchesArePureFunctions() throws {
    try Self.withTones { directory in
      let run = try SpeechRecognition.prepare(Self.settings(["data.noise=10", "data.timeMasks=1"]), from: .path(directory.path))
      let first = try run.source.batch(at: 1, epoch: 2, shard: .whole)
      _ = try run.source.batch(at: 0, epoch: 5, shard: .whole)
      let again = try run.source.batch(at: 1, epoch: 2, shard: .whole)
      #expect(first.inputs.scalars == again.inputs.scalars && first.texts == again.texts)
      let halves = try (0..<2).map { try run.source.batch(at: 1, epoch: 2, shard: Shard(rank: $0, of: 2)) }
      #expect(halves.flatMap(\.texts) == first.texts)
      let sums = try (0..<2).map { epoch in
        try (0..<run.source.stepsPerEpoch).reduce(Float(0)) { try $0 + run.source.batch(at: $1, epoch: epoch, shard: .whole).inputs.sum().scalar }
      }
      #expect(sums[0] != sums[1])
    }
  }

  // MARK: Data

  @Test func heldOutByRecordingOrSpeaker() throws {
    try Self.withTones { directory in
      let manifest = directory.appending(path: "recordings.tsv")
      let text = try String(contentsOf: manifest, encoding: .utf8)
      // Without the last column.
      try Data(text.split(separator: "\n").map { $0.split(separator: "\t").dropLast().joined(separator: "\t") }.joined(separator: "\n").utf8).write(to: manifest)
      for source in [directory, manifest] {
        let dealt = try Parts<RecordingSet>(.path(source.path), SpeechData())
        #expect(dealt.sets.values.reduce(0) { $0 + $1.count } == 72 && dealt.sets.count == 3)
        let parts = try Parts<RecordingSet>(.path(source.path), SpeechData { $0.heldOut = .speaker })
        let speakers = parts.sets.mapValues { Set($0.recordings.map(\.speaker)) }
        #expect(speakers.values.allSatisfy { $0.count == 1 } && Set(speakers.values).count == 3)
      }
    }
  }

  /// Strings grow over the first epochs, slowly at first; those that are measured are always whole.
  @Test func stringsGrow() throws {
    let settings = JoiningSettings { ($0.strings, $0.growing) = (40, 8) }
    #expect((0...9).map(settings.longest) == [1, 1, 1, 1, 2, 3, 4, 5, 7, 7])
    try Self.withTones { directory in
      let set = try RecordingSet(contentsOf: directory.appending(path: "recordings.tsv"))
      let recordings = try Recordings(set, SpeechData { $0.sound.sampleRate = 8000 })
      let seed = RandomGenerator(seed: 1)
      func counts(_ epoch: Int?) -> [Int] {
        (0..<40).map { recordings.string($0, settings, seed: seed, epoch: epoch).text.split(separator: " ").count }
      }
      #expect(counts(0).allSatisfy { $0 == 1 } && Set(counts(6)) == [3, 4] && counts(8) == counts(nil))
      #expect(Set(counts(nil)) == [3, 4, 5, 6, 7] && recordings.strings(settings, seed: seed).texts.allSatisfy { $0.split(separator: " ").count >= 3 })
    }
  }

  @Test func brokenRecordingsStopOrAreOmitted() throws {
    try withDirectory(["m.csv": "file,text\ngood.wav,one\nnone.wav,two\nbad.wav,three\ngood.wav,?!\n"]) { directory in
      try Waveform(sampleRate: 16_000, samples: [Float](repeating: 0.1, count: 4000)).write(wav: directory.appending(path: "good.wav"))
      try Data("RIFFxxxxWAVEfmt ".utf8).write(to: directory.appending(path: "bad.wav"))
      let set = try RecordingSet(contentsOf: directory.appending(path: "m.csv"))
      func problem(_ index: Int) -> String {
        do throws(DataError) {
          _ = try Recordings(set.selecting([index]), SpeechData())
          return ""
        } catch {
          return "\(error)"
        }
      }
      #expect(problem(0) == "")
      #expect(problem(1).contains("none.wav: no such file") && problem(1).contains("m.csv:3"), "\(problem(1))")
      #expect(problem(2).contains("bad.wav"))
      #expect(problem(3).contains("m.csv:5: the text of good.wav is empty without punctuation"), "\(problem(3))")
      let kept = try Recordings(set, SpeechData { $0.broken = .omit })
      #expect(kept.count == 1)
      #expect(kept.notes.map { $0.split(separator: ": ", maxSplits: 1)[1] } == [
        "2 recordings left out, the file is damaged or not there: lines 3, 4", "1 recording left out, the text is empty: line 5",
      ])
    }
  }

  @Test func textsThatDoNotFitAreCounted() throws {
    var generator = RandomGenerator(seed: 1)
    try Self.withTones { directory in
      let run = try SpeechRecognition.prepare(Self.settings(["model.stride=24", "model.stack=24"]), from: .path(directory.path))
      #expect(run.notes.contains { $0.contains("fewer steps than it takes to say the text") }, "\(run.notes)")
      let evaluation = run.objective.evaluate(run.model, using: &generator)
      #expect(evaluation.metrics["unfitting"].map { $0 > 0 } == true && evaluation.loss.isFinite)
    }
  }

  @Test func valuesThatDoNotGoTogether() throws {
    for (assignment, part) in [
      ("model.stack=1", "stack: is 1, less than stride, 2"), ("data.hop=30", "a hop of 30"), ("data.bands=500", "sees no frequency"),
      ("data.coefficients=30", "more than there are bands"), ("data.longestString=2", "less than shortestString"),
      ("data.longestPause=0.01", "less than shortestPause"), ("data.tokens=bytes", "lowercase"),
    ] {
      do {
        _ = try Self.settings(["data.lowercase=true", assignment])
        Issue.record("\(assignment) is accepted")
      } catch {
        #expect("\(error)".contains(part), "\(error)")
      }
    }
  }

  @Test func subtitlesAreDivided() {
    var titles = Subtitles(.subRip)
    var text = ""
    for (word, start) in [("one", 0.5), ("two", 1.0), ("three", 3.5)] { text += titles.add(SpokenWord(text: word, start: start, end: start + 0.4)) }
    text += titles.finish()
    #expect(text == "1\n00:00:00,500 --> 00:00:01,400\none two\n\n2\n00:00:03,500 --> 00:00:04,000\nthree\n\n")
    var vtt = Subtitles(.webVTT)
    _ = vtt.add(SpokenWord(text: "late", start: 3723.004, end: 3724))
    #expect(vtt.finish() == "01:02:03.004 --> 01:02:04.000\nlate\n\n")
  }

  // MARK: Real recordings

  /// The recordings inside the package are what its notice says, and a part of the sound holds one of them from its first to its last sample.
  @Test func digitsInsideThePackage() throws {
    let parts = try Parts<RecordingSet>(DataSource(SpokenDigits.name), SpeechData())
    #expect(parts.sets.mapValues(\.count) == [.train: 270, .validation: 30, .test: 60])
    #expect(Set(parts.sets.values.flatMap(\.contents)).count == 360 && parts.overlaps.isEmpty)
    for (part, set) in parts.sets {
      for (shares, count) in [(Dictionary(grouping: set.recordings) { $0.speaker ?? "" }, 6), (Dictionary(grouping: set.recordings, by: \.text), 10)] {
        #expect(shares.count == count && Set(shares.values.map(\.count)).count == 1, "\(part)")
      }
      // Numbers 0 to 4 are the official test part.
      #expect(set.recordings.allSatisfy { $0.file.hasSuffix("_0.wav") == (part == .test) })
      let recordings = try Recordings(set, SpeechData { $0.sound.sampleRate = 8000 })
      for (waveform, recording) in zip(recordings.waveforms, set.recordings) {
        let (start, end) = (try #require(recording.start), try #require(recording.end))
        #expect(waveform.samples.count == Int(((end - start) * 8000).rounded()) && waveform.samples.contains { abs($0) > 0.01 }, "\(recording.file)")
      }
    }
  }

  @Test func learnsTheDigitsInsideThePackage() throws {
    var small = try Recipe(named: "spoken-digits-demo")
    let source = DataSource(try #require(small.dataSource))
    for assignment in ["training.epochs=25", "training.batch=8", "model.hidden=64", "model.layers=1", "training.rate=0.005"] { try small.set(assignment) }
    let run = try SpeechRecognition.prepare(RunSettings(small), from: source)
    let trained = try run.trained(run.trainer().run(from: run.model))
    let score = try trained.evaluate(EvaluationRequest(source: source))
    #expect(score.part == .part(.test) && score.references.count == 60)
    #expect(score.greedy.characters.rate < 0.35, "\(score.report.text)")
  }

  private static let digits = URL(filePath: #filePath).appending(path: "../../../../shared/data/fsdd/recordings.tar.gz").standardizedFileURL

  @Test(.enabled(if: FileManager.default.fileExists(atPath: digits.path), "the Free Spoken Digit Dataset is not beside the checkout"))
  func learnsSpokenDigits() throws {
    try withDirectory { directory in
      let tar = Process()
      tar.executableURL = URL(filePath: "/usr/bin/env")
      tar.arguments = ["tar", "xzf", Self.digits.path, "-C", directory.path]
      try tar.run()
      tar.waitUntilExit()
      let parts = try Parts<RecordingSet>(.path(directory.path), SpeechData())
      #expect(parts.sets[.test]?.count == 300 && parts.sets.values.reduce(0) { $0 + $1.count } == 3000)
      // Those inside the package are some of these, sample for sample.
      let inside = try Parts<RecordingSet>(DataSource(SpokenDigits.name), SpeechData())
      let test = Set(try parts.part(.test).contents)
      for (part, set) in inside.sets { #expect(set.contents.allSatisfy { test.contains($0) == (part == .test) }) }
      #expect(Set(inside.sets.values.flatMap(\.contents)).isSubset(of: parts.sets.values.flatMap(\.contents)))
      var small = try #require(Recipe.builtIn.first { $0.name == "spoken-digits" })
      for assignment in ["training.epochs=5", "training.batch=32", "model.hidden=64", "model.layers=1", "training.rate=0.005"] { try small.set(assignment) }
      let run = try SpeechRecognition.prepare(RunSettings(small), from: .path(directory.path))
      let trained = try run.trained(run.trainer().run(from: run.model))
      let score = try trained.evaluate(EvaluationRequest(source: .path(directory.path)))
      #expect(score.greedy.characters.rate < 0.5, "\(score.report.text)")
    }
  }
}
