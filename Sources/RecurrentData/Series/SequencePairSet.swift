public import Foundation
import RecurrentTensors

/// Sequences of measurements with what is to be made of each: another sequence of numbers, or one step of them.
///
/// All inputs have the same channels, and so have all targets; a missing target counts for nothing.
public struct SequencePairSet: Sendable {
  /// Where they are from, for messages.
  public let path: String
  /// What is read; their labels are none.
  public var inputs: SequenceSet
  /// What is to be made of each, in the same order. Where it is not known, a step whose values are all missing stands for it.
  public var targets: SequenceSet

  /// Pairs of sequences.
  ///
  /// - Throws: `DataError` if there is none.
  /// - Precondition: as many targets as inputs.
  public init(path: String, inputs: [LabelledSequence], targets: [LabelledSequence]) throws(DataError) {
    check(inputs.count == targets.count, "SequencePairSet: \(inputs.count) inputs and \(targets.count) targets")
    self.path = path
    self.inputs = try SequenceSet(path: path, channelNames: Self.names("input", inputs), sequences: inputs)
    self.targets = try SequenceSet(path: path, channelNames: Self.names("output", targets), sequences: targets)
  }

  private static func names(_ name: String, _ sequences: [LabelledSequence]) -> [String] {
    (1...max(1, sequences.first?.channelCount ?? 1)).map { "\(name) \($0)" }
  }

  /// Reads JSON lines: on each an object with what is read under `x` and what is to be made of it under `y`.
  ///
  ///     {"x": [[0.1, -0.4], [0.2, 0.3]], "y": [[1.5], [1.7]]}
  ///
  /// Each is a list of steps, which are lists of numbers, or numbers where there is one channel; a single step may stand without its list,
  /// `"y": 1.5`. `null` is a missing value. `id` is kept; other keys do not matter.
  ///
  /// - Parameter needsTargets: Whether every line must have a `y`. Otherwise lines may lack it: what is only to be predicted.
  /// - Throws: `DataError` that names line and character.
  public init(jsonLines url: URL, needsTargets: Bool = true) throws(DataError) {
    var source = try LineSource(contentsOf: url)
    var inputs: [LabelledSequence] = []
    var targets: [LabelledSequence?] = []
    var channels: (inputs: Int?, targets: Int?)
    while let line = try source.next() {
      if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
      let pair = try Self.pair(line, path: source.path, number: source.number, channels: channels)
      guard let input = pair.input else {
        throw DataError(source.path, line: source.number, "there is no key \"x\", which holds what is read")
      }
      if pair.target == nil, needsTargets {
        throw DataError(source.path, line: source.number, "there is no key \"y\", which holds what is to be made of x")
      }
      inputs.append(input)
      targets.append(pair.target)
      channels = (channels.inputs ?? input.channelCount, channels.targets ?? pair.target?.channelCount)
    }
    let unknown = [Double](repeating: .nan, count: channels.targets ?? 1)
    try self.init(
      path: url.path, inputs: inputs,
      targets: zip(targets, inputs).map { target, input in
        target ?? LabelledSequence(values: unknown, channelCount: unknown.count, line: input.line)
      })
  }

  /// The pairs with these indices, in this order.
  public func selecting(_ indices: [Int]) -> SequencePairSet {
    var result = self
    result.inputs = inputs.selecting(indices)
    result.targets = targets.selecting(indices)
    return result
  }

  private static func pair(
    _ line: [UInt8], path: String, number: Int, channels: (inputs: Int?, targets: Int?)
  ) throws(DataError) -> (input: LabelledSequence?, target: LabelledSequence?) {
    var scanner = JSONScanner(line, path: path, line: number)
    var (input, target): (([Double], Int)?, ([Double], Int)?)
    var id: String?
    try scanner.object("a pair of sequences") { (scanner, key) throws(DataError) in
      switch key {
      case "x": input = try scanner.stepsOrOne("x", channelCount: channels.inputs)
      case "y": target = try scanner.stepsOrOne("y", channelCount: channels.targets)
      case "id": id = try scanner.scalarText()
      default: try scanner.skipValue()
      }
    }
    try scanner.finish()
    func sequence(_ read: ([Double], Int)?) -> LabelledSequence? {
      read.map { LabelledSequence(values: $0.0, channelCount: $0.1, id: id, line: number) }
    }
    return (sequence(input), sequence(target))
  }
}

extension SequencePairSet: ExampleSet {
  public static var nouns: (one: String, many: String) { SequenceSet.nouns }

  /// How many pairs there are.
  public var count: Int { inputs.count }

  /// What each pair is known by: its input.
  public var contents: [ContentHash] { inputs.contents }
}

extension JSONScanner {
  /// Steps, or a single one of one channel.
  fileprivate mutating func stepsOrOne(_ key: String, channelCount: Int?) throws(DataError) -> ([Double], Int) {
    let start = self
    if peek() != UInt8(ascii: "[") {
      let value = try number()
      if let channelCount, channelCount != 1 {
        throw start.error("\(key) is one number where the lines before have \(counted(channelCount, "channel"))")
      }
      return ([value], 1)
    }
    let (values, count) = try steps(of: "\(key) of the lines before", channelCount: channelCount)
    guard let count, !values.isEmpty else { throw start.error("\(key) has no step; leave the line out") }
    return (values, count)
  }
}
