/// How well sets of vectors, such as the regions of pictures, answer sequences of vectors, such as the words of sentences: each vector of a
/// sequence is answered by the vector of the set with the largest inner product (Karpathy and Fei-Fei 2015, "Deep visual-semantic alignments for
/// generating image descriptions", equation 8):
///
///     score(k, l) = sum over t of max over i of region(k, i) . word(t, l)
///
/// ```swift
/// import RecurrentTensors
///
/// let regions = Tensor<Float>(ones: [3, 5, 4])  // five regions of each of three pictures
/// let words = Tensor<Float>(ones: [7, 2, 4])    // two sentences of up to seven words
/// let matches = BestMatches(of: words, lengths: [7, 4], among: regions)
/// // matches.scores.shape == [3, 2]; matches.place(of: 0, sentence: 1, in: 2) is the region of picture 2 for word 0 of sentence 1
/// ```
public struct BestMatches<Scalar: TensorScalar>: Sendable {
  /// The score of each set with each sequence, `[sets, sequences]`.
  public let scores: Tensor<Scalar>
  /// The best vector of each set for each vector of each sequence, `[time, sequences, sets]`.
  private let places: [Int32]
  private let sequenceCount: Int
  private let setCount: Int

  /// - Parameters:
  ///   - words: `[time, sequences, size]`.
  ///   - lengths: Of each sequence; what stands past its end does not count.
  ///   - regions: `[sets, members, size]`.
  public init(of words: Tensor<Scalar>, lengths: [Int], among regions: Tensor<Scalar>) {
    let (time, sequences, size) = (words.shape[0], words.shape[1], words.shape[2])
    let (sets, members) = (regions.shape[0], regions.shape[1])
    check(
      regions.shape == [sets, members, size] && members > 0 && lengths.count == sequences && lengths.allSatisfy { (0...time).contains($0) },
      "BestMatches: words \(words.shape), regions \(regions.shape) and \(lengths.count) lengths")
    (sequenceCount, setCount) = (sequences, sets)
    let (plainWords, plainRegions) = (words.detached(), regions.detached())
    let rows = time * sequences
    let products = matmul(
      plainWords.reshaped(to: [rows, size]), plainRegions.reshaped(to: [sets * members, size]), transposingSecond: true
    ).reshaped(to: [rows, sets, members])
    let best = products.indexOfMaximum(alongAxis: 2).scalars
    var scores = [Scalar](repeating: 0, count: sets * sequences)
    products.withUnsafeScalars { products in
      for row in 0..<rows where row / sequences < lengths[row % sequences] {
        for set in 0..<sets {
          scores[set * sequences + row % sequences] += products[(row * sets + set) * members + Int(best[row * sets + set])]
        }
      }
    }
    places = best
    self.scores = Tensor.recorded(result: Tensor(shape: [sets, sequences], scalars: scores), inputs: [words, regions]) { cotangent in
      var ofWords = Tensor<Scalar>(zeros: plainWords.shape), ofRegions = Tensor<Scalar>(zeros: plainRegions.shape)
      ofWords.makeUnique()
      ofRegions.makeUnique()
      let add = Scalar.kernels.table.addScaled
      let pulls = cotangent.scalars
      for row in 0..<rows where row / sequences < lengths[row % sequences] {
        for set in 0..<sets {
          // Most pairs are told apart well enough already, and pull at nothing.
          let pull = pulls[set * sequences + row % sequences]
          if pull == 0 { continue }
          let (word, region) = (row * size, (set * members + Int(best[row * sets + set])) * size)
          add(pull, plainRegions.base + region, ofWords.storage.base + ofWords.offset + word, size)
          add(pull, plainWords.base + word, ofRegions.storage.base + ofRegions.offset + region, size)
        }
      }
      return withExtendedLifetime((plainWords, plainRegions)) { [ofWords, ofRegions] }
    }
  }

  /// The best vector of a set for a vector of a sequence.
  public func place(of step: Int, sentence: Int, in set: Int) -> Int { Int(places[(step * sequenceCount + sentence) * setCount + set]) }
}
