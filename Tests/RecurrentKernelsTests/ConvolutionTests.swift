import RecurrentKernels
import Testing

extension KernelTests {
  @Suite struct ConvolutionTests {
    /// Windows, groups and counts of channels around those of tiles and vectors; with strides that leave a rest, padding on one axis
    /// only, taps that see padding only, and pictures smaller than the window.
    static let shapes: [ConvolutionShape] = [
      ConvolutionShape(WindowShape(), outputs: 5),
      ConvolutionShape(WindowShape(kernel: (1, 1)), outputs: 33),
      ConvolutionShape(WindowShape(channels: 300, extent: (3, 5), kernel: (1, 1)), outputs: 16),
      ConvolutionShape(WindowShape(channels: 17, kernel: (1, 1), padding: (1, 1)), outputs: 9),
      ConvolutionShape(WindowShape(channels: 5, kernel: (1, 1), stride: (2, 3)), outputs: 4),
      ConvolutionShape(WindowShape(channels: 16, extent: (13, 13), padding: (1, 1)), outputs: 64),
      ConvolutionShape(WindowShape(channels: 7, extent: (9, 14), padding: (1, 1)), outputs: 31),
      ConvolutionShape(WindowShape(extent: (15, 30), stride: (2, 2)), outputs: 64),
      ConvolutionShape(WindowShape(extent: (23, 19), kernel: (7, 7), stride: (2, 2), padding: (3, 3)), outputs: 32),
      ConvolutionShape(WindowShape(channels: 4, extent: (11, 8), kernel: (2, 3), stride: (3, 1), padding: (0, 2)), outputs: 6),
      ConvolutionShape(WindowShape(channels: 4, extent: (12, 11), dilation: (2, 3)), outputs: 8),
      ConvolutionShape(
        WindowShape(channels: 2, extent: (10, 13), kernel: (3, 2), stride: (2, 3), padding: (3, 1), dilation: (3, 2)), outputs: 3),
      ConvolutionShape(WindowShape(channels: 3, extent: (6, 6), kernel: (2, 2), stride: (4, 3)), outputs: 4),
      ConvolutionShape(WindowShape(channels: 3, extent: (2, 3), kernel: (3, 3), padding: (1, 1)), outputs: 4),
      ConvolutionShape(WindowShape(channels: 3, extent: (4, 4), kernel: (1, 1), stride: (9, 9), padding: (3, 3)), outputs: 4),
      ConvolutionShape(WindowShape(channels: 6, padding: (1, 1)), outputs: 4, groups: 2),
      ConvolutionShape(WindowShape(channels: 12, stride: (2, 1), padding: (1, 0)), outputs: 51, groups: 3),
      ConvolutionShape(WindowShape(channels: 34, kernel: (1, 1)), outputs: 34, groups: 2),
      ConvolutionShape(WindowShape(channels: 35, extent: (9, 10), padding: (1, 1)), outputs: 35, groups: 35),
      ConvolutionShape(
        WindowShape(channels: 16, extent: (9, 8), kernel: (3, 2), stride: (2, 3), padding: (1, 1), dilation: (2, 1)), outputs: 16,
        groups: 16),
      ConvolutionShape(WindowShape(channels: 5, padding: (1, 1)), outputs: 10, groups: 5),
      ConvolutionShape(WindowShape(batch: 1, channels: 1, extent: (1, 1), kernel: (1, 1)), outputs: 1),
      ConvolutionShape(WindowShape(batch: 0), outputs: 5),
      // Rows that are cut into pieces, k that is cut into runs, several tasks.
      ConvolutionShape(WindowShape(channels: 5, extent: (3, 400), padding: (1, 1)), outputs: 20),
      ConvolutionShape(WindowShape(batch: 5, channels: 130, extent: (7, 9), padding: (1, 1)), outputs: 48),
      ConvolutionShape(WindowShape(batch: 3, channels: 16, extent: (40, 41), padding: (1, 1)), outputs: 96),
    ]

    @Test(arguments: shapes) func agreesWithTheNaiveLoops(_ shape: ConvolutionShape) {
      shape.check(Float.self)
      shape.check(Double.self)
    }

    /// More pictures than are padded together.
    @Test func manyPictures() {
      let shape = ConvolutionShape(WindowShape(batch: 5, channels: 40, extent: (130, 130), kernel: (3, 1), padding: (1, 1)), outputs: 4)
      shape.check(Float.self)
    }

    /// A picture's bits do not depend on the other pictures.
    @Test(arguments: shapes.filter { $0.window.batch > 1 }) func picturesAreIndependent(_ shape: ConvolutionShape) {
      var alone = shape
      alone.window.batch = 1
      let (x, w, bias, dy): ([Float], [Float], [Float], [Float]) = shape.operands()
      let last = shape.window.batch - 1
      let (xs, ys) = (x.count / shape.window.batch, dy.count / shape.window.batch)
      onEveryInstructionSet { set in
        let whole = shape.run(x, w, bias, dy)
        let part = alone.run(Array(x[(last * xs)...]), w, bias, Array(dy[(last * ys)...]))
        #expect(sameBits(Array(whole.y[(last * ys)...]), part.y), "\(shape), y, \(name(of: set))")
        #expect(sameBits(Array(whole.dx[(last * xs)...]), part.dx), "\(shape), dx, \(name(of: set))")
      }
    }
  }
}

/// A convolution with relu, whose results stand between others, and whose gradient is added to what is there.
struct ConvolutionShape: Sendable, CustomStringConvertible {
  var window: WindowShape
  var outputs: Int
  var groups = 1

  init(_ window: WindowShape, outputs: Int, groups: Int = 1) {
    self.window = window
    self.outputs = outputs
    self.groups = groups
  }

  var description: String { "\(window), \(outputs) outputs, \(groups) groups" }
  private var inputs: Int { window.channels / groups }
  private var weightCount: Int { outputs * inputs * window.kernel.0 * window.kernel.1 }

  func operands<T: KernelScalar>() -> (x: [T], w: [T], bias: [T], dy: [T]) {
    (
      numbers(window.pictureCount, in: -1...1, seed: 1), numbers(weightCount, in: -0.5...0.5, seed: 2),
      numbers(outputs, in: -0.5...0.5, seed: 3), numbers(window.placeCount * outputs, in: -1...1, seed: 4)
    )
  }

  struct Results<T> { var y, dx, dw, db: [T] }

  /// Each sum in Double. Where a sum is so near to zero that rounding decides on which side it is, relu is taken from `y`.
  private func expected<T: KernelScalar>(_ x: [T], _ w: [T], _ bias: [T], _ dy: [T], relu: Bool, y actual: [T]) -> Results<T> {
    var y = (0..<window.placeCount * outputs).map { Double(bias[$0 % outputs]) }
    func weight(_ o: Int, _ c: Int, _ tap: (Int, Int)) -> Int {
      ((o * inputs + c) * window.kernel.0 + tap.0) * window.kernel.1 + tap.1
    }
    let perGroup = outputs / groups
    let xs = x.map(Double.init), ws = w.map(Double.init)
    window.forEachTap { place, tap, element in
      for o in 0..<outputs {
        for c in 0..<inputs {
          y[window.number(place) * outputs + o] +=
            ws[weight(o, c, tap)] * xs[window.at(place.0, element, o / perGroup * inputs + c)]
        }
      }
    }
    let gradients = dy.indices.map { relu && !(actual[$0] > 0) ? 0 : Double(dy[$0]) }
    var dx = [Double](repeating: 0.25, count: x.count), dw = [Double](repeating: 0, count: w.count)
    var db = [Double](repeating: 0, count: outputs)
    for (index, gradient) in gradients.enumerated() { db[index % outputs] += gradient }
    window.forEachTap { place, tap, element in
      for o in 0..<outputs {
        let gradient = gradients[window.number(place) * outputs + o]
        for c in 0..<inputs {
          let at = window.at(place.0, element, o / perGroup * inputs + c)
          dx[at] += gradient * ws[weight(o, c, tap)]
          dw[weight(o, c, tap)] += gradient * xs[at]
        }
      }
    }
    return Results(y: (relu ? y.map { max(0, $0) } : y).map { T($0) }, dx: dx.map { T($0) }, dw: dw.map { T($0) }, db: db.map { T($0) })
  }

  /// Forward and backward; `spare` numbers stand before and behind the results of each place, and must stay as they are.
  func run<T: PictureScalar>(
    _ x: [T], _ w: [T], _ bias: [T], _ dy: [T], relu: Bool = true, spare: Int = 0
  ) -> Results<T> {
    let stride = outputs + 2 * spare
    func spread(_ values: [T]) -> EdgeMemory<T> {
      var spread = [T](repeating: 77, count: max(0, window.placeCount * stride - spare))
      for (index, value) in values.enumerated() { spread[index / outputs * stride + index % outputs] = value }
      return EdgeMemory(spread)
    }
    // What lies before the first place is cut off: the kernel is given the address of its first output.
    func gathered(_ memory: EdgeMemory<T>) -> [T] {
      defer { withExtendedLifetime(memory) {} }
      for place in 0..<window.placeCount {
        for other in outputs..<(place + 1 == window.placeCount ? outputs + spare : stride) where memory.pointer[place * stride + other] != 77 {
          Issue.record("\(self): written beside the outputs")
          return []
        }
      }
      return (0..<window.placeCount * outputs).map { memory.pointer[$0 / outputs * stride + $0 % outputs] }
    }
    var convolution = rk_convolution(window: window.window, outputs: outputs, groups: groups, place_stride: stride)
    let (pictures, weights) = (EdgeMemory(x), EdgeMemory(w))
    let y = spread([T](repeating: .nan, count: window.placeCount * outputs))
    let dx = EdgeMemory([T](repeating: 0.25, count: x.count))
    let dw = EdgeMemory([T](repeating: .nan, count: w.count)), db = EdgeMemory([T](repeating: .nan, count: outputs))
    let cotangents = spread(dy)
    withExtendedLifetime((pictures, weights, cotangents)) {
      T.convolution(&convolution, pictures.pointer, weights.pointer, bias, relu, y.pointer)
      T.convolutionGradient(
        &convolution, pictures.pointer, weights.pointer, relu ? y.pointer : nil, cotangents.pointer, dx.pointer, true, dw.pointer,
        db.pointer)
    }
    func array(_ memory: EdgeMemory<T>, _ count: Int) -> [T] {
      withExtendedLifetime(memory) { Array(UnsafeBufferPointer(start: memory.pointer, count: count)) }
    }
    return Results(y: gathered(y), dx: array(dx, x.count), dw: array(dw, w.count), db: array(db, outputs))
  }

  func check<T: PictureScalar>(_: T.Type) {
    let (x, w, bias, dy): ([T], [T], [T], [T]) = operands()
    for (relu, spare) in [(true, 0), (false, 3)] {
      onEveryInstructionSet { set in
        var first: Results<T>?
        withEveryThreadCount { threads in
          let result = run(x, w, bias, dy, relu: relu, spare: spare)
          let what = "\(self), \(T.self), \(name(of: set)), relu \(relu)"
          guard let before = first else {
            first = result
            let expected = expected(x, w, bias, dy, relu: relu, y: result.y)
            let tolerance = 5 * T.tolerance
            expectClose(result.y, expected.y, tolerance: tolerance, "\(what): y")
            expectClose(result.dx, expected.dx, tolerance: tolerance, "\(what): dx")
            expectClose(result.dw, expected.dw, tolerance: 5 * tolerance, "\(what): dw")
            expectClose(result.db, expected.db, tolerance: 5 * tolerance, "\(what): db")
            return
          }
          for (a, b) in [(before.y, result.y), (before.dx, result.dx), (before.dw, result.dw), (before.db, result.db)] {
            #expect(sameBits(a, b), "\(what): \(threads) threads give other bits than one")
          }
        }
      }
    }
    // Each gradient alone is what it is with the others, and a bias may be missing.
    onEveryInstructionSet { set in
      var convolution = rk_convolution(window: window.window, outputs: outputs, groups: groups, place_stride: outputs)
      let whole = run(x, w, [T](repeating: 0, count: outputs), dy)
      var y = [T](repeating: .nan, count: whole.y.count), dx = [T](repeating: .nan, count: x.count)
      var dw = [T](repeating: .nan, count: w.count), db = [T](repeating: .nan, count: outputs)
      T.convolution(&convolution, x, w, nil, true, &y)
      #expect(sameBits(y, whole.y), "\(self), \(name(of: set)): no bias")
      T.convolutionGradient(&convolution, x, w, y, dy, &dx, false, nil, nil)
      T.convolutionGradient(&convolution, x, w, y, dy, nil, false, &dw, nil)
      T.convolutionGradient(&convolution, x, w, y, dy, nil, false, nil, &db)
      expectClose(dx, whole.dx.map { $0 - 0.25 }, tolerance: 5 * T.tolerance, "\(self), \(name(of: set)): dx alone")
      #expect(sameBits(dw, whole.dw), "\(self), \(name(of: set)): dw alone")
      expectClose(db, whole.db, tolerance: 25 * T.tolerance, "\(self), \(name(of: set)): db alone")
    }
  }
}
