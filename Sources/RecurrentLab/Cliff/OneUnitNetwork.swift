#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The recurrent network with one unit and no input of Pascanu, Mikolov and Bengio 2013, figure 6:
/// `x(t) = w sigmoid(x(t-1)) + b`, from `x(0) = 0.5`, with the error `(sigmoid(x(steps)) - target)^2`.
struct OneUnitNetwork: Sendable {
  /// A place on the error surface.
  struct Place: Sendable, Equatable {
    var weight: Double
    var bias: Double
  }

  let steps: Int
  let start = 0.5
  let target = 0.7

  /// The error at a place, and its derivatives by weight and bias.
  func error(at place: Place) -> (value: Double, byWeight: Double, byBias: Double) {
    var (x, byWeight, byBias) = (start, 0.0, 0.0)
    for _ in 0..<steps {
      let s = sigmoid(x)
      let slope = place.weight * s * (1 - s)
      // x(t) depends on the weight directly, and through x(t-1): one factor more for each step back.
      byWeight = s + slope * byWeight
      byBias = 1 + slope * byBias
      x = place.weight * s + place.bias
    }
    let s = sigmoid(x)
    let outer = 2 * (s - target) * s * (1 - s)
    return ((s - target) * (s - target), outer * byWeight, outer * byBias)
  }

  private func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  /// Gradient descent.
  ///
  /// - Parameter clip: The norm to which a larger gradient is scaled; nil: none is.
  func descend(from place: Place, rate: Double, clip: Double?, steps count: Int) -> Descent {
    var place = place
    var descent = Descent()
    for _ in 0...count {
      let error = error(at: place)
      let norm = hypot(error.byWeight, error.byBias)
      descent.places.append(place)
      descent.errors.append(error.value)
      descent.norms.append(norm)
      let scale = clip.map { norm > $0 ? $0 / norm : 1 } ?? 1
      place.weight -= rate * scale * error.byWeight
      place.bias -= rate * scale * error.byBias
    }
    return descent
  }

  /// The path of a gradient descent.
  struct Descent: Sendable {
    /// The places that the descent visits, in order.
    var places: [Place] = []
    /// The error at each place.
    var errors: [Double] = []
    /// The gradient's norm there, before clipping.
    var norms: [Double] = []

    /// The largest distance of two places that follow each other.
    var longestStep: Double {
      zip(places, places.dropFirst()).map { hypot($1.weight - $0.weight, $1.bias - $0.bias) }.max() ?? 0
    }
  }
}
