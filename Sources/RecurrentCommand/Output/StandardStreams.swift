import Foundation

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Standard output has been closed: the reader of the pipe has gone. The command ends quietly.
struct ClosedOutput: Error {}

/// What an error number means in the system's words: "No space left on device".
func systemMessage(_ code: Int32) -> String {
  // strerror's buffer is shared, but the command writes from one thread at a time.
  strerror(code).map { String(cString: $0) } ?? "error \(code)"
}

/// Why Foundation could not do something with a file, in the system's own words where there are any.
func reason(_ error: any Error) -> String {
  let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
  // Foundation says "The operation could not be completed." before the system's own words.
  guard let cause, cause.domain == NSPOSIXErrorDomain else { return error.localizedDescription }
  return systemMessage(Int32(cause.code))
}

/// Opens nothing in the place of each standard stream that was closed when the process began (`<&- >&-`): the next file that is opened would
/// take its number, and get what is meant for people.
func openStandardStreams() {
  for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 && errno == EBADF {
    // The lowest number that is free, which is this one.
    _ = open("/dev/null", O_RDWR)
  }
}

/// Standard output, unbuffered: what is written is seen at once, also through a pipe.
enum StandardOutput {
  /// Writes all of `text`.
  ///
  /// - Throws: ``ClosedOutput`` when it has been closed, ``CommandError`` when it cannot be written.
  static func write(_ text: String) throws {
    try writeAll(text, to: STDOUT_FILENO)
  }

  /// Writes `text` and a newline.
  static func line(_ text: String = "") throws {
    try write(text + "\n")
  }

  fileprivate static func writeAll(_ text: String, to descriptor: Int32) throws {
    var text = text
    try text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        #if canImport(Darwin)
          let written = Darwin.write(descriptor, rest.baseAddress, rest.count)
        #else
          let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
        #endif
        if written >= 0 {
          rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
        } else if errno == EPIPE {
          throw ClosedOutput()
        } else if errno == EAGAIN {
          // A terminal that another program made non-blocking: wait until it takes more.
          var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          _ = poll(&waiting, 1, 1000)
        } else if errno != EINTR {
          throw CommandError("standard output: cannot be written: \(systemMessage(errno))")
        }
      }
    }
  }
}

/// Standard error, for messages to the person.
enum StandardError {
  /// Writes `text` and a newline; a failure cannot be reported.
  static func line(_ text: String) {
    try? StandardOutput.writeAll(text + "\n", to: STDERR_FILENO)
  }
}
