public import RecurrentTensors

/// Additive attention (Bahdanau, Cho and Bengio 2014, "Neural machine translation by jointly learning to align and translate"):
///
///     score(q, h) = v . tanh(W q + U h)
///
/// - Parameters: `query.weight` `[size, query]` (W), `memory.weight` `[size, memory]` (U), `direction` `[size]` (v): ``queryMap``, ``memoryMap`` and
///   ``scoreVector``.
/// - Initialization: all within `±1 / sqrt(inputs)`.
/// - Cost: `size * memory` multiply-adds a place once, then `size * query` a step and `size` hyperbolic tangents a step and place,
///   which are made again, not kept, for the gradient.
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// var generator = RandomGenerator(seed: 1)
/// let attention = AdditiveAttention<Float>(querySize: 4, memorySize: 6, size: 5, using: &generator)
/// let (context, weights) = attention.attending(Tensor(ones: [7, 2, 6])).attend(Tensor(ones: [3, 2, 4]))
/// // context.shape == [3, 2, 6], weights.shape == [3, 2, 7]
/// ```
public struct AdditiveAttention<Scalar: TensorScalar>: Attention {
  /// The map from a query to the hidden layer.
  public var queryMap: Linear<Scalar>
  /// The map from a place of the memory to the hidden layer.
  public var memoryMap: Linear<Scalar>
  /// The vector that the hidden layer is multiplied with, `[size]`.
  public var scoreVector: Tensor<Scalar>

  /// Attention through a hidden layer of `size` units.
  public init(querySize: Int, memorySize: Int, size: Int, using generator: inout RandomGenerator) {
    queryMap = Linear(inputSize: querySize, outputSize: size, hasBias: false, using: &generator)
    memoryMap = Linear(inputSize: memorySize, outputSize: size, hasBias: false, using: &generator)
    scoreVector = Initializer.inverseSquareRoot.matrix(rows: 1, columns: size, using: &generator).reshaped(to: [size])
  }

  public var querySize: Int { queryMap.weight.shape[1] }
  public var memorySize: Int { memoryMap.weight.shape[1] }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&queryMap, "query")
    visitor.visit(&memoryMap, "memory")
    visitor.visit(&scoreVector, "direction")
  }

  public func scoring(_ memory: Tensor<Scalar>, lengths: [Int]?) -> AttentionScoring<Scalar> {
    let keys = memoryMap(memory)  // [time, batch, size]
    let extent = AttentionExtent(keys.shape, lengths: lengths)
    let (keyValues, v) = (keys.detached(), scoreVector.detached())
    let shared = DeferredGradient(of: [keys, scoreVector], pending: Totals<Scalar>()) { totals in
      defer { totals = Totals() }
      return [totals.keys, totals.direction?.sum(alongAxes: 0)]
    }
    let query = SteppedLinear(queryMap)
    return { queries in
      let projected = query(queries)  // [steps, batch, size]
      let x = projected.detached()
      let scores = extent.additiveScores(x, keys: keyValues, direction: v)
      return shared.record(results: [scores], inputs: [projected]) { cotangents, totals in
        guard let cotangent = cotangents[0] else { return [nil] }
        // Moved out and back, so that they stay the only owners of their memory.
        var ofKeys = totals.keys.take() ?? Tensor(zeros: keyValues.shape)
        var ofDirection = totals.direction.take() ?? Tensor(zeros: [keyValues.shape[1], keyValues.shape[2]])
        let ofQueries = extent.additiveScoresGradient(
          x, keys: keyValues, direction: v, cotangent: cotangent, keyTotal: &ofKeys, directionTotal: &ofDirection)
        (totals.keys, totals.direction) = (ofKeys, ofDirection)
        return [ofQueries]
      }[0]
    }
  }
}

/// The gradients so far: of the keys `[time, batch, size]`, and of the score vector, a row a sequence, `[batch, size]`.
private struct Totals<Scalar: TensorScalar>: Sendable {
  var keys: Tensor<Scalar>?
  var direction: Tensor<Scalar>?
}
