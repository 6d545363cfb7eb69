/// Minimizes a smooth function by the limited-memory quasi-Newton method of Broyden, Fletcher, Goldfarb and Shanno (Nocedal and Wright,
/// "Numerical Optimization", algorithms 7.4 and 7.5), without any randomness.
struct LimitedMemoryBFGS {
  /// Steps at most.
  var maximumSteps = 300
  /// Ends where the next step promises to lower the value by less than this.
  var tolerance = 1e-6
  /// How many steps back curvature is remembered.
  private let memory = 10

  /// Moves `point` to a minimum.
  ///
  /// - Parameters:
  ///   - curvatures: About how much the function bends along each coordinate (the diagonal of its Hessian), each above 0. The method finds
  ///     out by itself, but where coordinates differ much it takes many more steps to do so.
  ///   - valueAndGradient: The function's value at a point; writes the gradient.
  func minimize(
    _ point: inout [Double], curvatures: [Double], _ valueAndGradient: ([Double], inout [Double]) -> Double
  ) {
    var gradient = Array(repeating: 0.0, count: point.count)
    var value = valueAndGradient(point, &gradient)
    var history: [(step: [Double], change: [Double], inverse: Double)] = []
    var next = point
    var nextGradient = gradient

    for _ in 0..<maximumSteps {
      var direction = Self.direction(gradient, history, curvatures)
      var slope = Self.dot(direction, gradient)
      if slope >= 0 {  // rounding has spoilt the memory
        history.removeAll()
        direction = Self.direction(gradient, history, curvatures)
        slope = Self.dot(direction, gradient)
      }
      // Half of the slope is how far a bowl falls from here to its bottom.
      if -slope / 2 <= tolerance { return }
      // Half the step until the value falls by a ten-thousandth of what the slope promises (Armijo).
      var length = 1.0
      var nextValue = value
      while true {
        for index in point.indices { next[index] = point[index] + length * direction[index] }
        nextValue = valueAndGradient(next, &nextGradient)
        if nextValue <= value + 1e-4 * length * slope { break }
        length /= 2
        if length < 1e-12 { return }
      }
      var step = next
      var change = nextGradient
      for index in point.indices {
        step[index] -= point[index]
        change[index] -= gradient[index]
      }
      let curvature = Self.dot(step, change)
      // Only with positive curvature does the memory describe a bowl.
      if curvature > 1e-12 * Self.dot(change, change).squareRoot() * Self.dot(step, step).squareRoot() {
        history.append((step, change, 1 / curvature))
        if history.count > memory { history.removeFirst() }
      }
      swap(&point, &next)
      swap(&gradient, &nextGradient)
      value = nextValue
    }
  }

  /// Minus the inverse Hessian, as far as the last steps tell it, times the gradient: the two-loop recursion.
  private static func direction(
    _ gradient: [Double], _ history: [(step: [Double], change: [Double], inverse: Double)], _ curvatures: [Double]
  ) -> [Double] {
    var direction = gradient.map { -$0 }
    var weights: [Double] = []
    for (step, change, inverse) in history.reversed() {
      let weight = inverse * dot(step, direction)
      add(change, times: -weight, to: &direction)
      weights.append(weight)
    }
    // The last step tells how far the given curvatures are off as a whole.
    let scale = history.last.map { _, change, inverse in
      1 / (inverse * change.indices.reduce(0) { $0 + change[$1] * change[$1] / curvatures[$1] })
    }
    for index in direction.indices { direction[index] *= (scale ?? 1) / curvatures[index] }
    for ((step, change, inverse), weight) in zip(history, weights.reversed()) {
      add(step, times: weight - inverse * dot(change, direction), to: &direction)
    }
    return direction
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double {
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        var sum = 0.0
        for index in 0..<a.count { sum += a[index] * b[index] }
        return sum
      }
    }
  }

  private static func add(_ a: [Double], times factor: Double, to b: inout [Double]) {
    a.withUnsafeBufferPointer { a in
      b.withUnsafeMutableBufferPointer { b in
        for index in 0..<a.count { b[index] += factor * a[index] }
      }
    }
  }
}
