public import RecurrentData
public import RecurrentLayers
public import RecurrentTensors

/// The ``AlignmentNetwork`` that recipes train and model files hold.
public typealias Aligner = AlignmentNetwork<Float>

/// Matches pictures and sentences by their regions and words (Karpathy and Fei-Fei 2015, "Deep visual-semantic alignments for generating image
/// descriptions"): a region becomes a vector by one linear map; a word one by a recurrent network that reads the sentence in both directions and by
/// another linear map. How well they answer each other is their inner product, and of picture and sentence it is the sum over words of the region that
/// answers best; see `BestMatches`.
///
/// - Parameters: `encoder.*`, unless a frozen encoder has seen the pictures before; `region.weight` `[size, 2 features]`, `region.bias`;
///   `embedding.weight` `[words, embedding]`; `words.*`; `word.weight` `[size, 2 hidden]`, `word.bias`.
public struct AlignmentNetwork<Scalar: TensorScalar>: Module {
  /// Its sizes and rates.
  public let configuration: AlignmentConfiguration

  /// What sees pictures; nil: it is frozen, and no part of the model.
  public var encoder: PictureEncoder<Scalar>?
  /// From what is known of a region to where it meets words.
  public var region: Linear<Scalar>
  /// A vector for each word.
  public var embedding: Embedding<Scalar>
  /// What reads the words.
  public var words: SequenceEncoder<AnyCell<Scalar>>
  /// From what was read at a word to where it meets regions.
  public var word: Linear<Scalar>

  private let boxes: PictureRegions
  private let standardization: FeatureStandardization?

  /// A model with parameters drawn at random, but for an encoder that comes with the package.
  ///
  /// - Parameter standardization: What is done to the features of regions before anything is learned from them.
  public init(
    _ configuration: AlignmentConfiguration, wordCount: Int, standardization: FeatureStandardization? = nil, using generator: inout RandomGenerator
  ) {
    self.configuration = configuration
    self.standardization = standardization
    let c = configuration
    boxes = c.regions
    encoder = c.trainsEncoder ? PictureEncoder(c.encoder, using: &generator) : nil
    region = Linear(inputSize: boxes.featureCount, outputSize: c.jointSize, using: &generator)
    embedding = Embedding(tokenCount: wordCount, featureCount: c.embedding, initializer: .inverseSquareRoot, using: &generator)
    words = SequenceEncoder(inputSize: c.embedding, hiddenSize: c.hidden, layerCount: c.layers, isBidirectional: true) { inputSize in
      c.recurrent.makeCell(inputSize: inputSize, using: &generator)
    }
    word = Linear(inputSize: words.outputSize, outputSize: c.jointSize, using: &generator)
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&encoder, "encoder")
    visitor.visit(&region, "region")
    visitor.visit(&embedding, "embedding")
    visitor.visit(&words, "words")
    visitor.visit(&word, "word")
  }

  /// The regions of pictures, `[batch, regions, size]`.
  ///
  /// - Parameters:
  ///   - pictures: `[batch, height, width, 3]`, or of a frozen encoder what it has made of them, `[places, batch, features]`.
  ///   - drop: What is done to the features of regions; by default nothing.
  func regions(of pictures: Tensor<Scalar>, drop: Dropping<Scalar> = { $1 }) -> Tensor<Scalar> {
    let described = boxes.description(of: encoder.map { $0.places(of: pictures) } ?? pictures)
    var regions = region(drop(configuration.placeDropout, standardization?(described) ?? described))
    if configuration.normalized {
      regions = regions / ((regions * regions).sum(alongAxes: 2, keepingAxes: true) + 1e-8).squareRoot()
    }
    return regions.transposed(permutation: [1, 0, 2])
  }

  /// The words of sentences, `[time, batch, size]`.
  func vectors(of sentences: TokenBatch, drop: Dropping<Scalar> = { $1 }) -> Tensor<Scalar> {
    let embedded = drop(configuration.dropouts.inputDropout, embedding(sentences.tokens))
    let read = words(embedded, lengths: sentences.lengths) { drop(configuration.dropouts.betweenDropout, $0) }.outputs
    return word(drop(configuration.dropouts.outputDropout, read))
  }

  /// How far pairs that do not belong together are from being worse than those that do by the margin, summed over both directions, a mean over the pairs
  /// that do (equation 9 of the paper); or how unlikely those that do are, in nats, among all.
  func loss(of batch: AlignmentBatch, using generator: inout RandomGenerator) -> Tensor<Scalar> {
    let regions = regions(of: Tensor(batch.pictures)) { $0($1, using: &generator) }
    let vectors = vectors(of: batch.sentences) { $0($1, using: &generator) }
    let scores = BestMatches(of: vectors, lengths: batch.sentences.lengths, among: regions).scores
    let count = scores.shape[0]
    let (isRight, isWrong) = (Tensor<Scalar>(identity: count), Tensor<Scalar>(batch.isWrong))
    if configuration.negatives == .softmax {
      // Another sentence of the same picture is neither.
      let compared = scores + (isRight + isWrong - 1) * 1e9
      let likely = (compared.logSoftmax() + compared.transposed().logSoftmax()) * isRight
      return likely.sum() * (-1 / Scalar(count))
    }
    let right = (scores * isRight).sum(alongAxes: 1)
    func lacking(_ right: Tensor<Scalar>, alongAxis axis: Int) -> Tensor<Scalar> {
      let lacking = (scores - right + Scalar(configuration.margin)).relu() * isWrong
      return configuration.negatives == .hardest ? lacking.maximum(alongAxis: axis).sum() : lacking.sum()
    }
    let bySentence = lacking(right.reshaped(to: [count, 1]), alongAxis: 1)
    let byPicture = lacking(right.reshaped(to: [1, count]), alongAxis: 0)
    return (bySentence + byPicture) * (1 / Scalar(count))
  }
}

/// Pictures side by side, and a sentence of each.
public struct AlignmentBatch: Sendable {
  /// The pictures, as the model reads them; see `CaptionBatch`.
  public let pictures: Tensor<Float>
  /// The sentence of each.
  public let sentences: TokenBatch
  /// 1 where picture (row) and sentence (column) do not belong together, else 0.
  public let isWrong: Tensor<Float>

  /// - Parameter numbers: What tells the pictures from each other: two sentences of one are both right.
  init(pictures: Tensor<Float>, numbers: [Int], sentences: [ArraySlice<Int32>]) {
    self.pictures = pictures
    self.sentences = TokenBatch(sentences)
    isWrong = Tensor(
      shape: [numbers.count, numbers.count], scalars: numbers.flatMap { row in numbers.map { $0 == row ? 0 : 1 } })
  }
}
