import RecurrentTensors

extension Splits {
  /// Parts of about the given sizes, dealt by what the examples are: the part of an example follows from its own content and the seed, so that
  /// it stays where it is when others come, go or change places, and equal ones are in one part.
  ///
  /// The hash of an example says where it stands on a line, of which each part has a stretch as long as its share: sizes are the shares but
  /// for chance (of 200 examples and a share of 0.3: 60, give or take 6). A part without an example gets the one that stands nearest, where
  /// there are enough different ones: training first, then validation. Others that come never take an example from training then, since a
  /// part has one or more of its own.
  public static func byContent(_ contents: [ContentHash], fractions: SplitFractions, seed: UInt64) -> [DataPart: [Int]] {
    checkFractions(fractions)
    let places = contents.map { $0.place(seed: seed) }
    let line = Set(places).sorted()
    let isWhole = fractions.train + fractions.validation + fractions.test > 1 - 1e-9
    let (first, second) = (fractions.test, fractions.test + fractions.validation)
    func count(below end: Double) -> Int { line.count { Double($0) * 0x1p-64 < end } }
    let needed = [DataPart.train, .validation, .test].filter { fractions[$0] > 0 }.prefix(line.count)
    func least(_ part: DataPart) -> Int { needed.contains(part) ? 1 : 0 }
    let firstEnd = min(max(count(below: first), least(.test)), line.count - least(.validation) - least(.train))
    let secondEnd = min(max(count(below: second), firstEnd + least(.validation)), line.count - least(.train))
    let thirdStart = isWhole ? secondEnd : min(max(count(below: 1 - fractions.train), secondEnd), line.count - least(.train))
    var parts: [UInt64: DataPart] = [:]
    for place in line[..<firstEnd] { parts[place] = .test }
    for place in line[firstEnd..<secondEnd] { parts[place] = .validation }
    for place in line[thirdStart...] { parts[place] = .train }
    var dealt: [DataPart: [Int]] = [.train: [], .validation: [], .test: []]
    for (index, place) in places.enumerated() { if let part = parts[place] { dealt[part]!.append(index) } }
    return dealt
  }

  /// k-fold cross-validation dealt by what the examples are: each is tested on in one fold, which follows from its own content and the seed,
  /// and equal ones are in one. Sizes are equal but for chance.
  ///
  /// - Parameters:
  ///   - folds: k, from 2 to the number of different examples.
  ///   - classes: The class of each example: one with several different examples is in several folds, so that it can be learned in each.
  ///   - isEven: Whether folds are to have the same number of different contents, but for one: for few groups, such as persons. Some move then
  ///     when others come.
  public static func foldsByContent(
    _ contents: [ContentHash], folds: Int, seed: UInt64, classes: [Int]? = nil, isEven: Bool = false
  ) -> [Fold] {
    let places = contents.map { $0.place(seed: seed) }
    let line = Set(places).sorted()
    check((2...max(2, line.count)).contains(folds), "Splits: \(folds) folds of \(line.count) different examples")
    var own: [UInt64: Int] = [:]
    for (place, kind) in zip(places, classes ?? places.map { _ in 0 }) { own[place] = min(own[place] ?? kind, kind) }
    var sizes: [Int: Int] = [:]
    for kind in own.values { sizes[kind, default: 0] += 1 }
    var loads: [Int: [Int]] = [:]
    var members: [[UInt64]] = Array(repeating: [], count: folds)
    for place in line {
      let kind = own[place]!
      let limit = isEven ? (sizes[kind]! + folds - 1) / folds : max(1, sizes[kind]! - 1)
      var fold = Int(place.multipliedFullWidth(by: UInt64(folds)).high)
      while loads[kind, default: Array(repeating: 0, count: folds)][fold] >= limit { fold = (fold + 1) % folds }
      loads[kind, default: Array(repeating: 0, count: folds)][fold] += 1
      members[fold].append(place)
    }
    while let empty = members.firstIndex(where: \.isEmpty), let fullest = members.indices.max(by: { members[$0].count < members[$1].count }) {
      members[empty].append(members[fullest].removeLast())
    }
    return members.map { members in
      let isTest = Set(members)
      return Fold(
        training: places.indices.filter { !isTest.contains(places[$0]) }, test: places.indices.filter { isTest.contains(places[$0]) })
    }
  }
}
