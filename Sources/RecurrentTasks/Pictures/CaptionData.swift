import Foundation
import RecurrentData
public import RecurrentTraining

/// The `data` of a recipe of pictures with captions: which pictures, which captions, and what is held out.
public struct CaptionData: TokenConfiguration {
  /// What becomes of a picture that cannot be read.
  public enum BrokenPictures: String, Codable, Sendable, CaseIterable {
    /// The run does not begin.
    case stop
    /// It is left out and counted.
    case omit
  }

  /// Which captions of a picture an epoch has.
  public enum CaptionChoice: String, Codable, Sendable, CaseIterable {
    /// Each.
    case all
    /// One that is drawn anew.
    case drawn
  }

  @Setting("The folder or tar archive of the pictures, seen from the captions. Absent: what is there, such as images.tar or Images.")
  public var pictures: String?
  @Setting("The column of a table, or key of JSON lines, with the names of pictures, by name or number. Absent: found by its name, or the first.")
  public var picture: String?
  @Setting("The column or key with the captions. Absent: found by its name, or the last.") public var caption: String?
  @Setting(
    "An education: only captions with one of these words are learned from, such as dog dogs puppy. The vocabulary is that of all. Absent: all captions.")
  public var about: String?
  @Setting("Another: only captions whose column or key has a value, such as author=anna. Absent: all captions.") public var `where`: String?
  @Setting("What becomes of a picture that is damaged, or not there: stop the run, or omit it and count.") public var broken = BrokenPictures.stop
  @Setting("Lower-case captions and take punctuation away, as the papers on captions do.") public var normalize = true
  @Inlined public var tokenization = TokenSettings { $0.tokens = .words }
  @Setting("Which captions of a picture an epoch has: all, or one that is drawn anew.") public var captions = CaptionChoice.all
  @Setting(1...1000, "Training captions with more tokens are left out; which ones is said.") public var maximumLength = 50
  @Setting(0...0.9, "Share of the pictures without a part, or of the training part where there is no validation part, that is held out.")
  public var validation = 0.1
  @Setting(0...0.9, "Share of the pictures of a single file that is held out for the test, likewise.") public var test = 0.1

  public init() {}

  public func validate() throws {
    try tokenization.validate()
    if let about, CaptionTokenizer.normalized(about).isEmpty { throw ConfigurationError(key: "about", "is \"\(about)\", which has no word") }
    if let condition = `where`, Self.condition(condition) == nil {
      throw ConfigurationError(key: "where", "is \"\(condition)\"; it is a column and a value, such as author=anna")
    }
    if validation + test > 0.95 {
      throw ConfigurationError(key: "test", "with validation it leaves nothing to train on; make one of them smaller")
    }
  }

  /// The column and the value of a condition `column=value`.
  private static func condition(_ text: String) -> (column: String, value: String)? {
    let parts = text.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
    return parts.count == 2 && !parts[0].isEmpty ? (parts[0], parts[1]) : nil
  }

  /// The captions that are learned from, of those that there are.
  ///
  /// - Throws: `DataError` where there are none.
  func chosen(_ set: CaptionSet) throws(DataError) -> CaptionSet {
    if about == nil, `where` == nil { return set }
    let words = about.map { Set(CaptionTokenizer.normalized($0).split(separator: " ")) }
    let condition = `where`.flatMap(Self.condition)
    if let condition, !set.hasColumn(condition.column) { throw DataError(set.path, "has no column or key \(condition.column), which data.where asks for") }
    let chosen = set.selectingCaptions { caption in
      if let condition, caption.columns[condition.column] != condition.value { return false }
      guard let words else { return true }
      return CaptionTokenizer.normalized(caption.text).split(separator: " ").contains { words.contains($0) }
    }
    if chosen.count == 0 {
      throw DataError(set.path, "not one caption is of the education that \(about == nil ? "data.where asks" : "data.about asks") for")
    }
    return chosen
  }
}
