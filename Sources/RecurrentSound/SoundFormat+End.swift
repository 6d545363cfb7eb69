import RecurrentData

extension SoundFormat {
  /// Refuses a file that lacks its end, where its format tells: libsndfile would give what is left of it.
  func checkEnd(of bytes: SoundBytes) throws(DataError) {
    switch self {
    case .wav:
      var offset = 0
      let header = try WAVHeader(path: bytes.path) { count throws(DataError) in
        defer { offset += count }
        return try bytes.read(at: offset, count: count)
      } skip: { count in
        offset += count
      }
      if let size = header.dataSize, size > bytes.size - header.dataOffset { throw truncated(bytes.path) }
    case .ogg:
      // RFC 3533: the last page of a stream has a flag. A page is no longer than 64 KB.
      let tail = try bytes.read(at: max(0, bytes.size - 1 << 16), count: 1 << 16)
      let last = tail.indices.dropLast(26).last { tail[$0...].starts(with: "OggS".utf8) }
      guard let last, tail[last + 5] & 4 != 0, Self.pageSize(tail[last...]) ?? .max <= tail.count - last else { throw truncated(bytes.path) }
    case .flac, .mp3: break
    }
  }

  func truncated(_ path: String) -> DataError {
    DataError(path, "the \(rawValue) data end too early: the file is truncated; copy or download the file again")
  }

  /// The bytes of a page, its header of 27 bytes and its table included; nil if the table is not whole.
  private static func pageSize(_ page: ArraySlice<UInt8>) -> Int? {
    let count = Int(page[page.startIndex + 26])
    let table = page.dropFirst(27).prefix(count)
    return table.count == count ? 27 + count + table.reduce(0) { $0 + Int($1) } : nil
  }
}
