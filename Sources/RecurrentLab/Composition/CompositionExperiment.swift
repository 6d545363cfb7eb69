#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif
import RecurrentDrawing
import RecurrentTensors
public import RecurrentTraining

/// The parameters of `recurrent lab composition`.
public struct CompositionParameters: Configuration {
  @Setting(2...1000, "Units of the state.") public var units = 100
  @Setting(1...20, "How often the map is applied, a curve each.") public var steps = 5
  @Setting(0.01...100, "Spectral radius of the matrix.") public var radius = 4.0
  @Setting(100...100_000, "Places along the line at which each curve is computed.") public var points = 4000

  public init() {}
}

/// Why a recurrent network is a hard function to learn: the same map, applied again and again.
public enum CompositionExperiment: Experiment {
  public static let name = "composition"
  public static let summary = "A nonlinear map applied again and again: flat almost everywhere, and steep where it is not"

  public static let introduction = [
    """
    A recurrent network applies the same map at every step. Composing even a gentle map with itself gives a wild one. Here a \
    state of many units moves along a straight line in a random direction, the map is applied to it several times, and the \
    result is looked at along another random direction (Goodfellow et al. 2016, figure 10.15).
    """
  ]

  public static let equations = """
    h(0) = x · u              u: a random direction, x: the place along it
    h(t) = tanh( W h(t−1) )   the same W at every step
    y(t) = v · h(t)           v: another random direction
    """

  public static let sources = [
    "Goodfellow, Bengio and Courville 2016, Deep Learning, section 10.7, figure 10.15 (redrawn with weights of our own)."
  ]

  public static func run(_ parameters: CompositionParameters, on bench: Bench) throws -> Findings {
    let curves = try Composition(parameters, bench)
    let rows = curves.curves.enumerated().map { step, curve in
      [
        "\(step)", "\(curve.turningPoints)", curve.largestSlope.plain, curve.medianSlope.plain,
        (curve.flatShare * 100).fixed(0) + " %",
      ]
    }
    let last = curves.curves[parameters.steps]
    let first = curves.curves[1]
    var notes = [
      "After one application the curve turns \(first.turningPoints) times along the line, "
        + "after \(parameters.steps) it turns \(last.turningPoints) times.",
      "Its steepest slope grows from \(first.largestSlope.plain) to \(last.largestSlope.plain).",
    ]
    notes.append(
      last.flatShare > first.flatShare && last.largestSlope > first.largestSlope
        ? "At the same time more of it is flat: on \(last.flatShare.share) of the line (\(first.flatShare.share) after one application) "
          + "the slope is below a hundredth of the steepest. A gradient is near nothing there, and near everything elsewhere."
        : "The part of the line on which the slope is below a hundredth of the steepest goes from \(first.flatShare.share) to "
          + "\(last.flatShare.share): with these parameters, composing does not both flatten and steepen.")
    var file = DataFile("composition.csv", columns: ["x"] + (0...parameters.steps).map { "y after \($0)" })
    for (index, x) in curves.places.enumerated() {
      file.append([.number(x)] + curves.curves.map { .number($0.values[index]) })
    }
    return Findings(
      table: Table(["applied", "turns", "steepest slope", "median slope", "flat"], rows),
      tableNote: "Flat: the share of the line on which the slope is below a hundredth of the curve’s steepest.",
      notes: notes, blocks: [.figure(figure(curves, parameters))], files: [file])
  }

  private static func figure(_ curves: Composition, _ parameters: CompositionParameters) -> Figure {
    // All but the last stand behind each other; the last has a plot of its own, or it would hide them.
    func line(_ step: Int) -> Mark {
      .line(
        zip(curves.places, curves.curves[step].values).map { Point(x: $0, y: $1) }, name: "\(step)",
        ink: .ordered(step, of: parameters.steps + 1), width: 1.5, style: .solid)
    }
    let parts = (0...parameters.steps).map { step in
      Plot(
        step == 0 ? "before" : step == 1 ? "applied once" : "applied \(step) times", x: Axis("place along the line, x"),
        y: Axis("projection, y"), height: 150, hasLegend: false, marks: [line(step)])
    }
    return Figure("The state seen along one direction, as its start moves along another", columns: 2, parts: parts)
  }
}

/// The curves of repeated application.
struct Composition: Sendable {
  /// One curve and how wild it is.
  struct Curve: Sendable {
    let values: [Double]
    let turningPoints: Int
    let largestSlope: Double
    let medianSlope: Double
    let flatShare: Double

    init(_ values: [Double], spacing: Double) {
      self.values = values
      let slopes = zip(values, values.dropFirst()).map { ($1 - $0) / spacing }
      turningPoints = zip(slopes, slopes.dropFirst()).count { $0 * $1 < 0 }
      let sizes = slopes.map(abs).sorted()
      let largest = sizes.last ?? 0
      largestSlope = largest
      medianSlope = sizes[sizes.count / 2]
      flatShare = Double(sizes.count { $0 < largest / 100 }) / Double(sizes.count)
    }
  }

  /// Places along the line, from -20 to 20 (the range of the book's figure).
  let places: [Double]
  /// After 0, 1, 2, ... applications.
  let curves: [Curve]

  init(_ parameters: CompositionParameters, _ bench: Bench) throws {
    var generator = bench.generator("composition")
    let matrix = RecurrentMatrix(.normal, size: parameters.units, using: &generator).scaled(to: parameters.radius)
    let count = parameters.points
    let spacing = 40 / Double(count - 1)
    places = (0..<count).map { -20 + spacing * Double($0) }
    let start = Self.direction(parameters.units, &generator)
    let seen = Self.direction(parameters.units, &generator).reshaped(to: [parameters.units, 1])
    var states = Tensor<Double>(shape: [count, 1], scalars: places) * start.reshaped(to: [1, parameters.units])
    var curves: [Curve] = []
    for step in 0...parameters.steps {
      if step > 0 { states = matmul(states, matrix, transposingSecond: true).tanh() }
      curves.append(Curve(matmul(states, seen).scalars, spacing: spacing))
      try bench.report(Double(step + 1) / Double(parameters.steps + 1), "applied \(step) times")
    }
    self.curves = curves
  }

  private static func direction(_ size: Int, _ generator: inout RandomGenerator) -> Tensor<Double> {
    let drawn = Tensor<Double>(normalWithMean: 0, shape: [size], using: &generator)
    return drawn * (1 / drawn.sumOfSquares.squareRoot())
  }
}
