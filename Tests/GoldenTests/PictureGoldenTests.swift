import Recurrent
import Testing

/// Layers of pictures agree with PyTorch.
@Suite struct PictureGoldenTests {
  private static func convolution<Scalar: TensorScalar>(_ name: String, _: Scalar.Type) throws -> Convolution2D<Scalar> {
    var generator = RandomGenerator(seed: 1)
    func made(
      _ kernelSize: Extent2D, stride: Extent2D = 1, padding: Extent2D = 0, dilation: Extent2D = 1, groups: Int = 1,
      outputSize: Int = 6, hasBias: Bool = true
    ) -> Convolution2D<Scalar> {
      Convolution2D(
        inputSize: 4, outputSize: outputSize, kernelSize: kernelSize, stride: stride, padding: padding, dilation: dilation,
        groups: groups, hasBias: hasBias, using: &generator)
    }
    let layers = [
      "plain": made(3), "one-by-one": made(1),
      "strided": made(Extent2D(height: 3, width: 2), stride: Extent2D(height: 2, width: 3), padding: Extent2D(height: 1, width: 0)),
      "dilated": made(3, padding: 2, dilation: Extent2D(height: 2, width: 1)),
      "grouped": made(3, padding: 1, groups: 2, hasBias: false),
      "channelwise": made(3, stride: 2, padding: 1, groups: 4, outputSize: 4),
    ]
    return try #require(layers[name])
  }

  @Test(arguments: ["plain", "one-by-one", "strided", "dilated", "grouped", "channelwise"])
  func convolutionAgrees(_ name: String) throws {
    try check(name, try Self.convolution(name, Float.self)) { $0($1) }
    try check(name, try Self.convolution(name, Double.self)) { $0($1) }
  }

  @Test func poolingAgrees() throws {
    try check("maximum-up", Nothing<Float>()) { MaxPooling2D(size: 3, stride: 2, rounding: .up)($1) }
    let size = Extent2D(height: 3, width: 2), stride = Extent2D(height: 2, width: 1)
    try check("maximum-padded", Nothing<Double>()) { MaxPooling2D(size: size, stride: stride, padding: 1)($1) }
    try check("mean-up", Nothing<Float>()) { AveragePooling2D(size: 3, stride: 2, padding: 1, rounding: .up)($1) }
    try check("mean-of-picture", Nothing<Double>()) {
      AveragePooling2D(
        size: Extent2D(height: 2, width: 3), stride: Extent2D(height: 3, width: 2), padding: 1, countsPadding: false)($1)
    }
  }

  @Test func batchNormalizationAgrees() throws {
    func check<Scalar: TensorScalar>(_: Scalar.Type) throws {
      for name in ["batch-norm-training", "batch-norm-used"] {
        let golden = try Golden("pictures", case: name)
        let statistics = BatchNormalization<Scalar>.Statistics(
          mean: try golden.tensor("before/running_mean"), variance: try golden.tensor("before/running_var"))
        let isTrained = name.hasSuffix("training")
        try self.check(name, Affine<Scalar>()) { parameters, x in
          let layer = parameters.layer(statistics)
          return isTrained ? layer.normalizing(x).result : layer(x)
        }
        var moved = statistics
        if isTrained {
          let found = Affine<Scalar>().layer(statistics).normalizing(try golden.tensor("input")).found
          moved.move(towards: found, by: 0.1)
        }
        expect(moved.mean, agreesWith: try golden.tensor("after/running_mean"), "\(name): mean")
        expect(moved.variance, agreesWith: try golden.tensor("after/running_var"), "\(name): variance")
      }
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test(arguments: ["1.0", "1.1"]) func squeezeNetAgrees(_ name: String) throws {
    func check<Scalar: TensorScalar>(_: Scalar.Type) throws {
      let golden = try Golden("pictures", case: "squeezenet-\(name)")
      var generator = RandomGenerator(seed: 1)
      let version = try #require(SqueezeNet<Scalar>.Version(rawValue: name))
      let network = Self.withNumbersOfAFormula(SqueezeNet<Scalar>(version, classCount: 7, using: &generator))
      let tape = Tape<Scalar>()
      let tracked = network.mapParameters { tape.watch($0) }, input = tape.watch(try golden.tensor("input"))
      let features = tracked.features(of: input), scores = tracked.classScores(of: features)
      expect(features.detached(), agreesWith: try golden.tensor("features"), "features")
      expect(scores.detached(), agreesWith: try golden.tensor("scores"), "scores")
      let loss = (features * (try golden.tensor("cotangent/features"))).sum() + (scores * (try golden.tensor("cotangent/scores"))).sum()
      let gradients = tape.gradients(of: loss, at: [input] + tracked.tensors)
      expect(gradients[0], agreesWith: try golden.tensor("gradient/input"), "gradient/input")
      for (number, gradient) in gradients.dropFirst().enumerated() where gradient.count <= 256 {
        expect(gradient, agreesWith: try golden.tensor("gradient/\(number)"), "gradient/\(network.parameterPaths[number])")
      }
    }
    try check(Float.self)
    try check(Double.self)
  }

  /// The weights of `formula` in `Scripts/picture_goldens.py`.
  private static func withNumbersOfAFormula<M: Module>(_ module: M) -> M {
    var number = -1
    return module.mapParameters { parameter in
      number += 1
      let shape = parameter.shape
      let bound = shape.rank > 1 ? (6 / Double(shape.dropFirst().reduce(1, *))).squareRoot() : 0.1
      let values = (0..<shape.elementCount).map { k in
        let hash = ((k + 1) * 2_654_435_761 + number * 40503) % (1 << 32)
        return Double(Float(bound * (Double(hash >> 8) / Double(1 << 23) - 1)))
      }
      return Tensor(shape: shape, converting: values)
    }
  }

  /// No parameters: for operations that have none.
  private struct Nothing<Scalar: TensorScalar>: Module {
    mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {}
  }

  /// The two parameters of batch normalization that are learned, which are all that a golden has gradients of.
  private struct Affine<Scalar: TensorScalar>: Module {
    var weight = Tensor<Scalar>(zeros: [5])
    var bias = Tensor<Scalar>(zeros: [5])

    mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
      visitor.visit(&weight, "weight")
      visitor.visit(&bias, "bias")
    }

    func layer(_ statistics: BatchNormalization<Scalar>.Statistics) -> BatchNormalization<Scalar> {
      var layer = BatchNormalization<Scalar>(featureCount: 5)
      (layer.weight, layer.bias, layer.statistics) = (weight, bias, statistics)
      return layer
    }
  }

  private func check<M: Module>(
    _ name: String, _ module: M, _ body: (M, Tensor<M.Scalar>) -> Tensor<M.Scalar>
  ) throws {
    let golden = try Golden("pictures", case: name)
    let tape = Tape<M.Scalar>()
    let tracked = try golden.parameters(for: module).mapParameters { tape.watch($0) }
    let input = tape.watch(try golden.tensor("input"))
    let output = body(tracked, input)
    expect(output.detached(), agreesWith: try golden.tensor("output"), "\(name): output")
    let loss = (output * (try golden.tensor("cotangent/output"))).sum()
    let variables = [("input", input)] + tracked.parameters.map { ($0.path, $0.tensor) }
    for (variable, gradient) in zip(variables, tape.gradients(of: loss, at: variables.map(\.1))) {
      expect(gradient, agreesWith: try golden.tensor("gradient/\(variable.0)"), "\(name): gradient/\(variable.0)")
    }
  }
}
