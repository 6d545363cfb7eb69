import RecurrentLayers
import RecurrentTensors
import RecurrentTestSupport
import Testing

/// A recurrence over pictures, whose state has a picture and one number a row of it: any cell, not only one of vectors.
///
///     h' = tanh(W x + V h + shifted h)        over the channels of each place; the shift is by one place to the right
///     m' = (m + the mean of h' along its rows) / 2
private struct PictureCell<Scalar: TensorScalar>: RecurrentCell, InitializableCell {
  struct State: RecurrentState {
    var hidden: Tensor<Scalar>  // [batch, channels, height, width]
    var memory: Tensor<Scalar>  // [batch, channels, height]

    mutating func visitTensors(_ visitor: inout some ParameterVisitor<Scalar>) {
      visitor.visit(&hidden, "hidden")
      visitor.visit(&memory, "memory")
    }
  }

  let height = 2
  let width = 3
  var input: Tensor<Scalar>  // [channels, input channels]
  var own: Tensor<Scalar>  // [channels, channels]
  var inputSize: Int { input.shape[1] }
  var hiddenSize: Int { input.shape[0] }

  init(inputSize: Int, hiddenSize: Int, initialization: CellInitialization, using generator: inout RandomGenerator) {
    input = initialization.inputWeight(gateCount: 1, hidden: hiddenSize, input: inputSize, using: &generator)
    own = initialization.recurrentWeight(gateCount: 1, hidden: hiddenSize, using: &generator)
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&input, "input")
    visitor.visit(&own, "own")
  }

  func initialState(batchSize: Int) -> State {
    State(
      hidden: Tensor(zeros: [batchSize, hiddenSize, height, width]), memory: Tensor(zeros: [batchSize, hiddenSize, height]))
  }

  private func mixed(_ x: Tensor<Scalar>, _ weight: Tensor<Scalar>) -> Tensor<Scalar> {
    let rows = x.transposed(permutation: [0, 2, 3, 1])
    let flat = rows.reshaped(to: [rows.count / rows.shape[3], rows.shape[3]])
    return matmul(flat, weight, transposingSecond: true)
      .reshaped(to: [x.shape[0], x.shape[2], x.shape[3], weight.shape[0]]).transposed(permutation: [0, 3, 1, 2])
  }

  func step(_ x: Tensor<Scalar>, from state: State) -> State {
    let shifted = state.hidden.sliced(width - 1..<width, alongAxis: 3)
      .concatenated(with: state.hidden.sliced(0..<width - 1, alongAxis: 3), alongAxis: 3)
    let hidden = (mixed(x, input) + mixed(state.hidden, own) + shifted).tanh()
    return State(hidden: hidden, memory: (state.memory + hidden.mean(alongAxes: 3)) * 0.5)
  }
}

private struct PictureMaker: CellMaker {
  func makeCell<Scalar: TensorScalar>(
    inputSize: Int, hiddenSize: Int, transitionDepth: Int, initialization: CellInitialization,
    using generator: inout RandomGenerator
  ) -> AnyCell<Scalar> {
    AnyCell(
      PictureCell(inputSize: inputSize, hiddenSize: hiddenSize, initialization: initialization, using: &generator))
  }
}

/// Cells with states of any shape, weights of the wrong one, and cells by name.
@Suite struct CellShapeTests {
  private func cell(_ seed: UInt64 = 1) -> PictureCell<Double> {
    var generator = RandomGenerator(seed: seed)
    return PictureCell(inputSize: 2, hiddenSize: 4, using: &generator)
  }

  @Test(arguments: Direction.allCases, Retention.allCases)
  func paddingOfPicturesNeverMatters(_ direction: Direction, _ retention: Retention) {
    var inputs: Tensor<Double> = random([5, 3, 2, 2, 3], seed: 2)
    let (lengths, start) = ([5, 2, 0], cell().initialState(batchSize: 3).map { random($0.shape, seed: 3) })
    let (outputs, last) = cell().run(inputs, from: start, lengths: lengths, direction: direction, keeping: retention)
    #expect(outputs.shape == [5, 3, 4, 2, 3])
    for (row, length) in lengths.enumerated() {
      let one = IndexTensor(shape: [1], scalars: [Int32(row)])
      let alone = inputs.sliced(0..<length).sliced(row..<row + 1, alongAxis: 1)
      let (own, state) = cell().run(alone, from: start.gatheringRows(at: one), direction: direction)
      #expect(relativeDifference(outputs.sliced(row..<row + 1, alongAxis: 1).sliced(0..<length), own) < 1e-14)
      #expect(outputs.index(row, alongAxis: 1).sliced(length..<5).scalars.allSatisfy { $0 == 0 })
      for (a, b) in zip(last.gatheringRows(at: one).tensors, state.tensors) { #expect(relativeDifference(a, b) < 1e-14) }
    }
    // What stands in the padding, even NaN, changes nothing.
    let isPadding = Tensor<Double>(
      shape: [5, 3, 1, 1, 1], scalars: (0..<5).flatMap { t in lengths.map { $0 <= t ? 1 : 0 } })
    inputs = inputs.replacing(with: Tensor(.nan), where: isPadding)
    let (again, _) = cell().run(inputs, from: start, lengths: lengths, direction: direction, keeping: retention)
    #expect(again.isBitwiseEqual(to: outputs))
  }

  @Test(arguments: Direction.allCases, Retention.allCases)
  func gradientOfPictures(_ direction: Direction, _ retention: Retention) {
    let start = cell().initialState(batchSize: 2).map { random($0.shape, seed: 3) }
    let error = gradientError(at: cell(), [random([3, 2, 2, 2, 3], seed: 2)] + start.tensors) { cell, arguments in
      let (outputs, last) = cell.run(
        arguments[0], from: start.replacingTensors(with: Array(arguments.dropFirst())), lengths: [3, 1],
        direction: direction, keeping: retention)
      return Tensor(concatenating: ([outputs] + last.tensors).map { $0.reshaped(to: [$0.count]) })
    }
    #expect(error < 1e-6)
  }

  @Test func picturesInStacksAndBothWays() {
    var generator = RandomGenerator(seed: 2)
    let stack = Stacked([cell(), PictureCell(inputSize: 4, hiddenSize: 4, using: &generator)], isResidual: true)
    let inputs: Tensor<Double> = random([3, 2, 2, 2, 3], seed: 2)
    let (outputs, state) = stack(inputs, lengths: [3, 1])
    #expect(outputs.shape == [3, 2, 4, 2, 3] && state.layers[1].memory.shape == [2, 4, 2])
    #expect(outputs.index(1, alongAxis: 1).sliced(1..<3).scalars.allSatisfy { $0 == 0 })
    let both = Bidirectional(forward: cell(1), reverse: cell(2))
    #expect(both(inputs, lengths: [3, 1]).outputs.shape == [3, 2, 8, 2, 3])
    let recording = cell().record(inputs, lengths: [3, 1])
    #expect(recording.cells[0].hidden.isBitwiseEqual(to: cell().run(inputs, lengths: [3, 1]).outputs))
  }

  /// In a process of its own: what is registered stays, and other tests run over all kinds.
  @Test func aRegisteredCellHasAName() async {
    await #expect(processExitsWith: .success) {
      precondition(CellKind(rawValue: "picture") == nil)
      let kind = CellKind.register("picture", maker: PictureMaker())
      precondition(CellKind(rawValue: "picture") == kind && CellKind.allCases.last == kind && CellKind.allCases.first == .lstm)
      var generator = RandomGenerator(seed: 1)
      let any: AnyCell<Double> = kind.makeCell(inputSize: 2, hiddenSize: 4, using: &generator)
      generator = RandomGenerator(seed: 1)
      let cell = PictureCell<Double>(inputSize: 2, hiddenSize: 4, using: &generator)
      let inputs: Tensor<Double> = random([3, 2, 2, 2, 3], seed: 2)
      precondition(any.run(inputs, lengths: [3, 1]).outputs.isBitwiseEqual(to: cell.run(inputs, lengths: [3, 1]).outputs))
    }
  }

  @Test func dropConnectNeedsARecurrentWeight() async throws {
    var generator = RandomGenerator(seed: 1)
    #expect(AnyCell(cell()).droppingConnections(rate: 0, using: &generator).parameterPaths == ["input", "own"])
    let result = try #require(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        var generator = RandomGenerator(seed: 1)
        let cell = AnyCell(PictureCell<Double>(inputSize: 2, hiddenSize: 4, using: &generator))
        _ = cell.droppingConnections(rate: 0.5, using: &generator)
      })
    #expect(String(decoding: result.standardErrorContent, as: UTF8.self).contains("has no weight_hh"))
  }

  /// A weight of another shape than the cell's sizes say never reaches a kernel: each way in tells both shapes.
  @Test func weightsOfTheWrongShapeAreRefused() async throws {
    let message = "weight_hh has the shape [4, 1], not [20, 5]"
    let runs = try #require(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = CellShapeTests.misshapen().run(Tensor(ones: [2, 1, 3]))
      })
    #expect(String(decoding: runs.standardErrorContent, as: UTF8.self).contains(message))
    let packs = try #require(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = PackedWeights(CellShapeTests.misshapen())
      })
    #expect(String(decoding: packs.standardErrorContent, as: UTF8.self).contains(message))
    let steps = try #require(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = SteppedCell(CellShapeTests.misshapen())
      })
    #expect(String(decoding: steps.standardErrorContent, as: UTF8.self).contains(message))
    let streams = try #require(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        var stream = CellShapeTests.misshapen().streaming()
        _ = stream.step(Tensor(ones: [1, 3]))
      })
    #expect(String(decoding: streams.standardErrorContent, as: UTF8.self).contains(message))
  }

  private static func misshapen() -> LSTMCell<Float> {
    var generator = RandomGenerator(seed: 1)
    var cell = LSTMCell<Float>(inputSize: 3, hiddenSize: 5, using: &generator)
    cell.recurrentWeight = Tensor(zeros: [4, 1])
    return cell
  }
}
