import Foundation
import Testing

@testable import RecurrentData

struct SplitsTests {
  private let fractions = SplitFractions(train: 0.6, validation: 0.2, test: 0.2)

  /// Each index once, in order within its part.
  private func expectPartition(_ parts: [DataPart: [Int]], _ count: Int) {
    #expect(parts.values.flatMap(\.self).sorted() == Array(0..<count))
    #expect(parts.values.allSatisfy { $0 == $0.sorted() })
  }

  @Test func randomPartsHaveTheirSizesAndDependOnTheSeed() {
    let parts = Splits.random(count: 101, fractions: fractions, seed: 1)
    expectPartition(parts, 101)
    #expect(DataPart.allCases.map { parts[$0]!.count } == [60, 20, 21])
    #expect(parts == Splits.random(count: 101, fractions: fractions, seed: 1))
    #expect(parts != Splits.random(count: 101, fractions: fractions, seed: 2))
    // A change of the shuffle would change every published split.
    #expect(Splits.random(count: 10, fractions: fractions, seed: 7) == [.train: [0, 1, 2, 3, 6, 8], .validation: [4, 9], .test: [5, 7]])
  }

  @Test func stratifiedPartsHaveEveryClassInProportion() {
    let classes = (0..<200).map { $0 < 150 ? 0 : $0 < 190 ? 1 : 2 }
    let parts = Splits.stratified(classes: classes, fractions: fractions, seed: 3)
    expectPartition(parts, 200)
    #expect(DataPart.allCases.map { parts[$0]!.count } == [120, 40, 40])
    for (part, share) in [(DataPart.train, 0.6), (.validation, 0.2), (.test, 0.2)] {
      for (value, size) in [(0, 150.0), (1, 40), (2, 10)] {
        #expect(abs(Double(parts[part]!.count { classes[$0] == value }) - share * size) <= 1, "\(part) \(value)")
      }
    }
    #expect(parts != Splits.stratified(classes: classes, fractions: fractions, seed: 4))
  }

  @Test func groupsStayWhole() {
    let groups = (0..<300).map { "g\($0 * $0 % 37)" }
    let parts = Splits.grouped(groups, fractions: fractions, seed: 5)
    expectPartition(parts, 300)
    let names = parts.mapValues { Set($0.map { groups[$0] }) }
    #expect(names[.train]!.isDisjoint(with: names[.test]!) && names[.train]!.isDisjoint(with: names[.validation]!))
    #expect(names[.validation]!.isDisjoint(with: names[.test]!))
    for (part, share) in [(DataPart.train, 0.6), (.validation, 0.2), (.test, 0.2)] {
      #expect(abs(Double(parts[part]!.count) - share * 300) <= 20, "\(part): \(parts[part]!.count)")
    }
    #expect(parts == Splits.grouped(groups, fractions: fractions, seed: 5))
    let some = Splits.grouped(groups, fractions: SplitFractions(train: 0.3, validation: 0, test: 0.2), seed: 5)
    #expect(some[.validation] == [] && abs(some.values.reduce(0) { $0 + $1.count } - 150) <= 20)
  }

  // MARK: By content

  private static func hash(_ text: String) -> ContentHash {
    var hasher = ContentHasher()
    hasher.add(text)
    return hasher.hash
  }

  private static func contents(_ range: Range<Int>) -> [ContentHash] { range.map { hash("example \($0)") } }

  /// The part of each content.
  private func homes(_ contents: [ContentHash], _ parts: [DataPart: [Int]]) -> [ContentHash: DataPart] {
    Dictionary(parts.flatMap { part, indices in indices.map { (contents[$0], part) } }) { first, _ in first }
  }

  @Test func hashesAreThoseThatModelFilesHold() {
    #expect(Self.hash("A film.") == Self.hash(" A \n film.\t") && Self.hash("é") == Self.hash("e\u{301}") && Self.hash("a b") != Self.hash("ab"))
    #expect(Self.hash("") != Self.hash(" a") && Self.hash("12345678") != Self.hash("123456789"))
    #expect(String(Self.hash("A film to fall asleep in.").bits, radix: 16) == "2b2b3ef825ab3e0e")
    func hash(_ numbers: [Double]) -> ContentHash {
      var hasher = ContentHasher()
      for number in numbers { hasher.add(number) }
      return hasher.hash
    }
    #expect(hash([0, .nan]) == hash([-0.0, -.nan]) && hash([1, 2]) != hash([2, 1]) && hash([1, 2]) != hash([-1, -2]))
    #expect(String(hash([1, 2.5]).bits, radix: 16) == "a8086f01f659845")
  }

  /// Others come, go and change places: nobody moves.
  @Test func anExampleStaysInItsPart() {
    let contents = Self.contents(0..<200)
    let parts = Splits.byContent(contents, fractions: fractions, seed: 0)
    expectPartition(parts, 200)
    for (part, share) in [(DataPart.train, 0.6), (.validation, 0.2), (.test, 0.2)] {
      #expect(abs(Double(parts[part]!.count) - 200 * share) < 21, "\(part): \(parts[part]!.count)")
    }
    let homes = homes(contents, parts)
    for other in [Self.contents(0..<201), Array(contents.reversed()), Array(contents.dropFirst(3)), Self.contents(0..<1000)] {
      for (content, part) in self.homes(other, Splits.byContent(other, fractions: fractions, seed: 0)) where homes[content] != nil {
        #expect(homes[content] == part)
      }
    }
    #expect(parts != Splits.byContent(contents, fractions: fractions, seed: 1))
    let some = Splits.byContent(contents, fractions: SplitFractions(train: 0.3, validation: 0, test: 0.2), seed: 0)
    #expect(some[.validation] == [] && some[.test] == parts[.test] && Set(some[.train]!).isSubset(of: parts[.train]!))
    #expect(abs(some[.train]!.count - 60) < 21)
  }

  @Test func equalExamplesAreInOnePart() {
    let contents = (0..<300).map { Self.hash("example \($0 % 150)") }
    let parts = Splits.byContent(contents, fractions: fractions, seed: 0)
    expectPartition(parts, 300)
    let sets = parts.mapValues { Set($0.map { contents[$0] }) }
    #expect(sets[.train]!.isDisjoint(with: sets[.test]!) && sets[.train]!.isDisjoint(with: sets[.validation]!))
    for fold in Splits.foldsByContent(contents, folds: 5, seed: 0) {
      #expect(Set(fold.test.map { contents[$0] }).isDisjoint(with: fold.training.map { contents[$0] }))
    }
  }

  /// As soon as there are three different ones, each part has one; and as they become more, none leaves training for another part.
  @Test func smallDataHaveAllParts() {
    for first in stride(from: 0, to: 4000, by: 40) {
      let fractions = SplitFractions(train: 0.8, validation: 0.1, test: 0.1)
      var before: [ContentHash: DataPart] = [:]
      for count in 1...40 {
        let contents = Self.contents(first..<first + count)
        let parts = Splits.byContent(contents, fractions: fractions, seed: 0)
        #expect(parts.values.count { !$0.isEmpty } == min(3, count) && !parts[.train]!.isEmpty)
        let homes = homes(contents, parts)
        // With one or two, and where all three lie in a stretch of 0.2, those that come make room.
        if count > 8 { for (content, part) in before where part == .train { #expect(homes[content] == .train) } }
        before = homes
      }
    }
  }

  @Test func whatIsTrainedOnHasEveryClass() {
    let contents = Self.contents(0..<200)
    let classes = contents.indices.map { $0 < 60 ? $0 : 60 }
    let parts = Splits.byContent(contents, fractions: fractions, seed: 0)
    #expect(Set(parts[.train]!.map { classes[$0] }).count < 61)
    let taught = Splits.teachingAll(classes.map { ["\($0)"] }, in: parts).parts
    expectPartition(taught, 200)
    #expect(Set(taught[.train]!.map { classes[$0] }) == Set(0...60))
    // Equal ones go along.
    let both = Splits.teachingAll([["a"], ["b"], ["b"], ["b"]], in: [.train: [0], .test: [1, 2, 3]], contents: [0, 1, 2, 1].map { contents[$0] })
    #expect(both.parts == [.train: [0, 1, 3], .test: [2]])
  }

  @Test func foldsFollowFromContent() {
    // ECG5000's training classes.
    let classes = [292, 177, 10, 19, 2].enumerated().flatMap { Array(repeating: $0, count: $1) }
    let contents = Self.contents(0..<500)
    let folds = Splits.foldsByContent(contents, folds: 5, seed: 0, classes: classes)
    #expect(folds.flatMap(\.test).sorted() == Array(0..<500))
    #expect(folds.allSatisfy { abs($0.test.count - 100) < 30 && $0.training.count + $0.test.count == 500 })
    #expect(folds.allSatisfy { fold in Set(fold.training.map { classes[$0] }).count == 5 })
    let more = Splits.foldsByContent(Self.contents(0..<501), folds: 5, seed: 0, classes: classes + [0])
    for (old, new) in zip(folds, more) { #expect(new.test.filter { $0 < 500 } == old.test) }
    #expect(Splits.foldsByContent(Self.contents(0..<6), folds: 6, seed: 0).allSatisfy { $0.test.count == 1 })
    // Three persons in three folds: each is one.
    let groups = (0..<90).map { Self.hash("person \($0 % 3)") }
    #expect(Splits.foldsByContent(groups, folds: 3, seed: 0, isEven: true).allSatisfy { $0.test.count == 30 })
  }

  /// What is held out has been taught: one example of a label that the training part would lack goes over, and nothing else changes.
  @Test func everyLabelIsTaught() {
    let labels = ["a", "b", "a", "b", "c", "a", "d", "d"].map { [$0] }
    let parts: [DataPart: [Int]] = [.train: [0, 1], .validation: [2, 6, 7], .test: [3, 4, 5]]
    let taught = Splits.teachingAll(labels, in: parts)
    #expect(taught.parts == [.train: [0, 1, 4, 6], .validation: [2, 7], .test: [3, 5]] && taught.labels == ["c", "d"])
    let again = Splits.teachingAll(labels, in: taught.parts)
    #expect(again.parts == taught.parts && again.labels.isEmpty)
    // Labels of steps: the first example brings two that are new, and the second then none.
    let steps = Splits.teachingAll([["x"], ["x", "y", "z"], ["z"]], in: [.train: [0], .test: [1, 2]])
    #expect(steps.parts == [.train: [0, 1], .test: [2]] && steps.labels == ["y", "z"])
    // A share so small that it has nothing.
    #expect(Splits.teachingAll([["a"], ["b"], ["a"]], in: [.train: [], .test: [0, 1, 2]]).parts == [.train: [0, 1], .test: [2]])
    #expect(
      Splits.note(onMoved: ["c", "d"], example: "series", path: "f")
        == ["f: no series with the labels \"c\", \"d\" was left to train on: one of each is trained on and not held out"])
  }

  @Test func timeIsNotShuffled() {
    #expect(
      Splits.consecutive(count: 10, fractions: fractions) == [.train: 0..<6, .validation: 6..<8, .test: 8..<10])
  }

  @Test func filesByTheirNames() throws {
    func parts(_ names: [String]) throws -> String {
      try withDirectory(Dictionary(uniqueKeysWithValues: names.map { ($0, [65]) })) { directory in
        do {
          let files = try Splits.files(in: directory, extensions: ["tsv", "csv"])
          return DataPart.allCases.map { files[$0]?.lastPathComponent ?? "-" }.joined(separator: " ")
        } catch { return "\(error)".replacing(directory.path, with: "DIR") }
      }
    }
    #expect(try parts(["train.tsv.gz", "test.tsv.gz", "train.txt", "README"]) == "train.tsv.gz - test.tsv.gz")
    #expect(try parts(["a_train.csv", "a_dev.csv", "contest.csv"]) == "a_train.csv a_dev.csv -")
    #expect(try parts(["x.csv"]) == "DIR: no file to train on: expected train.tsv, found x.csv")
    #expect(try parts([]) == "DIR: no file to train on: expected train.tsv, found nothing")
    #expect(
      try parts(["train.tsv", "train.csv"]) == "DIR: more than one train file: train.csv, train.tsv; leave one")
  }

  @Test func foldsTestEachExampleOnce() {
    let folds = Splits.folds(count: 23, folds: 5, seed: 1)
    #expect(folds.flatMap(\.test).sorted() == Array(0..<23))
    #expect(folds.map(\.test.count) == [5, 5, 5, 4, 4])
    #expect(folds.allSatisfy { Set($0.training).isDisjoint(with: $0.test) && $0.training.count + $0.test.count == 23 })
    #expect(folds != Splits.folds(count: 23, folds: 5, seed: 2))
  }

  @Test func stratifiedFoldsHaveEveryClassInProportion() {
    // ECG5000's training classes.
    let classes = [292, 177, 10, 19, 2].enumerated().flatMap { Array(repeating: $0, count: $1) }
    let folds = Splits.stratifiedFolds(classes: classes, folds: 5, seed: 1)
    #expect(folds.flatMap(\.test).sorted() == Array(0..<500))
    #expect(folds.allSatisfy { $0.test.count == 100 })
    for value in 0..<5 {
      let counts = folds.map { fold in fold.test.count { classes[$0] == value } }
      #expect(counts.max()! - counts.min()! <= 1, "class \(value): \(counts)")
    }
  }
}
