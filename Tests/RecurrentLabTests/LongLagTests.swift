import Foundation
import RecurrentLayers
import RecurrentTensors
import Testing

@testable import RecurrentLab

/// The problems of 1997 and the cell of 1997.
@Suite struct LongLagTests {
  @Test func stringsOfTheGrammarAreThoseOfTheMachine() {
    var generator = RandomGenerator(seed: 1)
    var firsts: Set<Int> = []
    for _ in 0..<200 {
      let string = ReberString(using: &generator)
      #expect(string.successors.count == string.symbols.count - 1)
      for (next, allowed) in zip(string.symbols.dropFirst(), string.successors) { #expect(allowed.contains(next)) }
      #expect(string.symbols[1] == string.symbols[string.symbols.count - 2] && string.successors[string.symbols.count - 3].count == 1)
      #expect(string.symbols.first == 0 && string.symbols.last == 6 && string.symbols[2] == 0)
      firsts.insert(string.symbols[1])
    }
    #expect(firsts == [1, 2])
  }

  @Test func sumsAndProductsAreThoseOfTheMarkedNumbers() {
    var generator = RandomGenerator(seed: 2)
    for variant in [MarkedPairProblem.Variant.sum, .product] {
      let batch = MarkedPairProblem(variant: variant).sequences(50, using: &generator)
      guard case .number(let targets) = batch.targets, let lengths = batch.lengths else {
        Issue.record("no numbers, or no lengths")
        continue
      }
      for (index, target) in targets.enumerated() {
        let rows = (0..<lengths[index]).map { batch.inputs.index($0).index(index).scalars }
        let marked = rows.filter { $0[1] == 1 }.map { $0[0] }
        #expect(rows[0][1] == -1 && rows[rows.count - 1][1] == -1 && marked.count <= 2 && (100...110).contains(rows.count))
        guard marked.count == 2 else { continue }
        let expected = variant == .sum ? 0.5 + (marked[0] + marked[1]) / 4 : marked[0] * marked[1]
        #expect(abs(target - expected) < 1e-6)
      }
    }
  }

  @Test func theOrderIsTheLabel() {
    var generator = RandomGenerator(seed: 3)
    for count in [2, 3] {
      let problem = TemporalOrderProblem(symbolCount: count)
      let batch = problem.sequences(40, using: &generator)
      guard case .label(let labels) = batch.targets, let lengths = batch.lengths else {
        Issue.record("no labels, or no lengths")
        continue
      }
      for (index, label) in labels.enumerated() {
        let rows = (0..<lengths[index]).map { batch.inputs.index($0).index(index).scalars }
        let order = rows.filter { $0[6] + $0[7] > 0 }.map { $0[7] > 0 ? 1 : 0 }
        #expect(order.count == count && order.reduce(0) { 2 * $0 + $1 } == Int(label))
        #expect(rows.allSatisfy { $0.reduce(0, +) == 1 })
      }
    }
  }

  @Test(arguments: [LongLagProblem.Variant.noiseFree, .distractors, .farther])
  func theFirstSymbolIsAskedAtTheEnd(variant: LongLagProblem.Variant) {
    var generator = RandomGenerator(seed: 4)
    let problem = LongLagProblem(variant)
    let batch = problem.sequences(10, using: &generator)
    let place = variant == .farther ? 1 : 0
    for index in 0..<10 {
      let first = batch.inputs.index(place).index(index).scalars.firstIndex(of: 1)
      switch batch.targets {
      case .label(let labels): #expect(first == Int(labels[index]))
      case .labels(let labels): #expect(first == Int(labels.scalars[(problem.lag - 1) * 10 + index]))
      case .number: Issue.record("a number")
      }
    }
  }

  /// The cell of 1997, which runs on today's kernel, against its own equations.
  @Test(arguments: [true, false])
  func theOriginalCellIsThatOfThePaper(hasOutputGates: Bool) {
    var generator = RandomGenerator(seed: 5)
    let (blocks, size, inputs) = (2, 2, 3)
    let cell = OriginalLSTMCell<Double>(
      inputSize: inputs, blockCount: blocks, blockSize: size, range: 0.8, inputGateBiases: [-1, -3], outputGateBiases: [-2],
      hasOutputGates: hasOutputGates, using: &generator)
    let x = Tensor<Double>(normalWithMean: 0, shape: [6, 1, inputs], using: &generator)
    let outputs = cell.run(x).outputs
    let hidden = blocks * size
    let (wx, wh, b) = (cell.inputWeight.scalars, cell.recurrentWeight.scalars, cell.bias.scalars)
    var (y, c) = ([Double](repeating: 0, count: hidden), [Double](repeating: 0, count: hidden))
    func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
    for t in 0..<6 {
      let now = x.index(t).scalars
      func net(_ row: Int) -> Double {
        b[row] + (0..<inputs).reduce(0) { $0 + wx[row * inputs + $1] * now[$1] }
          + (0..<hidden).reduce(0) { $0 + wh[row * hidden + $1] * y[$1] }
      }
      let before = (0..<hidden).map { unit in
        (i: sigmoid(net(unit / size)), g: 4 * sigmoid(net(blocks + unit)) - 2,
         o: hasOutputGates ? sigmoid(net(blocks + hidden + unit / size)) : 1)
      }
      for unit in 0..<hidden {
        c[unit] += before[unit].i * before[unit].g
        y[unit] = before[unit].o * (2 * sigmoid(c[unit]) - 1)
      }
      for (a, e) in zip(outputs.index(t).scalars, y) { #expect(abs(a - e) < 1e-12) }
    }
    #expect(cell.parameterCount == ((hasOutputGates ? 2 : 1) * blocks + hidden) * (inputs + hidden + 1))
  }

  /// Its gradient passes through gathered rows and halves.
  @Test func theOriginalCellLearnsAlongItsGradient() {
    var generator = RandomGenerator(seed: 6)
    let cell = OriginalLSTMCell<Double>(inputSize: 2, blockCount: 2, blockSize: 2, range: 0.5, using: &generator)
    let x = Tensor<Double>(normalWithMean: 0, shape: [5, 3, 2], using: &generator)
    let direction = Tensor<Double>(normalWithMean: 0, shape: [3, 4], using: &generator)
    func loss(_ cell: OriginalLSTMCell<Double>) -> Tensor<Double> { (cell.run(x).state.hidden * direction).sum() }
    let gradient = valueAndGradient(at: cell, loss).gradient.parameters
    for index in gradient.indices {
      for element in [0, gradient[index].tensor.count - 1] {
        func moved(_ width: Double) -> Double {
          var copy = cell
          copy.withParameters { $0[index].withUnsafeMutableScalars { $0[element] += width } }
          return loss(copy).scalar
        }
        let difference = (moved(1e-5) - moved(-1e-5)) / 2e-5
        #expect(abs(difference - gradient[index].tensor.scalars[element]) < 1e-8, "\(gradient[index].path)")
      }
    }
  }

  /// Done when: today's LSTM needs no more sequences than the paper's mean. The quickest three here; the command runs all.
  @Test(arguments: ["1", "2b", "6a"])
  func todaysLSTMNeedsNoMoreThanThePaper(number: String) throws {
    var parameters = LongLagParameters()
    parameters.experiment = try #require(LongLagParameters.Choice(rawValue: number))
    (parameters.networks, parameters.runs) = (.lstm, 1)
    let bench = Bench(seed: 1)
    let problem = try #require(LongLagExperiment.problems(parameters, bench).first)
    let run = try bench.map([parameters]) { parameters, share in
      try LagRun(problem, .lstm, seed: 1, limit: problem.paperMean, parameters, reporting: share)
    }[0]
    let solved = try #require(run.solvedAfter)
    #expect(solved <= problem.paperMean)
    #expect(LongLagFindings(runs: [run]).experimentsWithinPaper(.lstm).within == [String(number.prefix(1))])
  }

  /// The judgement can fail: an untrained network solves nothing.
  @Test func anUntrainedNetworkSolvesNothing() throws {
    var generator = RandomGenerator(seed: 1)
    let problems = LongLagExperiment.problems(try LongLagExperiment.parameters(setting: ["experiment=all"]), Bench())
    #expect(problems.map(\.number) == ["1", "2a", "2b", "2c", "3a", "3b", "3c", "4", "5", "6a", "6b"])
    for problem in problems {
      let network = LagNetwork(.lstm, for: problem, units: 4, using: &generator)
      #expect(!problem.isSolved(by: network, using: &generator), "\(problem.number)")
    }
  }
}
