import RecurrentKernels
public import RecurrentTensors

/// A memory with the scores of an attention prepared: what a decoder looks at, step by step or at all steps at once.
///
///     weights = softmax over places of score(query, place)      zero where a place is padding
///     context = the sum over places of weight * place
///
/// The gradient of the memory is made once, when the sweep has passed all steps (`DeferredGradient`).
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// var generator = RandomGenerator(seed: 1)
/// let attention = AdditiveAttention<Float>(querySize: 4, memorySize: 6, size: 5, using: &generator)
/// let memory = attention.attending(Tensor(ones: [7, 2, 6]), lengths: [7, 3])
/// let (context, weights) = memory.attend(Tensor(ones: [1, 2, 4]))  // [1, 2, 6] and [1, 2, 7]
/// ```
public struct AttentionMemory<Scalar: TensorScalar>: Sendable {
  /// The places, `[time, batch, memory]`, detached.
  public let values: Tensor<Scalar>
  /// The length of each sequence; nil: all have the full length.
  public let lengths: [Int]?

  private let querySize: Int
  private let scoring: AttentionScoring<Scalar>
  private let extent: AttentionExtent
  private let shared: DeferredGradient<Scalar, [Mixture]>

  /// A mixture of places that has been made: its weights `[steps, batch, time]` and the cotangent of it `[steps, batch, memory]`.
  private struct Mixture: Sendable {
    let weights: Tensor<Scalar>
    let cotangent: Tensor<Scalar>
  }

  init(_ memory: Tensor<Scalar>, lengths: [Int]?, querySize: Int, scoring: @escaping AttentionScoring<Scalar>) {
    values = memory.detached()
    self.lengths = lengths
    self.querySize = querySize
    self.scoring = scoring
    let extent = AttentionExtent(memory.shape, lengths: lengths)
    self.extent = extent
    shared = DeferredGradient(of: [memory], pending: [Mixture]()) { mixtures in
      defer { mixtures = [] }
      if mixtures.isEmpty { return [nil] }  // only weights mattered
      return [
        extent.mix(
          weights: Tensor(concatenating: mixtures.reversed().map(\.weights)),
          Tensor(concatenating: mixtures.reversed().map(\.cotangent)), overSteps: true)
      ]
    }
  }

  /// The number of sequences.
  public var batchSize: Int { values.shape[1] }

  /// Looks at the memory.
  ///
  /// - Parameters:
  ///   - queries: `[steps, batch, query]`: any number of queries for each sequence.
  ///   - choose: Chooses single places, for hard attention: given the weights, it returns 1 at the place that a query sees, else 0. A
  ///     query of which it returns only zeros sees the mixture of all places; without it all do. The weights get no gradient from a
  ///     context of a chosen place.
  /// - Returns: what was seen, `[steps, batch, memory]`, and how much of each place, `[steps, batch, time]`: of each query the
  ///   weights add up to 1, or are all 0 where a sequence is empty.
  public func attend(
    _ queries: Tensor<Scalar>, choosing choose: ((_ weights: Tensor<Scalar>) -> Tensor<Scalar>)? = nil
  ) -> (context: Tensor<Scalar>, weights: Tensor<Scalar>) {
    check(
      queries.rank == 3 && queries.shape[1] == batchSize && queries.shape[2] == querySize,
      "AttentionMemory.attend: the queries have the shape \(queries.shape), not [steps, \(batchSize), \(querySize)]")
    let scores = scoring(queries)
    check(
      scores.shape == [queries.shape[0], batchSize, values.shape[0]],
      "AttentionMemory.attend: the scores have the shape \(scores.shape), not [steps, batch, time]")
    let (extent, values) = (extent, values)
    let weights = extent.weights(scores.detached())
    let choices = choose.map { $0(weights) }
    // How much of each query's context is the mixture, [steps, batch, 1].
    let mixed = choices.map { 1 - $0.sum(alongAxes: 2, keepingAxes: true) }
    let seen = if let choices, let mixed { choices + mixed * weights } else { weights }
    let context = extent.mix(weights: seen, values, overSteps: false)
    let results = shared.record(results: [context, weights], inputs: [scores]) { cotangents, mixtures in
      var ofWeights = cotangents[1]
      if let ofContext = cotangents[0] {
        mixtures.append(Mixture(weights: seen, cotangent: ofContext))
        let products = extent.products(ofContext, values)
        let part = mixed.map { $0 * products } ?? products
        ofWeights = ofWeights.map { $0 + part } ?? part
      }
      guard let ofWeights else { return [nil] }
      return [extent.scoreGradient(weights, ofWeights)]
    }
    return (results[0], results[1])
  }
}

/// The extent of a memory, and the kernels over it. Tensors are detached.
struct AttentionExtent: Sendable {
  private let time: Int
  private let batch: Int
  private let lengths: [Int32]?

  init(_ memory: Shape, lengths: [Int]?) {
    (time, batch) = (memory[0], memory[1])
    if let lengths {
      check(lengths.count == memory[1], "attention: \(lengths.count) lengths for a batch of \(memory[1])")
      check(
        lengths.allSatisfy { $0 >= 0 && $0 <= memory[0] }, "attention: lengths \(lengths) not in 0 ... \(memory[0])")
    }
    self.lengths = lengths.map { $0.map(Int32.init) }
  }

  /// `scale * query . place` for each query and place: `[steps, batch, size]` and `[time, batch, size]` give `[steps, batch, time]`.
  func products<Scalar>(
    _ queries: Tensor<Scalar>, _ memory: Tensor<Scalar>, scale: Scalar = 1
  ) -> Tensor<Scalar> {
    run(steps: queries.shape[0], size: queries.shape[2], result: [queries.shape[0], batch, time]) {
      Scalar.kernels.table.attentionDots($0, scale, queries.reading, memory.reading, $1)
    }
  }

  /// The places of `x` `[time, batch, size]`, mixed by weights `[steps, batch, time]`: `[steps, batch, size]`. Over steps: the rows of
  /// `x` `[steps, batch, size]`, mixed for each place: `[time, batch, size]`.
  func mix<Scalar>(weights: Tensor<Scalar>, _ x: Tensor<Scalar>, overSteps: Bool) -> Tensor<Scalar> {
    let (steps, size) = (weights.shape[0], x.shape[2])
    return run(steps: steps, size: size, result: [overSteps ? time : steps, batch, size]) {
      Scalar.kernels.table.attentionMix($0, overSteps, weights.reading, x.reading, $1)
    }
  }

  /// The weights that scores `[steps, batch, time]` make.
  func weights<Scalar>(_ scores: Tensor<Scalar>) -> Tensor<Scalar> {
    run(steps: scores.shape[0], size: 0, result: scores.shape) {
      Scalar.kernels.table.attentionSoftmax($0, scores.reading, $1)
    }
  }

  /// The cotangent of the scores from that of the weights.
  func scoreGradient<Scalar>(_ weights: Tensor<Scalar>, _ cotangent: Tensor<Scalar>) -> Tensor<Scalar> {
    Tensor(uninitialized: weights.shape) { target in
      withExtendedLifetime((weights, cotangent)) {
        Scalar.kernels.table.softmaxGradient(
          weights.shape[0] * batch, time, weights.reading, cotangent.reading, target)
      }
    }
  }

  /// `direction . tanh(key + query)` for each query and place.
  func additiveScores<Scalar>(
    _ queries: Tensor<Scalar>, keys: Tensor<Scalar>, direction: Tensor<Scalar>
  ) -> Tensor<Scalar> {
    run(steps: queries.shape[0], size: queries.shape[2], result: [queries.shape[0], batch, time]) {
      Scalar.kernels.table.additiveScores($0, queries.reading, keys.reading, direction.reading, $1)
    }
  }

  /// The cotangent of the queries from that of `additiveScores`; those of the keys, and of the direction (a row a sequence), are
  /// added to the totals.
  func additiveScoresGradient<Scalar>(
    _ queries: Tensor<Scalar>, keys: Tensor<Scalar>, direction: Tensor<Scalar>, cotangent: Tensor<Scalar>,
    keyTotal: inout Tensor<Scalar>, directionTotal: inout Tensor<Scalar>
  ) -> Tensor<Scalar> {
    let (ofKeys, ofDirection) = (keyTotal.writing, directionTotal.writing)
    return run(steps: queries.shape[0], size: queries.shape[2], result: queries.shape) {
      Scalar.kernels.table.additiveScoresGradient(
        $0, queries.reading, keys.reading, direction.reading, cotangent.reading, $1, ofKeys, ofDirection)
    }
  }

  private func run<Scalar>(
    steps: Int, size: Int, result: Shape,
    _ kernel: (UnsafePointer<rk_attention>, UnsafeMutablePointer<Scalar>) -> Void
  ) -> Tensor<Scalar> {
    Tensor(uninitialized: result) { target in
      func call(_ lengths: UnsafePointer<Int32>?) {
        var extent = rk_attention(steps: steps, time: time, batch: batch, size: size, lengths: lengths)
        kernel(&extent, target)
      }
      if let lengths { lengths.withUnsafeBufferPointer { call($0.baseAddress) } } else { call(nil) }
    }
  }
}
