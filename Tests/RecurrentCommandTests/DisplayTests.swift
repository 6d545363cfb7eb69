import Foundation
import Recurrent
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@testable import RecurrentCommand

/// What a person sees of a run: the live line, numbers, and the picture.
@Suite struct DisplayTests {
  private func step(_ number: Int = 201, of count: Int = 402) -> TrainingEvent.Step {
    TrainingEvent.Step(
      epoch: 3, step: number, stepsPerEpoch: count, totalSteps: 18 * count, globalStep: 2 * count + number, loss: 1.6,
      smoothedLoss: 1.5321, gradientNorm: 0.4213, isClipped: false, learningRate: 0.002, unitsPerSecond: 71234,
      elapsed: 60, remaining: 130)
  }

  private func line(_ width: Int, unicode: Bool = true, _ step: TrainingEvent.Step? = nil) -> String {
    let terminal = Terminal(isInteractive: true, hasColor: false, hasUnicode: unicode)
    let run = RunDescription(recipe: "test", rateUnit: "char/s")
    return LiveLine(terminal: terminal, run: run).text(step ?? self.step(), epochs: 18, width: width)
  }

  @Test func theLiveLineHasEverythingWhereThereIsRoom() {
    let bar = String(repeating: "━", count: 16) + String(repeating: "─", count: 16)
    #expect(
      line(119) == "epoch  3/18 \(bar)  50 %  loss 1.532  71.2k char/s  gradient 0.421  2:10 left")
    #expect(line(119, unicode: false).contains("################----------------"))
  }

  @Test(arguments: 1...140)
  func theLiveLineNeverExceedsTheTerminal(width: Int) {
    #expect(line(width).count <= width)
    #expect(line(width, step(402)).count <= width)
    if width >= 40 { #expect(line(width).contains("loss 1.532")) }
  }

  /// A drawing reads all lines so far. What all drawings read grows with the run and not with its square, and the picture of a slow run is
  /// never older than an epoch.
  @Test func picturesTakeATwentiethOfTheRun() {
    func linesRead(epochs: Int, epoch: Duration, perLine: Duration) -> (lines: Int, drawings: Int) {
      var (pace, now, lines, drawings) = (DrawingPace(), Duration.zero, 0, 0)
      for count in 1...epochs {
        now += epoch
        pace.draw(at: { now }) {
          now += perLine * count
          (lines, drawings) = (lines + count, drawings + 1)
        }
      }
      return (lines, drawings)
    }
    for epochs in [200, 2000, 20_000] {
      // A line costs a hundredth of an epoch: a twentieth of the time reads five lines an epoch, and the last drawing one more.
      let work = linesRead(epochs: epochs, epoch: .milliseconds(5), perLine: .microseconds(50))
      #expect(work.lines <= 7 * epochs && work.drawings > 5, "\(epochs): \(work)")
    }
    #expect(linesRead(epochs: 500, epoch: .seconds(1), perLine: .microseconds(20)).drawings == 500)
  }

  @Test func numbersAsPeopleReadThem() {
    #expect([0, 999, 1000, 1_115_394].map(Figures.grouped) == ["0", "999", "1,000", "1,115,394"])
    #expect(Figures.grouped(-12345) == "-12,345")
    #expect(
      [0, 950, 71234, 99_949, 123_456, 1_240_000].map(Figures.short) == ["0", "950", "71.2k", "99.9k", "123k", "1.24M"])
    #expect([0, 42, 187, 3729].map(Figures.duration) == ["0 s", "42 s", "3:07", "1:02:09"])
    #expect(Figures.duration(.infinity) == "?")
    #expect(Figures.loss(.nan) == "not finite")
    #expect(Figures.counted(1, "epoch") == "1 epoch")
  }

  @Test func textOfAModelCannotCommandTheTerminal() {
    #expect("a\u{1B}[2Jb\r\n\tc\u{9B}".withVisibleControls == "a\u{FFFD}[2Jb\u{FFFD}\n\tc\u{FFFD}")
  }

  /// Whatever a reader may take for the end of a line or of a field is a space.
  @Test func aFieldStaysInItsLine() {
    #expect("a\tb\r\nc\rd\ne\u{2028}f\u{85}g\u{B}h".asField == "a b c d e f g h")
    #expect("\u{1B}[2J\u{0}\u{9B}".asField == "\u{FFFD}[2J\u{FFFD}\u{FFFD}")
    #expect("größer, 猫 👩‍👩‍👧".asField == "größer, 猫 👩‍👩‍👧")
  }

  @Test func jsonHasNoWordForWhatIsNotANumber() throws {
    let json = JSON.object([
      ("a", .number(.nan)), ("b", .number(1.5)), ("c", .text("\"\\\n\u{1}é")), ("d", .list([.null, .boolean(true)])),
    ])
    #expect(json.description == "{\"a\":null,\"b\":1.5,\"c\":\"\\\"\\\\\\n\\u0001é\",\"d\":[null,true]}")
    #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(json.description.utf8)) }
  }

  @Test func thePictureIsWellFormedWhateverTheRunWasLike() throws {
    var whole = TrainingHistory([])
    for step in 1...500 {
      let epochs = Double(step) / 100
      whole.steps.append(.init(epochs: epochs, loss: 1 + 1 / epochs, gradientNorm: 1, learningRate: 0.1))
      if step.isMultiple(of: 100) { whole.validations.append(.init(epochs: epochs, loss: 1.2 + 1 / epochs)) }
    }
    var broken = whole
    broken.steps[3].loss = .nan
    broken.steps[4].gradientNorm = .infinity
    var single = TrainingHistory([])
    single.steps = [.init(epochs: 1, loss: 2, gradientNorm: 1, learningRate: 0)]
    for history in [whole, broken, single, TrainingHistory([])] {
      let svg = LossChart(history: history, title: "a <b> & \"c\"", lossUnit: "nats a character").svg
      #expect(!svg.contains("nan") && !svg.contains("inf"))
      #expect(svg.contains("a &lt;b&gt; &amp; &quot;c&quot;"))
      #expect(XMLParser(data: Data(svg.utf8)).parse())
    }
    let svg = LossChart(history: whole, title: "t", lossUnit: "nats").svg
    #expect(svg.contains("best 1.400"))
    #expect(svg.utf8.count < 100_000)
  }
}
