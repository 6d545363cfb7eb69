import RecurrentLayers
import RecurrentTensors
import Testing

/// The same bits whatever the number of threads.
///
/// In a process of its own: the number of threads must not change while other tests compute.
@Suite struct ThreadTests {
  @Test func oneThreadEqualsMany() async {
    await #expect(processExitsWith: .success) {
      for kind in CellKind.ofPackage {
        let cell: AnyCell<Float> = randomCell(kind, inputSize: 33, hiddenSize: 65, bound: 0.2)
        let inputs: Tensor<Float> = random([20, 37, 33], seed: 2)
        let state = randomState(cell, batch: 37)
        let way = Evaluation<Float>.Way(lengths: (0..<37).map { ($0 * 7 + 3) % 21 })
        Threads.count = 1
        let one = Evaluation(cell, inputs, from: state, way)
        for count in [2, 3] {
          Threads.count = count
          Evaluation(cell, inputs, from: state, way).expectSameBits(as: one, "\(kind.rawValue), \(count) threads:")
        }
      }
    }
  }
}
