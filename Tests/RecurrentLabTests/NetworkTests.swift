import RecurrentTensors
import RecurrentTestSupport
import Testing

@testable import RecurrentLab

/// The experiments' own networks: visitors reach all of each, so that all of it is trained.
@Suite struct NetworkTests {
  @Test func flow() {
    var generator = RandomGenerator(seed: 1)
    #expect(visitsEveryTensorOnce(FlowNetwork(units: 3, using: &generator)))
  }

  @Test(arguments: OrderStart.allCases)
  func order(start: OrderStart) {
    var generator = RandomGenerator(seed: 1)
    // The cell that lends its kernel has parameters that are replaced at each run.
    #expect(visitsEveryTensorOnce(OrderNetwork(start, units: 20, using: &generator), except: ["kernel"]))
  }

  @Test(arguments: NetworkShape.Kind.allCases)
  func symbols(kind: NetworkShape.Kind) {
    var generator = RandomGenerator(seed: 1)
    #expect(visitsEveryTensorOnce(SymbolNetwork(NetworkShape(kind: kind, units: 3), symbols: 5, using: &generator)))
  }

  @Test(arguments: NetworkKind.allCases)
  func lags(kind: NetworkKind) {
    var generator = RandomGenerator(seed: 1)
    let problems: [any LagProblem] = [
      ReberProblem(using: &generator), LongLagProblem(.distractors), LongLagProblem(.farther), TwoSequenceProblem(variant: .all),
      MarkedPairProblem(variant: .product), TemporalOrderProblem(symbolCount: 3),
    ]
    #expect(Set(problems.map(\.isDirect)).count == 2)
    // The cell of 1997 is made of its parameters and these constants at each run.
    let constants: Set<String> = kind == .original ? ["today", "scales", "shifts"] : []
    for problem in problems {
      let network = LagNetwork(kind, for: problem, units: 4, using: &generator)
      #expect(visitsEveryTensorOnce(network, except: constants), "\(problem.title)")
    }
  }
}
