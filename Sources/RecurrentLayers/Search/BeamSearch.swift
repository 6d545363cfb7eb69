import RecurrentTensors

/// How the log-probability of a hypothesis is made comparable with those of other lengths.
public enum LengthNormalization: Sendable, Hashable {
  /// Not at all: short hypotheses win.
  case none
  /// Divided by the length to this power; 1 is the mean over the tokens.
  case power(Double)
  /// Divided by `((5 + length) / 6)` to this power (Wu et al. 2016, "Google's neural machine translation system"; they use 0.6 to 0.7).
  case wu(Double)

  /// The divisor of the log-probability of a hypothesis of `length` tokens.
  func divisor(length: Int) -> Double {
    switch self {
    case .none: 1
    case .power(let power): exponential(of: Double(max(1, length)), power)
    case .wu(let power): exponential(of: (5 + Double(length)) / 6, power)
    }
  }
}

/// Keeps the likeliest hypotheses at each length, and at the end the best of those that were ended.
///
/// At each step the candidates of an input are all its living hypotheses with one token more. The best of them, as many as there are
/// places, stay; one that ends with the token `end` keeps its place for good and is never extended. The search is over when no place is
/// left for the living, or none of them could still come among the best. With one place it is `GreedySearch`, with as many as there
/// are hypotheses it is exhaustive.
///
/// Hypotheses are ranked by
///
///     log p(y) / norm(|y|) + coverage * sum over places of log(min(1, sum over tokens of weight))      (Wu et al. 2016)
///
/// ```swift
/// let search = BeamSearch(width: 5, begin: 1, end: 2, normalization: .wu(0.6))
/// let best = search(steps, from: start, maximumLengths: [50, 50])  // for each input its hypotheses, the best first
/// ```
public struct BeamSearch: Sendable {
  /// The number of hypotheses that are kept for each input.
  public let width: Int
  /// The token that is read first.
  public let begin: Int32
  /// The token that ends a sequence.
  public let end: Int32
  /// How lengths are made comparable.
  public var normalization: LengthNormalization
  /// The weight of the penalty for input places that received little attention; 0: no penalty.
  public var coverage: Double
  /// The number of hypotheses that are returned for each input.
  public var bestCount: Int
  /// Whether hypotheses hold their attention weights.
  public var keepsWeights: Bool

  /// A search that keeps `width` hypotheses for each input.
  ///
  /// - Precondition: `1 <= bestCount <= width`, and `coverage` is not negative.
  public init(
    width: Int, begin: Int32, end: Int32, normalization: LengthNormalization = .wu(0.6), coverage: Double = 0,
    bestCount: Int = 1, keepsWeights: Bool = false
  ) {
    check(width >= 1 && bestCount >= 1 && bestCount <= width, "BeamSearch: the best \(bestCount) of a width of \(width)")
    check(coverage >= 0, "BeamSearch: the coverage penalty \(coverage) is negative")
    self.width = width
    self.begin = begin
    self.end = end
    self.normalization = normalization
    self.coverage = coverage
    self.bestCount = bestCount
    self.keepsWeights = keepsWeights
  }

  /// Searches.
  ///
  /// - Parameters:
  ///   - start: The state before the first token, a row an input.
  ///   - maximumLengths: For each input, after how many tokens a hypothesis is cut, that of the end included.
  /// - Returns: for each input its best hypotheses, the best first: `bestCount`, or all where there are fewer.
  public func callAsFunction<Decoder: StepDecoder>(
    _ decoder: Decoder, from start: Decoder.State, maximumLengths: [Int]
  ) -> [[Hypothesis]] {
    let batch = decoder.batchSize
    check(maximumLengths.count == batch, "BeamSearch: \(maximumLengths.count) lengths for \(batch) inputs")
    var beams = maximumLengths.map { Beam(search: self, maximumLength: $0) }
    var read = IndexTensor(shape: [batch], scalars: Array(repeating: begin, count: batch))
    var state = start
    while beams.contains(where: { !$0.living.isEmpty }) {
      let step = decoder.step(read, from: state)
      let (logProbabilities, weights) = (step.logits.logSoftmax(), step.state.weights)
      let tokenCount = logProbabilities.shape[1]
      logProbabilities.withUnsafeScalars { scalars in
        for input in beams.indices {
          beams[input].extend(
            by: { place in
              let row = place * batch + input
              return UnsafeBufferPointer(rebasing: scalars[(row * tokenCount)..<((row + 1) * tokenCount)])
            },
            weights: { place in wantsWeights ? row(place * batch + input, of: weights) : nil })
        }
      }
      // Row place * batch + input; free places repeat a row, whose result is not used.
      let places = beams.map(\.living.count).max() ?? 0
      guard places > 0 else { break }
      var parents = [Int32](repeating: 0, count: places * batch)
      var tokens = [Int32](repeating: end, count: places * batch)
      for place in 0..<places {
        for (input, beam) in beams.enumerated() {
          let isTaken = place < beam.living.count
          parents[place * batch + input] = Int32((isTaken ? beam.living[place].parent : 0) * batch + input)
          if isTaken, let last = beam.living[place].tokens.last { tokens[place * batch + input] = last }
        }
      }
      let rows = IndexTensor(shape: [parents.count], scalars: parents)
      state = step.state.gatheringRows(at: rows)
      read = IndexTensor(shape: [tokens.count], scalars: tokens)
    }
    return beams.map { Array($0.ranked.prefix(bestCount)) }
  }

  private var wantsWeights: Bool { keepsWeights || coverage > 0 }

  /// What a hypothesis is ranked by.
  fileprivate func score(_ logProbability: Double, length: Int, weights: [[Float]]) -> Double {
    var score = logProbability / normalization.divisor(length: length)
    guard coverage > 0, let places = weights.first?.count else { return score }
    for place in 0..<places {
      // Padding has no weight at all in any step; a place that is hardly seen costs no more than this.
      let seen = weights.reduce(0.0) { $0 + Double($1[place]) }
      if seen > 0 { score += coverage * logarithm(of: min(1, max(seen, 1e-6))) }
    }
    return score
  }
}

/// The hypotheses of one input.
private struct Beam {
  struct Living {
    var tokens: [Int32]
    var logProbability: Double
    var weights: [[Float]]
    /// The place of the hypothesis that it extends.
    var parent: Int
  }

  /// A living hypothesis with one token more.
  struct Candidate {
    var place: Int
    var token: Int32
    var logProbability: Double
  }

  let search: BeamSearch
  let maximumLength: Int
  var living: [Living]
  private var ended: [Hypothesis] = []

  init(search: BeamSearch, maximumLength: Int) {
    self.search = search
    self.maximumLength = maximumLength
    let empty = Living(tokens: [], logProbability: 0, weights: [], parent: 0)
    living = maximumLength > 0 ? [empty] : []
    if maximumLength <= 0 { ended = [Hypothesis(tokens: [], logProbability: 0, score: 0, isComplete: false)] }
  }

  /// The ended ones, the best first; of equals the one that was ended first.
  var ranked: [Hypothesis] {
    ended.enumerated().sorted { $0.element.score != $1.element.score ? $0.element.score > $1.element.score : $0.offset < $1.offset }
      .map(\.element)
  }

  /// Makes all hypotheses one token longer, and keeps the best.
  mutating func extend(
    by logProbabilities: (_ place: Int) -> UnsafeBufferPointer<Float>, weights: (_ place: Int) -> [Float]?
  ) {
    guard !living.isEmpty else { return }
    let candidates = best(search.width - ended.count, logProbabilities)
    if candidates.isEmpty {  // numbers that cannot be compared: nothing can be said of what comes next
      for hypothesis in living { end(hypothesis, isComplete: false) }
      living = []
      return
    }
    var next: [Living] = []
    for candidate in candidates {
      var hypothesis = living[candidate.place]
      hypothesis.logProbability = candidate.logProbability
      hypothesis.parent = candidate.place
      let seen = weights(candidate.place)
      if candidate.token == search.end {
        if search.coverage > 0, let seen { hypothesis.weights.append(seen) }
        end(hypothesis, isComplete: true)
        continue
      }
      hypothesis.tokens.append(candidate.token)
      if let seen { hypothesis.weights.append(seen) }
      if hypothesis.tokens.count == maximumLength {
        end(hypothesis, isComplete: false)
      } else {
        next.append(hypothesis)
      }
    }
    living = next
    if isDecided { living = [] }
  }

  /// Whether no living hypothesis can come among the best that are wanted: their log-probabilities only fall, the divisor only rises to
  /// that of the longest, and a coverage penalty is at best nothing.
  private var isDecided: Bool {
    guard ended.count >= search.bestCount, let likeliest = living.map(\.logProbability).max() else { return false }
    return ranked[search.bestCount - 1].score >= likeliest / search.normalization.divisor(length: maximumLength)
  }

  private mutating func end(_ hypothesis: Living, isComplete: Bool) {
    let length = hypothesis.tokens.count + (isComplete ? 1 : 0)
    ended.append(
      Hypothesis(
        tokens: hypothesis.tokens, logProbability: hypothesis.logProbability,
        score: search.score(hypothesis.logProbability, length: length, weights: hypothesis.weights), isComplete: isComplete,
        weights: search.keepsWeights ? Array(hypothesis.weights.prefix(hypothesis.tokens.count)) : []))
  }

  /// The best candidates in order; of equals the earlier place, then the earlier token.
  private func best(_ count: Int, _ logProbabilities: (Int) -> UnsafeBufferPointer<Float>) -> [Candidate] {
    var best: [Candidate] = []
    best.reserveCapacity(count + 1)
    for place in living.indices {
      let (before, row) = (living[place].logProbability, logProbabilities(place))
      // Below this nothing of the row can be among the best. Single precision, so that the loop over the row is short.
      var least = -Float.infinity
      func update() {
        if best.count == count, let last = best.last { least = Float(last.logProbability - before).nextDown }
      }
      update()
      for token in row.indices where row[token] > least {
        let logProbability = before + Double(row[token])
        if best.count == count, let last = best.last, !(logProbability > last.logProbability) { continue }
        let at = best.firstIndex { $0.logProbability < logProbability } ?? best.count
        best.insert(Candidate(place: place, token: Int32(token), logProbability: logProbability), at: at)
        if best.count > count { best.removeLast() }
        update()
      }
    }
    return best
  }
}
