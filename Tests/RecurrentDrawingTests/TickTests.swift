import Testing

@testable import RecurrentDrawing

/// Round numbers along axes, and numbers as text.
@Suite struct TickTests {
  @Test(arguments: [
    (0.0...1.0, 5, ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
    (1.22...4.17, 6, ["1.0", "1.5", "2.0", "2.5", "3.0", "3.5", "4.0", "4.5"]),
    (0...0.002, 2, ["0", "0.001", "0.002"]),
    (0...0.0045, 2, ["0", "0.0025", "0.0050"]),
    (0...18.0, 7, ["0", "5", "10", "15", "20"]),
    (0...250_000.0, 5, ["0", "50,000", "100,000", "150,000", "200,000", "250,000"]),
    (-0.7...0.3, 4, ["−0.75", "−0.50", "−0.25", "0", "0.25", "0.50"]),
    (0...3e6, 3, ["0", "10⁶", "2×10⁶", "3×10⁶"]),
    (0...2e-6, 2, ["0", "10⁻⁶", "2×10⁻⁶"]),
  ])
  func linearTicksAreRound(interval: ClosedRange<Double>, count: Int, labels: [String]) {
    let ticks = AxisTicks(covering: interval, count: count, widening: true)
    #expect(ticks.labels == labels)
    #expect(ticks.range.lowerBound <= interval.lowerBound && ticks.range.upperBound >= interval.upperBound)
  }

  @Test(arguments: [
    (1.0...1000.0, 6, ["1", "10", "100", "1000"]),
    (1e-8...1e2, 6, ["10⁻⁸", "10⁻⁶", "10⁻⁴", "10⁻²", "1", "10²"]),
    (60.0...260.0, 4, ["50", "100", "200", "500"]),
    (0.012...0.9, 4, ["0.01", "0.1", "1"]),
    (1.1...1.9, 4, ["1", "2"]),
  ])
  func logarithmicTicksAreRound(interval: ClosedRange<Double>, count: Int, labels: [String]) {
    let ticks = AxisTicks(covering: interval, scale: .logarithmic, count: count, widening: true)
    #expect(ticks.labels == labels)
    #expect(ticks.range.lowerBound <= interval.lowerBound && ticks.range.upperBound >= interval.upperBound)
    #expect(abs(ticks.fraction((interval.lowerBound * interval.upperBound).squareRoot())) <= 1)
  }

  @Test(arguments: [
    0.0...0.0, 5...5, -1e308...1e308, 0...Double.leastNonzeroMagnitude, 1e20...(1e20 + 16384), -1e-300...1e-300, 0.1...0.1000000001,
  ])
  func extremeIntervalsHaveTicks(interval: ClosedRange<Double>) {
    for scale in [Axis.Scale.linear, .logarithmic] {
      for widening in [false, true] {
        let ticks = Axis(scale: scale).ticks(for: interval, count: 5, isWidened: widening)
        #expect(ticks.range.lowerBound < ticks.range.upperBound)
        #expect(ticks.values.count <= 20)
        #expect(ticks.values.allSatisfy { $0.isFinite && ticks.fraction($0).isFinite })
      }
    }
  }

  @Test func fractionsAreThoseOfTheScale() {
    let linear = AxisTicks(covering: 0...10, count: 5, widening: false)
    #expect(linear.fraction(2.5) == 0.25)
    let logarithmic = AxisTicks(covering: 1...100, scale: .logarithmic, count: 5, widening: false)
    #expect(abs(logarithmic.fraction(10) - 0.5) < 1e-12)
  }

  @Test func numbersAsText() {
    #expect([0, 1, 12.5, -0.25, 0.126, -3].map(Numerals.coordinate) == ["0", "1", "12.5", "-0.25", "0.13", "-3"])
    #expect(Numerals.coordinate(0.05) == "0.05")
    #expect([Double.nan, .infinity].map(Numerals.coordinate) == ["0", "0"])
    #expect(Numerals.coordinate(1e300) == "100000")
    #expect(Numerals.fixed(-12345.678, decimals: 1) == "−12,345.7")
    #expect(Numerals.fixed(-0.001, decimals: 1) == "0.0")
    #expect([0.0123, 77, 12300, 1.5e-7, 3e9, -0.5].map { Numerals.significant($0) }
      == ["0.0123", "77", "12,300", "1.5×10⁻⁷", "3×10⁹", "−0.5"])
    #expect(Numerals.fixed(.nan, decimals: 2) == "–")
  }
}
