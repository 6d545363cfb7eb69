public import Foundation

/// An array of bytes from a file in the idx format of MNIST, plain or gzip.
///
/// The format: two zeros, the type of the elements (8 for bytes), the number of axes, the extent of each axis as 4 bytes with the most
/// significant first, then the elements in row-major order (LeCun, Cortes, Burges: "The MNIST database").
public struct IDXFile: Sendable {
  /// Where it is from, for messages.
  public let path: String
  /// The extents of the axes.
  public let shape: [Int]
  /// The elements, in row-major order.
  public let bytes: [UInt8]

  /// Reads a file.
  ///
  /// - Throws: `DataError`: no idx file, elements that are no bytes, fewer or more elements than the header says, a truncated gzip file.
  public init(contentsOf url: URL) throws(DataError) {
    let all = try ByteSource(contentsOf: url).readAll()
    path = url.path
    guard all.count >= 4, all[0] == 0, all[1] == 0 else {
      throw DataError(path, "is no idx file: it does not begin with 0 0 8 and the number of axes\(Self.beginning(all))")
    }
    guard all[2] == 8 else {
      throw DataError(path, "the elements are of the type \(all[2]); only unsigned bytes (type 8), as MNIST has them, are read")
    }
    let rank = Int(all[3])
    guard (1...4).contains(rank) else { throw DataError(path, "the idx header says \(rank) axes; 1 to 4 are read") }
    let start = 4 + 4 * rank
    guard all.count >= start else { throw Self.truncated(path, all.count, start) }
    shape = (0..<rank).map { axis in all[4 + 4 * axis..<8 + 4 * axis].reduce(0) { $0 << 8 | Int($1) } }
    var count = 1
    for extent in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      if overflow { throw DataError(path, "the idx header says \(Self.text(shape)), which no file can hold") }
      count = product
    }
    if count == 0 { throw DataError(path, "the idx header says \(Self.text(shape)): there is nothing in this file") }
    guard all.count - start >= count else { throw Self.truncated(path, all.count, start + count, shape) }
    guard all.count - start == count else {
      throw DataError(
        path, "has \(counted(all.count - start - count, "byte")) more than its header says (\(Self.text(shape))); copy or download the file again")
    }
    bytes = Array(all[start...])
  }

  static func text(_ shape: [Int]) -> String { shape.map { "\($0)" }.joined(separator: " x ") }

  private static func truncated(_ path: String, _ count: Int, _ needed: Int, _ shape: [Int]? = nil) -> DataError {
    DataError(
      path,
      "is truncated: \(counted(count, "byte")) where \(shape.map { "\(text($0)) elements need" } ?? "the header needs") \(needed);"
        + " copy or download the file again")
  }

  private static func beginning(_ bytes: [UInt8]) -> String {
    bytes.isEmpty ? " (it is empty)" : " but with \(bytes.prefix(4).map { "\($0)" }.joined(separator: " "))"
  }
}
