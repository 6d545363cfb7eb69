import RecurrentLayers
import RecurrentTensors
import RecurrentTestSupport
import Testing

/// Causal convolutions and networks over a window: what recurrent networks are compared with.
@Suite struct FeedForwardTests {
  private func convolution(kernel: Int, dilation: Int) -> CausalConvolution<Double> {
    CausalConvolution(
      weight: random([2, 3, kernel], seed: 1), bias: random([2], seed: 2), dilation: dilation)
  }

  private func stack() -> ConvolutionStack<Double> {
    var generator = RandomGenerator(seed: 3)
    return ConvolutionStack(inputSize: 3, hiddenSize: 4, kernelSize: 2, layerCount: 3, using: &generator)
      .mapParameters { Tensor(uniform: -1...1, shape: $0.shape, using: &generator) }
  }

  private func windowNetwork() -> WindowNetwork<Double> {
    var generator = RandomGenerator(seed: 4)
    return WindowNetwork(inputSize: 3, hiddenSize: 4, windowSize: 3, layerCount: 2, using: &generator)
      .mapParameters { Tensor(uniform: -1...1, shape: $0.shape, using: &generator) }
  }

  @Test(arguments: [(1, 1), (2, 1), (3, 2), (4, 3)])
  func convolutionIsItsEquation(kernel: Int, dilation: Int) {
    let layer = convolution(kernel: kernel, dilation: dilation)
    let inputs: Tensor<Double> = random([6, 2, 3], seed: 5)
    let outputs = layer(inputs)
    #expect(outputs.shape == [6, 2, 2])
    func x(_ time: Int, _ batch: Int, _ feature: Int) -> Double {
      time < 0 ? 0 : inputs.scalars[(time * 2 + batch) * 3 + feature]
    }
    for time in 0..<6 {
      for batch in 0..<2 {
        for output in 0..<2 {
          var expected = layer.bias.scalars[output]
          for tap in 0..<kernel {
            for feature in 0..<3 {
              let weight = layer.weight.scalars[(output * 3 + feature) * kernel + tap]
              expected += weight * x(time - (kernel - 1 - tap) * dilation, batch, feature)
            }
          }
          #expect(abs(outputs.scalars[(time * 2 + batch) * 2 + output] - expected) < 1e-12)
        }
      }
    }
  }

  @Test(arguments: [(1, 1), (2, 1), (3, 2)])
  func convolutionGradient(kernel: Int, dilation: Int) {
    let error = gradientError(at: convolution(kernel: kernel, dilation: dilation), [random([5, 2, 3], seed: 5)]) {
      $0($1[0])
    }
    #expect(error < 1e-6)
  }

  @Test func stackGradient() {
    let dropout = Dropout(rate: 0.3)
    for lengths in [nil, [7, 3]] as [[Int]?] {
      let error = gradientError(at: stack(), [random([7, 2, 3], seed: 5)]) { $0($1[0], lengths: lengths) }
      #expect(error < 1e-6)
      let dropped = gradientError(at: stack(), [random([7, 2, 3], seed: 5)]) { module, inputs in
        var generator = RandomGenerator(seed: 6)
        return module(inputs[0], lengths: lengths) { dropout($0, using: &generator) }
      }
      #expect(dropped < 1e-6)
    }
  }

  @Test func windowGradient() {
    for lengths in [nil, [5, 2]] as [[Int]?] {
      let all = gradientError(at: windowNetwork(), [random([5, 2, 3], seed: 5)]) { $0($1[0], lengths: lengths) }
      #expect(all < 1e-6)
      let last = gradientError(at: windowNetwork(), [random([5, 2, 3], seed: 5)]) { $0.last($1[0], lengths: lengths) }
      #expect(last < 1e-6)
    }
  }

  /// An output depends on the steps of its reach, on the first of them, and on none before or after.
  @Test func reachIsExact() {
    let network = stack()
    #expect(network.reach == 8)
    let inputs: Tensor<Double> = random([12, 1, 3], seed: 7)
    let output = network(inputs).index(9).scalars
    for time in 0..<12 {
      var changed = inputs
      changed.withUnsafeMutableScalars { for feature in 0..<3 { $0[time * 3 + feature] += 5 } }
      let isSame = network(changed).index(9).scalars == output
      #expect(isSame == !(2...9).contains(time), "step \(time)")
    }
  }

  @Test func lastWindowIsTheWindowAtTheLastStep() {
    let network = windowNetwork()
    let inputs: Tensor<Double> = random([6, 4, 3], seed: 8)
    let lengths = [6, 1, 2, 5]
    let outputs = network(inputs, lengths: lengths)
    let last = network.last(inputs, lengths: lengths)
    #expect(relativeDifference(last, outputs.lastSteps(lengths: lengths)) < 1e-12)
    #expect(relativeDifference(network.last(inputs), network(inputs).lastSteps()) < 1e-12)
  }

  /// What stands past a sequence's end changes nothing, and outputs there are zero.
  @Test func paddingIsNeverRead() {
    let inputs: Tensor<Double> = random([6, 2, 3], seed: 9)
    var other = inputs
    other.withUnsafeMutableScalars { for time in 4..<6 { for feature in 0..<3 { $0[(time * 2 + 1) * 3 + feature] = .nan } } }
    let lengths = [6, 4]
    #expect(stack()(other, lengths: lengths) == stack()(inputs, lengths: lengths))
    #expect(windowNetwork()(other, lengths: lengths) == windowNetwork()(inputs, lengths: lengths))
    #expect(windowNetwork().last(other, lengths: lengths) == windowNetwork().last(inputs, lengths: lengths))
    #expect(stack()(inputs, lengths: lengths).sliced(4..<6).index(1, alongAxis: 1) == Tensor(zeros: [2, 4]))
  }

  @Test func lastStepsOfUnequalLengths() {
    let outputs = Tensor<Float>(shape: [3, 3, 1], scalars: [1, 2, 3, 4, 5, 6, 7, 8, 9])
    #expect(outputs.lastSteps(lengths: [3, 1, 0]).scalars == [7, 2, 0])
    #expect(outputs.lastSteps().scalars == [7, 8, 9])
    let error = gradientError(at: [random([3, 4, 2], seed: 1)]) { $0[0].lastSteps(lengths: [3, 0, 1, 2]) }
    #expect(error < 1e-6)
  }
}
