public import Foundation

/// A recording, or a part of one, and what is said in it.
public struct SpokenText: Sendable, Hashable {
  /// The file, as the manifest names it: a path, seen from the manifest's folder.
  public var file: String
  /// What is said.
  public var text: String
  /// Where the part begins, in seconds; nil: at the beginning of the file.
  public var start: Double?
  /// Where it ends, in seconds; nil: at the end of the file.
  public var end: Double?
  /// Who speaks, where that is known.
  public var speaker: String?
  /// The part of the data that it is for, where the manifest says so.
  public var part: DataPart?
  /// The line of the manifest, counted from 1.
  public var line: Int
  /// What it is known by: file, start and end, or what the caller says, such as a hash of the sound.
  public var content: ContentHash

  /// A recording that is known by its name.
  public init(
    file: String, text: String, start: Double? = nil, end: Double? = nil, speaker: String? = nil, part: DataPart? = nil, line: Int
  ) {
    (self.file, self.text, self.start, self.end) = (file, text, start, end)
    (self.speaker, self.part, self.line) = (speaker, part, line)
    var hasher = ContentHasher()
    hasher.add(file)
    content = hasher.hash
    content = content(ofFile: content)
  }

  /// What it is known by, where its file is known by `hash`.
  public func content(ofFile hash: ContentHash) -> ContentHash {
    if start == nil, end == nil { return hash }
    var hasher = ContentHasher()
    hasher.add(hash.bits)
    hasher.add(start ?? 0)
    hasher.add(end ?? .infinity)
    return hasher.hash
  }
}

/// Recordings with what is said in them, of one manifest or part.
///
///     let set = try RecordingSet(contentsOf: url)            // recordings.tsv, recordings.csv or recordings.jsonl
///     print(set.url(of: set.recordings[0]), set.recordings[0].text)
public struct RecordingSet: Sendable {
  /// Where they are from, for messages.
  public let path: String
  /// The folder that the files are named from.
  public let folder: URL
  /// The sound file that all recordings are parts of, where it is in memory; nil: each is in the file that it names.
  public let sound: [UInt8]?
  /// The recordings, in the order of the manifest.
  public private(set) var recordings: [SpokenText]

  /// The given recordings.
  public init(path: String, folder: URL, recordings: [SpokenText], sound: [UInt8]? = nil) {
    (self.path, self.folder, self.recordings, self.sound) = (path, folder, recordings, sound)
  }

  /// The recordings of all of these, which are parts of one data set: all in files, or all in the same sound in memory.
  public init(joining sets: [RecordingSet]) {
    let folders = Set(sets.map(\.folder))
    (path, folder, sound) = (sets.first?.path ?? "", sets.first?.folder ?? URL(fileURLWithPath: "."), sets.first?.sound)
    recordings = sets.flatMap { set in
      folders.count == 1
        ? set.recordings
        : set.recordings.map { recording in
          var recording = recording
          recording.file = set.url(of: recording).path
          return recording
        }
    }
  }

  /// The file of a recording.
  public func url(of recording: SpokenText) -> URL {
    recording.file.hasPrefix("/") ? URL(fileURLWithPath: recording.file) : folder.appending(path: recording.file)
  }

  /// Says what each recording is known by.
  public mutating func identify(by content: (SpokenText) throws -> ContentHash) rethrows {
    for index in recordings.indices { recordings[index].content = try content(recordings[index]) }
  }
}

extension RecordingSet: ExampleSet {
  public static var nouns: (one: String, many: String) { ("recording", "recordings") }

  /// The number of recordings.
  public var count: Int { recordings.count }

  /// What each recording is known by.
  public var contents: [ContentHash] { recordings.map(\.content) }

  /// Those with these indices, in this order.
  public func selecting(_ indices: [Int]) -> RecordingSet {
    RecordingSet(path: path, folder: folder, recordings: indices.map { recordings[$0] }, sound: sound)
  }
}
