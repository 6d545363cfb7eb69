import ArgumentParser
import Foundation
import Recurrent
import RecurrentDrawing

/// `recurrent paint`: pictures that a painter makes, stroke by stroke.
struct Paint: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Paints pictures stroke by stroke.",
    discussion: """
      Without pictures it paints some of its own; with JPEG, PNG or PNM files, or folders of such, it looks at \
      them and paints them again. The end of --output says what is written: a .gif that plays, a .png with the \
      pictures as they are at last, a .html page with a slider over the strokes, or an .svg with a row for \
      each picture and its stages. Frames show where it looks (green) and where it paints (red).

      For example:
        recurrent paint output/draw-mnist --count 64 --seed 1 --output canvas.html
        recurrent paint output/draw-mnist --count 16 --output canvas.gif
        recurrent paint output/draw-mnist seven.png --output again.html
      """)

  /// What a painting is written as.
  private enum Format: String, CaseIterable {
    case gif, png, html, svg
  }

  @Argument(help: "A model.safetensors, or the directory of the run that made it.")
  var model: String

  @Argument(help: ArgumentHelp("Pictures to be painted again, or folders of them.", valueName: "picture"))
  var pictures: [String] = []

  @Option(name: .long, help: "Pictures of its own that it paints. (default: 16)")
  var count: Int?

  @Option(name: .long, help: "What is drawn; the same seed paints the same. (default: a new one each time)")
  var seed: UInt64?

  @Option(name: .long, help: ArgumentHelp("Where the painting goes: a .gif, .png, .html or .svg file.", valueName: "file"))
  var output: String

  @Option(name: .long, help: "Pictures in a row. (default: about as many as rows)")
  var columns: Int?

  @Option(name: .long, help: "Pixels of a .gif or .html for one of a picture. (default: what makes the whole some 800 wide)")
  var scale: Int?

  @Flag(name: .long, help: "Draw no frames where it looks and paints.")
  var noFrames = false

  @Option(name: .long, help: ThreadCount.help)
  var threads: Int?

  private var format: Format? { Format(rawValue: URL(fileURLWithPath: output).pathExtension.lowercased()) }

  func validate() throws {
    if let count, count < 1 || count > 1024 { throw ValidationError("--count is \(count); it must be from 1 to 1024") }
    if count != nil, !pictures.isEmpty { throw ValidationError("--count is for pictures of its own; leave it out where pictures are given") }
    if let columns, columns < 1 || columns > 1024 { throw ValidationError("--columns is \(columns); it must be from 1 to 1024") }
    if let scale, scale < 1 || scale > 64 { throw ValidationError("--scale is \(scale); it must be from 1 to 64") }
    if format == nil { throw ValidationError("--output is \(output); its name must end with .gif, .png, .html or .svg") }
    try ThreadCount.validate(threads)
  }

  func run() throws {
    ThreadCount.use(threads)
    let trained = try ModelLocation(model).load(Painting.self, for: "paint")
    var generator = RandomGenerator(seed: seed ?? .random(in: 0...UInt64.max)).split("painting")
    let painted: PaintedPictures
    if pictures.isEmpty {
      painted = trained.paint(count: count ?? 16, using: &generator)
    } else {
      painted = trained.paint(try PictureArguments.found(pictures).map { try $0.read() }, using: &generator)
    }
    let columns = columns ?? Int(Double(painted.count).squareRoot().rounded(.up))
    let scale = scale ?? max(1, min(16, 800 / (columns * (painted.shape.width + 1))))
    let url = URL(fileURLWithPath: output)
    switch format {
    case .png: try painted.sheet(after: painted.strokeCount - 1, columns: columns).write(png: url)
    case .gif:
      try AnimatedGIF(painted.film(columns: columns, scale: scale, showsWindows: !noFrames), seconds: 0.08, lastSeconds: 2).write(to: url)
    case .html:
      let page = try page(painted, columns: columns, scale: scale)
      try writeAtomically(to: url) { writer in try writer.write(page.html) }
    case .svg:
      let figure = try stages(painted)
      try writeAtomically(to: url) { writer in try writer.write(figure.svg) }
    case nil: break
    }
  }

  private func page(_ painted: PaintedPictures, columns: Int, scale: Int) throws -> Page {
    let strokes = painted.strokeCount
    var page = Page(pictures.isEmpty ? "Painted by \(model)" : "Painted again by \(model)")
    let film = try painted.film(columns: columns, scale: scale, showsWindows: !noFrames).map { try $0.png() }
    let frames: [String] = noFrames ? [] : (painted.looked.isEmpty ? [] : ["green: where it looks"]) + (painted.painted.isEmpty ? [] : ["red: where it paints"])
    page.append(
      .film(
        Page.Film(frames: film, labels: (1...strokes).map { "stroke \($0) of \(strokes)" }, seconds: 0.08),
        caption: "How likely each pixel is set, after each stroke" + (frames.isEmpty ? "." : "; " + frames.joined(separator: ", ") + ".")))
    return page
  }

  /// A row for each picture, with some of its stages.
  private func stages(_ painted: PaintedPictures) throws -> Figure {
    if painted.shape.channels != 1 { throw CommandError("--output: an .svg is for grey pictures; write a .png, .gif or .html") }
    let strokes = painted.strokeCount
    let shown = min(8, strokes)
    let stages = (0..<shown).map { shown == 1 ? strokes - 1 : $0 * (strokes - 1) / (shown - 1) }
    let images = (0..<painted.count).flatMap { picture in
      stages.map { stroke in
        let pixels = painted.picture(picture, after: stroke).pixels
        let rows = (0..<painted.shape.height).map { row in
          (0..<painted.shape.width).map { Double(pixels[3 * (row * painted.shape.width + $0)]) / 255 }
        }
        return ImageGrid.Image(rows, caption: picture == painted.count - 1 ? "\(stroke + 1)" : "")
      }
    }
    return Figure(parts: [ImageGrid("After so many strokes", images: images, columns: shown, imageWidth: 84, range: 0...1)])
  }
}
