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
  /// The step at which it was likeliest to begin, from 0 on.
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
    var said: SaidSymbol
    /// The logarithm of the likelihood with which it was best reached.
    var arrival: Double
    /// What the scorer adds to it.
    var score: Double
    /// Nil until the text has come into the beam.
    var state: Scorer.State?
  }

  /// A text of the beam, and the logarithms of the likelihoods of saying it with a blank or its last symbol at the end.
  private struct Path {
    var node: Int
    var blank = -Double.infinity
    var symbol = -Double.infinity

    var total: Double { logarithmOfSum(blank, symbol) }
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
  private var paths: [Path]
  private var step = 0

  /// A search before its first step.
  ///
  /// - Precondition: `width` is at least 1.
  public init(_ scorer: Scorer, width: Int, blank: Int32 = 0, threshold: Double = 14) {
    check(width >= 1, "CTCPrefixSearch: a width of \(width)")
    (self.scorer, self.width, self.blank, self.threshold) = (scorer, width, blank, threshold)
    nodes = [Node(parent: -1, said: SaidSymbol(symbol: blank, step: 0), arrival: 0, score: 0, state: scorer.start())]
    paths = [Path(node: 0, blank: 0)]
  }

  /// Reads the log-probabilities of the symbols of a step.
  public mutating func read(_ logProbabilities: some RandomAccessCollection<Float>) {
    let logProbabilities = Array(logProbabilities)
    let least = (logProbabilities.max() ?? 0) - Float(threshold)
    let likely = logProbabilities.indices.filter { $0 != Int(blank) && logProbabilities[$0] >= least }.map { Int32($0) }
    let ofBlank = Double(logProbabilities[Int(blank)])
    var next: [Path] = []
    var places: [Int: Int] = [:]
    func add(to node: Int, _ logLikelihood: Double, _ end: WritableKeyPath<Path, Double>) {
      let place = places[node] ?? next.count
      if place == next.count {
        places[node] = place
        next.append(Path(node: node))
      }
      next[place][keyPath: end] = logarithmOfSum(next[place][keyPath: end], logLikelihood)
    }
    for path in paths {
      let (total, last) = (path.total, nodes[path.node].said.symbol)
      add(to: path.node, total + ofBlank, \.blank)
      if path.symbol > -.infinity { add(to: path.node, path.symbol + Double(logProbabilities[Int(last)]), \.symbol) }
      for symbol in likely {
        // A symbol twice in a row is one, unless a blank was between.
        let before = symbol == last ? path.blank : total
        guard before > -.infinity, let child = child(of: path.node, symbol) else { continue }
        let arrival = before + Double(logProbabilities[Int(symbol)])
        add(to: child, arrival, \.symbol)
        if arrival > nodes[child].arrival { (nodes[child].arrival, nodes[child].said.step) = (arrival, step) }
      }
    }
    step += 1
    // Of equals the text that was looked at first.
    let ranked = next.map { (path: $0, rank: $0.total + nodes[$0.node].score) }
      .sorted { $0.rank != $1.rank ? $0.rank > $1.rank : $0.path.node < $1.path.node }
    paths = ranked.prefix(width).map(\.path)
    keepNumbersSmall()
    let new = paths.map(\.node).filter { nodes[$0].state == nil }
    let extended = new.compactMap { node in nodes[nodes[node].parent].state.map { (state: $0, symbol: nodes[node].said.symbol) } }
    for (node, state) in zip(new, scorer.states(extending: extended)) { nodes[node].state = state }
    if nodes.count > 64 * width + 1024 { forgetOthers() }
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
    for index in nodes.indices { nodes[index].arrival -= best }
  }

  /// The text with one symbol more; nil where the scorer rules it out.
  private mutating func child(of node: Int, _ symbol: Int32) -> Int? {
    if let known = children[node]?[symbol] { return known }
    guard let state = nodes[node].state, let score = scorer.score(of: symbol, after: state) else { return nil }
    nodes.append(
      Node(parent: node, said: SaidSymbol(symbol: symbol, step: step), arrival: -.infinity, score: nodes[node].score + score, state: nil))
    children[node, default: [:]][symbol] = nodes.count - 1
    return nodes.count - 1
  }

  /// The texts of the beam as they would end here, the best first, without what `takeCertain()` has taken. Texts that may not end are left out, unless none may.
  public var texts: [SaidText] {
    func text(_ path: Path, _ end: Double) -> SaidText {
      let total = path.total + takenOff
      return SaidText(symbols: symbols(to: path.node), logLikelihood: total, score: total + nodes[path.node].score + end)
    }
    let ended = paths.compactMap { path in nodes[path.node].state.flatMap { scorer.endScore(of: $0) }.map { text(path, $0) } }
    let all = ended.isEmpty ? paths.map { text($0, 0) } : ended
    return all.enumerated().sorted { $0.element.score != $1.element.score ? $0.element.score > $1.element.score : $0.offset < $1.offset }.map(\.element)
  }

  private func symbols(to node: Int) -> [SaidSymbol] {
    var (found, node): ([SaidSymbol], Int) = ([], node)
    while nodes[node].parent >= 0 {
      found.append(nodes[node].said)
      node = nodes[node].parent
    }
    return found.reversed()
  }

  /// The symbols that no step to come can change, since all texts of the beam begin with them; they are not in `texts` any more.
  public mutating func takeCertain() -> [SaidSymbol] {
    let common = commonNode
    let taken = symbols(to: common)
    if !taken.isEmpty { forgetOthers(root: common) }
    return taken
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

  /// Forgets texts that none of the beam begins with.
  private mutating func forgetOthers(root: Int = 0) {
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
        children[parent, default: [:]][nodes[index].said.symbol] = kept.count - 1
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
  return larger == -.infinity ? larger : larger + logarithm(of: 1 + exponential(of: min(a, b) - larger))
}
