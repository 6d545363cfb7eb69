import Recurrent

extension BenchmarkCase {
  /// Traps where names are unknown: they are checked when a case is read.
  private var attentionKind: AttentionKind { AttentionKind(rawValue: attention ?? "additive") ?? .additive }
  private var decoderFeeding: DecoderFeeding { DecoderFeeding(rawValue: feeding ?? "context") ?? .context }

  /// Checks the names that only this operation has, and that both directions of the encoder have equally many units.
  func checkAttention() throws {
    for (key, value, known) in [
      ("attention", attention, AttentionKind.allCases.map(\.rawValue)),
      ("feeding", feeding, DecoderFeeding.allCases.map(\.rawValue)),
    ] {
      guard let value else { continue }
      if op != .attentionTrain { throw BenchmarkCaseError("the case \"\(id)\" has \"\(key)\", which is for attention-train") }
      if !known.contains(value) {
        throw BenchmarkCaseError("the case \"\(id)\" has a \"\(key)\" that is none of \(known.joined(separator: ", "))")
      }
    }
    if op == .attentionTrain, !hidden.isMultiple(of: 2) {
      throw BenchmarkCaseError("the case \"\(id)\" needs an even \"hidden\": half of it for each direction of the encoder")
    }
  }

  /// The seconds of a training step of a translator: `time` tokens of source and of target, an encoder with half of `hidden` in each
  /// direction, a readout as large as an embedding, an output layer of its own; clipping and one update of Adam.
  func attentionSeconds<C: InitializableCell<Float>>(_: C.Type, _ generator: inout RandomGenerator) -> Double {
    let (vocabulary, embedding) = (vocabulary ?? 1, embedding ?? 1)
    let fed = AttentionDecoder<C, AnyAttention<Float>>.fedSize(decoderFeeding, readoutSize: embedding, memorySize: hidden)
    let decoder = AttentionDecoder(
      embedding: Embedding<Float>(tokenCount: vocabulary, featureCount: embedding, using: &generator),
      rnn: Stacked<C>(inputSize: embedding + fed, hiddenSize: hidden, layerCount: 1, using: &generator),
      attention: attentionKind.makeAttention(querySize: hidden, memorySize: hidden, size: hidden, using: &generator),
      readoutSize: embedding, feeding: decoderFeeding, using: &generator)
    var model = EncoderDecoder(
      embedding: Embedding<Float>(tokenCount: vocabulary, featureCount: embedding, using: &generator),
      encoder: SequenceEncoder(
        StackedBidirectional<C>(inputSize: embedding, hiddenSize: hidden / 2, layerCount: layers, using: &generator)),
      bridge: .linear, decoder: decoder, using: &generator)
    var adam = Adam(for: model)
    func tokens() -> IndexTensor {
      let scalars = (0..<time * batch).map { _ in Int32.random(in: 0..<Int32(vocabulary), using: &generator) }
      return IndexTensor(shape: [time, batch], scalars: scalars)
    }
    let (source, read, targets) = (tokens(), tokens(), tokens())
    let lengths = Array(repeating: time, count: batch)
    return medianSeconds {
      var (_, gradient) = valueAndGradient(at: model) { model in
        let encoded = model.encode(source, lengths: lengths)
        let readouts = model.decoder(read, from: encoded.start, over: encoded.memory, lengths: encoded.lengths).readouts
        return model.decoder.crossEntropy(readouts, targets: targets)
      }
      let clipped = GradientClipping.norm(5).factor(for: &gradient)
      adam.update(&model, along: gradient, scale: clipped.scale, rate: 1e-3)
    }
  }

  /// What that step has to do at the least: its layers, attention, readout and projection, both embeddings, and the optimizer.
  var attentionModel: Work {
    let (vocabulary, embedding) = (vocabulary ?? 1, embedding ?? 1)
    let tokens = time * batch
    let fed = AttentionDecoder<GRUCell<Float>, AnyAttention<Float>>.fedSize(
      decoderFeeding, readoutSize: embedding, memorySize: hidden)
    let encoder = (0..<layers).flatMap { layer in
      let extent = SequenceExtent(
        cell: cell, time: time, batch: batch, input: layer == 0 ? embedding : hidden, hidden: hidden / 2)
      return [extent, extent]
    }
    let extents = encoder + [SequenceExtent(cell: cell, time: time, batch: batch, input: embedding + fed, hidden: hidden)]
    /// A product of all rows with a weight, and the gradients of both.
    func layer(from input: Int, to output: Int) -> Work {
      .matrixProduct(m: tokens, n: output, k: input) + .matrixProduct(m: tokens, n: input, k: output)
        + .matrixProduct(m: input, n: output, k: tokens)
    }
    // A product of each query with each place, the mixture of all places, and both their gradients.
    let places = Work.matrixProduct(m: time, n: time, k: hidden) * (6 * batch)
    let projections =
      switch attentionKind {
      case .additive: layer(from: hidden, to: hidden) + layer(from: hidden, to: hidden)
      case .general, .scaled: layer(from: hidden, to: hidden)
      case .dot: Work(operations: 0, traffic: [])
      }
    let rows = Work.pass(reading: 2 * tokens * embedding, writing: tokens * embedding + vocabulary * embedding) * 2
    let logits = tokens * vocabulary
    let crossEntropy = Work.pass(reading: logits, writing: logits, footprint: logits)
    let projectionCount = attentionKind == .additive ? 2 * hidden * hidden + hidden : attentionKind == .dot ? 0 : hidden * hidden
    let parameters =
      2 * vocabulary * embedding + vocabulary * (embedding + 1) + embedding * (2 * hidden + embedding + 1)
      + projectionCount + extents.reduce(0) { $0 + $1.parameterCount }
    return extents.map { .sequenceForward($0, saving: true) + .sequenceBackward($0) }.reduce(places, +) + projections
      + layer(from: 2 * hidden + embedding, to: embedding) + layer(from: embedding, to: vocabulary) + rows + crossEntropy
      + .norm(count: parameters) + .adam(count: parameters)
  }
}
