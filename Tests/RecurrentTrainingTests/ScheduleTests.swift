import Testing

@testable import RecurrentTraining

@Suite struct ScheduleTests {
  func rates(_ schedule: any Schedule, stepsPerEpoch: Int, steps: some Sequence<Int>) -> [Double] {
    steps.map { schedule.rate(at: SchedulePosition(step: $0, stepsPerEpoch: stepsPerEpoch)) }
  }

  @Test func constant() {
    #expect(rates(ConstantSchedule(rate: 0.3), stepsPerEpoch: 10, steps: [0, 5, 1000]) == [0.3, 0.3, 0.3])
  }

  /// Zaremba et al.: rate 1, four epochs, then half each epoch.
  @Test func zaremba() {
    var configuration = TrainingConfiguration()
    configuration.rate = 1
    configuration.schedule = .steps
    configuration.decayFactor = 2
    configuration.decayAfter = 4
    configuration.epochs = 13
    let schedule = configuration.makeSchedule(stepsPerEpoch: 100)
    let firsts = rates(schedule, stepsPerEpoch: 100, steps: stride(from: 0, to: 800, by: 100))
    #expect(firsts == [1, 1, 1, 1, 0.5, 0.25, 0.125, 0.0625])
    #expect(rates(schedule, stepsPerEpoch: 100, steps: [399, 400, 499]) == [1, 0.5, 0.5])
  }

  /// torch-rnn: halved every five epochs.
  @Test func torchRNN() {
    let schedule = StepSchedule(rate: 0.002, factor: 2, after: 5, interval: 5)
    #expect(
      rates(schedule, stepsPerEpoch: 1, steps: [0, 4, 5, 9, 10, 15]) == [0.002, 0.002, 0.001, 0.001, 0.0005, 0.00025])
  }

  @Test func exponential() {
    let schedule = ExponentialSchedule(rate: 8, factor: 4, after: 1)
    let values = rates(schedule, stepsPerEpoch: 4, steps: [0, 4, 6, 8, 12])
    for (value, expected) in zip(values, [8, 8, 4, 2, 0.5]) { #expect(abs(value - expected) < 1e-12) }
  }

  @Test func cosine() {
    let schedule = CosineSchedule(rate: 1, finalRate: 0.2, start: 0, totalSteps: 100)
    let values = rates(schedule, stepsPerEpoch: 10, steps: [0, 25, 50, 75, 100, 200])
    let expected = [1, 0.6 + 0.4 * 0.5.squareRoot(), 0.6, 0.6 - 0.4 * 0.5.squareRoot(), 0.2, 0.2]
    for (value, expected) in zip(values, expected) { #expect(abs(value - expected) < 1e-12) }
  }

  @Test func warmupThenCosine() {
    var configuration = TrainingConfiguration()
    configuration.rate = 0.5
    configuration.schedule = .cosine
    configuration.warmup = 4
    configuration.epochs = 2
    let schedule = configuration.makeSchedule(stepsPerEpoch: 10)
    let values = rates(schedule, stepsPerEpoch: 10, steps: [0, 1, 2, 3, 4, 12, 20])
    for (value, expected) in zip(values, [0.125, 0.25, 0.375, 0.5, 0.5, 0.25, 0]) {
      #expect(abs(value - expected) < 1e-12)
    }
  }

  @Test func warmupThenSteps() {
    let schedule = WarmupSchedule(steps: 3, then: StepSchedule(rate: 0.9, factor: 3, after: 2))
    let values = rates(schedule, stepsPerEpoch: 1, steps: 0..<4)
    for (value, expected) in zip(values, [0.3, 0.6, 0.3, 0.1]) { #expect(abs(value - expected) < 1e-12) }
  }

  /// PyTorch's word_language_model: rate 20, divided by 4 after each evaluation that is not the best.
  @Test func divideOnStall() {
    var schedule: any Schedule = WarmupSchedule(steps: 1, then: StallSchedule(rate: 20, factor: 4, patience: 1))
    var seen: [Double] = []
    for loss in [5, 4, 4, 3.9, 4.5, 3.95, 3] {
      let note = schedule.validated(loss: loss)
      seen += rates(schedule, stepsPerEpoch: 1, steps: [7])
      #expect((note != nil) == (seen.count > 1 && seen[seen.count - 1] < seen[seen.count - 2]))
    }
    #expect(seen == [20, 20, 5, 5, 1.25, 0.3125, 0.3125])
  }

  @Test func divideOnStallPatienceAndFloor() {
    var schedule = StallSchedule(rate: 1, factor: 10, patience: 2, finalRate: 0.05)
    var seen: [Double] = []
    for loss in [1.0, 2, 2, 2, 2, 2, 2] {
      _ = schedule.validated(loss: loss)
      seen += rates(schedule, stepsPerEpoch: 1, steps: [0])
    }
    #expect(seen == [1, 1, 0.1, 0.1, 0.05, 0.05, 0.05])
    #expect(schedule.state == ScheduleState(divisions: 2, best: 1, stalls: 2))
    // The state says all: another schedule that gets it goes on alike.
    var other = StallSchedule(rate: 1, factor: 10, patience: 2, finalRate: 0.05)
    other.state = schedule.state
    #expect(rates(other, stepsPerEpoch: 1, steps: [0]) == [0.05])
  }

  /// A validation loss that is no number counts as no gain.
  @Test func stallOnNaN() {
    var schedule = StallSchedule(rate: 1, factor: 2)
    _ = schedule.validated(loss: 1)
    #expect(schedule.validated(loss: .nan) != nil)
    #expect(schedule.state.best == 1)
  }
}
