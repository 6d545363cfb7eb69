import Foundation
public import RecurrentDrawing
public import RecurrentPictures

extension PictureAlignment {
  /// Which region answers each word, as panels of a page: the square that the model saw, and for each word light on its region.
  ///
  /// - Parameters:
  ///   - square: What the model saw.
  ///   - name: What the picture is called.
  /// - Throws: `DataError` where a picture cannot be written.
  public func panels(over square: Picture, name: String) throws -> Page.Panels {
    let places = try words.map { word in
      Page.Panels.Panel("\(word.text) \(Self.written(word.score))", light: try light(on: word.region).png())
    }
    return Page.Panels(picture: try square.png(), panels: [Page.Panels.Panel("\(name) \(Self.written(score))")] + places)
  }

  /// A score in two decimals.
  public static func written(_ score: Double) -> String { String(format: "%.2f", score) }

  /// A box in light, and a quarter of it everywhere.
  private func light(on box: PictureRegions.Box) -> Picture {
    let scale = 6
    var pixels: [UInt8] = []
    for y in 0..<grid.high * scale {
      for x in 0..<grid.wide * scale {
        let isInside = box.rows.contains(y / scale) && box.columns.contains(x / scale)
        pixels += [UInt8](repeating: isInside ? 255 : 64, count: 3)
      }
    }
    return Picture(width: grid.wide * scale, height: grid.high * scale, pixels: pixels)
  }
}
