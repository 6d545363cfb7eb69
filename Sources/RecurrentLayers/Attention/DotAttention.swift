public import RecurrentTensors

/// Dot attention (Luong, Pham and Manning 2015, "Effective approaches to attention-based neural machine translation"):
///
///     score(q, h) = q . h
///
/// It has no parameters; what looks has as many features as what is looked at.
public struct DotAttention<Scalar: TensorScalar>: Attention {
  /// The number of features of both.
  public let size: Int

  /// Attention in which queries and memory have `size` features.
  public init(size: Int) { self.size = size }

  public var querySize: Int { size }
  public var memorySize: Int { size }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {}

  public func scoring(_ memory: Tensor<Scalar>, lengths: [Int]?) -> AttentionScoring<Scalar> {
    productScoring(keys: memory, lengths: lengths, scale: 1)
  }
}
