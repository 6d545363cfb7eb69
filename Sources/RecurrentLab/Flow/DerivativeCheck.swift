import RecurrentLayers
import RecurrentTensors

/// The derivatives of a network's loss, three ways: by hand, by the tape through the fused kernel, by finite differences.
struct DerivativeCheck: Sendable {
  /// What was found for one parameter.
  struct Row: Sendable {
    let parameter: String
    let count: Int
    /// The norm of the derivative.
    let norm: Double
    /// The largest distance between the derivatives by hand and by the tape.
    let handToTape: Double
    /// The largest distance between the derivatives by the tape and by finite differences.
    let tapeToDifferences: Double
  }

  let rows: [Row]
  /// The distance of the two losses.
  let lossDistance: Double

  /// The largest distance from the derivatives by hand.
  var handToTape: Double { rows.map(\.handToTape).max() ?? 0 }
  /// The largest distance from the finite differences.
  var tapeToDifferences: Double { rows.map(\.tapeToDifferences).max() ?? 0 }

  init(of network: FlowNetwork, on letters: [Int32], _ bench: Bench, in range: ClosedRange<Double>) throws {
    let hand = HandDerivatives(of: network, on: letters)
    let (loss, automatic) = valueAndGradient(at: network) { $0.loss([letters]) }
    lossDistance = abs(loss.scalar - hand.loss)
    let parameters = network.parameters
    let (byHand, byTape) = (hand.gradient.parameters, automatic.parameters)
    rows = try bench.map(Array(parameters.indices), in: range) { index, share in
      let (own, tape) = (byHand[index].tensor.scalars, byTape[index].tensor.scalars)
      var differences: [Double] = []
      for element in own.indices {
        differences.append(Self.difference(network, letters, index, element))
        if element % 64 == 0 { try share.report(Double(element) / Double(own.count), "differences of \(parameters[index].path)") }
      }
      return Row(
        parameter: parameters[index].path, count: own.count, norm: byTape[index].tensor.sumOfSquares.squareRoot(),
        handToTape: Self.distance(own, tape), tapeToDifferences: Self.distance(tape, differences))
    }
  }

  private static func distance(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).map { abs($0 - $1) }.max() ?? 0 }

  /// The central difference of fourth order, `(8 (L(+h) - L(-h)) - (L(+2h) - L(-2h))) / 12h`: with h = 10⁻³ its own error
  /// is about h⁴ times the fifth derivative, and rounding gives 10⁻¹³.
  private static func difference(_ network: FlowNetwork, _ letters: [Int32], _ index: Int, _ element: Int) -> Double {
    let width = 1e-3
    func loss(_ shift: Double) -> Double {
      var moved = network
      moved.withParameters { $0[index].withUnsafeMutableScalars { $0[element] += shift } }
      return moved.loss([letters]).scalar
    }
    return (8 * (loss(width) - loss(-width)) - (loss(2 * width) - loss(-2 * width))) / (12 * width)
  }
}
