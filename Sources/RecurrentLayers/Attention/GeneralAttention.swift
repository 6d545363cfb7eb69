public import RecurrentTensors

/// General attention (Luong, Pham and Manning 2015): a dot product through a matrix, so that what looks may have another size than
/// what is looked at:
///
///     score(q, h) = q . W h
///
/// - Parameters: `memory.weight` `[query, memory]` (W), applied to the memory once.
/// - Initialization: within `±1 / sqrt(memory)`.
public struct GeneralAttention<Scalar: TensorScalar>: Attention {
  /// From a place to what a query is multiplied with.
  public var memory: Linear<Scalar>

  /// Attention of queries to places of the given sizes.
  public init(querySize: Int, memorySize: Int, using generator: inout RandomGenerator) {
    memory = Linear(inputSize: memorySize, outputSize: querySize, hasBias: false, using: &generator)
  }

  public var querySize: Int { memory.weight.shape[0] }
  public var memorySize: Int { memory.weight.shape[1] }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&memory, "memory")
  }

  public func scoring(_ memory: Tensor<Scalar>, lengths: [Int]?) -> AttentionScoring<Scalar> {
    productScoring(keys: self.memory(memory), lengths: lengths, scale: 1)
  }
}
