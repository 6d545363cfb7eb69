import Foundation
import RecurrentLayers
import RecurrentTensors
import Testing

/// Searches over what a network with blanks says, against the sum over all paths.
@Suite struct CTCSearchTests {
  private static func logProbabilities(_ steps: Int, _ symbols: Int, seed: UInt64) -> Tensor<Float> {
    var generator = RandomGenerator(seed: seed)
    return Tensor<Float>(uniform: -2...2, shape: [steps, symbols], using: &generator).logSoftmax()
  }

  private static func rows(_ table: Tensor<Float>) -> [[Float]] {
    (0..<table.shape[0]).map { Array(table.scalars[$0 * table.shape[1]..<($0 + 1) * table.shape[1]]) }
  }

  private static func texts(upTo length: Int, _ symbols: Int) -> [[Int32]] {
    (0...length).flatMap { length in
      (0..<length).reduce([[]]) { texts, _ in texts.flatMap { text in (1..<Int32(symbols)).map { text + [$0] } } }
    }
  }

  /// Prefers some symbols after others, forbids two in a row that are alike, and an end with symbol 1.
  struct Fussy: PrefixScorer {
    func start() -> Int32 { 0 }
    func score(of symbol: Int32, after state: Int32) -> Double? { symbol == state ? nil : 0.7 * Double(symbol) - 0.3 * Double(state) }
    func states(extending texts: [(state: Int32, symbol: Int32)]) -> [Int32] { texts.map(\.symbol) }
    func endScore(of state: Int32) -> Double? { state == 1 ? nil : 0.1 }

    static func score(of text: [Int32]) -> Double? {
      var (sum, last): (Double, Int32) = (0.1, 0)
      for symbol in text {
        if symbol == last { return nil }
        sum += 0.7 * Double(symbol) - 0.3 * Double(last)
        last = symbol
      }
      return last == 1 ? nil : sum
    }
  }

  private static func search<Scorer: PrefixScorer>(_ table: Tensor<Float>, _ scorer: Scorer, width: Int = 1000) -> [SaidText] {
    var search = CTCPrefixSearch(scorer, width: width, threshold: 100)
    for row in rows(table) { search.read(row) }
    return search.texts
  }

  /// A beam that keeps everything has for each text the likelihood that the loss says, and the best first.
  @Test(arguments: 1...5 as ClosedRange<UInt64>)
  func wideBeamIsExact(seed: UInt64) {
    let table = Self.logProbabilities(5, 3, seed: seed)
    let logits = Tensor<Double>(shape: [5, 1, 3], scalars: table.scalars.map { Double($0) })
    func exact(_ text: [Int32]) -> Double? {
      let loss = ctcLoss(logits: logits, texts: [text], reduction: .sum)
      return loss.unfitting.isEmpty ? -loss.value.scalar : nil
    }
    let expected = Self.texts(upTo: 5, 3).compactMap { text in exact(text).map { (text: text, logLikelihood: $0) } }
    let found = Self.search(table, FreeScorer())
    #expect(found.count == expected.count)
    for text in found {
      let likelihood = expected.first { $0.text == text.symbols.map(\.symbol) }?.logLikelihood ?? .nan
      #expect(abs(text.logLikelihood - likelihood) < 1e-5)
    }
    #expect(found.map(\.score) == found.map(\.score).sorted(by: >))
    let scored = expected.compactMap { item in Fussy.score(of: item.text).map { (item.text, item.logLikelihood + $0) } }
    let best = scored.max { $0.1 < $1.1 }
    let ofScorer = Self.search(table, Fussy())
    #expect(ofScorer.count == scored.count)
    #expect(ofScorer[0].symbols.map(\.symbol) == best?.0)
    #expect(abs(ofScorer[0].score - (best?.1 ?? .nan)) < 1e-5)
  }

  /// What is taken while a stream goes on, and what is left at its end, is what the search finds that takes nothing; and it does not grow.
  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func takingChangesNothing(seed: UInt64) {
    // As a network says it that has learned something: a symbol at each fifth step, mostly surely, and blanks between.
    var generator = RandomGenerator(seed: seed)
    var scalars = Self.logProbabilities(3000, 4, seed: seed).scalars
    for step in 0..<3000 { scalars[step * 4 + (step % 5 == 0 ? 1 + Int(generator.next() % 3) : 0)] += 8 * Float(generator.uniform()) }
    let table = Tensor(shape: [3000, 4], scalars: scalars).logSoftmax()
    var (whole, stream) = (CTCPrefixSearch(Fussy(), width: 6), CTCPrefixSearch(Fussy(), width: 6))
    var taken: [SaidSymbol] = []
    for row in Self.rows(table) {
      whole.read(row)
      stream.read(row)
      taken += stream.takeCertain()
    }
    #expect((taken + stream.texts[0].symbols).map(\.symbol) == whole.texts[0].symbols.map(\.symbol))
    #expect(taken.count > 100)
    #expect(abs(stream.texts[0].logLikelihood - whole.texts[0].logLikelihood) < 1e-6)
    for said in [taken, whole.texts[0].symbols] { #expect(zip(said, said.dropFirst()).allSatisfy { $0.step <= $1.step }) }
  }

  /// With a limit each symbol is taken soon after it began, and nothing is said twice or left out.
  @Test func takingSoon() {
    var generator = RandomGenerator(seed: 1)
    let said: [Int32] = (0..<400).map { $0 % 2 == 0 ? 1 : 2 + Int32(generator.next() % 2) }
    // Sure of every other symbol; of those between, two are nearly as likely.
    var scalars = [Float](repeating: 0, count: 2000 * 4)
    for step in 0..<2000 {
      let symbol = step % 5 == 0 ? said[step / 5] : 0
      scalars[step * 4 + Int(symbol)] = 9
      if symbol > 1 { scalars[step * 4 + Int(5 - symbol)] = 8.9 }
    }
    let table = Tensor(shape: [2000, 4], scalars: scalars).logSoftmax()
    var search = CTCPrefixSearch(FreeScorer(), width: 6)
    var taken: [SaidSymbol] = []
    for (step, row) in Self.rows(table).enumerated() {
      search.read(row)
      let now = search.takeCertain(after: 12)
      #expect(now.allSatisfy { step - $0.step <= 13 })
      taken += now
    }
    taken += search.texts[0].symbols
    #expect(taken.map(\.symbol) == said)
    #expect(taken.map(\.step) == (0..<400).map { 5 * $0 })
  }

  /// The likeliest path of a text: as likely as the best of all paths that say it, and where it says each symbol.
  @Test(arguments: 1...5 as ClosedRange<UInt64>)
  func alignmentIsTheLikeliestPath(seed: UInt64) throws {
    let (steps, symbols) = (6, 3)
    let table = Self.logProbabilities(steps, symbols, seed: seed)
    let paths = (0..<steps).reduce([[]] as [[Int32]]) { paths, _ in paths.flatMap { path in (0..<Int32(symbols)).map { path + [$0] } } }
    func logProbability(_ path: [Int32]) -> Float { path.enumerated().reduce(0) { $0 + table.scalars[$1.offset * symbols + Int($1.element)] } }
    func said(_ path: [Int32]) -> [Int32] {
      path.enumerated().filter { index, symbol in symbol != 0 && (index == 0 || path[index - 1] != symbol) }.map(\.element)
    }
    for text in [[], [1], [1, 1], [2, 1, 2], [1, 1, 1], [1, 1, 1, 1], [1, 2, 1, 2, 1, 2]] as [[Int32]] {
      let best = paths.filter { said($0) == text }.map(logProbability).max()
      let spans = ctcAlignment(of: text, in: table)
      guard let best else {
        #expect(spans == nil)
        continue
      }
      let found = try #require(spans)
      var path = [Int32](repeating: 0, count: steps)
      for (span, symbol) in zip(found, text) { for step in span { path[step] = symbol } }
      #expect(said(path) == text)
      #expect(abs(logProbability(path) - best) < 1e-5)
    }
    #expect(ctcAlignment(of: [], in: Tensor(zeros: [0, 3])) == [])
    #expect(ctcAlignment(of: [1], in: Tensor(zeros: [0, 3])) == nil)
  }
}
