import RecurrentKernels
import Testing

extension KernelTests {
  @Suite struct LayerNorm {
    static let shapes: [(rows: Int, columns: Int)] =
      awkwardSizes.map { (rows: 3, columns: $0) } + [(0, 5), (65, 7), (700, 130), (150, 1000)]

    @Test(arguments: [true, false]) func forwardAndGradient(hasParameters: Bool) {
      func check<T: KernelScalar>(_: T.Type) {
        for shape in Self.shapes {
          let count = shape.rows * shape.columns
          let n = Double(shape.columns)
          let epsilon = 1e-3
          let x: [T] = numbers(count, in: -1...3)
          let dy: [T] = numbers(count, seed: 2)
          let gain: [T] = numbers(shape.columns, seed: 3)
          let bias: [T] = numbers(shape.columns, seed: 4)
          var y = [T]()
          var mean = [T]()
          var rstd = [T]()
          var dx = [T]()
          // Accumulated into.
          let start: [T] = numbers(shape.columns, seed: 5)
          var dgain = start.map { Double($0) }
          var dbias = dgain
          for row in 0..<shape.rows {
            let at = { (column: Int) in row * shape.columns + column }
            let columns = 0..<shape.columns
            let m = columns.reduce(0) { $0 + Double(x[at($1)]) } / n
            let variance = columns.reduce(0) { $0 + (Double(x[at($1)]) - m) * (Double(x[at($1)]) - m) } / n
            let r = 1 / (variance + epsilon).squareRoot()
            let normalized = columns.map { (Double(x[at($0)]) - m) * r }
            let g = columns.map { Double(dy[at($0)]) * (hasParameters ? Double(gain[$0]) : 1) }
            let meanG = g.reduce(0, +) / n
            let meanGN = zip(g, normalized).reduce(0) { $0 + $1.0 * $1.1 } / n
            if shape.columns > 0 { mean.append(T(m)) }
            if shape.columns > 0 { rstd.append(T(r)) }
            for column in columns {
              y.append(
                T(
                  normalized[column] * (hasParameters ? Double(gain[column]) : 1)
                    + (hasParameters ? Double(bias[column]) : 0)))
              dx.append(T(r * (g[column] - meanG - normalized[column] * meanGN)))
              dgain[column] += Double(dy[at(column)]) * normalized[column]
              dbias[column] += Double(dy[at(column)])
            }
          }
          let tolerance = 10 * T.tolerance
          expectEverywhere("layer normalization \(shape)", equals: y + mean + rstd, tolerance: tolerance) {
            var y = [T](repeating: 0, count: count)
            var m = [T](repeating: 0, count: mean.count)
            var r = m
            T.kernels.layerNorm(
              shape.rows, shape.columns, x, hasParameters ? gain : nil, hasParameters ? bias : nil, T(epsilon), &y, &m,
              &r)
            return y + m + r
          }
          expectEverywhere(
            "layer normalization's gradient \(shape)",
            equals: dx + (hasParameters ? dgain.map { T($0) } + dbias.map { T($0) } : []), tolerance: tolerance
          ) {
            // dx in dy's place.
            var dx = dy
            var dgain = start
            var dbias = start
            dx.withUnsafeMutableBufferPointer { dx in
              if hasParameters {
                T.kernels.layerNormGradient(
                  shape.rows, shape.columns, x, gain, mean, rstd, UnsafePointer(dx.baseAddress), dx.baseAddress, &dgain,
                  &dbias)
              } else {
                T.kernels.layerNormGradient(
                  shape.rows, shape.columns, x, nil, mean, rstd, UnsafePointer(dx.baseAddress), dx.baseAddress, nil, nil
                )
              }
            }
            return hasParameters ? dx + dgain + dbias : dx
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }
  }
}
