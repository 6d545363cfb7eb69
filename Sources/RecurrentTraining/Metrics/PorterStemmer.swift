/// Takes the endings of English words (Porter 1980, "An algorithm for suffix stripping", with the changes that its author made in the program he published).
enum PorterStemmer {
  /// The stem of a word in lower case: "relational" and "relate" have the stem `relat`.
  static func stem(_ word: String) -> String {
    var word = Word(letters: Array(word.unicodeScalars))
    if word.letters.count > 2 {
      word.removePlural()
      word.removePast()
      if word.ends("y"), word.hasVowel(before: 1) { word.replace("y", "i") }
      word.replaceFirst(of: twofold) { $0.measure(before: $1) > 0 }
      word.replaceFirst(of: threefold) { $0.measure(before: $1) > 0 }
      word.replaceFirst(of: fourfold) { word, count in
        word.measure(before: count) > 1 && (!word.ends("ion") || ["s", "t"].contains(word.letters[word.letters.count - count - 1]))
      }
      word.tidy()
    }
    return String(String.UnicodeScalarView(word.letters))
  }

  // Of endings that end alike the longer one stands first.
  private static let twofold = [
    ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"), ("bli", "ble"), ("alli", "al"), ("entli", "ent"),
    ("eli", "e"), ("ousli", "ous"), ("ization", "ize"), ("ation", "ate"), ("ator", "ate"), ("alism", "al"), ("iveness", "ive"), ("fulness", "ful"),
    ("ousness", "ous"), ("aliti", "al"), ("iviti", "ive"), ("biliti", "ble"), ("logi", "log"),
  ]
  private static let threefold = [
    ("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", ""),
  ]
  private static let fourfold = [
    "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou", "ism", "ate", "iti", "ous", "ive", "ize",
  ].map { ($0, "") }
}

private struct Word {
  var letters: [Unicode.Scalar]

  func ends(_ ending: String) -> Bool { letters.suffix(ending.unicodeScalars.count).elementsEqual(ending.unicodeScalars) }

  mutating func replace(_ ending: String, _ other: String) {
    letters.removeLast(ending.unicodeScalars.count)
    letters += other.unicodeScalars
  }

  /// Replaces the first of these endings that the word has, if the word without so many letters allows it.
  mutating func replaceFirst(of endings: [(String, String)], where isAllowed: (Word, Int) -> Bool) {
    guard let (ending, other) = endings.first(where: { ends($0.0) }), isAllowed(self, ending.unicodeScalars.count) else { return }
    replace(ending, other)
  }

  /// y is a consonant at the beginning and after a vowel.
  func isConsonant(_ index: Int) -> Bool {
    switch letters[index] {
    case "a", "e", "i", "o", "u": false
    case "y": index == 0 || !isConsonant(index - 1)
    default: true
    }
  }

  /// How often consonants follow vowels, the last `count` letters left out: m in [C](VC)^m[V].
  func measure(before count: Int) -> Int {
    (0..<letters.count - count).count { $0 > 0 && isConsonant($0) && !isConsonant($0 - 1) }
  }

  func hasVowel(before count: Int) -> Bool { (0..<letters.count - count).contains { !isConsonant($0) } }

  var endsWithDouble: Bool {
    let last = letters.count - 1
    return last > 0 && letters[last] == letters[last - 1] && isConsonant(last)
  }

  /// Whether it ends with consonant, vowel and consonant, the last not w, x or y, the last `count` letters left out: -hop, but not -how.
  func endsShort(before count: Int) -> Bool {
    let last = letters.count - count - 1
    return last > 1 && isConsonant(last) && !isConsonant(last - 1) && isConsonant(last - 2) && !["w", "x", "y"].contains(letters[last])
  }

  mutating func removePlural() {
    if ends("sses") || ends("ies") {
      letters.removeLast(2)
    } else if ends("s"), !ends("ss") {
      letters.removeLast()
    }
  }

  mutating func removePast() {
    if ends("eed") {
      if measure(before: 3) > 0 { letters.removeLast() }
      return
    }
    guard let ending = ["ed", "ing"].first(where: ends), hasVowel(before: ending.count) else { return }
    replace(ending, "")
    if ends("at") || ends("bl") || ends("iz") {
      letters.append("e")
    } else if endsWithDouble {
      if !["l", "s", "z"].contains(letters.last!) { letters.removeLast() }
    } else if measure(before: 0) == 1, endsShort(before: 0) {
      letters.append("e")
    }
  }

  mutating func tidy() {
    if ends("e") {
      let measure = measure(before: 1)
      if measure > 1 || measure == 1 && !endsShort(before: 1) { letters.removeLast() }
    }
    if ends("ll"), measure(before: 1) > 1 { letters.removeLast() }
  }
}
