import RecurrentKernels
import Testing

extension KernelTests {
  @Suite struct MatrixProductTests {
    static let sizes = [0, 1, 2, 3, 7, 8, 9, 12, 13, 31, 32, 33, 65, 100]

    @Test(arguments: sizes) func smallSizes(m: Int) {
      for n in Self.sizes {
        for k in Self.sizes {
          for variant in 0..<8 {
            // Every size with every variant on one scalar type or the other, and each pair of them somewhere.
            let product = Product(
              m: m, n: n, k: k, transposeA: variant & 1 != 0, transposeB: variant & 2 != 0,
              accumulate: variant & 4 != 0,
              padding: (m + n + k) % 3)
            if (m + n + k + variant) % 2 == 0 { check(product, Float.self) } else { check(product, Double.self) }
          }
        }
      }
    }

    /// Sizes that go past a block along m, n or k, and thin shapes that are not rearranged.
    @Test(arguments: [
      (400, 40, 1000), (3100, 20, 40), (30, 3100, 40), (1, 3100, 400), (3, 500, 400), (500, 1, 400), (26, 300, 385),
      (20, 200, 70),
    ])
    func largeSizes(m: Int, n: Int, k: Int) {
      for variant in 0..<8 {
        let product = Product(
          m: m, n: n, k: k, transposeA: variant & 1 != 0, transposeB: variant & 2 != 0, accumulate: variant & 4 != 0,
          padding: variant % 3)
        check(product, Float.self)
        check(product, Double.self)
      }
    }

    /// A row's bits do not depend on how many other rows there are, nor on where it stands.
    @Test func rowsAreIndependent() {
      let (n, k) = (70, 130)
      onEveryInstructionSet { set in
        for transposeB in [false, true] {
          let whole = Product(
            m: 40, n: n, k: k, transposeA: false, transposeB: transposeB, accumulate: false, padding: 0)
          let (a, b, c): ([Float], [Float], [Float]) = whole.operands()
          let expected = whole.run(a, b, c)
          for rows in [0..<1, 3..<5, 7..<10, 1..<27] {
            let part = Product(
              m: rows.count, n: n, k: k, transposeA: false, transposeB: transposeB, accumulate: false, padding: 0)
            let result = part.run(Array(a[rows.lowerBound * k..<rows.upperBound * k]), b, Array(c[..<(rows.count * n)]))
            let together = Array(expected[rows.lowerBound * n..<rows.upperBound * n])
            #expect(
              sameBits(result, together),
              "rows \(rows) alone, transposeB \(transposeB), \(name(of: set))")
          }
        }
      }
    }

    @Test func notANumberStays() {
      onEveryInstructionSet { _ in
        let product = Product(m: 3, n: 5, k: 20, transposeA: false, transposeB: false, accumulate: false, padding: 0)
        var (a, b, c): ([Float], [Float], [Float]) = product.operands()
        a[25] = .nan
        b[3] = .infinity
        c = product.run(a, b, c)
        for (index, value) in c.enumerated() {
          #expect(value.isNaN == (index / 5 == 1), "[\(index)]")
          #expect(value.isInfinite == (index / 5 != 1 && index % 5 == 3), "[\(index)]")
        }
      }
    }

    private func check<T: SequenceScalar>(_ product: Product, _ type: T.Type) {
      let (a, b, c): ([T], [T], [T]) = product.operands()
      expectEverywhere("\(product)", equals: product.expected(a, b, c), tolerance: 3 * T.tolerance) {
        product.run(a, b, c)
      }
    }
  }
}

/// One product's shape; the rows are stored `padding` elements apart.
private struct Product {
  var m, n, k: Int
  var transposeA, transposeB, accumulate: Bool
  var padding: Int

  var lda: Int { (transposeA ? m : k) + padding }
  var ldb: Int { (transposeB ? k : n) + padding }
  var ldc: Int { n + padding }

  func operands<T: KernelScalar>() -> (a: [T], b: [T], c: [T]) {
    (
      numbers((transposeA ? k : m) * lda, in: -0.5...0.5, seed: 1),
      numbers((transposeB ? n : k) * ldb, in: -0.5...0.5, seed: 2),
      numbers(m * ldc, seed: 3)
    )
  }

  /// The naive product, summed in Double.
  func expected<T: KernelScalar>(_ a: [T], _ b: [T], _ c: [T]) -> [T] {
    var result = c
    for i in 0..<m {
      for j in 0..<n {
        var sum = accumulate ? Double(c[i * ldc + j]) : 0
        for p in 0..<k {
          sum += Double(a[transposeA ? p * lda + i : i * lda + p]) * Double(b[transposeB ? j * ldb + p : p * ldb + j])
        }
        result[i * ldc + j] = T(sum)
      }
    }
    return result
  }

  func run<T: SequenceScalar>(_ a: [T], _ b: [T], _ c: [T]) -> [T] {
    var result = c
    T.matmul(transposeA, transposeB, m, n, k, a, lda, b, ldb, &result, ldc, accumulate)
    return result
  }
}
