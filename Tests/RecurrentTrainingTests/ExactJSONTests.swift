import Foundation
import RecurrentTensors
import Testing

@testable import RecurrentTraining

/// Checkpoints and metrics give every number back bit for bit.
@Suite struct ExactJSONTests {
  @Test func doubles() throws {
    var generator = RandomGenerator(seed: 1)
    var values = [0, -0.0, 0.1, .leastNonzeroMagnitude, .greatestFiniteMagnitude, .pi, 1e22, 1e16, 9007199254740991]
    values += [.infinity, -.infinity]
    while values.count < 20_000 {
      let value = Double(bitPattern: generator.next())
      if !value.isNaN { values.append(value) }
    }
    let back = try ExactJSON.decode([Double].self, from: ExactJSON.encode(values))
    #expect(back.map(\.bitPattern) == values.map(\.bitPattern))
    #expect(try ExactJSON.decode([Double].self, from: ExactJSON.text([Double.nan]))[0].isNaN)
  }

  @Test func runState() throws {
    for seed in [0, 1, UInt64.max, 1 << 63] {
      var state = RunState(seed: seed)
      state.smoothed.add(0.1)
      state.sums.loss = 1 / 3
      state.best = BestEvaluation(epoch: 1, globalStep: 2, evaluation: Evaluation(loss: .infinity, units: 3))
      state.optimizer.validationLosses = [0.1, .infinity]
      #expect(try ExactJSON.decode(RunState.self, from: ExactJSON.text(state)) == state)
    }
  }

  @Test func anyValue() throws {
    let text = #"{"a":[1,2.5,true,null],"b":{"c":18446744073709551615,"d":"x"}}"#
    let value = try ExactJSON.decode(JSON.self, from: text)
    #expect(try ExactJSON.text(value) == text)
    #expect(value.leaves()["b.c"] == .unsigned(.max))
    #expect(value.leaves()["a"] == .list([.integer(1), .number(2.5), .boolean(true), .null]))
  }
}
