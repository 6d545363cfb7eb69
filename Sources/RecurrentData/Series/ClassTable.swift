import RecurrentTensors

/// The classes that a classifier tells apart, in the order of their indices: those of the training data, sorted by value where all are
/// numbers, else by their scalars.
///
/// Coded as an array of strings, for a model file.
public struct ClassTable: Sendable, Hashable {
  /// The names by index.
  public let names: [String]
  private let indices: [String: Int]

  /// The classes among these labels. `path` stands for the data in messages.
  ///
  /// - Throws: `DataError` unless there are two at least.
  public init(labels: some Sequence<String>, path: String) throws(DataError) {
    let distinct = Set(labels)
    if distinct.isEmpty { throw DataError(path, "there is no label to learn from; name the column or key that has it") }
    if distinct.count == 1 {
      throw DataError(path, "all labels are \(quoted(distinct.first!)); there must be two classes at least to tell apart")
    }
    self.init(sorted: Self.sorted(distinct))
  }

  /// The classes of a training set. Throws `DataError` unless there are two at least.
  public init(of training: SequenceSet) throws(DataError) {
    try self.init(labels: training.sequences.lazy.flatMap(\.knownLabels), path: training.path)
  }

  private init(sorted names: [String]) {
    self.names = names
    indices = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
  }

  /// How many classes there are.
  public var count: Int { names.count }

  /// The index of a class, or nil.
  public func index(of name: String) -> Int? { indices[name] }

  /// The index of a label.
  ///
  /// - Throws: `DataError` that names file and line if it is none of the classes: a model cannot give an answer it never saw.
  public func index(of label: String, path: String, line: Int) throws(DataError) -> Int {
    if let index = indices[label] { return index }
    let near = nearest(to: label, among: names).map { "; did you mean \(quoted($0))?" } ?? ""
    throw DataError(
      path, line: line,
      "the label \(quoted(label)) does not occur in the training data (labels there: \(listed(names)))\(near)")
  }

  /// A class for each sequence of a set with one label a sequence; nil where it has none.
  ///
  /// - Throws: `DataError` for a label that is none of the classes, or if labels stand for steps.
  public func indices(of set: SequenceSet) throws(DataError) -> [Int?] {
    var result: [Int?] = []
    for sequence in set.sequences {
      switch sequence.labels {
      case .none: result.append(nil)
      case .whole(let label): result.append(try index(of: label, path: set.path, line: sequence.line))
      case .steps:
        throw DataError(set.path, line: sequence.line, "a label for each step, where one for the whole sequence is needed")
      }
    }
    return result
  }

  /// A class for each step of a sequence with one label a step; nil where it has none.
  ///
  /// - Throws: `DataError` for a label that is none of the classes, or if one stands for the whole sequence.
  public func stepIndices(of sequence: LabelledSequence, path: String) throws(DataError) -> [Int?] {
    switch sequence.labels {
    case .none: return Array(repeating: nil, count: sequence.stepCount)
    case .whole:
      throw DataError(path, line: sequence.line, "a label for the whole sequence, where one for each step is needed")
    case .steps(let labels):
      var result: [Int?] = []
      for label in labels {
        guard let label else {
          result.append(nil)
          continue
        }
        result.append(try index(of: label, path: path, line: sequence.line))
      }
      return result
    }
  }

  private static func sorted(_ names: Set<String>) -> [String] {
    let numbers = names.map { name -> (Double, String)? in
      if case .number(let value) = NumberText.value(of: name) { (value, name) } else { nil }
    }
    guard numbers.allSatisfy({ $0 != nil }) else {
      return names.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
    }
    return numbers.compactMap(\.self).sorted { $0 < $1 }.map(\.1)
  }
}

extension ClassTable: Codable {
  public init(from decoder: any Decoder) throws {
    let names = try decoder.singleValueContainer().decode([String].self)
    guard Set(names).count == names.count, names.count >= 2 else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "the classes must be two at least, each once"))
    }
    self.init(sorted: names)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(names)
  }
}
