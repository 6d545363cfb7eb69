/// A colour for lines, points and areas: one on white paper, one on a dark screen.
///
/// The named ones follow Okabe and Ito 2008 ("Color universal design"): people who see two kinds of cone only can tell
/// them apart.
///
/// ```swift
/// import RecurrentDrawing
///
/// let plot = Plot(marks: [.line([Point(x: 0, y: 1), Point(x: 1, y: 2)], ink: .vermilion)])
/// ```
public struct Ink: Sendable, Hashable {
  let light: Color
  let dark: Color

  /// The colour with the given sRGB codes, 0xRRGGBB, for light and dark surroundings.
  public init(light: UInt32, dark: UInt32) {
    self.init(light: Color(light), dark: Color(dark))
  }

  init(light: Color, dark: Color) {
    self.light = light
    self.dark = dark
  }

  public static let blue = Ink(light: 0x0067A8, dark: 0x5FB0EA)
  public static let vermilion = Ink(light: 0xD0570A, dark: 0xF2935A)
  public static let green = Ink(light: 0x008A65, dark: 0x45C49B)
  public static let purple = Ink(light: 0xA8558A, dark: 0xE0A3CB)
  public static let amber = Ink(light: 0xC98A00, dark: 0xEFC04F)
  public static let sky = Ink(light: 0x4FA9DD, dark: 0xA6D8F7)
  public static let graphite = Ink(light: 0x4C535C, dark: 0xB4BDC8)
  public static let brown = Ink(light: 0x74451B, dark: 0xC49A75)

  /// The colours that series get in turn.
  static let series: [Ink] = [.blue, .vermilion, .green, .purple, .amber, .graphite, .sky, .brown]

  /// The colour of one of `count` series that have an order, such as growing radii: from light to dark (on a dark
  /// screen from dim to bright), so that the order survives printing.
  ///
  /// - Parameter index: From 0, the weakest, to `count - 1`.
  public static func ordered(_ index: Int, of count: Int) -> Ink {
    // The palest colours of the map would not be seen as lines.
    let fraction = count > 1 ? 0.35 + 0.65 * Double(index) / Double(count - 1) : 0.8
    return ColorMap.sequential.ink(at: fraction)
  }
}
