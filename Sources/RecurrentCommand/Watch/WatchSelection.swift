import Recurrent

/// The cells, quantities and units of a run that are to be shown.
struct WatchSelection {
  /// One cell with what is shown of it.
  struct Cell {
    let recording: CellRecording<Float>
    let quantities: [CellQuantity]
    let units: [Int]

    /// "layer 1", or "layer 1, reverse" where there are two directions.
    let name: String

    /// The values of a quantity, a row a unit and a column a step.
    func values(of quantity: CellQuantity) -> [[Double]] {
      guard let tensor = recording[quantity] else { return [] }
      let (steps, all) = (tensor.shape[0], tensor.shape[2])
      let scalars = tensor.scalars
      return units.map { unit in (0..<steps).map { Double(scalars[$0 * all + unit]) } }
    }
  }

  let cells: [Cell]

  /// What the options ask for.
  ///
  /// - Parameters:
  ///   - layers: The layers, from 0; empty: all.
  ///   - gates: The names of quantities; empty: all.
  /// - Throws: ``CommandError`` for a layer, a quantity or a unit that is not there.
  init(_ run: WatchedRun, layers: [Int], gates: [String], units: UnitChoice) throws {
    let known = Set(run.cells.map(\.layer)).sorted()
    if let layer = layers.first(where: { !known.contains($0) }) {
      let named = known.count == 1 ? "the only layer is 0" : "the layers are 0 to \(known.count - 1)"
      throw CommandError("--layer: there is no layer \(layer): \(named)")
    }
    let hasBothDirections = run.cells.contains { $0.direction == .reverse }
    cells = try run.cells.filter { layers.isEmpty || layers.contains($0.layer) }.map { recording in
      let names = recording.quantities.map(\.name)
      if let gate = gates.first(where: { !names.contains($0) }) {
        throw CommandError("--gate: this cell has no \"\(gate)\"; it has: \(names.joined(separator: ", "))")
      }
      let direction = hasBothDirections ? ", \(recording.direction == .forward ? "forward" : "reverse")" : ""
      return Cell(
        recording: recording, quantities: recording.quantities.filter { gates.isEmpty || gates.contains($0.name) },
        units: try units.units(of: recording), name: "layer \(recording.layer)\(direction)")
    }
  }
}
