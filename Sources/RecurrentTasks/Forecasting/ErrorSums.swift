/// Sums of the errors of forecasts over many windows, by steps ahead and targets.
struct ErrorSums {
  private let steps: Int
  private let targets: Int
  private var squares: [Double]
  private var absolutes: [Double]
  private var counts: [Int]

  init(steps: Int, targets: Int) {
    (self.steps, self.targets) = (steps, targets)
    squares = Array(repeating: 0, count: steps * targets)
    absolutes = squares
    counts = Array(repeating: 0, count: steps * targets)
  }

  /// Adds the forecasts of the rows from each origin on; rows that are missing do not count.
  ///
  /// - Parameter restored: What a value of a target is in the unit of the errors; by default the training rows' deviation is the unit.
  mutating func add(
    _ points: [Float], origins: some Collection<Int>, _ channels: SeriesChannels,
    restored: (_ value: Float, _ target: Int) -> Double = { value, _ in Double(value) }
  ) {
    for (window, origin) in origins.enumerated() {
      for step in 0..<steps {
        for target in 0..<targets {
          let value = channels.observed[target][origin + step]
          guard !value.isNaN else { continue }
          let place = step * targets + target
          let error = restored(points[window * steps * targets + place], target) - restored(value, target)
          squares[place] += error * error
          absolutes[place] += abs(error)
          counts[place] += 1
        }
      }
    }
  }

  /// The mean of all squared errors.
  var meanSquared: Double { squares.reduce(0, +) / Double(max(1, count)) }
  /// The mean of all absolute errors.
  var meanAbsolute: Double { absolutes.reduce(0, +) / Double(max(1, count)) }
  /// The mean of the squared errors of one target.
  func meanSquared(target: Int) -> Double { mean(squares, target) }
  /// The mean of the absolute errors of one target.
  func meanAbsolute(target: Int) -> Double { mean(absolutes, target) }

  private func mean(_ sums: [Double], _ target: Int) -> Double {
    let places = stride(from: target, to: steps * targets, by: targets)
    return places.reduce(0) { $0 + sums[$1] } / Double(max(1, places.reduce(0) { $0 + counts[$1] }))
  }

  /// Values that were there.
  var count: Int { counts.reduce(0, +) }

  /// The mean squared error of each step ahead, NaN where nothing was there.
  var meanSquaredBySteps: [Double] {
    (0..<steps).map { step in
      let places = (step * targets)..<((step + 1) * targets)
      return squares[places].reduce(0, +) / Double(counts[places].reduce(0, +))
    }
  }
}
