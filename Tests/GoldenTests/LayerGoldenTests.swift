import Recurrent
import Testing

/// Layers without time agree with PyTorch: layer normalization, linear, embedding.
@Suite struct LayerGoldenTests {
  @Test func layerNormAgrees() throws {
    try check("layer-norm", LayerNorm<Float>(featureCount: 13)) { $0($1) }
    try check("layer-norm", LayerNorm<Double>(featureCount: 13)) { $0($1) }
  }

  @Test func linearAgrees() throws {
    var generator = RandomGenerator(seed: 1)
    try check("linear", Linear<Float>(inputSize: 5, outputSize: 9, using: &generator)) { $0($1) }
    try check("linear", Linear<Double>(inputSize: 5, outputSize: 9, using: &generator)) { $0($1) }
  }

  @Test func embeddingAgrees() throws {
    let tokens = try Golden("layers", case: "embedding").indices("input")
    var generator = RandomGenerator(seed: 1)
    let single = Embedding<Float>(tokenCount: 10, featureCount: 6, using: &generator)
    try check("embedding", single) { embedding, _ in embedding(tokens) }
    let double = Embedding<Double>(tokenCount: 10, featureCount: 6, using: &generator)
    try check("embedding", double) { embedding, _ in embedding(tokens) }
  }

  /// Without a gradient of the input in the golden, the input is whole numbers and `body` gets zeros in its place.
  private func check<M: Module>(
    _ name: String, _ module: M, _ body: (M, Tensor<M.Scalar>) -> Tensor<M.Scalar>
  ) throws {
    let golden = try Golden("layers", case: name)
    let hasRealInput = golden.has("gradient/input")
    let tape = Tape<M.Scalar>()
    let tracked = try golden.parameters(for: module).mapParameters { tape.watch($0) }
    let input = tape.watch(hasRealInput ? try golden.tensor("input") : Tensor(zeros: []))
    let output = body(tracked, input)
    expect(output.detached(), agreesWith: try golden.tensor("output"), "\(M.self): output")
    let loss = (output * (try golden.tensor("cotangent/output"))).sum()
    let variables = (hasRealInput ? [("input", input)] : []) + tracked.parameters.map { ($0.path, $0.tensor) }
    for (variable, gradient) in zip(variables, tape.gradients(of: loss, at: variables.map(\.1))) {
      let name = "gradient/\(variable.0)"
      expect(gradient, agreesWith: try golden.tensor(name), "\(M.self): \(name)")
    }
  }
}
