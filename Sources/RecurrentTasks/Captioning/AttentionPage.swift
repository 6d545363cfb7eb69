import Foundation
public import RecurrentDrawing
public import RecurrentPictures

extension WrittenCaption {
  /// Where the model looked for each word, as panels of a page: the square that it saw, and over it for each word as much light as the place had weight,
  /// smoothly enlarged; the place of most weight has all of it.
  ///
  /// - Parameters:
  ///   - square: What the model saw.
  ///   - name: What the picture is called.
  /// - Throws: `DataError` where a picture cannot be written.
  public func panels(over square: Picture, name: String) throws -> Page.Panels {
    let looks = try zip(words, weights).map { word, weights in Page.Panels.Panel(word, light: try light(weights).png()) }
    return Page.Panels(picture: try square.png(), panels: [Page.Panels.Panel(name)] + looks)
  }

  /// The pixels of a side that a place of the grid is enlarged to.
  private static let enlargement = 6

  /// Weights of places as a grey picture, each place a smooth hill as wide as two.
  private func light(_ weights: [Float]) -> Picture {
    let (high, wide, scale) = (grid.high, grid.wide, Self.enlargement)
    func blended(_ row: Double, _ column: Double) -> Double {
      var (sum, total) = (0.0, 0.0)
      let (firstRow, firstColumn) = (Int(row.rounded(.down)), Int(column.rounded(.down)))
      for r in max(0, firstRow - 1)...min(high - 1, max(0, firstRow + 2)) {
        for c in max(0, firstColumn - 1)...min(wide - 1, max(0, firstColumn + 2)) {
          let distance = (Double(r) - row) * (Double(r) - row) + (Double(c) - column) * (Double(c) - column)
          let share = exp(-distance / 0.72)
          sum += share * Double(weights[r * wide + c])
          total += share
        }
      }
      return total == 0 ? 0 : sum / total
    }
    var values: [Double] = []
    for y in 0..<high * scale {
      for x in 0..<wide * scale {
        values.append(blended((Double(y) + 0.5) / Double(scale) - 0.5, (Double(x) + 0.5) / Double(scale) - 0.5))
      }
    }
    let brightest = max(values.max() ?? 0, .leastNormalMagnitude)
    // A fifth of the light stays everywhere, so that one sees what was not looked at.
    let pixels = values.flatMap { value in
      let grey = UInt8((255 * (0.2 + 0.8 * min(1, value / brightest))).rounded())
      return [grey, grey, grey]
    }
    return Picture(width: wide * scale, height: high * scale, pixels: pixels)
  }
}
