import Recurrent
import RecurrentDrawing

/// A look into cells as pictures: a heat map for each gate and state, the steps across and the units down.
struct WatchPicture {
  let run: WatchedRun
  let selection: WatchSelection
  /// What kind of model it is, in a line.
  let title: String
  /// The model's file.
  let model: String

  /// Everything as one figure.
  var figure: Figure {
    figure(title, of: selection.cells.flatMap { cell in maps(of: cell, naming: run.cells.count > 1) })
  }

  /// Everything as a page, with tables and what to notice.
  var page: Page {
    var page = Page(title, run.blocks)
    if !run.blocks.isEmpty { page.append(.heading("Inside its cells")) }
    page.append(
      .paragraph(
        """
        Each picture shows one quantity of the cells of \(model) while the network reads the input: a column for each \
        \(run.stepName), a row for each unit. \(readSteps) Gates go from 0, shut, to 1, open; the candidate and the \
        states can have either sign.
        """))
    let table = GateTable(selection)
    if !table.rows.isEmpty {
      page.append(.heading("How often gates are shut or open"))
      page.append(
        .table(
          Page.Table(GateTable.heads, table.rows),
          caption: "Shares of all steps and all units of the layer at which a gate is below 0.1 or above 0.9."))
      page.append(
        .figure(
          saturationFigure,
          caption: """
            Each point is one unit or several (after Karpathy, Johnson and Fei-Fei 2015, figure 2). A unit whose \
            forget gate is far to the right keeps what it has; one whose forget gate is far up forgets at every step.
            """))
    }
    for cell in selection.cells {
      page.append(.heading(cell.name.prefix(1).uppercased() + cell.name.dropFirst()))
      page.append(.figure(figure("", of: maps(of: cell, naming: false))))
    }
    return page
  }

  private var readSteps: String {
    run.inputStepCount > run.steps.count
      ? "The first \(Figures.grouped(run.steps.count)) of \(Figures.counted(run.inputStepCount, run.stepName)) are read."
      : "All of the input, \(Figures.counted(run.steps.count, run.stepName)), is read."
  }

  // MARK: Heat maps

  /// Wide enough to read the words under the columns, within reason.
  private func figure(_ title: String, of maps: [HeatMap]) -> Figure {
    let columns = run.steps.count <= 40 ? 2 : 1
    let width = 150 + Double(run.steps.count * columns) * 10
    return Figure(title, width: min(max(width, 860), 5200), columns: columns, parts: maps)
  }

  private func maps(of cell: WatchSelection.Cell, naming: Bool) -> [HeatMap] {
    cell.quantities.map { quantity in
      let values = cell.values(of: quantity)
      let title = (naming ? cell.name + ": " : "") + quantity.name + (quantity.kind == .gate ? " gate" : "")
      return HeatMap(
        title, values: values, rows: .names(cell.units.map(String.init)), columns: .names(run.steps),
        colors: quantity.kind == .gate ? .sequential : .diverging, range: range(quantity, values), rowTitle: "unit",
        columnTitle: run.stepName, rowHeight: min(max(360 / Double(max(1, cell.units.count)), 1), 11),
        greatestColumnWidth: 36)
    }
  }

  /// Gates have the range that gates have, so that they can be compared, and so have values behind tanh.
  private func range(_ quantity: CellQuantity, _ values: [[Double]]) -> ClosedRange<Double>? {
    if quantity.kind == .gate { return 0...1 }
    let largest = values.joined().reduce(0) { $1.isFinite ? max($0, abs($1)) : $0 }
    return largest <= 1 && quantity != .cell ? -1...1 : nil
  }

  // MARK: Saturation

  /// A plot for each gate, a row for each cell.
  private var saturationFigure: Figure {
    let plots = selection.cells.flatMap { cell in
      cell.quantities.compactMap { gate -> Plot? in
        guard let saturation = cell.recording.saturation(of: gate) else { return nil }
        let units = zip(saturation.open, saturation.shut).map { Point(x: 100 * $0, y: 100 * $1) }
        return Plot(
          (run.cells.count > 1 ? cell.name + ": " : "") + gate.name + " gate",
          x: Axis("steps open, %", range: 0...100), y: Axis("steps shut, %", range: 0...100), height: 180,
          marks: [.points(units, symbol: .dot, radius: 2.5)])
      }
    }
    let columns = selection.cells.first?.quantities.count { $0.kind == .gate } ?? 1
    return Figure(width: min(860, 300 * Double(columns)), columns: columns, parts: plots)
  }
}
