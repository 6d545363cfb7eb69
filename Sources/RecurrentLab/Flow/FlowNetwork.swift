import RecurrentLayers
import RecurrentTensors

/// A small LSTM that guesses the next letter, in `Double`, so that its derivatives can be compared to the last digits.
struct FlowNetwork: Module {
  typealias Scalar = Double

  /// What it reads: the letters without case, the space, and one sign for all others.
  static let alphabet = Array("abcdefghijklmnopqrstuvwxyz .")

  var rnn: LSTMCell<Double>
  var output: Linear<Double>

  init(units: Int, using generator: inout RandomGenerator) {
    rnn = LSTMCell(inputSize: Self.alphabet.count, hiddenSize: units, using: &generator)
    output = Linear(inputSize: units, outputSize: Self.alphabet.count, using: &generator)
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor<Double>) {
    visitor.visit(&rnn, "rnn")
    visitor.visit(&output, "output")
  }

  /// The letters of a text as numbers.
  static func indices(_ text: some StringProtocol) -> [Int32] {
    text.lowercased().map { letter in Int32(alphabet.firstIndex(of: letter) ?? (letter.isWhitespace ? 26 : 27)) }
  }

  /// One of the alphabet for each letter, `[time, batch, letters]`.
  static func inputs(_ letters: [[Int32]]) -> Tensor<Double> {
    let shape: Shape = [letters[0].count, letters.count]
    return Tensor(oneHot: interleaved(letters, shape), depth: alphabet.count)
  }

  /// `[time, batch]` from one list a sequence.
  static func interleaved(_ letters: [[Int32]], _ shape: Shape) -> IndexTensor {
    IndexTensor(shape: shape, scalars: (0..<shape[0]).flatMap { time in letters.map { $0[time] } })
  }

  /// The mean cross-entropy of each next letter, in nats. Sequences are of one length.
  func loss(_ letters: [[Int32]]) -> Tensor<Double> {
    let before = letters.map { Array($0.dropLast()) }
    let (outputs, _) = rnn.run(Self.inputs(before))
    let targets = Self.interleaved(letters.map { Array($0.dropFirst()) }, [before[0].count, letters.count])
    return crossEntropy(logits: output(outputs), targets: targets)
  }
}
