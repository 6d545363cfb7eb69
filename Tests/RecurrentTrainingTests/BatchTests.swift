import Foundation
import RecurrentLayers
import RecurrentTensors
import Synchronization
import Testing

@testable import RecurrentTraining

/// Where batches are made, and how several make one step.
@Suite struct BatchTests {
  private static func configuration(_ change: (inout TrainingConfiguration) -> Void = { _ in }) -> TrainingConfiguration {
    var configuration = TrainingConfiguration()
    (configuration.epochs, configuration.rate) = (2, 0.02)
    change(&configuration)
    return configuration
  }

  /// Batches made ahead give the bits of batches made when they are needed.
  @Test(arguments: [1, 2, 7])
  func batchesMadeAheadAreTheSame(_ prefetching: Int) throws {
    let now = try Trainer(task: TinyTask(), configuration: Self.configuration(), prefetching: 0).run(from: TinyRecurrent())
    let ahead = try Trainer(task: TinyTask(), configuration: Self.configuration(), prefetching: prefetching).run(from: TinyRecurrent())
    #expect(now.last.isBitwiseEqual(to: ahead.last))
  }

  /// A source that notes on which threads its batches are made, and which.
  private final class Watched: BatchSource {
    let made = Mutex<[(number: Int, isOfLoop: Bool)]>([])
    let loop = ObjectIdentifier(Thread.current)
    let stepsPerEpoch = 12
    let identity: [String: String] = [:]

    func batch(at step: Int, epoch: Int, shard: Shard) throws -> TinyTask.Batch {
      made.withLock { $0.append((epoch * 12 + step, ObjectIdentifier(Thread.current) == loop)) }
      return try TinyTask().batch(at: step, epoch: epoch, shard: shard)
    }
  }

  @Test func batchesAreMadeInOrderOnAThreadOfTheirOwn() throws {
    let (source, direct) = (Watched(), Watched())
    _ = try Trainer(objective: TinyTask(), source: source, configuration: Self.configuration(), prefetching: 3).run(from: TinyRecurrent())
    #expect(source.made.withLock { $0.map(\.number) } == Array(0..<24))
    #expect(source.made.withLock { $0.allSatisfy { !$0.isOfLoop } })
    _ = try Trainer(objective: TinyTask(), source: direct, configuration: Self.configuration(), prefetching: 0).run(from: TinyRecurrent())
    #expect(direct.made.withLock { $0.allSatisfy(\.isOfLoop) })
  }

  /// An error is thrown at the step whose batch cannot be made, though the batch was tried ahead of it.
  @Test func anErrorWaitsForItsStep() throws {
    var steps = 0
    #expect(throws: TinyTask.Crash.self) {
      try Trainer(task: TinyTask(failure: .crash(step: 9)), configuration: Self.configuration(), prefetching: 4).run(from: TinyRecurrent()) {
        if case .step = $0 { steps += 1 }
      }
    }
    #expect(steps == 9)
  }

  // MARK: Several batches a step

  /// A linear model, whose loss on a batch is the mean over its rows.
  private struct Rows: Objective, BatchSource {
    var batchSize: Int
    var stepsPerEpoch: Int { 24 / batchSize }
    let identity: [String: String] = [:]

    func batch(at step: Int, epoch: Int, shard: Shard) -> Tensor<Float> {
      var generator = RandomGenerator(seed: 4).split(epoch)
      let all = Tensor<Float>(uniform: -1...1, shape: [24, 3], using: &generator)
      let rows = shard.range(of: min(batchSize, 24 - step * batchSize))
      return all.sliced((step * batchSize + rows.lowerBound)..<(step * batchSize + rows.upperBound))
    }

    func loss(
      of model: TinyRecurrent, on batch: Tensor<Float>, from carried: NoCarriedState, using generator: inout RandomGenerator
    ) -> Loss<NoCarriedState> {
      let hidden = model.step(batch, Tensor(zeros: [batch.shape[0], 8]))
      return Loss(
        meanSquaredError(matmul(hidden, model.output), targets: batch.sum(alongAxes: 1, keepingAxes: true)), units: batch.shape[0])
    }

    func evaluate(_ model: TinyRecurrent, using generator: inout RandomGenerator) -> Evaluation { Evaluation(loss: 1, units: 1) }
  }

  private static func parameters(_ rows: Int, accumulate: Int, exchange: (any GradientExchange)? = nil) throws -> [Float] {
    let task = Rows(batchSize: rows)
    let trainer = Trainer(
      objective: task, source: task, configuration: configuration { ($0.accumulate, $0.optimizer) = (accumulate, .sgd) }, exchange: exchange)
    return try trainer.run(from: TinyRecurrent()).last.parameters.flatMap(\.tensor.scalars)
  }

  private static func distance(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).map { abs($0 - $1) }.max() ?? 0 }

  /// Three batches of four rows make the step of one of twelve; with five rows the last batch of a step is smaller, and weighs less.
  @Test(arguments: [(4, 3, 12), (5, 5, 24)])
  func accumulatedBatchesAreOneLargeOne(rows: Int, accumulate: Int, whole: Int) throws {
    let one = try Self.parameters(whole, accumulate: 1)
    if rows == 4 { #expect(try Self.distance(Self.parameters(rows, accumulate: accumulate), one) < 1e-6) }
    #expect(try Self.distance(Self.parameters(rows, accumulate: 1), one) > 1e-4, "steps of other batches differ")
  }

  @Test func accumulationWeighsBatchesByTheirUnits() throws {
    // 24 rows in batches of 7, 7, 7 and 3: the mean over all rows is not the mean of the four means.
    struct Uneven: BatchSource {
      let stepsPerEpoch = 4
      let identity: [String: String] = [:]
      func batch(at step: Int, epoch: Int, shard: Shard) -> Tensor<Float> {
        Rows(batchSize: 24).batch(at: 0, epoch: epoch, shard: .whole).sliced(step * 7..<min(24, step * 7 + 7))
      }
    }
    let configuration = Self.configuration { ($0.accumulate, $0.optimizer) = (4, .sgd) }
    let result = try Trainer(objective: Rows(batchSize: 24), source: Uneven(), configuration: configuration).run(from: TinyRecurrent())
    #expect(result.globalStep == 2)
    #expect(try Self.distance(result.last.parameters.flatMap(\.tensor.scalars), Self.parameters(24, accumulate: 1)) < 1e-6)
  }

  // MARK: Several processes

  /// Two ranks that meet in memory.
  private final class Meeting: Sendable {
    struct Rank: GradientExchange {
      let shard: Shard
      let meeting: Meeting

      func combine(gradient: inout [Tensor<Float>], loss: inout Double, units: inout Int) {
        let weighted = gradient.map { $0 * Float(units) }
        let (all, losses, count) = meeting.sum(weighted, loss * Double(units), units)
        gradient = all.map { $0 * (1 / Float(count)) }
        (loss, units) = (losses / Double(count), count)
      }
    }

    private struct State {
      var gradients: [[Tensor<Float>]] = []
      var (loss, units, round) = (0.0, 0, 0)
      var result: ([Tensor<Float>], Double, Int) = ([], 0, 0)
    }

    private let state = Mutex(State())

    func sum(_ gradient: [Tensor<Float>], _ loss: Double, _ units: Int) -> ([Tensor<Float>], Double, Int) {
      let round = state.withLock { state in
        state.gradients.append(gradient)
        state.loss += loss
        state.units += units
        let own = state.round
        if state.gradients.count == 2 {
          state.result = (zip(state.gradients[0], state.gradients[1]).map { $0 + $1 }, state.loss, state.units)
          (state.gradients, state.loss, state.units) = ([], 0, 0)
          state.round += 1
        }
        return own
      }
      while state.withLock({ $0.round }) == round { Thread.sleep(forTimeInterval: 1e-4) }
      return state.withLock { $0.result }
    }
  }

  /// Two ranks, each with half of every batch, make the steps of one that reads all of it.
  @Test func ranksThatExchangeGradientsAreOne() async throws {
    let meeting = Meeting()
    let ranks = try await withThrowingTaskGroup(of: [Float].self) { group in
      for rank in 0..<2 {
        group.addTask {
          try Self.parameters(12, accumulate: 1, exchange: Meeting.Rank(shard: Shard(rank: rank, of: 2), meeting: meeting))
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(ranks[0] == ranks[1])
    #expect(try Self.distance(ranks[0], Self.parameters(12, accumulate: 1)) < 1e-6)
  }

  @Test(arguments: [(10, 3), (2, 3), (0, 2)])
  func shardsAreADivision(total: Int, count: Int) {
    let ranges = (0..<count).map { Shard(rank: $0, of: count).range(of: total) }
    #expect(ranges.flatMap { Array($0) } == Array(0..<total))
    #expect((ranges.map(\.count).max() ?? 0) - (ranges.map(\.count).min() ?? 0) <= 1)
  }
}
