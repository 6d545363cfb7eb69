import Foundation

extension TextExplanation {
  /// The explanation as a page that needs nothing beside it: the tokens on a ground of blue where they moved the verdict towards
  /// the label, of orange where they moved it away, and below how the verdict changed while the text was read.
  public func html(labels: [String]) -> String {
    let largest = max(largestInfluence, 1e-12)
    let words = tokens.map { token in
      let share = token.influence / largest
      let color = share >= 0 ? "47,111,181" : "217,114,43"
      let known = token.isKnown ? "" : " class=\"unknown\""
      let title = "\(String(format: "%+.3f", token.influence)); read up to here: \(Figures.percent(token.probability))"
      return "<span\(known) style=\"background:rgba(\(color),\(String(format: "%.3f", 0.85 * abs(share))))\" "
        + "title=\"\(title)\">\(token.text.escapedForHTML)</span>"
    }
    let shares = zip(labels, verdict.probabilities).sorted { $0.1 > $1.1 }.prefix(10)
      .map { "<li>\($0.escapedForHTML): \(Figures.percent($1))</li>" }.joined()
    let cut =
      verdict.readCount < verdict.tokenCount
      ? "<p class=\"note\">\(verdict.readCount) of \(verdict.tokenCount) tokens were read.</p>" : ""
    let label = verdict.label.escapedForHTML
    return """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8"><title>\(label): \(Figures.percent(verdict.probability))</title>
      <style>
      body{font:16px/1.9 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#3b434d;background:#fff}
      h1{font-size:1.3rem}span{padding:.1rem .15rem;border-radius:.2rem}.unknown{text-decoration:underline dotted}
      .note{color:#6b7480;font-size:.85rem;line-height:1.4}svg{width:100%;height:9rem}
      .axis{stroke:#c3c9d0}.line{fill:none;stroke:#2f6fb5;stroke-width:2}text{fill:#6b7480;font-size:11px}
      @media (prefers-color-scheme:dark){body{color:#d5dbe3;background:#14181d}.axis{stroke:#3a424c}.line{stroke:#6ba6e8}}
      </style></head><body>
      <h1>\(label): \(Figures.percent(verdict.probability))</h1>
      <p>\(words.joined(separator: " "))</p>
      <p class="note">Blue moved the verdict towards \(label), orange away from it: gradient times input of the log-odds, at most \
      \(String(format: "%.3f", largestInfluence)) nats a token. Underlined tokens are not in the vocabulary.</p>
      \(cut)<h2 class="note">Probability of \(label) while the text is read</h2>
      \(curve)
      <ul class="note">\(shares)</ul>
      </body></html>

      """
  }

  /// The verdict after each token, as a picture.
  private var curve: String {
    let (width, height) = (800.0, 120.0)
    let step = tokens.count > 1 ? width / Double(tokens.count - 1) : 0
    let points = tokens.enumerated().map { index, token in
      String(format: "%.1f,%.1f", Double(index) * step, height * (1 - token.probability))
    }
    return """
      <svg viewBox="-34 -6 844 132" role="img" aria-label="probability while the text is read">
      <path class="axis" d="M0 0H800M0 60H800M0 120H800"/><text x="-30" y="4">100 %</text><text x="-30" y="64">50 %</text>\
      <text x="-30" y="124">0 %</text>
      <polyline class="line" points="\(points.joined(separator: " "))"/>
      </svg>
      """
  }
}

extension String {
  /// The text as HTML and SVG show it, whatever is in it.
  var escapedForHTML: String {
    withVisibleControls.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}
