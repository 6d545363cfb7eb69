import Foundation

/// A sentence that says what is to be seen in a picture.
public struct Caption: Sendable, Hashable {
  /// What it says, on one line.
  public var text: String
  /// The line of the file on which it stands, counted from 1.
  public var line: Int
  /// What else its row or object says, by the name of the column (its number, where the table has no header) or key.
  public var columns: [String: String]

  /// A caption.
  public init(text: String, line: Int, columns: [String: String] = [:]) { (self.text, self.line, self.columns) = (text, line, columns) }
}

/// A picture, by name, and what was written about it.
public struct CaptionedPicture: Sendable, Hashable {
  /// The name of its file, which a folder or an archive has.
  public var name: String
  /// Its captions, in the order of the file; at least one.
  public var captions: [Caption]
  /// What it is known by: its name, or what the caller says, such as a hash of the pixels. Pictures that are known by the same are dealt into one part.
  public var content: ContentHash

  /// A picture that is known by its name.
  public init(name: String, captions: [Caption]) {
    (self.name, self.captions) = (name, captions)
    var hasher = ContentHasher()
    hasher.add(name)
    content = hasher.hash
  }
}

/// Pictures of one file or part with their captions, and what was left out.
///
///     let set = try CaptionSet(contentsOf: url)                   // captions.tsv, captions.csv or captions.jsonl
///     let parts = try set.parts(listedIn: [.train: trainList, .test: testList])
///     for omission in set.omissions { print(omission) }           // 2 captions left out, the text is empty: lines 4, 9
///
/// Its examples are pictures: they are dealt into parts, never single captions.
public struct CaptionSet: Sendable {
  /// Where they are from, for messages.
  public let path: String
  /// The pictures, in the order in which the file names them first.
  public private(set) var pictures: [CaptionedPicture]
  /// What was left out, and why.
  public internal(set) var omissions: [LineOmission]

  /// The given captions, those of a picture together; those without text are left out.
  ///
  /// - Throws: `DataError` if a caption names no picture, or none is left.
  public init(path: String, captions: [(picture: String, caption: Caption)]) throws(DataError) {
    self.path = path
    var places: [String: Int] = [:]
    var pictures: [CaptionedPicture] = []
    var empty: [Int] = []
    for (name, caption) in captions {
      var caption = caption
      caption.text = caption.text.split(whereSeparator: \.isNewline).joined(separator: " ").trimmingCharacters(in: .whitespaces)
      if name.isEmpty { throw DataError(path, line: caption.line, "there is no name of a picture; leave the line out") }
      if caption.text.isEmpty {
        empty.append(caption.line)
      } else if let place = places[name] {
        pictures[place].captions.append(caption)
      } else {
        places[name] = pictures.count
        pictures.append(CaptionedPicture(name: name, captions: [caption]))
      }
    }
    if pictures.isEmpty { throw DataError(path, empty.isEmpty ? "there is not one caption" : "every caption is empty") }
    self.pictures = pictures
    omissions = empty.isEmpty ? [] : [LineOmission(what: "caption", reason: "the text is empty", lines: empty)]
  }

  private init(path: String, pictures: [CaptionedPicture]) { (self.path, self.pictures, omissions) = (path, pictures, []) }

  /// The number of pictures.
  public var count: Int { pictures.count }

  /// The number of captions.
  public var captionCount: Int { pictures.reduce(0) { $0 + $1.captions.count } }

  /// Leaves out the pictures of which this is true, and remembers why.
  ///
  /// - Parameter reason: Ends the sentence "3 pictures left out, ...": `"the file is damaged"`.
  public mutating func omit(_ reason: String, where isOmitted: (CaptionedPicture) -> Bool) {
    var lines: [Int] = []
    pictures.removeAll { picture in
      let leaves = isOmitted(picture)
      if leaves { lines.append(picture.captions[0].line) }
      return leaves
    }
    if !lines.isEmpty { omissions.append(LineOmission(what: "picture", reason: reason, lines: lines)) }
  }

  /// The pictures with those of their captions of which this is true; pictures that have none are not in it.
  public func selectingCaptions(where isSelected: (Caption) -> Bool) -> CaptionSet {
    CaptionSet(path: path, pictures: pictures.compactMap { picture in
      var picture = picture
      picture.captions = picture.captions.filter(isSelected)
      return picture.captions.isEmpty ? nil : picture
    })
  }

  /// Says what each picture is known by.
  public mutating func identify(by content: (CaptionedPicture) throws -> ContentHash) rethrows {
    for index in pictures.indices { pictures[index].content = try content(pictures[index]) }
  }
}

extension CaptionSet: ExampleSet {
  public static var nouns: (one: String, many: String) { ("picture", "pictures") }

  /// What each picture is known by.
  public var contents: [ContentHash] { pictures.map(\.content) }

  /// The pictures with these indices, in this order; what was left out of the whole is not told again.
  public func selecting(_ indices: [Int]) -> CaptionSet { CaptionSet(path: path, pictures: indices.map { pictures[$0] }) }
}
