/// The number of single-character insertions, deletions, replacements and swaps of neighbours that turn one text into
/// the other (the optimal string alignment distance). Time is the product of the two lengths.
func editDistance(_ first: String, _ second: String) -> Int {
  let a = Array(first.unicodeScalars)
  let b = Array(second.unicodeScalars)
  var twoBack: [Int] = []
  var previous = Array(0...b.count)
  for i in a.indices {
    var current = [i + 1]
    for j in b.indices {
      var best = min(previous[j + 1] + 1, current[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, twoBack[j - 1] + 1) }
      current.append(best)
    }
    twoBack = previous
    previous = current
  }
  return previous[b.count]
}

/// The candidate that was probably meant by `word`, or nil when none is near. Case, `_` and `-` do not count, and a
/// candidate that `word` begins, or that begins with it, is near.
public func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
  func folded(_ text: String) -> String { text.lowercased().filter { $0 != "_" && $0 != "-" && $0 != " " } }
  // What cannot be a slip of the finger is not worth the quadratic time.
  guard !word.isEmpty, word.unicodeScalars.count <= 64 else { return nil }
  let wanted = folded(word)
  var best: (candidate: String, distance: Int)?
  for candidate in candidates {
    let known = folded(candidate)
    var distance = editDistance(wanted, known)
    if wanted.count >= 3, known.count >= 3, known.hasPrefix(wanted) || wanted.hasPrefix(known) {
      distance = min(distance, 2)
    }
    if distance < best?.distance ?? .max { best = (candidate, distance) }
  }
  // Words that share no letter are not near, however short they are.
  guard let best, best.distance < wanted.count, best.distance <= max(1, wanted.count / 3) || best.distance <= 2 && wanted.count >= 4 else {
    return nil
  }
  return best.candidate
}
