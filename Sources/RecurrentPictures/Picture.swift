import RecurrentTensors

/// A picture of 8 bits for red, green and blue each.
///
/// ```swift
/// import RecurrentPictures
///
/// var picture = Picture(width: 48, height: 32, filledWith: .white)  // or try Picture(contentsOf: url)
/// picture[10, 20] = Picture.Color(red: 200, green: 0, blue: 0)
/// let square = picture.centerSquare.resized(width: 16, height: 16)
/// print(square.width, square.height, square[5, 6].green)
/// ```
public struct Picture: Sendable, Hashable {
  /// The colour of a pixel.
  public struct Color: Sendable, Hashable {
    /// From 0, none of it, to 255.
    public var red, green, blue: UInt8

    /// A colour.
    public init(red: UInt8, green: UInt8, blue: UInt8) { (self.red, self.green, self.blue) = (red, green, blue) }

    /// White.
    public static let white = Color(red: 255, green: 255, blue: 255)
    /// Black.
    public static let black = Color(red: 0, green: 0, blue: 0)
  }

  /// The pixels of a row; at least 1.
  public let width: Int
  /// The number of rows; at least 1.
  public let height: Int
  /// Row by row from the top, red, green and blue of each pixel: `[height, width, 3]`.
  public private(set) var pixels: [UInt8]

  /// A picture of these pixels, `[height, width, 3]`.
  ///
  /// - Precondition: as many bytes as that, and at least one pixel.
  public init(width: Int, height: Int, pixels: [UInt8]) {
    check(
      width > 0 && height > 0 && pixels.count == 3 * width * height, "Picture: \(pixels.count) bytes for \(width) x \(height) pixels of 3 bytes")
    (self.width, self.height, self.pixels) = (width, height, pixels)
  }

  /// A picture of one colour.
  public init(width: Int, height: Int, filledWith color: Color) {
    check(width > 0 && height > 0, "Picture: \(width) x \(height) pixels")
    self.init(width: width, height: height, pixels: (0..<width * height).flatMap { _ in [color.red, color.green, color.blue] })
  }

  /// The colour of a pixel; rows are counted from the top, columns from the left.
  public subscript(row: Int, column: Int) -> Color {
    get {
      let place = place(row, column)
      return Color(red: pixels[place], green: pixels[place + 1], blue: pixels[place + 2])
    }
    set {
      let place = place(row, column)
      (pixels[place], pixels[place + 1], pixels[place + 2]) = (newValue.red, newValue.green, newValue.blue)
    }
  }

  private func place(_ row: Int, _ column: Int) -> Int {
    check((0..<height).contains(row) && (0..<width).contains(column), "Picture: no pixel at \(row), \(column) of \(height) x \(width)")
    return 3 * (row * width + column)
  }

  /// The part of these rows and columns.
  ///
  /// - Precondition: they are in the picture, and not empty.
  public func cropped(rows: Range<Int>, columns: Range<Int>) -> Picture {
    check(
      rows.lowerBound >= 0 && rows.upperBound <= height && columns.lowerBound >= 0 && columns.upperBound <= width,
      "Picture: rows \(rows) and columns \(columns) of \(height) x \(width)")
    var part: [UInt8] = []
    part.reserveCapacity(3 * rows.count * columns.count)
    for row in rows { part += pixels[3 * (row * width + columns.lowerBound)..<3 * (row * width + columns.upperBound)] }
    return Picture(width: columns.count, height: rows.count, pixels: part)
  }

  /// The square in its middle, as wide as its shorter side.
  public var centerSquare: Picture {
    let side = min(width, height)
    if width == height { return self }
    let (row, column) = ((height - side) / 2, (width - side) / 2)
    return cropped(rows: row..<row + side, columns: column..<column + side)
  }
}
