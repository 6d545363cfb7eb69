import RecurrentKernels

/// The matrix product of two matrices, `[m, k]` and `[k, n]`, or of two equally long batches of them, `[batch, m, k]` and
/// `[batch, k, n]`. A matrix that is to be transposed is given as `[k, m]` or `[n, k]`.
///
/// - Precondition: the inner extents agree.
public func matmul<Scalar>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>, transposingFirst: Bool = false, transposingSecond: Bool = false
) -> Tensor<Scalar> {
  let extents = MatrixProductExtents(a.shape, b.shape, transposingFirst, transposingSecond)
  let (x, y) = (a.detached(), b.detached())
  let result = extents.product(x, transposingFirst, y, transposingSecond)
  return result.recorded(
    a,
    { cotangent in
      transposingFirst
        ? matmul(y, cotangent, transposingFirst: transposingSecond, transposingSecond: true)
        : matmul(cotangent, y, transposingSecond: !transposingSecond)
    },
    b,
    { cotangent in
      transposingSecond
        ? matmul(cotangent, x, transposingFirst: true, transposingSecond: transposingFirst)
        : matmul(x, cotangent, transposingFirst: !transposingFirst)
    })
}

/// The extents of a matrix product, checked.
private struct MatrixProductExtents {
  var batch = 1
  var m = 0, n = 0, k = 0
  var shape: Shape = []

  init(_ a: Shape, _ b: Shape, _ transposingFirst: Bool, _ transposingSecond: Bool) {
    func failure() -> Never {
      fatalError(
        "matmul: the shapes \(a)\(transposingFirst ? " transposed" : "") and \(b)\(transposingSecond ? " transposed" : "") do not multiply"
      )
    }
    guard a.rank == b.rank, a.rank == 2 || a.rank == 3, a.rank == 2 || a[0] == b[0] else { failure() }
    let first = a.rank - 2
    m = a[transposingFirst ? first + 1 : first]
    k = a[transposingFirst ? first : first + 1]
    n = b[transposingSecond ? first : first + 1]
    guard k == b[transposingSecond ? first + 1 : first] else { failure() }
    batch = a.rank == 3 ? a[0] : 1
    shape = a.rank == 3 ? [batch, m, n] : [m, n]
  }

  func product<Scalar>(
    _ a: Tensor<Scalar>, _ transposingFirst: Bool, _ b: Tensor<Scalar>, _ transposingSecond: Bool
  ) -> Tensor<Scalar> {
    Tensor(uninitialized: shape) { target in
      for index in 0..<batch {
        Scalar.kernels.table.matmul(
          transposingFirst, transposingSecond, m, n, k,
          a.base + index * m * k, transposingFirst ? m : k, b.base + index * k * n, transposingSecond ? k : n,
          target + index * m * n, n, false)
      }
    }
  }
}

/// `x W^T + bias`: the rows of a matrix `[m, k]` times a weight `[n, k]` transposed, plus a bias `[n]`, `[m, n]` in all.
///
/// One pass over the result: the product is added onto the bias where it stands.
///
/// - Precondition: the extents agree.
public func affine<Scalar>(
  _ x: Tensor<Scalar>, _ weight: Tensor<Scalar>, bias: Tensor<Scalar>
) -> Tensor<Scalar> {
  check(
    x.rank == 2 && weight.rank == 2 && x.shape[1] == weight.shape[1] && bias.shape == [weight.shape[0]],
    "affine: the shapes \(x.shape), weight \(weight.shape) and bias \(bias.shape) do not fit")
  let (m, n, k) = (x.shape[0], weight.shape[0], x.shape[1])
  let (values, w) = (x.detached(), weight.detached())
  var result = bias.detached().broadcast(to: [m, n])
  result.makeUnique()
  Scalar.kernels.table.matmul(false, true, m, n, k, values.base, k, w.base, k, result.storage.base, n, true)
  let wanted = (x: x.isTracked, weight: weight.isTracked, bias: bias.isTracked)
  return Tensor.recorded(result: result, inputs: [x, weight, bias]) { cotangent in
    [
      wanted.x ? matmul(cotangent, w) : nil,
      wanted.weight ? matmul(cotangent, values, transposingFirst: true) : nil,
      wanted.bias ? cotangent.summed(to: [n]) : nil,
    ]
  }
}
