import Foundation
import Testing

@testable import RecurrentData

struct CaptionSetTests {
  private func names(_ set: CaptionSet?) -> [String] { set?.pictures.map(\.name) ?? [] }
  private func texts(_ set: CaptionSet) -> [[String]] { set.pictures.map { $0.captions.map(\.text) } }

  @Test(arguments: [
    ("c.tsv", "a.jpg\t0\tA \"dog\" runs .\nb.jpg\t0\tB\na.jpg\t1\tIt runs"),
    ("c.tsv", "a.jpg#0\tA \"dog\" runs .\nb.jpg#0\tB\na.jpg#1\tIt runs\n"),
    ("Flickr8k.token.txt", "a.jpg#0\tA \"dog\" runs .\nb.jpg#0\tB\na.jpg#1\tIt runs\n"),
    ("results.csv", "image_name| comment_number| comment\na.jpg| 0| A \"dog\" runs .\nb.jpg| 0| B \na.jpg| 1| It runs\n"),
    ("c.csv", "image,caption\na.jpg,\"A \"\"dog\"\" runs .\"\nb.jpg,B\na.jpg,It runs\n"),
    ("captions.txt", "number,Sentence, Image\n0,\"A \"\"dog\"\" runs .\",a.jpg\n0,B,b.jpg\n1,It runs,a.jpg\n"),
    ("c.jsonl", "{\"picture\":\"a.jpg\",\"captions\":[\"A \\\"dog\\\" runs .\",\"It runs\"],\"boxes\":[[1,2]]}\n\n{\"caption\":\"B\",\"image\":\"b.jpg\"}\n"),
  ])
  func everyFormHasTheSameCaptions(name: String, text: String) throws {
    for content in [Array(text.utf8), gzipped(Array(text.utf8))] {
      for ending in content.first == 0x1F ? [".gz"] : [""] {
        let set = try withFile(content, name: name + ending) { try CaptionSet(contentsOf: $0) }
        #expect(names(set) == ["a.jpg", "b.jpg"] && set.count == 2 && set.captionCount == 3)
        #expect(texts(set) == [["A \"dog\" runs .", "It runs"], ["B"]])
        #expect(set.omissions.isEmpty)
      }
    }
  }

  @Test func otherColumnsAreKept() throws {
    let text = "image,caption,education\na,A man,dark\na,A tree,light\nb,A bird,light\n"
    let set = try withFile(text, name: "c.csv") { try CaptionSet(contentsOf: $0) }
    #expect(set.pictures[0].captions[1] == Caption(text: "A tree", line: 3, columns: ["education": "light"]))
    let dark = set.selectingCaptions { $0.columns["education"] == "dark" }
    #expect(names(dark) == ["a"] && texts(dark) == [["A man"]] && dark.pictures[0].content == set.pictures[0].content)
    let flickr = try withFile("a\t4\tB\n", name: "c.tsv") { try CaptionSet(contentsOf: $0) }
    #expect(flickr.pictures[0].captions[0].columns == ["2": "4"])
    let json = try withFile("{\"picture\":\"a\",\"caption\":\"b\",\"likes\":3,\"who\":null}", name: "c.jsonl") { try CaptionSet(contentsOf: $0) }
    #expect(json.pictures[0].captions[0].columns == ["likes": "3"])
  }

  @Test func columnsByNameOrNumber() throws {
    let text = "k;text;second\n1.jpg;x;y\n"
    let set = try withFile(text, name: "c.csv") { try CaptionSet(contentsOf: $0, columns: CaptionColumns(picture: "k", caption: "second")) }
    #expect(names(set) == ["1.jpg"] && texts(set) == [["y"]])
    let plain = try withFile("x\t1.jpg\ty\n", name: "c.tsv") { try CaptionSet(contentsOf: $0, columns: CaptionColumns(picture: 2, caption: 1)) }
    #expect(names(plain) == ["1.jpg"] && texts(plain) == [["x"]])
    let json = try withFile("{\"file\":\"q\",\"k\":\"1.jpg\",\"says\":\"y\"}", name: "c.json") {
      try CaptionSet(contentsOf: $0, columns: CaptionColumns(picture: "k", caption: "says"))
    }
    #expect(names(json) == ["1.jpg"] && json.pictures[0].captions[0].columns == ["file": "q"])
  }

  /// A comma in the first caption does not make a table of commas.
  @Test func theFirstLineSaysWhatStandsBetweenColumns() throws {
    let tabs = try withFile("a#0\tA dog, black, runs\nb#0\tB\n", name: "captions.txt") { try CaptionSet(contentsOf: $0) }
    #expect(texts(tabs) == [["A dog, black, runs"], ["B"]])
    let bars = try withFile("a|A dog\nb| B, c\n", name: "captions.txt") { try CaptionSet(contentsOf: $0) }
    #expect(texts(bars) == [["A dog"], ["B, c"]])
    let commas = try withFile("a,A dog | cat\nb,B\n", name: "captions.txt") { try CaptionSet(contentsOf: $0) }
    #expect(texts(commas) == [["A dog | cat"], ["B"]])
  }

  @Test func emptyCaptionsAreTold() throws {
    var set = try withFile("a\tx\na\t \nb\t\nc\ty\n", name: "c.tsv") { try CaptionSet(contentsOf: $0) }
    #expect(names(set) == ["a", "c"])
    #expect(set.omissions.map(\.description) == ["2 captions left out, the text is empty: lines 2, 3"])
    set.omit("the file is damaged") { $0.name == "c" }
    #expect(names(set) == ["a"] && set.omissions.last?.description == "1 picture left out, the file is damaged: line 4")
    let broken = try withFile("picture,caption\na,\"x\ny\"\n", name: "c.csv") { try CaptionSet(contentsOf: $0) }
    #expect(texts(broken) == [["x y"]])
  }

  @Test(arguments: [
    ("c.tsv", "", "FILE: the table is empty: there is not one row"),
    ("c.tsv", "a\t\n", "FILE: every caption is empty"),
    ("c.tsv", "a.jpg a dog\n", "FILE: pictures and captions are both column 1; a table with two columns at least is needed"),
    ("c.tsv", "a\tx\n\ty\n", "FILE:2: there is no name of a picture; leave the line out"),
    ("c.tsv", "#1\tx\n \ty\n", "FILE:2: there is no name of a picture; leave the line out"),
    ("c.tsv", "a\tx\nb\ty\tz\n", "FILE:2: "),
    ("c.csv", "image,caption\n", "FILE:1: the table has a header and no row after it"),
    (
      "c.csv", "image,photo,caption\na,b,c\n",
      "FILE:1: more than one column is called as a picture may be (there are: image, photo, caption); name the column of pictures"
    ),
    ("c.csv", "a,\"b\n", "FILE:1:3: this quote is not closed before the file ends"),
    ("c.tsv", "a\t\u{0}\n", "FILE:1:3: a byte 0"),
    ("c.jsonl", "", "FILE: there is not one caption"),
    ("c.jsonl", "[1]\n", "FILE:1:1: { is needed here, for a picture with its captions, not \"[\""),
    ("c.jsonl", "{\"caption\":\"x\"}\n", "FILE:1: there is no key \"picture\", which names the file"),
    ("c.jsonl", "{\"picture\":\"x\"}\n", "FILE:1: there is no key \"caption\" or \"captions\""),
    ("c.jsonl", "{\"picture\":\"x\",\"captions\":[]}\n", "FILE: there is not one caption"),
    ("c.jsonl", "{\"picture\":7,\"caption\":\"x\"}\n", "FILE:1:12: a text in double quotes is needed here, not \"7\""),
    ("c.jsonl", "{\"picture\":\"a\",\"caption\":[\"x\",3]}\n", "FILE:1:31: a text in double quotes is needed here, not \"3\""),
    ("c.jsonl", "{\"picture\":\"a\",\"caption\":\"x\"} b\n", "FILE:1:31: nothing is allowed after the object on a line, not \"b\""),
    ("c.jsonl", "{\"picture\":\"a\",\"caption\":\"x", "FILE:1:26: this quote is not closed before the line ends"),
  ])
  func malformedFiles(name: String, text: String, expected: String) throws {
    let found = try message(text, name: name) { _ = try CaptionSet(contentsOf: $0) }
    #expect(found.hasPrefix(expected), "\(found)")
  }

  @Test func textThatIsNoUTF8() throws {
    let found = try message(Array("a\t".utf8) + [0xE9, 0x0A], name: "c.tsv") { _ = try CaptionSet(contentsOf: $0) }
    #expect(found == "FILE:1: column 2: not UTF-8; convert the file (iconv -f LATIN1 -t UTF-8)")
  }

  private let five = "a\tx\nb\ty\nc\tz\na\tw\nd\tv\n"

  @Test func partsByLists() throws {
    let files = ["captions.tsv": five, "train.txt": "c\na\nmissing\n\n", "dev.txt": "b#0\r\n", "notes.md": "train"]
    try withDirectory(files.mapValues { Array($0.utf8) }) { directory in
      let parts = try CaptionSet.parts(in: directory)
      #expect(parts.mapValues(names) == [.train: ["a", "c"], .validation: ["b"]])
      #expect(parts[.train]!.omissions.map(\.description) == [
        "1 picture left out, train.txt lists it without a caption: line 3", "1 picture left out, no list names it: line 5",
      ])
      #expect(parts[.train]!.captionCount == 3)
      func error(_ train: String, _ test: String = "d\n") throws -> String {
        try Data(train.utf8).write(to: directory.appending(path: "train.txt"))
        try Data(test.utf8).write(to: directory.appending(path: "test.txt"))
        return message { _ = try CaptionSet.parts(in: directory) }.replacing(directory.path, with: "DIR")
      }
      #expect(try error("a\nb\n") == "DIR/dev.txt:1: \"b\" is listed twice, here and in line 2 of DIR/train.txt; leave one of them")
      #expect(try error("a\na\n") == "DIR/train.txt:2: \"a\" is listed twice, here and in line 1 of DIR/train.txt; leave one of them")
      #expect(try error("x\ny\n") == "DIR/train.txt: DIR/captions.tsv has a caption for none of the 2 pictures of this list")
      #expect(try error("a\n", "\n") == "DIR/test.txt: lists no picture")
    }
    try withDirectory(["captions.tsv": Array(five.utf8), "test.txt": Array("a\n".utf8)]) { directory in
      #expect(message { _ = try CaptionSet.parts(in: directory) }.hasPrefix("\(directory.path): no file to train on"))
    }
    let original = ["Flickr8k.token.txt": "a#0\tx\nb#0\ty\n", "Flickr_8k.trainImages.txt": "a\n", "Flickr_8k.testImages.txt": "b\n"]
    try withDirectory(original.mapValues { Array($0.utf8) }) { directory in
      let parts = try CaptionSet.parts(in: directory)
      #expect(parts.mapValues(names) == [.train: ["a"], .test: ["b"]])
    }
  }

  @Test func partsByAColumn() throws {
    func parts(_ text: String) throws -> [DataPart: CaptionSet] {
      try withDirectory(["captions.csv": Array(text.utf8)]) { try CaptionSet.parts(in: $0) }
    }
    let good = "picture,caption,split\na,x,train\nb,y,Val\na,z,train\nc,w,test\n"
    #expect(try parts(good).mapValues(names) == [.train: ["a"], .validation: ["b"], .test: ["c"]])
    #expect(try parts("picture,caption\na,x\n").mapValues(names) == [.train: ["a"]])
    func error(_ text: String) -> String { message { _ = try parts(text) } }
    let often = error(good.replacing("Val", with: "often"))
    #expect(often.hasSuffix("captions.csv:3: \"often\" is no part: train, valid or test is needed in the column \"split\""))
    #expect(error(good.replacing("a,z,train", with: "a,z,test")).hasSuffix("captions.csv:4: \"a\" is of the part test here and train in line 2"))
    #expect(error(good.replacing("train", with: "test")).hasSuffix("captions.csv: the column \"split\" has no picture to train on"))
    let json = try withFile("{\"picture\":\"a\",\"caption\":\"b\",\"split\":\"train\"}\n{\"picture\":\"c\",\"caption\":\"b\"}", name: "c.jsonl") {
      try CaptionSet(contentsOf: $0)
    }
    #expect(message { _ = try json.parts(byColumn: "split") }.hasSuffix("c.jsonl:2: there is no column \"split\", which is to say the part of a picture"))
  }

  @Test func partsInFilesOfTheirOwn() throws {
    let line = Array("a\tx\n".utf8)
    try withDirectory(["train.tsv": line, "captions_val.tsv": line]) { directory in
      let parts = try CaptionSet.parts(in: directory)
      #expect(Set(parts.keys) == [.train, .validation])
    }
    try withDirectory(["captions.tsv": line, "captions.csv": line]) { directory in
      #expect(message { _ = try CaptionSet.parts(in: directory) } == "\(directory.path): more than one file of captions: captions.csv, captions.tsv; leave one")
    }
    try withDirectory(["a.jpg": line]) { directory in
      #expect(message { _ = try CaptionSet.parts(in: directory) }.hasPrefix("\(directory.path): no file to train on: expected train.tsv, found a.jpg"))
    }
  }

  /// The captions of one picture are never in two parts.
  @Test func partsByPicture() throws {
    let captions = (0..<500).map { (picture: "p\($0 % 100)", caption: Caption(text: "t\($0)", line: $0 + 1)) }
    var set = try CaptionSet(path: "p", captions: captions)
    let parts = Splits.byContent(set.contents, fractions: SplitFractions(train: 0.8, validation: 0.1, test: 0.1), seed: 1).mapValues(set.selecting)
    #expect(parts.values.reduce(0) { $0 + $1.count } == 100 && parts.values.allSatisfy { $0.captionCount == 5 * $0.count })
    #expect(Set(parts.values.flatMap(names)).count == 100)
    // Pictures of the same pixels are one.
    set.identify { ContentHash(bits: $0.name.hasSuffix("1") ? 7 : UInt64($0.name.dropFirst())!) }
    let alike = Splits.byContent(set.contents, fractions: SplitFractions(train: 0.5, validation: 0.25, test: 0.25), seed: 1).mapValues(set.selecting)
    #expect(alike.values.filter { names($0).contains { $0.hasSuffix("1") } }.count == 1)
  }

  @Test(.enabled(if: SharedData.has(SharedData.flickr8k), "Flickr8k is not beside the checkout")) func flickr8k() throws {
    let parts = try CaptionSet.parts(in: SharedData.flickr8k)
    #expect(parts.mapValues(\.count) == [.train: 6_000, .validation: 1_000, .test: 1_000])
    #expect(parts.mapValues(\.captionCount) == [.train: 30_000, .validation: 5_000, .test: 5_000])
    #expect(parts.values.allSatisfy { $0.omissions.isEmpty })
  }
}
