import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// A drawing or a page as a parser of XML sees it.
final class XML: NSObject, XMLParserDelegate {
  struct Element {
    var name: String
    var attributes: [String: String]
    var text = ""
    var depth: Int
    /// A number among the attributes.
    func number(_ key: String) -> Double? { attributes[key].flatMap { Double($0) } }
    var classes: [String] { (attributes["class"] ?? "").split(separator: " ").map(String.init) }
    /// The numbers of the path data, without the letters.
    var pathNumbers: [Double] {
      (attributes["d"] ?? "").split { !"0123456789.-".contains($0) }.compactMap { Double($0) }
    }
  }

  /// Every element, in order of their beginnings.
  private(set) var elements: [Element] = []
  /// Why the text is no XML; nil where it is.
  private(set) var problem: String?
  private var open: [Int] = []

  init(_ text: String) {
    super.init()
    // `<!DOCTYPE html>` belongs to HTML alone.
    let parser = XMLParser(data: Data(text.replacing("<!DOCTYPE html>\n", with: "").utf8))
    parser.delegate = self
    if !parser.parse() {
      problem = "line \(parser.lineNumber): \(parser.parserError.map { "\($0)" } ?? "unknown")"
    }
  }

  func elements(_ name: String, class style: String? = nil) -> [Element] {
    elements.filter { $0.name == name && (style == nil || $0.classes.contains(style!)) }
  }

  /// The texts of a picture.
  var texts: [String] { elements("text").map(\.text) }

  /// The text element that says exactly this.
  func text(_ words: String) -> Element? { elements("text").first { $0.text == words } }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    open.append(elements.count)
    elements.append(Element(name: name, attributes: attributes, depth: open.count))
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    if let last = open.last { elements[last].text += string }
  }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    open.removeLast()
  }
}
