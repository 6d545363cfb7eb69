public import RecurrentLayers
public import RecurrentTensors

/// The ``CaptionNetwork`` that recipes train and model files hold.
public typealias Captioner = CaptionNetwork<Float>

/// Writes what is in a picture: an encoder makes a grid of places of it, and a decoder looks at these and writes words.
///
/// With attention (Xu et al. 2015, "Show, attend and tell"): the decoder's first state is made of the mean place, its cells read the context that
/// their state looked up, and a word is predicted from state, context and the word before; or they look after they have read that word. Without (Vinyals et al. 2015, "Show and tell"; Karpathy and
/// Fei-Fei 2015): what is known of the whole picture (`PictureRegions.description(of:)`), made as large as an embedded word, is what the cells read first, and all that
/// they see of it.
///
/// Where places tell where they are, each has six numbers more: its column x and row y from -1 to 1, and the sines and cosines of πx and πy.
///
/// - Parameters: `encoder.*`, unless a frozen encoder has seen the pictures before; `bridge.*` with attention, `picture.weight` `[embedding, 2 features]` and `picture.bias` without; `decoder.*`.
public struct CaptionNetwork<Scalar: TensorScalar>: Module {
  /// What writes.
  public typealias Decoder = AttentionDecoder<AnyCell<Scalar>, AnyAttention<Scalar>>

  /// Its sizes and rates.
  public let configuration: CaptionerConfiguration

  /// What sees pictures; nil: it is frozen, and no part of the model.
  public var encoder: PictureEncoder<Scalar>?
  /// The grid whose places tell where they are; nil: they do not tell.
  private let positionedGrid: PictureGrid?
  /// The whole picture, without attention.
  private let whole: PictureRegions?
  private let standardization: FeatureStandardization?
  /// From the mean place to the decoder's first state; nil without attention.
  public var bridge: Bridge<AnyCell<Scalar>>?
  /// From the whole picture to what the decoder reads first; nil with attention.
  public var picture: Linear<Scalar>?
  /// What writes.
  public var decoder: Decoder

  /// A model with parameters drawn at random, but for an encoder that comes with the package.
  ///
  /// - Parameters:
  ///   - grid: The places that it sees; nil: those of the configuration's encoder.
  ///   - standardization: What is done to features before anything is learned from them.
  public init(
    _ configuration: CaptionerConfiguration, wordCount: Int, grid: PictureGrid? = nil, standardization: FeatureStandardization? = nil,
    using generator: inout RandomGenerator
  ) {
    self.configuration = configuration
    self.standardization = standardization
    let c = configuration
    let grid = grid ?? c.grid
    encoder = c.trainsEncoder ? PictureEncoder(c.encoder, using: &generator) : nil
    let looks = c.attention != .none
    positionedGrid = looks && c.positions ? grid : nil
    whole = looks ? nil : PictureRegions(wholeOf: grid)
    let memorySize = (whole?.featureCount ?? grid.features) + (positionedGrid == nil ? 0 : PictureGrid.positionCount)
    let embedding = Embedding<Scalar>(tokenCount: wordCount, featureCount: c.embedding, initializer: .inverseSquareRoot, using: &generator)
    let feeding: DecoderFeeding = looks ? c.feeding == .context ? .context : .readout : .nothing
    let fed = Decoder.fedSize(feeding, readoutSize: c.readoutSize, memorySize: memorySize)
    let layers = Stacked<AnyCell<Scalar>>(
      (0..<c.layers).map { c.recurrent.makeCell(inputSize: $0 == 0 ? c.embedding + fed : c.hidden, using: &generator) })
    bridge = looks ? Bridge(.linear, encoderSize: memorySize, decoder: layers, using: &generator) : nil
    picture = looks ? nil : Linear(inputSize: memorySize, outputSize: c.embedding, using: &generator)
    decoder = AttentionDecoder(
      embedding: embedding, rnn: layers,
      attention: looks
        ? AttentionKind.additive.makeAttention(
          querySize: c.hidden, memorySize: memorySize, size: c.attentionSize ?? c.hidden, using: &generator) : nil,
      readoutSize: c.readoutSize, feeding: feeding, focus: c.attention == .hard ? .hard : .soft, isGated: c.gated,
      isTied: c.tied, using: &generator)
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&encoder, "encoder")
    visitor.visit(&bridge, "bridge")
    visitor.visit(&picture, "picture")
    visitor.visit(&decoder, "decoder")
  }

  /// Pictures as the decoder finds them.
  struct Seen {
    /// The places, `[places, batch, features]`, row by row.
    var places: Tensor<Scalar>
    /// The decoder's first state.
    var start: DecoderState<AnyCell<Scalar>.State>

    /// All pictures so many times, one time after the other.
    func repeated(_ count: Int) -> Seen {
      if count == 1 { return self }
      return Seen(
        places: Tensor(concatenating: Array(repeating: places, count: count), alongAxis: 1),
        start: start.map { Tensor(concatenating: Array(repeating: $0, count: count)) })
    }
  }

  /// Sees pictures.
  ///
  /// - Parameters:
  ///   - pictures: `[batch, height, width, 3]`, or of a frozen encoder what it has made of them, `[places, batch, features]`.
  ///   - drop: What is done to the places; by default nothing.
  func see(_ pictures: Tensor<Scalar>, drop: Dropping<Scalar> = { $1 }) -> Seen {
    var places = encoder.map { $0.places(of: pictures) } ?? pictures
    if let whole { places = whole.description(of: places) }
    places = drop(configuration.placeDropout, standardization?(places) ?? places)
    if let positions: Tensor<Scalar> = positionedGrid?.positions() {
      places = places.concatenated(
        with: positions.broadcast(to: [positions.shape[0], places.shape[1], positions.shape[2]]), alongAxis: 2)
    }
    let mean = places.mean(alongAxes: 0)
    let layers: Stacked<AnyCell<Scalar>>.State
    if let picture {
      let first = picture(mean)
      layers = decoder.rnn(
        first.reshaped(to: [1, first.shape[0], first.shape[1]]), from: decoder.rnn.initialState(batchSize: first.shape[0])
      ).state
    } else if let bridge {
      layers = bridge(mean, to: decoder.rnn)
    } else {
      layers = decoder.rnn.initialState(batchSize: mean.shape[0])
    }
    return Seen(places: places, start: decoder.state(of: layers))
  }

  /// What training minimizes, and what is known of it.
  struct TrainingLoss {
    /// The loss, a mean over words.
    var value: Tensor<Scalar>
    /// The logarithm of the probability of each word, `[steps, batch]`, detached, 0 where a caption has ended; empty unless places are drawn, once a caption.
    var logProbabilities: [Double] = []
  }

  /// The loss of a batch, with the configuration's dropout: the cross-entropy of the captions, in nats a word, and what attention adds.
  ///
  /// With attention each place should be looked at about as much as any other in a caption ("doubly stochastic", Xu et al. 2015, equation 14): the
  /// difference of the sum of its weights from the mean of all places is squared. (The paper squares what it lacks of 1; as the weights of a word add up
  /// to 1, that is the same but for a constant.) With a hard focus the weights learn by the rule of their equation 12: a place that was drawn becomes likelier where the rest
  /// of its caption was likelier than usual, and the entropy of the weights is rewarded. (The paper counts the whole caption; that words which stood there before have no part in
  /// it leaves the gradient the same in the mean, and less noisy.) Where places are drawn several times for a caption, what is usual is what its other draws came to
  /// (Mnih and Rezende 2016, "Variational inference for Monte Carlo objectives", section 2.5); else the moving average that is given.
  ///
  /// - Parameters:
  ///   - mixtureRate: Of a hard focus, the share of captions that see the mixture of places.
  ///   - baseline: What the logarithm of the probability of each word usually is, for a hard focus; nil: what it is in the mean of the batch.
  func loss(
    _ pictures: Tensor<Scalar>, _ target: TargetBatch, labelSmoothing: Double, mixtureRate: Double = AttentionFocus.mixtureRate,
    baseline: [Double]?, using generator: inout RandomGenerator
  ) -> TrainingLoss {
    let draws = decoder.focus == .hard ? configuration.draws : 1
    let seen = see(pictures) { $0($1, using: &generator) }.repeated(draws)
    let target = target.repeated(draws)
    let outputs = decoder(
      target.read, from: seen.start, over: seen.places, dropping: configuration.decoderDropout, mixtureRate: mixtureRate, using: &generator)
    var loss = TrainingLoss(
      value: decoder.crossEntropy(
        outputs.readouts, targets: target.targets, ignoring: IndexTensor.ignored, labelSmoothing: labelSmoothing))
    guard let weights = outputs.weights else { return loss }
    let (steps, batch) = (target.targets.shape[0], target.targets.shape[1])
    let counted = target.targets.scalars.map { $0 == IndexTensor.ignored ? Scalar(0) : 1 }
    let isCounted = Tensor<Scalar>(shape: [steps, batch, 1], scalars: counted)
    let wordCount = Scalar(target.targets.countedCount)
    if configuration.doublyStochastic > 0 {
      let sums = (weights * isCounted).sum(alongAxes: 0)  // [batch, places]
      let difference = sums - sums.mean(alongAxes: 1, keepingAxes: true)
      loss.value = loss.value + (difference * difference).sum() * (Scalar(configuration.doublyStochastic) / wordCount)
    }
    if let choices = outputs.choices {
      let found = logProbabilities(outputs.readouts.detached(), target)
      let usual: [Double]
      if draws > 1 {
        usual = Self.others(found, draws: draws, steps: steps)
      } else {
        let mean = found.reduce(0, +) / Double(wordCount)
        let words = baseline ?? Array(repeating: mean, count: decoder.tokenCount)
        usual = target.targets.scalars.map { $0 == IndexTensor.ignored ? 0 : words[Int($0)] }
        loss.logProbabilities = found
      }
      let rewards = Self.rewards(found, usual: usual, batch: batch)
      let logarithms = (weights + Scalar(1e-10)).log()
      let reward = Tensor<Scalar>(shape: [steps, batch, 1], scalars: rewards.map { Scalar($0) })
      let chosen = (logarithms * choices * isCounted * reward).sum()
      let entropy = -(weights * logarithms * isCounted).sum()
      loss.value =
        loss.value - (chosen * Scalar(configuration.reinforcement) + entropy * Scalar(configuration.entropy)) * (1 / wordCount)
    }
    return loss
  }

  /// What a place that was drawn at a word of `[steps, batch]` is rewarded with: by how much the logarithms of the probability of that word and of those
  /// after it are above what is usual. The words before it were what they were.
  static func rewards(_ logProbabilities: [Double], usual: [Double], batch: Int) -> [Double] {
    var rewards = zip(logProbabilities, usual).map { $0 - $1 }
    for index in rewards.indices.reversed() where index + batch < rewards.count { rewards[index] += rewards[index + batch] }
    return rewards
  }

  /// Of each word of `[steps, draws * batch]` the mean logarithm of its probability in the other draws of its caption.
  static func others(_ logProbabilities: [Double], draws: Int, steps: Int) -> [Double] {
    let batch = logProbabilities.count / max(1, draws * steps)
    var others = logProbabilities
    for step in 0..<steps {
      for caption in 0..<batch {
        let places = (0..<draws).map { (step * draws + $0) * batch + caption }
        let sum = places.reduce(0) { $0 + logProbabilities[$1] }
        for place in places { others[place] = (sum - logProbabilities[place]) / Double(draws - 1) }
      }
    }
    return others
  }

  /// The logarithm of the probability of each word of a batch, `[steps, batch]`; 0 where a caption has ended.
  private func logProbabilities(_ readouts: Tensor<Scalar>, _ target: TargetBatch) -> [Double] {
    let decoder = decoder.mapParameters { $0.detached() }
    // What is ignored asks for any word, and is not counted.
    let words = IndexTensor(shape: target.targets.shape, scalars: target.targets.scalars.map { max(0, $0) })
    let found = decoder.logits(readouts).logSoftmax().gathering(at: words).scalars
    return zip(found, target.targets.scalars).map { $1 == IndexTensor.ignored ? 0 : Double($0) }
  }

  /// The cross-entropy of captions in nats, all words together, as the model stands.
  func totalLoss(_ pictures: Tensor<Scalar>, _ target: TargetBatch) -> Double {
    let seen = see(pictures)
    let readouts = decoder(target.read, from: seen.start, over: seen.places).readouts
    return Double(
      decoder.crossEntropy(readouts, targets: target.targets, ignoring: IndexTensor.ignored, reduction: .sum).scalar)
  }

  /// What the decoder's cells compute as it reads tokens `[steps, batch]` and looks at pictures.
  func recordDecoder(of pictures: Tensor<Scalar>, reading tokens: IndexTensor) -> [CellRecording<Scalar>] {
    let seen = see(pictures)
    return decoder.record(tokens, from: seen.start, over: seen.places).cells
  }
}
