public import RecurrentTensors

/// A vector for each token, as `torch.nn.Embedding`; and, used the other way, the output layer of a model with tied
/// weights.
///
/// - Parameters: `weight` `[tokens, features]`.
/// - Initialization: normal with deviation 1, as PyTorch; `.uniform(bound: 0.1)` is usual in language models with
///   tied weights.
/// - Cost: a copied row a token; as an output layer, `tokens * features` multiply-adds a row.
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// var generator = RandomGenerator(seed: 1)
/// let embedding = Embedding<Float>(tokenCount: 10, featureCount: 4, using: &generator)
/// let vectors = embedding(IndexTensor(shape: [7, 2], scalars: Array(repeating: 3, count: 14)))  // [7, 2, 4]
/// let logits = embedding.logits(vectors)  // [7, 2, 10]
/// ```
public struct Embedding<Scalar: TensorScalar>: Module {
  /// `[tokens, features]`.
  public var weight: Tensor<Scalar>

  /// The embedding with the given vectors, one a row.
  public init(weight: Tensor<Scalar>) {
    check(weight.rank == 2, "Embedding: the weight has the shape \(weight.shape), not [tokens, features]")
    self.weight = weight
  }

  /// An embedding with vectors drawn as `initializer` says.
  public init(
    tokenCount: Int, featureCount: Int, initializer: Initializer = .normal(standardDeviation: 1),
    using generator: inout RandomGenerator
  ) {
    weight = initializer.matrix(rows: tokenCount, columns: featureCount, using: &generator)
  }

  /// The number of tokens.
  public var tokenCount: Int { weight.shape[0] }

  /// The number of features of a token's vector.
  public var featureCount: Int { weight.shape[1] }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&weight, "weight")
  }

  /// The vectors of the tokens: `[...]` to `[..., features]`.
  ///
  /// - Precondition: each token is in `0 ..< tokenCount`.
  public func callAsFunction(_ tokens: IndexTensor) -> Tensor<Scalar> { weight.gatheringRows(at: tokens) }

  /// The vectors of the tokens with whole words dropped: with probability `rate` a word's vector is zero wherever the
  /// word occurs in `tokens`, else it is scaled by `1 / (1 - rate)` (Gal and Ghahramani 2016; Merity et al. 2018).
  ///
  /// - Parameter drop: What is done with a mask of ones, one a token: a draw in training.
  /// - Precondition: `0 <= rate < 1`.
  public func callAsFunction(
    _ tokens: IndexTensor, droppingWords rate: Double, drop: Dropping<Scalar>
  ) -> Tensor<Scalar> {
    check(rate >= 0 && rate < 1, "Embedding: the rate \(rate) of dropped words is not in [0, 1)")
    guard rate > 0 else { return self(tokens) }
    let mask = drop(Dropout(rate: rate), Tensor(ones: [tokenCount, 1]))
    return self(tokens) * mask.gatheringRows(at: tokens)  // [..., features] * [..., 1]
  }

  /// The embedding as an output layer: `hidden W^T + bias`, a number for each token (Press and Wolf 2017; Inan et al.
  /// 2017).
  ///
  /// - Parameters:
  ///   - hidden: `[..., features]`.
  ///   - bias: `[tokens]`, or nil.
  /// - Returns: `[..., tokens]`.
  public func logits(_ hidden: Tensor<Scalar>, bias: Tensor<Scalar>? = nil) -> Tensor<Scalar> {
    productWithRows(hidden, weight, bias, "Embedding.logits")
  }
}
