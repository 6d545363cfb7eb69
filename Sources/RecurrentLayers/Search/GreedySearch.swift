public import RecurrentTensors

/// Writes one token after the other, each the likeliest, or drawn at random.
public struct GreedySearch: Sendable {
  /// The token that is read first.
  public let begin: Int32
  /// The token that ends a sequence.
  public let end: Int32
  /// Whether hypotheses tell where the decoder looked.
  public var keepsWeights = false

  /// A search between these tokens.
  public init(begin: Int32, end: Int32, keepsWeights: Bool = false) {
    self.begin = begin
    self.end = end
    self.keepsWeights = keepsWeights
  }

  /// The likeliest token each time, of equals the first.
  ///
  /// - Parameters:
  ///   - start: The state before the first token, a row an input.
  ///   - maximumLengths: For each input, after how many tokens it is cut, that of the end included.
  /// - Returns: a hypothesis for each input.
  public func callAsFunction<Decoder: StepDecoder>(
    _ decoder: Decoder, from start: Decoder.State, maximumLengths: [Int]
  ) -> [Hypothesis] {
    write(decoder, from: start, maximumLengths: maximumLengths) { _, logProbabilities in
      var best = 0
      for token in logProbabilities.indices where logProbabilities[token] > logProbabilities[best] { best = token }
      return best
    }
  }

  /// A token drawn each time by `choose`, which is given the log-probabilities of all and the input's own stream of random numbers: what
  /// is drawn for an input does not depend on the others.
  public func sampling<Decoder: StepDecoder>(
    _ decoder: Decoder, from start: Decoder.State, maximumLengths: [Int], using generator: RandomGenerator,
    choose: (UnsafeBufferPointer<Float>, inout RandomGenerator) -> Int
  ) -> [Hypothesis] {
    var generators = maximumLengths.indices.map { generator.split($0) }
    return write(decoder, from: start, maximumLengths: maximumLengths) { input, logProbabilities in
      choose(logProbabilities, &generators[input])
    }
  }

  private func write<Decoder: StepDecoder>(
    _ decoder: Decoder, from start: Decoder.State, maximumLengths: [Int],
    choose: (_ input: Int, UnsafeBufferPointer<Float>) -> Int
  ) -> [Hypothesis] {
    let batch = decoder.batchSize
    check(maximumLengths.count == batch, "GreedySearch: \(maximumLengths.count) lengths for \(batch) inputs")
    var found = (0..<batch).map { _ in Hypothesis(tokens: [], logProbability: 0, score: 0, isComplete: false) }
    var isWriting = maximumLengths.map { $0 > 0 }
    var read = IndexTensor(shape: [batch], scalars: Array(repeating: begin, count: batch))
    var state = start
    while isWriting.contains(true) {
      let step = decoder.step(read, from: state)
      state = step.state
      let (logProbabilities, tokenCount) = (step.logits.logSoftmax(), step.logits.shape[1])
      logProbabilities.withUnsafeScalars { scalars in
        for input in 0..<batch where isWriting[input] {
          let row = UnsafeBufferPointer(rebasing: scalars[(input * tokenCount)..<((input + 1) * tokenCount)])
          let token = choose(input, row)
          found[input].logProbability += Double(row[token])
          read[input] = Int32(token)
          if token == Int(end) {
            found[input].isComplete = true
            isWriting[input] = false
            continue
          }
          found[input].tokens.append(Int32(token))
          if keepsWeights, let weights = RecurrentLayers.row(input, of: state.weights) { found[input].weights.append(weights) }
          isWriting[input] = found[input].tokens.count < maximumLengths[input]
        }
      }
    }
    for input in 0..<batch { found[input].score = found[input].logProbability }
    return found
  }
}
