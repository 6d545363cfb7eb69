import RecurrentLayers
import RecurrentTensors
import RecurrentTraining

/// The logarithms of the probabilities of the symbols at each step of recordings that are side by side.
struct SymbolRows {
  private let scalars: [Float]
  private let (batch, width): (Int, Int)
  private let lengths: [Int]

  /// - Parameter logProbabilities: `[time, batch, symbols]`.
  init(_ logProbabilities: Tensor<Float>, _ lengths: [Int]) {
    (scalars, batch, width, self.lengths) = (logProbabilities.scalars, logProbabilities.shape[1], logProbabilities.shape[2], lengths)
  }

  /// The steps of a recording.
  subscript(recording: Int) -> [ArraySlice<Float>] {
    (0..<lengths[recording]).map { step in
      let start = (step * batch + recording) * width
      return scalars[start..<start + width]
    }
  }
}

/// What is said where the likeliest symbol of each step is taken: neighbours that are alike are one, and blanks none.
func greedyReading(of steps: [ArraySlice<Float>]) -> [SaidSymbol] {
  var reading = GreedyReading()
  return steps.compactMap { reading.read($0) }
}

/// Takes the likeliest symbol of each step, as steps come.
struct GreedyReading: Sendable {
  private var last = SpeechReader.blank
  private var step = 0

  /// The symbol that begins at the next step; nil: none.
  mutating func read(_ logProbabilities: ArraySlice<Float>) -> SaidSymbol? {
    let (start, best) = (logProbabilities.startIndex, logProbabilities.indices.max { logProbabilities[$0] < logProbabilities[$1] })
    let symbol = Int32((best ?? start) - start)
    defer { (last, step) = (symbol, step + 1) }
    return symbol == SpeechReader.blank || symbol == last ? nil : SaidSymbol(symbol: symbol, step: step)
  }
}

/// What a model makes of a recording.
struct Said<Answer> {
  let answer: Answer
  /// The loss of the text, in nats; 0 where it does not fit.
  let loss: Double
  let isFitting: Bool
}

extension SpeechRecognizer {
  /// What the model makes of each recording.
  ///
  /// - Parameter answer: Makes an answer of the logarithms of the symbols' probabilities at each step.
  func said<Answer>(in examples: SpokenExamples, _ answer: ([ArraySlice<Float>]) -> Answer) -> [Said<Answer>] {
    let width = max(4 * encoder.outputSize, output.weight.shape[0])
    return Measuring.answers(lengths: examples.lengths, width: width) { indices in
      let batch = examples.batch(indices)
      let logits = logits(batch.inputs, lengths: batch.lengths)
      let loss = ctcLoss(logits: logits, lengths: batch.lengths, texts: batch.texts, blank: SpeechReader.blank, reduction: .sum)
      let unfitting = Set(loss.unfitting)
      let rows = SymbolRows(logits.logSoftmax(), batch.lengths)
      return indices.indices.map { Said(answer: answer(rows[$0]), loss: Double(loss.losses[$0]), isFitting: !unfitting.contains($0)) }
    }
  }
}

extension [Said<String>] {
  /// The mean loss, in nats a symbol, over the texts that fit, and how many symbols these have.
  func meanLoss(of examples: SpokenExamples) -> (loss: Double, symbolCount: Int) {
    let count = zip(self, examples.symbols).reduce(0) { $0 + ($1.0.isFitting ? $1.1.count : 0) }
    return (reduce(0) { $0 + $1.loss } / Double(Swift.max(1, count)), count)
  }
}

/// Texts that were recognized, beside what was said.
struct Transcripts: Sendable {
  /// What was recognized of each recording.
  let texts: [String]
  /// The errors of words and of characters in each.
  let each: [(words: EditErrors, characters: EditErrors)]
  /// How many are right, word for word.
  let exactCount: Int

  init(_ texts: [String], of references: [String]) {
    self.texts = texts
    each = zip(texts, references).map { text, reference in
      var (words, characters) = (EditErrors(), EditErrors())
      words.addWords(of: text, reference: reference)
      characters.addCharacters(of: text, reference: reference)
      return (words, characters)
    }
    exactCount = each.count { $0.words.count == 0 }
  }

  /// The errors of words in all.
  var words: EditErrors { each.reduce(EditErrors()) { $0 + $1.words } }
  /// The errors of characters in all.
  var characters: EditErrors { each.reduce(EditErrors()) { $0 + $1.characters } }
  /// The share that is right, word for word.
  var exactShare: Double { Double(exactCount) / Double(max(1, texts.count)) }
}
