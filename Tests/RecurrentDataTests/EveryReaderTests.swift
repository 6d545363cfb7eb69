import Foundation
import Testing

@testable import RecurrentData

/// What every reader must do with a file that is none of its format, whatever the format.
struct EveryReaderTests {
  enum Reader: CaseIterable {
    case lines, table, answerTable, sequenceTable, jsonLines, sequencePairs, tsFile, labelFirst, idx, images, threeLines, pairTable, parallel
    case conversations, captionTable, captionLines, recordingTable, recordingLines

    func read(_ url: URL) throws {
      switch self {
      case .lines:
        var source = try LineSource(contentsOf: url)
        while try source.next() != nil {}
      case .table: _ = try Table(contentsOf: url)
      case .answerTable: _ = try AnswerSet(table: Table(contentsOf: url))
      case .sequenceTable: _ = try SequenceSet(table: Table(contentsOf: url), columns: SequenceColumns())
      case .jsonLines: _ = try SequenceSet(jsonLines: url)
      case .sequencePairs: _ = try SequencePairSet(jsonLines: url)
      case .tsFile: _ = try SequenceSet(tsFile: url)
      case .labelFirst: _ = try SequenceSet(labelFirst: url)
      case .idx: _ = try IDXFile(contentsOf: url)
      case .images: _ = try LabelledImages(images: url, labels: url)
      case .threeLines: _ = try AnswerSet(threeLines: url)
      case .pairTable: _ = try SentencePairs(table: url, source: 1, target: 2, format: .tabs.withoutHeader)
      case .parallel: _ = try SentencePairs(sources: url, targets: url)
      case .conversations: _ = try ConversationSet(jsonLines: url)
      case .captionTable: _ = try CaptionSet(contentsOf: url)
      case .captionLines: _ = try CaptionSet(jsonLines: url)
      case .recordingTable: _ = try RecordingSet(contentsOf: url)
      case .recordingLines: _ = try RecordingSet.recordings(jsonLines: url, .stop)
      }
    }

    /// A good file.
    var example: [UInt8] {
      switch self {
      case .lines: Array("\u{E9}\r\nb".utf8)
      case .table: Array("id,t,\"a\"\"b\"\r\nu,2016-01-01,\"1\n2\"\r\n".utf8)
      case .answerTable: Array("student,question,skill,correct\na,q,s,1\n".utf8)
      case .sequenceTable: Array("a,b\n1,NA\n-2.5e3,4\n".utf8)
      case .jsonLines: Array("{\"label\":\"a\\u00e9\",\"x\":[[1,-2.5e3],[null,4]],\"k\":{\"z\":[true]}}\n".utf8)
      case .sequencePairs: Array("{\"x\":[[1,-2.5e3],[null,4]],\"y\":7,\"id\":\"a\"}\n".utf8)
      case .tsFile: Array("@dimensions 2\n@classLabel true a b\n@data\n1,2:3,?:a\n".utf8)
      case .labelFirst: Array("1,2,3\n2,NaN,4\n".utf8)
      case .threeLines: Array("2\n5,6,\n0,1,\n".utf8)
      case .pairTable: Array("a \"b\tc\r\nd\te\u{E9}\n".utf8)
      case .parallel: Array("a\r\nb \u{E9}\n".utf8)
      case .conversations: Array("{\"topic\":\"a\\u00e9\",\"turns\":[\"b\",\"c\"]}\n".utf8)
      case .captionTable: Array("image,caption\r\na.jpg#0,\"b \u{E9}, \"\"c\"\"\"\r\n".utf8)
      case .captionLines: Array("{\"picture\":\"a\\u00e9\",\"captions\":[\"b\",\"c\"],\"k\":3}\n".utf8)
      case .recordingTable: Array("file,text,start\r\na.wav,\"b \u{E9}, \"\"c\"\"\",1.5\r\n".utf8)
      case .recordingLines: Array("{\"file\":\"a\\u00e9\",\"text\":\"b\",\"end\":3}\n".utf8)
      case .idx, .images: [0, 0, 8, 1, 0, 0, 0, 2, 9, 0]
      }
    }
  }


  @Test(arguments: Reader.allCases) func whatCannotBeOpened(reader: Reader) throws {
    try withDirectory(["closed": [65, 10]]) { directory in
      func error(_ name: String) -> String {
        message { try reader.read(directory.appending(path: name)) }.replacing(directory.path, with: "DIR")
      }
      #expect(error("none") == "DIR/none: no such file or directory")
      try FileManager.default.createDirectory(at: directory.appending(path: "d"), withIntermediateDirectories: false)
      #expect(error("d") == "DIR/d: is a directory, a data file is needed here")
      if !isRoot {
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: directory.appending(path: "closed").path)
        #expect(error("closed") == "DIR/closed: cannot be read: Permission denied")
      }
    }
  }

  @Test(arguments: Reader.allCases) func truncatedAndDamagedGzip(reader: Reader) throws {
    var whole = gzipped(reader.example)
    #expect(
      try message(Array(whole.dropLast(3))) { try reader.read($0) }
        == "FILE: the gzip data end too early: the file is truncated; copy or download it again")
    whole[whole.count - 8] ^= 1
    #expect(
      try message(whole) { try reader.read($0) }
        == "FILE: the gzip data are damaged (incorrect data check); copy or download the file again")
  }

  /// A picture, and bytes without any order: an error with a place, never a crash.
  @Test(arguments: Reader.allCases) func binaryFiles(reader: Reader) throws {
    let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0x0D]
    let found = try message(png) { try reader.read($0) }
    #expect(found.hasPrefix("FILE"), "\(found)")
    if reader == .table { #expect(found == "FILE:3:1: a byte 0: this is a binary file, a text file is needed here") }
    for seed in 0..<40 {
      let bytes = (0..<300).map { UInt8(truncatingIfNeeded: (($0 + 1) &* (2 * seed + 1) &* 2_654_435_761) >> 11) }
      let found = try message(bytes) { try reader.read($0) }
      #expect(reader == .lines || reader == .parallel || found.hasPrefix("FILE"), "\(seed): \(found)")
    }
  }

  /// Every beginning of a good file, and every good file with one byte changed, is read or refused with its name.
  @Test(arguments: Reader.allCases) func everyBeginningAndEveryChange(reader: Reader) throws {
    let whole = reader.example
    // These are labels, and no images.
    if reader != .images { #expect(try message(whole) { try reader.read($0) } == "nothing thrown") }
    for count in whole.indices {
      let found = try message(Array(whole.prefix(count))) { try reader.read($0) }
      #expect(found == "nothing thrown" || found.hasPrefix("FILE"), "\(count) bytes: \(found)")
      for byte in [UInt8(0), 0x0A, 0x22, 0x2C, 0xC3] {
        var changed = whole
        changed[count] = byte
        let found = try message(changed) { try reader.read($0) }
        #expect(found == "nothing thrown" || found.hasPrefix("FILE"), "byte \(count): \(found)")
        if byte == 0, reader != .idx { #expect(found.hasPrefix("FILE"), "byte \(count)") }
      }
    }
  }
}
