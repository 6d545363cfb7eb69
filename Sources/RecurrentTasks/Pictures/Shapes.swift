import Foundation
public import RecurrentData
public import RecurrentPictures
import RecurrentTensors

/// Pictures that the package draws itself, with captions that are true: one coloured shape or two, and how they stand to each other.
///
/// A caption of them is right or wrong, and where the decoder looked can be compared with where the shape is. Four of the 24 pairs of colour and
/// shape are in no training picture, and in half of those of the test.
public enum Shapes {
  /// What they are called in recipes and on the command line.
  public static let name = "shapes"

  /// The colours, by their words.
  static let colors: [(word: String, color: Picture.Color)] = [
    ("red", .init(red: 214, green: 39, blue: 40)), ("green", .init(red: 44, green: 160, blue: 60)), ("blue", .init(red: 40, green: 90, blue: 210)),
    ("yellow", .init(red: 236, green: 200, blue: 40)), ("purple", .init(red: 140, green: 70, blue: 180)), ("orange", .init(red: 250, green: 130, blue: 20)),
  ]

  /// A shape.
  enum Form: String, CaseIterable {
    case circle, square, triangle, cross

    /// Whether a point lies in it; the shape reaches from -1 to 1.
    func contains(_ x: Double, _ y: Double) -> Bool {
      switch self {
      case .circle: x * x + y * y <= 1
      case .square: abs(x) <= 0.9 && abs(y) <= 0.9
      case .triangle: y <= 0.8 && y >= -0.95 && abs(x) <= (y + 0.95) / 1.75
      case .cross: abs(x) <= 1 && abs(y) <= 0.32 || abs(y) <= 1 && abs(x) <= 0.32
      }
    }
  }

  /// A coloured shape in its place, in pixels of the picture.
  struct Item {
    var color: Int
    var form: Form
    var x, y, radius: Double

    /// What it is called: "red circle".
    var words: String { "\(Shapes.colors[color].word) \(form.rawValue)" }
    /// Whether no training picture has it.
    var isUnseen: Bool { Shapes.unseen.contains(words) }
  }

  /// The pairs that no training picture has.
  static let unseen: Set<String> = ["red square", "blue triangle", "green circle", "yellow cross"]

  /// Pixels of a side.
  static let side = 64

  /// What a picture shows.
  struct Scene {
    var items: [Item]
    var background: Double

    /// All captions that are true.
    var captions: [String] {
      guard items.count == 2 else { return ["a \(items[0].words)"].map(Self.article) }
      let (a, b) = (items[0], items[1])
      let isBeside = abs(a.x - b.x) > abs(a.y - b.y)
      let (first, second) = (isBeside ? a.x < b.x : a.y < b.y) ? (a, b) : (b, a)
      let words = isBeside ? ("left of", "right of") : ("above", "below")
      return ["a \(first.words) \(words.0) a \(second.words)", "a \(second.words) \(words.1) a \(first.words)"].map(Self.article)
    }

    /// "an orange", not "a orange".
    private static func article(_ text: String) -> String { text.replacingOccurrences(of: "a orange", with: "an orange") }

    /// The picture, each pixel the mean of 16 points.
    func picture(using generator: inout RandomGenerator) -> Picture {
      let side = Shapes.side
      var pixels: [UInt8] = []
      pixels.reserveCapacity(side * side * 3)
      for row in 0..<side {
        for column in 0..<side {
          let noise = 6 * (generator.uniform() - 0.5)
          var sum = (0.0, 0.0, 0.0)
          for point in 0..<16 {
            let (x, y) = (Double(column) + (Double(point % 4) + 0.5) / 4, Double(row) + (Double(point / 4) + 0.5) / 4)
            let item = items.last { $0.form.contains((x - $0.x) / $0.radius, (y - $0.y) / $0.radius) }
            if let color = item.map({ Shapes.colors[$0.color].color }) {
              sum = (sum.0 + Double(color.red), sum.1 + Double(color.green), sum.2 + Double(color.blue))
            } else {
              sum = (sum.0 + background, sum.1 + background, sum.2 + background)
            }
          }
          for value in [sum.0, sum.1, sum.2] { pixels.append(UInt8(max(0, min(255, (value / 16 + noise).rounded())))) }
        }
      }
      return Picture(width: side, height: side, pixels: pixels)
    }
  }

  /// Whether a source means them; what is on the disk goes first.
  static func isNamed(by source: DataSource) -> Bool {
    source == .path(name) && !FileManager.default.fileExists(atPath: name)
  }

  /// 6,000 pictures to learn from, 300 to choose by, 1,000 to be measured on: always the same.
  static func parts() throws(DataError) -> [DataPart: CaptionSet] {
    var parts: [DataPart: CaptionSet] = [:]
    for (part, count) in [(DataPart.train, 6000), (.validation, 300), (.test, 1000)] {
      parts[part] = try captions(part, count: count)
    }
    return parts
  }

  private static func captions(_ part: DataPart, count: Int) throws(DataError) -> CaptionSet {
    var captions: [(picture: String, caption: Caption)] = []
    for number in 0..<count {
      let name = "\(part.rawValue)/\(number).png"
      for text in scene(part, number).captions { captions.append((name, Caption(text: text, line: number + 1))) }
    }
    return try CaptionSet(path: Self.name, captions: captions)
  }

  /// The scene of a picture's name, such as `test/17.png`; nil: there is none.
  static func scene(named name: String) -> Scene? { number(of: name).map { scene($0.part, $0.number) } }

  /// The picture of a name.
  static func picture(named name: String) -> Picture? {
    guard let (part, number) = number(of: name) else { return nil }
    var generator = RandomGenerator(seed: 0).split("shapes").split("noise").split(part.rawValue).split(number)
    return scene(part, number).picture(using: &generator)
  }

  /// A picture of the test part by its number, from 0.
  ///
  /// - Throws: `DataError` for a number below 0.
  public static func testPicture(_ number: Int) throws(DataError) -> Picture {
    guard let picture = picture(named: "\(DataPart.test.rawValue)/\(number).png") else { throw DataError("shapes:\(number)", "shapes have numbers from 0") }
    return picture
  }

  private static func number(of name: String) -> (part: DataPart, number: Int)? {
    let pieces = name.split(separator: "/")
    guard pieces.count == 2, let part = DataPart(rawValue: String(pieces[0])), pieces[1].hasSuffix(".png"), let number = Int(pieces[1].dropLast(4)),
      number >= 0
    else { return nil }
    return (part, number)
  }

  private static func scene(_ part: DataPart, _ number: Int) -> Scene {
    var generator = RandomGenerator(seed: 0).split("shapes").split(part.rawValue).split(number)
    let wantsUnseen = part == .test && number % 2 == 1
    while true {
      let scene = draw(using: &generator)
      if scene.items.contains(where: \.isUnseen) == wantsUnseen { return scene }
    }
  }

  /// A scene drawn at random whose shapes do not touch, and of two of which it is plain how they stand to each other.
  private static func draw(using generator: inout RandomGenerator) -> Scene {
    func item() -> Item {
      let radius = 7 + 6 * generator.uniform()
      let room = Double(side) - 2 * radius - 2
      return Item(
        color: Int(generator.next() % UInt64(colors.count)), form: Form.allCases[Int(generator.next() % UInt64(Form.allCases.count))],
        x: radius + 1 + room * generator.uniform(), y: radius + 1 + room * generator.uniform(), radius: radius)
    }
    let background = 200 + 55 * generator.uniform()
    if generator.uniform() < 0.25 { return Scene(items: [item()], background: background) }
    while true {
      let (a, b) = (item(), item())
      let (across, down) = (abs(a.x - b.x), abs(a.y - b.y))
      let isPlain = max(across, down) > 1.3 * min(across, down) && max(across, down) > a.radius + b.radius + 2
      if isPlain, a.words != b.words { return Scene(items: [a, b], background: background) }
    }
  }
}
