import Foundation
import Recurrent
import Testing

/// A model's file may hold anything: values that do not fit are told, and take neither the program down nor the memory.
@Suite struct ModelMetadataTests {
  private static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/e87e1cf")

  /// A file's header and what follows it.
  private struct File {
    var header: [String: Any]
    var rest: Data

    init(_ name: String) throws {
      let data = try Data(contentsOf: directory.appending(path: "\(name).safetensors"))
      let count = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
      header = try #require(JSONSerialization.jsonObject(with: data[8..<8 + count]) as? [String: Any])
      rest = data[(8 + count)...]
    }

    var metadata: [String: String] {
      get { header["__metadata__"] as? [String: String] ?? [:] }
      set { header["__metadata__"] = newValue }
    }

    func write(to url: URL) throws {
      var json = try JSONSerialization.data(withJSONObject: header)
      json += Data(repeating: UInt8(ascii: " "), count: (8 - json.count % 8) % 8)
      let count = Data((0..<8).map { UInt8(truncatingIfNeeded: json.count >> (8 * $0)) })
      try (count + json + rest).write(to: url)
    }
  }

  /// Other values in the place of one.
  private static func others(_ value: Any) -> [Any] {
    switch value {
    case let list as [Any]: [[Any](), Array(list.dropLast()), list + list]
    case let number as NSNumber where String(cString: number.objCType) == "c": [!number.boolValue]
    case is NSNumber: [-1, 0, 0.5, 65_536, 12_000_000, Int.max, 1e300] as [Any]
    case is String: ["", "nonsense"]
    default: []
    }
  }

  /// A value with every number, list and text in it changed, one at a time; of a long list the first two members.
  private static func mutations(_ value: Any) -> [Any] {
    var all = others(value)
    if let object = value as? [String: Any] {
      for (key, member) in object.sorted(by: { $0.key < $1.key }) {
        for other in mutations(member) {
          var changed = object
          changed[key] = other
          all.append(changed)
        }
      }
    } else if let list = value as? [Any] {
      for index in list.indices.prefix(2) {
        for other in mutations(list[index]) {
          var changed = list
          changed[index] = other
          all.append(changed)
        }
      }
    }
    return all
  }

  /// Every value of every part of a model's metadata: the file is refused in words, or it is a model that can be measured.
  @Test(arguments: OldFileTests.models)
  func everyValueIsChecked(_ old: OldFileTests.Old) throws {
    let scratch = try Scratch()
    let file = try File(old.task)
    let url = scratch.url.appending(path: "model.safetensors")
    let data = DataSource.path(Self.directory.appending(path: old.data).path)
    var (refused, accepted) = (0, 0)
    for (part, text) in file.metadata.sorted(by: { $0.key < $1.key }) where part != "format" {
      let value = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
      for other in Self.mutations(value) {
        var changed = file
        changed.metadata[part] = String(decoding: try JSONSerialization.data(withJSONObject: other, options: .fragmentsAllowed), as: UTF8.self)
        try changed.write(to: url)
        do {
          let trained = try StoredModel(contentsOf: url).trained()
          accepted += 1
          #expect(!trained.inspection.network.isEmpty)
          _ = try? trained.report(on: EvaluationRequest(source: data))
        } catch {
          refused += 1
          let words = "\(error)"
          #expect(words.contains(url.path) && !words.contains("\n"), "\(words)")
        }
      }
    }
    #expect(refused > 30 && accepted > 5)
  }

  /// The sentences of a few, and that they come before any memory is taken.
  @Test(arguments: [
    (
      "series-classification", "series", "\"deviations\":[", "\"deviations\":[],\"x\":[",
      "has a series that cannot be read: standardization.deviations: 0 numbers for 1 channel"
    ),
    ("series-classification", "series", "\"shortest\":6", "\"shortest\":-6", "shortest: -6 is not from 0 to longest, 10"),
    ("series-regression", "regression", "\"answerCount\":1", "\"answerCount\":1000000000000", "answerCount: 1000000000000 is not from 1 to 1000000"),
    (
      "language-model", "configuration", "[0.9,0.1,0]", "[0.9,0.1]",
      "has a configuration that cannot be read: split: must be 3 numbers from 0 to 1, not [0.9,0.1]"
    ),
    ("translation", "configuration", "\"embedding\":6", "\"embedding\":12000000", "embedding: must be an integer from 1 to 65536, not 12000000"),
    ("translation", "configuration", "\"hidden\":8", "\"hidden\":65536", " parameters, and the tensors have "),
    ("language-model", "configuration", "\"layers\":2", "\"layers\":3", "the tensors do not fit the model; missing: "),
    ("forecasting", "scaling", "\"gapped\":[]", "\"gapped\":[7]", "has a scaling that cannot be read: gapped: [7] are not columns, each once, of 2"),
    ("knowledge-tracing", "shares", "\"weight\":32", "\"weight\":0", "has shares that cannot be read"),
  ])
  func valuesThatDoNotFit(task: String, part: String, old: String, new: String, problem: String) throws {
    let scratch = try Scratch()
    var file = try File(task)
    let text = try #require(file.metadata[part])
    #expect(text.contains(old))
    file.metadata[part] = text.replacing(old, with: new)
    let url = scratch.url.appending(path: "model.safetensors")
    try file.write(to: url)
    let error = #expect(throws: (any Error).self) { try StoredModel(contentsOf: url).trained() }
    #expect("\(try #require(error))".contains(problem), "\(String(describing: error))")
  }

  /// A calibration, which older files have not, has factors for each pair of quantiles and target.
  @Test(arguments: [
    ("[]", 9), ("[[]]", 9), ("[[1]]", 8), ("[[1],[1]]", 9), ("[[0]]", 9), ("[[-1]]", 9), ("[]", 0), ("[[1]]", 10), ("[[1.5,2]]", 9),
  ])
  func calibrationsThatDoNotFit(factors: String, count: Int) throws {
    let scratch = try Scratch()
    var file = try File("forecasting")
    file.metadata["calibration"] = "{\"factors\":[\(Array(repeating: factors, count: count).joined(separator: ","))]}"
    let url = scratch.url.appending(path: "model.safetensors")
    try file.write(to: url)
    if factors == "[[1.5,2]]" {
      _ = try StoredModel(contentsOf: url).trained()
    } else {
      let error = #expect(throws: (any Error).self) { try StoredModel(contentsOf: url).trained() }
      #expect("\(try #require(error))".contains("has a calibration of other intervals than its configuration"))
    }
  }

  /// Weights that are not finite are told by the tensor's name.
  @Test(arguments: [Float.nan, .infinity]) func weightsMustBeFinite(number: Float) throws {
    let scratch = try Scratch()
    var file = try File("forecasting")
    let entry = try #require(file.header["output.bias"] as? [String: Any])
    let start = try #require((entry["data_offsets"] as? [Int])?.first)
    withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes in
      let place = file.rest.startIndex + start + 4
      file.rest.replaceSubrange(place..<place + 4, with: bytes)
    }
    try file.write(to: scratch.url.appending(path: "model.safetensors"))
    let outcome = try Recurrent.run(["inspect", "model.safetensors"], in: scratch)
    #expect(outcome.status == 1 && outcome.error.contains("not all numbers are finite in: output.bias"), "\(outcome.error)")
  }

  @Test(arguments: [("1000000000000", 1), ("9223372036854775807", 1), ("100001", 1), ("-1", 64), ("0", 64)])
  func stepsOfAForecast(steps: String, status: Int32) throws {
    let scratch = try Scratch()
    for (source, target) in [("forecasting.safetensors", "model.safetensors"), ("series.csv", "series.csv")] {
      try FileManager.default.copyItem(at: Self.directory.appending(path: source), to: scratch.url.appending(path: target))
    }
    let outcome = try Recurrent.run(["forecast", "model.safetensors", "--data", "series.csv", "--steps", steps], in: scratch)
    #expect(outcome.status == status && outcome.error.contains(steps), "\(outcome.error)")
    #expect(!outcome.error.contains("Missing value"))
  }
}
