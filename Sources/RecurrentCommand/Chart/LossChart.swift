import RecurrentDrawing
import RecurrentTasks

/// A run as a picture: training and validation loss, the gradient's norm, and the learning rate, over the epochs.
struct LossChart {
  let history: TrainingHistory
  /// The head line: which run it is.
  let title: String
  /// The unit of the loss: "nats a character".
  let lossUnit: String

  /// More points than that cannot be told apart.
  private static let pointLimit = 360

  /// The picture as one file.
  var svg: String { figure.svg }

  private var figure: Figure {
    guard history.end > 0 else { return Figure(title, note: "No steps were recorded.", parts: []) }
    let steps = history.steps.filter { $0.loss.isFinite }
    return Figure(
      title,
      parts: [
        lossPlot(steps),
        smallPlot("Gradient norm before clipping", steps.map { ($0.epochs, $0.gradientNorm) }, .green, coverage: 0.99),
        smallPlot("Learning rate", steps.map { ($0.epochs, $0.learningRate) }, .purple, isLast: true),
      ])
  }

  /// The epochs, which all plots share; the lowest one has the numbers.
  private func epochs(isLast: Bool) -> Axis {
    Axis(isLast ? "epoch" : "", range: 0...history.end, hasLabels: isLast)
  }

  private func lossPlot(_ steps: [TrainingHistory.Step]) -> Plot {
    let training = ThinnedCurve(steps.map { Point(x: $0.epochs, y: $0.loss) }, limit: Self.pointLimit)
    let validations = history.validations.filter { $0.loss.isFinite }.map { Point(x: $0.epochs, y: $0.loss) }
    // The first few steps fall from the untrained loss and would flatten all the rest: they may leave the frame.
    let high = max(training.quantile(0.985) ?? 1, validations.map(\.y).max() ?? 0)
    let low = min(training.means.map(\.y).min() ?? high, validations.map(\.y).min() ?? .infinity)
    var marks = training.marks(name: "training", ink: .blue)
    if !validations.isEmpty {
      marks.append(.line(validations, name: "validation", ink: .vermilion, style: .solid))
      if validations.count <= 60 {
        marks.append(.points(validations, name: "validation", ink: .vermilion, symbol: .dot))
      }
    }
    if let best = history.best {
      let point = Point(x: best.epochs, y: best.loss)
      marks.append(.points([point], ink: .vermilion, symbol: .ring, radius: 6))
      marks.append(.text("best \(Figures.loss(best.loss))", at: point, ink: .vermilion))
    }
    return Plot(
      x: epochs(isLast: false), y: Axis("Loss, \(lossUnit)", focus: low...max(high, low + 1e-6)), height: 280,
      marks: marks)
  }

  /// - Parameter coverage: The part of the values that must be within the frame.
  private func smallPlot(
    _ title: String, _ samples: [(Double, Double)], _ ink: Ink, coverage: Double = 1, isLast: Bool = false
  ) -> Plot {
    let curve = ThinnedCurve(samples.map { Point(x: $0.0, y: $0.1) }, limit: Self.pointLimit)
    let high = coverage < 1 ? curve.quantile(coverage) : curve.spreads.map(\.high).max()
    return Plot(
      x: epochs(isLast: isLast), y: Axis(title, focus: 0...max(high ?? 1, 1e-9)), height: 62,
      marks: curve.marks(ink: ink, width: 1.5))
  }
}
