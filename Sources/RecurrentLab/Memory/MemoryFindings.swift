import RecurrentDrawing
import RecurrentTasks

/// What the shapes learned, as a table, curves and sentences.
struct MemoryFindings {
  let parameters: MemoryParameters
  let texts: [TextResult]
  let copies: [CopyResult]

  /// Right in this share of cases counts as remembered.
  private static let remembered = 0.9

  var findings: Findings {
    Findings(
      table: table,
      tableNote: """
        Loss: nats a character on the last tenth of the text, after \(Figures.grouped(parameters.updates)) updates. Multiplications: a \
        character, forward. Seconds: a pass over the first nine tenths, on this machine at this time; they alone differ from run to run. \
        Remembers: the longest delay up to which at least nine of ten symbols are repeated rightly.
        """,
      notes: notes,
      blocks: [
        .heading("On the text"), .figure(textFigure), .heading("How long each remembers"),
        .figure(
          copyFigure,
          caption: "Three of eight symbols, repeated after a delay; learned anew for each delay, with \(Figures.grouped(parameters.copying)) updates."),
      ],
      files: [textFile, copyFile])
  }

  /// The longest delay up to which a kind remembers; nil: not even the shortest.
  private func memory(_ kind: NetworkShape.Kind) -> Int? {
    var longest: Int?
    for copy in copies where copy.shape.kind == kind {
      guard copy.accuracy >= Self.remembered else { break }
      longest = copy.delay
    }
    return longest
  }

  private var table: Table {
    Table(
      ["shape", "units", "weights", "multiplications", "loss", "seconds an epoch", "remembers"],
      texts.map { text in
        [
          text.shape.kind.rawValue, "\(text.shape.units)", Figures.grouped(text.weights),
          Figures.grouped(text.shape.multiplications(symbols: TextResult.symbols)), text.loss.fixed(3), text.secondsAnEpoch.fixed(1),
          memory(text.shape.kind).map { "\($0)" } ?? "< \(parameters.shortest)",
        ]
      })
  }

  private var notes: [String] {
    var notes: [String] = []
    let ranked = texts.sorted { $0.loss < $1.loss }
    if let best = ranked.first, let last = ranked.last {
      notes.append(
        "On the text \(best.shape.kind.rawValue) is best, with \(best.loss.fixed(3)) nats a character, and \(last.shape.kind.rawValue) is last, "
          + "with \(last.loss.fixed(3)), after the same number of updates.")
    }
    let plain = texts.filter { !$0.shape.kind.hasGates }.sorted { $0.loss < $1.loss }
    if let best = plain.first, let wide = plain.first(where: { $0.shape.kind == .wide }) {
      notes.append(
        best.shape.kind == .wide
          ? "Without gates the wide network is the best of the three: at this size and so few updates, depth does not pay."
          : "Without gates \(best.shape.kind.rawValue) is the best of the three, by \((wide.loss - best.loss).fixed(3)) nats below the wide one.")
    }
    func words(_ kinds: [NetworkShape.Kind]) -> String {
      kinds.map { kind in
        "\(kind.rawValue) " + (memory(kind).map { "up to \($0) steps" } ?? "not even \(parameters.shortest) steps")
      }.joined(separator: "; ")
    }
    notes.append("Memory: \(words(NetworkShape.Kind.allCases)).")
    let (gated, free) = (
      NetworkShape.Kind.allCases.filter(\.hasGates).compactMap(memory).max() ?? 0,
      NetworkShape.Kind.allCases.filter { !$0.hasGates }.compactMap(memory).max() ?? 0
    )
    notes.append(
      gated > free
        ? "Gates make memory longer: \(gated) steps against \(free) at best without them."
        : "Gates do not remember longer here (\(gated) steps against \(free)): at these delays and so few updates they have nothing to gain.")
    if let slow = texts.max(by: { $0.secondsAnEpoch < $1.secondsAnEpoch }), let fast = texts.min(by: { $0.secondsAnEpoch < $1.secondsAnEpoch }) {
      notes.append(
        "A pass over the text takes \(fast.secondsAnEpoch.plain) s (\(fast.shape.kind.rawValue)) to \(slow.secondsAnEpoch.plain) s "
          + "(\(slow.shape.kind.rawValue)) at nearly the same number of multiplications: steps that wait for each other cost time.")
    }
    return notes
  }

  // MARK: Pictures

  private var textFigure: Figure {
    Figure(
      parts: [
        Plot(
          x: Axis("updates"), y: Axis("training loss, nats a character", focus: 1.4...3), height: 240,
          marks: texts.map { text in
            .line(text.curve.map { Point(x: Double($0.updates), y: $0.loss) }, name: text.shape.kind.rawValue)
          })
      ])
  }

  private var copyFigure: Figure {
    Figure(
      parts: [
        Plot(
          x: Axis("delay, steps"), y: Axis("symbols repeated rightly, %", range: 0...104), height: 240,
          marks: [.rule(y: 12.5, label: "chance")]
            + NetworkShape.Kind.allCases.flatMap { kind -> [Mark] in
              let points = copies.filter { $0.shape.kind == kind }.map { Point(x: Double($0.delay), y: 100 * $0.accuracy) }
              return [.line(points, name: kind.rawValue), .points(points, name: kind.rawValue, radius: 4)]
            })
      ])
  }

  private var textFile: DataFile {
    var file = DataFile("text.csv", columns: ["shape", "units", "weights", "updates", "training loss", "loss", "seconds an epoch"])
    for text in texts {
      for point in text.curve {
        file.append([
          .text(text.shape.kind.rawValue), .integer(text.shape.units), .integer(text.weights), .integer(point.updates),
          .number(point.loss), .number(text.loss), .number(text.secondsAnEpoch),
        ])
      }
    }
    return file
  }

  private var copyFile: DataFile {
    var file = DataFile("copy.csv", columns: ["shape", "units", "delay", "share right"])
    for copy in copies {
      file.append([
        .text(copy.shape.kind.rawValue), .integer(copy.shape.units), .integer(copy.delay), .number(copy.accuracy),
      ])
    }
    return file
  }
}
