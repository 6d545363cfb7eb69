public import RecurrentTensors

/// The dropout of a decoder in training.
public struct DecoderDropout: Sendable, Hashable {
  /// The dropout of the embedded tokens.
  public var input: Dropout
  /// The dropout between one recurrent layer and the next.
  public var between: Dropout
  /// Of the readout, before the output layer; what is fed to the next step is whole.
  public var output: Dropout

  /// Dropout at these rates.
  public init(
    input: Dropout = Dropout(rate: 0), between: Dropout = Dropout(rate: 0), output: Dropout = Dropout(rate: 0)
  ) {
    self.input = input
    self.between = between
    self.output = output
  }
}

extension AttentionDecoder {
  /// Reads whole targets (teacher forcing) and returns the readouts, from which each next token is predicted.
  ///
  /// - Parameters:
  ///   - tokens: What is read, `[steps, batch]`: each target behind the token that begins it. Past the end of a target anything may
  ///     stand; what comes of it there must not be counted.
  ///   - state: The state before the first step; see ``state(of:)``.
  ///   - memory: The outputs of the encoder that the decoder attends to, `[time, batch, memory]`.
  ///   - lengths: The length of each sequence of the memory.
  /// - Returns: the readouts, from which each next token is predicted, and where each step looked.
  public func callAsFunction(
    _ tokens: IndexTensor, from state: DecoderState<Cell.State>, over memory: Tensor<Scalar>, lengths: [Int]? = nil
  ) -> DecoderOutputs<Scalar> {
    let (embedded, steps) = (embedding(tokens), steps(over: memory, lengths: lengths))
    if feeding == .nothing {
      return lookAll(rnn(embedded, from: state.layers).outputs, embedded, steps, choosing: focus.choice())
    }
    let inputs = embedded.unstacked()
    return loop(steps, from: state, count: inputs.count, choosing: focus.choice()) { time, _ in
      inputs[time]
    } between: { _, _, features in
      features
    }
  }

  /// ``callAsFunction(_:from:over:lengths:)`` for training, with dropout, scheduled sampling, and where the focus is hard, places drawn by
  /// their weights.
  ///
  /// - Parameter samplingRate: How likely each token but the first is replaced by the one that the decoder itself holds most likely
  ///   after what it has read so far (Bengio et al. 2015, "Scheduled sampling for sequence prediction with recurrent neural
  ///   networks"). No gradient passes through that choice.
  /// - Parameter mixtureRate: Of a hard focus, the share of sequences that see the mixture of places from beginning to end.
  public func callAsFunction(
    _ tokens: IndexTensor, from state: DecoderState<Cell.State>, over memory: Tensor<Scalar>, lengths: [Int]? = nil,
    dropping dropout: DecoderDropout, samplingRate: Double = 0, mixtureRate: Double = AttentionFocus.mixtureRate,
    using generator: inout RandomGenerator
  ) -> DecoderOutputs<Scalar> {
    check(mixtureRate >= 0 && mixtureRate <= 1, "AttentionDecoder: the mixture rate \(mixtureRate) is not in 0 ... 1")
    check(samplingRate >= 0 && samplingRate <= 1, "AttentionDecoder: the sampling rate \(samplingRate) is not in 0 ... 1")
    let steps = steps(over: memory, lengths: lengths)
    let places = focus == .hard ? PlaceDrawing<Scalar>(seed: generator.next(), batch: tokens.shape[1], mixtureRate: mixtureRate) : nil
    let choice = places.map { places in { weights in places.draw(by: weights) } }
    var result: DecoderOutputs<Scalar>
    if feeding == .nothing, samplingRate == 0 {
      let embedded = dropout.input(embedding(tokens), using: &generator)
      let outputs = rnn(embedded, from: state.layers, between: { dropout.between($0, using: &generator) }).outputs
      result = lookAll(outputs, embedded, steps, choosing: choice)
    } else {
      let masks = StepMasks<Scalar>(
        [(dropout.input, embedding.featureCount)] + rnn.layers.dropLast().map { (dropout.between, $0.hiddenSize) },
        steps: tokens.shape[0], batch: tokens.shape[1], using: &generator)
      let sampler = TokenSampler(tokens, rate: samplingRate, using: &generator)
      let whole = samplingRate == 0 ? embedding(tokens).unstacked() : []
      result = loop(steps, from: state, count: tokens.shape[0], choosing: choice) { time, logits in
        masks(0, time, whole.isEmpty ? embedding(sampler.tokens(at: time, logits: logits())) : whole[time])
      } between: { layer, time, features in
        masks(layer, time, features)
      }
    }
    result.choices = places.map { Tensor(concatenating: $0.choices) }
    result.readouts = dropout.output(result.readouts, using: &generator)
    return result
  }

  /// Nothing is fed back: the layers have run over all steps, and attention looks with all their outputs at once.
  private func lookAll(
    _ outputs: Tensor<Scalar>, _ embedded: Tensor<Scalar>, _ steps: DecoderSteps<Cell, Attention>,
    choosing choose: DecoderSteps<Cell, Attention>.Choice?
  ) -> DecoderOutputs<Scalar> {
    let seen = steps.look(outputs, choose)
    return DecoderOutputs(readouts: readout(outputs, seen?.context, embedded) { readout($0) }, weights: seen?.weights)
  }

  /// Runs step by step. What no later step reads is computed for all steps after the loop.
  ///
  /// - Parameters:
  ///   - embedded: The embedded tokens of a step, `[batch, embedding]`. It may ask what the step before held likely, `[batch, tokens]`
  ///     (nil before the first).
  ///   - between: What becomes of the features that reach a layer, from 1 on, at a step.
  private func loop(
    _ steps: DecoderSteps<Cell, Attention>, from start: DecoderState<Cell.State>, count: Int,
    choosing choose: DecoderSteps<Cell, Attention>.Choice?,
    embedded: (_ time: Int, _ logits: () -> Tensor<Scalar>?) -> Tensor<Scalar>,
    between: (_ layer: Int, _ time: Int, Tensor<Scalar>) -> Tensor<Scalar>
  ) -> DecoderOutputs<Scalar> {
    var state = start
    var inputs: [Tensor<Scalar>] = []
    var outputs: [Tensor<Scalar>] = []
    var contexts: [Tensor<Scalar>] = []
    var readouts: [Tensor<Scalar>] = []
    var weights: [Tensor<Scalar>] = []
    for time in 0..<count {
      let input = embedded(time) {
        outputs.last.map { likely(after: $0, contexts.last, inputs[time - 1]) }
      }
      let step = steps.step(embedded: input, from: state, choosing: choose) { between($0, time, $1) }
      state = step.state
      inputs.append(input)
      outputs.append(step.output)
      if let context = step.context { contexts.append(context) }
      if let readout = state.readout { readouts.append(readout) }
      if let seen = state.weights { weights.append(seen) }
    }
    let stackedWeights = weights.isEmpty ? nil : Tensor(stacking: weights)
    if feeding == .readout { return DecoderOutputs(readouts: Tensor(stacking: readouts), weights: stackedWeights) }
    let context = contexts.isEmpty ? nil : Tensor(stacking: contexts)
    return DecoderOutputs(
      readouts: readout(Tensor(stacking: outputs), context, Tensor(stacking: inputs)) { readout($0) }, weights: stackedWeights)
  }

  /// The scores of the next token after a step, `[batch, tokens]`, without a trace on any tape.
  private func likely(
    after output: Tensor<Scalar>, _ context: Tensor<Scalar>?, _ embedded: Tensor<Scalar>
  ) -> Tensor<Scalar> {
    let decoder = mapParameters { $0.detached() }
    return decoder.logits(
      decoder.readout(output.detached(), context?.detached(), embedded.detached()) { decoder.readout($0) })
  }
}

/// What a decoder makes of whole targets.
public struct DecoderOutputs<Scalar: TensorScalar>: Sendable {
  /// The vectors from which each next token is predicted, `[steps, batch, readout]`.
  public var readouts: Tensor<Scalar>
  /// Where each step looked, `[steps, batch, time]`; nil without attention.
  public var weights: Tensor<Scalar>?
  /// The places that were drawn in training with a hard focus, `[steps, batch, time]`: 1 at the place, zeros where the mixture was seen; else nil.
  public var choices: Tensor<Scalar>?
}

/// Draws the places that a decoder with a hard focus sees in training, and remembers them.
private final class PlaceDrawing<Scalar: TensorScalar> {
  private var generator: RandomGenerator
  /// Which sequences see the mixture from their beginning to their end.
  private let seesMixture: [Bool]
  /// What was drawn, `[steps, batch, time]` each time.
  private(set) var choices: [Tensor<Scalar>] = []

  init(seed: UInt64, batch: Int, mixtureRate: Double) {
    var generator = RandomGenerator(seed: seed)
    seesMixture = (0..<batch).map { _ in generator.uniform() < mixtureRate }
    self.generator = generator
  }

  func draw(by weights: Tensor<Scalar>) -> Tensor<Scalar> {
    choices.append(AttentionFocus.draw(by: weights, mixing: seesMixture, using: &generator))
    return choices[choices.count - 1]
  }
}

/// Masks for a loop over time, drawn before it: one for each place where something is dropped.
private struct StepMasks<Scalar: TensorScalar> {
  /// `[steps, batch, features]`, or `[1, batch, features]` where all steps share one; nil: nothing is dropped.
  private let masks: [Tensor<Scalar>?]

  init(_ places: [(dropout: Dropout, size: Int)], steps: Int, batch: Int, using generator: inout RandomGenerator) {
    masks = places.map { dropout, size -> Tensor<Scalar>? in
      guard dropout.rate > 0 else { return nil }
      let count = dropout.sharing == .acrossTime ? 1 : steps
      return Tensor(dropoutMask: 1 - dropout.rate, shape: [count, batch, size], using: &generator)
    }
  }

  /// `features` `[batch, features]` at a place and a time, with numbers dropped.
  func callAsFunction(_ place: Int, _ time: Int, _ features: Tensor<Scalar>) -> Tensor<Scalar> {
    guard let mask = masks[place] else { return features }
    return features * mask.index(min(time, mask.shape[0] - 1))
  }
}

/// Which tokens are read where some are replaced by the decoder's own.
private struct TokenSampler {
  private let given: IndexTensor
  private let isReplaced: [Bool]

  init(_ tokens: IndexTensor, rate: Double, using generator: inout RandomGenerator) {
    given = tokens
    isReplaced = tokens.scalars.map { _ in rate > 0 && generator.uniform() < rate }
  }

  /// The tokens `[batch]` read at a time, given what the decoder holds likely, `[batch, tokens]` (nil at the first).
  func tokens<Scalar>(at time: Int, logits: Tensor<Scalar>?) -> IndexTensor {
    let batch = given.shape[1]
    var tokens = Array(given.scalars[(time * batch)..<((time + 1) * batch)])
    if let logits {
      let likely = logits.indexOfMaximum(alongAxis: 1).scalars
      for row in 0..<batch where isReplaced[time * batch + row] { tokens[row] = likely[row] }
    }
    return IndexTensor(shape: [batch], scalars: tokens)
  }
}
