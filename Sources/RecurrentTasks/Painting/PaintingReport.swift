import Foundation
import RecurrentData
import RecurrentLayers
public import RecurrentTensors
import RecurrentTraining

/// What the evaluation of a painter finds.
public struct PaintingScore: TaskScore {
  public let part: MeasuredPart
  public let overlap: TrainingOverlap?
  /// What a picture costs, in nats: a bound from above.
  public let bound: Painter.Bound
  /// A closer bound, by so many samples of each picture (Burda, Grosse and Salakhutdinov 2016); nil: not asked for.
  public let sampled: (bound: Double, samples: Int)?
  /// What pictures cost where each pixel is told by itself, as often as it is set in the training part; nil: there is none.
  public let pixels: Double?
  /// Pictures that were measured.
  public let count: Int
  /// Seconds of the evaluation.
  public let seconds: Double
}

extension Painting {
  public static var evaluationOptions: [EvaluationOption] { [.samples] }

  /// Measures a model on a part of the data.
  public static func evaluate(_ trained: Trained<Painting>, on request: EvaluationRequest) throws -> PaintingScore {
    let data = trained.settings.data
    let measured = try request.examples(
      for: trained, whole: { try PictureSet(contentsOf: request.source.url(), data.pictures) },
      parts: { try Parts<PictureSet>(request.source, data.pictures) })
    let pictures = measured.examples
    let shape = trained.artifacts.shape
    if pictures.shape != shape {
      throw EvaluationError(
        "\(pictures.path): pictures of \(pictures.shape.height) x \(pictures.shape.width), and the model paints \(shape.height) x \(shape.width)")
    }
    let samples = try request.options[.samples].map { text in
      guard let samples = Int(text), (1...100_000).contains(samples) else {
        throw EvaluationError("--samples is \(text); it is a whole number from 1 to 100000")
      }
      return samples
    }
    let stopwatch = Stopwatch()
    var generator = RandomGenerator(seed: 0).split("evaluation")
    let bound = trained.model.bound(of: pictures, data, using: &generator)
    let sampled = samples.map { (trained.model.sampledBound(of: pictures, data, samples: $0, using: &generator), $0) }
    return PaintingScore(
      part: measured.part, overlap: measured.overlap, bound: bound, sampled: sampled,
      pixels: measured.training.map { PixelFrequencies($0).cost(of: pictures, data) }, count: pictures.count, seconds: stopwatch.seconds)
  }
}

extension EvaluationOption {
  /// How often each picture is painted again, for a closer bound.
  public static let samples = EvaluationOption("samples", for: "painting")
}

extension Painter {
  /// The bound by importance sampling: minus the logarithm of the mean over samples of `p(picture, numbers) / q(numbers | picture)`, a mean over pictures.
  func sampledBound(of pictures: PictureSet, _ data: PaintingData, samples: Int, using generator: inout RandomGenerator) -> Double {
    var total = 0.0
    for start in stride(from: 0, to: pictures.count, by: 100) {
      let batch = data.measured(pictures, Array(start..<min(start + 100, pictures.count)))
      var logWeights = [[Double]](repeating: [], count: batch.shape[0])
      for _ in 0..<samples {
        let noise = noise(batchSize: batch.shape[0], using: &generator)
        for (picture, weight) in self.logWeights(of: batch, self(batch, noise: noise), noise: noise).enumerated() {
          logWeights[picture].append(weight)
        }
      }
      for weights in logWeights {
        let largest = weights.max() ?? 0
        total -= largest + log(weights.reduce(0) { $0 + exp($1 - largest) } / Double(samples))
      }
    }
    return total / Double(max(1, pictures.count))
  }

  /// Of each picture the logarithm of `p(picture, numbers) / q(numbers | picture)`.
  func logWeights(of pictures: Tensor<Float>, _ painting: DrawNetwork<Float>.Painting, noise: Tensor<Float>) -> [Double] {
    let (batch, canvas) = (pictures.shape[0], painting.canvas)
    let pixels = (canvas.softplus() - pictures * canvas).reshaped(to: [batch, shape.count]).sum(alongAxes: 1)
    guard let distributions = painting.distributions else { return pixels.scalars.map { -Double($0) } }
    let parts = distributions.split(count: 2, alongAxis: 1)
    let (logDeviation, drawn) = (parts[1], noise.reshaped(to: parts[1].shape))
    let numbers = parts[0] + logDeviation.exp() * drawn
    // log N(z; 0, 1) - log N(z; mean, deviation), whose constants are the same.
    let each = (drawn.squared() - numbers.squared()) * 0.5 + logDeviation
    let strokes = each.reshaped(to: [configuration.glimpses, batch, configuration.latent]).sum(alongAxes: 0, 2)
    return zip(pixels.scalars, strokes.scalars).map { Double($1) - Double($0) }
  }
}

/// How often each pixel is set: a painter that knows no more.
struct PixelFrequencies {
  /// The logarithms of the odds, `[1, height, width, channels]`.
  let logits: Tensor<Float>

  init(_ pictures: PictureSet) {
    var sums = [Double](repeating: 0, count: pictures.shape.count)
    for picture in 0..<pictures.count {
      for (place, pixel) in pictures.pixels(of: picture).enumerated() { sums[place] += Double(pixel) / 255 }
    }
    let shape = pictures.shape
    logits = Tensor(
      shape: [1, shape.height, shape.width, shape.channels],
      scalars: sums.map { sum in
        // As if one picture more had it set, and one not.
        let share = (sum + 1) / (Double(pictures.count) + 2)
        return Float(log(share / (1 - share)))
      })
  }

  /// The mean cost of a picture, in nats.
  func cost(of pictures: PictureSet, _ data: PaintingData) -> Double {
    var total = 0.0
    for start in stride(from: 0, to: pictures.count, by: 1000) {
      let batch = data.measured(pictures, Array(start..<min(start + 1000, pictures.count)))
      total += Double((logits.softplus() - batch * logits).sum().scalar)
    }
    return total / Double(max(1, pictures.count))
  }
}

extension PaintingScore {
  public var report: EvaluationReport {
    var report = EvaluationReport(part: part)
    report.add("bound", label: "bound", .number(bound.total), text: "\(Figures.significant(bound.total)) nats a picture")
    report.add(
      "reconstruction", label: "of the pixels", .number(bound.reconstruction), text: "\(Figures.significant(bound.reconstruction)) nats")
    report.add("divergence", label: "of the strokes", .number(bound.divergence), text: "\(Figures.significant(bound.divergence)) nats")
    if let sampled {
      report.add(
        "sampledBound", label: "by sampling", .number(sampled.bound),
        text: "\(Figures.significant(sampled.bound)) nats, with \(Figures.grouped(sampled.samples)) samples of each picture")
    }
    if let pixels {
      report.add("pixels", label: "pixels alone", .number(pixels), text: "\(Figures.significant(pixels)) nats: how often each is set in training")
    }
    report.members += [("pictures", .integer(count)), ("seconds", .number(seconds))]
    return report
  }
}
