import RecurrentTensors

/// Which examples are for training, validation and test: pure functions of their arguments, so that anybody can repeat a split.
///
/// Indices are from 0 to below the count. Each is in one part at most, and parts keep the order of the data. ``byContent(_:fractions:seed:)``
/// and ``foldsByContent(_:folds:seed:classes:isEven:)`` deal by what the examples are; `random`, `stratified`, `grouped`, `folds` and
/// `stratifiedFolds` by their places among all: with one example more, most move.
public enum Splits {
  /// Parts of the given sizes, drawn at random.
  ///
  /// - Parameters:
  ///   - count: How many examples there are.
  ///   - fractions: The shares, rounded as for a text: the training part has `Int(train * count)`.
  ///   - seed: The same seed gives the same split.
  public static func random(count: Int, fractions: SplitFractions, seed: UInt64) -> [DataPart: [Int]] {
    checkFractions(fractions)
    let order = permutation(count, seed: seed)
    return fractions.ranges(count: count).mapValues { order[$0].sorted() }
  }

  /// Parts of the given sizes, drawn at random within each class, so that each part has every class in the same proportion (but for
  /// rounding).
  ///
  /// - Parameter classes: The class of each example.
  public static func stratified(classes: [Int], fractions: SplitFractions, seed: UInt64) -> [DataPart: [Int]] {
    checkFractions(fractions)
    // Spreading the shuffled members of each class evenly over one line, and cutting that, keeps the sizes of the parts exact.
    let order = interleaved(classes, seed: seed)
    return fractions.ranges(count: classes.count).mapValues { order[$0].sorted() }
  }

  /// Parts of about the given sizes that keep groups whole: no person or place is in two of them.
  ///
  /// Groups are drawn in random order; each goes to the part that is furthest behind its share.
  ///
  /// - Parameter groups: What each example belongs to.
  public static func grouped(_ groups: [String], fractions: SplitFractions, seed: UInt64) -> [DataPart: [Int]] {
    checkFractions(fractions)
    var members: [String: [Int]] = [:]
    var names: [String] = []
    for (index, group) in groups.enumerated() {
      if members[group] == nil { names.append(group) }
      members[group, default: []].append(index)
    }
    var parts: [DataPart: [Int]] = [.train: [], .validation: [], .test: []]
    let rest = max(0, 1 - fractions.train - fractions.validation - fractions.test)
    var unused = 0
    for name in permutation(names.count, seed: seed).map({ names[$0] }) {
      let group = members[name]!
      func lack(_ share: Double, _ size: Int) -> Double { share * Double(groups.count) - Double(size) }
      // The first of equals, so that the order of a dictionary does not matter.
      var best: DataPart?
      var bestLack = rest > 1e-9 ? lack(rest, unused) : -Double.infinity
      for part in DataPart.allCases where fractions[part] > 0 && lack(fractions[part], parts[part]!.count) > bestLack {
        best = part
        bestLack = lack(fractions[part], parts[part]!.count)
      }
      if let best { parts[best]! += group } else { unused += group.count }
    }
    return parts.mapValues { $0.sorted() }
  }

  /// Parts in which the training part has every label: of one that only others have, their first example goes over to it, since nobody can
  /// measure what was not taught. Parts that are well already stay as they are.
  ///
  /// - Parameters:
  ///   - labels: The labels of each example: one, or those of its steps.
  ///   - contents: What each example is known by; equal ones go along.
  /// - Returns: the parts, and the labels for which an example went over, sorted.
  public static func teachingAll(
    _ labels: [[String]], in parts: [DataPart: [Int]], contents: [ContentHash]? = nil
  ) -> (parts: [DataPart: [Int]], labels: [String]) {
    var parts = parts
    var taught = Set((parts[.train] ?? []).flatMap { labels[$0] })
    var missing: [String] = []
    for index in ((parts[.validation] ?? []) + (parts[.test] ?? [])).sorted() {
      let new = Set(labels[index]).subtracting(taught)
      if new.isEmpty { continue }
      missing += new
      taught.formUnion(new)
      func goes(_ other: Int) -> Bool { other == index || contents.map { $0[other] == $0[index] } ?? false }
      for part in [DataPart.validation, .test] {
        parts[.train, default: []] += parts[part]?.filter(goes) ?? []
        parts[part]?.removeAll(where: goes)
      }
      parts[.train]?.sort()
    }
    return (parts, missing.sorted())
  }

  /// What people are told where ``teachingAll(_:in:contents:)`` has moved something: the labels, and the noun for an example.
  public static func note(onMoved labels: [String], example: String, path: String) -> [String] {
    if labels.isEmpty { return [] }
    let (plural, each) = labels.count == 1 ? ("", "") : ("s", " of each")
    return ["\(path): no \(example) with the label\(plural) \(listed(labels.map(quoted))) was left to train on: one\(each) is trained on and not held out"]
  }

  /// Consecutive parts, training first and test last, without shuffling: what comes later in time is never trained on.
  public static func consecutive(count: Int, fractions: SplitFractions) -> [DataPart: Range<Int>] {
    checkFractions(fractions)
    return fractions.ranges(count: count)
  }

  /// One round of a cross-validation.
  public struct Fold: Sendable, Hashable {
    /// What is trained on.
    public let training: [Int]
    /// What is tested on.
    public let test: [Int]
  }

  /// k-fold cross-validation: each example is tested on in one fold and trained on in all others. Sizes of tests differ by one at most.
  ///
  /// - Parameters:
  ///   - count: How many examples there are.
  ///   - folds: k, from 2 to `count`.
  ///   - seed: The same seed gives the same folds.
  public static func folds(count: Int, folds: Int, seed: UInt64) -> [Fold] {
    deal(permutation(count, seed: seed), folds)
  }

  /// k-fold cross-validation whose tests have every class in the same proportion (but for rounding: a class with fewer members than folds
  /// is missing from some).
  ///
  /// - Parameter classes: The class of each example.
  public static func stratifiedFolds(classes: [Int], folds: Int, seed: UInt64) -> [Fold] {
    var members: [[Int]] = Array(repeating: [], count: (classes.max() ?? -1) + 1)
    for index in permutation(classes.count, seed: seed) { members[classes[index]].append(index) }
    return deal(members.flatMap(\.self), folds)
  }

  /// Deals cards round the table.
  private static func deal(_ order: [Int], _ folds: Int) -> [Fold] {
    check((2...max(2, order.count)).contains(folds), "Splits: \(folds) folds of \(order.count) examples")
    return (0..<folds).map { fold in
      let test = stride(from: fold, to: order.count, by: folds).map { order[$0] }.sorted()
      let isTest = Set(test)
      return Fold(training: order.indices.filter { !isTest.contains($0) }, test: test)
    }
  }

  /// All indices such that each stretch has every class in proportion: the j-th of a class of n stands at the place (j + 1/2) / n.
  private static func interleaved(_ classes: [Int], seed: UInt64) -> [Int] {
    var sizes: [Int: Int] = [:]
    for value in classes { sizes[value, default: 0] += 1 }
    var seen: [Int: Int] = [:]
    var generator = RandomGenerator(seed: seed).split("ties")
    let placed = permutation(classes.count, seed: seed).map { index in
      let position = seen[classes[index], default: 0]
      seen[classes[index]] = position + 1
      return (place: (Double(position) + 0.5) / Double(sizes[classes[index]]!), tie: generator.next(), index: index)
    }
    return placed.sorted { ($0.place, $0.tie) < ($1.place, $1.tie) }.map(\.index)
  }

  /// A random order (Fisher and Yates). The standard library promises no order for a generator, so its shuffle could change a split.
  private static func permutation(_ count: Int, seed: UInt64) -> [Int] {
    var generator = RandomGenerator(seed: seed)
    return permutation(count, using: &generator)
  }

  /// A random order drawn from a generator.
  static func permutation(_ count: Int, using generator: inout RandomGenerator) -> [Int] {
    var order = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(last, Int(generator.next().multipliedFullWidth(by: UInt64(last + 1)).high))
    }
    return order
  }

  static func checkFractions(_ fractions: SplitFractions) {
    check(fractions.areValid, "Splits: \(fractions) are not three shares from 0 to 1 whose sum is at most 1")
  }
}
