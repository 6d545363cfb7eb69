/// The tokenization `13a` of BLEU, that of NIST's `mteval-v13a.pl`, as sacreBLEU computes it (Post 2018).
///
/// Signs stand alone, but for full stops and commas between digits, and dashes that follow no digit; letters beyond ASCII are
/// parts of words.
enum TranslationTokenizer {
  /// The tokens of a sentence in UTF-8: strings are equal where they are canonically equivalent, and sacreBLEU's are not.
  static func tokens(_ sentence: String) -> [[UInt8]] {
    var scalars = Array(sentence.unicodeScalars)
    while let last = scalars.last, isSpace(last) { scalars.removeLast() }
    // In this order: &amp;lt; is <.
    for (found, replacement) in [
      ("<skipped>", ""), ("-\n", ""), ("\n", " "), ("&quot;", "\""), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"),
    ] {
      scalars = scalars.replacing(Array(found.unicodeScalars), with: Array(replacement.unicodeScalars))
    }
    scalars = settingApart([" "] + scalars + [" "])
    scalars = separatingPoints(scalars, pointComesFirst: false)
    scalars = separatingPoints(scalars, pointComesFirst: true)
    scalars = separatingDashes(scalars)
    return words(scalars)
  }

  /// What stands between white space, in UTF-8.
  static func words(_ text: some Collection<Unicode.Scalar>) -> [[UInt8]] {
    text.split(whereSeparator: isSpace).map { word in word.flatMap { Array(UTF8.encode($0)!) } }
  }

  /// The text in lower case as Python makes it: a capital sigma that ends a word becomes a final one, which Swift leaves to whoever knows
  /// the language.
  static func lowercased(_ text: String) -> String {
    let scalars = Array(text.unicodeScalars)
    var result = ""
    for (index, scalar) in scalars.enumerated() {
      guard scalar == "\u{3A3}" else {
        result += scalar.properties.lowercaseMapping
        continue
      }
      let before = scalars[..<index].last { !$0.properties.isCaseIgnorable }
      let after = scalars[(index + 1)...].first { !$0.properties.isCaseIgnorable }
      let isFinal = before?.properties.isCased ?? false && !(after?.properties.isCased ?? false)
      result += isFinal ? "\u{3C2}" : "\u{3C3}"
    }
    return result
  }

  /// What Python takes for white space: Unicode's, and the four separators of ASCII.
  static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
  }

  /// Spaces around each sign of ASCII but full stop, comma, dash and apostrophe.
  private static func settingApart(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(scalars.count + scalars.count / 4)
    for scalar in scalars {
      switch scalar.value {
      case 0x20...0x26, 0x28...0x2B, 0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: result += [" ", scalar, " "]
      default: result.append(scalar)
      }
    }
    return result
  }

  /// Spaces around each full stop or comma that has something other than a digit before it, or after it. Pairs are taken from the left
  /// and do not overlap, so that of two points in a row one is the other's neighbour.
  private static func separatingPoints(_ scalars: [Unicode.Scalar], pointComesFirst: Bool) -> [Unicode.Scalar] {
    func isPoint(_ scalar: Unicode.Scalar) -> Bool { scalar == "." || scalar == "," }
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(scalars.count + 16)
    var index = 0
    while index < scalars.count {
      let first = scalars[index]
      if index + 1 < scalars.count {
        let second = scalars[index + 1]
        let (point, other) = pointComesFirst ? (first, second) : (second, first)
        if isPoint(point), !isDigit(other) {
          result += pointComesFirst ? [" ", first, " ", second] : [first, " ", second, " "]
          index += 2
          continue
        }
      }
      result.append(first)
      index += 1
    }
    return result
  }

  /// A space before and after each dash that follows a digit.
  private static func separatingDashes(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(scalars.count + 16)
    for (index, scalar) in scalars.enumerated() {
      result += scalar == "-" && index > 0 && isDigit(scalars[index - 1]) ? [" ", "-", " "] : [scalar]
    }
    return result
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { (0x30...0x39).contains(scalar.value) }
}
