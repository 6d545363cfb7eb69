import RecurrentDrawing
import RecurrentPictures
import RecurrentTasks

/// What two educations come to.
struct EducationFindings {
  let pupils: [Pupil]
  let blots: [BlotAnswers]

  private func mean(_ value: (BlotAnswers) -> Double) -> Double { blots.reduce(0) { $0 + value($1) } / Double(blots.count) }

  private var figure: Figure {
    let sorted = blots.map(\.divergence).sorted { $0.educations > $1.educations }
    func series(_ name: String, _ ink: Ink, _ values: [Double]) -> [Mark] {
      [.points(values.enumerated().map { Point(x: Double($0 + 1), y: $1) }, name: name, ink: ink, radius: 4)]
    }
    return Figure(
      parts: [
        Plot(
          x: Axis("blot"), y: Axis("divergence, bits", range: 0...1), height: 220,
          marks: series("two educations", .vermilion, sorted.map(\.educations)) + series("control", .blue, sorted.map(\.control)))
      ])
  }

  var findings: Findings {
    get throws {
      let apart = (educations: mean { $0.divergence.educations }, control: mean { $0.divergence.control })
      let shared = (educations: mean { $0.overlap.educations }, control: mean { $0.overlap.control })
      let ratio = apart.educations / max(apart.control, .leastNormalMagnitude)
      let further = blots.count { $0.divergence.educations > $0.divergence.control }
      let names = ["first education", "second education", "first education, another seed"]
      var notes = [
        "Over \(blots.count) blots the two educations are \(apart.educations.fixed(3)) bits apart, and two networks of the same education"
          + " \(apart.control.fixed(3)): \(ratio.fixed(1)) times as far.",
        "On \(further) of \(blots.count) blots the educations are further apart than the control.",
        "Of the words that say what is to be seen, \(shared.educations.share) are in both answers; of the control \(shared.control.share).",
      ]
      let answers = (0..<2).map { index in Set(blots.map { $0.captions[index] }).count }
      notes.append(
        "To \(blots.count) blots the first network gives \(answers[0]) different answers and the second \(answers[1])."
          + (blots.count > 1 && answers.contains(1) ? " One that says the same of everything has not learned to look: what it was taught decides, but not what it sees. More epochs help." : ""))
      notes += zip(names, pupils).map { name, pupil in "The \(name), `\(pupil.education)`: \(pupil.lessons)." }
      var file = DataFile(
        "answers.csv",
        columns: ["blot", "first", "second", "control", "divergence", "divergence of control", "shared words", "shared words of control"])
      for (number, blot) in blots.enumerated() {
        file.append(
          [.integer(number + 1)] + blot.captions.map { .text($0) }
            + [blot.divergence.educations, blot.divergence.control, blot.overlap.educations, blot.overlap.control].map { .number($0) })
      }
      let exhibits = try blots.enumerated().map { number, blot in
        Page.Exhibit(
          picture: try blot.picture.png(),
          lines: ["\(number + 1)", "First: \(blot.captions[0])", "Second: \(blot.captions[1])", "Control: \(blot.captions[2])"],
          tip: "educations \(blot.divergence.educations.fixed(2)) bits apart, control \(blot.divergence.control.fixed(2))")
      }
      return Findings(
        table: Page.Table(
          ["", "divergence, bits", "shared content words"],
          [
            ["two educations", apart.educations.fixed(3), shared.educations.share], ["control: one education, two seeds", apart.control.fixed(3), shared.control.share],
            ["ratio", ratio.fixed(2), ""],
          ]),
        tableNote: "Means over \(blots.count) blots.", notes: notes,
        blocks: [
          .figure(figure, caption: "How far the answers to each blot are apart, the blots in the order of the educations' divergence."),
          .heading("What they saw"),
          .paragraph(
            "First: `\(pupils[0].education)`. Second: `\(pupils[1].education)`. Control: the first education with another seed."),
          .gallery(exhibits),
        ], files: [file])
    }
  }
}
