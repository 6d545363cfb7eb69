import RecurrentLayers
import RecurrentTensors
import RecurrentTestSupport
import Testing

/// Encoders and decoders with attention.
@Suite struct DecoderTests {
  struct Form: Sendable, CustomTestStringConvertible {
    var attention: AttentionKind? = .additive
    var feeding = DecoderFeeding.nothing
    var cell = CellKind.gru
    var layers = 1
    var bridge = BridgeKind.linear
    var isTied = false
    var isBidirectional = true
    var sharesEmbedding = false
    var focus = AttentionFocus.soft
    var isGated = false

    var testDescription: String {
      "\(cell.rawValue) x \(layers), \(attention?.rawValue ?? "no attention"), feeding \(feeding.rawValue), bridge \(bridge.rawValue)"
        + "\(isTied ? ", tied" : "")\(isBidirectional ? "" : ", one way")\(sharesEmbedding ? ", one embedding" : ""), \(focus.rawValue)\(isGated ? ", gated" : "")"
    }
  }

  static let forms: [Form] =
    AttentionKind.allCases.flatMap { attention in DecoderFeeding.allCases.map { Form(attention: attention, feeding: $0) } }
    + [
      Form(attention: nil), Form(attention: nil, feeding: .readout, cell: .lstm, bridge: .copy, isBidirectional: false),
      Form(cell: .lstm, layers: 2), Form(feeding: .readout, cell: .lstm, layers: 2, isTied: true),
      Form(attention: .general, feeding: .context, cell: .peepholeLSTM, layers: 2, bridge: .zero, sharesEmbedding: true),
      Form(feeding: .context, cell: .lstm, layers: 2, bridge: .copy, isTied: true, isBidirectional: false, sharesEmbedding: true),
      Form(feeding: .context, cell: .lstm, isGated: true), Form(feeding: .nothing, isGated: true),
      Form(attention: .general, focus: .hard), Form(feeding: .context, cell: .lstm, layers: 2, focus: .hard, isGated: true),
    ]

  static func model<Scalar: TensorScalar>(_ form: Form, _: Scalar.Type = Scalar.self)
    -> EncoderDecoder<AnyCell<Scalar>, AnyAttention<Scalar>>
  {
    var generator = RandomGenerator(seed: 5)
    let (embedding, size) = (3, 4)
    let encoder = SequenceEncoder<AnyCell<Scalar>>(
      inputSize: embedding, hiddenSize: form.isBidirectional ? size / 2 : size, layerCount: form.layers,
      isBidirectional: form.isBidirectional
    ) { form.cell.makeCell(inputSize: $0, hiddenSize: form.isBidirectional ? size / 2 : size, using: &generator) }
    let readout = form.isTied ? embedding : 5
    let fed = AttentionDecoder<AnyCell<Scalar>, AnyAttention<Scalar>>.fedSize(
      form.feeding, readoutSize: readout, memorySize: form.attention == nil ? 0 : size)
    let decoder = AttentionDecoder(
      embedding: Embedding<Scalar>(tokenCount: 6, featureCount: embedding, using: &generator),
      rnn: Stacked(
        (0..<form.layers).map {
          form.cell.makeCell(inputSize: $0 == 0 ? embedding + fed : size, hiddenSize: size, using: &generator)
        }),
      attention: form.attention.map { $0.makeAttention(querySize: size, memorySize: size, size: 3, using: &generator) },
      readoutSize: readout, feeding: form.feeding, focus: form.focus, isGated: form.isGated, isTied: form.isTied, using: &generator)
    let model = EncoderDecoder(
      embedding: form.sharesEmbedding ? nil : Embedding<Scalar>(tokenCount: 7, featureCount: embedding, using: &generator),
      encoder: encoder, bridge: form.bridge, decoder: decoder, using: &generator)
    return model.mapParameters { Tensor(uniform: -0.7...0.7, shape: $0.shape, using: &generator) }
  }

  static let source = IndexTensor(shape: [4, 3], scalars: [1, 2, 3, 4, 5, 0, 0, 1, 0, 2, 3, 0])
  static let lengths = [4, 3, 1]
  static let read = IndexTensor(shape: [3, 3], scalars: [1, 1, 1, 2, 5, 4, 3, 0, 0])
  static let targets = IndexTensor(shape: [3, 3], scalars: [2, 5, 4, 3, 2, 2, 2, 0, 0])

  private func loss<Scalar>(
    _ model: EncoderDecoder<AnyCell<Scalar>, AnyAttention<Scalar>>, dropping dropout: DecoderDropout? = nil, sampling: Double = 0
  ) -> Tensor<Scalar> {
    let readouts: Tensor<Scalar>
    if let dropout {
      var generator = RandomGenerator(seed: 9)
      let encoded = model.encode(Self.source, lengths: Self.lengths, dropping: dropout) { $0($1, using: &generator) }
      readouts = model.decoder(
        Self.read, from: encoded.start, over: encoded.memory, lengths: encoded.lengths, dropping: dropout,
        samplingRate: sampling, using: &generator
      ).readouts
    } else {
      let encoded = model.encode(Self.source, lengths: Self.lengths)
      readouts = model.decoder(Self.read, from: encoded.start, over: encoded.memory, lengths: encoded.lengths).readouts
    }
    return model.decoder.crossEntropy(readouts, targets: Self.targets, ignoring: 0, labelSmoothing: 0.1)
  }

  @Test(arguments: forms)
  func gradient(_ form: Form) {
    #expect(gradientError(at: Self.model(form)) { model, _ in loss(model) } < 1e-6)
  }

  /// Whatever is frozen, loss and the gradients of all others keep their bits.
  @Test(arguments: forms)
  func frozenParametersChangeNoOtherGradient(_ form: Form) {
    let model: EncoderDecoder<AnyCell<Float>, AnyAttention<Float>> = Self.model(form)
    let (value, gradient) = valueAndGradient(at: model) { loss($0) }
    let whole = gradient.tensors
    for index in whole.indices {
      for isAlone in [true, false] {
        let plan = ParameterPlan(whole.indices.map { ($0 == index) == isAlone ? .frozen : .init(rate: 0.5) })
        let (own, gradient) = valueAndGradient(at: model, following: plan) { loss($0) }
        #expect(own.isBitwiseEqual(to: value))
        for (place, tensor) in gradient.tensors.enumerated() {
          let isRight = plan[place].isFrozen ? tensor.shape == [0] : tensor.isBitwiseEqual(to: whole[place])
          #expect(isRight, "\(model.parameterPaths[place]), \(model.parameterPaths[index]) frozen \(isAlone ? "alone" : "not")")
        }
      }
    }
  }

  @Test(arguments: forms)
  func gradientWithDropout(_ form: Form) {
    for sharing in Dropout.Sharing.allCases {
      let dropout = Dropout(rate: 0.3, sharing: sharing)
      let error = gradientError(at: Self.model(form)) { model, _ in
        loss(model, dropping: DecoderDropout(input: dropout, between: dropout, output: dropout))
      }
      #expect(error < 1e-6)
    }
  }

  @Test(arguments: forms)
  func everyParameterIsVisited(_ form: Form) {
    let model: EncoderDecoder<AnyCell<Double>, AnyAttention<Double>> = Self.model(form)
    #expect(visitsEveryTensorOnce(model))
    #expect(Set(model.parameterPaths).count == model.parameterPaths.count)
  }

  /// Steps, as a search makes them, are the run over the whole target; several rows a source are that many runs.
  @Test(arguments: forms)
  func stepsAreTheRun(_ form: Form) {
    let model: EncoderDecoder<AnyCell<Double>, AnyAttention<Double>> = Self.model(form)
    let encoded = model.encode(Self.source, lengths: Self.lengths)
    let outputs = model.decoder(Self.read, from: encoded.start, over: encoded.memory, lengths: encoded.lengths)
    let logits = model.decoder.logits(outputs.readouts)
    let steps = model.decoder.steps(over: encoded.memory, lengths: encoded.lengths)
    let twice = IndexTensor(shape: [6], scalars: [0, 1, 2, 0, 1, 2])
    var state = encoded.start.map { $0.gatheringRows(at: twice) }
    for time in 0..<3 {
      let tokens = Self.read.scalars[(time * 3)..<(time * 3 + 3)]
      let step = steps.step(IndexTensor(shape: [6], scalars: Array(tokens + tokens)), from: state)
      state = step.state
      for rows in [0..<3, 3..<6] {
        #expect(relativeDifference(step.logits.sliced(rows), logits.index(time)) < 1e-12)
        if let weights = outputs.weights, let seen = state.weights { #expect(relativeDifference(seen.sliced(rows), weights.index(time)) < 1e-12) }
      }
    }
  }

  /// Padding of source and target changes neither the loss nor any gradient.
  @Test(arguments: forms)
  func paddingDoesNotMatter(_ form: Form) {
    let model: EncoderDecoder<AnyCell<Double>, AnyAttention<Double>> = Self.model(form)
    func value(_ token: Int32) -> (Tensor<Double>, EncoderDecoder<AnyCell<Double>, AnyAttention<Double>>) {
      valueAndGradient(at: model) { model in
        var (source, read) = (Self.source, Self.read)
        for column in 0..<3 { for time in Self.lengths[column]..<4 { source[time * 3 + column] = token } }
        read[7] = token
        read[8] = token
        let encoded = model.encode(source, lengths: Self.lengths)
        let readouts = model.decoder(read, from: encoded.start, over: encoded.memory, lengths: encoded.lengths).readouts
        return model.decoder.crossEntropy(readouts, targets: Self.targets, ignoring: 0)
      }
    }
    let (first, second) = (value(0), value(4))
    #expect(first.0.isBitwiseEqual(to: second.0))
    for (a, b) in zip(first.1.parameters, second.1.parameters) { #expect(relativeDifference(a.tensor, b.tensor) < 1e-12) }
  }

  /// Reading only its own tokens, the decoder in training is the decoder that writes; rate 0 is teacher forcing.
  @Test(arguments: forms.filter { $0.focus == .soft })
  func scheduledSampling(_ form: Form) {
    let model: EncoderDecoder<AnyCell<Float>, AnyAttention<Float>> = Self.model(form)
    let none = DecoderDropout()
    #expect(relativeDifference(loss(model, dropping: none), loss(model)) < 1e-6)
    let encoded = model.encode(Self.source, lengths: Self.lengths)
    var generator = RandomGenerator(seed: 1)
    let outputs = model.decoder(
      Self.read, from: encoded.start, over: encoded.memory, lengths: encoded.lengths, dropping: none, samplingRate: 1,
      using: &generator)
    let written = model.decoder.logits(outputs.readouts).indexOfMaximum(alongAxis: 2)
    let found = GreedySearch(begin: 1, end: -1)(
      model.decoder.steps(over: encoded.memory, lengths: encoded.lengths), from: encoded.start, maximumLengths: [3, 3, 3])
    for column in 0..<3 { #expect(found[column].tokens == (0..<3).map { written.scalars[$0 * 3 + column] }) }
  }

  /// The gradient of sampled inputs is that of the same inputs given.
  @Test func samplingHasAGradient() {
    let model: EncoderDecoder<AnyCell<Double>, AnyAttention<Double>> = Self.model(Form(feeding: .context))
    #expect(gradientError(at: model) { model, _ in loss(model, dropping: DecoderDropout(), sampling: 0.7) } < 1e-6)
  }

  /// Sequences that see no mixture see one place at each step, as often as its weight says and never one that is padding.
  @Test func hardFocusDrawsByTheWeights() {
    var generator = RandomGenerator(seed: 2)
    let weights = Tensor<Float>(shape: [1, 4], scalars: [0.1, 0, 0.6, 0.3]).broadcast(to: [4000, 2, 4])
    let drawn = AttentionFocus.draw(by: weights, mixing: [false, true], using: &generator)
    #expect(drawn.shape == [4000, 2, 4])
    let shares = (drawn.sum(alongAxes: 0) * (1 / 4000)).scalars
    for (share, weight) in zip(shares, [0.1, 0, 0.6, 0.3, 0, 0, 0, 0]) { #expect(abs(Double(share) - weight) < 0.03) }
    #expect(shares[1] == 0)
    #expect(drawn.sum(alongAxes: 2).scalars == (0..<8000).map { $0 % 2 == 0 ? 1 : 0 })
  }

  /// In use a hard decoder sees the place of the largest weight and nothing else.
  @Test func hardFocusSeesOnePlace() {
    var generator = RandomGenerator(seed: 2)
    let attention = GeneralAttention<Double>(querySize: 3, memorySize: 4, using: &generator)
    let memory = Tensor<Double>(uniform: -1...1, shape: [5, 2, 4], using: &generator)
    let queries = Tensor<Double>(uniform: -1...1, shape: [3, 2, 3], using: &generator)
    let (context, weights) = attention.attending(memory, lengths: [5, 2]).attend(queries, choosing: AttentionFocus.hard.choice())
    let places = weights.indexOfMaximum(alongAxis: 2).scalars
    for step in 0..<3 {
      for row in 0..<2 {
        #expect(context.index(step).index(row).scalars == memory.index(Int(places[step * 2 + row])).index(row).scalars)
      }
    }
  }
}
