import Foundation
import Recurrent
import RecurrentDrawing

/// How far back a run's gradients reach, while it goes on: for each recurrent layer a map of the norm by lag over the epochs, and
/// the share of steps that were clipped.
struct GradientChart {
  private let records: [MetricsRecord]
  private let lags: [Int]
  private let layers: [String]
  private let title: String

  /// The picture of a file's lines; nil where none tells of gradients.
  init?(_ records: [MetricsRecord], title: String) {
    let own = records.filter { $0.kind == .gradients }
    guard let layers = own.lazy.compactMap(\.gradientLayers).first else { return nil }
    // Where steps differ in length so do their lags; those that one step in ten has are shown, blank where another has none.
    let counts = Dictionary(own.flatMap { $0.gradientLags ?? [] }.map { ($0, 1) }, uniquingKeysWith: +)
    lags = counts.filter { 10 * $0.value >= own.count }.keys.sorted()
    (self.records, self.layers) = (own, layers)
    self.title = title
  }

  var svg: String {
    let norms = records.map { record in
      (record.gradientNorms ?? []).map { Dictionary(zip(record.gradientLags ?? [], $0), uniquingKeysWith: { $1 }) }
    }
    let maps = layers.indices.map { layer -> any FigurePart in
      HeatMap(
        layers.count == 1 ? "" : "layer \(layers[layer])",
        values: lags.map { lag in norms.map { $0.indices.contains(layer) ? Self.logarithm($0[layer][lag]) : .nan } },
        rows: .names(lags.map { "\($0)" }), columns: .names(records.map { String(format: "%.1f", $0.epochs) }), rowTitle: "steps back",
        columnTitle: "epoch", valueTitle: "log₁₀ of the norm", rowHeight: 16, greatestColumnWidth: 24)
    }
    let clipped = records.compactMap { record in
      record.clippedFraction.map { Point(x: record.epochs, y: 100 * $0) }
    }
    let share = Plot(
      x: Axis("epoch"), y: Axis("clipped since the epoch began, % of steps", range: 0...100), height: 70,
      marks: [.line(clipped, ink: .green, width: 1.5)])
    return Figure(
      "\(title): how far back the gradient reaches",
      note: "The norm of the gradient of the loss at the last step with respect to the state so many steps before. A layer whose upper "
        + "rows have the colour of the lower ones learns over long spans; one that fades does not."
        + (layers.contains { $0.hasSuffix("reverse") } ? " A layer that reads in reverse has its last step at the beginning." : ""),
      parts: maps + [share]
    ).svg
  }

  private static func logarithm(_ norm: Double?) -> Double {
    guard let norm, norm > 0 else { return .nan }
    return log10(norm)
  }
}
