import Recurrent
import Testing

/// Losses agree with PyTorch: cross-entropy with and without label smoothing and ignored targets, as mean and as sum; connectionist temporal
/// classification over sequences of unequal lengths.
@Suite struct LossGoldenTests {
  @Test(arguments: ["whole", "padded"], ["0", "0.1"])
  func crossEntropyAgrees(padding: String, smoothing: String) throws {
    for reduction in [Reduction.mean, .sum] {
      let name = "\(padding)-\(smoothing)-\(reduction.rawValue)"
      try check(name, Float.self, padding, smoothing, reduction)
      try check(name, Double.self, padding, smoothing, reduction)
    }
  }

  @Test func ctcAgrees() throws {
    try checkCTC(Float.self)
    try checkCTC(Double.self)
  }

  private func checkCTC<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
    let golden = try Golden("losses", case: "ctc")
    let lengths = try golden.indices("lengths").scalars.map(Int.init)
    var symbols = try golden.indices("texts").scalars[...]
    let texts = try golden.indices("text-lengths").scalars.map { count in
      defer { symbols = symbols.dropFirst(Int(count)) }
      return Array(symbols.prefix(Int(count)))
    }
    let tape = Tape<Scalar>()
    let logits = tape.watch(try golden.tensor("logits"))  // [time, batch, symbols]
    let loss = ctcLoss(logits: logits, lengths: lengths, texts: texts, reduction: .sum)
    #expect(loss.unfitting == [5])
    expect(Tensor<Scalar>(shape: [texts.count], scalars: loss.losses), agreesWith: try golden.tensor("losses"), "losses")
    expect(tape.gradients(of: loss.value, at: [logits])[0], agreesWith: try golden.tensor("gradient/logits"), "gradient")
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
