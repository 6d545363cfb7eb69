import RecurrentBenchmarking
import Testing

/// The limits, worked out by hand for a machine of round numbers.
@Suite struct LimitTests {
  /// Ten bytes at 100 a second, fifty at 10, and anything at 1.
  private let levels = [
    MemoryLevel(capacity: 10, bytesPerSecond: 100), MemoryLevel(capacity: 50, bytesPerSecond: 10),
    MemoryLevel(capacity: nil, bytesPerSecond: 1),
  ]

  private func seconds(bytes: Int, footprint: Int) -> Double {
    Work(operations: 0, traffic: [.init(bytes: bytes, footprint: footprint)]).bytesLimit(levels: levels)
  }

  @Test func operationsAreDividedByTheirRate() {
    #expect(Work.matrixProduct(m: 2, n: 3, k: 5).arithmeticLimit(operationsPerSecond: 120) == 0.5)
  }

  @Test func bytesAreReadFromWhereTheyFit() {
    #expect(abs(seconds(bytes: 200, footprint: 10) - 2) < 1e-12)
    // Ten bytes from the first level in 0.1 s, forty from the second in 4: so twice.
    #expect(abs(seconds(bytes: 100, footprint: 50) - 8.2) < 1e-12)
    // Ten in 0.1 s, fifty in 5, twenty from memory in 20.
    #expect(abs(seconds(bytes: 80, footprint: 80) - 25.1) < 1e-12)
    #expect(seconds(bytes: 0, footprint: 0) == 0)
  }

  @Test func partsAreAddedUp() {
    let work = Work(operations: 0, traffic: [.init(bytes: 200, footprint: 10), .init(bytes: 80, footprint: 80)])
    #expect(abs(work.bytesLimit(levels: levels) - 27.1) < 1e-12)
  }
}
