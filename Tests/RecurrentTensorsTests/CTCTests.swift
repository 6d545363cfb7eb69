import Foundation
import RecurrentTensors
import RecurrentTestSupport
import Testing

/// Connectionist temporal classification against a sum over all paths, and at its edges.
@Suite struct CTCTests {
  private static func logits<Scalar: TensorScalar>(_ shape: Shape, seed: UInt64 = 1) -> Tensor<Scalar> {
    var generator = RandomGenerator(seed: seed)
    return Tensor(uniform: -2...2, shape: shape, using: &generator)
  }

  /// A loss and its gradient.
  private static func gradient<Scalar>(
    at logits: Tensor<Scalar>, _ loss: (Tensor<Scalar>) -> CTCLoss<Scalar>
  ) -> (loss: CTCLoss<Scalar>, gradient: [Scalar]) {
    let tape = Tape<Scalar>()
    let watched = tape.watch(logits)
    let found = loss(watched)
    return (found, tape.gradients(of: found.value, at: [watched])[0].scalars)
  }

  /// What a path says: no neighbours that are alike, no blanks.
  private static func said(_ path: [Int32], blank: Int32) -> [Int32] {
    path.enumerated().filter { index, symbol in symbol != blank && (index == 0 || path[index - 1] != symbol) }.map(\.element)
  }

  /// Every path of so many steps.
  private static func paths(_ steps: Int, _ symbols: Int) -> [[Int32]] {
    (0..<steps).reduce([[]]) { paths, _ in paths.flatMap { path in (0..<Int32(symbols)).map { path + [$0] } } }
  }

  /// Each text of at most three symbols, also those that do not fit, with the blank at each place among the symbols.
  @Test(arguments: [0, 1, 4, 5], [0, 2] as [Int32])
  func sumsOverAllPaths(steps: Int, blank: Int32) {
    let symbols = 3
    let logits: Tensor<Double> = Self.logits([steps, 1, symbols])
    let logProbabilities = logits.logSoftmax().scalars
    var likelihoods: [[Int32]: Double] = [:]
    for path in Self.paths(steps, symbols) {
      let logarithm = path.enumerated().reduce(0.0) { $0 + logProbabilities[$1.offset * symbols + Int($1.element)] }
      likelihoods[Self.said(path, blank: blank), default: 0] += exp(logarithm)
    }
    let texts = (0...3).flatMap { Self.paths($0, symbols) }.filter { !$0.contains(blank) }
    for text in texts {
      let loss = ctcLoss(logits: logits, texts: [text], blank: blank, reduction: .sum)
      if let likelihood = likelihoods[text] {
        #expect(abs(exp(-loss.value.scalar) - likelihood) < 1e-12 * max(1, likelihood), "\(text)")
        #expect(loss.unfitting.isEmpty)
      } else {
        #expect(loss.unfitting == [0] && loss.value.scalar == 0, "\(text)")
      }
    }
  }

  static let texts: [[Int32]] = [[1, 2, 1], [], [3, 3], [2], [1, 1, 1, 1, 1], [4, 2]]
  static let lengths = [7, 5, 6, 1, 7, 0]

  @Test(arguments: [Reduction.mean, .sum])
  func gradient(_ reduction: Reduction) {
    let logits: Tensor<Double> = Self.logits([7, 6, 5])
    let error = gradientError(at: [logits]) {
      ctcLoss(logits: $0[0], lengths: Self.lengths, texts: Self.texts, reduction: reduction).value * 1.5
    }
    #expect(error < 1e-7)
  }

  /// A text that does not fit adds nothing to loss and gradient; a step past the end is not read.
  @Test func edges() {
    let logits: Tensor<Double> = Self.logits([7, 6, 5])
    func run(_ logits: Tensor<Double>) -> (loss: CTCLoss<Double>, gradient: [Double]) {
      Self.gradient(at: logits) { ctcLoss(logits: $0, lengths: Self.lengths, texts: Self.texts) }
    }
    let (loss, gradient) = run(logits)
    // Five symbols that are alike need nine steps; one step is too few for nothing here; no step says nothing.
    #expect(loss.unfitting == [4, 5])
    #expect(loss.losses[4] == 0 && loss.losses[5] == 0)
    // An empty text: the blank at each of its steps.
    let blanks = (0..<5).reduce(0.0) { $0 - logits.logSoftmax().scalars[($1 * 6 + 1) * 5] }
    #expect(abs(loss.losses[1] - blanks) < 1e-12)
    #expect(abs(loss.value.scalar - loss.losses.reduce(0, +) / 6) < 1e-12)
    for sequence in 0..<6 {
      let steps = (0..<7).map { step in gradient[(step * 6 + sequence) * 5..<(step * 6 + sequence) * 5 + 5].map(abs).reduce(0, +) }
      let counted = [4, 5].contains(sequence) ? 0 : Self.lengths[sequence]
      for step in 0..<7 { #expect((steps[step] > 0) == (step < counted)) }
    }
    var changed = logits.scalars
    for sequence in 0..<6 {
      for step in Self.lengths[sequence]..<7 { for symbol in 0..<5 { changed[(step * 6 + sequence) * 5 + symbol] = .nan } }
    }
    let (same, sameGradient) = run(Tensor(shape: [7, 6, 5], scalars: changed))
    #expect(same.losses == loss.losses && sameGradient == gradient)
  }

  /// A symbol without probability: a text that needs it does not fit, others do, and no number is lost.
  @Test func impossibleSymbol() {
    var scalars = (Self.logits([6, 1, 4]) as Tensor<Double>).scalars
    for step in 0..<6 { scalars[step * 4 + 2] = -.infinity }
    let logits = Tensor(shape: [6, 1, 4], scalars: scalars)
    #expect(ctcLoss(logits: logits, texts: [[1, 2]]).unfitting == [0])
    let (loss, gradient) = Self.gradient(at: logits) { ctcLoss(logits: $0, texts: [[1, 3]]) }
    #expect(loss.value.scalar > 0 && loss.value.scalar.isFinite)
    #expect(gradient.allSatisfy { $0.isFinite })
  }

  @Test func notANumber() {
    var scalars = (Self.logits([6, 1, 4]) as Tensor<Float>).scalars
    scalars[9] = .nan
    #expect(ctcLoss(logits: Tensor(shape: [6, 1, 4], scalars: scalars), texts: [[1, 3]]).value.scalar.isNaN)
  }

  /// A long sequence in Float has the gradient of Double: what is added up over steps is held apart.
  @Test func longSequences() {
    let text = (0..<300).map { Int32(1 + ($0 * 7) % 29) }
    let logits: Tensor<Double> = Self.logits([2000, 1, 30], seed: 4)
    let exact = Self.gradient(at: logits) { ctcLoss(logits: $0, texts: [text], reduction: .sum) }
    let found = Self.gradient(at: Tensor<Float>(shape: logits.shape, scalars: logits.scalars.map { Float($0) })) { ctcLoss(logits: $0, texts: [text], reduction: .sum) }
    #expect(abs(Double(found.loss.value.scalar) / exact.loss.value.scalar - 1) < 1e-6)
    let worst = zip(exact.gradient, found.gradient).map { abs($0 - Double($1)) }.max() ?? 0
    #expect(worst < 2e-4)
  }

  @Test func threadsDoNotMatter() async {
    await #expect(processExitsWith: .success) {
      let logits: Tensor<Float> = Self.logits([40, 9, 65])
      let texts: [[Int32]] = (0..<Int32(9)).map { row in (0..<2 * row).map { place in 1 + (place * 5 + row) % 64 } }
      let runs = [1, 2, 3].map { threads in
        Threads.count = threads
        let found = Self.gradient(at: logits) { ctcLoss(logits: $0, texts: texts) }
        return found.loss.losses + found.gradient
      }
      #expect(runs[0] == runs[1] && runs[0] == runs[2])
    }
  }
}
