import Foundation
import RecurrentTensors
import Testing

@testable import RecurrentTraining

struct FilesSafetensorsTests {
  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "nothing thrown"
    } catch { return "\(error)" }
  }

  /// A file of this header and these many bytes of tensors.
  private func file(_ header: String, data count: Int) -> [UInt8] {
    let header = Array(header.utf8)
    return (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header
      + (0..<count).map { UInt8(truncatingIfNeeded: $0) }
  }

  @Test func tensorsComeBackBitForBit() throws {
    try withTemporaryDirectory { directory in
      let url = directory.appending(path: "model.safetensors")
      let floats: [Float] = [0, -0.0, 1.5, -.infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude]
      let doubles: [Double] = [.pi, -1e300]
      let metadata = [
        "format": "recurrent", "vocabulary": "[\"\\n\",\"é\\u0000\"]", "tab\t\u{1}": "\"\\/\u{1F600}\u{7F}",
      ]
      try SafetensorsFile.write(
        [
          .init("byte", type: .uint8, shape: [3], bytes: [7, 8, 9]),
          .init("a \"weight\"", Tensor<Float>(shape: [2, 3], scalars: floats)),
          .init("none", Tensor<Float>(zeros: [0, 4])),
          .init("b", Tensor<Double>(shape: [2], scalars: doubles)),
          .init("single", Tensor<Float>(shape: [], scalars: [42])),
        ], metadata: metadata, to: url)
      let file = try SafetensorsFile(contentsOf: url)
      #expect(file.metadata == metadata)
      #expect(file.entries.map(\.name) == ["byte", "a \"weight\"", "none", "b", "single"])
      #expect(file.entries.map(\.type) == [.uint8, .float32, .float32, .float64, .float32])
      let a = try file.tensor("a \"weight\"", as: Float.self, expecting: [2, 3])
      #expect(a.scalars.map(\.bitPattern) == floats.map(\.bitPattern) && Array(a.shape) == [2, 3])
      #expect(try file.tensor("a \"weight\"", as: Double.self).scalars == floats.map(Double.init))
      #expect(try file.tensor("b", as: Double.self).scalars == doubles)
      #expect(try file.tensor("b", as: Float.self).scalars == [Float(Double.pi), -.infinity])
      #expect(try file.tensor("single", as: Float.self, expecting: []).scalars == [42])
      #expect(try file.tensor("none", as: Float.self).shape.elementCount == 0)
      #expect(try Array(file.bytes(of: "byte")) == [7, 8, 9])
    }
  }

  /// The exact bytes, which another reader of the format must understand: padded header, wide types first.
  @Test func outputIsDeterministicAndAligned() throws {
    try withTemporaryDirectory { directory in
      let url = directory.appending(path: "x.safetensors")
      let contents: [SafetensorsFile.Content] = [
        .init("u", type: .uint8, shape: [1], bytes: [9]), .init("f", Tensor<Float>(shape: [1], scalars: [1])),
      ]
      try SafetensorsFile.write(contents, metadata: ["b": "2", "a": "1"], to: url)
      let bytes = try [UInt8](Data(contentsOf: url))
      let header =
        "{\"__metadata__\":{\"a\":\"1\",\"b\":\"2\"},\"u\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[4,5]},"
        + "\"f\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}"
      let padded = (header.utf8.count + 7) / 8 * 8
      #expect(bytes[0] == UInt8(padded) && bytes[1..<8].allSatisfy { $0 == 0 })
      #expect(
        String(decoding: bytes[8..<8 + padded], as: UTF8.self)
          == header + String(repeating: " ", count: padded - header.utf8.count))
      #expect(Array(bytes[(8 + padded)...]) == [0, 0, 0x80, 0x3F, 9])
    }
  }

  @Test func halfPrecisionIsConverted() throws {
    let values: [UInt16] = [0x0000, 0x8000, 0x3C00, 0xC000, 0x7BFF, 0x0400, 0x0001, 0x83FF, 0x7C00, 0xFC00, 0x3555]
    let bytes = values.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    func read(_ type: String) throws -> [Float] {
      var content = file("{\"x\":{\"dtype\":\"\(type)\",\"shape\":[11],\"data_offsets\":[0,22]}}", data: 22)
      content.replaceSubrange((content.count - 22)..., with: bytes)
      return try SafetensorsFile(content, path: "x").tensor("x", as: Float.self).scalars
    }
    let halves: [Float] = [
      0, -0.0, 1, -2, 65504, 0x1p-14, 0x1p-24, -0x3FFp-24, .infinity, -.infinity, 0x1.554p-2,
    ]
    #expect(try read("F16").map(\.bitPattern) == halves.map(\.bitPattern))
    #expect(try read("BF16").map(\.bitPattern) == values.map { UInt32($0) << 16 })
  }

  private static let good = "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}"

  @Test func headersThatAreWrong() {
    func error(_ header: String, data count: Int = 8) -> String {
      message { _ = try SafetensorsFile(file(header, data: count), path: "m") }
    }
    func x(_ fields: String) -> String { "{\"x\":{\(fields)}}" }
    #expect(error(Self.good) == "nothing thrown")
    #expect(error(" " + Self.good) == "m: malformed header: expected '{' at byte 8")
    #expect(error("[]") == "m: malformed header: expected '{' at byte 8")
    #expect(error("") == "m: malformed header: expected '{' at byte 8")
    #expect(error("{\"x\":1}") == "m: malformed header: expected '{' at byte 13")
    let end = 8 + Self.good.utf8.count
    #expect(error(Self.good + "x") == "m: malformed header: expected the end of the header at byte \(end)")
    #expect(error("{\"x") == "m: malformed header: expected the end of a string at byte 11")
    #expect(
      error("{\"\\ud83d\\u0041\":1}")
        == "m: malformed header: expected the second half of a surrogate pair at byte 22")
    #expect(error("{\"\\udc00\":1}") == "m: malformed header: expected a Unicode scalar at byte 16")
    #expect(error("{\"\\x\":1}") == "m: malformed header: expected an escape sequence at byte 12")
    #expect(error("{\"a\nb\":1}") == "m: malformed header: expected a string without control characters at byte 11")
    #expect(error("{\"__metadata__\":{\"a\":1}}") == "m: malformed header: expected '\"' at byte 29")
    #expect(error("{\"__metadata__\":{\"a\":\"\",\"a\":\"\"}}") == "m: malformed header: 'a' is there twice")
    #expect(error("{\"__metadata__\":{},\"__metadata__\":{}}") == "m: malformed header: '__metadata__' is there twice")
    let entry = "\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}"
    #expect(error("{\(entry),\(entry)}") == "m: malformed header: 'x' is there twice")
    #expect(error(x("\"dtype\":\"F32\",\"dtype\":\"F32\"")) == "m: malformed header: 'x.dtype' is there twice")
    #expect(
      error(x("\"dtype\":\"F31\",\"shape\":[2],\"data_offsets\":[0,8]"))
        == "m: tensor 'x' has the unknown type 'F31'")
    #expect(error(x("\"shape\":[2],\"data_offsets\":[0,8]")) == "m: tensor 'x' has no 'dtype'")
    #expect(error(x("\"dtype\":\"F32\",\"data_offsets\":[0,8]")) == "m: tensor 'x' has no 'shape'")
    #expect(error(x("\"dtype\":\"F32\",\"shape\":[2]")) == "m: tensor 'x' has no 'data_offsets'")
    #expect(error(x("\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]")) == "m: tensor 'x' has no 'data_offsets'")
    #expect(error(x("\"kind\":1")) == "m: tensor 'x' has an unknown field 'kind'")
  }

  @Test func numbersThatAreWrong() {
    func error(_ shape: String, _ offsets: String = "0,8", type: String = "F32", data count: Int = 8) -> String {
      let header = "{\"x\":{\"dtype\":\"\(type)\",\"shape\":[\(shape)],\"data_offsets\":[\(offsets)]}}"
      return message { _ = try SafetensorsFile(file(header, data: count), path: "m") }
    }
    for text in ["-2", "2.0", "2e0", "02", "+2", "-0", "9223372036854775808", "\"2\"", "null", "NaN"] {
      #expect(
        error(text) == "m: tensor 'x': '\(text)' in 'shape' is not a whole number from 0 to 9223372036854775807")
    }
    #expect(error("2", "-1,8").hasPrefix("m: tensor 'x': '-1' in 'data_offsets' is not a whole number"))
    #expect(
      error("4294967296, 4294967296")
        == "m: tensor 'x' is impossibly large: its shape is [4294967296, 4294967296]")
    #expect(
      error("3") == "m: tensor 'x' of shape [3] and type F32 needs 12 bytes, its offsets give it 8")
    #expect(error("2", "8,0") == "m: tensor 'x' has reversed offsets: 8 to 0")
    #expect(error("3", "0,12") == "m: truncated: tensor 'x' takes the bytes 0 to 12, and there are 8")
    #expect(error("1", "0,4") == "m: 4 bytes after the last tensor belong to none")
    #expect(error("1", "4,8") == "m: 4 bytes before tensor 'x' belong to no tensor")
    #expect(error("", "0,4", data: 4) == "nothing thrown")
    #expect(error("0, 7", "0,0", data: 0) == "nothing thrown")
    #expect(error("0, 9223372036854775807", "0,0", data: 0).hasPrefix("m: tensor 'x' is impossibly large"))
  }

  @Test func tensorsThatOverlap() {
    func item(_ name: String, _ begin: Int) -> String {
      "\"\(name)\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[\(begin),\(begin + 4)]}"
    }
    #expect(
      message { _ = try SafetensorsFile(file("{\(item("b", 2)),\(item("a", 0))}", data: 6), path: "m") }
        == "m: the tensors 'a' and 'b' overlap")
    #expect(
      message { _ = try SafetensorsFile(file("{\(item("b", 4)),\(item("a", 0))}", data: 8), path: "m") }
        == "nothing thrown")
  }

  @Test func filesThatAreWrong() throws {
    func error(_ content: [UInt8]) -> String { message { _ = try SafetensorsFile(content, path: "m") } }
    #expect(error([]) == "m: not a safetensors file: it has 0 bytes, and the header's length alone takes 8")
    #expect(error([1, 2, 3]) == "m: not a safetensors file: it has 3 bytes, and the header's length alone takes 8")
    #expect(
      error([0, 0, 0, 0, 0, 0, 0, 0x80, 1])
        == "m: not a safetensors file: its header would have 9223372036854775808 bytes, more than the 100000000"
        + " that are allowed")
    let good = file(Self.good, data: 8)
    #expect(
      error(Array(good.prefix(20)))
        == "m: truncated: the header has \(Self.good.utf8.count) bytes and the file only 12 after its length")
    #expect(error(Array(good.dropLast(3))) == "m: truncated: tensor 'x' takes the bytes 0 to 8, and there are 5")
    #expect(error(good + [0]) == "m: 1 bytes after the last tensor belong to none")
    var latin = good
    latin[10] = 0xE9
    #expect(error(latin) == "m: the header is not UTF-8")
    try withTemporaryDirectory { directory in
      #expect(
        message { _ = try SafetensorsFile(contentsOf: directory) }
          == "\(directory.path): cannot be read: it is a directory")
      let missing = directory.appending(path: "no")
      #expect(
        message { _ = try SafetensorsFile(contentsOf: missing) }
          == "\(missing.path): cannot be read: no such file or directory")
      let device = URL(filePath: "/dev/zero")
      #expect(
        message { _ = try SafetensorsFile(contentsOf: device) }
          == "/dev/zero: cannot be read: it is not a regular file")
    }
  }

  @Test func tensorsThatAreNotWhatIsNeeded() throws {
    let header =
      "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
      + "\"i\":{\"dtype\":\"I32\",\"shape\":[1],\"data_offsets\":[8,12]},"
      + "\"deep\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data_offsets\":[12,16]},"
      + "\"long\":{\"dtype\":\"F32\",\"shape\":[0,2147483648],\"data_offsets\":[16,16]}}"
    let read = try SafetensorsFile(file(header, data: 16), path: "m")
    #expect(
      message { _ = try read.tensor("y", as: Float.self) } == "m: there is no tensor 'y'; there is: x, i, deep, long")
    #expect(
      message { _ = try read.tensor("x", as: Float.self, expecting: [2, 1]) }
        == "m: tensor 'x' has the shape [2], expected is [2, 1]")
    #expect(message { _ = try read.tensor("i", as: Float.self) } == "m: tensor 'i' is of type I32, not of real numbers")
    #expect(
      message { _ = try read.tensor("deep", as: Float.self) }
        == "m: tensor 'deep' has the shape [1, 1, 1, 1, 1, 1, 1, 1, 1], and at most 8 axes of less than 2^31 can be used")
    #expect(
      message { _ = try read.tensor("long", as: Float.self) }
        == "m: tensor 'long' has the shape [0, 2147483648], and at most 8 axes of less than 2^31 can be used")
    #expect(message { _ = try read.bytes(of: "z") }.hasPrefix("m: there is no tensor 'z'"))
  }

  /// Whether `bytes` are read, and then every tensor has the bytes it should; or else refused with a message.
  private func isRead(_ bytes: [UInt8]) -> Bool {
    let file: SafetensorsFile
    do {
      file = try SafetensorsFile(bytes, path: "damaged")
    } catch {
      #expect("\(error)".hasPrefix("damaged: "))
      return false
    }
    for entry in file.entries {
      let byteCount = (try? file.bytes(of: entry.name))?.count
      #expect(byteCount == entry.shape.reduce(entry.type.byteCount, *))
      _ = try? file.tensor(entry.name, as: Float.self)
    }
    return true
  }

  /// Whatever happens to the bytes of a file, it is read or refused; and what is read can be taken out.
  @Test func damagedFilesNeverCrash() throws {
    try withTemporaryDirectory { directory in
      let url = directory.appending(path: "x.safetensors")
      try SafetensorsFile.write(
        [
          .init("rnn.weight_ih_l0", Tensor<Float>(zeros: [4, 3])), .init("é", Tensor<Double>(zeros: [2])),
          .init("u", type: .uint8, shape: [3], bytes: [1, 2, 3]),
        ], metadata: ["configuration": "{\"a\":\"\\u00e9\"}", "vocabulary": "[\"\\n\"]"], to: url)
      let good = try [UInt8](Data(contentsOf: url))
      var state: UInt64 = 42
      func random(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % bound
      }
      let telling = Array("{}[]\",:\\u09-.eF \u{0}\u{7F}".utf8) + [0xFF, 0x80, 0xC3]
      var readCount = 0
      var refusedCount = 0
      func check(_ bytes: [UInt8]) {
        if isRead(bytes) { readCount += 1 } else { refusedCount += 1 }
      }
      for length in 0..<good.count { check(Array(good.prefix(length))) }
      #expect(readCount == 0)
      let headerEnd = good.count - 67  // 48 + 16 + 3 bytes of tensors
      for _ in 0..<8000 {
        var bytes = good
        for _ in 0...random(3) {
          let position = random(4) == 0 ? random(bytes.count) : random(headerEnd)
          switch random(4) {
          case 0: bytes[position] ^= 1 << UInt8(random(8))
          case 1: bytes[position] = telling[random(telling.count)]
          case 2: bytes.remove(at: position)
          default: bytes.insert(telling[random(telling.count)], at: position)
          }
        }
        check(bytes)
      }
      #expect(refusedCount > 5000 && readCount > 100)
    }
  }

  /// A hundred megabytes are read at about the speed of a copy.
  @Test func largeFilesAreReadAtOnce() throws {
    try withTemporaryDirectory { directory in
      let url = directory.appending(path: "large.safetensors")
      let count = 25_000_000
      var tensor = Tensor<Float>(zeros: [count])
      tensor.withUnsafeMutableScalars { $0[0] = 1; $0[count - 1] = 2 }
      try SafetensorsFile.write([.init("x", tensor)], to: url)
      let start = ContinuousClock.now
      let read = try SafetensorsFile(contentsOf: url).tensor("x", as: Float.self)
      let duration = ContinuousClock.now - start
      read.withUnsafeScalars { #expect($0[0] == 1 && $0[count - 1] == 2 && $0.count == count) }
      #expect(duration < .seconds(10), "100 MB took \(duration)")
    }
  }
}
