public import RecurrentTensors

/// A linear layer that a loop applies step after step: the gradient of its weight is one product over the rows of all steps, made
/// when the sweep has passed them.
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// var generator = RandomGenerator(seed: 1)
/// let layer = SteppedLinear(Linear<Float>(inputSize: 4, outputSize: 4, using: &generator))
/// var x = Tensor<Float>(ones: [2, 4])
/// for _ in 0..<3 { x = layer(x).tanh() }
/// ```
public struct SteppedLinear<Scalar: TensorScalar>: Sendable {
  private let weight: Tensor<Scalar>
  private let bias: Tensor<Scalar>?
  private let shared: DeferredGradient<Scalar, [Product]>

  /// Rows that were multiplied, `[rows, input]`, and the cotangent of the result, `[rows, output]`.
  private struct Product: Sendable {
    let rows: Tensor<Scalar>
    let cotangent: Tensor<Scalar>
  }

  /// The layer, to be applied many times.
  public init(_ layer: Linear<Scalar>) {
    weight = layer.weight.detached()
    bias = layer.bias?.detached()
    let hasBias = layer.bias != nil
    shared = DeferredGradient(of: [layer.weight] + (layer.bias.map { [$0] } ?? []), pending: [Product]()) { products in
      defer { products = [] }
      let cotangents = Tensor(concatenating: products.reversed().map(\.cotangent))
      let rows = Tensor(concatenating: products.reversed().map(\.rows))
      let ofWeight = matmul(cotangents, rows, transposingFirst: true)
      return [ofWeight] + (hasBias ? [cotangents.sum(alongAxes: 0)] : [])
    }
  }

  /// The map of the last axis of `x`: `[..., input]` to `[..., output]`.
  public func callAsFunction(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    let (weight, shape) = (weight, x.shape)
    let product = productWithRows(x.detached(), weight, bias, "SteppedLinear")
    return shared.record(results: [product], inputs: [x]) { [values = x.detached()] cotangents, products in
      guard let cotangent = cotangents[0] else { return [nil] }
      let (outputs, features) = (weight.shape[0], weight.shape[1])
      let rows = cotangent.reshaped(to: [cotangent.count / outputs, outputs])
      products.append(Product(rows: values.reshaped(to: [rows.shape[0], features]), cotangent: rows))
      return [matmul(rows, weight).reshaped(to: shape)]
    }[0]
  }
}
