import Foundation
import Recurrent

/// A run as a picture: training and validation loss, the gradient's norm, and the learning rate, over the epochs.
///
/// It is one SVG file that needs nothing beside it, and follows the viewer's light or dark colours.
struct LossChart {
  let history: TrainingHistory
  /// The head line: which run it is.
  let title: String
  /// The unit of the loss: "nats a character".
  let lossUnit: String

  private let width = 860.0
  private let height = 640.0
  private let left = 72.0
  private var plotWidth: Double { width - left - 28 }

  /// The picture.
  var svg: String {
    let steps = history.steps.filter { $0.loss.isFinite }
    let last = history.end
    let horizontal = 0...(last > 0 ? last : 1)
    let ticks = AxisTicks(covering: horizontal, count: 7, widening: false)

    var svg = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(width)) \(Int(height))" width="\(Int(width))" \
      height="\(Int(height))" role="img" aria-label="\(escaped(title))">
      \(style)
      <rect class="page" width="\(Int(width))" height="\(Int(height))"/>
      <text class="head" x="\(Int(left))" y="32">\(escaped(title))</text>

      """
    if last <= 0 {
      svg += "<text class=\"label\" x=\"\(Int(left))\" y=\"64\">No steps were recorded.</text>\n"
    } else {
      svg += lossPanel(steps, horizontal, ticks)
      svg += smallPanel(
        "Gradient norm before clipping", "norm", 418, steps.map { ($0.epochs, $0.gradientNorm) }, horizontal,
        ticks, style: "norm", labelled: false)
      svg += smallPanel(
        "Learning rate", "rate", 528, steps.map { ($0.epochs, $0.learningRate) }, horizontal, ticks,
        style: "rate", labelled: true)
      svg += "<text class=\"label\" text-anchor=\"end\" x=\"\(Int(left + plotWidth))\" y=\"\(Int(height - 12))\">"
      svg += "epoch</text>\n"
    }
    return svg + "</svg>\n"
  }

  // MARK: Panels

  private func lossPanel(
    _ steps: [TrainingHistory.Step], _ horizontal: ClosedRange<Double>, _ ticks: AxisTicks
  ) -> String {
    let training = Curve(steps.map { ($0.epochs, $0.loss) }, limit: 360)
    let validations = history.validations.filter { $0.loss.isFinite }
    // The first few steps fall from the untrained loss and would flatten all the rest: they may leave the frame.
    let high = max(training.quantile(0.985) ?? 1, validations.map(\.loss).max() ?? 0)
    let low = min(training.points.map(\.mean).min() ?? 0, validations.map(\.loss).min() ?? .infinity)
    let panel = Panel(
      left: left, top: 96, width: plotWidth, height: 280, horizontal: horizontal,
      vertical: AxisTicks(covering: low...max(high, low + 1e-6), count: 6, widening: true),
      title: "Loss, \(escaped(lossUnit))", identifier: "loss")
    var svg = panel.frame() + panel.marks(at: ticks, labelled: false)
    svg += panel.band(training, style: "train") + panel.line(training, style: "train")
    svg += panel.path(validations.map { ($0.epochs, $0.loss) }, style: "valid")
    if validations.count <= 60 {
      for point in validations {
        svg += circle(panel, point, radius: 3, style: "dot")
      }
    }
    if let best = history.best { svg += bestMark(panel, best) }
    return svg + legend(hasValidation: !validations.isEmpty)
  }

  private func smallPanel(
    _ title: String, _ identifier: String, _ top: Double, _ samples: [(Double, Double)],
    _ horizontal: ClosedRange<Double>, _ ticks: AxisTicks, style: String, labelled: Bool
  ) -> String {
    let curve = Curve(samples.map { (x: $0.0, y: $0.1) }, limit: 360)
    let high = style == "norm" ? curve.quantile(0.99) ?? 1 : curve.points.map(\.high).max() ?? 1
    let panel = Panel(
      left: left, top: top, width: plotWidth, height: 62, horizontal: horizontal,
      vertical: AxisTicks(covering: 0...max(high, 1e-9), count: 2, widening: true), title: title,
      identifier: identifier)
    return panel.frame() + panel.marks(at: ticks, labelled: labelled) + panel.band(curve, style: style)
      + panel.line(curve, style: style)
  }

  // MARK: Marks

  private func circle(
    _ panel: Panel, _ point: TrainingHistory.Validation, radius: Double, style: String
  ) -> String {
    "<circle class=\"\(style)\" cx=\"\(panel.n(panel.x(point.epochs)))\" cy=\"\(panel.n(panel.y(point.loss)))\" "
      + "r=\"\(panel.n(radius))\"/>\n"
  }

  /// A ring around the best evaluation, and its figure beside it where there is room.
  private func bestMark(_ panel: Panel, _ best: TrainingHistory.Validation) -> String {
    let isRight = panel.x(best.epochs) > panel.left + panel.width * 0.6
    let isHigh = panel.y(best.loss) < panel.top + 30
    let x = panel.x(best.epochs) + (isRight ? -2 : 2)
    let y = panel.y(best.loss) + (isHigh ? 24 : -14)
    return circle(panel, best, radius: 6, style: "ring")
      + "<text class=\"best\" text-anchor=\"\(isRight ? "end" : "start")\" x=\"\(panel.n(x))\" y=\"\(panel.n(y))\">"
      + "best \(Figures.loss(best.loss))</text>\n"
  }

  private func legend(hasValidation: Bool) -> String {
    let right = left + plotWidth
    var svg = "<path class=\"line train\" d=\"M\(Int(right - 190)) 82h22\"/>"
    svg += "<text class=\"label\" x=\"\(Int(right - 162))\" y=\"86\">training</text>\n"
    if hasValidation {
      svg += "<path class=\"line valid\" d=\"M\(Int(right - 92)) 82h22\"/>"
      svg += "<circle class=\"dot\" cx=\"\(Int(right - 81))\" cy=\"82\" r=\"3\"/>"
      svg += "<text class=\"label\" x=\"\(Int(right - 64))\" y=\"86\">validation</text>\n"
    }
    return svg
  }

  // MARK: Style

  private var style: String {
    """
    <style>
    text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;fill:#3b434d}
    .page{fill:#ffffff}.head{font-size:17px;font-weight:600}.title{font-size:13px;font-weight:600}
    .label{font-size:12px;fill:#6b7480}.best{font-size:13px;font-weight:600;fill:#b4541a}
    .grid{stroke:#e3e7ec;stroke-width:1;fill:none}
    .line{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
    .band{stroke:none;opacity:.18}
    .line.train{stroke:#2f6fb5}.band.train{fill:#2f6fb5}.line.valid{stroke:#d9722b}.dot{fill:#d9722b}
    .ring{fill:none;stroke:#b4541a;stroke-width:1.5}
    .line.norm{stroke:#5f7f5f;stroke-width:1.5}.band.norm{fill:#5f7f5f}
    .line.rate{stroke:#7a659c;stroke-width:1.5}.band.rate{fill:#7a659c}
    @media (prefers-color-scheme:dark){
    text{fill:#d5dbe3}.page{fill:#14181d}.label{fill:#939daa}.grid{stroke:#2a3038}
    .line.train{stroke:#6ba6e8}.band.train{fill:#6ba6e8}.line.valid{stroke:#f0965a}.dot{fill:#f0965a}
    .ring{stroke:#f6b48a}.best{fill:#f6b48a}
    .line.norm{stroke:#8fb58f}.band.norm{fill:#8fb58f}.line.rate{stroke:#ad98d0}.band.rate{fill:#ad98d0}}
    </style>
    """
  }

  private func escaped(_ text: String) -> String {
    text.withVisibleControls.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}
