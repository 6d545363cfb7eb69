import Foundation

extension Page {
  /// A picture with lines of words under it, one of many.
  ///
  /// ```swift
  /// import RecurrentDrawing
  ///
  /// func block(pictures: [[UInt8]]) -> Page.Block {
  ///   .gallery(pictures.map { Page.Exhibit(picture: $0, lines: ["a dog runs"]) })
  /// }
  /// ```
  public struct Exhibit: Sendable {
    /// The picture, as a PNG.
    public var picture: [UInt8]
    /// The lines under it; the first stands out.
    public var lines: [String]
    /// The tooltip; empty: none.
    public var tip: String

    /// A picture with lines of words.
    public init(picture: [UInt8], lines: [String], tip: String = "") { (self.picture, self.lines, self.tip) = (picture, lines, tip) }

    var html: String {
      let tip = tip.isEmpty ? "" : " title=\"\(tip.escaped)\""
      let words = lines.enumerated().map { $0 == 0 ? "<b>\($1.escaped)</b>" : $1.escaped }.joined(separator: "<br/>")
      return "<figure class=\"exhibit\"\(tip)><img alt=\"\" src=\"\(Panels.address(picture))\"/><figcaption>\(words)</figcaption></figure>"
    }
  }
}
