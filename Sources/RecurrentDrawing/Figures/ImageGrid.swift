/// Small images in rows, each with words under it.
///
/// ```swift
/// import RecurrentDrawing
///
/// let cross: [[Double]] = [[1, 0, 1], [0, 1, 0], [1, 0, 1]]
/// let grid = ImageGrid("Digits", images: [ImageGrid.Image(cross, caption: "an x")])
/// let svg = Figure(parts: [grid]).svg
/// ```
public struct ImageGrid: FigurePart {
  /// One image.
  public struct Image: Sendable {
    /// The rows of pixels, the highest first.
    public var pixels: [[Double]]
    /// The text under the image.
    public var caption: String

    /// An image of the given pixels.
    public init(_ pixels: [[Double]], caption: String = "") {
      self.pixels = pixels
      self.caption = caption
    }
  }

  /// The title above the images; empty: none.
  public var title: String
  /// The images.
  public var images: [Image]
  /// The number of images in a row; nil: as many as fit.
  public var columns: Int?
  /// The width of an image in pixels of the figure.
  public var imageWidth: Double
  /// The colours of the pixels.
  public var colors: ColorMap
  /// The values at both ends of the colours; nil: the least and the greatest of all pixels.
  public var range: ClosedRange<Double>?

  /// A grid of images.
  public init(
    _ title: String = "", images: [Image], columns: Int? = nil, imageWidth: Double = 72, colors: ColorMap = .gray,
    range: ClosedRange<Double>? = nil
  ) {
    self.title = title
    self.images = images
    self.columns = columns
    self.imageWidth = imageWidth
    self.colors = colors
    self.range = range
  }

  public let sides = (left: 0.0, right: 0.0)

  private static let gap = 10.0

  public func extent(width: Double) -> PartExtent {
    let rows = (images.count + columnCount(width) - 1) / columnCount(width)
    return PartExtent(
      above: Heading(title: title, axis: "", width: width).height,
      height: max(20, Double(rows) * (cellHeight(width) + Self.gap) - Self.gap), below: 4)
  }

  public func draw(in area: Rectangle, on canvas: inout Canvas) {
    Heading(title: title, axis: "", width: area.width).draw(over: area, on: &canvas)
    if images.isEmpty { canvas.text("no images", at: Point(x: area.left, y: area.top + 14)) }
    let scale = ColorScale(images.flatMap(\.pixels), colors, range)
    let width = width(area.width)
    let imageHeight = imageHeight(area.width)
    for (index, image) in images.enumerated() {
      let (row, column) = index.quotientAndRemainder(dividingBy: columnCount(area.width))
      let place = Rectangle(
        left: area.left + Double(column) * (width + Self.gap),
        top: area.top + Double(row) * (cellHeight(area.width) + Self.gap), width: width, height: imageHeight)
      CellDrawing(
        values: image.pixels, columnCount: image.pixels.map(\.count).max() ?? 0, scale: scale, area: place
      ).draw(on: &canvas)
      canvas.frame(place)
      canvas.text(
        TextWidth.fitted(image.caption, size: 10, width: width + Self.gap),
        at: Point(x: place.left + width / 2, y: place.bottom + 12), .small, anchor: .middle)
    }
  }

  private func width(_ available: Double) -> Double { max(1, min(imageWidth, available)) }

  private func columnCount(_ available: Double) -> Int {
    let fitting = max(1, Int((available + Self.gap) / (width(available) + Self.gap)))
    return max(1, min(columns ?? fitting, fitting))
  }

  private func imageHeight(_ available: Double) -> Double {
    let ratio = images.map { image in
      let columns = image.pixels.map(\.count).max() ?? 0
      return columns > 0 ? Double(image.pixels.count) / Double(columns) : 1
    }.max() ?? 1
    return width(available) * min(max(ratio, 0.05), 8)
  }

  private func cellHeight(_ available: Double) -> Double {
    imageHeight(available) + (images.contains { !$0.caption.isEmpty } ? 16 : 0)
  }
}
