import Recurrent

/// The one line that a terminal shows while an epoch runs, cut to its width:
///
///     epoch  3/18 ━━━━━━━━━━━━━━━────────────────  45 %  loss 1.532  71.2k char/s  gradient 0.42  2:10 left
///
/// Where the terminal is narrow the bar shrinks first; then the gradient's norm, the rate and the bar go.
struct LiveLine {
  let terminal: Terminal
  let run: RunDescription

  /// The line for `step`, at most `width` columns, without styles.
  func text(_ step: TrainingEvent.Step, epochs: Int, width: Int) -> String {
    let digits = String(epochs).count
    let epoch = String(repeating: " ", count: digits - String(step.epoch).count) + "\(step.epoch)"
    let fraction = Double(step.step) / Double(max(1, step.stepsPerEpoch))
    let percent = Int(fraction * 100)
    let head = "epoch \(epoch)/\(epochs)"
    let done = String(repeating: " ", count: 3 - String(percent).count) + "\(percent) %"
    let loss = "loss \(Figures.loss(step.smoothedLoss))"
    let rate = "\(Figures.short(step.unitsPerSecond)) \(run.rateUnit)"
    let gradient = "gradient \(Figures.significant(step.gradientNorm))"
    let left = "\(Figures.duration(step.remaining)) left"

    for tail in [[loss, rate, gradient, left], [loss, rate, left], [loss, left], [loss]] {
      let words = tail.joined(separator: "  ")
      let room = width - head.count - done.count - words.count - 4
      if room >= 8 {
        return "\(head) \(bar(fraction, columns: min(room, 32))) \(done)  \(words)"
      }
      if head.count + done.count + words.count + 3 <= width, tail.count < 3 {
        return "\(head) \(done)  \(words)"
      }
    }
    return String("\(head) \(done)".prefix(max(0, width)))
  }

  private func bar(_ fraction: Double, columns: Int) -> String {
    let filled = min(columns, Int((fraction * Double(columns)).rounded(.down)))
    let (full, empty) = terminal.hasUnicode ? ("━", "─") : ("#", "-")
    return String(repeating: full, count: filled) + String(repeating: empty, count: columns - filled)
  }
}
