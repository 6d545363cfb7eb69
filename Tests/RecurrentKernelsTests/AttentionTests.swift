import Foundation
import RecurrentKernels
import Testing

extension KernelTests {
  /// Attention over memories, time first, against the definitions in `Double`.
  @Suite struct Attention {
    struct Extent: CustomStringConvertible {
      var steps: Int, time: Int, batch: Int, size: Int
      var lengths: [Int32]?
      var description: String { "\(steps) x \(time) x \(batch) x \(size), lengths \(lengths.map { "\($0)" } ?? "full")" }

      func length(_ b: Int) -> Int { lengths.map { Int($0[b]) } ?? time }

      /// Calls `body` with the kernels' description.
      func withPointer(_ body: (UnsafePointer<rk_attention>) -> Void) {
        func call(_ pointer: UnsafePointer<Int32>?) {
          var extent = rk_attention(steps: steps, time: time, batch: batch, size: size, lengths: pointer)
          body(&extent)
        }
        if let lengths { lengths.withUnsafeBufferPointer { call($0.baseAddress) } } else { call(nil) }
      }
    }

    static let extents =
      [0, 1, 7, 8, 9, 31, 32, 33, 65, 130].flatMap { size in
        [(1, 5), (4, 4), (6, 9)].map { Extent(steps: $0.0, time: $0.1, batch: 3, size: size, lengths: nil) }
      }
      + [1, 16, 33, 257].map { Extent(steps: 5, time: 7, batch: 4, size: $0, lengths: [7, 0, 3, 5]) }
      + [
        Extent(steps: 0, time: 3, batch: 2, size: 4, lengths: nil), Extent(steps: 2, time: 0, batch: 2, size: 4, lengths: nil),
        Extent(steps: 2, time: 3, batch: 0, size: 4, lengths: nil),
        Extent(steps: 9, time: 33, batch: 40, size: 64, lengths: (0..<40).map { Int32($0 % 34) }),
      ]

    /// Numbers of a tensor `[outer, batch, size]`, NaN where the place is padding of a memory.
    static func memory<T: KernelScalar>(_ e: Extent, seed: UInt64) -> [T] {
      var all: [T] = numbers(e.time * e.batch * e.size, seed: seed)
      for t in 0..<e.time {
        for b in 0..<e.batch where t >= e.length(b) {
          for i in 0..<e.size { all[(t * e.batch + b) * e.size + i] = .nan }
        }
      }
      return all
    }

    static func at<T: KernelScalar>(_ x: [T], _ e: Extent, _ outer: Int, _ b: Int, _ i: Int) -> Double {
      Double(x[(outer * e.batch + b) * e.size + i])
    }

    /// A tensor `[steps, batch, time]`, zero at places that do not count.
    static func scores<T: KernelScalar>(_ e: Extent, _ f: (Int, Int, Int) -> Double) -> [T] {
      (0..<e.steps).flatMap { s in
        (0..<e.batch).flatMap { b in (0..<e.time).map { t in t < e.length(b) ? T(f(s, b, t)) : 0 } }
      }
    }

    /// Weights as a decoder has them: zero at places that do not count.
    static func weights<T: KernelScalar>(_ e: Extent, seed: UInt64) -> [T] {
      let drawn: [T] = numbers(e.steps * e.batch * e.time, seed: seed)
      return scores(e) { s, b, t in Double(drawn[(s * e.batch + b) * e.time + t]) }
    }

    @Test func products() {
      func check<T: KernelScalar & AttentionScalar>(_: T.Type) {
        for e in Self.extents {
          let (q, m): ([T], [T]) = (numbers(e.steps * e.batch * e.size, seed: 1), Self.memory(e, seed: 2))
          let expected: [T] = Self.scores(e) { s, b, t in
            0.5 * (0..<e.size).reduce(0) { $0 + Self.at(q, e, s, b, $1) * Self.at(m, e, t, b, $1) }
          }
          expectEverywhere("products \(e)", equals: expected) {
            var y = [T](repeating: 7, count: expected.count)
            e.withPointer { T.attentionDots($0, 0.5, q, m, &y) }
            return y
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test func mixtures() {
      func check<T: KernelScalar & AttentionScalar>(_: T.Type) {
        for e in Self.extents {
          let (w, m): ([T], [T]) = (Self.weights(e, seed: 3), Self.memory(e, seed: 4))
          func weight(_ s: Int, _ b: Int, _ t: Int) -> Double { Double(w[(s * e.batch + b) * e.time + t]) }
          let expected: [T] = (0..<e.steps).flatMap { s in
            (0..<e.batch).flatMap { b in
              (0..<e.size).map { i in
                T((0..<e.length(b)).reduce(0) { $0 + weight(s, b, $1) * Self.at(m, e, $1, b, i) })
              }
            }
          }
          expectEverywhere("mixture \(e)", equals: expected) {
            var y = [T](repeating: 7, count: expected.count)
            e.withPointer { T.attentionMix($0, false, w, m, &y) }
            return y
          }
          let x: [T] = numbers(e.steps * e.batch * e.size, seed: 5)
          let overSteps: [T] = (0..<e.time).flatMap { t in
            (0..<e.batch).flatMap { b in
              (0..<e.size).map { i in
                t < e.length(b) ? T((0..<e.steps).reduce(0) { $0 + weight($1, b, t) * Self.at(x, e, $1, b, i) }) : 0
              }
            }
          }
          expectEverywhere("mixture over steps \(e)", equals: overSteps) {
            var y = [T](repeating: 7, count: overSteps.count)
            e.withPointer { T.attentionMix($0, true, w, x, &y) }
            return y
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    /// Padding gets exactly nothing, whatever its score; an empty sequence has no weights at all.
    @Test func softmaxOverPlacesThatCount() {
      func check<T: KernelScalar & AttentionScalar>(_: T.Type) {
        for e in Self.extents {
          var x: [T] = numbers(e.steps * e.batch * e.time, in: -5...5, seed: 6)
          for row in 0..<(e.steps * e.batch) {
            for t in e.length(row % e.batch)..<max(e.length(row % e.batch), e.time) { x[row * e.time + t] = .nan }
          }
          let expected: [T] = Self.scores(e) { s, b, t in
            let row = (0..<e.length(b)).map { exp(Double(x[(s * e.batch + b) * e.time + $0])) }
            return row[t] / row.reduce(0, +)
          }
          expectEverywhere("softmax \(e)", equals: expected) {
            var y = [T](repeating: 7, count: expected.count)
            e.withPointer { T.attentionSoftmax($0, x, &y) }
            return y
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test func additiveScores() {
      func check<T: KernelScalar & AttentionScalar>(_: T.Type) {
        for e in Self.extents {
          let q: [T] = numbers(e.steps * e.batch * e.size, seed: 1)
          let (k, v): ([T], [T]) = (Self.memory(e, seed: 2), numbers(e.size, seed: 7))
          func y(_ s: Int, _ b: Int, _ t: Int, _ i: Int) -> Double {
            tanh(Self.at(k, e, t, b, i) + Self.at(q, e, s, b, i))
          }
          let expected: [T] = Self.scores(e) { s, b, t in (0..<e.size).reduce(0) { $0 + Double(v[$1]) * y(s, b, t, $1) } }
          expectEverywhere("additive scores \(e)", equals: expected) {
            var scores = [T](repeating: 7, count: expected.count)
            e.withPointer { T.additiveScores($0, q, k, v, &scores) }
            return scores
          }

          let d: [T] = Self.weights(e, seed: 8)
          func gradient(_ s: Int, _ b: Int, _ t: Int, _ i: Int) -> Double {
            Double(d[(s * e.batch + b) * e.time + t]) * Double(v[i]) * (1 - pow(y(s, b, t, i), 2))
          }
          // Those of keys and direction are added to what is there.
          var (dq, dk, dv) = (q, [T](repeating: 0.25, count: k.count), [T](repeating: 0.5, count: e.batch * e.size))
          for b in 0..<e.batch {
            for i in 0..<e.size {
              for s in 0..<e.steps {
                dq[(s * e.batch + b) * e.size + i] = T((0..<e.length(b)).reduce(0) { $0 + gradient(s, b, $1, i) })
                dv[b * e.size + i] += T(
                  (0..<e.length(b)).reduce(0) { $0 + Double(d[(s * e.batch + b) * e.time + $1]) * y(s, b, $1, i) })
              }
              for t in 0..<e.length(b) {
                dk[(t * e.batch + b) * e.size + i] += T((0..<e.steps).reduce(0) { $0 + gradient($1, b, t, i) })
              }
            }
          }
          expectEverywhere("additive gradient \(e)", equals: dq + dk + dv, tolerance: 4 * T.tolerance) {
            var ofQueries = [T](repeating: 7, count: q.count)
            var ofKeys = [T](repeating: 0.25, count: k.count)
            var ofDirection = [T](repeating: 0.5, count: e.batch * e.size)
            e.withPointer { T.additiveScoresGradient($0, q, k, v, d, &ofQueries, &ofKeys, &ofDirection) }
            return ofQueries + ofKeys + ofDirection
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }
  }
}

/// The kernels of attention for one scalar type.
protocol AttentionScalar {
  static var attentionDots: @Sendable (UnsafePointer<rk_attention>?, Self, Input<Self>, Input<Self>, Output<Self>) -> Void { get }
  static var attentionMix: @Sendable (UnsafePointer<rk_attention>?, Bool, Input<Self>, Input<Self>, Output<Self>) -> Void { get }
  static var attentionSoftmax: @Sendable (UnsafePointer<rk_attention>?, Input<Self>, Output<Self>) -> Void { get }
  static var additiveScores:
    @Sendable (UnsafePointer<rk_attention>?, Input<Self>, Input<Self>, Input<Self>, Output<Self>) -> Void { get }
  static var additiveScoresGradient:
    @Sendable (
      UnsafePointer<rk_attention>?, Input<Self>, Input<Self>, Input<Self>, Input<Self>, Output<Self>, Output<Self>,
      Output<Self>
    ) -> Void { get }
}

extension Float: AttentionScalar {
  static let attentionDots: @Sendable (UnsafePointer<rk_attention>?, Float, Input<Float>, Input<Float>, Output<Float>) -> Void =
    rk_attention_dots_f32
  static let attentionMix: @Sendable (UnsafePointer<rk_attention>?, Bool, Input<Float>, Input<Float>, Output<Float>) -> Void =
    rk_attention_mix_f32
  static let attentionSoftmax: @Sendable (UnsafePointer<rk_attention>?, Input<Float>, Output<Float>) -> Void =
    rk_attention_softmax_f32
  static let additiveScores:
    @Sendable (UnsafePointer<rk_attention>?, Input<Float>, Input<Float>, Input<Float>, Output<Float>) -> Void =
      rk_additive_scores_f32
  static let additiveScoresGradient:
    @Sendable (
      UnsafePointer<rk_attention>?, Input<Float>, Input<Float>, Input<Float>, Input<Float>, Output<Float>, Output<Float>,
      Output<Float>
    ) -> Void = rk_additive_scores_gradient_f32
}

extension Double: AttentionScalar {
  static let attentionDots: @Sendable (UnsafePointer<rk_attention>?, Double, Input<Double>, Input<Double>, Output<Double>) -> Void =
    rk_attention_dots_f64
  static let attentionMix: @Sendable (UnsafePointer<rk_attention>?, Bool, Input<Double>, Input<Double>, Output<Double>) -> Void =
    rk_attention_mix_f64
  static let attentionSoftmax: @Sendable (UnsafePointer<rk_attention>?, Input<Double>, Output<Double>) -> Void =
    rk_attention_softmax_f64
  static let additiveScores:
    @Sendable (UnsafePointer<rk_attention>?, Input<Double>, Input<Double>, Input<Double>, Output<Double>) -> Void =
      rk_additive_scores_f64
  static let additiveScoresGradient:
    @Sendable (
      UnsafePointer<rk_attention>?, Input<Double>, Input<Double>, Input<Double>, Input<Double>, Output<Double>,
      Output<Double>, Output<Double>
    ) -> Void = rk_additive_scores_gradient_f64
}
