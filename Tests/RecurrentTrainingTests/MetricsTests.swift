import Foundation
import Testing

@testable import RecurrentTraining

@Suite struct MetricsTests {
  func record(_ step: Int) -> MetricsRecord {
    var record = MetricsRecord(kind: .step, epoch: 1, globalStep: step, epochs: Double(step) / 3)
    (record.loss, record.seconds) = (1 / Double(step), 0.1)
    return record
  }

  @Test func writesAndKeeps() throws {
    try withTemporaryDirectory { directory in
      let url = directory.appendingPathComponent("metrics.jsonl")
      var writer = try MetricsWriter(url: url, keeping: 0)
      for step in 1...4 { try writer.write(record(step)) }
      #expect(try MetricsRecord.read(from: url) == (1...4).map(record))
      writer = try MetricsWriter(url: url, keeping: 2)
      #expect(writer.lineCount == 2)
      try writer.write(record(9))
      #expect(try MetricsRecord.read(from: url) == [1, 2, 9].map(record))
      writer = try MetricsWriter(url: url, keeping: 10)
      #expect(writer.lineCount == 3)
      _ = try MetricsWriter(url: url, keeping: 0)
      #expect(try Data(contentsOf: url).isEmpty)
    }
  }

  @Test func lineFormat() throws {
    try withTemporaryDirectory { directory in
      let url = directory.appendingPathComponent("metrics.jsonl")
      var writer = try MetricsWriter(url: url, keeping: 0)
      try writer.write(record(4))
      #expect(
        try String(contentsOf: url, encoding: .utf8)
          == #"{"epoch":1,"epochs":1.3333333333333333,"globalStep":4,"kind":"step","loss":0.25,"seconds":0.1}"# + "\n")
    }
  }

  @Test func unreadable() throws {
    try withTemporaryDirectory { directory in
      let url = directory.appendingPathComponent("metrics.jsonl")
      var writer = try MetricsWriter(url: url, keeping: 0)
      try writer.write(record(1))
      let handle = try FileHandle(forWritingTo: url)
      try handle.seekToEnd()
      try handle.write(contentsOf: Data("{\"epoch\":".utf8))
      #expect(try MetricsRecord.read(from: url) == [record(1)])  // killed in the middle of a line
      try handle.write(contentsOf: Data("}\n".utf8))
      let error = #expect(throws: MetricsError.self) { try MetricsRecord.read(from: url) }
      #expect(error.map { "\($0)" } == "\(url.path), line 2: not a record of training metrics")
      #expect(throws: MetricsWriteError.self) { try MetricsWriter(url: directory, keeping: 0) }
    }
  }
}
