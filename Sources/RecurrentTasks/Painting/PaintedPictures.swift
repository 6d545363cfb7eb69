import Foundation
public import RecurrentPictures
public import RecurrentTensors

/// Pictures as they come about, stroke by stroke.
public struct PaintedPictures: Sendable {
  /// The pictures' size.
  public let shape: PictureShape
  /// How many there are.
  public let count: Int
  /// How likely each pixel is set after each stroke, `[pictures, height, width, channels]`.
  let canvases: [Tensor<Float>]
  /// Where each picture was looked at before each stroke; empty where none was, or without attention.
  public let looked: [[GlimpseWindow]]
  /// Where each was painted on; empty without attention.
  public let painted: [[GlimpseWindow]]

  init(_ painting: Painter.Painting, of model: Painter) {
    shape = model.shape
    count = painting.canvas.shape[0]
    canvases = painting.canvases.map { $0.sigmoid() }
    func windows(_ all: [Tensor<Float>], _ size: Int) -> [[GlimpseWindow]] {
      all.map { numbers in
        let scalars = numbers.scalars
        return (0..<numbers.shape[0]).map { picture in
          GlimpseWindow(Array(scalars)[5 * picture..<5 * picture + 5], size: size, shape: model.shape)
        }
      }
    }
    looked = windows(painting.readWindows, model.configuration.readSize)
    painted = windows(painting.writeWindows, model.configuration.writeSize)
  }

  /// Strokes of each picture.
  public var strokeCount: Int { canvases.count }

  /// The pictures after a stroke, counted from 0, on a sheet with so many in a row.
  public func sheet(after stroke: Int, columns: Int) -> Picture { Picture(sheetOf: canvases[stroke], columns: columns) }

  /// A picture after a stroke.
  public func picture(_ picture: Int, after stroke: Int) -> Picture {
    Picture(canvases[stroke].sliced(picture..<picture + 1).scalars, shape: shape)
  }

  /// The sheets after each stroke, enlarged, with the windows of that stroke: green where was looked, red where was painted.
  ///
  /// - Parameters:
  ///   - columns: Pictures in a row.
  ///   - scale: Pixels of the sheet for one of a picture.
  ///   - showsWindows: Whether windows are drawn.
  public func film(columns: Int, scale: Int, showsWindows: Bool = true) -> [Picture] {
    (0..<strokeCount).map { stroke in
      var sheet = sheet(after: stroke, columns: columns).enlarged(by: scale)
      guard showsWindows else { return sheet }
      for picture in 0..<count {
        let corner = (x: Double(picture % columns * (shape.width + 1)), y: Double(picture / columns * (shape.height + 1)))
        for (windows, color) in [(looked, Picture.Color(red: 60, green: 190, blue: 90)), (painted, Picture.Color(red: 230, green: 60, blue: 50))] where !windows.isEmpty {
          sheet.frame(windows[stroke][picture], from: corner, within: shape, scale: Double(scale), color)
        }
      }
      return sheet
    }
  }
}

extension Picture {
  /// Each pixel as a square of so many.
  fileprivate func enlarged(by scale: Int) -> Picture {
    if scale == 1 { return self }
    var enlarged: [UInt8] = []
    enlarged.reserveCapacity(pixels.count * scale * scale)
    for row in 0..<height {
      let line = (0..<width).flatMap { column -> [UInt8] in
        let at = 3 * (row * width + column)
        return (0..<scale).flatMap { _ in pixels[at..<at + 3] }
      }
      for _ in 0..<scale { enlarged += line }
    }
    return Picture(width: width * scale, height: height * scale, pixels: enlarged)
  }

  /// Draws the frame of a window, as far as it lies within the picture at that corner.
  fileprivate mutating func frame(
    _ window: GlimpseWindow, from corner: (x: Double, y: Double), within shape: PictureShape, scale: Double, _ color: Color
  ) {
    let half = max(0.5, window.extent / 2)
    func place(_ value: Double, _ first: Double, _ extent: Int) -> Int {
      Int(((first + max(0, min(Double(extent), value))) * scale).rounded(.down))
    }
    let (left, right) = (place(window.x - half, corner.x, shape.width), place(window.x + half, corner.x, shape.width))
    let (top, bottom) = (place(window.y - half, corner.y, shape.height), place(window.y + half, corner.y, shape.height))
    func mark(_ row: Int, _ column: Int) { if (0..<height).contains(row), (0..<width).contains(column) { self[row, column] = color } }
    for column in left...max(left, right) {
      mark(top, column)
      mark(bottom, column)
    }
    for row in top...max(top, bottom) {
      mark(row, left)
      mark(row, right)
    }
  }
}

extension Trained<Painting> {
  /// Paints pictures of its own; the same generator paints the same.
  public func paint(count: Int, using generator: inout RandomGenerator) -> PaintedPictures {
    let noise = model.noise(batchSize: count, using: &generator)
    return PaintedPictures(model(noise: noise, keepsCanvases: true), of: model)
  }

  /// Looks at pictures and paints them again.
  public func paint(_ pictures: [Picture], using generator: inout RandomGenerator) -> PaintedPictures {
    let (shape, data) = (artifacts.shape, settings.data)
    let set = PictureSet(path: "", shape: shape, pixels: pictures.flatMap { $0.pixels(as: shape, framing: data.pictures.framing) })
    let noise = model.noise(batchSize: pictures.count, using: &generator)
    return PaintedPictures(model(data.measured(set, Array(0..<set.count)), noise: noise, keepsCanvases: true), of: model)
  }
}
