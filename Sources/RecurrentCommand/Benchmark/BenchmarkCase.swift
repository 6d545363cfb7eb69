import Foundation

/// One case of a benchmark: an operation and its sizes.
struct BenchmarkCase: Decodable {
  /// What is timed.
  enum Operation: String, Decodable, CaseIterable {
    case train, infer, step, lm
  }

  /// The cell, with the variant that PyTorch has: plain is tanh, and the GRU's reset gate comes after the product.
  enum Cell: String, Decodable, CaseIterable {
    case rnn, lstm, gru
  }

  var id: String
  var op: Operation
  var cell: Cell
  var time: Int
  var batch: Int
  var hidden: Int
  var layers: Int
  /// The features of an input; not for `lm`.
  var input: Int?
  /// For `lm`.
  var embedding: Int?
  /// For `lm`.
  var vocabulary: Int?
  /// For `step`; float32 where it is absent.
  var weights: WeightChoice?

  /// A case from its line.
  ///
  /// - Throws: ``CommandError`` that names the key at fault.
  init(json line: String) throws {
    do {
      self = try JSONDecoder().decode(BenchmarkCase.self, from: Data(line.utf8))
    } catch let error as DecodingError {
      throw CommandError(Self.words(error))
    }
    let sizes = [
      ("time", time), ("batch", batch), ("hidden", hidden), ("layers", layers),
      op == .lm ? ("embedding", embedding ?? 0) : ("input", input ?? 0),
      ("vocabulary", op == .lm ? vocabulary ?? 0 : 1),
    ]
    if op != .step, weights != nil {
      throw CommandError("the case \"\(id)\" has \"weights\", which are for step")
    }
    for (key, value) in sizes where !(1...1_000_000).contains(value) {
      throw CommandError("the case \"\(id)\" needs \"\(key)\", an integer from 1 to 1000000")
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
          + (key == "weights" ? ": \(WeightChoice.allCases.map(\.rawValue).joined(separator: ", "))" : "")
      } else {
        "not a JSON object with a case: {\"id\", \"op\", \"cell\", ...}"
      }
    @unknown default: "not a case"
    }
  }
}

/// The median over five runs of the seconds that a call takes. A run repeats the call for at least a quarter of a
/// second; two calls before them do not count.
func medianSeconds(of body: () -> Void) -> Double {
  let clock = ContinuousClock()
  func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
  }
  body()
  body()
  let once = max(seconds(clock.measure(body)), 1e-9)
  let repeats = max(1, Int(0.25 / once))
  let runs = (0..<5).map { _ in
    seconds(clock.measure { for _ in 0..<repeats { body() } }) / Double(repeats)
  }
  return runs.sorted()[2]
}
