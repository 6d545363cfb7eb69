#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif
import RecurrentDrawing

/// The lines as a table, pictures and sentences.
struct GradientFindings {
  let parameters: GradientParameters
  let lines: SimpleLines
  let gated: GatedLines
  let transient: TransientLines

  init(_ parameters: GradientParameters, lines: SimpleLines, gated: GatedLines, transient: TransientLines) {
    self.parameters = parameters
    self.lines = lines
    self.gated = gated
    self.transient = transient
  }

  var findings: Findings {
    Findings(
      table: table,
      tableNote: """
        Slopes are changes of the natural logarithm of the norm a step, fitted over the second half of the lags. The last \
        column is the norm \(parameters.steps) steps back, where that at the last step is 1; – is a gradient that has become zero.
        """,
      notes: notes,
      blocks: [
        .heading("Simple networks"), .figure(simpleFigure, caption: Self.simpleCaption),
        .heading("A radius below one is no promise for the first steps"), .figure(transientFigure, caption: transientCaption),
        .heading("Networks with gates"), .figure(gatedFigure, caption: gatedCaption),
      ],
      files: [file])
  }

  private var all: [GradientLine] { lines.lines + gated.lines + [transient.line] }

  // MARK: Table

  private var table: Table {
    Table(
      ["network", "radius", "slope", "theory", "bound", "\(parameters.steps) steps back"],
      all.map { line in
        [
          line.network, line.radius?.short ?? "", line.measured.slope?.signed(4) ?? "–",
          line.expectedSlope?.signed(4) ?? "", line.bound.map { log($0).signed(4) } ?? "",
          line.measured.norms[parameters.steps].plain,
        ]
      })
  }

  // MARK: Sentences

  private var notes: [String] {
    let back = parameters.steps
    var notes: [String] = []
    let linear = lines.lines(of: .linear)
    let errors = linear.compactMap { line in line.measured.slope.map { abs($0 - (line.expectedSlope ?? 0)) } }
    if errors.count == linear.count, let worst = errors.max() {
      notes.append(
        worst < 1e-6
          ? "Linear: the measured slope is the logarithm of the spectral radius, to \(worst.plain) at most."
          : "Linear: the measured slope differs from the logarithm of the spectral radius by up to \(worst.plain): "
            + "the matrix is no rotation, and \(back) steps are not yet the long run.")
    }
    let saturating = lines.lines(of: .tanh) + lines.lines(of: .sigmoid)
    let crossing = saturating.filter { !$0.isBounded }
    notes.append(
      crossing.isEmpty
        ? "No tanh or sigmoid line crosses its bound, (γσ)ᵏ, at any of the \(back) lags."
        : "Lines that cross their bound, which theory does not allow: "
          + crossing.map { "\($0.network) at radius \($0.radius?.short ?? "")" }.listed + ".")
    let dying = lines.lines(of: .sigmoid).filter { $0.measured.norms[back] < 1e-6 }
    if dying.count == parameters.radii.count, let largest = parameters.radii.last {
      notes.append(
        "Sigmoid networks lose the gradient at every radius shown, even \(largest.short): their slope is ¼ at most, "
          + "so the radius would have to be above 4.")
    }
    if let tanh = lines.lines(of: .tanh).last, let straight = linear.last, let radius = tanh.radius, radius > 1 {
      let (bent, free) = (tanh.measured.norms[back], straight.measured.norms[back])
      notes.append(
        bent < free / 10
          ? "At radius \(radius.short) the gradient of the linear network is \(free.plain) times as large after \(back) steps, "
            + "that of the tanh network \(bent.plain) times: units that saturate have a slope below 1 and hold it back."
          : "At radius \(radius.short) the gradients of the linear and the tanh network are \(free.plain) and \(bent.plain) times "
            + "as large after \(back) steps.")
    }
    notes.append(gateNote)
    return notes
  }

  private var gateNote: String {
    let back = parameters.steps
    let words = gated.lines.map { "\($0.measured.norms[back].plain) (\($0.network))" }.listed
    let best = gated.lines.max { $0.measured.norms[back] < $1.measured.norms[back] }
    return "With gates, \(back) steps back, before any training: \(words). "
      + "The largest is left by \(best?.network ?? ""): what its forget gate keeps, the gradient keeps."
  }

  // MARK: Pictures

  private var simpleFigure: Figure {
    Figure(
      "Norm of the gradient k steps back, by spectral radius of W", columns: 2,
      parts: SimpleActivation.allCases.enumerated().map { index, activation -> any FigurePart in
        let own = lines.lines(of: activation)
        return Plot(
          SimpleLines.name(activation), x: Axis("steps back, k"),
          y: Axis(index % 2 == 0 ? "‖∂L/∂h‖, the last step’s is 1" : "", scale: .logarithmic, focus: 1e-12...1e12), height: 230, hasLegend: true,
          marks: own.enumerated().flatMap { index, line in marks(line, index, of: own.count) })
      })
  }

  private func marks(_ line: GradientLine, _ index: Int, of count: Int) -> [Mark] {
    let ink = Ink.ordered(index, of: count)
    let name = "ρ = \(line.radius?.short ?? "")"
    var marks = [Mark.line(points(line.measured.norms), name: name, ink: ink, style: .solid)]
    if let bound = line.bound { marks.append(.line(powers(bound), ink: ink, width: 1, style: .dotted)) }
    return marks
  }

  private static let simpleCaption = """
    Unbroken: measured. Dotted, in the same colour: the bound (γσ)ᵏ. On a linear network whose matrix is a rotation \
    both are one line. A line that ends has become exactly zero: every rectified unit on the way was shut.
    """

  private var transientFigure: Figure {
    let line = transient.line
    return Figure(
      parts: [
        Plot(
          "A linear network with a triangular matrix, radius \(TransientLines.radius.short)", x: Axis("steps back, k"),
          y: Axis("‖∂L/∂h‖, the last step’s is 1", scale: .logarithmic, focus: 1e-3...1e6), height: 220,
          marks: [
            .line(points(line.measured.norms), name: "measured", ink: .blue),
            .line(powers(TransientLines.radius), name: "radius: ρᵏ", ink: .graphite),
            .line(powers(line.bound ?? 1), name: "bound: σᵏ", ink: .vermilion),
          ])
      ])
  }

  private var transientCaption: String {
    let norms = transient.line.measured.norms
    let peak = norms.indices.max { norms[$0] < norms[$1] } ?? 0
    let opening =
      peak > 0
      ? "The gradient first grows, to \(norms[peak].plain) at k = \(peak), and only then dies as the radius says."
      : "The gradient dies from the first step on, as the radius says."
    return opening
      + " The largest singular value is \((transient.line.bound ?? 0).plain): above 1, so that growth was possible; the radius is "
      + "below 1, so that it could not last. That is why one condition is sufficient and the other only necessary."
  }

  private var gatedFigure: Figure {
    let inks: [Ink] = [.ordered(0, of: 3), .ordered(1, of: 3), .ordered(2, of: 3), .vermilion]
    return Figure(
      parts: [
        Plot(
          "Untrained networks with gates", x: Axis("steps back, k"),
          y: Axis("‖∂L/∂(h, c)‖, the last step’s is 1", scale: .logarithmic, focus: 1e-12...10), height: 240,
          marks: zip(gated.lines, inks).flatMap { line, ink in
            [Mark.line(points(line.measured.norms), name: line.network, ink: ink, style: .solid)]
              + (line.expectedSlope.map { [Mark.line(powers(exp($0)), ink: ink, width: 1, style: .dotted)] } ?? [])
          })
      ])
  }

  private var gatedCaption: String {
    let shown = gated.lines.compactMap { line in
      line.expectedSlope.flatMap { slope in
        line.measured.slope.map { "\(line.network): \($0.signed(3)) a step measured, \(slope.signed(3)) by the gate alone" }
      }
    }
    return "Dotted: what an open cell alone would do, the forget gate’s value σ(bias) to the power k. "
      + shown.joined(separator: "; ")
      + ". The rest is what flows through the other gates and the hidden state."
  }

  private func points(_ norms: [Double]) -> [Point] { norms.enumerated().map { Point(x: Double($0), y: $1 > 0 ? $1 : .nan) } }

  private func powers(_ factor: Double) -> [Point] {
    (0...parameters.steps).map { Point(x: Double($0), y: pow(factor, Double($0))) }
  }

  // MARK: File

  private var file: DataFile {
    var file = DataFile("gradients.csv", columns: ["network", "radius", "steps back", "norm", "bound"])
    for line in all {
      for (lag, norm) in line.measured.norms.enumerated() {
        file.append([
          .text(line.network), .number(line.radius ?? .nan), .integer(lag), .number(norm),
          .number(line.bound.map { pow($0, Double(lag)) } ?? .nan),
        ])
      }
    }
    return file
  }
}

typealias Table = Page.Table
