public import RecurrentTensors

/// The attentions by the names that recipes and model files use.
public enum AttentionKind: String, Sendable, Hashable, Codable, CaseIterable {
  /// `AdditiveAttention`.
  case additive
  /// `DotAttention`: the sizes must agree.
  case dot
  /// `GeneralAttention`.
  case general
  /// `GeneralAttention.scaled`.
  case scaled

  /// An attention of this kind.
  ///
  /// - Parameter size: The units of the hidden layer of `additive`; the others ignore it.
  /// - Precondition: for `dot`, queries are as large as places.
  public func makeAttention<Scalar>(
    querySize: Int, memorySize: Int, size: Int, using generator: inout RandomGenerator
  ) -> AnyAttention<Scalar> {
    switch self {
    case .additive:
      return AnyAttention(
        AdditiveAttention(querySize: querySize, memorySize: memorySize, size: size, using: &generator))
    case .dot:
      check(
        querySize == memorySize, "dot attention: a query has \(querySize) features, a place of the memory \(memorySize)")
      return AnyAttention(DotAttention(size: querySize))
    case .general:
      return AnyAttention(GeneralAttention(querySize: querySize, memorySize: memorySize, using: &generator))
    case .scaled:
      return AnyAttention(GeneralAttention.scaled(querySize: querySize, memorySize: memorySize, using: &generator))
    }
  }
}

/// An attention whose kind is known at run time only: what a recipe or a model file names.
public struct AnyAttention<Scalar: TensorScalar>: Attention {
  /// The attention inside.
  public private(set) var base: any Attention<Scalar>

  /// The given attention.
  public init(_ base: any Attention<Scalar>) { self.base = base }

  public var querySize: Int { base.querySize }
  public var memorySize: Int { base.memorySize }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    base.visitParameters(&visitor)
  }

  public func scoring(_ memory: Tensor<Scalar>, lengths: [Int]?) -> AttentionScoring<Scalar> {
    base.scoring(memory, lengths: lengths)
  }
}
