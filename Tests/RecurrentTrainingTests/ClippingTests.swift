import RecurrentLayers
import RecurrentTensors
import Testing

@testable import RecurrentTraining

@Suite struct ClippingTests {
  static let gradient = Pair<Double>([3, -4, 0, 12], [-84, 0])  // norm 85.0 = sqrt(9 + 16 + 144 + 7056) = 85

  @Test func norm() {
    var gradient = Self.gradient
    let clipped = GradientClipping.norm(17).factor(for: &gradient)
    #expect(clipped == ClippedGradient(norm: 85, scale: 0.2, isClipped: true))
    #expect(gradient.values == Self.gradient.values)  // the optimizer applies the scale
    var model = Pair<Double>([0, 0, 0, 0], [0, 0])
    var optimizer = SGD(for: model)
    optimizer.update(&model, along: gradient, scale: clipped.scale, rate: 1)
    #expect(abs(globalNorm(of: model) - 17) < 1e-12)
  }

  @Test func normBelowThreshold() {
    var gradient = Self.gradient
    #expect(GradientClipping.norm(85).factor(for: &gradient) == ClippedGradient(norm: 85, scale: 1, isClipped: false))
    #expect(GradientClipping.none.factor(for: &gradient) == ClippedGradient(norm: 85, scale: 1, isClipped: false))
  }

  /// `torch.nn.utils.clip_grad_norm_` measures the same norm.
  @Test func normOfPyTorch() {
    let g = OptimizerTests.gradient(3)
    var gradient = Pair<Float>(g.0, g.1)
    #expect(abs(GradientClipping.none.factor(for: &gradient).norm - 1.920286436967152) < 1e-12)
  }

  @Test func value() {
    var gradient = Self.gradient
    #expect(GradientClipping.value(5).factor(for: &gradient) == ClippedGradient(norm: 85, scale: 1, isClipped: true))
    #expect(gradient.values == [3, -4, 0, 5, -5, 0])
    #expect(GradientClipping.value(5).factor(for: &gradient).isClipped == false)
    #expect(GradientClipping.value(1000).factor(for: &gradient).isClipped == false)
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity]) func notFinite(_ value: Double) {
    for clipping in [GradientClipping.none, .norm(1), .value(1)] {
      var gradient = Pair<Float>([1, 2, 3, 4], [1, value])
      let clipped = clipping.factor(for: &gradient)
      #expect(!clipped.norm.isFinite)
      #expect(firstNotFinite(in: gradient) == "second")
    }
    #expect(firstNotFinite(in: Self.gradient) == nil)
    #expect(firstNotFinite(in: Pair<Float>([1, value], [value])) == "first")
  }

  /// The largest gradients of Float have a norm: it is summed in Double.
  @Test func hugeButFinite() {
    var gradient = Pair<Float>([3e38, 3e38], [3e38, 3e38])
    let clipped = GradientClipping.norm(1).factor(for: &gradient)
    #expect(abs(clipped.norm / 6e38 - 1) < 1e-6)
    #expect(clipped.isClipped)
  }

  /// `clip` leaves a gradient of the threshold's norm, `factor(for:)` a gradient as it was.
  @Test func clippingByNormScalesTheGradient() {
    var gradient = Pair<Double>([3, 0], [4])
    #expect(GradientClipping.norm(1).factor(for: &gradient).scale == 0.2)
    #expect(gradient.values == [3, 0, 4])
    let clipped = GradientClipping.norm(1).clip(&gradient)
    #expect(clipped == ClippedGradient(norm: 5, scale: 1, isClipped: true))
    #expect(abs(globalNorm(of: gradient) - 1) < 1e-15)
    #expect(GradientClipping.norm(2).clip(&gradient).isClipped == false)
  }
}
