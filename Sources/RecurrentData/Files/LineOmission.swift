/// Lines of a file that were not used, and why; the first few by number.
public struct LineOmission: Sendable, Hashable, CustomStringConvertible {
  /// How many lines are named.
  static let namedCount = 5

  /// What stands on a line: `"pair"`.
  public let what: String
  /// Why they were left out.
  public let reason: String
  /// The lines, counted from 1.
  public let lines: [Int]

  /// An omission.
  public init(what: String, reason: String, lines: [Int]) {
    self.what = what
    self.reason = reason
    self.lines = lines
  }

  /// `"7 pairs left out, the target is empty: lines 4, 9, 12, 13, 20, and 2 more"`.
  public var description: String {
    "\(counted(lines.count, what)) left out, \(reason): \(lines.count == 1 ? "line" : "lines") "
      + listed(lines.map { "\($0)" }, limit: Self.namedCount)
  }
}
