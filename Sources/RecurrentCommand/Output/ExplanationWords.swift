import Foundation
import Recurrent

/// How much each word moved a verdict, for a terminal: in colours where there are any, as a table where there are none.
enum ExplanationWords {
  /// The lines, each with its end.
  static func text(_ explanation: TextExplanation, on terminal: Terminal) -> String {
    terminal.hasColor ? colored(explanation, terminal) : table(explanation)
  }

  /// The text with its words on grounds of orange (towards the verdict) and blue (away from it), as on the page, and below a line of blocks for
  /// the verdict after each tenth or so of the text.
  private static func colored(_ explanation: TextExplanation, _ terminal: Terminal) -> String {
    let width = max(20, min(terminal.width, 100))
    var lines = [""]
    var column = 0
    for token in explanation.tokens {
      let word = token.text.asField
      if column > 0, column + 1 + word.count > width {
        lines.append("")
        column = 0
      }
      lines[lines.count - 1] += (column > 0 ? " " : "") + painted(word, token.influence / max(explanation.largestInfluence, 1e-12))
      column += word.count + (column > 0 ? 1 : 0)
    }
    let curve = sampled(explanation, count: min(width - 20, 60))
      .map { terminal.hasUnicode ? blocks[min(7, Int($0 * 8))] : "\(min(9, Int($0 * 10)))" }.joined()
    return lines.joined(separator: "\n") + "\nas it is read  \(curve)\n"
  }

  /// A word on a ground whose strength is its share of the largest influence: eight steps of the 216 colours that terminals have.
  private static func painted(_ word: String, _ share: Double) -> String {
    let level = Int((abs(share) * 4).rounded())
    if level == 0 { return word }
    let ground = (share > 0 ? [223, 215, 214, 208] : [153, 111, 75, 33])[level - 1]
    return "\u{1B}[30;48;5;\(ground)m\(word)\u{1B}[0m"
  }

  private static let blocks = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  /// The verdicts after some of the words, evenly spread over the text.
  private static func sampled(_ explanation: TextExplanation, count: Int) -> [Double] {
    let all = explanation.tokens.map(\.probability)
    guard all.count > count, count > 1 else { return all }
    return (0..<count).map { all[$0 * (all.count - 1) / (count - 1)] }
  }

  /// A line a word.
  private static func table(_ explanation: TextExplanation) -> String {
    "influence  so far    word\n"
      + explanation.tokens.map { token in
        String(format: "%+9.4f  ", token.influence) + Figures.percent(token.probability).padded(to: 8) + "  "
          + token.text.asField + (token.isKnown ? "" : "  (not in the vocabulary)") + "\n"
      }.joined()
  }
}
