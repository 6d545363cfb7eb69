import Foundation
import Testing

@testable import RecurrentData

struct ByteSourceTests {
  private func bytes(_ content: [UInt8]) throws -> [UInt8] {
    try withFile(content) { try ByteSource(contentsOf: $0).readAll() }
  }

  /// Bytes that compress badly, longer than several pieces.
  private static let long: [UInt8] = (0..<1_000_003).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) }

  @Test func plainAndCompressedFilesAreTheSame() throws {
    for content in [[], [0], Array("a\nb".utf8), Self.long, [UInt8](repeating: 65, count: 3_000_000)] {
      #expect(try bytes(content) == content)
      #expect(try bytes(gzipped(content)) == content)
    }
  }

  @Test func severalMembersAreOneText() throws {
    let parts = gzipped(Array("one\n".utf8)) + gzipped([]) + gzipped(Self.long)
    #expect(try bytes(parts) == Array("one\n".utf8) + Self.long)
    #expect(try bytes(parts + [UInt8](repeating: 0, count: 700)) == Array("one\n".utf8) + Self.long)
  }

  @Test func everyTruncationIsAnError() throws {
    let whole = gzipped(Array("label\ttext\n1\tgood\n".utf8))
    for count in 2..<whole.count {
      #expect(
        try message(Array(whole.prefix(count)), name: "x.tsv.gz") { _ = try ByteSource(contentsOf: $0).readAll() }
          == "FILE: the gzip data end too early: the file is truncated; copy or download it again", "\(count) bytes")
    }
  }

  @Test func noDamageChangesTheText() throws {
    let text = Array("the same text that was compressed, or an error".utf8)
    let whole = gzipped(text)
    for index in 10..<whole.count {
      var damaged = whole
      damaged[index] ^= 0x10
      // A bit that only fills a byte up may change; nothing else goes unseen.
      let found = try message(damaged) { url in
        let read = try ByteSource(contentsOf: url).readAll()
        #expect(read == text)
      }
      #expect(found.hasPrefix("FILE: the gzip data") || found == "nothing thrown", "byte \(index): \(found)")
    }
    var length = whole
    length[whole.count - 1] ^= 1
    #expect(
      try message(length) { _ = try ByteSource(contentsOf: $0).readAll() }
        == "FILE: the gzip data are damaged (incorrect length check); copy or download the file again")
    #expect(
      try message(whole + Array("rubbish".utf8)) { _ = try ByteSource(contentsOf: $0).readAll() }
        == "FILE: the gzip data are damaged (incorrect header check); copy or download the file again")
  }

  @Test func filesThatCannotBeRead() throws {
    try withDirectory(["closed": [65]]) { directory in
      func error(_ name: String) -> String {
        message { _ = try ByteSource(contentsOf: directory.appending(path: name)) }.replacing(directory.path, with: "DIR")
      }
      #expect(error("none") == "DIR/none: no such file or directory")
      #expect(error("closed/x") == "DIR/closed/x: no such file or directory")
      #expect(error(".").hasSuffix(": is a directory, a data file is needed here"))
      if !isRoot {
        try FileManager.default.setAttributes(
          [.posixPermissions: 0], ofItemAtPath: directory.appending(path: "closed").path)
        #expect(error("closed") == "DIR/closed: cannot be read: Permission denied")
      }
    }
    #expect(
      message { _ = try ByteSource(contentsOf: URL(filePath: "/dev/zero")) }
        == "/dev/zero: is not a regular file, a data file is needed here")
  }

  @Test func linesWithEveryEnd() throws {
    func lines(_ text: [UInt8]) throws -> [String] {
      try withFile(text) { url in
        var source = try LineSource(contentsOf: url)
        var lines: [String] = []
        while let line = try source.next() { lines.append("\(source.number):" + String(decoding: line, as: UTF8.self)) }
        return lines
      }
    }
    #expect(try lines([]) == [])
    #expect(try lines(Array("a\r\n\nb\n".utf8)) == ["1:a", "2:", "3:b"])
    #expect(try lines([0xEF, 0xBB, 0xBF] + Array("a\nb".utf8)) == ["1:a", "2:b"])
    let long = String(repeating: "x", count: 2 * ByteSource.pieceSize + 1)
    #expect(try lines(Array("\(long)\n\(long)".utf8)) == ["1:\(long)", "2:\(long)"])
    #expect(
      try message([65, 10, 66, 0, 67]) { url in
        var source = try LineSource(contentsOf: url)
        while try source.next() != nil {}
      } == "FILE:2:2: a byte 0: this is a binary file, a text file is needed here")
  }
}
