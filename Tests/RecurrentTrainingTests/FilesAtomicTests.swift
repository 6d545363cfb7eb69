import Foundation
import Testing

@testable import RecurrentTraining

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

struct FilesAtomicTests {
  private struct Interrupted: Error {}

  private func names(in directory: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
  }

  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "nothing thrown"
    } catch { return "\(error)" }
  }

  @Test func contentIsWhatWasWritten() throws {
    try withTemporaryDirectory { directory in
      let url = directory.appending(path: "file.bin")
      for pieces in [[0], [1, 1, 65_535], [65_536, 3], [70_000, 10, 200_000], [65_530, 10, 5]] {
        var expected: [UInt8] = []
        try writeAtomically(to: url) { writer in
          for (index, count) in pieces.enumerated() {
            let piece = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ index) }
            expected += piece
            try writer.write(piece)
          }
          try writer.write("end é\n")
        }
        #expect(try [UInt8](Data(contentsOf: url)) == expected + Array("end é\n".utf8))
      }
      #expect(try names(in: directory) == ["file.bin"])
    }
  }

  @Test func afterAFailureTheOldFileIsIntact() throws {
    try withTemporaryDirectory { directory in
      let url = directory.appending(path: "file")
      try writeAtomically(to: url) { try $0.write("old") }
      #expect(throws: Interrupted.self) {
        try writeAtomically(to: url) { writer in
          try writer.write([UInt8](repeating: 1, count: 100_000))
          #expect(try String(contentsOf: url, encoding: .utf8) == "old")
          #expect(try names(in: directory).count == 2)
          throw Interrupted()
        }
      }
      #expect(try String(contentsOf: url, encoding: .utf8) == "old")
      #expect(try names(in: directory) == ["file"])
    }
  }

  @Test func whatIsInTheWay() throws {
    try withTemporaryDirectory { directory in
      let url = directory.appending(path: "taken")
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
      #expect(
        message { try writeAtomically(to: url) { try $0.write("x") } }
          == "cannot write \(url.path): a directory is in the way; remove it or choose another path")
      let nowhere = directory.appending(path: "no/such/file")
      #expect(
        message { try writeAtomically(to: nowhere) { try $0.write("x") } }
          == "cannot write \(nowhere.path): its directory does not exist; create it first")
      #expect(
        message { try writeAtomically(to: URL(filePath: "/dev/null")) { try $0.write("x") } }
          == "cannot write /dev/null: it is not a regular file; choose another path")
      #expect(try names(in: directory) == ["taken"])
    }
  }

  @Test(.enabled(if: geteuid() != 0, "the super-user may write everywhere"))
  func directoryWithoutPermission() throws {
    try withTemporaryDirectory { directory in
      let url = directory.appending(path: "file")
      chmod(directory.path, 0o500)
      defer { chmod(directory.path, 0o700) }
      #expect(
        message { try writeAtomically(to: url) { try $0.write("x") } }
          == "cannot write \(url.path): permission denied; choose another directory")
    }
  }

  /// `/dev/full` answers every write as a full disk does.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "there is no /dev/full"))
  func fullDiskIsNamed() throws {
    let descriptor = open("/dev/full", O_WRONLY)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    let expected =
      "disk full while writing model.safetensors; the file that was there is intact; free some space and try again"
    #expect(
      message {
        var writer = FileWriter(descriptor: descriptor, path: "model.safetensors")
        try writer.write([UInt8](repeating: 0, count: 1 << 20))
      } == expected)
    #expect(
      message {
        var writer = FileWriter(descriptor: descriptor, path: "model.safetensors")
        try writer.write("little")
        try writer.flush()
      } == expected)
  }

  /// The whole way with a write that the system refuses, in a process of its own: the limit would meet other tests.
  @Test func refusedWriteLeavesTheOldFile() async {
    await #expect(processExitsWith: .success) {
      let directory = FileManager.default.temporaryDirectory.appending(path: "recurrent-limit-\(getpid())")
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: directory) }
      let url = directory.appending(path: "checkpoint")
      try writeAtomically(to: url) { try $0.write("old") }
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 100_000, rlim_max: 100_000)
      #if canImport(Glibc)
        setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      #else
        setrlimit(RLIMIT_FSIZE, &limit)
      #endif
      do {
        try writeAtomically(to: url) { try $0.write([UInt8](repeating: 1, count: 300_000)) }
        exit(2)
      } catch {
        let message = "\(error)"
        let expected =
          "file size limit reached while writing \(url.path); the file that was there is intact;"
          + " raise the limit (ulimit -f)"
        if message != expected { exit(3) }
      }
      if try String(contentsOf: url, encoding: .utf8) != "old" { exit(4) }
      if try FileManager.default.contentsOfDirectory(atPath: directory.path) != ["checkpoint"] { exit(5) }
    }
  }

  @Test func symbolicLinksAreFollowed() throws {
    try withTemporaryDirectory { directory in
      let target = directory.appending(path: "target")
      let link = directory.appending(path: "link")
      try writeAtomically(to: target) { try $0.write("old") }
      try FileManager.default.createSymbolicLink(at: link, withDestinationURL: target)
      try writeAtomically(to: link) { try $0.write("new") }
      #expect(try String(contentsOf: target, encoding: .utf8) == "new")
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == target.path)
    }
  }

  @Test func filesOfKilledProcessesAreRemoved() throws {
    try withTemporaryDirectory { directory in
      let url = directory.appending(path: "model.safetensors")
      // No process has so large a number; the others are of this one, of another file, or no such names.
      let dead = ".model.safetensors.2000000000.1.tmp"
      let kept = [".model.safetensors.\(getpid()).77.tmp", ".model.2000000000.1.tmp", ".model.safetensors.x.1.tmp"]
      for name in [dead] + kept { try Data([1]).write(to: directory.appending(path: name)) }
      try writeAtomically(to: url) { try $0.write("x") }
      #expect(try names(in: directory) == (kept + ["model.safetensors"]).sorted())
    }
  }

  @Test func threadsMayWriteTheSameFile() throws {
    try withTemporaryDirectory { directory in
      let url = directory.appending(path: "file")
      DispatchQueue.concurrentPerform(iterations: 16) { index in
        let content = [UInt8](repeating: UInt8(index), count: 50_000)
        do { try writeAtomically(to: url) { try $0.write(content) } } catch { Issue.record(error) }
      }
      let content = try [UInt8](Data(contentsOf: url))
      #expect(content.count == 50_000 && Set(content).count == 1)
      #expect(try names(in: directory) == ["file"])
    }
  }
}
