import RecurrentLayers
import RecurrentTensors
import Testing

@testable import RecurrentTraining

/// NT-ASGD: when it begins to average, and what the average is.
@Suite struct AveragedSGDTests {
  /// Averaging begins when the loss is above the lowest of those more than `patience` evaluations back.
  @Test func trigger() {
    func firstTrigger(_ losses: [Double], patience: Int) -> Int? {
      var optimizer = AveragedSGD(for: Pair<Float>([0], [0]), patience: patience)
      for (index, loss) in losses.enumerated() where optimizer.validated(loss: loss) != nil {
        #expect(optimizer.isAveraging)
        return index
      }
      return nil
    }
    #expect(firstTrigger([5, 4, 3, 2, 1, 0.5, 0.4], patience: 2) == nil)
    // A single worse evaluation is not enough: 3.5 is compared with the 5 and the 4 alone, 4.2 with all up to 3.
    #expect(firstTrigger([5, 4, 3, 3.5, 2.9, 2.8], patience: 2) == nil)
    #expect(firstTrigger([5, 4, 3, 3.5, 4.2], patience: 2) == 4)
    // With patience n nothing can happen before evaluation n + 2.
    #expect(firstTrigger([1, 2, 3, 4, 5, 6, 7], patience: 5) == 6)
    #expect(firstTrigger([1, 2, 3], patience: 1) == 2)
  }

  /// As Merity's code has it: `len(losses) > n and loss > min(losses[:-n])`.
  @Test func triggerAgainstReference() {
    var generator = RandomGenerator(seed: 5)
    for _ in 0..<200 {
      let patience = 1 + Int(generator.next() % 5)
      var optimizer = AveragedSGD(for: Pair<Float>([0], [0]), patience: patience)
      var losses: [Double] = []
      for _ in 0..<12 where !optimizer.isAveraging {
        let loss = generator.uniform()
        let expected = losses.count > patience && loss > losses[..<(losses.count - patience)].min()!
        #expect((optimizer.validated(loss: loss) != nil) == expected)
        losses.append(loss)
      }
    }
  }

  /// PyTorch's ASGD with lambd = 0, alpha = 0, t0 = 0, from the same start: weights, and the average, in which PyTorch
  /// leaves out the first iterate.
  @Test func average() {
    var model = Pair<Double>(OptimizerTests.start.0, OptimizerTests.start.1)
    var optimizer = AveragedSGD(for: model, patience: 1, weightDecay: 0.01)
    #expect(optimizer.validated(loss: 1) == nil)
    #expect(optimizer.validated(loss: 1) == nil)
    #expect(optimizer.validated(loss: 2) != nil)
    #expect(optimizer.evaluated(model).values == model.values)  // nothing averaged yet
    var first: [Double] = []
    for step in 1...10 {
      let g = OptimizerTests.gradient(step)
      optimizer.update(&model, along: Pair(g.0, g.1), rate: 0.1)
      if step == 1 { first = model.values }
    }
    OptimizerTests.expectClose(
      model.values,
      [
        0.3709942960226053, -1.2865108143284438, 2.0045658832480924, 0.8418112305876319, 1.4859637283530838,
        -0.44556984744228784,
      ], 1e-12)
    OptimizerTests.expectClose(
      zip(optimizer.evaluated(model).values, first).map { (10 * $0 - $1) / 9 },
      [
        0.38079980815747827, -1.3502162762093717, 2.040631403906227, 0.8368145158839747, 1.4026372639188143,
        -0.44735804501716026,
      ], 1e-12)
  }

  /// Before it averages, it is plain descent.
  @Test func plainBefore() {
    #expect(
      OptimizerTests.run({ (m: Pair<Float>) in AveragedSGD(for: m, weightDecay: 0.03) }, rate: 0.1)
        == OptimizerTests.run({ (m: Pair<Float>) in SGD(for: m, weightDecay: 0.03) }, rate: 0.1))
  }
}
