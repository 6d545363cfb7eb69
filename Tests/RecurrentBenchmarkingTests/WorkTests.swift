import RecurrentBenchmarking
import Testing

/// The counts, worked out by hand for small cases.
@Suite struct WorkTests {
  private func work(_ json: String) throws -> Work { try BenchmarkCase(json: json).work }

  @Test func aMatrixProductReadsBothAndWritesOne() {
    let work = Work.matrixProduct(m: 2, n: 3, k: 5)
    #expect(work.operations == 60)
    #expect(work.traffic == [.init(bytes: 4 * (10 + 15 + 6), footprint: 4 * (10 + 15 + 6))])
  }

  @Test func whatIsUpdatedInPlaceIsMovedTwiceButThereOnce() {
    #expect(Work.adam(count: 10).traffic == [.init(bytes: 4 * 70, footprint: 4 * 40)])
    #expect(Work.norm(count: 10).traffic == [.init(bytes: 40, footprint: 40)])
  }

  @Test func inferenceReadsTheRecurrentWeightsOnceAStep() throws {
    // Weights of 4 gates: 4 * 3 * 5 for the input, 4 * 3 * 3 = 36 for the state, two biases of 12.
    let work = try work(
      #"{"id": "", "op": "infer", "cell": "lstm", "time": 7, "batch": 2, "input": 5, "hidden": 3, "layers": 1}"#)
    // At each of 7 steps 2 rows times 12 gates times 5 + 3 products.
    #expect(work.operations == 2 * 7 * 2 * 12 * 8)
    let once = 60 + 24 + 7 * 2 * 5 + 7 * 2 * 3
    #expect(work.traffic == [.init(bytes: 4 * 7 * 36, footprint: 4 * 36), .init(bytes: 4 * once, footprint: 4 * (once + 36))])
  }

  @Test func aTrainingStepIsThreeTimesTheProductsOfInference() throws {
    let work = try work(
      #"{"id": "", "op": "train", "cell": "gru", "time": 7, "batch": 2, "input": 5, "hidden": 3, "layers": 1}"#)
    #expect(work.operations == 3 * 2 * 7 * 2 * 9 * 8)
    let (x, y, weights) = (70, 42, 9 * (5 + 2))
    let forward = weights + x + y + 4 * y
    // Read: input weights, x, y, its gradient, four saved a unit, three gates' gradients. Written: those, dx, parameters.
    let backward = (weights + x + 2 * y + 4 * y + 3 * y) + (3 * y + x + weights + 27)
    #expect(
      work.traffic == [
        .init(bytes: 4 * 7 * 27, footprint: 4 * 27), .init(bytes: 4 * forward, footprint: 4 * (forward + 27)),
        .init(bytes: 4 * 7 * 27, footprint: 4 * 27), .init(bytes: 4 * backward, footprint: 4 * (backward + 27)),
      ])
  }

  @Test func aSecondLayerReadsTheFirst() throws {
    let one = try work(
      #"{"id": "", "op": "infer", "cell": "rnn", "time": 2, "batch": 1, "input": 4, "hidden": 3, "layers": 1}"#)
    let two = try work(
      #"{"id": "", "op": "infer", "cell": "rnn", "time": 2, "batch": 1, "input": 4, "hidden": 3, "layers": 2}"#)
    #expect(one.operations == 2 * 2 * 3 * 7)
    #expect(two.operations - one.operations == 2 * 2 * 3 * 6)
    #expect(two.bytes - one.bytes == 4 * (2 * 9 + 3 * (3 + 2) + 2 * 3 + 2 * 3))
  }

  @Test func aConvolutionMultipliesEachPlaceWithAllWeights() throws {
    let sizes = #""batch": 2, "height": 7, "width": 9, "input": 4, "output": 6, "kernel": 3, "stride": 2, "padding": 1, "groups": 2}"#
    let infer = try work(#"{"id": "", "op": "convolution-infer", "# + sizes)
    // 4 x 5 places, 6 filters of 2 channels and 9 taps.
    #expect(infer.operations == 2 * 2 * 20 * 6 * 18)
    let (x, y, weights) = (2 * 63 * 4, 2 * 20 * 6, 6 * 18)
    #expect(infer.bytes == 4 * (x + weights + 6 + y))
    let train = try work(#"{"id": "", "op": "convolution-train", "# + sizes)
    #expect(train.operations == 3 * infer.operations)
    #expect(train.bytes - infer.bytes == 4 * (x + weights + 2 * y + x + weights + 6))
  }

  @Test func squeezeNetHasTwentyFiveConvolutions() throws {
    let infer = try work(#"{"id": "", "op": "squeezenet-infer", "batch": 1, "height": 224, "width": 224}"#)
    // Of the first 111 x 111 places, 27 products for each of 64 outputs; the whole is what is known of the network.
    let first = 2 * 111 * 111 * 27 * 64
    #expect(infer.operations > 2 * 255_000_000 && infer.operations < 2 * 265_000_000)
    let train = try work(#"{"id": "", "op": "squeezenet-train", "batch": 1, "height": 224, "width": 224}"#)
    #expect(train.operations == 3 * infer.operations - first)
  }

  @Test func singleStepsReadAllWeightsEachTime() throws {
    let work = try work(
      #"{"id": "", "op": "step", "cell": "lstm", "time": 10, "batch": 1, "input": 5, "hidden": 3, "layers": 2}"#)
    let weights = 12 * (5 + 3 + 2) + 12 * (3 + 3 + 2)
    #expect(work.traffic == [.init(bytes: 10 * 4 * weights, footprint: 4 * weights)])
    #expect(work.operations == 10 * 2 * 12 * (8 + 6))
  }

  @Test func weightsInBFloat16AreHalfTheBytesAndBiasesAreNot() throws {
    let work = try work(
      #"{"id": "", "op": "step", "cell": "gru", "time": 10, "batch": 1, "input": 5, "hidden": 3, "layers": 2, "weights": "bfloat16"}"#)
    let bytes = 2 * 9 * (5 + 3 + 3 + 3) + 4 * 2 * 9 * 2
    #expect(work.traffic == [.init(bytes: 10 * bytes, footprint: bytes)])
    #expect(work.operations == 10 * 2 * 9 * (8 + 6))
  }

  @Test func aLanguageModelAddsEmbeddingProjectionLossAndOptimizer() throws {
    let layers = try work(
      #"{"id": "", "op": "train", "cell": "lstm", "time": 3, "batch": 2, "input": 4, "hidden": 5, "layers": 1}"#)
    let model = try work(
      #"{"id": "", "op": "lm", "cell": "lstm", "time": 3, "batch": 2, "embedding": 4, "vocabulary": 7, "hidden": 5, "layers": 1}"#)
    #expect(model.operations - layers.operations == 3 * 2 * 6 * 5 * 7)
    let parameters = 7 * 4 + 20 * (4 + 5 + 2) + 7 * (5 + 1)
    let embedding = 3 * 6 * 4 + 7 * 4
    let projection = (6 * 5 + 5 * 7 + 6 * 7) * 3
    let loss = 2 * 6 * 7
    #expect(model.bytes - layers.bytes == 4 * (embedding + projection + loss + 8 * parameters))
  }

  /// Each product of rows with a weight counts three times: once forward, and for the gradients of both.
  @Test func aTranslatorIsItsLayersItsAttentionAndItsOutput() throws {
    let (time, batch, embedding, hidden, vocabulary) = (3, 2, 5, 4, 7)
    for (feeding, fed) in [("nothing", 0), ("context", 4), ("readout", 5)] {
      for (attention, projections) in [("additive", 2), ("dot", 0), ("general", 1), ("scaled", 1)] {
        let work = try work(
          """
          {"id": "", "op": "attention-train", "cell": "gru", "time": 3, "batch": 2, "embedding": 5, "hidden": 4, "layers": 1, \
          "vocabulary": 7, "attention": "\(attention)", "feeding": "\(feeding)"}
          """)
        let encoder = 2 * 3 * 2 * (embedding + 2)
        let decoder = 3 * hidden * (embedding + fed + hidden)
        let ends = (2 * hidden + embedding) * embedding + embedding * vocabulary
        let rows = encoder + decoder + projections * hidden * hidden + ends
        #expect(work.operations == 6 * time * batch * rows + 12 * batch * time * time * hidden)
      }
    }
  }
}
