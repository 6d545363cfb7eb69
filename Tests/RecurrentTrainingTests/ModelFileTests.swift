import Foundation
import RecurrentLayers
import RecurrentTensors
import Testing

@testable import RecurrentTraining

@Suite struct ModelFileTests {
  @Test func roundTrip() throws {
    try withTemporaryDirectory { directory in
      let url = directory.appendingPathComponent("model.safetensors")
      let model = TinyRecurrent(seed: 1)
      try saveModel(model, metadata: ["configuration": #"{"hidden":8}"#, "vocabulary": "[\"a\",\"\\n\"]"], to: url)
      let file = try SafetensorsFile(contentsOf: url)
      #expect(
        file.metadata
          == ["format": "recurrent", "configuration": #"{"hidden":8}"#, "vocabulary": "[\"a\",\"\\n\"]"])
      var loaded = TinyRecurrent(seed: 2)
      try loadParameters(into: &loaded, from: file)
      #expect(loaded.isBitwiseEqual(to: model))
    }
  }

  /// All that is amiss is listed at once, and the model is left as it was.
  @Test func strict() throws {
    try withTemporaryDirectory { directory in
      let url = directory.appendingPathComponent("model.safetensors")
      try SafetensorsFile.write(
        [
          .init("rnn.weight_ih", Tensor<Float>(zeros: [3, 9])), .init("rnn.weight_hh", Tensor<Float>(zeros: [8, 8])),
          .init("rnn.weight_hh_l1", Tensor<Float>(zeros: [8, 8])), .init("output.weight", Tensor<Float>(zeros: [8, 1])),
        ], to: url)
      var model = TinyRecurrent(seed: 2)
      let file = try SafetensorsFile(contentsOf: url)
      let error = #expect(throws: ModelFileError.self) { try loadParameters(into: &model, from: file) }
      #expect(
        error.map { "\($0)" }
          == "\(file.path): the tensors do not fit the model; missing: rnn.bias; unexpected: rnn.weight_hh_l1;"
          + " of another shape: rnn.weight_ih [3, 9], expected [3, 8]")
      #expect(model.isBitwiseEqual(to: TinyRecurrent(seed: 2)))
    }
  }

  @Test func prefix() throws {
    try withTemporaryDirectory { directory in
      let url = directory.appendingPathComponent("model.safetensors")
      try SafetensorsFile.write(
        [
          .init("a.first", Tensor<Float>(shape: [2], scalars: [1, 2])), .init("a.second", Tensor<Float>(zeros: [1])),
          .init("b.first", Tensor<Double>(shape: [2], scalars: [3, 4])), .init("b.second", Tensor<Float>(ones: [1])),
        ], to: url)
      let file = try SafetensorsFile(contentsOf: url)
      var model = Pair<Float>([0, 0], [0])
      try loadParameters(into: &model, from: file, prefix: "b.")
      #expect(model.values == [3, 4, 1])
      #expect(throws: ModelFileError.self) { try loadParameters(into: &model, from: file) }
    }
  }
}
