public import RecurrentTensors

/// When each symbol of a text was said: the likeliest way of saying it (forced alignment).
///
/// - Parameters:
///   - text: Symbols other than the blank.
///   - logProbabilities: `[time, symbols]`.
///   - blank: The symbol for none.
/// - Returns: the steps of each symbol; nil where the text does not fit.
/// - Complexity: O(time * symbols of the text), in time and in bytes.
public func ctcAlignment(of text: [Int32], in logProbabilities: Tensor<Float>, blank: Int32 = 0) -> [Range<Int>]? {
  check(logProbabilities.rank == 2, "ctcAlignment: log-probabilities \(logProbabilities.shape), not [time, symbols]")
  let (time, symbols) = (logProbabilities.shape[0], logProbabilities.shape[1])
  check(
    text.allSatisfy { $0 >= 0 && Int($0) < symbols && $0 != blank }, "ctcAlignment: a text with a symbol that is the blank \(blank) or not below \(symbols)")
  // Places: a blank before, between and behind the symbols.
  let places = (0...2 * text.count).map { $0 % 2 == 0 ? blank : text[$0 / 2] }
  if time == 0 { return text.isEmpty ? [] : nil }
  let scalars = logProbabilities.scalars
  var best = [Float](repeating: -.infinity, count: places.count)
  /// From how many places before each was reached.
  var moves = [UInt8](repeating: 0, count: time * places.count)
  for place in places.indices.prefix(2) { best[place] = scalars[Int(places[place])] }
  var next = best
  for step in 1..<max(1, time) {
    for place in places.indices {
      var (score, move) = (best[place], 0)
      if place >= 1, best[place - 1] > score { (score, move) = (best[place - 1], 1) }
      if place >= 2, places[place] != blank, places[place] != places[place - 2], best[place - 2] > score { (score, move) = (best[place - 2], 2) }
      next[place] = score + scalars[step * symbols + Int(places[place])]
      moves[step * places.count + place] = UInt8(move)
    }
    swap(&best, &next)
  }
  var place = places.count - 1
  if place > 0, best[place - 1] > best[place] { place -= 1 }
  guard best[place] > -.infinity else { return nil }
  var spans = [Range<Int>](repeating: 0..<0, count: text.count)
  for step in stride(from: time - 1, through: 0, by: -1) {
    if place % 2 == 1 { spans[place / 2] = step..<(spans[place / 2].isEmpty ? step + 1 : spans[place / 2].upperBound) }
    place -= Int(moves[step * places.count + place])
  }
  return spans
}
