import RecurrentData
import RecurrentTensors
import Testing

struct TokenStreamsTests {
  /// Tokens that are their own positions.
  private func text(_ count: Int) -> [Int32] { (0..<Int32(count)).map { $0 } }

  @Test func windowsAreTimeByBatch() throws {
    let streams = try TokenStreams(text(12), batchSize: 2, steps: 2)
    #expect(streams.streamLength == 5 && streams.stepsPerEpoch == 3 && streams.predictionCount == 10)
    let first = streams.window(at: 0)
    #expect(Array(first.inputs.shape) == [2, 2] && first.inputs.scalars == [0, 5, 1, 6])
    #expect(first.targets.scalars == [1, 6, 2, 7] && first.predictionCount == 4)
    let last = streams.window(at: 2)
    #expect(Array(last.inputs.shape) == [1, 2] && last.inputs.scalars == [4, 9] && last.targets.scalars == [5, 10])
    #expect(streams.window(at: 1) == streams.window(at: 1))
  }

  @Test func everyTokenOfAStreamIsPredictedOnceInOrder() throws {
    for count in 6...40 {
      for batch in 1...3 {
        for steps in 1...5 where count >= batch * (steps + 1) {
          for offset in 0...2 where count - offset >= batch * (steps + 1) {
            let streams = try TokenStreams(text(count), batchSize: batch, steps: steps, offset: offset)
            var targets = Array(repeating: [Int32](), count: batch)
            var total = 0
            for step in 0..<streams.stepsPerEpoch {
              let window = streams.window(at: step)
              #expect(zip(window.inputs.scalars, window.targets.scalars).allSatisfy { $0 + 1 == $1 })
              for (index, target) in window.targets.scalars.enumerated() { targets[index % batch].append(target) }
              total += window.predictionCount
            }
            // One stream after the other, they are the text without its first token, up to a remainder.
            let expected = (0..<Int32(streams.predictionCount)).map { $0 + 1 + Int32(offset) }
            #expect(targets.flatMap(\.self) == expected && total == streams.predictionCount)
            #expect(count - offset - 1 - total < batch)
          }
        }
      }
    }
  }

  @Test func shortTextSaysWhatToSet() {
    func message(_ count: Int, _ batch: Int, _ steps: Int) -> String {
      do {
        _ = try TokenStreams(text(count), batchSize: batch, steps: steps)
        return "accepted"
      } catch { return "\(error)" }
    }
    #expect(message(12, 4, 2) == "accepted")
    #expect(
      message(11, 4, 2)
        == "the text is too short: it has 11 tokens, and a batch of 4 streams of 2 steps takes 4 x (2 + 1) = 12;"
        + " use more text or set training.batch to at most 3")
    #expect(message(11, 4, 20).hasSuffix("4 x (20 + 1) = 84; use more text or set training.steps to at most 1"))
    #expect(message(5, 4, 20).hasSuffix("use more text or set training.batch to 1 and training.steps to at most 4"))
    #expect(message(0, 4, 20).hasSuffix("4 x (20 + 1) = 84; use more text"))
    #expect(message(1, .max, .max).hasSuffix("\(Int.max) x (\(Int.max) + 1); use more text"))
  }

  @Test func oneStreamEvaluatesTheWholeText() throws {
    for count in 2...20 {
      for steps in 1...7 {
        let streams = try EvaluationStreams(text(count), steps: steps)
        let windows = (0..<streams.windowCount).map { streams.window(at: $0) }
        #expect(windows.flatMap(\.inputs.scalars) == Array(text(count).dropLast()))
        #expect(windows.flatMap(\.targets.scalars) == Array(text(count).dropFirst()))
        #expect(windows.map(\.predictionCount).reduce(0, +) == count - 1 && streams.predictionCount == count - 1)
      }
    }
  }

  @Test func manyStreamsPredictEveryTokenOnceToo() throws {
    for count in 2...30 {
      for batch in 1...8 {
        for steps in [1, 3, 50] {
          let streams = try EvaluationStreams(text(count), batchSize: batch, steps: steps)
          var targets = Array(repeating: [Int32](), count: streams.batchSize)
          for step in 0..<streams.windowCount {
            let window = streams.window(at: step)
            #expect(window.inputs.shape.elementCount == window.inputs.scalars.count)
            #expect(window.targets.scalars.count { $0 != IndexTensor.ignored } == window.predictionCount)
            for (index, target) in window.targets.scalars.enumerated() where target >= 0 {
              #expect(window.inputs.scalars[index] == target - 1)
              targets[index % streams.batchSize].append(target)
            }
          }
          #expect(targets.flatMap(\.self) == Array(text(count).dropFirst()))
        }
      }
    }
  }

  @Test func nothingToEvaluate() {
    #expect(throws: TextDataError.tooShortToEvaluate(tokenCount: 1)) { try EvaluationStreams([3], steps: 5) }
    #expect(
      "\(TextDataError.tooShortToEvaluate(tokenCount: 0))"
        == "the text is too short to evaluate: it has 0 tokens, and each one is predicted from those before it, so it"
        + " takes at least 2")
  }
}
