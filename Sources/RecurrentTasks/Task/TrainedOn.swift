import Foundation
public import RecurrentData
import RecurrentTraining

/// How examples of one file come into parts.
public enum Dealing: String, Sendable, Codable {
  /// By what they are: an example stays where it is when others come, go or change places.
  case content
  /// By their places among all, as earlier versions did: with one example more, most move. What those wrote is read so.
  case place
}

/// What a model was trained on, as its file keeps it: enough to tell whether an example was among it, and nothing of what stood in it.
public struct TrainedOn: Sendable, Equatable {
  /// The most examples that are listed: 8 bytes each, and a third more as text.
  public static let limit = 500_000

  /// How many there were.
  public let count: Int
  /// The hash of all of them together, in no order.
  public let digest: ContentHash
  /// The hash of each; nil: there are more than ``limit``.
  public let hashes: Set<ContentHash>?

  /// What is known of these examples.
  public init(_ contents: [ContentHash]) {
    let sorted = contents.sorted()
    var hasher = ContentHasher()
    for content in sorted { hasher.add(content.bits) }
    (count, digest) = (contents.count, hasher.hash)
    hashes = contents.count <= Self.limit ? Set(contents) : nil
  }

  /// The examples that were trained on, as far as they can be told.
  ///
  /// - Parameter training: The training part of the same data: it tells where it is what was trained on.
  func hashes(or training: [ContentHash]?) -> Set<ContentHash>? {
    hashes ?? training.flatMap { TrainedOn($0).digest == digest ? Set($0) : nil }
  }
}

extension TrainedOn: Codable {
  private enum CodingKeys: String, CodingKey { case count, digest, hashes }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    count = try container.decode(Int.self, forKey: .count)
    guard let bits = UInt64(try container.decode(String.self, forKey: .digest), radix: 16) else {
      throw DecodingError.dataCorruptedError(forKey: .digest, in: container, debugDescription: "is no number in hexadecimal digits")
    }
    digest = ContentHash(bits: bits)
    let data = try container.decodeIfPresent(Data.self, forKey: .hashes)
    if let data, data.count % 8 != 0 {
      throw DecodingError.dataCorruptedError(forKey: .hashes, in: container, debugDescription: "is no list of 8 bytes each")
    }
    hashes = data.map { data in
      let bytes = Array(data)
      return Set(stride(from: 0, to: bytes.count, by: 8).map { start in
        ContentHash(bits: bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) })
      })
    }
  }

  /// The hashes as text: 8 bytes each, the highest first, from the least hash to the greatest.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(count, forKey: .count)
    try container.encode(String(digest.bits, radix: 16), forKey: .digest)
    guard let hashes else { return }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 * hashes.count)
    for hash in hashes.sorted() { withUnsafeBytes(of: hash.bits.bigEndian) { bytes += $0 } }
    try container.encode(Data(bytes), forKey: .hashes)
  }
}

/// How many of the examples that are measured a model was trained on.
public struct TrainingOverlap: Sendable, Equatable {
  /// What was measured.
  public let part: MeasuredPart
  /// How many examples that are.
  public let count: Int
  /// How many of them the model was trained on; nil: its file does not tell.
  public let trainedCount: Int?
  /// What one and several are called.
  let one: String
  let many: String
  /// What must be said, where the file does not tell.
  let ignorance: String?

  /// Whether some were trained on, and others not.
  var isPartial: Bool { trainedCount.map { (1..<count).contains($0) } ?? false }

  /// "43 of 61 texts of the test part".
  private func counted(_ trained: Int) -> String {
    "\(Figures.grouped(trained)) of \(Figures.grouped(count)) \(count == 1 ? one : many)" + (part == .whole ? "" : " of the \(part.rawValue) part")
  }
}

extension EvaluationReport {
  /// Says how many of the measured examples were trained on, and what the model makes of the others.
  ///
  /// - Parameter others: Their own figures, or why there are none.
  mutating func add(_ overlap: TrainingOverlap, others: Result<EvaluationReport, EvaluationError>?) {
    if let ignorance = overlap.ignorance { lines.append(.words(ignorance)) }
    guard let trained = overlap.trainedCount else { return }
    members.append(("trainedOn", .integer(trained)))
    if overlap.part == .part(.train) || trained == 0 { return }
    lines.append(.words(overlap.words(trained, hasOthers: others != nil)))
    switch others {
    case .success(let report):
      lines += report.lines.prefix { if case .figure = $0 { true } else { false } }
      members.append(
        (
          "others",
          .object(
            report.members.filter { _, value in
              switch value {
              case .integer, .number: true
              default: false
              }
            })
        ))
    case .failure(let error): lines.append(.words("\(error)"))
    case nil: break
    }
  }
}

extension TrainingOverlap {
  fileprivate func words(_ trained: Int, hasOthers: Bool) -> String {
    let verb = trained == 1 ? "was" : "were"
    if trained == count { return "\(counted(trained)) \(verb) trained on: no figure here tells what the model makes of new ones" }
    let rest = count - trained
    return "\(counted(trained)) \(verb) trained on" + (hasOthers ? "; on the other\(rest == 1 ? "" : " \(Figures.grouped(rest))"):" : "")
  }
}
