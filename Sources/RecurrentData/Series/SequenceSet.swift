/// Labelled sequences from a file: all with the same channels, none empty, of any lengths.
///
/// Readers: `init(jsonLines:)`, `init(tsFile:)`, `init(table:columns:)`, `init(labelFirst:)`.
public struct SequenceSet: Sendable {
  /// Where they are from, for messages.
  public let path: String
  /// The names of the channels; `channel 1` and so on where the file has none.
  public let channelNames: [String]
  /// The sequences, in the file's order.
  public var sequences: [LabelledSequence]
  /// What is worth knowing about the file, a sentence each: what was left out while it was read.
  public var notes: [String]

  /// Sequences that a reader made.
  ///
  /// - Throws: `DataError` if there is none, one has no step or other channels than the first, or where some have a label for the
  ///   whole and others for each step.
  public init(
    path: String, channelNames: [String]? = nil, sequences: [LabelledSequence], notes: [String] = []
  ) throws(DataError) {
    guard let first = sequences.first else { throw DataError(path, "there is not one sequence in this file") }
    let channelCount = channelNames?.count ?? first.channelCount
    for sequence in sequences {
      if sequence.stepCount == 0 { throw DataError(path, line: sequence.line, Self.emptySequence) }
      if sequence.channelCount != channelCount {
        throw DataError(
          path, line: sequence.line,
          "\(counted(sequence.channelCount, "channel")) where the sequence of line \(first.line) has \(channelCount);"
            + " every sequence must have the same")
      }
    }
    self.path = path
    self.channelNames = channelNames ?? (1...channelCount).map { "channel \($0)" }
    self.sequences = sequences
    self.notes = notes
    if let other = sequences.first(where: { Self.kind($0) != nil && Self.kind($0) != labelKind }) {
      throw DataError(
        path, line: other.line,
        "a label for \(labelKind == .whole ? "each step" : "the whole sequence") where sequences before have one for"
          + " \(labelKind == .whole ? "the whole sequence" : "each step"); they must all have the same")
    }
  }

  static let emptySequence = "a sequence without a step; leave the line out"

  /// The number of measurements a step.
  public var channelCount: Int { channelNames.count }

  /// Whether labels stand for whole sequences or for steps; nil if no sequence has one.
  public enum LabelKind: Sendable { case whole, steps }

  /// Whether labels stand for whole sequences or for steps; nil if no sequence has one.
  public var labelKind: LabelKind? {
    for sequence in sequences {
      if let kind = Self.kind(sequence) { return kind }
    }
    return nil
  }

  private static func kind(_ sequence: LabelledSequence) -> LabelKind? {
    switch sequence.labels {
    case .none: nil
    case .whole: .whole
    case .steps: .steps
    }
  }

  /// How many measurements are missing.
  public var missingCount: Int { sequences.reduce(0) { $0 + $1.missingCount } }

  /// The sequences with these indices, in this order.
  public func selecting(_ indices: some Sequence<Int>) -> SequenceSet {
    var result = self
    result.sequences = indices.map { sequences[$0] }
    return result
  }

  /// What is in it, a sentence a line: sizes, lengths, what is missing.
  public var summary: [String] {
    let lengths = sequences.map(\.stepCount)
    let shortest = lengths.min() ?? 0
    let longest = lengths.max() ?? 0
    let steps = shortest == longest ? counted(shortest, "step") : "\(shortest) to \(longest) steps"
    var lines = ["\(counted(sequences.count, "sequence")) of \(steps), \(counted(channelCount, "channel"))"]
    let valueCount = sequences.reduce(0) { $0 + $1.values.count }
    if missingCount > 0 {
      let touched = sequences.count { $0.missingCount > 0 }
      lines.append(
        "\(missingCount) of \(valueCount) values \(missingCount == 1 ? "is" : "are") missing, in \(counted(touched, "sequence"))")
    }
    let unlabelled = sequences.count { $0.knownLabels.isEmpty }
    if unlabelled > 0 { lines.append("\(counted(unlabelled, "sequence")) \(unlabelled == 1 ? "has" : "have") no label") }
    return lines + notes
  }
}

extension SequenceSet: ExampleSet {
  public static var nouns: (one: String, many: String) { ("series", "series") }

  /// How many sequences there are.
  public var count: Int { sequences.count }

  /// What each sequence is known by: its measurements.
  public var contents: [ContentHash] { sequences.map(\.content) }
}

extension LabelledSequence: Example {
  public static var nouns: (one: String, many: String) { SequenceSet.nouns }

  /// What it is known by: its measurements.
  public var content: ContentHash {
    var hasher = ContentHasher()
    hasher.add(channelCount)
    for value in values { hasher.add(value) }
    return hasher.hash
  }
}
