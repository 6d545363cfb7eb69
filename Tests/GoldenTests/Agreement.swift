import Recurrent
import Testing

/// How near a result must be to a golden.
///
/// A tensor `a` agrees with its golden `g` if for every element
/// - `|a - g| <= relative * max |g|`, the maximum over the tensor, and
/// - `|a - g| <= absolute + relative * |g|`.
///
/// A golden is itself rounded to Float, which is an error of up to 6e-8 of each element. So `Float` is asked for
/// 1e-5 (PyTorch's own Float results keep 5e-7), and `Double`, where nothing else is lost, for 1e-7.
struct Agreement: Sendable {
  var relative: Double
  var absolute: Double

  /// The agreement that is asked of results in `Scalar`.
  static func of<Scalar: TensorScalar>(_ type: Scalar.Type) -> Agreement {
    Scalar.self == Double.self
      ? Agreement(relative: 1e-7, absolute: 1e-12) : Agreement(relative: 1e-5, absolute: 1e-6)
  }

  /// What is wrong with `result`, in a line; nil if it agrees with `golden`.
  func disagreement<Scalar: TensorScalar>(_ result: Tensor<Scalar>, _ golden: Tensor<Scalar>) -> String? {
    guard result.shape == golden.shape else { return "the shape is \(result.shape), the golden's \(golden.shape)" }
    let (results, goldens) = (result.scalars.map(Double.init), golden.scalars.map(Double.init))
    let largest = goldens.map(\.magnitude).max() ?? 0
    for (index, (a, g)) in zip(results, goldens).enumerated() {
      let difference = (a - g).magnitude
      // Written so that NaN disagrees.
      if !(difference <= relative * largest) || !(difference <= absolute + relative * g.magnitude) {
        return "element \(index) of \(result.shape) is \(a), the golden \(g), the largest golden \(largest)"
      }
    }
    return nil
  }
}

/// Expects `result` to agree with `golden`, as `Agreement` says for their scalars.
func expect<Scalar: TensorScalar>(
  _ result: Tensor<Scalar>, agreesWith golden: Tensor<Scalar>, _ name: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  if let disagreement = Agreement.of(Scalar.self).disagreement(result, golden) {
    Issue.record("\(name): \(disagreement)", sourceLocation: sourceLocation)
  }
}

@Suite struct AgreementTests {
  private let golden = Tensor<Float>(shape: [3], scalars: [100, 1, 0])

  private func agrees(_ scalars: [Float]) -> Bool {
    Agreement.of(Float.self).disagreement(Tensor(shape: [3], scalars: scalars), golden) == nil
  }

  @Test func differencesWithinTheToleranceAgree() {
    #expect(agrees([100, 1, 0]))
    #expect(agrees([100.0005, 1.000005, 0.0000005]))
  }

  @Test func largerDifferencesDisagree() {
    #expect(!agrees([100.002, 1, 0]))  // more than 1e-5 of the element
    #expect(!agrees([100, 1.0001, 0]))  // within 1e-5 of the largest, but not of the element
    #expect(!agrees([100, 1, 0.00001]))
    #expect(!agrees([.nan, 1, 0]))
    #expect(!agrees([100, 1, .infinity]))
    #expect(Agreement.of(Float.self).disagreement(golden.reshaped(to: [1, 3]), golden) != nil)
  }
}
