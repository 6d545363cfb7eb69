import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Reads a whole regular file at once.
enum FileContent {
  static func read(_ url: URL) throws(SafetensorsError) -> [UInt8] {
    let path = url.path
    func failure() -> SafetensorsError {
      SafetensorsError(path, .unreadable(reason: String(cString: strerror(errno)).lowercased()))
    }
    // Non-blocking, or opening a pipe would wait for a writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    if descriptor < 0 { throw failure() }
    defer { close(descriptor) }
    var status = stat()
    if fstat(descriptor, &status) != 0 { throw failure() }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw SafetensorsError(path, .unreadable(reason: "it is a directory"))
    default: throw SafetensorsError(path, .unreadable(reason: "it is not a regular file"))
    }
    let size = Int(status.st_size)
    var code: Int32 = 0
    let content = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let readCount = systemRead(descriptor, buffer.baseAddress! + count, size - count)
        if readCount < 0, errno == EINTR { continue }
        if readCount < 0 { code = errno }
        if readCount <= 0 { break }
        count += readCount
      }
    }
    errno = code
    if code != 0 { throw failure() }
    return content
  }
}

/// `read(2)`, which the method of the same name hides.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
  read(descriptor, buffer, count)
}
