public import RecurrentLayers
public import RecurrentTensors

/// The ``KnowledgeTracingNetwork`` that recipes train and model files hold.
public typealias KnowledgeTracingModel = KnowledgeTracingNetwork<Float>

/// Deep knowledge tracing: a recurrent network reads which skills a student's answers asked for and whether they were right, and gives before
/// each answer the probability that it will be right (Piech et al. 2015).
///
/// ```
/// x[0] = start,  x[t] = mean over the skills s of answer t - 1 of embedding(s, right or wrong)
/// p(answer t is right) = σ(mean over the skills s of answer t of output_s(rnn(x[0 ... t])))
/// ```
///
/// An answer is one step, however many skills its question has: no skill of a question sees the answer to it under another.
///
/// - Parameters: `embedding.weight` `[1 + 2 * skills, embedding]`: the start, then for each skill wrong and right; `rnn.*` as in PyTorch;
///   `output.weight` `[skills, hidden]`, `output.bias` `[skills]`. Skill 0 stands for those that are not known.
public struct KnowledgeTracingNetwork<Scalar: TensorScalar>: Module {
  /// Its sizes and rates.
  public let configuration: KnowledgeTracingConfiguration

  /// A vector for each skill with an answer.
  public var embedding: Embedding<Scalar>
  /// The recurrent layers.
  public var rnn: Stacked<AnyCell<Scalar>>
  /// A score for each skill.
  public var output: Linear<Scalar>

  /// A model with random parameters.
  ///
  /// - Parameter skillCount: The skills, that for unknown ones included.
  public init(_ configuration: KnowledgeTracingConfiguration, skillCount: Int, using generator: inout RandomGenerator) {
    check(skillCount > 0, "KnowledgeTracingModel: no skills")
    self.configuration = configuration
    embedding = Embedding(
      tokenCount: 1 + 2 * skillCount, featureCount: configuration.embedding, initializer: .normal(standardDeviation: 1),
      using: &generator)
    rnn = configuration.recurrent.makeLayers(inputSize: configuration.embedding, using: &generator)
    output = Linear(inputSize: configuration.hidden, outputSize: skillCount, using: &generator)
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&embedding, "embedding")
    visitor.visit(&rnn, "rnn")
    visitor.visit(&output, "output")
  }

  /// The skills that it knows, that for unknown ones included.
  public var skillCount: Int { output.weight.shape[0] }

  /// The scores before each answer, `[time, batch]`: the logit of the probability that it is right.
  ///
  /// - Parameter drop: What is done where the configuration has dropout; by default nothing.
  func logits(_ batch: AnswerBatch, drop: Dropping<Scalar> = { $1 }) -> Tensor<Scalar> {
    let dropout = Dropout(rate: configuration.dropout)
    let (outputs, _) = rnn(inputs(batch), lengths: batch.lengths, between: { drop(dropout, $0) })
    let scores = output(drop(dropout, outputs))  // [time, batch, skills]
    return batch.skills.enumerated().map { slot, skills in
      batch.hasSingleSkills ? scores.gathering(at: skills) : scores.gathering(at: skills) * Tensor(batch.shares[slot])
    }.reduced()
  }

  /// What the cells compute over a batch.
  func record(_ batch: AnswerBatch) -> [CellRecording<Scalar>] { rnn.record(inputs(batch), lengths: batch.lengths).cells }

  /// What the network reads: `[time, batch, embedding]`.
  private func inputs(_ batch: AnswerBatch) -> Tensor<Scalar> {
    batch.tokens.enumerated().map { slot, tokens in
      batch.hasSingleSkills ? embedding(tokens) : embedding(tokens) * Tensor(batch.inputShares[slot]).expandingAxis(at: 2)
    }.reduced()
  }
}

extension Array {
  /// The sum of at least one tensor.
  fileprivate func reduced<Scalar>() -> Tensor<Scalar> where Element == Tensor<Scalar> { dropFirst().reduce(self[0], +) }
}
