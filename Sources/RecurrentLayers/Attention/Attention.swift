public import RecurrentTensors

/// How well each place of a memory fits what looks at it: the score that attention makes its weights of.
///
/// A memory is what an encoder puts out, `[time, batch, memory]`; what looks is a decoder's state. A new attention needs its
/// parameters and `scoring(_:lengths:)`, written with tensor operations. Weights that add up to one, no weight at all for padding,
/// the mixture of the memory that they make, and all gradients are ``AttentionMemory``'s.
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// /// score = u . q + w . h: what is left of additive attention without its hidden layer.
/// struct LinearAttention: Attention {
///   typealias Scalar = Float
///   var query: Linear<Float>  // [1, query]
///   var place: Linear<Float>  // [1, memory]
///   var querySize: Int { query.weight.shape[1] }
///   var memorySize: Int { place.weight.shape[1] }
///
///   mutating func visitParameters(_ visitor: inout some ParameterVisitor<Float>) {
///     visitor.visit(&query, "query")
///     visitor.visit(&place, "place")
///   }
///
///   func scoring(_ memory: Tensor<Float>, lengths: [Int]?) -> AttentionScoring<Float> {
///     let ofPlaces = place(memory).squeezingAxis(at: 2).transposed()  // [batch, time], made once
///     return { queries in query(queries) + ofPlaces }  // [steps, batch, 1] + [batch, time]
///   }
/// }
/// ```
public protocol Attention<Scalar>: Module {
  /// The number of features of what looks.
  var querySize: Int { get }

  /// The number of features of a place of the memory.
  var memorySize: Int { get }

  /// Prepares the scores of a memory: whatever depends on it alone is made here, once, and not once a step.
  ///
  /// - Parameters:
  ///   - memory: `[time, batch, memory]`.
  ///   - lengths: The length of each sequence; places past it may get any score, even NaN.
  /// - Returns: a function from queries `[steps, batch, query]` to their scores `[steps, batch, time]`.
  func scoring(_ memory: Tensor<Scalar>, lengths: [Int]?) -> AttentionScoring<Scalar>
}

/// The scores `[steps, batch, time]` of queries `[steps, batch, query]` against one memory.
public typealias AttentionScoring<Scalar: TensorScalar> = @Sendable (_ queries: Tensor<Scalar>) -> Tensor<Scalar>

extension Attention {
  /// A memory to be attended to.
  ///
  /// - Parameters:
  ///   - memory: What an encoder has put out, `[time, batch, memory]`.
  ///   - lengths: The length of each sequence, `0 ... time`; nil: all have the full length.
  public func attending(_ memory: Tensor<Scalar>, lengths: [Int]? = nil) -> AttentionMemory<Scalar> {
    check(
      memory.rank == 3 && memory.shape[2] == memorySize,
      "\(Self.self): the memory has the shape \(memory.shape), not [time, batch, \(memorySize)]")
    return AttentionMemory(memory, lengths: lengths, querySize: querySize, scoring: scoring(memory, lengths: lengths))
  }
}
