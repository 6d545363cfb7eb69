import Foundation

/// Makes subtitles of words as they come: SubRip (`.srt`) or WebVTT (`.vtt`).
///
/// A title ends with a pause, and before it would be longer to read, or to see, than two lines.
public struct Subtitles: Sendable {
  /// How subtitles are written.
  public enum Format: Sendable {
    case subRip
    case webVTT
  }

  private let format: Format
  private var words: [SpokenWord] = []
  private var number = 0

  /// Letters of a title at most, unless one word has more.
  private static let longestText = 84
  /// Seconds of a title at most, and of a pause that ends one.
  private static let (longestSeconds, pauseSeconds) = (7.0, 1.0)
  /// A title is seen for so many seconds at least.
  private static let shortestSeconds = 0.5

  /// Subtitles before the first word.
  public init(_ format: Format) { self.format = format }

  /// The title that is complete with a word; empty where none is.
  public mutating func add(_ word: SpokenWord) -> String {
    guard let first = words.first, let last = words.last else {
      words = [word]
      return ""
    }
    let length = words.reduce(word.text.count) { $0 + 1 + $1.text.count }
    guard length > Self.longestText || word.end - first.start > Self.longestSeconds || word.start - last.end > Self.pauseSeconds else {
      words.append(word)
      return ""
    }
    let title = title(before: word.start)
    words = [word]
    return title
  }

  /// The last title, when there are no more words.
  public mutating func finish() -> String {
    defer { words = [] }
    return words.isEmpty ? "" : title(before: .infinity)
  }

  private mutating func title(before next: Double) -> String {
    number += 1
    let start = words[0].start
    let end = max(words[words.count - 1].end, min(start + Self.shortestSeconds, next))
    let text = words.map(\.text).joined(separator: " ")
    return (format == .subRip ? "\(number)\n" : "") + "\(time(start)) --> \(time(end))\n\(text)\n\n"
  }

  /// `01:02:03,004`, or with a point.
  private func time(_ seconds: Double) -> String {
    let all = Int((seconds * 1000).rounded())
    return String(
      format: "%02d:%02d:%02d\(format == .subRip ? "," : ".")%03d", all / 3_600_000, all / 60_000 % 60, all / 1000 % 60, all % 1000)
  }
}
