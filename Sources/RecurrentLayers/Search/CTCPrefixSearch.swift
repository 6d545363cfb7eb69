import RecurrentTensors

/// What a search over what was said asks of a language: how well a symbol follows what stands before it, and whether it may.
///
/// A language model, a list of words, or both. States stand for what was said so far; the search asks for those of the texts that it keeps, all of a step at
/// once, so that a recurrent network can make one step of them side by side.
public protocol PrefixScorer: Sendable {
  /// What is known of a text so far.
  associatedtype State: Sendable

  /// The state before the first symbol.
  func start() -> State
  /// What is added to the logarithm of the likelihood of a text when `symbol` follows; nil: it may not.
  func score(of symbol: Int32, after state: State) -> Double?
  /// The states of texts with one symbol more, which `score(of:after:)` has allowed.
  func states(extending texts: [(state: State, symbol: Int32)]) -> [State]
  /// What is added when a text ends there; nil: it may not.
  func endScore(of state: State) -> Double?
}

/// Lets every text be as good as any other.
public struct FreeScorer: PrefixScorer {
  public init() {}
  public func start() {}
  public func score(of symbol: Int32, after state: Void) -> Double? { 0 }
  public func states(extending texts: [(state: Void, symbol: Int32)]) -> [Void] { texts.map { _ in } }
  public func endScore(of state: Void) -> Double? { 0 }
}

/// A symbol that was said, and when.
public struct SaidSymbol: Sendable, Equatable {
  /// The symbol.
  public var symbol: Int32
  /// The step at which it began, on the likeliest way of saying the text, from 0 on.
  public var step: Int

  /// A symbol that began at a step.
  public init(symbol: Int32, step: Int) { (self.symbol, self.step) = (symbol, step) }
}

/// A text that a search has found.
public struct SaidText: Sendable {
  /// Its symbols.
  public var symbols: [SaidSymbol]
  /// The logarithm of its likelihood, summed over the ways of saying it that were kept.
  public var logLikelihood: Double
  /// That, and what the scorer adds.
  public var score: Double
}

/// A text of the beam, and the logarithms of the likelihoods of saying it with a blank or its last symbol at the end.
private struct Path {
  var node: Int
  var blank = -Double.infinity
  var symbol = -Double.infinity
  /// When its symbols began, on the likeliest way of saying it; -1 before the first.
  var moment: Int
  /// How likely that way is, and whether it has just come to the last symbol: `moment` is then that of the one before.
  var likeliest = -Double.infinity
  var isNew = false

  var total: Double { logarithmOfSum(blank, symbol) }
}

/// When a symbol began, and the symbol before it.
private struct Moment {
  var step: Int
  var previous: Int
}

/// Finds the likeliest text of what a network with connectionist temporal classification says, step by step: a beam of texts, each of which
/// adds up all ways of saying it (Graves and Jaitly 2014, "Towards end-to-end speech recognition with recurrent neural networks", algorithm 1), ranked with
/// what a language adds (Hannun et al. 2014, "First-pass large vocabulary continuous speech recognition using bi-directional recurrent DNNs").
///
/// It holds a beam and no more of what it has read, so it serves a stream without end: `takeCertain()` hands over what all texts of the beam begin with.
///
/// ```swift
/// var search = CTCPrefixSearch(FreeScorer(), width: 16)
/// for step in logProbabilities { search.read(step) }
/// print(search.texts[0].symbols.map(\.symbol))
/// ```
public struct CTCPrefixSearch<Scorer: PrefixScorer>: Sendable {
  /// A text, as the last symbol of it and the text before.
  private struct Node {
    var parent: Int
    var symbol: Int32
    /// What the scorer adds to it.
    var score: Double
    /// Nil until the text has come into the beam.
    var state: Scorer.State?
  }

  /// What says which texts are good.
  public let scorer: Scorer
  /// Texts that are kept.
  public let width: Int
  /// The symbol for none.
  public let blank: Int32
  /// Symbols that are so many nats less likely than the likeliest of their step are passed over.
  public var threshold: Double

  /// Texts that were looked at; the first is what all others begin with.
  private var nodes: [Node]
  private var children: [Int: [Int32: Int]] = [:]
  private var moments: [Moment] = []
  private var paths: [Path]
  private var step = 0
  /// So many texts and moments are remembered before those of no use are forgotten.
  private var limit: Int

  /// A search before its first step.
  ///
  /// - Precondition: `width` is at least 1.
  public init(_ scorer: Scorer, width: Int, blank: Int32 = 0, threshold: Double = 10) {
    check(width >= 1, "CTCPrefixSearch: a width of \(width)")
    (self.scorer, self.width, self.blank, self.threshold) = (scorer, width, blank, threshold)
    nodes = [Node(parent: -1, symbol: blank, score: 0, state: scorer.start())]
    paths = [Path(node: 0, blank: 0, moment: -1)]
    limit = 64 * width + 1024
  }

  /// Reads the log-probabilities of the symbols of a step.
  public mutating func read(_ logProbabilities: some RandomAccessCollection<Float>) { read(Array(logProbabilities)) }

  private mutating func read(_ logProbabilities: [Float]) {
    let least = (logProbabilities.max() ?? 0) - Float(threshold)
    let likely = logProbabilities.indices.filter { $0 != Int(blank) && logProbabilities[$0] >= least }.map { Int32($0) }
    let ofBlank = Double(logProbabilities[Int(blank)])
    var next: [Path] = []
    next.reserveCapacity(paths.count * (1 + likely.count))
    var places: [Int: Int] = [:]
    /// The place among those to come of a text that a path leads to, as likely as that.
    func place(of node: Int, _ logLikelihood: Double, from path: Path, isNew: Bool = false) -> Int {
      let place = places[node] ?? next.count
      if place == next.count {
        places[node] = place
        next.append(Path(node: node, moment: -1))
      }
      if logLikelihood > next[place].likeliest {
        (next[place].likeliest, next[place].moment, next[place].isNew) = (logLikelihood, path.moment, isNew)
      }
      return place
    }
    for path in paths {
      let (total, last) = (path.total, nodes[path.node].symbol)
      let own = place(of: path.node, total + ofBlank, from: path)
      next[own].blank = logarithmOfSum(next[own].blank, total + ofBlank)
      if path.symbol > -.infinity {
        let again = path.symbol + Double(logProbabilities[Int(last)])
        let own = place(of: path.node, again, from: path)
        next[own].symbol = logarithmOfSum(next[own].symbol, again)
      }
      for symbol in likely {
        // A symbol twice in a row is one, unless a blank was between.
        let before = symbol == last ? path.blank : total
        guard before > -.infinity, let child = child(of: path.node, symbol) else { continue }
        let longer = before + Double(logProbabilities[Int(symbol)])
        let place = place(of: child, longer, from: path, isNew: true)
        next[place].symbol = logarithmOfSum(next[place].symbol, longer)
      }
    }
    // Of equals the text that was looked at first.
    let ranked = next.map { (path: $0, rank: $0.total + nodes[$0.node].score) }
      .sorted { $0.rank != $1.rank ? $0.rank > $1.rank : $0.path.node < $1.path.node }
    paths = ranked.prefix(width).map(\.path)
    for index in paths.indices where paths[index].isNew {
      moments.append(Moment(step: step, previous: paths[index].moment))
      (paths[index].moment, paths[index].isNew) = (moments.count - 1, false)
    }
    step += 1
    keepNumbersSmall()
    let new = paths.map(\.node).filter { nodes[$0].state == nil }
    let extended = new.compactMap { node in nodes[nodes[node].parent].state.map { (state: $0, symbol: nodes[node].symbol) } }
    for (node, state) in zip(new, scorer.states(extending: extended)) { nodes[node].state = state }
    if max(nodes.count, moments.count) > limit { forgetOthers() }
  }

  /// What was taken off the logarithms so far: over hours they would lose their digits.
  private var takenOff = 0.0

  private mutating func keepNumbersSmall() {
    guard let best = paths.first?.total, best < -1000 else { return }
    takenOff += best
    for index in paths.indices {
      paths[index].blank -= best
      paths[index].symbol -= best
    }
  }

  /// The text with one symbol more; nil where the scorer rules it out.
  private mutating func child(of node: Int, _ symbol: Int32) -> Int? {
    if let known = children[node]?[symbol] { return known }
    guard let state = nodes[node].state, let score = scorer.score(of: symbol, after: state) else { return nil }
    nodes.append(Node(parent: node, symbol: symbol, score: nodes[node].score + score, state: nil))
    children[node, default: [:]][symbol] = nodes.count - 1
    return nodes.count - 1
  }

  /// The texts of the beam as they would end here, the best first, without what `takeCertain()` has taken. Texts that may not end are left out, unless none may.
  public var texts: [SaidText] {
    func text(_ path: Path, _ end: Double) -> SaidText {
      let total = path.total + takenOff
      return SaidText(symbols: symbols(of: path), logLikelihood: total, score: total + nodes[path.node].score + end)
    }
    let ended = paths.compactMap { path in nodes[path.node].state.flatMap { scorer.endScore(of: $0) }.map { text(path, $0) } }
    let all = ended.isEmpty ? paths.map { text($0, 0) } : ended
    return all.enumerated().sorted { $0.element.score != $1.element.score ? $0.element.score > $1.element.score : $0.offset < $1.offset }.map(\.element)
  }

  private func symbols(of path: Path) -> [SaidSymbol] {
    var (found, node, moment): ([SaidSymbol], Int, Int) = ([], path.node, path.moment)
    while nodes[node].parent >= 0 {
      found.append(SaidSymbol(symbol: nodes[node].symbol, step: moments[moment].step))
      (node, moment) = (nodes[node].parent, moments[moment].previous)
    }
    found.reverse()
    // Those before were taken when another way of saying the text was the likeliest.
    for index in found.indices { found[index].step = max(found[index].step, lastTaken) }
    return found
  }

  /// The symbols of a text.
  private func length(of node: Int) -> Int {
    var (length, node) = (0, node)
    while nodes[node].parent >= 0 { (length, node) = (length + 1, nodes[node].parent) }
    return length
  }

  /// The symbols that no step to come can change, since all texts of the beam begin with them; they are not in `texts` any more.
  ///
  /// - Parameter delay: So many steps after a symbol of the best text began, it is certain: texts that differ there leave the beam. Two texts that differ long ago may else
  ///   both go on for ever, when nothing that is said later tells which is right.
  public mutating func takeCertain(after delay: Int? = nil) -> [SaidSymbol] {
    guard let best = paths.first else { return [] }
    if let delay {
      let settled = symbols(of: best).prefix { $0.step + delay < step }.count
      let node = (settled..<length(of: best.node)).reduce(best.node) { node, _ in nodes[node].parent }
      paths = paths.filter { isText(node, theBeginningOf: $0.node) }
    }
    let common = commonNode
    let count = length(of: common)
    if count == 0 { return [] }
    let taken = Array(symbols(of: best).prefix(count))
    lastTaken = taken[count - 1].step
    forgetOthers(root: common)
    return taken
  }

  /// When the last symbol that was taken began: what follows did not begin before it.
  private var lastTaken = 0

  private func isText(_ node: Int, theBeginningOf other: Int) -> Bool {
    var other = other
    while other > node { other = nodes[other].parent }
    return other == node
  }

  /// The longest text that all of the beam begin with.
  private var commonNode: Int {
    // Nodes stand behind their parents: of two the later one is not an ancestor of the other.
    paths.dropFirst().reduce(paths.first?.node ?? 0) { common, path in
      var (one, other) = (common, path.node)
      while one != other { if one > other { one = nodes[one].parent } else { other = nodes[other].parent } }
      return one
    }
  }

  /// Forgets texts that none of the beam begins with, and what stands before `root`.
  private mutating func forgetOthers(root: Int = 0) {
    let taken = length(of: root)
    var kept: [Moment] = []
    var newPlaces: [Int: Int] = [:]
    for index in paths.indices {
      var chain: [Int] = []
      var moment = paths[index].moment
      for _ in 0..<length(of: paths[index].node) - taken {
        chain.append(moment)
        moment = moments[moment].previous
      }
      var previous = -1
      for old in chain.reversed() {
        if newPlaces[old] == nil {
          newPlaces[old] = kept.count
          kept.append(Moment(step: moments[old].step, previous: previous))
        }
        previous = newPlaces[old] ?? -1
      }
      paths[index].moment = previous
    }
    moments = kept
    forgetNodes(root)
    limit = max(64 * width + 1024, 2 * max(nodes.count, moments.count))
  }

  private mutating func forgetNodes(_ root: Int) {
    var isKept = [Bool](repeating: false, count: nodes.count)
    isKept[root] = true
    for path in paths {
      var node = path.node
      while !isKept[node] {
        isKept[node] = true
        node = nodes[node].parent
      }
    }
    var places = [Int](repeating: -1, count: nodes.count)
    var kept: [Node] = []
    children = [:]
    for index in nodes.indices where isKept[index] {
      places[index] = kept.count
      kept.append(nodes[index])
      if index == root {
        kept[0].parent = -1
      } else {
        let parent = places[nodes[index].parent]
        kept[kept.count - 1].parent = parent
        children[parent, default: [:]][nodes[index].symbol] = kept.count - 1
      }
    }
    nodes = kept
    for index in paths.indices { paths[index].node = places[paths[index].node] }
    // A text comes back into the beam by the one that it extends, whose state will make its own again.
    let living = Set(paths.map(\.node))
    for index in nodes.indices where !living.contains(index) { nodes[index].state = nil }
  }
}

/// The logarithm of the sum of the numbers that these are logarithms of.
private func logarithmOfSum(_ a: Double, _ b: Double) -> Double {
  let larger = max(a, b)
  return min(a, b) == -.infinity ? larger : larger + logarithm(of: 1 + exponential(of: min(a, b) - larger))
}
