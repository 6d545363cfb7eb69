import RecurrentData

/// The headers of a tar archive: POSIX.1-2001 (pax), ustar, and what GNU tar makes of long names.
enum TarArchive {
  /// A regular file in an archive.
  struct Entry: Hashable {
    var name: String
    /// Where its bytes begin.
    var offset: Int
    var size: Int
  }

  private static let blockSize = 512
  /// No name is longer.
  private static let longestName = 1 << 16

  /// The regular files, in order; of two with the same name the later one counts.
  ///
  /// - Throws: `DataError`: no tar archive, a compressed one, a truncated or damaged one.
  static func entries(of file: RandomAccessFile) throws(DataError) -> [Entry] {
    try checkBeginning(of: file)
    var entries: [Entry] = []
    var places: [String: Int] = [:]
    var offset = 0
    var (longName, longSize): (String?, Int?) = (nil, nil)
    while offset + blockSize <= file.size {
      let header = try file.read(at: offset, count: blockSize)
      if header.allSatisfy({ $0 == 0 }) { break }
      guard isHeader(header), let ownSize = number(header[124..<136]) else {
        throw DataError(file.path, "the tar archive is damaged: there is no header at byte \(offset); copy or download it again")
      }
      let kind = header[156]
      let start = offset + blockSize
      let isRegular = kind == 0 || kind == UInt8(ascii: "0") || kind == UInt8(ascii: "7")
      let size = isRegular ? longSize ?? ownSize : ownSize
      guard size <= file.size - start else {
        throw DataError(
          file.path, "the tar archive ends too early: the file at byte \(offset) needs \(size) bytes and \(file.size - start) are left;"
            + " copy or download it again")
      }
      switch kind {
      case UInt8(ascii: "L"):
        longName = text(try file.read(at: start, count: min(size, longestName))[...])
      case UInt8(ascii: "x"):
        let records = paxRecords(try file.read(at: start, count: min(size, 2 * longestName)))
        longName = records["path"] ?? longName
        longSize = records["size"].flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
      case UInt8(ascii: "g"), UInt8(ascii: "K"): break
      default:
        if isRegular {
          var name = longName ?? self.name(header)
          while name.hasPrefix("./") { name.removeFirst(2) }
          let entry = Entry(name: name, offset: start, size: size)
          if let place = places[name] {
            entries[place] = entry
          } else {
            places[name] = entries.count
            entries.append(entry)
          }
        }
        (longName, longSize) = (nil, nil)
      }
      offset = start + (size + blockSize - 1) / blockSize * blockSize
    }
    return entries
  }

  private static func checkBeginning(of file: RandomAccessFile) throws(DataError) {
    let beginning = try file.read(at: 0, count: min(blockSize, file.size))
    let compressions: [([UInt8], String)] = [
      ([0x1F, 0x8B], "gunzip"), (Array("BZh".utf8), "bunzip2"), ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "unxz"), ([0x28, 0xB5, 0x2F, 0xFD], "unzstd"),
    ]
    for (signature, program) in compressions where beginning.starts(with: signature) {
      throw DataError(file.path, "is compressed: pictures are read from their places in an archive, which it must be expanded for (\(program))")
    }
    if beginning.starts(with: Array("PK".utf8)) { throw DataError(file.path, "is a zip archive; unpack it, and name its folder") }
    if beginning.isEmpty { throw DataError(file.path, "is empty; a folder of pictures or a tar archive is needed here") }
    guard beginning.count == blockSize, isHeader(beginning) || beginning.allSatisfy({ $0 == 0 }) else {
      throw DataError(file.path, "is no tar archive; a folder of pictures or a tar archive is needed here")
    }
  }

  /// Whether the sum of the bytes is what the header says.
  private static func isHeader(_ header: [UInt8]) -> Bool {
    let sum = header.indices.reduce(0) { $0 + ((148..<156).contains($1) ? 0x20 : Int(header[$1])) }
    return number(header[148..<156]) == sum
  }

  private static func name(_ header: [UInt8]) -> String {
    let name = text(header[0..<100])
    let isPOSIX = header[257..<263].elementsEqual("ustar\0".utf8)
    let prefix = isPOSIX ? text(header[345..<500]) : ""
    return prefix.isEmpty ? name : "\(prefix)/\(name)"
  }

  /// What stands before the first zero.
  private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }

  /// A number in octal digits, or one of GNU tar in binary; nil if it is neither.
  private static func number(_ field: ArraySlice<UInt8>) -> Int? {
    guard let first = field.first else { return nil }
    if first == 0x80 {
      guard field.dropFirst().dropLast(8).allSatisfy({ $0 == 0 }) else { return nil }
      return Int(exactly: field.suffix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
    let digits = field.drop { $0 == 0x20 }.prefix { (0x30...0x37).contains($0) }
    let rest = field[digits.endIndex...]
    guard !digits.isEmpty, rest.allSatisfy({ $0 == 0 || $0 == 0x20 }) else { return nil }
    return digits.reduce(0) { $0 << 3 | Int($1 - 0x30) }
  }

  /// Records of `length key=value` and a line end.
  private static func paxRecords(_ bytes: [UInt8]) -> [String: String] {
    var records: [String: String] = [:]
    var index = 0
    while index < bytes.count, let space = bytes[index...].firstIndex(of: 0x20),
      let length = Int(String(decoding: bytes[index..<space], as: UTF8.self)), length > space - index + 1, length <= bytes.count - index
    {
      let record = bytes[(space + 1)..<(index + length)].dropLast()
      if let equals = record.firstIndex(of: UInt8(ascii: "=")) {
        records[String(decoding: record[..<equals], as: UTF8.self)] = String(decoding: record[(equals + 1)...], as: UTF8.self)
      }
      index += length
    }
    return records
  }
}
