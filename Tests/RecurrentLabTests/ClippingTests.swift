import Foundation
import RecurrentLayers
import RecurrentTensors
import Testing

@testable import RecurrentLab

/// The temporal-order problem of Pascanu, Mikolov and Bengio, and their regularizer.
@Suite struct ClippingTests {
  @Test func logisticStatesAreThoseOfTheEquation() {
    var generator = RandomGenerator(seed: 1)
    var network = OrderNetwork(.sigmoid, units: 16, using: &generator)
    network.recurrentWeight = Tensor(normalWithMean: 0, standardDeviation: 0.5, shape: [16, 16], using: &generator)
    network.bias = Tensor(normalWithMean: 0, standardDeviation: 0.5, shape: [16], using: &generator)
    let batch = OrderBatch(length: 12, count: 3, using: &generator)
    let states = network.states(batch.inputs)
    var before = Tensor<Float>(zeros: [3, 16])
    for t in 0..<12 {
      before =
        (matmul(before, network.recurrentWeight, transposingSecond: true)
        + matmul(batch.inputs.index(t), network.inputWeight, transposingSecond: true) + network.bias).sigmoid()
      let distance = (states.index(t) - before).absolute().scalars.max() ?? 1
      #expect(distance < 1e-5)
    }
  }

  /// The derivative of Omega by `W`, with `d` and the states as constants, against differences of Omega computed so.
  @Test(arguments: [OrderStart.basicTanh, .sigmoid])
  func theRegularizersDerivativeIsThatOfItsValue(start: OrderStart) {
    var generator = RandomGenerator(seed: 2)
    var network = OrderNetwork(start, units: 16, using: &generator)
    network.recurrentWeight = Tensor(normalWithMean: 0, standardDeviation: 0.3, shape: [16, 16], using: &generator)
    let batch = OrderBatch(length: 10, count: 4, using: &generator)
    let states = network.states(batch.inputs)
    let cotangent = Tensor<Float>(normalWithMean: 0, shape: [4, 16], using: &generator)
    let regularizer = FlowRegularizer(
      states: states, recurrentWeight: network.recurrentWeight, isLogistic: network.isLogistic, lastCotangent: cotangent)

    // In Double: d of every step from the true W, then Omega for a W that is moved.
    let f = Tensor<Double>(shape: states.shape, converting: states.scalars.map(Double.init))
    let slopes = network.isLogistic ? f * (1 - f) : 1 - f.squared()
    let w = Tensor<Double>(shape: [16, 16], converting: network.recurrentWeight.scalars.map(Double.init))
    var later = [Tensor<Double>(shape: [4, 16], converting: cotangent.scalars.map(Double.init)) * slopes.index(9)]
    for k in (1..<9).reversed() { later.insert(matmul(later[0], w) * slopes.index(k), at: 0) }  // d(k) for k = 1 ... 9
    func omega(_ w: Tensor<Double>) -> Double {
      (0..<9).reduce(0) { sum, k in
        let (d, v) = (later[k], matmul(later[k], w) * slopes.index(k))
        func norms(_ x: Tensor<Double>) -> Tensor<Double> { x.squared().sum(alongAxes: 1).squareRoot() }
        return sum + (norms(v) / norms(d) - 1).squared().mean().scalar
      }
    }
    #expect(abs(regularizer.value - omega(w)) < 1e-4 * omega(w))
    for element in [0, 17, 100, 255] {
      func moved(_ width: Double) -> Double {
        var copy = w
        copy.withUnsafeMutableScalars { $0[element] += width }
        return omega(copy)
      }
      let difference = (moved(1e-5) - moved(-1e-5)) / 2e-5
      #expect(abs(Double(regularizer.gradient.scalars[element]) - difference) < 1e-3 * max(1, abs(difference)), "\(element)")
    }
  }

  @Test func theSparseStartIsAsThePaperHasIt() {
    var generator = RandomGenerator(seed: 3)
    let network = OrderNetwork(.smartTanh, units: 50, using: &generator)
    let values = network.recurrentWeight.scalars
    for row in 0..<50 { #expect(values[row * 50..<(row + 1) * 50].count { $0 != 0 } == 15) }
    #expect(abs(RecurrentMatrix.spectralRadius(values.map(Double.init), 50) - 0.95) < 1e-4)
  }

  @Test func theTwoSymbolsStandInTheirTenths() {
    var generator = RandomGenerator(seed: 4)
    let batch = OrderBatch(length: 100, count: 50, using: &generator)
    for index in 0..<50 {
      let rows = (0..<100).map { batch.inputs.index($0).index(index).scalars }
      let places = rows.indices.filter { rows[$0][0] + rows[$0][1] > 0 }
      #expect(places.count == 2 && (10..<20).contains(places[0]) && (40..<50).contains(places[1]))
      #expect(Int(batch.labels.scalars[index]) == 2 * Int(rows[places[0]][1]) + Int(rows[places[1]][1]))
    }
  }
}
