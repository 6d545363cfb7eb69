import Foundation

extension Page {
  /// A picture again and again, each time with words under it and another layer over it, such as where a network looked.
  ///
  /// ```swift
  /// import RecurrentDrawing
  ///
  /// func block(picture: [UInt8], seen: [UInt8]) -> Page.Block {
  ///   .panels(Page.Panels(picture: picture, aspect: 1.5, panels: [.init("a dog runs"), .init("dog", light: seen)]))
  /// }
  /// ```
  public struct Panels: Sendable {
    /// The picture under words, with light on it.
    public struct Panel: Sendable {
      /// The words.
      public var caption: String
      /// How much light falls where, as a grey PNG that is stretched over the picture: white leaves it as it is, black hides it. Nil: all is seen.
      public var light: [UInt8]?

      /// The picture under words.
      public init(_ caption: String, light: [UInt8]? = nil) { (self.caption, self.light) = (caption, light) }
    }

    /// The picture, as a PNG.
    public var picture: [UInt8]
    /// Its width divided by its height.
    public var aspect: Double
    /// The panels, in order.
    public var panels: [Panel]

    /// Panels of a picture.
    public init(picture: [UInt8], aspect: Double = 1, panels: [Panel]) { (self.picture, self.aspect, self.panels) = (picture, aspect, panels) }

    /// The panels, the picture being the background of the class `name`.
    func html(_ name: String) -> String {
      let figures = panels.map { panel in
        let light = panel.light.map { "<img alt=\"\" src=\"\(Self.address($0))\"/>" } ?? ""
        return "<figure class=\"panel\"><div class=\"view \(name)\">\(light)</div><figcaption>\(panel.caption.escaped)</figcaption></figure>"
      }
      return "<div class=\"panels\">\(figures.joined(separator: "\n"))</div>\n"
    }

    /// The style of the class `name`.
    func style(_ name: String) -> String {
      ".\(name){aspect-ratio:\(String(format: "%.4f", aspect));background-image:url(\(Self.address(picture)))}\n"
    }

    static func address(_ png: [UInt8]) -> String { "data:image/png;base64,\(Data(png).base64EncodedString())" }
  }
}
