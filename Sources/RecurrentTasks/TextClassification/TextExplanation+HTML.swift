import Foundation
import RecurrentDrawing

extension TextExplanation {
  /// The explanation as a page that needs nothing beside it: the tokens on a ground of brown where they moved the verdict
  /// towards the label, of blue where they moved it away, and below how the verdict changed while the text was read.
  public func html(labels: [String]) -> String {
    let largest = max(largestInfluence, 1e-12)
    var page = Page("\(verdict.label.asField): \(Figures.percent(verdict.probability))")
    let words = tokens.map { token in
      Page.Word(
        token.text, value: token.influence,
        tip: "\(String(format: "%+.3f", token.influence)); read up to here: \(Figures.percent(token.probability))",
        isMarked: !token.isKnown)
    }
    page.append(.words(words, .diverging, range: -largest...largest, separator: " "))
    page.append(
      .paragraph(
        """
        Brown moved the verdict towards \(verdict.label), blue away from it: gradient times input of the log-odds, at most \
        \(String(format: "%.3f", largestInfluence)) nats a token. Tokens with dots under them are not in the vocabulary.
        """))
    if verdict.readCount < verdict.tokenCount {
      page.append(.paragraph("\(verdict.readCount) of \(verdict.tokenCount) tokens were read."))
    }
    page.append(.heading("While the text is read"))
    page.append(.figure(Figure(parts: [curve])))
    page.append(.heading("The verdict"))
    let shares = zip(labels, verdict.probabilities).sorted { $0.1 > $1.1 }.prefix(10)
    page.append(.table(Page.Table(["label", "probability"], shares.map { [$0, Figures.percent($1)] })))
    return page.html
  }

  /// The verdict after each token.
  private var curve: Plot {
    let points = tokens.enumerated().map { Point(x: Double($0 + 1), y: 100 * $1.probability) }
    return Plot(
      x: Axis("tokens read"), y: Axis("probability of \(verdict.label), %", range: 0...100), height: 180,
      marks: [.line(points, ink: .blue), .rule(y: 50)] + (points.count <= 80 ? [.points(points, ink: .blue, symbol: .dot)] : []))
  }
}
