import Recurrent
import Testing

/// Attention of every kind and decoders that step agree with PyTorch, values and gradients.
@Suite struct AttentionGoldenTests {
  @Test(arguments: AttentionKind.allCases)
  func attentionAgrees(_ kind: AttentionKind) throws {
    func check<Scalar: TensorScalar>(_: Scalar.Type) throws {
      let golden = try Golden("attention", case: kind.rawValue)
      let (queries, memory): (Tensor<Scalar>, Tensor<Scalar>) = (try golden.tensor("queries"), try golden.tensor("memory"))
      let lengths = try golden.indices("lengths").scalars.map(Int.init)
      var generator = RandomGenerator(seed: 1)
      let made: AnyAttention<Scalar> = kind.makeAttention(
        querySize: queries.shape[2], memorySize: memory.shape[2], size: 9, using: &generator)
      let tape = Tape<Scalar>()
      let attention = try golden.parameters(for: made).mapParameters { tape.watch($0) }
      let (q, m) = (tape.watch(queries), tape.watch(memory))
      let (context, weights) = attention.attending(m, lengths: lengths).attend(q)
      expect(context.detached(), agreesWith: try golden.tensor("context"), "\(kind.rawValue): context")
      expect(weights.detached(), agreesWith: try golden.tensor("weights"), "\(kind.rawValue): weights")
      let loss =
        (context * (try golden.tensor("cotangent/context"))).sum() + (weights * (try golden.tensor("cotangent/weights"))).sum()
      let variables = [("queries", q), ("memory", m)] + attention.parameters.map { ($0.path, $0.tensor) }
      for (variable, gradient) in zip(variables, tape.gradients(of: loss, at: variables.map(\.1))) {
        expect(gradient, agreesWith: try golden.tensor("gradient/\(variable.0)"), "\(kind.rawValue): gradient of \(variable.0)")
      }
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test(arguments: [
    (DecoderFeeding.context, CellKind.gru, AttentionKind.additive), (.readout, .lstm, .general), (.nothing, .gru, .scaled),
  ])
  func decodersAgree(_ feeding: DecoderFeeding, _ cell: CellKind, _ kind: AttentionKind) throws {
    func check<Scalar: TensorScalar>(_: Scalar.Type) throws {
      let golden = try Golden("attention", case: "decoder-\(feeding.rawValue)")
      let memory: Tensor<Scalar> = try golden.tensor("memory")
      let lengths = try golden.indices("lengths").scalars.map(Int.init)
      let (features, hidden, readout) = (5, 6, 5)
      typealias Decoder = AttentionDecoder<AnyCell<Scalar>, AnyAttention<Scalar>>
      let fed = Decoder.fedSize(feeding, readoutSize: readout, memorySize: memory.shape[2])
      var generator = RandomGenerator(seed: 1)
      let made = Decoder(
        embedding: Embedding(tokenCount: 8, featureCount: features, using: &generator),
        rnn: Stacked([cell.makeCell(inputSize: features + fed, hiddenSize: hidden, using: &generator)]),
        attention: kind.makeAttention(querySize: hidden, memorySize: memory.shape[2], size: 9, using: &generator),
        readoutSize: readout, feeding: feeding, using: &generator)
      let tape = Tape<Scalar>()
      let decoder = try golden.parameters(for: made).mapParameters { tape.watch($0) }
      let m = tape.watch(memory)
      let names = cell == .lstm ? ["h0", "c0"] : ["h0"]
      let state = try names.map { tape.watch(try golden.tensor($0, as: Scalar.self)) }
      let start = decoder.state(of: made.rnn.initialState(batchSize: memory.shape[1]).replacingTensors(with: state))
      let readouts = decoder(try golden.indices("read"), from: start, over: m, lengths: lengths).readouts
      expect(decoder.logits(readouts).detached(), agreesWith: try golden.tensor("logits"), "\(feeding): logits")
      let loss = decoder.crossEntropy(readouts, targets: try golden.indices("targets"), ignoring: -1, labelSmoothing: 0.1)
      expect(loss.detached().reshaped(to: [1]), agreesWith: try golden.tensor("loss"), "\(feeding): loss")
      let variables = [("memory", m)] + zip(names, state) + decoder.parameters.map { ($0.path, $0.tensor) }
      for (variable, gradient) in zip(variables, tape.gradients(of: loss, at: variables.map(\.1))) {
        expect(gradient, agreesWith: try golden.tensor("gradient/\(variable.0)"), "\(feeding): gradient of \(variable.0)")
      }
    }
    try check(Float.self)
    try check(Double.self)
  }
}
