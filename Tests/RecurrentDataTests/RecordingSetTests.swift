import Foundation
import Testing

@testable import RecurrentData

struct RecordingSetTests {
  @Test(arguments: [
    ("m.tsv", "file\ttext\tstart\tend\tspeaker\tsplit\na.wav\tOne, two.\t0.5\t2\tanna\ttrain\nb/c.flac\tthree\t\t\t\ttest\n"),
    ("m.csv", "Split,Path,Sentence,begin,end,client_id\ntrain,a.wav,\"One, two.\",0.5,2.0,anna\ntest,b/c.flac, three ,,,\n"),
    (
      "m.jsonl",
      "{\"file\":\"a.wav\",\"text\":\"One, two.\",\"start\":0.5,\"end\":2,\"speaker\":\"anna\",\"split\":\"train\"}\n\n{\"part\":\"test\",\"audio\":\"b/c.flac\",\"transcript\":\"three\",\"end\":null}\n"
    ),
  ])
  func everyFormHasTheSameRecordings(name: String, text: String) throws {
    for content in [Array(text.utf8), gzipped(Array(text.utf8))] {
      try withDirectory([name + (content.first == 0x1F ? ".gz" : ""): content]) { directory in
        let set = try RecordingSet(contentsOf: directory.appending(path: name + (content.first == 0x1F ? ".gz" : "")))
        #expect(
          set.recordings == [
            SpokenText(file: "a.wav", text: "One, two.", start: 0.5, end: 2, speaker: "anna", part: .train, line: 2 - (name == "m.jsonl" ? 1 : 0)),
            SpokenText(file: "b/c.flac", text: "three", part: .test, line: 3),
          ])
        #expect(set.url(of: set.recordings[1]).path == directory.appending(path: "b/c.flac").path)
        #expect(try set.indicesBySplit() == [.train: [0], .test: [1]])
      }
    }
  }

  @Test(arguments: [
    ("m.tsv", "file\ttext\tstrat\na\tb\t1\n", "FILE:1: the column \"strat\" is not known (known are file, text, start, end, speaker, split)"),
    ("m.jsonl", "{\"file\":\"a\",\"text\":\"b\"}\n{\"file\":\"a\",\"text\":\"b\",\"strat\":1}\n", "FILE:2: the key \"strat\" is not known"),
    ("m.csv", "file,words\na,b\n", "FILE:1: the column \"words\" is not known"),
    ("m.csv", "file,start\na,1\n", "FILE:1: there is no column \"text\" in the first line (there are: file, start)"),
    ("m.csv", "file,text,path\na,b,c\n", "FILE:1: both \"file\" and \"path\" say what the column file says"),
    ("m.jsonl", "{\"text\":\"b\"}", "FILE:1: there is no key \"file\""), ("m.csv", "file,text\n ,b\n", "FILE:2: there is no name of a file"),
    ("m.csv", "file,text,start,end\na,b,3,2.5\n", "FILE:2: the part begins at 3.0 s and ends at 2.5 s; it must end after it begins"),
    ("m.csv", "file,text,end\na,b,0\n", "FILE:2: the part begins at 0.0 s and ends at 0.0 s"),
    ("m.csv", "file,text,start\na,b,soon\n", "FILE:2: \"soon\" in the column \"start\" is no time in seconds"),
    ("m.csv", "file,text,start\na,b,-1\n", "is no time in seconds"), ("m.csv", "file,text,start\na,b,nan\n", "is no time in seconds"),
    ("m.csv", "file,text,split\na,b,maybe\n", "FILE:2: \"maybe\" is no part: train, valid or test is needed"),
    ("m.csv", "file,text\n", "FILE:1: the table has a header and no row after it"), ("m.jsonl", "{\"file\":\"a\" \"text\"}", "FILE:1:13: "),
  ])
  func mistakesAreNamed(name: String, text: String, problem: String) throws {
    let found = try message(text, name: name) { _ = try RecordingSet(contentsOf: $0) }
    #expect(found.contains(problem), "\(found)")
  }

  @Test func otherColumnsMayBeIgnored() throws {
    for (name, text) in [("m.csv", "likes,file,text\n3,a,b\n"), ("m.jsonl", "{\"likes\":{\"of\":[3]},\"file\":\"a\",\"text\":\"b\"}")] {
      let set = try withFile(text, name: name) { try RecordingSet(contentsOf: $0, others: .ignore) }
      #expect(set.recordings.map(\.text) == ["b"])
    }
  }

  @Test func partsOfDirectories() throws {
    let manifest = Array("file,text\na,b\n".utf8)
    func parts(_ files: [String: [UInt8]]) throws -> [DataPart: Int] { try withDirectory(files) { try RecordingSet.parts(in: $0).mapValues(\.count) } }
    #expect(try parts(["my-train.csv": manifest, "dev.csv": manifest]) == [.train: 1, .validation: 1])
    #expect(try parts(["recordings.csv": manifest, "notes.txt": []]) == [.train: 1])
    let split = Array("file,text,split\na,b,train\nc,d,test\ne,f,train\n".utf8)
    #expect(try parts(["metadata.csv": split]) == [.train: 2, .test: 1])
    #expect(try parts(["7_jackson_32.wav": [], "0_theo_4.wav": [], "1_theo_0.wav": [], "x_theo_4.wav": [], "1_theo.wav": []]) == [.train: 1, .test: 2])
    func problem(_ files: [String: [UInt8]]) throws -> String {
      try withDirectory(files) { directory in message { _ = try RecordingSet.parts(in: directory) } }
    }
    #expect(try problem(["recordings.csv": manifest, "manifest.csv": manifest]).contains("more than one manifest"))
    #expect(try problem(["recordings.tar.gz": []]).contains("unpack it"))
    #expect(try problem(["notes.txt": []]).contains("no file to train on"))
    #expect(try problem(["1_theo_0.wav": []]).contains("only recordings with numbers 0 to 4"))
    #expect(try problem(["metadata.csv": Array("file,text,split\na,b,test\n".utf8)]).contains("no recording to train on"))
    #expect(try problem(["metadata.csv": Array("file,text,split\na,b,train\nc,d,\n".utf8)]).contains("metadata.csv:3: the column \"split\" is empty here"))
  }

  @Test func digitsAreWords() throws {
    let recording = try withDirectory(["7_jackson_32.wav": [UInt8]()]) { try RecordingSet.spokenDigits(in: $0)?[.train]?.recordings.first }
    #expect(recording?.text == "seven" && recording?.speaker == "jackson")
  }

  /// A manifest of parts of a sound in memory; sets that are chosen from it keep the sound.
  @Test func recordingsInMemory() throws {
    let text = "file\ttext\tstart\tend\tspeaker\tsplit\na.wav\tone\t0.5\t2\tanna\ttrain\nb.wav\ttwo\t2\t2.25\t\ttest\n"
    let set = try RecordingSet(text: text, name: "numbers", sound: [1, 2, 3])
    #expect(
      set.recordings == [
        SpokenText(file: "a.wav", text: "one", start: 0.5, end: 2, speaker: "anna", part: .train, line: 2),
        SpokenText(file: "b.wav", text: "two", start: 2, end: 2.25, part: .test, line: 3),
      ])
    #expect(set.path == "numbers" && set.sound == [1, 2, 3])
    #expect(try set.indicesBySplit() == [.train: [0], .test: [1]] && set.selecting([1]).sound == [1, 2, 3])
    let problem = message { _ = try RecordingSet(text: "file\ttext\tstrat\na\tb\t1\n", name: "numbers", sound: []) }
    #expect(problem.contains("numbers:1: the column \"strat\" is not known"), "\(problem)")
  }

  /// Parts of one file are different recordings; a file by another name is the same.
  @Test func recordingsAreKnownByWhatTheyHold() {
    var hasher = ContentHasher()
    hasher.add("sound")
    let (whole, part) = (SpokenText(file: "a", text: "b", line: 1), SpokenText(file: "a", text: "b", start: 1, line: 1))
    #expect(whole.content(ofFile: hasher.hash) == hasher.hash && part.content(ofFile: hasher.hash) != hasher.hash)
    #expect(whole.content != part.content)
  }
}
