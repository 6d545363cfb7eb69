import RecurrentLayers
import RecurrentTensors
import RecurrentTestSupport
import Testing

/// Layers of pictures.
@Suite struct PictureLayerTests {
  private static func random(_ shape: Shape, seed: UInt64 = 1) -> Tensor<Double> {
    var generator = RandomGenerator(seed: seed)
    return Tensor(uniform: -1.5...1.5, shape: shape, using: &generator)
  }

  /// In training a batch has mean 0 and variance 1, and the layer's statistics move towards what was found; in use they are all that counts.
  @Test func batchNormalizationInTrainingAndInUse() {
    var layer = BatchNormalization<Double>(featureCount: 3)
    let x = Self.random([4, 2, 2, 3]) * 3 + 2
    let (result, found) = layer.normalizing(x)
    #expect(result.mean(alongAxes: 0, 1, 2).absolute().scalars.allSatisfy { $0 < 1e-12 })
    #expect((result.variance(alongAxes: 0, 1, 2) - 1).absolute().scalars.allSatisfy { $0 < 1e-4 })
    let unbiased = x.variance(alongAxes: 0, 1, 2) * (16.0 / 15)
    #expect((found.variance - unbiased).absolute().scalars.allSatisfy { $0 < 1e-12 })

    layer.statistics.move(towards: found, by: 0.25)
    #expect((layer.statistics.mean - found.mean * 0.25).absolute().scalars.allSatisfy { $0 < 1e-12 })
    #expect((layer.statistics.variance - (found.variance * 0.25 + 0.75)).absolute().scalars.allSatisfy { $0 < 1e-12 })
    let used = layer(x)
    let expected = (x - layer.statistics.mean) / (layer.statistics.variance + 1e-5).squareRoot()
    #expect((used - expected).absolute().scalars.allSatisfy { $0 < 1e-12 })
    #expect(layer(x.sliced(1..<2)).isBitwiseEqual(to: used.sliced(1..<2)))
  }

  @Test func batchNormalizationsGradients() {
    var layer = BatchNormalization<Double>(featureCount: 3)
    layer.weight = Self.random([3], seed: 2)
    layer.bias = Self.random([3], seed: 3)
    layer.statistics = .init(mean: Self.random([3], seed: 4), variance: Self.random([3], seed: 5).squared() + 0.5)
    let x = Self.random([3, 2, 2, 3])
    #expect(gradientError(at: layer, [x]) { $0($1[0]) } < 1e-6)
    #expect(gradientError(at: layer, [x]) { $0.normalizing($1[0]).result } < 1e-6)
  }

  /// One layer that does the work of two.
  @Test(arguments: [true, false]) func batchNormalizationFoldsIntoAConvolution(hasBias: Bool) {
    var generator = RandomGenerator(seed: 1)
    var convolution = Convolution2D<Double>(
      inputSize: 4, outputSize: 6, kernelSize: 3, stride: 2, padding: 1, groups: 2, hasBias: hasBias, using: &generator)
    if hasBias { convolution.filters.bias = Self.random([6], seed: 6) }
    var layer = BatchNormalization<Double>(featureCount: 6)
    layer.weight = Self.random([6], seed: 2)
    layer.bias = Self.random([6], seed: 3)
    layer.statistics = .init(mean: Self.random([6], seed: 4), variance: Self.random([6], seed: 5).squared() + 0.5)
    let x = Self.random([2, 5, 7, 4])
    let difference = layer.folded(into: convolution)(x) - layer(convolution(x))
    #expect(difference.absolute().scalars.allSatisfy { $0 < 1e-12 })
  }

  @Test(arguments: SqueezeNet<Double>.Version.allCases) func squeezeNetsGradients(_ version: SqueezeNet<Double>.Version) {
    var generator = RandomGenerator(seed: 1)
    let network = SqueezeNet<Double>(version, classCount: 2, using: &generator)
    let fire = network.fires[0]
    let x = Self.random([2, 3, 4, version == .v1_0 ? 96 : 64])
    #expect(gradientError(at: fire, [x]) { $0($1[0]) } < 1e-6)
    // Of the whole, along a random direction: parameters and pictures together.
    let pictures = Self.random([1, 33, 35, 3], seed: 2)
    let directions = (network.tensors + [pictures]).enumerated().map { Self.random($1.shape, seed: UInt64($0 + 10)) }
    func loss(_ network: SqueezeNet<Double>, _ pictures: Tensor<Double>) -> Tensor<Double> {
      let features = network.features(of: pictures)
      return (features * features).sum() + network.classScores(of: features).sum()
    }
    let tape = Tape<Double>()
    let watched = network.mapParameters { tape.watch($0) }, input = tape.watch(pictures)
    let gradients = tape.gradients(of: loss(watched, input), at: watched.tensors + [input])
    let slope = zip(gradients, directions).reduce(0) { $0 + ($1.0 * $1.1).sum().scalar }
    func moved(by step: Double) -> Double {
      var direction = directions.makeIterator()
      let network = network.mapParameters { $0 + direction.next()! * step }
      return loss(network, pictures + directions.last! * step).scalar
    }
    let step = 1e-7, numeric = (moved(by: step) - moved(by: -step)) / (2 * step)
    #expect(abs(slope - numeric) < 1e-4 * abs(numeric), "\(slope), \(numeric)")
  }

  /// 224 pixels are 13 places in both versions; what else is in the batch changes nothing; without tracked weights nothing is recorded.
  @Test(arguments: SqueezeNet<Float>.Version.allCases) func squeezeNetsPlaces(_ version: SqueezeNet<Float>.Version) {
    var generator = RandomGenerator(seed: 1)
    let network = SqueezeNet<Float>(version, classCount: 5, using: &generator)
    let pictures = Tensor<Float>(uniform: -1...1, shape: [2, 224, 224, 3], using: &generator)
    let features = network.features(of: pictures)
    #expect(features.shape == [2, 13, 13, SqueezeNet<Float>.featureCount] && !features.isTracked)
    #expect(features.sliced(1..<2).isBitwiseEqual(to: network.features(of: pictures.sliced(1..<2))))
    #expect(network.classScores(of: features).shape == [2, 5])
  }

  @Test func aClassifierThatIsNotThere() async {
    await #expect(processExitsWith: .failure) {
      var generator = RandomGenerator(seed: 1)
      let network = SqueezeNet<Float>(.v1_1, using: &generator)
      _ = network.classScores(of: Tensor(ones: [1, 2, 2, 512]))
    }
  }

  @Test func groupsThatDoNotDivide() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var generator = RandomGenerator(seed: 1)
      _ = Convolution2D<Float>(inputSize: 4, outputSize: 6, kernelSize: 3, groups: 3, using: &generator)
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains("4 inputs and 6 outputs in 3 groups"), "\(message)")
  }
}
