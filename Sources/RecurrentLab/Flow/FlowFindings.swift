#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif
import RecurrentDrawing

/// A run of an LSTM as pictures, and its derivatives as a table.
struct FlowFindings {
  let parameters: FlowParameters
  let flow: Flow
  let check: DerivativeCheck

  var findings: Findings {
    Findings(
      table: table,
      tableNote: "The largest distances between derivatives that were computed in different ways, parameter by parameter.",
      notes: notes,
      blocks: [
        .heading("Over the whole text"), .figure(overview, caption: "One row a unit, one column a letter. Values below zero are of the other colour."),
        .heading("Step by step"),
        .paragraph(
          """
          Each picture is one letter; each column is a unit. From top to bottom: the gates and the candidate; what is kept of \
          the old cell and what is written into it; the new cell, which is their sum; and what of it is shown. Colours end at ±1, \
          which cells can pass; the numbers say how far.
          """),
      ] + pictures,
      files: [file])
  }

  private var table: Table {
    Table(
      ["parameter", "numbers", "norm", "hand − tape", "tape − differences"],
      check.rows.map { row in
        [row.parameter, "\(row.count)", row.norm.plain, row.handToTape.plain, row.tapeToDifferences.plain]
      })
  }

  private var notes: [String] {
    let (hand, differences) = (check.handToTape, check.tapeToDifferences)
    var notes = [
      hand < 1e-12
        ? "The derivatives written by hand and those of the tape are the same to \(hand.plain): rounding."
        : "The derivatives written by hand and those of the tape differ by \(hand.plain), more than rounding explains.",
      differences < 1e-8
        ? "Finite differences in double precision agree with them to \(differences.plain)."
        : "Finite differences in double precision differ by \(differences.plain): more than 10⁻⁸, which asks for a look.",
    ]
    let forgets = flow.steps.map { step in (step, mean(step.values("forget gate f"))) }
    if let least = forgets.min(by: { $0.1 < $1.1 }), let most = forgets.max(by: { $0.1 < $1.1 }) {
      notes.append(
        "It forgets most when it reads \(quoted(least.0.letter)) (the forget gate’s mean is \(least.1.plain)) and least when it reads "
          + "\(quoted(most.0.letter)) (\(most.1.plain)).")
    }
    let kept = longestMemory
    notes.append(
      "The unit that forgets most slowly over this text is unit \(kept.unit): its forget gate’s geometric mean is \(kept.mean.plain), so that "
        + "half of what is written there is left after \(kept.halfLife.plain) letters.")
    let right = flow.steps.count { $0.guess == $0.next }
    notes.append("It guessed \(right) of \(flow.steps.count) letters right.")
    return notes
  }

  /// The unit with the largest geometric mean of the forget gate.
  private var longestMemory: (unit: Int, mean: Double, halfLife: Double) {
    let count = flow.steps.first?.values("forget gate f").count ?? 0
    let means = (0..<count).map { unit in
      exp(flow.steps.map { log(max($0.values("forget gate f")[unit], 1e-300)) }.reduce(0, +) / Double(flow.steps.count))
    }
    let unit = means.indices.max { means[$0] < means[$1] } ?? 0
    let mean = means.isEmpty ? 0 : means[unit]
    return (unit + 1, mean, log(0.5) / log(min(mean, 1 - 1e-12)))
  }

  private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }

  private func quoted(_ letter: Character) -> String { letter == " " ? "a space" : "“\(letter)”" }

  // MARK: Pictures

  private var letters: [String] { flow.steps.map { $0.letter == " " ? "␣" : String($0.letter) } }

  private var overview: Figure {
    let names = ["forget gate f", "input gate i", "cell c", "shown h"]
    return Figure(
      "Gates and cells over “\(parameters.text)”", columns: 2,
      parts: names.map { name -> any FigurePart in
        let values = flow.steps.map { $0.values(name) }
        let units = values.first?.count ?? 0
        let isGate = name.contains("gate")
        return HeatMap(
          name, values: (0..<units).map { unit in values.map { $0[unit] } }, rows: .numbers(from: 1), columns: .names(letters),
          colors: isGate ? .sequential : .diverging, range: isGate ? 0...1 : nil, rowTitle: "unit", columnTitle: "letter read",
          rowHeight: 12)
      })
  }

  private var pictures: [Page.Block] {
    flow.steps.enumerated().map { index, step in
      let caption =
        "Step \(index + 1): it reads \(quoted(step.letter)). "
        + "Most likely next, it finds, is \(quoted(step.guess)); to \(quoted(step.next)), which comes, it gives \(step.probability.share)."
      let figure = Figure(
        width: 640,
        parts: [
          HeatMap(
            values: step.quantities.map(\.values), rows: .names(step.quantities.map(\.name)),
            columns: .numbers(from: 1), colors: .diverging, range: -1...1, columnTitle: "unit", texts: texts(step), rowHeight: 18,
            greatestColumnWidth: 34)
        ])
      return .figure(figure, caption: caption)
    }
  }

  private func texts(_ step: Flow.Step) -> [[String]] {
    step.quantities.map { $0.values.map { value in String(value.fixed(1).replacing("−0.0", with: "0.0")) } }
  }

  private var file: DataFile {
    var file = DataFile("flow.csv", columns: ["step", "letter", "quantity", "unit", "value"])
    for (index, step) in flow.steps.enumerated() {
      for quantity in step.quantities {
        for (unit, value) in quantity.values.enumerated() {
          file.append([
            .integer(index + 1), .text(String(step.letter)), .text(quantity.name), .integer(unit + 1), .number(value),
          ])
        }
      }
    }
    return file
  }
}
