import Foundation
import Testing

@testable import RecurrentPictures

struct PictureStoreTests {
  private static let red = try! Picture(width: 2, height: 2, filledWith: .init(red: 255, green: 0, blue: 0)).png()
  private static let blue = try! Picture(width: 3, height: 1, filledWith: .init(red: 0, green: 0, blue: 255)).png()

  /// A header of an archive, and the file that it stands before.
  private static func entry(_ name: String, _ bytes: [UInt8], kind: Character = "0", prefix: String = "") -> [UInt8] {
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, at place: Int) { header.replaceSubrange(place..<place + text.utf8.count, with: text.utf8) }
    put(name, at: 0)
    put("0000644\0", at: 100)
    let size = String(bytes.count, radix: 8)
    put(String(repeating: "0", count: 11 - size.count) + size, at: 124)
    put(String(kind), at: 156)
    put("ustar\0", at: 257)
    put(prefix, at: 345)
    put("        ", at: 148)
    let sum = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
    put(String(repeating: "0", count: 6 - sum.count) + sum + "\0", at: 148)
    return header + bytes + [UInt8](repeating: 0, count: (512 - bytes.count % 512) % 512)
  }

  private static let end = [UInt8](repeating: 0, count: 1024)

  private func found(_ bytes: [UInt8], _ body: (URL) throws -> Void = { _ = try PictureStore(contentsOf: $0) }) throws -> String {
    try withDirectory(["data": bytes]) { directory in
      let url = directory.appending(path: "data")
      return message { try body(url) }.replacing(url.path, with: "FILE")
    }
  }

  @Test func picturesOfAFolder() throws {
    let files = ["a.png": Self.red, "sub/b.PNG": Self.blue, "sub/a.png": Self.blue, ".hidden.png": Self.red, "notes.txt": [65], "c.jpg": [1, 2]]
    try withDirectory(files) { directory in
      let store = try PictureStore(contentsOf: directory)
      #expect(store.names == ["a.png", "c.jpg", "sub/a.png", "sub/b.PNG"])
      #expect(try store.picture("a.png").width == 2 && store.picture("./sub/a.png").width == 3 && store.picture("b.PNG").width == 3)
      #expect(store.resolve("b.PNG") == "sub/b.PNG" && store.resolve("none.png") == nil && store.resolve("../a.png") == nil)
      #expect(try store.bytes(of: "c.jpg") == [1, 2])
      func error(_ name: String) -> String { message { _ = try store.picture(name) }.replacing(store.path, with: "DIR") }
      #expect(error("b.png") == "DIR: there is no picture \"b.png\" among the 4 here; did you mean \"b.PNG\"?")
      #expect(error("c.jpg").hasSuffix("DIR/c.jpg: is no picture: JPEG, PNG and PNM pictures are read, and none of them begins with the bytes 1 2"))
    }
    try withDirectory(["x/a.png": Self.red, "y/a.png": Self.blue]) { directory in
      let store = try PictureStore(contentsOf: directory)
      #expect(store.resolve("a.png") == nil)
      #expect(message { _ = try store.picture("a.png") }.hasSuffix("2 pictures are called \"a.png\": x/a.png, y/a.png; name one with its folder"))
    }
    try withDirectory(["notes.txt": [65]]) { directory in
      #expect(message { _ = try PictureStore(contentsOf: directory) }.hasPrefix("\(directory.path): there is no picture in this folder (names that end with "))
      let none = directory.appending(path: "none")
      #expect(message { _ = try PictureStore(contentsOf: none) } == "\(none.path): no such file or directory")
    }
  }

  @Test func picturesOfAnArchive() throws {
    let long = String(repeating: "d", count: 90) + "/long.png"
    let pax = "path=\(long)\n"
    let record = "\(pax.utf8.count + 4) \(pax)"
    let archive =
      Self.entry("images/", [], kind: "5") + Self.entry("./images/a.png", Self.blue) + Self.entry("images/a.png", Self.red) + Self.entry("notes.txt", [65])
      + Self.entry("././@LongLink", Array("deep/\(long)\0".utf8), kind: "L") + Self.entry("deep/short", Self.blue)
      + Self.entry("PaxHeader", Array(record.utf8), kind: "x") + Self.entry("short", Self.red)
      + Self.entry("b.png", Self.blue, prefix: "far/away") + Self.entry("link.png", [], kind: "2") + Self.end
    try withDirectory(["data": archive]) { directory in
      let store = try PictureStore(contentsOf: directory.appending(path: "data"))
      #expect(store.names == [long, "deep/\(long)", "far/away/b.png", "images/a.png"])
      // Of two files with the same name the later one counts.
      #expect(try store.picture("a.png").width == 2 && store.picture("b.png").width == 3)
      #expect(try store.picture("deep/\(long)").width == 3 && store.picture(long).width == 2)
    }
    #expect(record.utf8.count == Int(record.prefix { $0 != " " }))
  }

  @Test func anErrorNamesThePictureInItsArchive() throws {
    let archive = Self.entry("a.png", Array(Self.red.dropLast(20))) + Self.end
    #expect(
      try found(archive) { _ = try PictureStore(contentsOf: $0).picture("a.png") }
        == "FILE(a.png): the PNG data end too early: the file is truncated or damaged; copy or download the file again")
  }

  @Test func filesThatAreNoArchives() throws {
    let archive = Self.entry("a.png", Self.red) + Self.entry("b.png", Self.blue) + Self.end
    #expect(try found(archive) == "nothing thrown")
    #expect(try found([]) == "FILE: is empty; a folder of pictures or a tar archive is needed here")
    #expect(try found(Array("a text".utf8)) == "FILE: is no tar archive; a folder of pictures or a tar archive is needed here")
    #expect(
      try found([0x1F, 0x8B, 8, 0])
        == "FILE: is compressed: pictures are read from their places in an archive, which it must be expanded for (gunzip)")
    #expect(try found(Array("PK\u{3}\u{4}".utf8)) == "FILE: is a zip archive; unpack it, and name its folder")
    #expect(try found(Self.end).hasPrefix("FILE: there is no picture in this archive (names that end with "))
    #expect(
      try found(Array(archive.prefix(600)))
        == "FILE: the tar archive ends too early: the file at byte 0 needs \(Self.red.count) bytes and 88 are left; copy or download it again")
    var damaged = archive
    damaged[1024 + 5] = 9
    #expect(try found(damaged) == "FILE: the tar archive is damaged: there is no header at byte 1024; copy or download it again")
    var unknown = archive
    unknown.replaceSubrange(124..<136, with: [UInt8](repeating: 0xFF, count: 12))
    #expect(try found(unknown) == "FILE: is no tar archive; a folder of pictures or a tar archive is needed here")
  }

  /// Every change of a byte gives pictures or an error with the name of the file.
  @Test func everyChangeOfAnArchive() throws {
    let archive = Self.entry("a.png", Self.red) + Self.entry("PaxHeader", Array("19 path=b/long.png\n".utf8), kind: "x") + Self.entry("b", Self.blue) + Self.end
    for place in stride(from: 0, to: archive.count, by: 7) {
      for byte in [UInt8(0), 0x37, 0x80, 0xFF] {
        var changed = archive
        changed[place] = byte
        let found = try found(changed) { url in
          let store = try PictureStore(contentsOf: url)
          for name in store.names { _ = try store.picture(name) }
        }
        #expect(found == "nothing thrown" || found.hasPrefix("FILE"), "byte \(place): \(found)")
      }
    }
  }

  private static let flickr = URL(filePath: #filePath).appending(path: "../../../../shared/data/flickr8k/images224.tar").standardizedFileURL

  @Test(.enabled(if: FileManager.default.fileExists(atPath: flickr.path), "Flickr8k is not beside the checkout"))
  func flickr8k() throws {
    let store = try PictureStore(contentsOf: Self.flickr)
    #expect(store.count == 8_000)
    let picture = try store.picture("1000268201_693b08cb0e.jpg")
    #expect(min(picture.width, picture.height) > 0 && max(picture.width, picture.height) <= 512)
    for name in store.names.prefix(40) { #expect(try !store.picture(name).pixels.isEmpty) }
  }
}
