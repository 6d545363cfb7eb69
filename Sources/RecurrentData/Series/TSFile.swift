public import Foundation
import RecurrentTensors

extension SequenceSet {
  /// Reads the `.ts` text format of the UCR and UEA archives, as sktime and aeon write it.
  ///
  /// Lines that begin with `@` describe the data, those with `#` or `%` are comments. After `@data` each line is a sequence: the channels
  /// between colons, the values of a channel between commas, `?` (or `NaN`) where one is missing, and the label at the end where
  /// `@classLabel true` (or `@targetLabel true`) says so. Sequences may have different lengths.
  ///
  /// - Throws: `DataError` that names the line: no `@data`, a label that `@classLabel` does not list, channels of different lengths, a
  ///   value that is no number, time stamps (`@timeStamps true`), which are not read.
  public init(tsFile url: URL) throws(DataError) {
    var source = try LineSource(contentsOf: url)
    var header = TSHeader()
    var sequences: [LabelledSequence] = []
    var hasData = false
    while let bytes = try source.next() {
      let line = try TextRules.text(bytes, path: source.path, line: source.number).trimmingCharacters(in: .whitespaces)
      if line.isEmpty || line.hasPrefix("#") || line.hasPrefix("%") { continue }
      if line.hasPrefix("@") {
        if hasData { throw DataError(source.path, line: source.number, "\(quoted(line)) stands after @data; move it before") }
        hasData = try header.read(line, path: source.path, line: source.number)
      } else if hasData {
        sequences.append(try header.sequence(line, path: source.path, number: source.number))
      } else {
        throw DataError(
          source.path, line: source.number, "\(quoted(line)) stands before @data; a .ts file begins with lines such as @classLabel true a b")
      }
    }
    if !hasData { throw DataError(source.path, "there is no line @data: this is no .ts file, or it is truncated") }
    try self.init(path: source.path, sequences: sequences)
  }
}

/// What the lines before `@data` say.
private struct TSHeader {
  private var classes: Set<String>?
  private var isTarget = false
  private var dimensions: Int?
  private var length: Int?
  private var first: (channels: Int, line: Int)?

  /// Reads a line that begins with `@`; returns whether it is `@data`.
  mutating func read(_ text: String, path: String, line: Int) throws(DataError) -> Bool {
    let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
    let key = words[0].lowercased()
    let value = words.dropFirst().first?.lowercased()
    switch key {
    case "@data": return true
    case "@timestamps":
      if value == "true" {
        throw DataError(path, line: line, "time stamps are not read from .ts files; write the series as a CSV with a time column")
      }
    case "@classlabel":
      if value == "true" {
        classes = Set(words.dropFirst(2))
        if words.count == 2 { throw DataError(path, line: line, "@classLabel true must list the labels after it") }
      }
    case "@targetlabel": isTarget = value == "true"
    case "@univariate":
      if value == "true" { dimensions = 1 }
    case "@dimensions", "@dimension": dimensions = try number(value, key: words[0], path: path, line: line)
    case "@serieslength": length = try number(value, key: words[0], path: path, line: line)
    default: break  // @problemName, @missing, @equalLength: what they say is seen in the data
    }
    return false
  }

  private func number(_ value: String?, key: String, path: String, line: Int) throws(DataError) -> Int {
    if let value, let number = Int(value), number > 0 { return number }
    throw DataError(path, line: line, "\(key) needs a number above 0 after it\(value.map { ", not \(quoted($0))" } ?? "")")
  }

  /// Reads a line of data.
  mutating func sequence(_ text: String, path: String, number line: Int) throws(DataError) -> LabelledSequence {
    var parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    var labels = LabelledSequence.Labels.none
    if classes != nil || isTarget {
      let label = parts.removeLast().trimmingCharacters(in: .whitespaces)
      if parts.isEmpty { throw DataError(path, line: line, "there is no colon: the label must stand behind the last one") }
      if label != "?", let classes, !classes.contains(label) {
        let near = nearest(to: label, among: classes.sorted()).map { "; did you mean \(quoted($0))?" } ?? ""
        throw DataError(
          path, line: line, "the label \(quoted(label)) is none of those that @classLabel lists (\(listed(classes.sorted())))\(near)")
      }
      labels = label == "?" ? .none : .whole(label)
    }
    let expected = dimensions ?? first?.channels
    if let expected, parts.count != expected {
      let source = dimensions != nil ? "the lines before @data say" : "line \(first?.line ?? line) has"
      throw DataError(path, line: line, "\(counted(parts.count, "channel")) where \(source) \(expected)")
    }
    if first == nil { first = (parts.count, line) }
    var channels: [[Double]] = []
    for (index, part) in parts.enumerated() {
      let values = try numbers(part, channel: index + 1, path: path, line: line)
      if let before = channels.first, before.count != values.count {
        throw DataError(
          path, line: line,
          "channel \(index + 1) has \(counted(values.count, "step")) where channel 1 has \(before.count); write ? for missing values")
      }
      channels.append(values)
    }
    let stepCount = channels[0].count
    if stepCount == 0 { throw DataError(path, line: line, SequenceSet.emptySequence) }
    if let length, length != stepCount {
      throw DataError(path, line: line, "\(counted(stepCount, "step")) where @seriesLength says \(length)")
    }
    let values = (0..<stepCount).flatMap { step in channels.map { $0[step] } }  // [steps, channels]
    return LabelledSequence(values: values, channelCount: channels.count, labels: labels, line: line)
  }

  private func numbers(_ text: String, channel: Int, path: String, line: Int) throws(DataError) -> [Double] {
    if text.allSatisfy(\.isWhitespace) { return [] }
    var values: [Double] = []
    for field in text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      switch NumberText.measurement(of: Substring(field)) {
      case .number(let number): values.append(number)
      case .missing: values.append(.nan)
      case .tooLarge:
        throw DataError(path, line: line, "channel \(channel), step \(values.count + 1): \(Substring(field)) \(NumberText.tooLargeRemedy)")
      case .invalid:
        let text = Substring(field).trimmingCharacters(in: .whitespaces)
        guard text == "?" else {
          throw DataError(
            path, line: line, "channel \(channel), step \(values.count + 1): \(quoted(text)) is not a number; write ? for a missing value")
        }
        values.append(.nan)
      }
    }
    return values
  }
}
