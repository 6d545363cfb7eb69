public import RecurrentTensors

/// General attention whose scores are divided by the root of the number of features (the scaling of Vaswani et al. 2017, "Attention
/// is all you need", on the score of Luong et al. 2015): however many features a query has, the weights begin soft.
///
///     score(q, h) = q . W h / sqrt(d)      d the size of a query
///
/// - Parameters: `memory.weight` `[query, memory]` (W), applied to the memory once.
/// - Initialization: within `±1 / sqrt(memory)`.
public struct ScaledAttention<Scalar: TensorScalar>: Attention {
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
    productScoring(keys: self.memory(memory), lengths: lengths, scale: 1 / Scalar(querySize).squareRoot())
  }
}
