import Foundation
public import RecurrentPictures
import RecurrentTensors

/// Blots of ink as a folded sheet has them (Rorschach 1921): symmetric, and of nothing. The same seed and number make the same blot.
public enum Inkblot {
  /// A blot.
  ///
  /// - Parameters:
  ///   - number: Which of those of the seed.
  ///   - side: Pixels of a side.
  public static func picture(seed: UInt64, number: Int, side: Int = 224) -> Picture {
    var generator = RandomGenerator(seed: seed).split("inkblot").split(number)
    let drops = Self.drops(using: &generator)
    // Paper is not white, and ink is not equally dark everywhere.
    let paper = (250.0, 247.0, 240.0)
    let hues = [(28.0, 26.0, 30.0), (60.0, 55.0, 66.0), (120.0, 30.0, 34.0)]
    let hue = hues[[0, 0, 0, 1, 2][Int(generator.next() % 5)]]
    var pixels: [UInt8] = []
    pixels.reserveCapacity(side * side * 3)
    for row in 0..<side {
      for column in 0..<side {
        // The fold is the middle; what is right of it is what is left of it.
        let x = abs((Double(column) + 0.5) / Double(side) - 0.5) * 2, y = (Double(row) + 0.5) / Double(side) * 2 - 1
        let field = drops.reduce(0.0) { sum, drop in
          let (across, down) = (x - drop.x, (y - drop.y) / drop.stretch)
          let near = drop.radius * drop.radius / (across * across + down * down + 1e-3)
          return sum + drop.sign * near * near
        }
        let covered = 1 / (1 + exp(-(field - 1) * 6))
        let depth = covered * (0.72 + 0.28 * min(1, max(0, field - 1) / 3))
        for (light, dark) in [(paper.0, hue.0), (paper.1, hue.1), (paper.2, hue.2)] {
          pixels.append(UInt8(max(0, min(255, (light + (dark - light) * depth).rounded()))))
        }
      }
    }
    return Picture(width: side, height: side, pixels: pixels)
  }

  /// A drop of ink, or where it was wiped away, on one half of the sheet: x from 0 (the fold) to 1, y from -1 to 1.
  private struct Drop {
    var x, y, radius, stretch, sign: Double
  }

  /// Drops that run on from each other, and splashes around them.
  private static func drops(using generator: inout RandomGenerator) -> [Drop] {
    var drops: [Drop] = []
    for _ in 0..<3 + Int(generator.next() % 3) {
      var (x, y) = (0.45 * generator.uniform(), 1.3 * generator.uniform() - 0.65)
      var radius = 0.08 + 0.09 * generator.uniform()
      var direction = 2 * .pi * generator.uniform()
      for _ in 0..<4 + Int(generator.next() % 6) {
        drops.append(Drop(x: x, y: y, radius: radius, stretch: 0.6 + generator.uniform(), sign: 1))
        direction += 1.4 * (generator.uniform() - 0.5)
        x = min(0.75, max(0, x + 0.13 * cos(direction)))
        y = min(0.75, max(-0.75, y + 0.13 * sin(direction)))
        radius = min(0.16, max(0.02, radius * (0.7 + 0.55 * generator.uniform())))
      }
    }
    for _ in 0..<6 + Int(generator.next() % 8) {
      drops.append(
        Drop(x: 0.85 * generator.uniform(), y: 1.7 * generator.uniform() - 0.85, radius: 0.01 + 0.025 * generator.uniform(), stretch: 1, sign: 1))
    }
    for _ in 0..<2 + Int(generator.next() % 3) {
      drops.append(
        Drop(x: 0.5 * generator.uniform(), y: generator.uniform() - 0.5, radius: 0.04 + 0.05 * generator.uniform(), stretch: 1, sign: -0.8))
    }
    return drops
  }
}
