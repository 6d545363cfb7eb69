import RecurrentKernels

extension Tensor {
  /// The numbers `scalars`, in row-major order, in the given shape.
  ///
  /// - Precondition: as many numbers as the shape has elements.
  public init(shape: Shape, scalars: some Collection<Scalar>) {
    check(
      scalars.count == shape.elementCount, "Tensor: \(scalars.count) numbers for the shape \(shape)")
    self.init(uninitialized: shape) { target in
      _ = UnsafeMutableBufferPointer(start: target, count: shape.elementCount).initialize(from: scalars)
    }
  }

  /// One number, of rank 0.
  public init(_ scalar: Scalar) { self.init(repeating: scalar, shape: []) }

  /// The same number everywhere.
  public init(repeating scalar: Scalar, shape: Shape) {
    self.init(uninitialized: shape) { Scalar.kernels.table.fill(scalar, $0, shape.elementCount) }
  }

  /// Zero everywhere.
  public init(zeros shape: Shape) { self.init(repeating: 0, shape: shape) }

  /// One everywhere.
  public init(ones shape: Shape) { self.init(repeating: 1, shape: shape) }

  /// Numbers drawn evenly from `range`.
  public init(uniform range: ClosedRange<Scalar>, shape: Shape, using generator: inout RandomGenerator) {
    let state = generator.state
    generator.skip(shape.elementCount)
    self.init(uninitialized: shape) {
      Scalar.kernels.table.randomUniform(state, range.lowerBound, range.upperBound, $0, shape.elementCount)
    }
  }

  /// Numbers drawn from a normal distribution.
  public init(
    normalWithMean mean: Scalar = 0, standardDeviation: Scalar = 1, shape: Shape,
    using generator: inout RandomGenerator
  ) {
    var normals = [Double](repeating: 0, count: shape.elementCount)
    let (center, spread) = (Double(mean), Double(standardDeviation))
    for index in normals.indices { normals[index] = center + spread * generator.normal() }
    self.init(shape: shape, converting: normals)
  }

  /// The numbers `values`, rounded to `Scalar`.
  public init(shape: Shape, converting values: [Double]) {
    check(values.count == shape.elementCount, "Tensor: \(values.count) numbers for the shape \(shape)")
    self.init(uninitialized: shape) { target in
      values.withUnsafeBufferPointer { source in
        guard let start = source.baseAddress else { return }
        Scalar.kernels.table.convert(start, target, values.count)
      }
    }
  }

  /// A dropout mask: `1 / keepProbability` with probability `keepProbability`, else 0 (Srivastava et al. 2014, inverted).
  ///
  /// - Precondition: `0 < keepProbability <= 1`.
  public init(dropoutMask keepProbability: Double, shape: Shape, using generator: inout RandomGenerator) {
    check(
      keepProbability > 0 && keepProbability <= 1,
      "Tensor(dropoutMask:): the probability \(keepProbability) of keeping is not in (0, 1]")
    let state = generator.state
    generator.skip(shape.elementCount)
    self.init(uninitialized: shape) {
      Scalar.kernels.table.randomMask(state, Scalar(keepProbability), $0, shape.elementCount)
    }
  }

  /// A row for each index: 1 at the index and 0 elsewhere. Shape: `[indices.shape..., depth]`.
  ///
  /// - Precondition: every index is in `0 ..< depth`.
  public init(oneHot indices: IndexTensor, depth: Int) {
    indices.checkIndices(of: "Tensor(oneHot:)", below: depth)
    var result = Tensor(zeros: indices.shape.inserting(depth, at: indices.shape.rank))
    result.withUnsafeMutableScalars { target in
      for (row, index) in indices.scalars.enumerated() { target[row * depth + Int(index)] = 1 }
    }
    self = result
  }

  /// The identity matrix `[size, size]`.
  public init(identity size: Int) {
    var result = Tensor(zeros: [size, size])
    result.withUnsafeMutableScalars { target in
      for index in 0..<size { target[index * size + index] = 1 }
    }
    self = result
  }
}
