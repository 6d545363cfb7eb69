import RecurrentDrawing
import RecurrentTasks

/// Runs of the six experiments as a table, curves and sentences.
struct LongLagFindings {
  let runs: [LagRun]

  var findings: Findings {
    Findings(
      table: table,
      tableNote: """
        Sequences: those learned from until the criterion of the paper was met; “> n” was not met within n. The figures of 1997 are \
        means over the paper’s own runs.
        """,
      notes: notes, blocks: blocks, files: [file])
  }

  /// The problems in order.
  private var problems: [any LagProblem] {
    var seen: Set<String> = []
    return runs.map(\.problem).filter { seen.insert($0.number).inserted }
  }

  private var table: Table {
    Table(
      ["experiment", "network", "weights", "seed", "sequences", "1997", "of 1997’s"],
      runs.map { run in
        [
          "\(run.problem.number) \(run.problem.title)", run.kind.rawValue, Figures.grouped(run.weights), "\(run.seed)",
          run.solvedAfter.map(Figures.grouped) ?? "> \(Figures.grouped(run.limit))", Figures.grouped(run.problem.paperMean),
          run.solvedAfter.map { (Double($0) / Double(run.problem.paperMean)).share } ?? "–",
        ]
      })
  }

  // MARK: Sentences

  /// The experiments of the paper, 1 to 6, whose parts are all solved by a kind of network, in every run, in no more
  /// sequences than the paper's mean.
  func experimentsWithinPaper(_ kind: NetworkKind) -> (within: [String], all: [String]) {
    let own = runs.filter { $0.kind == kind }
    var numbers: [String] = []
    for run in own where !numbers.contains(String(run.problem.number.prefix(1))) {
      numbers.append(String(run.problem.number.prefix(1)))
    }
    let within = numbers.filter { number in
      own.filter { $0.problem.number.hasPrefix(number) }.allSatisfy { run in
        run.solvedAfter.map { $0 <= run.problem.paperMean } ?? false
      }
    }
    return (within, numbers)
  }

  private var notes: [String] {
    var notes: [String] = []
    let (within, all) = experimentsWithinPaper(.lstm)
    let missing = all.filter { !within.contains($0) }
    notes.append(
      "Today’s LSTM meets the paper’s criterion in no more sequences than the paper’s mean in \(within.count) of \(all.count) "
        + "experiments\(within.isEmpty ? "" : " (\(within.listed))")"
        + (missing.isEmpty ? "." : "; not in \(missing.listed)."))
    let ratios = runs.filter { $0.kind == .lstm }.compactMap { run in
      run.solvedAfter.map { (run, Double(run.problem.paperMean) / Double($0)) }
    }
    if let best = ratios.max(by: { $0.1 < $1.1 }), let least = ratios.min(by: { $0.1 < $1.1 }), ratios.count > 1 {
      notes.append(
        "It needs between \(best.1.plain) times fewer sequences than in 1997 (experiment \(best.0.problem.number)) and "
          + (least.1 >= 1 ? "\(least.1.plain) times fewer" : "\((1 / least.1).plain) times more")
          + " (experiment \(least.0.problem.number)).")
    }
    for kind in [NetworkKind.original, .gru, .tanh] {
      let own = runs.filter { $0.kind == kind }
      guard !own.isEmpty else { continue }
      let solved = own.filter { $0.solvedAfter != nil }
      let unsolved = Self.numbers(own.filter { $0.solvedAfter == nil })
      notes.append(
        "\(Self.called(kind)) solves \(solved.count) of \(own.count) within the sequences allowed"
          + (unsolved.isEmpty ? "." : "; not \(unsolved.listed)."))
    }
    let seeds = Set(runs.map(\.seed)).sorted().map { "\($0)" }
    notes.append("Seed\(seeds.count == 1 ? "" : "s"): \(seeds.listed).")
    return notes
  }

  private static func called(_ kind: NetworkKind) -> String {
    switch kind {
    case .original: "The LSTM of 1997"
    case .lstm: "The LSTM"
    case .gru: "The GRU"
    case .tanh: "The tanh network"
    }
  }

  private static func numbers(_ runs: [LagRun]) -> [String] {
    var seen: Set<String> = []
    return runs.map(\.problem.number).filter { seen.insert($0).inserted }
  }

  // MARK: Pictures

  private var blocks: [Page.Block] {
    var blocks: [Page.Block] = [
      .heading("How many sequences each needs"), .figure(overview, caption: "Lower is faster. A cross is a run that was stopped there, unsolved."),
      .heading("The problems, and how they were learned"),
    ]
    for problem in problems {
      let own = runs.filter { $0.problem.number == problem.number }
      blocks.append(
        .paragraph(
          "Experiment \(problem.number), \(problem.title). Solved when \(problem.criterionWords). Adam with rate \((own.first?.rate ?? problem.rate).short), "
            + "\(own.first?.batch ?? problem.batch) sequences an update. 1997: \(Figures.grouped(problem.paperMean)) sequences."))
      blocks.append(
        .figure(
          Figure(
            parts: [
              Plot(
                x: Axis("sequences learned from"), y: Axis("mean of the largest output error", range: 0...1), height: 170,
                marks: own.map { run in
                  .line(
                    run.curve.map { Point(x: Double($0.sequences), y: $0.error) }, name: run.kind.rawValue, ink: Self.ink(run.kind))
                })
            ])))
    }
    return blocks
  }

  private static func ink(_ kind: NetworkKind) -> Ink {
    switch kind {
    case .original: .graphite
    case .lstm: .blue
    case .gru: .green
    case .tanh: .vermilion
    }
  }

  private var overview: Figure {
    let kinds = NetworkKind.allCases.filter { kind in runs.contains { $0.kind == kind } }
    let places = problems.map(\.number)
    func place(_ run: LagRun, _ shift: Int) -> Double {
      Double(places.firstIndex(of: run.problem.number) ?? 0) + 1 + 0.12 * Double(shift - 2)
    }
    var marks: [Mark] = [
      .points(
        problems.enumerated().map { Point(x: Double($0) + 1 - 0.24 - 0.12, y: Double($1.paperMean)) }, name: "mean of the paper, 1997",
        ink: .amber, symbol: .diamond, radius: 5)
    ]
    for (index, kind) in kinds.enumerated() {
      let own = runs.filter { $0.kind == kind }
      let symbols: [Symbol] = [.square, .dot, .triangle, .ring]
      marks.append(
        .points(
          own.compactMap { run in run.solvedAfter.map { Point(x: place(run, index + 1), y: Double($0)) } }, name: kind.rawValue,
          ink: Self.ink(kind), symbol: symbols[index], radius: 4.5))
      marks.append(
        .points(
          own.filter { $0.solvedAfter == nil }.map { Point(x: place($0, index + 1), y: Double($0.limit)) }, ink: Self.ink(kind),
          symbol: .cross, radius: 5))
    }
    // The numbers of the paper in place of those of an axis.
    for (index, problem) in problems.enumerated() { marks.append(.text(problem.number, at: Point(x: Double(index) + 0.95, y: 20))) }
    let words = problems.map { "\($0.number): \($0.title)" }.joined(separator: "; ")
    return Figure(
      note: words,
      parts: [
        Plot(
          x: Axis("experiment", range: 0.5...(Double(problems.count) + 0.5), hasLabels: false),
          y: Axis("sequences until solved", scale: .logarithmic, focus: 10...1_000_000),
          height: 300, marks: marks)
      ])
  }

  private var file: DataFile {
    var file = DataFile(
      "long-lags.csv", columns: ["experiment", "network", "weights", "seed", "sequences", "solved", "limit", "1997", "curve at", "error"])
    for run in runs {
      for point in run.curve {
        file.append([
          .text(run.problem.number), .text(run.kind.rawValue), .integer(run.weights), .integer(Int(clamping: run.seed)),
          run.solvedAfter.map(DataFile.Cell.integer) ?? .text(""), .text(run.solvedAfter == nil ? "no" : "yes"), .integer(run.limit),
          .integer(run.problem.paperMean), .integer(point.sequences), .number(point.error),
        ])
      }
    }
    return file
  }
}
