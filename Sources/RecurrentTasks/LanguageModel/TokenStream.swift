import RecurrentData
import RecurrentLayers
import RecurrentTensors

/// A language model that reads tokens one by one, in constant memory for any number of them: what writers and partners are made of.
///
/// It owns the layers' state, and so cannot be copied.
struct TokenStream: ~Copyable, Sendable {
  private let model: LanguageModel
  private var layers: StreamingStack<AnyCell<Float>>
  /// The token to be read next; what comes after it is not known yet.
  var pending: Int32

  /// A stream that begins with the token `start`.
  ///
  /// - Precondition: the codec's vocabulary is the model's.
  init(_ model: LanguageModel, codec: TextCodec, start: Int32, weights: WeightPrecision) {
    check(
      model.vocabularyCount == codec.vocabulary.count,
      "a model of \(model.vocabularyCount) tokens and a vocabulary of \(codec.vocabulary.count)")
    self.model = model.mapParameters { $0.detached() }
    layers = model.rnn.streaming(weights: weights)
    pending = start
  }

  /// Reads the pending token; the scores of the one after it, as many as the vocabulary has.
  mutating func scores() -> [Float] { model.logits(advance()).scalars }

  /// Reads the pending token, and puts another in its place.
  mutating func read(_ token: Int32) {
    advance()
    pending = token
  }

  /// Forgets all that was read, and begins with `start`.
  mutating func reset(_ start: Int32) {
    layers.reset()
    pending = start
  }

  /// Reads the pending token; the top layer's output `[1, hidden]`.
  @discardableResult private mutating func advance() -> Tensor<Float> {
    layers.step(model.embedding(IndexTensor(shape: [1], scalars: [pending])))
  }
}
