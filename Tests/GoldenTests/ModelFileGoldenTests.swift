import Foundation
import Recurrent
import Testing

/// Model files that `Scripts/make_goldens.py` wrote, with losses that PyTorch computed for them: reading the file,
/// cutting the text, and evaluating with the state carried give the same. The other way, a model trained here and
/// read by PyTorch, is
/// `Scripts/load_in_pytorch.py`, which made these losses.
@Suite struct ModelFileGoldenTests {
  /// Characters (of one to three bytes) with two layers of LSTM; lower-cased words, rare ones unknown, with a GRU
  /// and tied weights; bytes with three layers of the plain network. All have a dropout in their configuration,
  /// which evaluation must not apply.
  @Test(arguments: ["model-lstm-characters", "model-gru-words", "model-relu-bytes"])
  func lossesAgree(name: String) throws {
    let url = Golden.url("\(name).safetensors")
    let text = Golden.url("text.txt")
    let losses = try #require(try SafetensorsFile(contentsOf: url).metadata["losses"])
    let expected = try JSONDecoder().decode([String: [Double]].self, from: Data(losses.utf8))  // split: loss, tokens
    let trained = try TrainedLanguageModel(contentsOf: url)
    for split in DataPart.allCases {
      let (evaluation, _) = try trained.evaluate(contentsOf: text, split: split)
      let golden = try #require(expected[split.rawValue])
      #expect(evaluation.units == Int(golden[1]), "\(split)")
      #expect((evaluation.loss - golden[0]).magnitude <= 1e-5 * golden[0], "\(split): \(evaluation.loss), \(golden[0])")
    }
  }
}
