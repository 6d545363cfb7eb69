import RecurrentData
import SystemSndfile
import SystemVorbis

/// Reads WAV, FLAC, Ogg and MP3, through libsndfile.
final class SoundFileReader: SampleReader {
  let sampleRate: Int
  let channelCount: Int
  let frameCount: Int?
  var path: String { file.bytes.path }

  private let format: SoundFormat
  private let file: VirtualFile
  private let sound: OpaquePointer
  private let isSeekable: Bool
  /// The frame that is read next.
  private var position = 0

  init(_ bytes: SoundBytes) throws(DataError) {
    let format = try SoundFormat(recognizing: bytes.read(at: 0, count: 16), path: bytes.path)
    try format.checkEnd(of: bytes)
    let file = VirtualFile(bytes)
    let pointer = Unmanaged.passUnretained(file).toOpaque()
    if format == .ogg {
      if vorbis_headers_are_good({ VirtualFile.of($0).read($1!, $2) }, pointer) == 0 {
        throw file.problem ?? Self.failure(format, bytes.path, "its headers are damaged")
      }
      _ = file.seek(0, SEEK_SET)
    }
    var info = SF_INFO()
    var functions = VirtualFile.functions
    guard let sound = sf_open_virtual(&functions, Int32(SFM_READ), &info, pointer) else {
      throw file.problem ?? Self.failure(format, bytes.path, String(cString: sf_strerror(nil)))
    }
    (self.format, self.file, self.sound) = (format, file, sound)
    (sampleRate, channelCount, isSeekable) = (Int(info.samplerate), Int(info.channels), info.seekable != 0)
    frameCount = info.frames >= 0 && info.frames < sf_count_t.max ? Int(info.frames) : nil
  }

  deinit { sf_close(sound) }

  func skip(_ count: Int) throws(DataError) {
    guard isSeekable else { return try readOver(count) }
    let target = max(position, position + count - format.memory)
    guard sf_seek(sound, sf_count_t(target), SEEK_SET) == target else { throw failure }
    let rest = position + count - target
    position = target
    try readOver(rest)
  }

  func read(limit: Int) throws(DataError) -> [Float] {
    let samples = [Float](unsafeUninitializedCapacity: limit * channelCount) { target, count in
      count = channelCount * max(0, Int(sf_readf_float(sound, target.baseAddress, sf_count_t(limit))))
    }
    position += samples.count / channelCount
    if samples.isEmpty {
      if file.problem != nil || sf_error(sound) != 0 { throw failure }
      if let frameCount, position < frameCount { throw format.truncated(path) }
    }
    return samples
  }

  private var failure: DataError {
    file.problem ?? Self.failure(format, path, String(cString: sf_strerror(sound)), " at \(Double(position) / Double(sampleRate)) s")
  }

  private static func failure(_ format: SoundFormat, _ path: String, _ reason: String, _ place: String = "") -> DataError {
    let reason = reason.trimmingPrefix("Error : ").prefix { $0 != "\n" && $0 != "." }
    return DataError(path, "the \(format.rawValue) data cannot be read\(place) (\(reason)); copy or download the file again, or convert it")
  }
}

/// What libsndfile reads from.
private final class VirtualFile {
  let bytes: SoundBytes
  private var offset = 0
  /// What went wrong with the file itself.
  private(set) var problem: DataError?

  init(_ bytes: SoundBytes) { self.bytes = bytes }

  static func of(_ pointer: UnsafeMutableRawPointer?) -> VirtualFile { Unmanaged<VirtualFile>.fromOpaque(pointer!).takeUnretainedValue() }

  func seek(_ distance: Int, _ whence: Int32) -> Int {
    let origin = whence == SEEK_CUR ? offset : whence == SEEK_END ? bytes.size : 0
    let (target, overflow) = origin.addingReportingOverflow(distance)
    if overflow || target < 0 { return -1 }
    offset = target
    return target
  }

  func read(_ target: UnsafeMutableRawPointer, _ count: Int) -> Int {
    do throws(DataError) {
      let found = try bytes.read(at: offset, into: UnsafeMutableRawBufferPointer(start: target, count: count))
      offset += found
      return found
    } catch {
      problem = error
      return 0
    }
  }

  static var functions: SF_VIRTUAL_IO {
    SF_VIRTUAL_IO(
      get_filelen: { sf_count_t(VirtualFile.of($0).bytes.size) },
      seek: { sf_count_t(VirtualFile.of($2).seek(Int($0), $1)) },
      read: { sf_count_t(VirtualFile.of($2).read($0!, Int($1))) },
      write: { _, _, _ in 0 },
      tell: { sf_count_t(VirtualFile.of($0).seek(0, SEEK_CUR)) })
  }
}
