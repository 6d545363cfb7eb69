import RecurrentData

/// What stands before the samples of a WAV file (RIFF, or RF64 as in EBU Tech 3306).
struct WAVHeader: Equatable {
  /// nil for one that is not read here: compressed, of 8 bits, of 64.
  var encoding: SampleEncoding?
  var channelCount: Int
  var sampleRate: Int
  /// Where the samples begin.
  var dataOffset: Int
  /// The bytes of the samples; nil where whoever wrote it did not know, because it was written to a pipe.
  var dataSize: Int?

  /// The sizes from which on programs that write to a pipe (ffmpeg, sox, arecord) mean that they do not know it.
  private static let unknownSize = 0x7FFF_0000

  /// The chunks that may stand before the samples: a file may consist of empty ones.
  private static let mostChunks = 1_000

  /// Reads up to the first sample.
  ///
  /// - Parameters:
  ///   - read: Gives the next bytes, as many as it is asked for, or fewer at the end.
  ///   - skip: Passes over bytes.
  init(path: String, read: (Int) throws(DataError) -> [UInt8], skip: (Int) throws(DataError) -> Void) throws(DataError) {
    func next(_ count: Int) throws(DataError) -> [UInt8] {
      let bytes = try read(count)
      if bytes.count == count { return bytes }
      throw DataError(path, "the WAV data end before the first sample: the file is truncated; copy or download the file again")
    }
    func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reversed().reduce(0) { $0 << 8 | Int($1) } }
    let beginning = try next(12)
    let isLong = beginning.starts(with: "RF64".utf8)
    guard isLong || beginning.starts(with: "RIFF".utf8), beginning[8...].elementsEqual("WAVE".utf8) else {
      throw DataError(path, "is no WAV data: those begin with RIFF, a size and WAVE")
    }
    var offset = 12
    var longSize: Int?
    var format: [UInt8]?
    for _ in 0..<Self.mostChunks {
      let chunk = try next(8)
      let size = number(chunk[4...])
      offset += 8
      switch String(decoding: chunk[..<4], as: UTF8.self) {
      case "fmt " where size >= 16:
        format = try next(min(size, 40))
        try skip(size + size % 2 - format!.count)
      case "ds64" where size >= 16:
        let sizes = try next(16)
        longSize = Int(clamping: sizes[8...].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        try skip(size + size % 2 - 16)
      case "data":
        guard let format else { throw DataError(path, "the WAV data have no format before their samples; convert the file again") }
        let isExtensible = number(format[0..<2]) == 0xFFFE && format.count >= 26
        encoding = Self.encoding(number(isExtensible ? format[24..<26] : format[0..<2]), bitCount: number(format[14..<16]))
        (channelCount, sampleRate) = (number(format[2..<4]), number(format[4..<8]))
        dataOffset = offset
        dataSize = isLong && size == 0xFFFF_FFFF ? longSize : size == 0 || size >= Self.unknownSize ? nil : size
        return
      default: try skip(size + size % 2)
      }
      offset += size + size % 2
    }
    throw DataError(path, "the WAV data have more than \(Self.mostChunks) chunks before their samples; convert the file again")
  }

  private static func encoding(_ kind: Int, bitCount: Int) -> SampleEncoding? {
    switch (kind, bitCount) {
    case (1, 16): .int16
    case (1, 24): .int24
    case (1, 32): .int32
    case (3, 32): .float32
    default: nil
    }
  }
}
