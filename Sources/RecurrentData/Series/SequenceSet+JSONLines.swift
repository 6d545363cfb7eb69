public import Foundation

extension SequenceSet {
  /// Reads JSON lines: on each line an object with the steps under `x`, a list of steps that are each a list of the channels' numbers, or
  /// one number where there is one channel; `null` (or `NaN`) is a missing value.
  ///
  ///     {"label": "walking", "x": [[0.1, -0.4], [0.2, null]]}
  ///
  /// `label` is a text, a number or a truth value for the whole sequence, or a list of those, one a step. `id` and `group` are kept; other
  /// keys do not matter.
  ///
  /// - Throws: `DataError` that names line and character: no JSON, steps with different channels, an empty sequence, no `x`.
  public init(jsonLines url: URL) throws(DataError) {
    var source = try LineSource(contentsOf: url)
    var sequences: [LabelledSequence] = []
    var first: (channels: Int, line: Int)?
    while let line = try source.next() {
      if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
      let sequence = try Self.sequence(line, path: source.path, number: source.number, channels: first)
      if first == nil { first = (sequence.channelCount, source.number) }
      sequences.append(sequence)
    }
    try self.init(path: url.path, sequences: sequences)
  }

  private static func sequence(
    _ line: [UInt8], path: String, number: Int, channels: (channels: Int, line: Int)?
  ) throws(DataError) -> LabelledSequence {
    var scanner = JSONScanner(line, path: path, line: number)
    var values: [Double]?
    var channelCount = channels?.channels
    var labels = LabelledSequence.Labels.none
    var id: String?
    var group: String?
    try scanner.object("a sequence") { (scanner, key) throws(DataError) in
      switch key {
      case "x":
        (values, channelCount) = try scanner.steps(of: "the sequence of line \(channels?.line ?? number)", channelCount: channelCount)
      case "label":
        if scanner.peek() == UInt8(ascii: "[") {
          var list: [String?] = []
          try scanner.list("the labels") { scanner throws(DataError) in list.append(try scanner.scalarText()) }
          labels = .steps(list)
        } else {
          labels = try scanner.scalarText().map { .whole($0) } ?? .none
        }
      case "id": id = try scanner.scalarText()
      case "group": group = try scanner.scalarText()
      default: try scanner.skipValue()
      }
    }
    try scanner.finish()
    guard let values else { throw DataError(path, line: number, "there is no key \"x\", which holds the steps") }
    guard !values.isEmpty, let channelCount else { throw DataError(path, line: number, emptySequence) }
    if case .steps(let list) = labels, list.count != values.count / channelCount {
      throw DataError(
        path, line: number, "\(counted(list.count, "label")) for \(counted(values.count / channelCount, "step")); one label is needed for each")
    }
    return LabelledSequence(
      values: values, channelCount: channelCount, labels: labels, id: id, group: group, line: number)
  }
}

extension JSONScanner {
  /// The steps that come next: a list of lists of numbers, or of numbers where there is one channel; `null` is a missing value.
  ///
  /// - Parameters:
  ///   - other: What says how many channels there must be, if something does, for the message: "the sequence of line 3".
  ///   - channelCount: How many channels there must be; nil: as many as the first step has.
  /// - Returns: `[steps, channels]` in row-major order, and the number of channels, nil without a step.
  mutating func steps(
    of other: String, channelCount expected: Int?
  ) throws(DataError) -> (values: [Double], channelCount: Int?) {
    var values: [Double] = []
    var channelCount = expected
    var step = 0
    try list("the steps") { scanner throws(DataError) in
      step += 1
      let start = scanner
      let before = values.count
      if scanner.peek() == UInt8(ascii: "[") {
        try scanner.list("step \(step)") { scanner throws(DataError) in values.append(try scanner.number()) }
      } else {
        values.append(try scanner.number())
      }
      let count = values.count - before
      if count == 0 { throw start.error("step \(step) has no channel; write null for a value that is missing") }
      if let channelCount, channelCount != count {
        let others = step > 1 ? "the steps before have" : "\(other) has"
        throw start.error("step \(step) has \(counted(count, "channel")) where \(others) \(channelCount); write null for a missing one")
      }
      channelCount = count
    }
    return (values, channelCount)
  }
}
