import RecurrentTensors

/// `x W^T`, plus the bias if there is one, for `x` of any rank from 1: `[..., columns]` to `[..., rows]`.
func productWithRows<Scalar>(
  _ x: Tensor<Scalar>, _ weight: Tensor<Scalar>, _ bias: Tensor<Scalar>?, _ operation: String
) -> Tensor<Scalar> {
  check(
    x.rank >= 1 && x.shape[x.rank - 1] == weight.shape[1],
    "\(operation): the input has the shape \(x.shape), the weight \(weight.shape)")
  let rows = x.shape.dropLast().reduce(1, *)
  let matrix = x.rank == 2 ? x : x.reshaped(to: [rows, weight.shape[1]])
  let product = bias.map { affine(matrix, weight, bias: $0) } ?? matmul(matrix, weight, transposingSecond: true)
  return x.rank == 2 ? product : product.reshaped(to: x.shape.replacing(axis: x.rank - 1, with: weight.shape[0]))
}
