import Foundation
import RecurrentTensors

/// Where a grid of filters lies on a picture, in pixels: what the five numbers of `GlimpseGrid` say.
public struct GlimpseWindow: Sendable, Hashable {
  /// The middle of the grid, from the left and from the top; the first pixel's middle is at 0.5.
  public let x, y: Double
  /// From the first filter of a row to the last.
  public let extent: Double
  /// The deviation of a filter.
  public let deviation: Double
  /// What is read is multiplied by, and what is painted divided by.
  public let intensity: Double

  /// The window of five numbers, for a grid of so many filters a side.
  init(_ numbers: some Collection<Float>, size: Int, shape: PictureShape) {
    let values = numbers.map { Double($0) }
    func bounded(_ logarithm: Double) -> Double { exp(max(-20, min(20, logarithm))) }
    x = Double(shape.width + 1) / 2 * (values[0] + 1) - 0.5
    y = Double(shape.height + 1) / 2 * (values[1] + 1) - 0.5
    deviation = bounded(values[2] / 2)
    extent = size > 1 ? Double(max(shape.height, shape.width) - 1) * bounded(values[3]) : 0
    intensity = bounded(values[4])
  }
}
