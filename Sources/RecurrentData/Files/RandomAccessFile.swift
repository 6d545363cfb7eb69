#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif
package import Foundation

/// A file that is read here and there, by any number of threads.
package final class RandomAccessFile: Sendable {
  /// Where it is, for messages.
  package let path: String
  /// Its bytes when it was opened.
  package let size: Int
  private let descriptor: Int32

  /// Opens a regular file; `needed` says what it should be: `"a tar archive or a folder"`.
  ///
  /// - Throws: `DataError` if there is none, or it may not be read.
  package init(_ url: URL, needed: String) throws(DataError) {
    path = url.path
    descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    if descriptor < 0 {
      let isMissing = errno == ENOENT || errno == ENOTDIR
      throw DataError(path, isMissing ? "no such file or directory" : "cannot be read: \(String(cString: strerror(errno)))")
    }
    var status = stat()
    fstat(descriptor, &status)
    size = Int(status.st_size)
    if status.st_mode & S_IFMT != S_IFREG { throw DataError(path, "is not a regular file, \(needed) is needed here") }
  }

  deinit { close(descriptor) }

  /// The bytes at a place.
  ///
  /// - Throws: `DataError` if they cannot be read, or the file has become shorter.
  package func read(at offset: Int, count wanted: Int) throws(DataError) -> [UInt8] {
    var problem: DataError?
    let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
      do throws(DataError) { count = try read(at: offset, into: UnsafeMutableRawBufferPointer(buffer)) } catch { problem = error }
    }
    if let problem { throw problem }
    if bytes.count < wanted { throw DataError(path, "ends at byte \(offset + bytes.count), too early: it was changed while it was read, or is truncated") }
    return bytes
  }

  /// Fills the buffer with the bytes at a place, and gives their number: fewer than it has room for at the end of the file.
  package func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
    var count = 0
    while count < buffer.count {
      let result = pread(descriptor, buffer.baseAddress! + count, buffer.count - count, off_t(offset + count))
      if result < 0, errno == EINTR { continue }
      if result < 0 { throw DataError(path, "cannot be read: \(String(cString: strerror(errno)))") }
      if result == 0 { break }
      count += result
    }
    return count
  }
}
