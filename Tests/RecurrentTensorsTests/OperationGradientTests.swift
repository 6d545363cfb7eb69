import RecurrentTensors
import RecurrentTestSupport
import Testing

/// Every differentiable operation against central differences in `Double`.
@Suite struct OperationGradientTests {
  private static func random(_ shape: Shape, in range: ClosedRange<Double> = -1.5...1.5, seed: UInt64 = 1) -> Tensor<Double> {
    var generator = RandomGenerator(seed: seed)
    return Tensor(uniform: range, shape: shape, using: &generator)
  }

  struct Unary: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let function: @Sendable (Tensor<Double>) -> Tensor<Double>
    var range = -1.5...1.5
  }

  static let unary: [Unary] = [
    Unary(testDescription: "exp") { $0.exp() },
    Unary(testDescription: "log", function: { $0.log() }, range: 0.5...2),
    Unary(testDescription: "tanh") { $0.tanh() },
    Unary(testDescription: "sigmoid") { $0.sigmoid() },
    Unary(testDescription: "relu") { $0.relu() },
    Unary(testDescription: "squareRoot", function: { $0.squareRoot() }, range: 0.5...2),
    Unary(testDescription: "squared") { $0.squared() },
    Unary(testDescription: "absolute") { $0.absolute() },
    Unary(testDescription: "reciprocal", function: { $0.reciprocal() }, range: 0.5...2),
    Unary(testDescription: "softplus") { $0.softplus() },
    Unary(testDescription: "negate") { -$0 },
    Unary(testDescription: "clamped") { $0.clamped(to: -0.5...0.7) },
    Unary(testDescription: "scaled") { 3 * $0 * 0.5 },
    Unary(testDescription: "shifted") { 1 - ($0 + 2) },
    Unary(testDescription: "divided") { $0 / 4 },
    Unary(testDescription: "scalar divided", function: { 2 / $0 }, range: 0.5...2),
    Unary(testDescription: "reshaped") { $0.reshaped(to: [4, 3, 2]) },
    Unary(testDescription: "transposed") { $0.transposed(permutation: [2, 0, 1]) },
    Unary(testDescription: "reversed") { $0.reversed(alongAxis: 1) },
    Unary(testDescription: "broadcast") { $0.broadcast(to: [5, 2, 3, 4]) },
    Unary(testDescription: "sliced first") { $0.sliced(1..<2) },
    Unary(testDescription: "sliced last") { $0.sliced(1..<3, alongAxis: 2) },
    Unary(testDescription: "index") { $0.index(2, alongAxis: 1) },
    Unary(testDescription: "slices that overlap") { $0.sliced(0..<2, alongAxis: 1) * $0.sliced(1..<3, alongAxis: 1) },
    Unary(testDescription: "split, one part unused") { $0.split(sizes: [1, 2, 1], alongAxis: 2)[1] },
    Unary(testDescription: "unstacked and stacked") { Tensor(stacking: $0.unstacked(alongAxis: 1), alongAxis: 2) },
    Unary(testDescription: "concatenated with itself") { $0.concatenated(with: $0 * 2, alongAxis: 1) },
    Unary(testDescription: "sum") { $0.sum() },
    Unary(testDescription: "mean") { $0.mean() },
    Unary(testDescription: "sum along axes") { $0.sum(alongAxes: 0, 2) },
    Unary(testDescription: "mean keeping axes") { $0.mean(alongAxes: 1, keepingAxes: true) },
    Unary(testDescription: "variance") { $0.variance(alongAxes: 1, 2) },
    Unary(testDescription: "maximum") { $0.maximum(alongAxis: 1) },
    Unary(testDescription: "minimum") { $0.minimum(alongAxis: 2, keepingAxis: true) },
    Unary(testDescription: "logSumExp") { $0.logSumExp(alongAxis: 1) },
    Unary(testDescription: "softmax") { $0.softmax() },
    Unary(testDescription: "logSoftmax") { $0.logSoftmax() },
    Unary(testDescription: "a tensor used many times") { ($0 * $0 + $0).tanh() * $0 },
  ]

  @Test(arguments: unary)
  func unaryOperation(_ operation: Unary) {
    let x = Self.random([2, 3, 4], in: operation.range)
    #expect(gradientError(at: [x]) { operation.function($0[0]) } < 1e-6)
  }

  @Test(arguments: [[2, 3, 4], [4], [3, 1], [1, 1, 1], [1, 3, 4], [2, 1, 4], []] as [Shape])
  func binaryOperations(_ other: Shape) {
    let (a, b) = (Self.random([2, 3, 4]), Self.random(other, in: 0.5...1.7, seed: 2))
    #expect(gradientError(at: [a, b]) { $0[0] + $0[1] } < 1e-6)
    #expect(gradientError(at: [a, b]) { $0[0] - $0[1] } < 1e-6)
    #expect(gradientError(at: [a, b]) { $0[1] - $0[0] } < 1e-6)
    #expect(gradientError(at: [a, b]) { $0[0] * $0[1] } < 1e-6)
    #expect(gradientError(at: [a, b]) { $0[0] / $0[1] } < 1e-6)
    #expect(gradientError(at: [a, b]) { maximum($0[0], $0[1]) } < 1e-6)
    #expect(gradientError(at: [a, b]) { minimum($0[1], $0[0]) } < 1e-6)
    #expect(gradientError(at: [a, b]) { $0[0].replacing(with: $0[1], where: a .> 0.2) } < 1e-6)
  }

  @Test(arguments: [false, true], [false, true])
  func matrixProduct(transposingFirst: Bool, transposingSecond: Bool) {
    let a = Self.random(transposingFirst ? [5, 3] : [3, 5])
    let b = Self.random(transposingSecond ? [4, 5] : [5, 4], seed: 2)
    #expect(
      gradientError(at: [a, b]) {
        matmul($0[0], $0[1], transposingFirst: transposingFirst, transposingSecond: transposingSecond)
      } < 1e-6)
    let (batchA, batchB) = (Tensor(stacking: [a, a * 2]), Tensor(stacking: [b, b * 3]))
    #expect(
      gradientError(at: [batchA, batchB]) {
        matmul($0[0], $0[1], transposingFirst: transposingFirst, transposingSecond: transposingSecond)
      } < 1e-6)
  }

  @Test func affineMap() {
    let (x, weight, bias) = (Self.random([3, 5]), Self.random([4, 5], seed: 2), Self.random([4], seed: 3))
    #expect(gradientError(at: [x, weight, bias]) { affine($0[0], $0[1], bias: $0[2]) } < 1e-6)
    let difference = affine(x, weight, bias: bias) - (matmul(x, weight, transposingSecond: true) + bias)
    #expect(difference.absolute().maximum(alongAxis: 0).scalars.allSatisfy { $0 < 1e-12 })
  }

  @Test func rowsByIndex() {
    let table = Self.random([5, 3])
    let indices = IndexTensor(shape: [2, 2], scalars: [4, 0, 4, 2])
    #expect(gradientError(at: [table]) { $0[0].gatheringRows(at: indices) } < 1e-6)
    let updates = Self.random([2, 2, 3], seed: 2)
    #expect(gradientError(at: [table, updates]) { $0[0].scatteringAddRows($0[1], at: indices).squared() } < 1e-6)
    let chosen = IndexTensor(shape: [5], scalars: [0, 2, 1, 1, 0])
    #expect(gradientError(at: [table]) { $0[0].gathering(at: chosen) } < 1e-6)
  }

  @Test(arguments: [0, 0.1], [Reduction.mean, .sum])
  func crossEntropyWithLogits(labelSmoothing: Double, reduction: Reduction) {
    let logits = Self.random([3, 2, 5])
    let targets = IndexTensor(shape: [3, 2], scalars: [0, 4, -7, 2, 2, -7])
    #expect(
      gradientError(at: [logits]) {
        crossEntropy(
          logits: $0[0], targets: targets, ignoring: -7, labelSmoothing: labelSmoothing, reduction: reduction)
      } < 1e-6)
  }

  /// The loss behind an output layer is that of its logits, and so are the gradients, also where only some are wanted.
  @Test(arguments: [0, 0.1], [Reduction.mean, .sum])
  func crossEntropyBehindAnOutputLayer(labelSmoothing: Double, reduction: Reduction) {
    let (x, weight, bias) = (Self.random([3, 2, 4]), Self.random([5, 4], seed: 2), Self.random([5], seed: 3))
    let targets = IndexTensor(shape: [3, 2], scalars: [0, 4, -7, 2, 2, -7])
    func loss(_ x: Tensor<Double>, _ weight: Tensor<Double>, _ bias: Tensor<Double>?) -> Tensor<Double> {
      // The factor sees to it that the pullback is given something else than 1.
      3
        * crossEntropy(
          ofOutputs: x, weight: weight, bias: bias, targets: targets, ignoring: -7, labelSmoothing: labelSmoothing,
          reduction: reduction)
    }
    #expect(gradientError(at: [x, weight, bias]) { loss($0[0], $0[1], $0[2]) } < 1e-6)
    #expect(gradientError(at: [x]) { loss($0[0], weight, nil) } < 1e-6)
    #expect(gradientError(at: [weight]) { loss(x, $0[0], bias) } < 1e-6)
    #expect(gradientError(at: [bias]) { loss(x, weight, $0[0]) } < 1e-6)
    let logits = affine(x.reshaped(to: [6, 4]), weight, bias: bias).reshaped(to: [3, 2, 5])
    let expected = crossEntropy(
      logits: logits, targets: targets, ignoring: -7, labelSmoothing: labelSmoothing, reduction: reduction)
    #expect(abs(loss(x, weight, bias).scalar - 3 * expected.scalar) < 1e-12)
  }

  @Test func layerNormalization() {
    let (x, gain, bias) = (Self.random([2, 3, 5]), Self.random([5], seed: 2), Self.random([5], seed: 3))
    #expect(gradientError(at: [x, gain, bias]) { $0[0].layerNormalized(gain: $0[1], bias: $0[2]) } < 1e-6)
  }

  struct Filtering: Sendable, CustomTestStringConvertible {
    var testDescription: String { "\(window), \(groups) groups, \(channels) to \(outputs), relu \(relu)" }
    var channels = 2, outputs = 3, groups = 1
    var window = Window2D(size: 3, padding: 1)
    var relu = false

    func filters(_ weight: Tensor<Double>, _ bias: Tensor<Double>?) -> ConvolutionFilters<Double> {
      ConvolutionFilters(
        weight: weight, bias: bias, stride: window.stride, padding: window.padding, dilation: window.dilation, groups: groups,
        relu: relu)
    }
  }

  static let filterings = [
    Filtering(),
    Filtering(relu: true),
    Filtering(window: Window2D(size: 1)),
    Filtering(window: Window2D(size: 2, stride: Extent2D(height: 2, width: 3)), relu: true),
    Filtering(window: Window2D(size: Extent2D(height: 3, width: 1), stride: 2, padding: Extent2D(height: 2, width: 0))),
    Filtering(window: Window2D(size: 2, padding: 1, dilation: Extent2D(height: 3, width: 2))),
    Filtering(channels: 4, outputs: 6, groups: 2),
    Filtering(channels: 4, outputs: 4, groups: 4, window: Window2D(size: 3, stride: 2, padding: 1), relu: true),
    Filtering(channels: 2, outputs: 4, groups: 2, window: Window2D(size: 1)),
  ]

  @Test(arguments: filterings) func convolutionWithFilters(_ f: Filtering) {
    let x = Self.random([2, 5, 6, f.channels])
    let weight = Self.random([f.outputs, f.channels / f.groups, f.window.size.height, f.window.size.width], seed: 2)
    let bias = Self.random([f.outputs], seed: 3)
    #expect(gradientError(at: [x, weight, bias]) { convolution($0[0], f.filters($0[1], $0[2])) } < 1e-6)
    // Each alone: what is not wanted is not computed.
    #expect(gradientError(at: [x]) { convolution($0[0], f.filters(weight, nil)) } < 1e-6)
    #expect(gradientError(at: [weight]) { convolution(x, f.filters($0[0], bias)) } < 1e-6)
    #expect(gradientError(at: [bias]) { convolution(x, f.filters(weight, $0[0])) } < 1e-6)
  }

  /// Results of several filters in one block are those of each, and so are the gradients.
  @Test func convolutionsSideBySide() {
    let x = Self.random([2, 5, 6, 2])
    let (narrow, wide) = (Self.random([3, 2, 1, 1], seed: 2), Self.random([5, 2, 3, 3], seed: 3))
    let (first, second) = (Self.random([3], seed: 4), Self.random([5], seed: 5))
    func together(_ all: [Tensor<Double>]) -> Tensor<Double> {
      convolution(
        all[0], ConvolutionFilters(weight: all[1], bias: all[2], relu: true),
        ConvolutionFilters(weight: all[3], bias: all[4], padding: 1, relu: true))
    }
    let all = [x, narrow, first, wide, second]
    #expect(gradientError(at: all, together) < 1e-6)
    let each = [
      convolution(x, ConvolutionFilters(weight: narrow, bias: first, relu: true)),
      convolution(x, ConvolutionFilters(weight: wide, bias: second, padding: 1, relu: true)),
    ]
    #expect(together(all).isBitwiseEqual(to: Tensor(concatenating: each, alongAxis: 3)))
  }

  static let poolings = [
    Window2D(size: 2, stride: 2), Window2D(size: 3, stride: 2, rounding: .up), Window2D(size: 3, padding: 1),
    Window2D(size: Extent2D(height: 2, width: 3), stride: Extent2D(height: 3, width: 1), padding: 1, rounding: .up),
  ]

  @Test(arguments: poolings) func pooling(_ window: Window2D) {
    let x = Self.random([2, 6, 7, 3])
    #expect(gradientError(at: [x]) { $0[0].maximumPooled(over: window) } < 1e-6)
    #expect(gradientError(at: [x]) { $0[0].averagePooled(over: window) } < 1e-6)
    #expect(gradientError(at: [x]) { $0[0].averagePooled(over: window, countsPadding: false) } < 1e-6)
    #expect(gradientError(at: [x]) { $0[0].globallyAveragePooled() } < 1e-6)
  }

  @Test(arguments: [(3, 2, 1), (5, 7, 3), (1, 4, 1)], [GlimpseGrid<Double>.Purpose.reading, .painting, .looking])
  func glimpses(_ sizes: (places: Int, height: Int, channels: Int), for purpose: GlimpseGrid<Double>.Purpose) {
    let (size, height, width) = (sizes.places, sizes.height, 6)
    // Of the second picture's window a logarithm is beyond the bound, where it changes nothing.
    var windows = Self.random([2, 5], in: -0.8...0.8).scalars.map { $0 }
    windows[8] = -25
    let pictures = Self.random([2, height, width, sizes.channels], seed: 2)
    let patches = Self.random([2, size, size, sizes.channels], seed: 3)
    func grid(_ windows: Tensor<Double>) -> GlimpseGrid<Double> {
      GlimpseGrid(windows: windows, size: size, for: purpose, height: height, width: width)
    }
    let all = [Tensor(shape: [2, 5], scalars: windows), pictures, patches]
    #expect(gradientError(at: [all[0], all[1]]) { grid($0[0]).read($0[1]) } < 1e-6)
    #expect(gradientError(at: all) { grid($0[0]).paint($0[2], onto: $0[1]) } < 1e-6)
    #expect(gradientError(at: [all[0]]) { grid($0[0]).read(pictures).squared() } < 1e-6)
  }

  @Test func batchNormalization() {
    let (x, gain, bias) = (Self.random([2, 3, 2, 5]), Self.random([5], seed: 2), Self.random([5], seed: 3))
    #expect(gradientError(at: [x, gain, bias]) { $0[0].batchNormalized(gain: $0[1], bias: $0[2]).result } < 1e-6)
    #expect(gradientError(at: [x, gain, bias]) { $0[0].scaledAndShifted(scale: $0[1], shift: $0[2]) } < 1e-6)
    #expect(gradientError(at: [x]) { $0[0].scaledAndShifted(scale: gain, shift: bias) } < 1e-6)
    #expect(gradientError(at: [gain]) { x.scaledAndShifted(scale: $0[0], shift: bias) } < 1e-6)
    let (result, mean, variance) = x.batchNormalized(gain: gain, bias: bias)
    let expected = (x - x.mean(alongAxes: 0, 1, 2)) / (x.variance(alongAxes: 0, 1, 2) + 1e-5).squareRoot() * gain + bias
    #expect((result - expected).absolute().scalars.allSatisfy { $0 < 1e-12 })
    #expect((mean - x.mean(alongAxes: 0, 1, 2)).absolute().scalars.allSatisfy { $0 < 1e-12 })
    #expect((variance - x.variance(alongAxes: 0, 1, 2)).absolute().scalars.allSatisfy { $0 < 1e-12 })
  }

  @Test func theCheckerSeesAWrongGradient() {
    let x = Self.random([3])
    let error = gradientError(at: [x]) { inputs in
      let square = inputs[0].detached() * inputs[0].detached()
      return .recorded(result: square, inputs: inputs) { [$0 * x] }  // should be 2 * x
    }
    #expect(error > 0.1)
  }
}
