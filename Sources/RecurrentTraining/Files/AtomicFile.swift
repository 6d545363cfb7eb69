public import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Writes a file so that at any moment, even that of a kill or a power cut, its path holds the whole old content or the
/// whole new one.
///
///     try writeAtomically(to: url) { file in try file.write("done\n") }
///
/// The content goes to a temporary file in the same directory (`.NAME.PID.COUNT.tmp`), which is flushed to the disk,
/// renamed over `url`, and the directory flushed. If anything fails, the temporary file is removed, the old file stays
/// as it was, and `FileWriteError` (or whatever `body` throws) says why. Temporary files that killed processes of this
/// machine left for the same destination are removed on the way. A symbolic link is followed.
public func writeAtomically(to url: URL, _ body: (inout FileWriter) throws -> Void) throws {
  let destination = url.resolvingSymlinksInPath()
  let path = destination.path
  let directory = destination.deletingLastPathComponent().path
  var status = stat()
  if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
    throw FileWriteError(path: path, cause: status.st_mode & S_IFMT == S_IFDIR ? .directoryInTheWay : .notRegular)
  }
  removeAbandonedFiles(in: directory, of: destination.lastPathComponent)
  let (temporary, descriptor) = try createTemporaryFile(in: directory, of: destination.lastPathComponent, for: path)
  do {
    var writer = FileWriter(descriptor: descriptor, path: path)
    do {
      try body(&writer)
      try writer.flush()
      if fsync(descriptor) != 0 { throw FileWriteError(path: path, code: errno) }
    } catch {
      close(descriptor)
      throw error
    }
    if close(descriptor) != 0 { throw FileWriteError(path: path, code: errno) }
    if rename(temporary, path) != 0 { throw FileWriteError(path: path, code: errno) }
  } catch {
    unlink(temporary)
    throw error
  }
  // The content is in place; a file system that cannot flush directories (EINVAL) is no reason to fail.
  let directoryDescriptor = open(directory, O_RDONLY)
  if directoryDescriptor >= 0 {
    fsync(directoryDescriptor)
    close(directoryDescriptor)
  }
}

/// Where `writeAtomically` puts the content of a file.
public struct FileWriter {
  private let descriptor: Int32
  private let path: String
  private var buffer: [UInt8] = []
  private static let bufferSize = 1 << 16

  /// A writer to an open file; `path` is what messages call it.
  init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  /// Appends bytes. Throws `FileWriteError`; small writes are collected, so that an error may show later.
  public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FileWriteError) {
    if buffer.count + bytes.count <= Self.bufferSize {
      buffer.append(contentsOf: bytes)
      return
    }
    try flush()
    if bytes.count < Self.bufferSize {
      buffer.append(contentsOf: bytes)
    } else {
      try writeThrough(bytes)
    }
  }

  /// Appends bytes.
  public mutating func write(_ bytes: [UInt8]) throws(FileWriteError) {
    try bytes.withUnsafeBufferPointer { (typed) throws(FileWriteError) in try write(UnsafeRawBufferPointer(typed)) }
  }

  /// Appends text as UTF-8.
  public mutating func write(_ text: String) throws(FileWriteError) {
    try write(Array(text.utf8))
  }

  /// Hands what is collected to the system.
  mutating func flush() throws(FileWriteError) {
    if buffer.isEmpty { return }
    let bytes = buffer
    buffer.removeAll(keepingCapacity: true)
    try bytes.withUnsafeBufferPointer { (typed) throws(FileWriteError) in
      try writeThrough(UnsafeRawBufferPointer(typed))
    }
  }

  private func writeThrough(_ bytes: UnsafeRawBufferPointer) throws(FileWriteError) {
    var offset = 0
    while offset < bytes.count {
      let count = systemWrite(descriptor, UnsafeRawBufferPointer(rebasing: bytes[offset...]))
      if count < 0 {
        if errno == EINTR { continue }
        throw FileWriteError(path: path, code: errno)
      }
      offset += count
    }
  }
}

/// `write(2)`, which the methods of the same name hide.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(descriptor, bytes.baseAddress, bytes.count)
}

/// Why a file could not be written; what was there before is intact.
public struct FileWriteError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What went wrong.
  public enum Cause: Equatable, Sendable {
    /// No space, or no quota, is left on the device.
    case diskFull
    /// The process may not write a file this large (`ulimit -f`).
    case fileTooLarge
    /// The directory, or the file system, may not be written to.
    case notPermitted(reason: String)
    /// The directory does not exist.
    case noDirectory
    /// The path is that of a directory.
    case directoryInTheWay
    /// The path is that of a device, a pipe or a socket.
    case notRegular
    /// Anything else, in the system's words.
    case system(reason: String)
  }

  /// The file that was to be written.
  public let path: String
  /// What went wrong.
  public let cause: Cause

  init(path: String, cause: Cause) {
    self.path = path
    self.cause = cause
  }

  init(path: String, code: Int32) {
    let reason = String(cString: strerror(code))
    self.path = path
    switch code {
    case ENOSPC, EDQUOT: cause = .diskFull
    case EFBIG: cause = .fileTooLarge
    case EACCES, EPERM, EROFS: cause = .notPermitted(reason: reason)
    case ENOENT, ENOTDIR: cause = .noDirectory
    case EISDIR: cause = .directoryInTheWay
    default: cause = .system(reason: reason)
    }
  }

  /// The cause and the way out.
  public var description: String {
    switch cause {
    case .diskFull: "disk full while writing \(path); the file that was there is intact; free some space and try again"
    case .fileTooLarge:
      "file size limit reached while writing \(path); the file that was there is intact; raise the limit (ulimit -f)"
    case .notPermitted(let reason): "cannot write \(path): \(reason.lowercased()); choose another directory"
    case .noDirectory: "cannot write \(path): its directory does not exist; create it first"
    case .directoryInTheWay: "cannot write \(path): a directory is in the way; remove it or choose another path"
    case .notRegular: "cannot write \(path): it is not a regular file; choose another path"
    case .system(let reason): "cannot write \(path): \(reason.lowercased())"
    }
  }
}

private func createTemporaryFile(
  in directory: String, of name: String, for path: String
) throws(FileWriteError) -> (path: String, descriptor: Int32) {
  // Each thread tries the numbers from 1 on; O_EXCL gives each number to one of them.
  for number in 1...10_000 {
    let temporary = "\(directory)/.\(name).\(getpid()).\(number).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    if descriptor >= 0 { return (temporary, descriptor) }
    if errno != EEXIST && errno != EINTR { throw FileWriteError(path: path, code: errno) }
  }
  throw FileWriteError(path: path, cause: .system(reason: "too many temporary files beside it"))
}

/// Removes `.NAME.PID.COUNT.tmp` of processes that are no more.
private func removeAbandonedFiles(in directory: String, of name: String) {
  guard let stream = opendir(directory) else { return }
  defer { closedir(stream) }
  while let entry = readdir(stream) {
    let candidate = withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: entry.pointee.d_name)) {
        String(cString: $0)
      }
    }
    guard candidate.hasPrefix(".\(name)."), candidate.hasSuffix(".tmp") else { continue }
    let middle = candidate.dropFirst(name.count + 2).dropLast(4).split(separator: ".", omittingEmptySubsequences: false)
    guard middle.count == 2, Int(middle[1]) != nil, let owner = pid_t(middle[0]), owner > 0, owner != getpid() else {
      continue
    }
    if kill(owner, 0) != 0 && errno == ESRCH { unlink("\(directory)/\(candidate)") }
  }
}
