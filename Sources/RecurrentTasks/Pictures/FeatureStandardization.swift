import RecurrentTensors

/// Makes each feature of what is known of pictures have mean 0 and deviation 1 over the pictures that a model learned from.
///
/// What an encoder sees is much the same in every photograph beside what differs between two of them; without this a network first learns
/// that sameness away. Codable: it belongs in the model's file.
public struct FeatureStandardization: Codable, Sendable, Equatable {
  /// The mean of each feature.
  let means: [Float]
  /// What the difference from it is divided by; never 0.
  let deviations: [Float]

  /// The most pictures that are looked at, evenly spread over all.
  private static let mostPictures = 1024

  /// The standardization of what an encoder sees in pictures.
  ///
  /// - Parameters:
  ///   - encoder: What sees them; nil: a frozen encoder has.
  ///   - describe: What is made of the places `[places, pictures, features]` before a model learns from it, `[..., features]`.
  init(of pictures: PictureInputs, seenBy encoder: PictureEncoder<Float>?, describing describe: (Tensor<Float>) -> Tensor<Float>) {
    let stride = max(1, (pictures.count + Self.mostPictures - 1) / Self.mostPictures)
    let chosen = Swift.stride(from: 0, to: pictures.count, by: stride).map { $0 }
    var (sums, squares): ([Double], [Double]) = ([], [])
    var rowCount = 0
    for start in Swift.stride(from: 0, to: chosen.count, by: 16) {
      let batch = pictures.batch(Array(chosen[start..<min(start + 16, chosen.count)]))
      let found = describe(encoder.map { $0.places(of: batch) } ?? batch)
      let features = found.shape.last ?? 1
      let rows = found.reshaped(to: [found.count / features, features])
      let (sum, square) = (rows.sum(alongAxes: 0).scalars, rows.squared().sum(alongAxes: 0).scalars)
      if rowCount == 0 { (sums, squares) = (sum.map { _ in 0 }, square.map { _ in 0 }) }
      for index in sums.indices {
        sums[index] += Double(sum[index])
        squares[index] += Double(square[index])
      }
      rowCount += rows.shape[0]
    }
    let count = Double(max(1, rowCount))
    means = sums.map { Float($0 / count) }
    deviations = zip(sums, squares).map { sum, square in
      let variance = square / count - (sum / count) * (sum / count)
      // A feature that is nowhere to be seen stays as it is.
      return variance > 1e-6 ? Float(variance.squareRoot()) : 1
    }
  }

  /// `[..., features]`, standardized.
  func callAsFunction<Scalar: TensorScalar>(_ features: Tensor<Scalar>) -> Tensor<Scalar> {
    let scale = deviations.map { 1 / Scalar($0) }
    let shift = zip(means, scale).map { -Scalar($0) * $1 }
    return features.scaledAndShifted(scale: Tensor(shape: [scale.count], scalars: scale), shift: Tensor(shape: [shift.count], scalars: shift))
  }

  /// Whether these are numbers of so many features.
  func fits(featureCount: Int) -> Bool {
    means.count == featureCount && deviations.count == featureCount && means.allSatisfy(\.isFinite)
      && deviations.allSatisfy { $0.isFinite && $0 > 0 }
  }
}
