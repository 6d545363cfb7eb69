public import RecurrentTensors

/// General attention (Luong, Pham and Manning 2015): a dot product through a matrix, so that what looks may have another size than
/// what is looked at:
///
///     score(q, h) = s q . W h
///
/// The scale s is 1, or of scaled attention 1 / sqrt(d) with d the size of a query (Vaswani et al. 2017, "Attention is all you need",
/// on the score of Luong et al. 2015): however many features a query has, the weights begin soft.
///
/// - Parameters: `memory.weight` `[query, memory]` (W), applied to the memory once.
/// - Initialization: within `±1 / sqrt(memory)`.
public struct GeneralAttention<Scalar: TensorScalar>: Attention {
  /// From a place to what a query is multiplied with.
  public var memory: Linear<Scalar>
  /// What the products are multiplied by.
  public let scale: Scalar

  /// Attention of queries to places of the given sizes, the products as they are.
  public init(querySize: Int, memorySize: Int, using generator: inout RandomGenerator) {
    self.init(querySize: querySize, memorySize: memorySize, scale: 1, using: &generator)
  }

  /// Scaled attention: products divided by the root of the number of features of a query.
  public static func scaled(querySize: Int, memorySize: Int, using generator: inout RandomGenerator) -> Self {
    Self(
      querySize: querySize, memorySize: memorySize, scale: 1 / Scalar(querySize).squareRoot(), using: &generator)
  }

  private init(querySize: Int, memorySize: Int, scale: Scalar, using generator: inout RandomGenerator) {
    memory = Linear(inputSize: memorySize, outputSize: querySize, hasBias: false, using: &generator)
    self.scale = scale
  }

  public var querySize: Int { memory.weight.shape[0] }
  public var memorySize: Int { memory.weight.shape[1] }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&memory, "memory")
  }

  public func scoring(_ memory: Tensor<Scalar>, lengths: [Int]?) -> AttentionScoring<Scalar> {
    productScoring(keys: self.memory(memory), lengths: lengths, scale: scale)
  }
}
