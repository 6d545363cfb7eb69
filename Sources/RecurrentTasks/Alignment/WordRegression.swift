import Foundation
import RecurrentTensors

/// The words of a picture's captions by ridge regression from its mean features, and sentences ranked by the angle between their words and these: the plain
/// baseline of retrieval. A word weighs as much as it is rare (Spärck Jones 1972).
struct WordRegression {
  private let regression: RidgeRegression
  private let weights: [Double]

  /// Penalties in units of the mean square of a feature times the number of pictures.
  private static let penalties = [0.001, 0.01, 0.1, 1, 10]

  /// Fits the captions of pictures; the penalty is the one that guesses the words of every tenth picture best.
  ///
  /// - Returns: nil where there are too few pictures, or they have no features.
  init?(_ captions: EncodedCaptions, _ pictures: PictureInputs, wordCount: Int) {
    guard pictures.areFeatures, pictures.count >= 20 else { return nil }
    let usual = 1000
    var counts = [Int](repeating: 0, count: wordCount)
    for picture in captions.captions.indices { for word in Self.words(of: picture, captions) { counts[word] += 1 } }
    let known = counts.indices.sorted { (-counts[$0], $0) < (-counts[$1], $1) }.prefix(usual)
    var weights = [Double](repeating: 0, count: wordCount)
    for word in known where counts[word] > 0 { weights[word] = log(Double(captions.captions.count) / Double(counts[word]) + 1) }
    self.weights = weights
    let inputs = pictures.means
    let outputs = captions.captions.indices.map { picture in
      Self.vector(captions.captions[picture].map { captions.words($0) }, weights)
    }
    func fitted(_ rows: [Int], _ penalty: Double) -> RidgeRegression? {
      let scale = rows.reduce(0.0) { sum, row in sum + inputs[row].reduce(0) { $0 + $1 * $1 } } / Double(inputs[0].count)
      return RidgeRegression(
        inputs: rows.flatMap { inputs[$0] }, outputs: rows.flatMap { outputs[$0] }, rowCount: rows.count, penalty: penalty * scale)
    }
    let rows = Array(inputs.indices)
    let (held, rest) = (rows.filter { $0 % 10 == 0 }, rows.filter { $0 % 10 != 0 })
    var best: (error: Double, penalty: Double)?
    for penalty in Self.penalties {
      guard let found = fitted(rest, penalty) else { continue }
      let error = zip(held, found(held.flatMap { inputs[$0] })).reduce(0.0) { sum, pair in
        sum + zip(outputs[pair.0], pair.1).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      }
      if error < best?.error ?? .infinity { best = (error, penalty) }
    }
    guard let best, let regression = fitted(rows, best.penalty) else { return nil }
    self.regression = regression
  }

  /// The score of each picture with each sentence, `[pictures][sentences]`.
  func scores(of pictures: PictureInputs, with captions: EncodedCaptions) -> [[Float]] {
    let guesses = regression(pictures.means.flatMap { $0 })
    let sentences = (0..<captions.count).map { Self.vector([captions.words($0)], weights) }
    let size = weights.count
    func matrix(_ rows: [[Double]]) -> Tensor<Float> { Tensor(shape: [rows.count, size], scalars: rows.flatMap { $0.map(Float.init) }) }
    let products = matmul(matrix(guesses), matrix(sentences), transposingSecond: true).scalars
    return guesses.indices.map { Array(products[$0 * captions.count..<($0 + 1) * captions.count]) }
  }

  private static func words(of picture: Int, _ captions: EncodedCaptions) -> Set<Int> {
    Set(captions.captions[picture].flatMap { captions.words($0).map(Int.init) })
  }

  /// The words of sentences as a vector of length 1.
  private static func vector(_ sentences: [ArraySlice<Int32>], _ weights: [Double]) -> [Double] {
    var vector = [Double](repeating: 0, count: weights.count)
    for sentence in sentences { for word in Set(sentence) { vector[Int(word)] += weights[Int(word)] } }
    let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return length == 0 ? vector : vector.map { $0 / length }
  }
}
