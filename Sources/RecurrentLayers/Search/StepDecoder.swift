public import RecurrentTensors

/// What a search needs of a decoder: one token more, for several sequences side by side.
///
/// A decoder of sentences, captions or letters conforms by saying what it holds likely after a token. It has its memory (a source
/// sentence, an image, a recording) prepared for `batchSize` inputs; the rows that it steps are any multiple of that, and row r
/// writes about input `r % batchSize`, so that a beam shares the memory of its input.
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// /// Holds likely what a table says, whatever was read before: nothing to remember.
/// struct Table: StepDecoder {
///   struct State: SearchState {
///     var rows: Tensor<Float>
///     var weights: Tensor<Float>? { nil }
///     mutating func visitTensors(_ visitor: inout some ParameterVisitor<Float>) { visitor.visit(&rows, "rows") }
///   }
///   let logits: Tensor<Float>  // [tokens, tokens]
///   let batchSize = 1
///   func step(_ tokens: IndexTensor, from state: State) -> (logits: Tensor<Float>, state: State) {
///     (logits.gatheringRows(at: tokens), state)
///   }
/// }
/// let table = Table(logits: Tensor(shape: [3, 3], scalars: [0, 2, 1, 0, 1, 2, 0, 1, 2]))
/// let start = Table.State(rows: Tensor(zeros: [1, 1]))
/// let best = GreedySearch(begin: 0, end: 2)(table, from: start, maximumLengths: [10])  // best[0].tokens == [1]
/// ```
public protocol StepDecoder: Sendable {
  /// What is carried from one token to the next.
  associatedtype State: SearchState

  /// The number of inputs.
  var batchSize: Int { get }

  /// The scores of the next token and the state after it.
  ///
  /// - Parameter tokens: The tokens read, `[rows]`.
  /// - Returns: unnormalized log-probabilities, `[rows, tokens]`.
  func step(_ tokens: IndexTensor, from state: State) -> (logits: Tensor<Float>, state: State)
}

/// A state whose rows a search can choose among and repeat: the first axis of each of its tensors.
public protocol SearchState: TensorTree where Scalar == Float {
  /// Where the last step looked, `[rows, places]`, for alignments and coverage; nil where a decoder does not look.
  var weights: Tensor<Float>? { get }
}

extension DecoderState: SearchState where CellState.Scalar == Float {}
extension DecoderSteps: StepDecoder where Cell.Scalar == Float {}

/// What a search has found: tokens, how likely they are, and where the decoder looked as it wrote each.
public struct Hypothesis: Sendable, Equatable {
  /// The tokens, without those that begin and end them.
  public var tokens: [Int32]
  /// The logarithm of the probability of all tokens, that of the end included.
  public var logProbability: Double
  /// What it was ranked by: higher is better.
  public var score: Double
  /// Whether the decoder has ended it; otherwise it was cut at the maximum length.
  public var isComplete: Bool
  /// The attention weights, a list for each token; empty where the decoder has no attention or the search does not keep them.
  public var weights: [[Float]]

  /// A hypothesis with the given values.
  public init(
    tokens: [Int32], logProbability: Double, score: Double, isComplete: Bool, weights: [[Float]] = []
  ) {
    self.tokens = tokens
    self.logProbability = logProbability
    self.score = score
    self.isComplete = isComplete
    self.weights = weights
  }
}

/// A row of the weights of a state as a list; nil where it has none.
func row(_ row: Int, of weights: Tensor<Float>?) -> [Float]? {
  guard let weights else { return nil }
  let places = weights.shape[1]
  return weights.withUnsafeScalars { Array($0[(row * places)..<((row + 1) * places)]) }
}
