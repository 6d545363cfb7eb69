import RecurrentData
import RecurrentLayers
import RecurrentTensors

/// A language model that says which texts are likely, beside what was heard ("shallow fusion", Hannun et al. 2014): to the logarithm of the likelihood of a text
/// are added ``weight`` times that of its tokens, and ``bonus`` for each of these, since every model holds shorter texts likelier.
///
/// Its tokens are characters, or words: a word counts when it has ended.
public struct SpokenLanguage: Sendable {
  /// What the logarithm of a token's probability is multiplied by.
  public var weight: Double
  /// What each token adds, in nats.
  public var bonus: Double

  private let model: LanguageModel
  private let codec: TextCodec
  /// The state after what stands before a sentence, and what is likely then.
  private let beginning: State

  /// What is known of a text so far.
  struct State: Sendable {
    /// The row of each tensor of the layers' states.
    fileprivate var rows: [[Float]]
    /// The logarithms of the probabilities of the next token.
    fileprivate var logProbabilities: [Float]
    /// Of a model of words, the letters since the last white space.
    fileprivate var word = ""
    /// Whether white space was read last.
    fileprivate var endsInSpace = false
  }

  /// A language model.
  ///
  /// - Throws: ``SpeechError`` for one of other tokens.
  public init(_ trained: TrainedLanguageModel, weight: Double = 0.5, bonus: Double = 0) throws(SpeechError) {
    codec = trained.codec
    guard [.characters, .graphemes, .words].contains(codec.tokenizer.kind) else {
      throw SpeechError("the language model's tokens are \(codec.tokenizer.kind.rawValue); they must be characters or words")
    }
    (self.weight, self.bonus) = (weight, bonus)
    model = trained.model.mapParameters { $0.detached() }
    let start = LanguageModelWriter.start(codec)
    let initial = model.initialState(batchSize: 1).tensors.map { Array($0.scalars) }
    beginning = Self.states(model, after: [(initial, start)])[0]
  }

  /// The state before the first symbol of a text.
  func start() -> State { beginning }

  private var isOfWords: Bool { codec.tokenizer.kind.areWords }

  /// What a part of a text adds to the score of the text.
  func score(of piece: String, after state: State) -> Double {
    guard isOfWords else { return score(ofToken: piece, state) }
    // The word before the first white space ends with it.
    guard let end = piece.firstIndex(where: \.isWhitespace) else { return 0 }
    let word = state.word + piece[..<end]
    return word.isEmpty ? 0 : score(ofToken: word, state)
  }

  /// The states of texts with a part more.
  func states(extending texts: [(state: State, piece: String)]) -> [State] {
    var states = texts.map(\.state)
    var read: [(place: Int, token: Int32)] = []
    for (place, text) in texts.enumerated() {
      states[place].endsInSpace = text.piece.last?.isWhitespace == true
      guard isOfWords else {
        read.append((place, token(text.piece) ?? LanguageModelWriter.start(codec)))
        continue
      }
      guard let end = text.piece.firstIndex(where: \.isWhitespace) else {
        states[place].word += text.piece
        continue
      }
      let word = text.state.word + text.piece[..<end]
      states[place].word = String(text.piece[end...].drop(while: \.isWhitespace))
      if !word.isEmpty { read.append((place, token(word) ?? LanguageModelWriter.start(codec))) }
    }
    let after = Self.states(model, after: read.map { (states[$0.place].rows, $0.token) })
    for ((place, _), state) in zip(read, after) { (states[place].rows, states[place].logProbabilities) = (state.rows, state.logProbabilities) }
    return states
  }

  /// What the end of a text adds.
  func endScore(of state: State) -> Double {
    guard isOfWords, !state.word.isEmpty else {
      // White space after the last character has cost what the end would have.
      return !isOfWords && state.endsInSpace ? 0 : endToken.map { weight * Double(state.logProbabilities[$0]) } ?? 0
    }
    let ended = states(extending: [(state, " ")])[0]
    return score(of: " ", after: state) + endScore(of: ended)
  }

  /// The token after a sentence.
  private var endToken: Int? { codec.endOfSentenceIndex ?? codec.vocabulary.index(of: "\n") }

  private func token(_ text: String) -> Int32? { (try? codec.encode(text)).flatMap { $0.tokens.count == 1 ? $0.tokens[0] : nil } }

  /// The logarithm of the probability of a token that the model does not know: one of ten thousand that its unknown token stands for, or that there may be.
  private static let logProbabilityOfOneUnknown = -9.21

  private func score(ofToken text: String, _ state: State) -> Double {
    let unknown = codec.unknownIndex.map { Int32($0) }
    let known = token(text)
    var logProbability = (known ?? unknown).map { Double(state.logProbabilities[Int($0)]) } ?? 0
    if known == nil || known == unknown { logProbability += Self.logProbabilityOfOneUnknown }
    return weight * logProbability + bonus
  }

  /// The states after a token more, side by side.
  private static func states(_ model: LanguageModel, after texts: [(rows: [[Float]], token: Int32)]) -> [State] {
    if texts.isEmpty { return [] }
    let shape = model.initialState(batchSize: texts.count)
    let joined = shape.replacingTensors(
      with: shape.tensors.indices.map { place in
        Tensor(shape: shape.tensors[place].shape, scalars: texts.flatMap { $0.rows[place] })
      })
    let tokens = IndexTensor(shape: [1, texts.count], scalars: texts.map(\.token))
    let (outputs, state) = model.outputs(tokens, from: joined)
    let likely = model.logits(outputs).logSoftmax().scalars
    let after = state.tensors.map { Array($0.scalars) }
    func row(_ index: Int, of scalars: some RandomAccessCollection<Float>) -> [Float] {
      let width = scalars.count / texts.count
      return Array(scalars.dropFirst(index * width).prefix(width))
    }
    return texts.indices.map { index in State(rows: after.map { row(index, of: $0) }, logProbabilities: row(index, of: likely)) }
  }
}
