#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif
import RecurrentDrawing
import RecurrentTensors
public import RecurrentTraining

/// The parameters of `recurrent lab cliff`.
public struct CliffParameters: Configuration {
  @Setting(1...1000, "Time steps of the network before the error is taken.") public var steps = 50
  @Setting(3...7, "The weight at which the descent begins.") public var weight = 5.0
  @Setting(-4 ... -1, "The bias at which the descent begins.") public var bias = -2.2
  @Setting(1e-6...100, "Learning rate of the descent.") public var rate = 0.1
  @Setting(1e-6...100, "The norm that larger gradients are scaled to in the second descent.") public var clip = 0.3
  @Setting(1...100_000, "Updates of each descent.") public var updates = 400
  @Setting(20...1000, "Cells of the map along each axis.") public var cells = 240

  public init() {}
}

/// The wall in the error surface, and what a descent does when it meets it.
public enum CliffExperiment: Experiment {
  public static let name = "cliff"
  public static let summary = "The wall in the error surface: where gradient descent is thrown away, and clipping holds it"

  public static let introduction = [
    """
    The smallest recurrent network has one unit, one weight and one bias, and no input at all. Its error after fifty steps, \
    drawn over weight and bias, is two plains with a wall between them: on one side the state ends high, on the other low. On \
    the wall a tiny change decides which, and the gradient is enormous.
    """,
    """
    Gradient descent follows the valley along the foot of the wall until one step touches it. Without clipping, that one \
    gradient throws the weights far away from all that was learned. Scaling the gradient down to a norm keeps its direction \
    and takes a step of a sane length.
    """,
  ]

  public static let equations = """
    x(t) = w sigmoid( x(t−1) ) + b      x(0) = ½
    E = ( sigmoid( x(50) ) − 0.7 )²
    clipping:  if ‖g‖ > θ:  g ← θ g / ‖g‖
    """

  public static let sources = [
    "Pascanu, Mikolov and Bengio 2013, On the difficulty of training recurrent neural networks, figure 6 and Algorithm 1."
  ]

  /// The part of the surface that is drawn.
  static let weights = 3.0...7.0
  static let biases = -4.0 ... -1.0

  public static func run(_ parameters: CliffParameters, on bench: Bench) throws -> Findings {
    let network = OneUnitNetwork(steps: parameters.steps)
    let start = OneUnitNetwork.Place(weight: parameters.weight, bias: parameters.bias)
    let free = network.descend(from: start, rate: parameters.rate, clip: nil, steps: parameters.updates)
    let clipped = network.descend(from: start, rate: parameters.rate, clip: parameters.clip, steps: parameters.updates)
    let surface = try surface(network, parameters, bench)
    return Findings(
      table: table([("none", free), ("to \(parameters.clip.short)", clipped)]),
      notes: notes(free, clipped, parameters),
      blocks: [
        .figure(map(surface, free, clipped, parameters), caption: mapCaption(free)),
        .heading("Update by update"),
        .figure(history(free, clipped), caption: "The peaks of the gradient’s norm are the moments at which the descent stands on the wall."),
      ],
      files: [file([("none", free), ("norm", clipped)])])
  }

  private static func surface(
    _ network: OneUnitNetwork, _ parameters: CliffParameters, _ bench: Bench
  ) throws -> [[Double]] {
    try bench.map(Array(0..<parameters.cells)) { row, share in
      let bias = place(row, in: biases, of: parameters.cells)
      let values = (0..<parameters.cells).map { column in
        network.error(at: .init(weight: place(column, in: weights, of: parameters.cells), bias: bias)).value
      }
      try share.report(1, "row \(row + 1) of \(parameters.cells)")
      return values
    }
  }

  /// The middle of a cell.
  private static func place(_ index: Int, in range: ClosedRange<Double>, of count: Int) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * (Double(index) + 0.5) / Double(count)
  }

  private static func table(_ descents: [(name: String, descent: OneUnitNetwork.Descent)]) -> Table {
    Table(
      ["clipping", "first error", "last error", "largest gradient", "longest step", "ends at w", "and b"],
      descents.map { name, descent in
        let last = descent.places[descent.places.count - 1]
        return [
          name, descent.errors[0].plain, (descent.errors.last ?? 0).plain, (descent.norms.max() ?? 0).plain,
          descent.longestStep.plain, last.weight.plain, last.bias.plain,
        ]
      })
  }

  private static func notes(
    _ free: OneUnitNetwork.Descent, _ clipped: OneUnitNetwork.Descent, _ parameters: CliffParameters
  ) -> [String] {
    let peak = free.norms.indices.max { free.norms[$0] < free.norms[$1] } ?? 0
    let usual = Array(free.norms[..<max(1, peak)]).sorted()
    let middle = usual[usual.count / 2]
    let (lastFree, lastClipped) = (free.errors.last ?? 0, clipped.errors.last ?? 0)
    var notes = [
      "Without clipping the largest gradient, at update \(peak), has the norm \(free.norms[peak].plain); until then the median was \(middle.plain). "
        + "The longest step is \(free.longestStep.plain) long."
    ]
    notes.append(
      "Clipped to \(parameters.clip.short), no step is longer than \(clipped.longestStep.plain), though gradients of "
        + "\((clipped.norms.max() ?? 0).plain) are met.")
    notes.append(
      lastClipped < lastFree / 2
        ? "After \(parameters.updates) updates the error is \(lastClipped.plain) with clipping and \(lastFree.plain) without."
        : "After \(parameters.updates) updates the error is \(lastClipped.plain) with clipping and \(lastFree.plain) without: from this "
          + "start, at this rate, clipping does not decide it. The wall is met by chance; try another start.")
    return notes
  }

  // MARK: Pictures

  private static func map(
    _ surface: [[Double]], _ free: OneUnitNetwork.Descent, _ clipped: OneUnitNetwork.Descent, _ parameters: CliffParameters
  ) -> Figure {
    func points(_ descent: OneUnitNetwork.Descent) -> [Point] {
      descent.places.map { Point(x: $0.weight, y: $0.bias) }
    }
    return Figure(
      "Error after \(parameters.steps) steps, and two descents",
      parts: [
        HeatMap(
          values: surface, rows: .range(biases), columns: .range(weights), range: 0...0.5, rowTitle: "bias b",
          columnTitle: "weight w", valueTitle: "error",
          marks: [
            .line(points(clipped), ink: .vermilion, width: 1.5, style: .solid),
            .points(points(clipped), ink: .vermilion, symbol: .dot, radius: 2),
            .line(points(free), ink: .graphite, width: 1.5, style: .dashed),
            .points(points(free), ink: .graphite, symbol: .square, radius: 2.5),
            .text("start", at: Point(x: parameters.weight, y: parameters.bias)),
          ])
      ])
  }

  private static func mapCaption(_ free: OneUnitNetwork.Descent) -> String {
    let outside = free.places.firstIndex { !weights.contains($0.weight) || !biases.contains($0.bias) }
    let words = outside.map { "The descent without clipping leaves the map at update \($0)." } ?? ""
    return "Dots and unbroken line: with clipping. Squares and broken line: without. The wall runs where the colours change at once. \(words)"
  }

  private static func history(_ free: OneUnitNetwork.Descent, _ clipped: OneUnitNetwork.Descent) -> Figure {
    func points(_ values: [Double]) -> [Point] { values.enumerated().map { Point(x: Double($0), y: max($1, 1e-12)) } }
    func plot(_ title: String, _ values: KeyPath<OneUnitNetwork.Descent, [Double]>, _ focus: ClosedRange<Double>) -> Plot {
      Plot(
        x: Axis("update"), y: Axis(title, scale: .logarithmic, focus: focus), height: 170,
        marks: [
          .line(points(free[keyPath: values]), name: "without clipping", ink: .graphite, style: .dashed),
          .line(points(clipped[keyPath: values]), name: "with clipping", ink: .vermilion, style: .solid),
        ])
    }
    return Figure(parts: [plot("error", \.errors, 1e-6...1), plot("norm of the gradient, before clipping", \.norms, 1e-4...1e3)])
  }

  private static func file(_ descents: [(String, OneUnitNetwork.Descent)]) -> DataFile {
    var file = DataFile("descents.csv", columns: ["clipping", "update", "weight", "bias", "error", "gradient norm"])
    for (name, descent) in descents {
      for index in descent.places.indices {
        file.append([
          .text(name), .integer(index), .number(descent.places[index].weight), .number(descent.places[index].bias),
          .number(descent.errors[index]), .number(descent.norms[index]),
        ])
      }
    }
    return file
  }
}
