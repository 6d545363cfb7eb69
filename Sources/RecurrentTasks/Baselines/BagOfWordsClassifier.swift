import RecurrentData
import RecurrentTensors

/// What a text classifier has to beat: logistic regression on the words and pairs of words of a text.
///
/// ```swift
/// let baseline = BagOfWordsClassifier(texts: texts, classes: classes, classCount: 2)
/// let predictions = baseline.predictions(of: testTexts)
/// ```
///
/// The strength of the penalty is the one of five with the least cross-entropy on a fifth of the training texts that is held out
/// for the choice; the model is then fitted to all of them. The same texts always give the same model.
public struct BagOfWordsClassifier: Sendable {
  /// The number of classes.
  public let classCount: Int
  /// The penalty that was chosen, times the number of texts.
  public let penalty: Double
  private let features: BagOfWords
  private let regression: LogisticRegression

  /// The penalties to choose from, times the number of texts, strongest first.
  static let penalties = [10, 1, 0.1, 0.01, 0.001]

  /// Fits a model.
  ///
  /// - Parameters:
  ///   - texts: The training texts.
  ///   - classes: The class of each, from 0 to below `classCount`.
  ///   - classCount: The number of classes.
  public init(texts: [String], classes: [Int], classCount: Int) {
    check(
      texts.count == classes.count && !texts.isEmpty, "BagOfWordsClassifier: \(texts.count) texts and \(classes.count) classes")
    self.classCount = classCount
    let features = BagOfWords(texts: texts)
    let rows = features.rows(of: texts)
    func fit(_ rows: SparseRows, _ classes: [Int], _ penalty: Double, _ start: LogisticRegression?) -> LogisticRegression {
      LogisticRegression(
        rows: rows, featureCount: features.count, classes: classes, classCount: classCount, penalty: penalty / Double(max(1, rows.count)),
        start: start)
    }
    let parts = Splits.stratified(
      classes: classes, fractions: SplitFractions(train: 0.8, validation: 0.2, test: 0), seed: 0)
    let training = parts[.train]!
    let heldOut = parts[.validation]!
    let (trainingRows, heldOutRows) = (rows.selecting(training), rows.selecting(heldOut))
    let (trainingClasses, heldOutClasses) = (training.map { classes[$0] }, heldOut.map { classes[$0] })
    var best = (penalty: 1.0, loss: Double.infinity)
    var model: LogisticRegression?
    for penalty in Self.penalties where !heldOut.isEmpty {
      let fitted = fit(trainingRows, trainingClasses, penalty, model)
      let loss = fitted.crossEntropy(of: heldOutRows, classes: heldOutClasses)
      // Ever weaker penalties only get worse once they have begun to.
      guard loss < best.loss else { break }
      best = (penalty, loss)
      model = fitted
    }
    penalty = best.penalty
    regression = fit(rows, classes, best.penalty, model)
    self.features = features
  }

  /// The probability of each class for each text.
  public func probabilities(of texts: [String]) -> [[Double]] {
    let all = regression.probabilities(of: features.rows(of: texts))
    return texts.indices.map { Array(all[$0 * classCount..<($0 + 1) * classCount]) }
  }

  /// The most probable class of each text; the first of equals.
  public func predictions(of texts: [String]) -> [Int] {
    probabilities(of: texts).map { row in row.firstIndex(of: row.max()!)! }
  }
}
