import Recurrent
import Testing

// The code of the article "Attention, step by step", which `ArticleTests` keeps the same as what is compiled and run here.

// Attention begins
/// score(q, h) = g cos(q, W h): how well the directions agree, whatever the lengths.
struct CosineAttention: Attention {
  typealias Scalar = Float

  var memory: Linear<Float>  // W
  var sharpness = Tensor<Float>(repeating: 8, shape: [1])  // g

  var querySize: Int { memory.weight.shape[0] }
  var memorySize: Int { memory.weight.shape[1] }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor<Float>) {
    visitor.visit(&memory, "memory")
    visitor.visit(&sharpness, "sharpness")
  }

  func scoring(_ memory: Tensor<Float>, lengths: [Int]?) -> AttentionScoring<Float> {
    let keys = direction(of: self.memory(memory))  // [time, batch, size], made once for all steps
      .transposed(permutation: [1, 2, 0])  // [batch, size, time]
    return { queries in  // [steps, batch, size]
      let products = matmul(direction(of: queries).transposed(permutation: [1, 0, 2]), keys)
      return products.transposed(permutation: [1, 0, 2]) * sharpness  // [steps, batch, time]
    }
  }

  private func direction(of x: Tensor<Float>) -> Tensor<Float> {
    x / (x.squared().sum(alongAxes: 2, keepingAxes: true) + 1e-6).squareRoot()
  }
}
// Attention ends

private typealias ArticleModel = EncoderDecoder<GRUCell<Float>, CosineAttention>

private func articleModel(_ random: inout RandomGenerator) -> ArticleModel {
  // Model begins
  let (tokenCount, features, units) = (14, 16, 48)
  let encoder = SequenceEncoder(
    StackedBidirectional<GRUCell<Float>>(inputSize: features, hiddenSize: units / 2, layerCount: 1, using: &random))
  let decoder = AttentionDecoder(
    embedding: Embedding<Float>(tokenCount: tokenCount, featureCount: features, using: &random),
    rnn: Stacked<GRUCell<Float>>(inputSize: features, hiddenSize: units, layerCount: 1, using: &random),
    attention: CosineAttention(memory: Linear(inputSize: units, outputSize: units, using: &random)),
    readoutSize: features, using: &random)
  let model = EncoderDecoder(embedding: nil, encoder: encoder, bridge: .linear, decoder: decoder, using: &random)
  // Model ends
  return model
}

/// A step by hand: the scores of the next token and the weights.
private func articleStep(
  _ model: ArticleModel, _ source: IndexTensor, _ lengths: [Int], _ token: IndexTensor
) -> (logits: Tensor<Float>, weights: Tensor<Float>, encoded: ArticleModel.Encoded) {
  // Step begins
  let encoded = model.encode(source, lengths: lengths)  // memory [time, batch, 48]
  let memory = model.decoder.attention!.attending(encoded.memory, lengths: lengths)

  let embedded = model.decoder.embedding(token)  // [batch, 16]
  let (output, _) = model.decoder.rnn.step(embedded, from: encoded.start.layers)  // [batch, 48]
  let (context, weights) = memory.attend(output.expandingAxis(at: 0))  // [1, batch, 48], [1, batch, time]
  let seen = Tensor(concatenating: [output, context.index(0), embedded], alongAxis: 1)
  let logits = model.decoder.logits(model.decoder.readout(seen).tanh())  // [batch, 14]
  // Step ends
  return (logits, weights, encoded)
}

/// Trains the model to write sequences last token first.
private func articleTraining(_ model: inout ArticleModel, _ random: inout RandomGenerator) -> [Float] {
  var losses: [Float] = []
  // Training begins
  var adam = Adam(for: model)
  for step in 0..<500 {
    let length = 3 + step % 6
    let source = (0..<length).map { _ in (0..<32).map { _ in Int32.random(in: 2..<14, using: &random) } }
    let target = Array(source.reversed())  // [time][batch], as the source
    let begin = [Int32](repeating: 0, count: 32), end = [Int32](repeating: 1, count: 32)
    func tensor(_ rows: [[Int32]]) -> IndexTensor { IndexTensor(shape: [rows.count, 32], scalars: rows.flatMap { $0 }) }

    let (loss, gradient) = valueAndGradient(at: model) { model in
      let encoded = model.encode(tensor(source), lengths: Array(repeating: length, count: 32))
      let readouts = model.decoder(tensor([begin] + target), from: encoded.start, over: encoded.memory).readouts
      return model.decoder.crossEntropy(readouts, targets: tensor(target + [end]), labelSmoothing: 0.01)
    }
    adam.update(&model, along: gradient, rate: step < 350 ? 0.005 : 0.0005)
    losses.append(loss.scalar)
  }
  // Training ends
  return losses
}

private func articleSearch(_ model: ArticleModel) -> Hypothesis {
  // Search begins
  let source = IndexTensor(shape: [5, 1], scalars: [3, 9, 4, 12, 7])
  let encoded = model.encode(source, lengths: [5])
  let steps = model.decoder.steps(over: encoded.memory, lengths: encoded.lengths)
  let search = BeamSearch(width: 4, begin: 0, end: 1, keepsWeights: true)
  let best = search(steps, from: encoded.start, maximumLengths: [20])[0][0]
  // best.tokens == [7, 12, 4, 9, 3], and best.weights[0] is largest at the last place
  // Search ends
  return best
}

@Suite struct AttentionArticleTests {
  @Test func theModelLearnsToReverse() {
    var random = RandomGenerator(seed: 1)
    var model = articleModel(&random)
    let losses = articleTraining(&model, &random)
    #expect(losses.count == 500 && losses.suffix(20).reduce(0, +) < 0.2 * losses.prefix(20).reduce(0, +))
    let best = articleSearch(model)
    #expect(best.tokens == [7, 12, 4, 9, 3] && best.isComplete)
    for (place, weights) in best.weights.enumerated() { #expect(weights.max() == weights[4 - place]) }
  }

  @Test func theStepByHandIsTheDecoders() {
    var random = RandomGenerator(seed: 1)
    let model = articleModel(&random)
    let source = IndexTensor(shape: [4, 2], scalars: [3, 9, 4, 12, 7, 0, 5, 0])
    let token = IndexTensor(shape: [2], scalars: [0, 0])
    let byHand = articleStep(model, source, [4, 2], token)
    let steps = model.decoder.steps(over: byHand.encoded.memory, lengths: [4, 2])
    let step = steps.step(token, from: byHand.encoded.start)
    for (a, b) in zip(step.logits.scalars, byHand.logits.scalars) { #expect(abs(a - b) < 1e-5) }
    #expect(byHand.weights.index(0).index(1).scalars[2...].allSatisfy { $0 == 0 })
  }
}
