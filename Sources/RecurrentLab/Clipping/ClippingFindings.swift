import RecurrentDrawing
import RecurrentTasks

/// Runs on the temporal-order problem as a table, curves and sentences.
struct ClippingFindings {
  let parameters: ClippingParameters
  let runs: [OrderRun]

  var findings: Findings {
    Findings(
      table: table,
      tableNote: """
        Solved: runs in which fewer than 1 % of 10,000 sequences were wrong, of all. Updates: the mean of the solved runs. Above the \
        threshold: the share of updates whose gradient was longer than \(parameters.clip.short), clipped or not.
        """,
      notes: notes,
      blocks: [
        .heading("Success against length"), .figure(rates, caption: ratesCaption), .heading("How many were wrong at the end"),
        .figure(errors, caption: "Chance is 75 %. A network that diverged counts as wrong throughout."),
        .heading("While they learn"),
        .figure(curves, caption: "The share of 500 new sequences that are wrong, of the first run at the longest length."),
      ],
      files: [file])
  }

  private var starts: [OrderStart] { parameters.starts.starts }
  private var remedies: [OrderRemedy] { parameters.remedies.remedies }

  private func own(_ start: OrderStart, _ remedy: OrderRemedy, _ length: Int) -> [OrderRun] {
    runs.filter { $0.trial.start == start && $0.trial.remedy == remedy && $0.trial.length == length }
  }

  private func solved(_ start: OrderStart, _ remedy: OrderRemedy, _ length: Int) -> Int {
    own(start, remedy, length).count { $0.end == .solved }
  }

  private var table: Table {
    var rows: [[String]] = []
    for start in starts {
      for remedy in remedies {
        for length in parameters.lengths {
          let own = own(start, remedy, length)
          let good = own.filter { $0.end == .solved }
          let mean = good.isEmpty ? nil : Double(good.reduce(0) { $0 + $1.updates }) / Double(good.count)
          rows.append([
            start.rawValue, remedy.rawValue, "\(length)", "\(good.count) of \(own.count)", mean.map { Figures.grouped(Int($0)) } ?? "–",
            (own.map(\.largestNorm).max() ?? 0).plain, (own.map(\.shareAbove).reduce(0, +) / Double(own.count)).share,
          ])
        }
      }
    }
    return Table(["begins as", "remedy", "length", "solved", "updates", "largest gradient", "above threshold"], rows)
  }

  // MARK: Sentences

  /// Ways to begin, lengths, and remedies without clipping at which every run fails, where every run of the same with clipping
  /// succeeds.
  var gaps: [(start: OrderStart, without: OrderRemedy, length: Int)] {
    starts.flatMap { start in
      remedies.flatMap { remedy in
        parameters.lengths.filter { length in
          guard let clipped = remedy.clipped, remedies.contains(clipped) else { return false }
          return solved(start, remedy, length) == 0 && solved(start, clipped, length) == parameters.runs
        }.map { (start, remedy, $0) }
      }
    }
  }

  private var notes: [String] {
    var notes: [String] = []
    let gaps = gaps
    if !remedies.contains(where: \.clips) || remedies.allSatisfy(\.clips) {
      notes.append("Only \(remedies.map(\.rawValue).listed) was tried; to compare, it takes runs with clipping and without.")
    } else if gaps.isEmpty {
      let counts = [false, true].map { clips in runs.count { $0.trial.remedy.clips == clips && $0.end == .solved } }
      notes.append(
        "\(counts[0]) runs succeed without clipping and \(counts[1]) with it; there is no length at which one always fails and the other never "
          + "does. More updates, or other rates, may show it.")
    } else {
      let words = gaps.map { gap in
        "\(gap.start.rawValue) at length \(gap.length)\(gap.without == .regularizer ? ", both with Ω" : "")"
      }
      notes.append("Clipping decides: without it every run fails, with it every run succeeds, for \(words.joined(separator: "; ")).")
    }
    if let longest = parameters.lengths.last, !runs.contains(where: { $0.trial.length == longest && $0.end == .solved }) {
      notes.append(
        "At length \(longest) nothing succeeds within \(Figures.grouped(parameters.updates)) updates. The paper allows five million: `--full`.")
    }
    for remedy in remedies {
      let all = runs.filter { $0.trial.remedy == remedy }
      let good = all.filter { $0.end == .solved }
      let diverged = all.count { $0.end == .diverged }
      let longest = good.map(\.trial.length).max()
      notes.append(
        "\(remedy.rawValue.prefix(1).uppercased() + remedy.rawValue.dropFirst()): \(good.count) of \(all.count) runs succeed"
          + (longest.map { ", the longest at length \($0)" } ?? "")
          + (diverged > 0 ? "; \(diverged) end in numbers that are none." : "."))
    }
    let best = starts.max { a, b in
      runs.count { $0.trial.start == a && $0.end == .solved } < runs.count { $0.trial.start == b && $0.end == .solved }
    }
    if let best, starts.count > 1, runs.contains(where: { $0.trial.start == best && $0.end == .solved }) {
      let count = runs.count { $0.trial.start == best && $0.end == .solved }
      notes.append("Of the ways to begin, \(best.rawValue) succeeds most often: \(count) of \(runs.count / starts.count) runs.")
    }
    return notes
  }

  // MARK: Pictures

  private static func ink(_ remedy: OrderRemedy) -> Ink {
    switch remedy {
    case .none: .graphite
    case .regularizer: .green
    case .clipping: .vermilion
    case .both: .blue
    }
  }

  private func plots(_ title: String, _ range: ClosedRange<Double>, _ value: ([OrderRun]) -> Double) -> [any FigurePart] {
    starts.enumerated().map { index, start in
      Plot(
        start.rawValue,
        x: Axis("length of the sequences, steps", range: Double(parameters.shortest) - 5...Double(parameters.longest) + 5),
        y: Axis(title, range: range), height: 190,
        marks: remedies.flatMap { remedy -> [Mark] in
          let ink = Self.ink(remedy)
          let points = parameters.lengths.map { Point(x: Double($0), y: value(own(start, remedy, $0))) }
          return [.line(points, name: remedy.rawValue, ink: ink), .points(points, name: remedy.rawValue, ink: ink, radius: 4)]
        })
    }
  }

  private var rates: Figure {
    Figure(parts: plots("runs that succeed, %", -4...104) { own in
      100 * Double(own.count { $0.end == .solved }) / Double(max(1, own.count))
    })
  }

  private var ratesCaption: String {
    "Each point is \(parameters.runs) runs of at most \(Figures.grouped(parameters.updates)) updates of \(parameters.batch) sequences, "
      + "with rate \(parameters.rate.short)."
  }

  private var errors: Figure {
    Figure(parts: plots("wrong at the end, %", -4...104) { own in
      100 * own.map(\.errorRate).reduce(0, +) / Double(max(1, own.count))
    })
  }

  private var curves: Figure {
    Figure(
      parts: starts.map { start in
        Plot(
          start.rawValue, x: Axis("updates"), y: Axis("wrong, %", range: -4...104), height: 150,
          marks: remedies.compactMap { remedy in
            own(start, remedy, parameters.lengths.last ?? 0).first.map { run in
              .line(
                run.curve.enumerated().map { Point(x: Double(100 * ($0 + 1)), y: 100 * $1) }, name: remedy.rawValue, ink: Self.ink(remedy),
                width: 1.5)
            }
          })
      })
  }

  private var file: DataFile {
    var file = DataFile(
      "clipping.csv",
      columns: ["begins as", "remedy", "length", "seed", "end", "updates", "error rate", "largest gradient", "share above threshold"])
    for run in runs {
      file.append([
        .text(run.trial.start.rawValue), .text(run.trial.remedy.rawValue), .integer(run.trial.length),
        .integer(Int(clamping: run.trial.seed)), .text(run.end.rawValue), .integer(run.updates), .number(run.errorRate),
        .number(run.largestNorm), .number(run.shareAbove),
      ])
    }
    return file
  }
}
