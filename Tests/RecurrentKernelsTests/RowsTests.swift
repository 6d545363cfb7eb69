import RecurrentKernels
import Testing

extension KernelTests {
  @Suite struct Rows {
    /// (table rows, columns, indices)
    static let shapes: [(rows: Int, columns: Int, count: Int)] =
      awkwardSizes.map { (5, $0, 7) } + awkwardSizes.map { (5, 3, $0) } + [(50, 300, 700), (3, 2000, 90)]

    private func indices(_ shape: (rows: Int, columns: Int, count: Int)) -> [Int32] {
      var generator = TestGenerator(9)
      return (0..<shape.count).map { _ in Int32.random(in: 0..<Int32(shape.rows), using: &generator) }
    }

    @Test func gather() {
      func check<T: KernelScalar>(_: T.Type) {
        for shape in Self.shapes {
          let table: [T] = numbers(shape.rows * shape.columns)
          let indices = indices(shape)
          let expected = indices.flatMap { table[Int($0) * shape.columns..<(Int($0) + 1) * shape.columns] }
          expectEverywhere("gather \(shape)", equals: expected, tolerance: 0) {
            var y = [T](repeating: 0, count: expected.count)
            T.kernels.gatherRows(table, shape.columns, indices, shape.count, &y)
            return y
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    /// To the bit: updates of one row are added in the order of their positions.
    @Test func scatterAdd() {
      func check<T: KernelScalar>(_: T.Type) {
        for shape in Self.shapes {
          let start: [T] = numbers(shape.rows * shape.columns)
          let indices = indices(shape)
          let updates: [T] = numbers(shape.count * shape.columns, seed: 2)
          var expected = start
          for (position, index) in indices.enumerated() {
            for column in 0..<shape.columns {
              expected[Int(index) * shape.columns + column] += updates[position * shape.columns + column]
            }
          }
          expectEverywhere("scatter \(shape)", equals: expected, tolerance: 0) {
            var table = start
            T.kernels.scatterAddRows(&table, shape.columns, indices, shape.count, updates)
            return table
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }
  }
}
