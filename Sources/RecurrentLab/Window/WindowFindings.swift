import RecurrentDrawing
import RecurrentTasks

/// What the networks recalled, as a table, curves and sentences.
struct WindowFindings {
  let parameters: WindowParameters
  let results: [RecallResult]

  private static let recalled = 0.95

  var findings: Findings {
    Findings(
      table: table,
      tableNote: """
        Sees: steps that an answer can depend on. Recalls: the longest lag up to which at least 95 % of 1,000 answers are right. Chance is 25 %.
        """,
      notes: notes,
      blocks: [
        .heading("Right answers against the lag"), .figure(figure(\.accuracy), caption: "Each network learns each lag anew."),
        .heading("Sequences twice as long as those learned from"),
        .figure(figure(\.farther), caption: "The lag is the one learned from; the sequences asked for are twice as long."),
      ],
      files: [file])
  }

  private func own(_ kind: RecallResult.Kind) -> [RecallResult] { results.filter { $0.kind == kind } }

  private func reach(_ kind: RecallResult.Kind) -> Int? {
    switch kind {
    case .window: parameters.window
    case .convolution: 1 + 2 * ((1 << parameters.layers) - 1)
    case .lstm, .gru, .tanh: nil
    }
  }

  /// The longest lag up to which a kind recalls.
  private func memory(_ kind: RecallResult.Kind) -> Int? {
    var longest: Int?
    for result in own(kind) {
      guard result.accuracy >= Self.recalled else { break }
      longest = result.lag
    }
    return longest
  }

  private var table: Table {
    Table(
      ["network", "weights", "sees", "recalls", "at \(parameters.lags.last ?? 0)", "twice as long"],
      RecallResult.Kind.allCases.map { kind in
        let last = own(kind).last
        return [
          kind.rawValue, Figures.grouped(last?.weights ?? 0), reach(kind).map { "\($0) steps" } ?? "everything",
          memory(kind).map { "\($0)" } ?? "< \(parameters.step)", (last?.accuracy ?? 0).share, (last?.farther ?? 0).share,
        ]
      })
  }

  private var notes: [String] {
    var notes: [String] = []
    for kind in [RecallResult.Kind.window, .convolution] {
      guard let reach = reach(kind) else { continue }
      let beyond = own(kind).filter { $0.lag >= reach }
      let worst = beyond.map { abs($0.accuracy - 0.25) }.max()
      notes.append(
        "The \(kind.rawValue) network sees \(reach) steps"
          + (memory(kind).map { " and recalls up to a lag of \($0)" } ?? " and recalls none of the lags")
          + (worst.map { "; beyond its edge it guesses: never more than \((100 * $0).fixed(0)) points from 25 %." } ?? "; no lag here is beyond."))
    }
    let recurrent = [RecallResult.Kind.lstm, .gru, .tanh]
    notes.append(
      "Recurrent networks, with no edge: "
        + recurrent.map { kind in
          "\(kind.rawValue) " + (memory(kind).map { "recalls up to \($0) steps" } ?? "recalls none")
        }.joined(separator: "; ") + ".")
    let far = recurrent.compactMap { kind in own(kind).last.map { (kind, $0.farther) } }
    notes.append(
      "Asked for sequences twice as long as the longest learned from, right are: "
        + far.map { "\($0.rawValue) \($1.share)" }.listed + ".")
    let misled = far.filter { $0.1 < 0.1 }.map(\.0.rawValue)
    if !misled.isEmpty {
      notes.append(
        "Far fewer right answers than guessing gives (\(misled.listed)) are no chance: the network has learned to have the answer in its place "
          + "after just so many steps, and after twice as many another stands there.")
    }
    return notes
  }

  private func figure(_ value: KeyPath<RecallResult, Double>) -> Figure {
    let inks: [Ink] = [.amber, .purple, .blue, .green, .vermilion]
    var marks: [Mark] = [.rule(y: 25, label: "chance")]
    for (kind, ink) in zip(RecallResult.Kind.allCases, inks) {
      let points = own(kind).map { Point(x: Double($0.lag), y: 100 * $0[keyPath: value]) }
      marks += [.line(points, name: kind.rawValue, ink: ink), .points(points, name: kind.rawValue, ink: ink, radius: 4)]
      if value == \.accuracy, let reach = reach(kind) { marks.append(.rule(x: Double(reach), label: "edge: \(kind.rawValue)")) }
    }
    return Figure(
      parts: [Plot(x: Axis("lag, steps"), y: Axis("right answers, %", range: 0...114), height: 260, marks: marks)])
  }

  private var file: DataFile {
    var file = DataFile("window.csv", columns: ["network", "weights", "lag", "share right", "share right at twice the lag"])
    for result in results {
      file.append([
        .text(result.kind.rawValue), .integer(result.weights), .integer(result.lag), .number(result.accuracy), .number(result.farther),
      ])
    }
    return file
  }
}
