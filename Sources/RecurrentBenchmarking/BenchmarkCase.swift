import Foundation

/// One case of a benchmark: an operation and its sizes.
public struct BenchmarkCase: Decodable, Sendable {
  /// What is timed.
  public enum Operation: String, Decodable, CaseIterable, Sendable {
    case train, infer, step, lm
    case attentionTrain = "attention-train"
    case ctcTrain = "ctc-train"
    case convolutionInfer = "convolution-infer", convolutionTrain = "convolution-train"
    case squeezeNetInfer = "squeezenet-infer", squeezeNetTrain = "squeezenet-train"

    /// Whether pictures are read, and no sequences.
    var isOfPictures: Bool {
      switch self {
      case .convolutionInfer, .convolutionTrain, .squeezeNetInfer, .squeezeNetTrain: true
      case .train, .infer, .step, .lm, .attentionTrain, .ctcTrain: false
      }
    }
  }

  /// The cell, with the variant that PyTorch has: plain is tanh, and the GRU's reset gate comes after the product.
  public enum Cell: String, Decodable, CaseIterable, Sendable {
    case rnn, lstm, gru
  }

  /// How a stream stores the weights, by the names of the command's option `--weights`.
  public enum Weights: String, Decodable, CaseIterable, Sendable {
    case float32, bfloat16
  }

  public var id: String
  public var op: Operation
  public var cell: Cell
  public var time: Int
  public var batch: Int
  public var hidden: Int
  public var layers: Int
  /// The features of an input; not for `lm` and `attention-train`.
  public var input: Int?
  /// For `lm` and `attention-train`.
  public var embedding: Int?
  /// For `lm`, `attention-train` and `ctc-train`, which has the blank among it.
  public var vocabulary: Int?
  /// For `ctc-train`: the symbols of each text.
  public var text: Int?
  /// For `attention-train`, by the names of recipes; additive where it is absent.
  public var attention: String?
  /// For `attention-train`, by the names of recipes; context where it is absent.
  public var feeding: String?
  /// For `step`; float32 where it is absent.
  public var weights: Weights?
  /// For the operations on pictures, which have none of the keys of sequences.
  public var pictures: PictureSizes?

  private enum CodingKeys: String, CodingKey {
    case id, op, cell, time, batch, hidden, layers, input, embedding, vocabulary, attention, feeding, weights, text
  }

  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    id = try keys.decode(String.self, forKey: .id)
    op = try keys.decode(Operation.self, forKey: .op)
    batch = try keys.decode(Int.self, forKey: .batch)
    if op.isOfPictures {
      (cell, time, hidden, layers) = (.rnn, 1, 1, 1)
      pictures = try PictureSizes(from: decoder)
      return
    }
    if op == .ctcTrain {
      (cell, hidden, layers) = (.rnn, 1, 1)
      time = try keys.decode(Int.self, forKey: .time)
      vocabulary = try keys.decode(Int.self, forKey: .vocabulary)
      text = try keys.decode(Int.self, forKey: .text)
      return
    }
    cell = try keys.decode(Cell.self, forKey: .cell)
    time = try keys.decode(Int.self, forKey: .time)
    hidden = try keys.decode(Int.self, forKey: .hidden)
    layers = try keys.decode(Int.self, forKey: .layers)
    input = try keys.decodeIfPresent(Int.self, forKey: .input)
    embedding = try keys.decodeIfPresent(Int.self, forKey: .embedding)
    vocabulary = try keys.decodeIfPresent(Int.self, forKey: .vocabulary)
    attention = try keys.decodeIfPresent(String.self, forKey: .attention)
    feeding = try keys.decodeIfPresent(String.self, forKey: .feeding)
    weights = try keys.decodeIfPresent(Weights.self, forKey: .weights)
  }

  /// A case from its line.
  ///
  /// - Throws: ``BenchmarkCaseError`` that names the key at fault.
  public init(json line: String) throws {
    try Self.refuseFractions(in: line)
    do {
      self = try JSONDecoder().decode(BenchmarkCase.self, from: Data(line.utf8))
    } catch let error as DecodingError {
      throw BenchmarkCaseError(Self.words(error))
    }
    if let pictures {
      try pictures.check(op, batch: batch, of: id)
      return
    }
    if op == .ctcTrain {
      try checkTexts()
      return
    }
    let sizes = [
      ("time", time), ("batch", batch), ("hidden", hidden), ("layers", layers),
      hasVocabulary ? ("embedding", embedding ?? 0) : ("input", input ?? 0),
      ("vocabulary", hasVocabulary ? vocabulary ?? 0 : 1),
    ]
    if op != .step, weights != nil {
      throw BenchmarkCaseError("the case \"\(id)\" has \"weights\", which are for step")
    }
    for (key, value) in sizes where !(1...1_000_000).contains(value) {
      throw BenchmarkCaseError("the case \"\(id)\" needs \"\(key)\", an integer from 1 to 1000000")
    }
    try checkAttention()
  }

  /// Whether the case reads and tells tokens.
  var hasVocabulary: Bool { op == .lm || op == .attentionTrain }

  /// A decoder that meets 2.5 where a whole number should stand does not say where.
  private static func refuseFractions(in line: String) throws {
    let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    for (key, value) in (object ?? [:]).sorted(by: { $0.key < $1.key }) {
      if let number = value as? Double, number != number.rounded() {
        throw BenchmarkCaseError("the value of \"\(key)\" is \(number), which is no whole number")
      }
    }
  }

  private static func words(_ error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, _): "the case has no key \"\(key.stringValue)\""
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      if let key = context.codingPath.last?.stringValue {
        "the value of \"\(key)\" is not one that a case can have"
          + (key == "op" ? ": \(Operation.allCases.map(\.rawValue).joined(separator: ", "))" : "")
          + (key == "cell" ? ": \(Cell.allCases.map(\.rawValue).joined(separator: ", "))" : "")
          + (key == "weights" ? ": \(Weights.allCases.map(\.rawValue).joined(separator: ", "))" : "")
      } else {
        "not a JSON object with a case: {\"id\", \"op\", \"cell\", ...}"
      }
    @unknown default: "not a case"
    }
  }
}

/// A line that is no case, in words that say what is wrong with it.
public struct BenchmarkCaseError: Error, CustomStringConvertible {
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}

/// The median over five runs of the seconds that a call takes. A run repeats the call for at least `least` seconds; two
/// calls before them do not count.
public func medianSeconds(least: Double = 0.25, of body: () -> Void) -> Double {
  let clock = ContinuousClock()
  func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
  }
  body()
  body()
  let once = max(seconds(clock.measure(body)), 1e-9)
  let repeats = max(1, Int(least / once))
  let runs = (0..<5).map { _ in
    seconds(clock.measure { for _ in 0..<repeats { body() } }) / Double(repeats)
  }
  return runs.sorted()[2]
}
