import RecurrentBenchmarking
import Testing

@Suite struct BenchmarkCaseTests {
  private let good =
    #"{"id": "a", "op": "train", "cell": "gru", "time": 7, "batch": 2, "input": 5, "hidden": 3, "layers": 1}"#

  @Test func aCaseIsRead() throws {
    let read = try BenchmarkCase(json: good)
    #expect(read.id == "a" && read.op == .train && read.cell == .gru)
    #expect([read.time, read.batch, read.input, read.hidden, read.layers] == [7, 2, 5, 3, 1])
  }

  @Test(arguments: [
    (#""op": "train""#, #""op": "fly""#, "op"),
    (#""cell": "gru""#, #""cell": "transformer""#, "cell"),
    (#""time": 7"#, #""time": 0"#, "time"),
    (#""hidden": 3"#, #""hidden": -3"#, "hidden"),
    (#""layers": 1"#, #""layers": 1000001"#, "layers"),
    (#""input": 5, "#, "", "input"),
    (#""time": 7, "#, "", "time"),
    (#""batch": 2"#, #""batch": 2.5"#, "batch"),
    (#""op": "train""#, #""op": "lm""#, "embedding"),
    (#""layers": 1"#, #""layers": 1, "weights": "bfloat16""#, "weights"),
    (#""layers": 1"#, #""layers": 1, "weights": "int4""#, "weights"),
    (#""op": "train""#, #""op": "attention-train""#, "embedding"),
    (#""layers": 1"#, #""layers": 1, "feeding": "context""#, "feeding"),
    (
      #""op": "train", "cell": "gru", "time": 7, "batch": 2, "input": 5, "hidden": 3"#,
      #""op": "attention-train", "cell": "gru", "time": 7, "batch": 2, "embedding": 5, "vocabulary": 9, "hidden": 3"#, "hidden"
    ),
    (
      #""op": "train", "cell": "gru", "time": 7, "batch": 2, "input": 5, "hidden": 3"#,
      #""op": "attention-train", "attention": "x", "cell": "gru", "time": 7, "batch": 2, "embedding": 5, "vocabulary": 9, "hidden": 4"#,
      "attention"
    ),
  ])
  func anErrorNamesTheKeyAtFault(part: String, replacement: String, key: String) throws {
    let line = good.replacing(part, with: replacement)
    #expect(line != good)
    let error = try #require(throws: BenchmarkCaseError.self) { try BenchmarkCase(json: line) }
    #expect(error.description.contains("\"\(key)\""), "\(error)")
  }

  private let convolution =
    #"{"id": "a", "op": "convolution-train", "batch": 2, "height": 7, "width": 5, "input": 4, "output": 6, "kernel": 3}"#

  @Test func aCaseOfPicturesIsRead() throws {
    let sizes = try #require(try BenchmarkCase(json: convolution).pictures)
    #expect([sizes.height, sizes.width, sizes.input, sizes.output, sizes.kernel] == [7, 5, 4, 6, 3])
    #expect(try BenchmarkCase(json: convolution).seconds() > 0)
    let network = try BenchmarkCase(json: #"{"id": "a", "op": "squeezenet-infer", "batch": 1, "height": 32, "width": 40}"#)
    #expect(network.seconds() > 0)
  }

  @Test(arguments: [
    (#""height": 7, "#, "", "height"), (#""height": 7"#, #""height": 0"#, "height"), (#""batch": 2"#, #""batch": 1.5"#, "batch"),
    (#""input": 4, "#, "", "input"), (#""kernel": 3"#, #""kernel": 6"#, "kernel"), (#""kernel": 3"#, #""padding": -1"#, "padding"),
    (#""kernel": 3"#, #""groups": 3"#, "groups"), (#""kernel": 3"#, #""stride": 0"#, "stride"),
    ("convolution-train", "squeezenet-train", "input"),
  ])
  func anErrorOfACaseOfPicturesNamesTheKeyAtFault(part: String, replacement: String, key: String) throws {
    let line = convolution.replacing(part, with: replacement)
    #expect(line != convolution)
    let error = try #require(throws: BenchmarkCaseError.self) { try BenchmarkCase(json: line) }
    #expect(error.description.contains("\"\(key)\""), "\(error)")
  }

  private let texts = #"{"id": "a", "op": "ctc-train", "time": 9, "batch": 2, "vocabulary": 5, "text": 3}"#

  @Test func aCaseOfTextsIsRead() throws {
    let read = try BenchmarkCase(json: texts)
    #expect([read.time, read.batch, read.vocabulary, read.text] == [9, 2, 5, 3] && read.seconds() > 0)
    #expect(read.work.operations == 0 && read.work.bytes == 4 * 2 * 9 * 2 * 5)
  }

  @Test(arguments: [
    (#""text": 3"#, #""text": 5"#, "text"), (#", "text": 3"#, "", "text"), (#""vocabulary": 5"#, #""vocabulary": 1"#, "vocabulary"),
    (#""time": 9, "#, "", "time"), (#""batch": 2"#, #""batch": 0"#, "batch"),
  ])
  func anErrorOfACaseOfTextsNamesTheKeyAtFault(part: String, replacement: String, key: String) throws {
    let line = texts.replacing(part, with: replacement)
    #expect(line != texts)
    let error = try #require(throws: BenchmarkCaseError.self) { try BenchmarkCase(json: line) }
    #expect(error.description.contains("\"\(key)\""), "\(error)")
  }

  @Test(arguments: ["", "[]", "{", "7"]) func whatIsNoObjectIsRefused(line: String) {
    #expect(throws: BenchmarkCaseError.self) { try BenchmarkCase(json: line) }
  }

  @Test func theMedianIsThatOfCallsThatDoTheirWork() {
    var calls = 0
    let seconds = medianSeconds(least: 0.001) { calls += 1 }
    // Two calls that do not count, one that says how often to repeat, and five runs of at least one.
    #expect(calls >= 8)
    #expect(seconds > 0 && seconds < 0.001)
  }
}
