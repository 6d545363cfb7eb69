import Foundation
import RecurrentData
import RecurrentTensors
import Testing

@testable import RecurrentTasks

struct BaselineClassifierTests {
  @Test func theMajority() {
    let majority = MajorityClass(classes: [2, 1, 1, 2, 0])
    #expect(majority.prediction == 1 && majority.share == 0.4)
  }

  @Test func wordsOfATextInAnyScript() {
    #expect(
      BagOfWords.words(of: "It's 3-D, \u{C9}T\u{C9}!Na\u{EF}ve\u{2019} \u{41F}\u{440}\u{438}\u{432}\u{435}\u{442}\n")
        == ["it's", "3", "d", "\u{E9}t\u{E9}", "na\u{EF}ve", "\u{43F}\u{440}\u{438}\u{432}\u{435}\u{442}"])
    #expect(BagOfWords.words(of: " ...") == [])
  }

  /// Three texts. "a" is in all, "b" and the pair "a b" in two, everything else in one, which is too few.
  @Test func featuresByHand() {
    let bag = BagOfWords(texts: ["a b a", "A, b!", "c a"])
    #expect(bag.count == 3)
    let rows = bag.rows(of: ["a b b", "x", "c a x b"])
    #expect(rows.count == 3)
    let (a, b) = (1.0, log(4.0 / 3) + 1)  // inverse document frequencies
    let length = (a * a + 2 * b * b).squareRoot()
    let first = Dictionary(uniqueKeysWithValues: rows.range(0).map { (rows.columns[$0], Double(rows.values[$0])) })
    #expect(first.count == 3)
    #expect(first.values.sorted().elementsEqual([a / length, b / length, b / length]) { abs($0 - $1) < 1e-6 })
    #expect(rows.range(1).isEmpty)
    #expect(rows.range(2).count == 2, "a and b, which do not stand side by side")
  }

  /// At the minimum the gradient of the definition, by central differences, is zero: for two classes (one column kept) and three.
  @Test(arguments: [2, 3]) func regressionIsAtItsMinimum(classCount: Int) {
    var generator = RandomGenerator(seed: 4)
    var rows = SparseRows()
    var classes: [Int] = []
    for _ in 0..<60 {
      let values = (0..<4).map { _ in Float(generator.normal()) }
      rows.append(values.enumerated().map { (Int32($0), $1) }.filter { $0.0 != 1 || generator.uniform() < 0.5 })
      classes.append(Int(generator.uniform() * Double(classCount)))
    }
    let penalty = 0.05
    var solver = LimitedMemoryBFGS()
    solver.tolerance = 1e-18
    let model = LogisticRegression(
      rows: rows, featureCount: 4, classes: classes, classCount: classCount, penalty: penalty, solver: solver)
    let columns = model.weights.count / 5
    // The full matrix, [features + bias, classes].
    var full: [Double] = []
    for feature in 0..<5 {
      for index in 0..<classCount {
        let sign: Double = index == 0 ? 1 : -1
        full.append(columns == 1 ? sign * model.weights[feature] : model.weights[feature * columns + index])
      }
    }
    func objective(_ w: [Double]) -> Double {
      var loss = 0.0
      for row in 0..<rows.count {
        let scores = (0..<classCount).map { k in
          rows.range(row).reduce(w[4 * classCount + k]) { $0 + Double(rows.values[$1]) * w[Int(rows.columns[$1]) * classCount + k] }
        }
        loss += log(scores.reduce(0) { $0 + exp($1) }) - scores[classes[row]]
      }
      return loss / Double(rows.count) + penalty / 2 * w.prefix(4 * classCount).reduce(0) { $0 + $1 * $1 }
    }
    for index in full.indices {
      let here = full[index]
      full[index] = here + 1e-5
      let above = objective(full)
      full[index] = here - 1e-5
      let below = objective(full)
      full[index] = here
      #expect(abs(above - below) / 2e-5 < 1e-6, "weight \(index)")
    }
    let expected = (0..<rows.count).map { row in model.probabilities(of: rows)[row * classCount + classes[row]] }
    #expect(abs(model.crossEntropy(of: rows, classes: classes) + expected.reduce(0) { $0 + log($1) } / 60) < 1e-12)
  }

  @Test func aWordDecidesAndTheResultRepeats() {
    var generator = RandomGenerator(seed: 2)
    func text(_ word: String) -> String {
      let fill = ["the", "film", "was", "quite", "long", "and", "loud"]
      return (0..<8).map { _ in fill[Int(generator.uniform() * 7)] }.joined(separator: " ") + " " + word
    }
    let classes = (0..<120).map { $0 % 3 }
    let texts = classes.map { text(["good", "bad", "dull"][$0]) }
    let test = (0..<60).map { text(["good", "bad", "dull"][$0 % 3]) }
    let baseline = BagOfWordsClassifier(texts: texts, classes: classes, classCount: 3)
    #expect(baseline.predictions(of: test) == (0..<60).map { $0 % 3 })
    #expect(baseline.probabilities(of: test).allSatisfy { abs($0.reduce(0, +) - 1) < 1e-12 })
    let again = BagOfWordsClassifier(texts: texts, classes: classes, classCount: 3)
    #expect(again.probabilities(of: test) == baseline.probabilities(of: test) && again.penalty == baseline.penalty)
    // "not good" is another feature than "good": what single words cannot tell.
    let pairs = BagOfWordsClassifier(
      texts: (0..<40).map { ["a good b not c", "a not good b c"][$0 % 2] }, classes: (0..<40).map { $0 % 2 }, classCount: 2)
    #expect(pairs.predictions(of: ["a good b not c", "not good"]) == [0, 1])
  }

  /// Warping against its definition: the least over all ways through the grid.
  @Test func warpingIsTheLeastOverAllWays() {
    func brute(_ a: [[Double]], _ b: [[Double]], _ i: Int, _ j: Int, _ width: Int) -> Double {
      if abs(i - j) > width || i < 0 || j < 0 { return .infinity }
      let cost = zip(a[i], b[j]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      if i == 0, j == 0 { return cost }
      return cost + min(brute(a, b, i - 1, j, width), brute(a, b, i, j - 1, width), brute(a, b, i - 1, j - 1, width))
    }
    var generator = RandomGenerator(seed: 3)
    for (n, m, band) in [(6, 6, 1.0), (6, 6, 0.2), (6, 6, 0), (5, 7, 0.1), (7, 4, 0.5), (1, 5, 0), (1, 1, 1)] {
      let a = (0..<n).map { _ in [generator.normal(), generator.normal()] }
      let b = (0..<m).map { _ in [generator.normal(), generator.normal()] }
      let width = max(Int((band * Double(max(n, m))).rounded(.up)), abs(n - m))
      let expected = brute(a, b, n - 1, m - 1, width)
      let first = ComparedSeries(values: a.flatMap(\.self), channelCount: 2)
      let second = ComparedSeries(values: b.flatMap(\.self), channelCount: 2)
      let found = first.warpedDistance(to: second, band: band, bound: .infinity)
      #expect(abs(found - expected) < 1e-12, "\(n) \(m) \(band)")
      #expect(first.warpedDistance(to: second, band: band, bound: expected / 2) >= expected / 2)
      if n == m, band == 0 { #expect(abs(first.squaredDistance(to: second, bound: .infinity) - expected) < 1e-12) }
    }
  }

  @Test func theNearestDecides() {
    func sequence(_ values: [Double]) -> LabelledSequence { LabelledSequence(values: values, channelCount: 1) }
    let training = [sequence([0, 0, 1, 0, 0, 0]), sequence([0, 1, 1, 1, 1, 0]), sequence([0, 0, 1, 0, 0, 0])]
    let late = sequence([0, 0, 0, 0, 1, 0])
    let warping = NearestNeighbour(training: training, classes: [5, 7, 9], distance: .timeWarping(band: 1))
    let plain = NearestNeighbour(training: training, classes: [5, 7, 9], distance: .euclidean)
    #expect(warping.prediction(for: late) == 5, "warped it is the same, and the first of equals")
    #expect(plain.prediction(for: sequence([0, 1, 1, .nan, 1, 0])) == 7)
    // A ramp of another length is the same ramp when stretched.
    let ramps = NearestNeighbour(
      training: [sequence([0, 1, 2, 3]), sequence([3, 2, 1, 0])], classes: [0, 1], distance: .euclidean)
    #expect(ramps.prediction(for: sequence([3, 1.5, 0])) == 1)
    #expect(ComparedSeries(values: [0, 3], channelCount: 1).resampled(to: 4).values == [0, 1, 2, 3])
    #expect(ComparedSeries(values: [.nan, 2, .nan, 3], channelCount: 1).values == [2, 2, 2, 3])
    #expect(ComparedSeries(values: [.nan, 1, .nan, 2], channelCount: 2).values == [0, 1, 0, 2])
  }
}
