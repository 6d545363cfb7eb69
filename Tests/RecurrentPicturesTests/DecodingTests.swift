import Foundation
import SystemZlib
import Testing

@testable import RecurrentPictures

struct DecodingTests {
  /// libjpeg's versions differ by a step of brightness; all else is exact.
  @Test(arguments: Fixtures.files) func everyKindHasItsPixels(file: Fixtures.File) throws {
    let picture = try Picture(decoding: file.bytes, path: "FILE")
    try #require(picture.width == file.width && picture.height == file.height)
    let difference = zip(picture.pixels, file.pixels).map { abs(Int($0) - Int($1)) }.max()!
    #expect(difference <= (file.name.hasPrefix("JPEG") ? 2 : 0), "\(difference)")
  }

  @Test func ofAFile() throws {
    let cat = try Picture(contentsOf: Fixtures.cat)
    #expect(cat.width > 200 && cat.height > 200 && Set(cat.pixels).count > 200)
    #expect(try Picture(decoding: Array(Data(contentsOf: Fixtures.cat)), path: "") == cat)
    #expect(message { _ = try Picture(contentsOf: Fixtures.directory.appending(path: "dog.jpeg")) }.hasSuffix("dog.jpeg: no such file or directory"))
    #expect(message { _ = try Picture(contentsOf: Fixtures.directory) }.hasSuffix("Fixtures: is a directory, a data file is needed here"))
  }

  @Test(arguments: [
    ("P1 3 2 101\n0 1 0", [0, 255, 0, 255, 0, 255]),
    ("P1\n# a comment\n3 # another\n2\n1 0 1 010", [0, 255, 0, 255, 0, 255]),
    ("P2 3 1 4 0 1 4\n", [0, 64, 255]),
    ("P2 2 1 65535 32767 65535", [127, 255]),
  ] as [(String, [UInt8])])
  func portablePicturesAsText(text: String, grey: [UInt8]) throws {
    let picture = try Picture(decoding: Array(text.utf8), path: "FILE")
    #expect(picture.pixels == grey.flatMap { [$0, $0, $0] })
  }

  @Test func portablePicturesAsBytes() throws {
    func pixels(_ header: String, _ bytes: [UInt8]) throws -> [UInt8] {
      try Picture(decoding: Array(header.utf8) + bytes, path: "FILE").pixels
    }
    #expect(try pixels("P3 1 2 255\n", Array("1 2 3\n4 5 6".utf8)) == [1, 2, 3, 4, 5, 6])
    #expect(try pixels("P4 9 2\n", [0b1010_1010, 0b1000_0000, 0xFF, 0]).enumerated().filter { $0.offset % 3 == 0 }.map(\.element)
      == [0, 255, 0, 255, 0, 255, 0, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255])
    #expect(try pixels("P5 2 1 255\n", [10, 35]) == [10, 10, 10, 35, 35, 35])
    #expect(try pixels("P5 2 1 65535\n", [0x80, 0x80, 0, 0]) == [128, 128, 128, 0, 0, 0])
    #expect(try pixels("P6\n1 1\n255\n", [9, 35, 10]) == [9, 35, 10])
  }

  @Test func otherFormatsAreNamed() {
    func found(_ text: String) -> String { message(decoding: Array(text.utf8)) }
    #expect(found("") == "FILE: is empty: there is no picture in it; copy or download it again")
    #expect(found("GIF89a") == "FILE: is a GIF picture; JPEG, PNG and PNM pictures are read: convert it")
    #expect(found("RIFF\0\0\0\0WEBPVP8 ").contains("a WebP picture"))
    #expect(found("BM6\0").contains("a BMP picture"))
    #expect(found("II*\0....").contains("a TIFF picture"))
    #expect(found("\0\0\0\u{18}ftypheic").contains("a HEIF picture"))
    #expect(found("\0\0\0\u{18}ftypavif").contains("an AVIF picture"))
    #expect(found("P7\nWIDTH 1").contains("a PAM picture"))
    #expect(found("%PDF-1.4").contains("a PDF document"))
    #expect(found("<!DOCTYPE html>").contains("a web page"))
    #expect(found("<svg ").contains("SVG"))
    #expect(found("abcdef") == "FILE: is no picture: JPEG, PNG and PNM pictures are read, and none of them begins with the bytes 97 98 99 100")
    #expect(message(decoding: [0x89] + Array("PNG\n\u{1A}\n".utf8)).contains("changed as if it were text"))
  }

  @Test(arguments: [
    ("P5 0 4 255\n", "FILE: the PNM data cannot be read: has 0 x 4 pixels: there is nothing in this picture"),
    ("P5 2 2 255\nabc", "FILE: the PNM data end too early: the file is truncated; copy or download the file again"),
    ("P5 2 2 255\nabcde", "FILE: the PNM data cannot be read: holds 1 bytes behind its picture; a file with one picture is needed here"),
    ("P5 2", "FILE: the PNM data end too early: the file is truncated; copy or download the file again"),
    ("P5 2 x 255\n", "FILE: the PNM data cannot be read: the height is no number in digits, at byte 5"),
    ("P5 -2 2 255\n", "FILE: the PNM data cannot be read: the width is no number in digits, at byte 3"),
    ("P5 1 1 65536\n", "FILE: the PNM data cannot be read: the largest value is 65536, not from 1 to 65535"),
    ("P5 1 1 0\n", "FILE: the PNM data cannot be read: the largest value is 0, not from 1 to 65535"),
    ("P5 1 1 7\na", "FILE: the PNM data cannot be read: the value 97 of a pixel is larger than 7, the largest that its header says"),
    ("P2 3 1 9 1 2 ", "FILE: the PNM data end too early: the file is truncated; copy or download the file again"),
    ("P1 2 1 12", "FILE: the PNM data cannot be read: a pixel is neither 0 nor 1, at byte 8"),
    ("P6 99999999999999 1 255\n", "FILE: the PNM data cannot be read: the width is larger than any picture has"),
    (
      "P6 1000000000000 1000000000000 255\n",
      "FILE: has 1000000000000 x 1000000000000 pixels; 100000000 at most are read: make it smaller, or raise the limit"
    ),
  ] as [(String, String)])
  func portablePicturesThatAreNone(text: String, expected: String) { #expect(message(decoding: Array(text.utf8)) == expected) }

  /// Every beginning of a picture is an error: libjpeg would fill it with grey.
  @Test(arguments: ["JPEG 4:2:0", "JPEG progressive", "JPEG restarts", "PNG color 2, 8 bits", "PNG color 3, 4 bits, interlaced, transparent"])
  func everyBeginningIsRefused(name: String) {
    let whole = Fixtures.named(name)
    for count in 0..<whole.count {
      let found = message(decoding: Array(whole.prefix(count)))
      #expect(found.hasPrefix("FILE: "), "\(count) of \(whole.count) bytes: \(found)")
    }
    let kind = name.prefix { $0 != " " }
    #expect(
      message(decoding: Array(whole.prefix(whole.count / 2))).hasPrefix("FILE: the \(kind) data end too early: the file is truncated"))
  }

  @Test func theRealPictureTruncated() throws {
    let whole = try Array(Data(contentsOf: Fixtures.cat))
    for share in [0.1, 0.5, 0.9, 0.999] {
      #expect(
        message(decoding: Array(whole.prefix(Int(share * Double(whole.count)))))
          == "FILE: the JPEG data end too early: the file is truncated; copy or download the file again")
    }
    var damaged = whole
    for index in whole.count / 2..<whole.count / 2 + 40 { damaged[index] = 0xFF }
    #expect(message(decoding: damaged).hasPrefix("FILE: the JPEG data cannot be read ("))
  }

  /// Cameras leave bytes between the parts of a file, and phones films behind the picture.
  @Test func bytesBehindAPictureDoNotMatter() throws {
    for name in ["JPEG 4:2:0", "PNG color 2, 8 bits"] {
      let file = Fixtures.files.first { $0.name == name }!
      let picture = try Picture(decoding: file.bytes + [1, 2, 3, 0xFF, 0xD8], path: "FILE")
      #expect(try picture == Picture(decoding: file.bytes, path: "FILE"))
    }
    var bytes = Fixtures.named("JPEG 4:2:0")
    bytes.insert(contentsOf: [0, 0, 0], at: bytes.count - 2)
    #expect(message(decoding: bytes) == "nothing thrown")
  }

  /// A header that asks for gigabytes is refused by its pixels.
  @Test func tooManyPixels() throws {
    var png = Fixtures.named("PNG color 2, 8 bits")
    png.replaceSubrange(16..<24, with: [0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30])
    png.replaceSubrange(29..<33, with: checksum(png[12..<29]))
    #expect(message(decoding: png) == "FILE: has 30000 x 30000 pixels; 100000000 at most are read: make it smaller, or raise the limit")
    var jpeg = Fixtures.named("JPEG progressive")
    let frame = try #require(jpeg.indices.first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC2 })
    jpeg.replaceSubrange(frame + 5..<frame + 9, with: [0xFF, 0, 0xFF, 0])
    #expect(message(decoding: jpeg) == "FILE: has 65280 x 65280 pixels; 100000000 at most are read: make it smaller, or raise the limit")
    let good = Fixtures.named("JPEG 4:4:4")
    #expect(message(decoding: good, pixelLimit: 21 * 14) == "nothing thrown")
    #expect(
      message(decoding: good, pixelLimit: 21 * 14 - 1) == "FILE: has 21 x 14 pixels; 293 at most are read: make it smaller, or raise the limit")
  }

  /// Each pass over a picture costs as much as the first.
  @Test func tooManyScans() throws {
    var jpeg = Fixtures.named("JPEG progressive")
    let scans = jpeg.indices.filter { $0 + 1 < jpeg.count && jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xDA }
    let first = jpeg[scans[0]..<scans[1]]
    for _ in 0..<200 { jpeg.insert(contentsOf: first, at: jpeg.count - 2) }
    #expect(message(decoding: jpeg).hasPrefix("FILE: the JPEG data cannot be read (more than 100 scans); copy or download the file again, or convert it"))
  }

  @Test func rareKinds() throws {
    func changed(_ offset: Int, _ value: UInt8) throws -> String {
      var jpeg = Fixtures.named("JPEG grey")
      let frame = try #require(jpeg.indices.first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 })
      jpeg[frame + offset] = value
      return message(decoding: jpeg)
    }
    #expect(
      try changed(4, 12)
        == "FILE: the JPEG data cannot be read (Unsupported JPEG data precision 12); copy or download the file again, or convert it to PNG if it is of"
        + " a rare kind")
    #expect(try changed(1, 0xC3).contains("(Unsupported JPEG process: SOF type 0xc3)"))
  }

  @Test func damagedPNG() {
    var bytes = Fixtures.named("PNG color 2, 8 bits")
    bytes[50] ^= 1
    #expect(message(decoding: bytes).hasPrefix("FILE: the PNG data cannot be read ("))
    bytes = Fixtures.named("PNG color 2, 8 bits")
    bytes[24] = 7
    bytes.replaceSubrange(29..<33, with: checksum(bytes[12..<29]))
    #expect(message(decoding: bytes).hasPrefix("FILE: the PNG data cannot be read ("))
  }

  @Test func exifThatSaysNothing() {
    let tiff = Array("II*\0\u{8}\0\0\0\u{1}\0\u{12}\u{1}\u{3}\0\u{1}\0\0\0\u{6}\0\0\0".utf8)
    #expect(ExifOrientation(tiff: tiff[...]) == .turnedRight)
    for count in 0..<20 { #expect(ExifOrientation(tiff: tiff.prefix(count)) == .upright) }
    var far = tiff
    far.replaceSubrange(4..<8, with: [255, 255, 255, 255])
    #expect(ExifOrientation(tiff: far[...]) == .upright)
    var other = tiff
    other[18] = 9
    #expect(ExifOrientation(tiff: other[...]) == .upright)
    #expect(ExifOrientation(ofJPEG: [0xFF, 0xD8, 0xFF, 0xE1, 0xFF, 0xFF, 0x45]) == .upright)
  }
}

/// The checksum of a chunk of a PNG, its name included.
func checksum(_ chunk: ArraySlice<UInt8>) -> [UInt8] {
  let sum = Array(chunk).withUnsafeBufferPointer { crc32(0, $0.baseAddress, UInt32($0.count)) }
  return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: sum >> $0) }
}
