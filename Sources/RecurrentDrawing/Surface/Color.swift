import Foundation

/// A colour, mixed where equal steps look equal (Ottosson 2020, "A perceptual color space for image processing": Oklab).
struct Color: Sendable, Hashable {
  /// Lightness from 0, black, to 1, white.
  var lightness: Double
  /// From green to red.
  var a: Double
  /// From blue to yellow.
  var b: Double

  /// The colour with the given sRGB code, 0xRRGGBB.
  init(_ code: UInt32) {
    let (red, green, blue) = (
      Self.linear(Double(code >> 16 & 0xFF) / 255), Self.linear(Double(code >> 8 & 0xFF) / 255),
      Self.linear(Double(code & 0xFF) / 255)
    )
    let l = cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    let m = cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    let s = cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s
    a = 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s
    b = 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s
  }

  /// The colour on the way from this one to `other`, of which it has the share `fraction`.
  func mixed(with other: Color, _ fraction: Double) -> Color {
    var result = self
    result.lightness += (other.lightness - lightness) * fraction
    result.a += (other.a - a) * fraction
    result.b += (other.b - b) * fraction
    return result
  }

  /// As in CSS: "#1f6fb5".
  var css: String {
    let l = pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3)
    let m = pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3)
    let s = pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3)
    let channels = [
      4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
      -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
      -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s,
    ]
    return "#"
      + channels.map { channel in
        let byte = Int((min(max(Self.encoded(channel), 0), 1) * 255).rounded())
        return (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }.joined()
  }

  private static func linear(_ value: Double) -> Double {
    value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
  }

  private static func encoded(_ value: Double) -> Double {
    value <= 0.0031308 ? 12.92 * value : 1.055 * pow(value, 1 / 2.4) - 0.055
  }
}
