import Foundation
import RecurrentData
import RecurrentTensors

/// Digits that the package draws, of 28 x 28 pixels, as if by many hands: strokes whose points are moved about, turned, sheared, stretched, thick or thin.
enum DrawnDigits {
  /// What they are called in recipes and on the command line.
  static let name = "digits"
  /// Pixels of a side.
  static let side = 28

  /// Whether a source means them; what is on the disk goes first.
  static func isNamed(by source: DataSource) -> Bool {
    source == .path(name) && !FileManager.default.fileExists(atPath: name)
  }

  /// 6,000 digits to learn from, 300 to choose by, 1,000 to be measured on: always the same.
  static func parts() -> [DataPart: PictureSet] {
    var parts: [DataPart: PictureSet] = [:]
    for (part, count) in [(DataPart.train, 6000), (.validation, 300), (.test, 1000)] {
      let generator = RandomGenerator(seed: 0).split("digits").split(part.rawValue)
      let pixels = (0..<count).flatMap { number in
        var generator = generator.split(number)
        return drawn(number % 10, using: &generator)
      }
      parts[part] = PictureSet(path: name, shape: PictureShape(height: side, width: side), pixels: pixels)
    }
    return parts
  }

  /// A point of a stroke: right and down, from 0 to 1.
  private typealias Point = (x: Double, y: Double)

  /// The strokes of each digit, points through which a smooth line goes.
  private static let strokes: [[[Point]]] = [
    [[(0.5, 0), (0.2, 0.2), (0.15, 0.55), (0.3, 0.9), (0.55, 1), (0.8, 0.8), (0.85, 0.4), (0.7, 0.1), (0.5, 0)]],
    [[(0.35, 0.2), (0.55, 0), (0.53, 0.5), (0.5, 1)]],
    [[(0.2, 0.25), (0.45, 0), (0.75, 0.2), (0.6, 0.55), (0.2, 0.95), (0.5, 0.92), (0.85, 0.95)]],
    [[(0.2, 0.1), (0.55, 0), (0.75, 0.2), (0.45, 0.45), (0.8, 0.7), (0.6, 0.97), (0.2, 0.9)]],
    [[(0.6, 0), (0.4, 0.3), (0.15, 0.6), (0.5, 0.6), (0.9, 0.58)], [(0.68, 0.3), (0.65, 0.6), (0.62, 1)]],
    [[(0.3, 0), (0.25, 0.25), (0.25, 0.45), (0.55, 0.4), (0.8, 0.65), (0.6, 0.95), (0.2, 0.92)], [(0.3, 0.02), (0.55, 0.03), (0.8, 0)]],
    [[(0.65, 0), (0.35, 0.3), (0.2, 0.65), (0.35, 0.95), (0.65, 0.95), (0.78, 0.7), (0.5, 0.52), (0.25, 0.7)]],
    [[(0.15, 0.05), (0.5, 0.05), (0.85, 0), (0.6, 0.4), (0.45, 0.7), (0.4, 1)]],
    [[(0.7, 0.12), (0.45, 0), (0.25, 0.2), (0.5, 0.45), (0.75, 0.72), (0.5, 1), (0.22, 0.75), (0.5, 0.45), (0.72, 0.22), (0.7, 0.12)]],
    [[(0.75, 0.2), (0.5, 0), (0.25, 0.2), (0.45, 0.45), (0.75, 0.25), (0.72, 0.6), (0.55, 1)]],
  ]

  /// The pixels of a digit, from 0 to 255.
  private static func drawn(_ digit: Int, using generator: inout RandomGenerator) -> [UInt8] {
    func around(_ middle: Double, _ spread: Double) -> Double { middle + spread * generator.normal() }
    let (turn, shear) = (around(0, 0.12), around(0.1, 0.18))
    let (wide, tall) = (around(15, 1.5), around(19, 1.2))
    let (left, top) = (around(14, 0.8), around(14, 0.8))
    let width = max(0.7, around(1.35, 0.3))
    var inked = [Double](repeating: 0, count: side * side)
    for stroke in strokes[digit] {
      let points = stroke.map { point -> Point in
        let (x, y) = ((around(point.x, 0.035) - 0.5) * wide, (around(point.y, 0.035) - 0.5) * tall)
        let leaning = x - shear * y
        return (left + leaning * cos(turn) - y * sin(turn), top + leaning * sin(turn) + y * cos(turn))
      }
      for point in smooth(points) { ink(&inked, around: point, width) }
    }
    return inked.map { UInt8(max(0, min(255, ($0 * 255).rounded()))) }
  }

  /// Points close to each other on the line of Catmull and Rom through some.
  private static func smooth(_ points: [Point]) -> [Point] {
    let pieces = 12
    return points.indices.dropLast().flatMap { index in
      let (a, b) = (points[max(0, index - 1)], points[index])
      let (c, d) = (points[index + 1], points[min(points.count - 1, index + 2)])
      func at(_ t: Double, _ a: Double, _ b: Double, _ c: Double, _ d: Double) -> Double {
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t * t * t)
      }
      return (0...pieces).map { piece -> Point in
        let t = Double(piece) / Double(pieces)
        return (at(t, a.x, b.x, c.x, d.x), at(t, a.y, b.y, c.y, d.y))
      }
    }
  }

  /// A dot of a pen of so many pixels.
  private static func ink(_ inked: inout [Double], around point: Point, _ width: Double) {
    let reach = Int(width + 2)
    func span(_ middle: Double) -> Range<Int> {
      let (low, high) = (max(0, Int(middle) - reach), min(side, Int(middle) + reach + 1))
      return low < high ? low..<high : 0..<0
    }
    for row in span(point.y) {
      for column in span(point.x) {
        let (x, y) = (Double(column) + 0.5 - point.x, Double(row) + 0.5 - point.y)
        let covered = max(0, min(1, width + 0.5 - (x * x + y * y).squareRoot()))
        inked[row * side + column] = max(inked[row * side + column], covered)
      }
    }
  }
}
