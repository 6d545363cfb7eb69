import Recurrent
import Testing

/// Cross-entropy agrees with PyTorch: with and without label smoothing and ignored targets, as mean and as sum.
@Suite struct LossGoldenTests {
  @Test(arguments: ["whole", "padded"], ["0", "0.1"])
  func crossEntropyAgrees(padding: String, smoothing: String) throws {
    for reduction in [Reduction.mean, .sum] {
      let name = "\(padding)-\(smoothing)-\(reduction.rawValue)"
      try check(name, Float.self, padding, smoothing, reduction)
      try check(name, Double.self, padding, smoothing, reduction)
    }
  }

  private func check<Scalar: TensorScalar>(
    _ name: String, _ type: Scalar.Type, _ padding: String, _ smoothing: String, _ reduction: Reduction
  ) throws {
    let inputs = try Golden("losses")
    let golden = try Golden("losses", case: name)
    let tape = Tape<Scalar>()
    let logits = tape.watch(try inputs.tensor("logits"))  // [time, batch, classes]
    let loss = crossEntropy(
      logits: logits, targets: try inputs.indices(padding == "padded" ? "targets-padded" : "targets"),
      ignoring: -100, labelSmoothing: try #require(Double(smoothing)), reduction: reduction)
    expect(loss.detached(), agreesWith: try golden.tensor("loss"), "\(name) loss")
    let gradient = tape.gradients(of: loss, at: [logits])[0]
    expect(gradient, agreesWith: try golden.tensor("gradient/logits"), "\(name) gradient")
  }
}
