import Foundation
import Recurrent
import RecurrentDrawing

/// How far back a run's gradients reach, while it goes on: for each recurrent layer a map of the norm by lag over the epochs, and
/// the share of steps that were clipped.
struct GradientChart {
  private let records: [MetricsRecord]
  private let lags: [Int]
  private let layerCount: Int
  private let title: String

  /// The picture of a file's lines; nil where none tells of gradients.
  init?(_ records: [MetricsRecord], title: String) {
    let own = records.filter { $0.kind == .gradients }
    // The last step of an epoch may be shorter than the others and have fewer lags: most records decide.
    let counts = Dictionary(own.compactMap { record in record.gradientLags.map { ($0, 1) } }, uniquingKeysWith: +)
    guard let most = counts.values.max(), let lags = own.lazy.compactMap(\.gradientLags).first(where: { counts[$0] == most }),
      let layers = own.first(where: { $0.gradientLags == lags })?.gradientNorms?.count, layers > 0
    else { return nil }
    self.records = own.filter { $0.gradientLags == lags && $0.gradientNorms?.count == layers }
    self.lags = lags
    layerCount = layers
    self.title = title
  }

  var svg: String {
    let maps = (0..<layerCount).map { layer -> any FigurePart in
      HeatMap(
        layerCount == 1 ? "" : "layer \(layer)", values: lags.indices.map { lag in records.map { logarithm($0, layer, lag) } },
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
        + "rows have the colour of the lower ones learns over long spans; one that fades does not.",
      parts: maps + [share]
    ).svg
  }

  private func logarithm(_ record: MetricsRecord, _ layer: Int, _ lag: Int) -> Double {
    let norm = record.gradientNorms?[layer][lag] ?? .nan
    return norm > 0 ? log10(norm) : .nan
  }
}
