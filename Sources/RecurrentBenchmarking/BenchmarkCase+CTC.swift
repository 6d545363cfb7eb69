import Recurrent

extension BenchmarkCase {
  /// Checks the sizes of a case of texts.
  func checkTexts() throws {
    for (key, value) in [("time", time), ("batch", batch)] where !(1...1_000_000).contains(value) {
      throw BenchmarkCaseError("the case \"\(id)\" needs \"\(key)\", an integer from 1 to 1000000")
    }
    if !(2...1_000_000).contains(vocabulary ?? 0) {
      throw BenchmarkCaseError("the case \"\(id)\" needs \"vocabulary\", the blank among it, an integer from 2 to 1000000")
    }
    if !(0...time / 2).contains(text ?? -1) {
      throw BenchmarkCaseError("the case \"\(id)\" needs \"text\", the symbols of each text, an integer from 0 to half of \"time\"")
    }
  }

  /// The seconds of the loss of connectionist temporal classification with its softmax, and of its gradient to the scores.
  func ctcSeconds() -> Double {
    var generator = RandomGenerator(seed: 0)
    let symbols = vocabulary ?? 2
    let model = Scores(
      scores: Tensor(normalWithMean: 0, standardDeviation: 1, shape: [time, batch, symbols], using: &generator))
    let texts = (0..<batch).map { _ in (0..<(text ?? 0)).map { _ in Int32.random(in: 1..<Int32(symbols), using: &generator) } }
    return medianSeconds { _ = valueAndGradient(at: model) { ctcLoss(logits: $0.scores, texts: texts).value } }
  }

  /// The scores in and their gradient out.
  var ctcWork: Work { .pass(reading: time * batch * (vocabulary ?? 2), writing: time * batch * (vocabulary ?? 2)) }
}

private struct Scores: Module {
  typealias Scalar = Float
  var scores: Tensor<Float>

  mutating func visitParameters(_ visitor: inout some ParameterVisitor<Float>) { visitor.visit(&scores, "scores") }
}
