#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif
import Foundation
import RecurrentData

/// A file that is read here and there, by any number of threads.
final class RandomAccessFile: Sendable {
  /// Where it is, for messages.
  let path: String
  /// Its bytes when it was opened.
  let size: Int
  private let descriptor: Int32

  /// Opens a file; throws `DataError` if there is none, or it may not be read.
  init(_ url: URL) throws(DataError) {
    path = url.path
    descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    if descriptor < 0 {
      let isMissing = errno == ENOENT || errno == ENOTDIR
      throw DataError(path, isMissing ? "no such file or directory" : "cannot be read: \(String(cString: strerror(errno)))")
    }
    var status = stat()
    fstat(descriptor, &status)
    size = Int(status.st_size)
    if status.st_mode & S_IFMT != S_IFREG { throw DataError(path, "is not a regular file, a tar archive or a folder is needed here") }
  }

  deinit { close(descriptor) }

  /// The bytes at a place.
  ///
  /// - Throws: `DataError` if they cannot be read, or the file has become shorter.
  func read(at offset: Int, count wanted: Int) throws(DataError) -> [UInt8] {
    var code: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
      while count < wanted {
        let result = pread(descriptor, buffer.baseAddress! + count, wanted - count, off_t(offset + count))
        if result < 0, errno == EINTR { continue }
        if result < 0 { code = errno }
        if result <= 0 { break }
        count += result
      }
    }
    if code != 0 { throw DataError(path, "cannot be read: \(String(cString: strerror(code)))") }
    if bytes.count < wanted { throw DataError(path, "ends at byte \(offset + bytes.count), too early: it was changed while it was read, or is truncated") }
    return bytes
  }
}
