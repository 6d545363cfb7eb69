import RecurrentTensors

/// The scores `scale * query . key`, the gradient of the keys made once for all steps: what dot, general and scaled attention share.
///
/// - Parameters:
///   - keys: `[time, batch, size]`.
///   - scale: What the products are multiplied by.
func productScoring<Scalar>(
  keys: Tensor<Scalar>, lengths: [Int]?, scale: Scalar
) -> AttentionScoring<Scalar> {
  let extent = AttentionExtent(keys.shape, lengths: lengths)
  let values = keys.detached()
  let shared = DeferredGradient(of: [keys], pending: [ScoredQueries<Scalar>]()) { scored in
    defer { scored = [] }
    return [
      extent.mix(
        weights: Tensor(concatenating: scored.reversed().map(\.cotangent)),
        Tensor(concatenating: scored.reversed().map(\.queries)), overSteps: true) * scale
    ]
  }
  return { queries in
    let x = queries.detached()
    return shared.record(results: [extent.products(x, values, scale: scale)], inputs: [queries]) { cotangents, scored in
      guard let cotangent = cotangents[0] else { return [nil] }
      scored.append(ScoredQueries(queries: x, cotangent: cotangent))
      return [extent.mix(weights: cotangent, values, overSteps: false) * scale]
    }[0]
  }
}

/// Queries `[steps, batch, size]` and the cotangent of their scores `[steps, batch, time]`.
private struct ScoredQueries<Scalar: TensorScalar>: Sendable {
  let queries: Tensor<Scalar>
  let cotangent: Tensor<Scalar>
}
