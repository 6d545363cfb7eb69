import Recurrent
import Testing

/// DRAW agrees with PyTorch: both parts of the bound, and the gradient of their sum.
@Suite struct DrawGoldenTests {
  static let cases: [String: (PainterConfiguration, PictureShape)] = {
    func configuration(_ change: (inout PainterConfiguration) -> Void) -> PainterConfiguration {
      var configuration = PainterConfiguration()
      change(&configuration)
      return configuration
    }
    return [
      "attention": (
        configuration { ($0.hidden, $0.glimpses, $0.latent, $0.readSize, $0.writeSize) = (5, 3, 4, 2, 3) }, PictureShape(height: 6, width: 9)
      ),
      "no-attention": (
        configuration { ($0.hidden, $0.glimpses, $0.latent, $0.attention) = (5, 2, 4, false) }, PictureShape(height: 3, width: 4)
      ),
      "color": (
        configuration { ($0.hidden, $0.glimpses, $0.latent, $0.readSize, $0.writeSize) = (4, 2, 3, 1, 2) },
        PictureShape(height: 5, width: 4, channels: 3)
      ),
    ]
  }()

  @Test(arguments: ["attention", "no-attention", "color"]) func boundAndGradientAgree(_ name: String) throws {
    func check<Scalar: TensorScalar>(_: Scalar.Type) throws {
      let golden = try Golden("draw", case: name)
      let (configuration, shape) = try #require(Self.cases[name])
      var generator = RandomGenerator(seed: 1)
      let network = try golden.parameters(for: DrawNetwork<Scalar>(configuration, shape: shape, using: &generator))
      let pictures: Tensor<Scalar> = try golden.tensor("pictures"), noise: Tensor<Scalar> = try golden.tensor("noise")
      let expected = try golden.numbers("reconstruction")[0] + golden.numbers("divergence")[0]
      let (loss, gradient) = valueAndGradient(at: network) { $0.loss(of: pictures, noise: noise) }
      #expect(abs(Double(loss.scalar) - expected / 3) < 1e-5 * expected)
      for (path, tensor) in gradient.parameters { expect(tensor, agreesWith: try golden.tensor("gradient/\(path)"), "\(name): \(path)") }
    }
    try check(Float.self)
    try check(Double.self)
  }
}
