extension BenchmarkCase {
  /// What one call of the case has to do at the least.
  public var work: Work {
    switch op {
    case .train: layerExtents.map { .sequenceForward($0, saving: true) + .sequenceBackward($0) }.total
    case .infer: layerExtents.map { .sequenceForward($0, saving: false) }.total
    case .step: steps
    case .lm: languageModel
    case .attentionTrain: attentionModel
    case .ctcTrain: ctcWork
    case .convolutionInfer, .convolutionTrain, .squeezeNetInfer, .squeezeNetTrain: pictures.map(pictureWork) ?? [].total
    }
  }

  /// The layers, each as it runs over the whole sequence.
  private var layerExtents: [SequenceExtent] {
    let features = (op == .lm ? embedding : input) ?? hidden
    return (0..<layers).map {
      SequenceExtent(cell: cell, time: time, batch: batch, input: $0 == 0 ? features : hidden, hidden: hidden)
    }
  }

  /// Single steps from a carried state: between one and the next all weights of all layers pass, so that what is read again
  /// at each step is all of them. Weights in bfloat16 are half as many bytes; biases are not rounded.
  private var steps: Work {
    var step = Work.pass(reading: layerExtents.reduce(0) { $0 + $1.parameterCount }, writing: 0)
    if weights == .bfloat16 {
      let halves = layerExtents.reduce(0) { $0 + $1.productWeightCount }
      step.traffic = step.traffic.map {
        Work.Traffic(bytes: $0.bytes - 2 * halves, footprint: $0.footprint - 2 * halves)
      }
    }
    step.operations = layerExtents.reduce(0) { $0 + $1.productOperations } / time
    return step * time
  }

  /// A training step of a language model: its layers, the rows of the embedding and their gradient, the projection to the
  /// vocabulary and the cross-entropy, and the optimizer.
  private var languageModel: Work {
    let (vocabulary, embedding) = (vocabulary ?? 1, embedding ?? 1)
    let tokens = time * batch
    let layers = layerExtents.map { .sequenceForward($0, saving: true) + .sequenceBackward($0) }.total
    // Rows are copied out; their gradients are added to a table of zeros.
    let rows = Work.pass(reading: 2 * tokens * embedding, writing: tokens * embedding + vocabulary * embedding)
    // Logits from states, and the gradients of states and weights from those of the logits.
    let projection =
      Work.matrixProduct(m: tokens, n: vocabulary, k: hidden)
      + .matrixProduct(m: tokens, n: hidden, k: vocabulary)
      + .matrixProduct(m: hidden, n: vocabulary, k: tokens)
    let logits = tokens * vocabulary
    let crossEntropy = Work.pass(reading: logits, writing: logits, footprint: logits)
    let parameters = vocabulary * embedding + vocabulary * (hidden + 1) + layerExtents.reduce(0) { $0 + $1.parameterCount }
    return [layers, rows, projection, crossEntropy, .norm(count: parameters), .adam(count: parameters)].total
  }
}

extension Work {
  /// The sum of the squares of `count` numbers.
  public static func norm(count: Int) -> Work { .pass(reading: count, writing: 0) }

  /// A step of Adam for `count` parameters: parameter and two moments read and written, gradient read.
  public static func adam(count: Int) -> Work { .pass(reading: 4 * count, writing: 3 * count, footprint: 4 * count) }
}

extension [Work] {
  /// One after the other.
  var total: Work { reduce(Work(operations: 0, traffic: []), +) }
}
