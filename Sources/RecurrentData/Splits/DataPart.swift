/// The parts of a corpus.
public enum DataPart: String, Sendable, Codable, CaseIterable {
  /// What the model learns from.
  case train
  /// What decides when to stop and which model is best.
  case validation = "valid"
  /// What the final figure is measured on.
  case test
}

/// How one text is cut into training, validation and test parts: contiguous, in this order, by tokens.
///
/// With `n` tokens the training part is the first `Int(train * n)`, and the validation part ends at
/// `Int((train + validation) * n)`: `[0.9, 0.1, 0]` is the usual split of character models, `text[:int(0.9 * n)]`.
/// If the sum is below 1, the rest of the text is not used.
public struct SplitFractions: Sendable, Hashable, Codable {
  /// The share of the training part.
  public var train: Double
  /// The share of the validation part.
  public var validation: Double
  /// The share of the test part.
  public var test: Double

  /// These shares; by default the usual 90 % and 10 %.
  public init(train: Double = 0.9, validation: Double = 0.1, test: Double = 0) {
    self.train = train
    self.validation = validation
    self.test = test
  }

  /// The share of one part.
  public subscript(split: DataPart) -> Double {
    switch split {
    case .train: train
    case .validation: validation
    case .test: test
    }
  }

  /// Whether each share is from 0 to 1, and their sum too (but for rounding).
  public var areValid: Bool {
    let all = [train, validation, test]
    return all.allSatisfy { $0 >= 0 && $0 <= 1 } && train + validation + test <= 1 + 1e-9
  }

  /// The parts of `count` tokens, as ranges of tokens.
  func ranges(count: Int) -> [DataPart: Range<Int>] {
    func end(_ share: Double) -> Int { share > 1 - 1e-9 ? count : Int(share * Double(count)) }
    let first = end(train)
    let second = max(first, end(train + validation))
    let third = max(second, end(train + validation + test))
    return [.train: 0..<first, .validation: first..<second, .test: second..<third]
  }
}
