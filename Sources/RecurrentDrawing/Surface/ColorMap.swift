/// Colours for values: of heat maps, images and coloured words.
///
/// Lightness changes steadily along each map, so that it keeps its order in grey print and for every kind of colour
/// vision; on a dark screen the same values run from dark to bright. There are about sixty steps, more than anybody
/// can tell apart, so that a drawing needs few styles.
public enum ColorMap: String, Sendable, Hashable, CaseIterable {
  /// From pale yellow over green to dark blue: amounts, shares, gates.
  case sequential
  /// From blue over white to brown: values of either sign, zero in the middle.
  case diverging
  /// From white to black, on a dark screen from black to white: images.
  case gray

  /// The number of steps.
  var levelCount: Int { self == .diverging ? 65 : 64 }

  /// The step of a place on the map, 0 ... 1; what lies outside is at its end. A number that is none has no step.
  func level(at fraction: Double) -> Int? {
    guard !fraction.isNaN else { return nil }
    return Int((min(max(fraction, 0), 1) * Double(levelCount - 1)).rounded())
  }

  /// The colour at a place on the map, 0 ... 1.
  func ink(at fraction: Double) -> Ink {
    let (light, dark) = stops
    return Ink(light: Self.color(light, at: fraction), dark: Self.color(dark, at: fraction))
  }

  /// The style that fills with a step's colour.
  func style(level: Int) -> Style {
    let ink = ink(at: Double(level) / Double(levelCount - 1))
    func rule(_ color: Color) -> String { "fill:\(color.css);background-color:\(color.css)" }
    return Style("\(prefix)\(level)", light: rule(ink.light), dark: rule(ink.dark))
  }

  /// The style of text that is read on a step's colour.
  func textStyle(level: Int) -> Style {
    let ink = ink(at: Double(level) / Double(levelCount - 1))
    let choices = [ink.light, ink.dark].map { $0.lightness > 0.62 ? 1 : 0 }
    func rule(_ choice: Int) -> String { choice == 1 ? "fill:#14181d;color:#14181d" : "fill:#fff;color:#fff" }
    return Style("on\(choices[0])\(choices[1])", light: rule(choices[0]), dark: rule(choices[1]))
  }

  /// The style of a place that has no value.
  static let missing = Style(
    "missing", light: "fill:#c4b7c0;background-color:#c4b7c0", dark: "fill:#5c4f58;background-color:#5c4f58")

  private var prefix: String {
    switch self {
    case .sequential: "a"
    case .diverging: "d"
    case .gray: "g"
    }
  }

  private var stops: (light: [Color], dark: [Color]) {
    let codes: (light: [UInt32], dark: [UInt32]) =
      switch self {
      case .sequential:
        ([0xFDFBEA, 0xB5DDC0, 0x4BA9BC, 0x2360A0, 0x13204C], [0x171C22, 0x1F3F70, 0x2A83A5, 0x7FCBB0, 0xF8F5CC])
      case .diverging:
        ([0x0A3568, 0x5E9CCF, 0xF6F6F3, 0xE0945A, 0x6E2A08], [0x9BD6FF, 0x2F72AD, 0x1C2127, 0xB25A22, 0xFFCC9E])
      case .gray: ([0xFFFFFF, 0x101010], [0x0C0E11, 0xF4F4F4])
      }
    return (codes.light.map { Color($0) }, codes.dark.map { Color($0) })
  }

  private static func color(_ stops: [Color], at fraction: Double) -> Color {
    let place = min(max(fraction, 0), 1) * Double(stops.count - 1)
    let index = min(Int(place), stops.count - 2)
    return stops[index].mixed(with: stops[index + 1], place - Double(index))
  }
}
