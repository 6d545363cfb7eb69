import Foundation
import Testing

/// Each block of Swift in an article is a marked piece of a test, which compiles and runs it.
@Suite struct ArticleTests {
  private static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static func lines(_ path: String) throws -> [String] {
    try String(contentsOf: package.appending(path: path), encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// What stands between lines, without the margin of the first of these.
  private static func pieces(of path: String, from isStart: (String) -> Bool, to isEnd: (String) -> Bool) throws -> [String] {
    var pieces: [String] = [], (piece, margin): ([String]?, Int) = (nil, 0)
    for line in try lines(path) {
      if let open = piece {
        piece = isEnd(line) ? nil : open + [String(line.dropFirst(margin))]
        if piece == nil { pieces.append(open.joined(separator: "\n")) }
      } else if isStart(line) {
        (piece, margin) = ([], line.prefix { $0 == " " }.count)
      }
    }
    return pieces
  }

  private static func blocks(of path: String) throws -> [String] {
    try pieces(of: path, from: { $0 == "```swift" }, to: { $0 == "```" })
  }

  /// Each article with Swift in it, and the files of tests whose marked pieces it shows.
  private static let tests = [
    "README.md": ["RecurrentTests/ReadmeTests.swift"],
    "Sources/Recurrent/Recurrent.docc/Recurrent.md": ["RecurrentTests/ReadmeTests.swift"],
    "Sources/Recurrent/Recurrent.docc/AttentionStepByStep.md": ["RecurrentTests/AttentionArticleTests.swift"],
    "Sources/Recurrent/Recurrent.docc/GettingStarted.md": ["OutsiderTests/GettingStartedTests.swift", "OutsiderTests/OwnCell.swift"],
  ]

  @Test(arguments: tests.keys.sorted()) func theCodeIsTheTests(article: String) throws {
    let pieces = try (Self.tests[article] ?? []).flatMap {
      try Self.pieces(of: "Tests/\($0)", from: { $0.hasSuffix(" begins") && $0.contains("// ") }, to: { $0.hasSuffix(" ends") && $0.contains("// ") })
    }
    let blocks = try Self.blocks(of: article).filter { !$0.hasPrefix("// swift-tools-version") }
    #expect(!blocks.isEmpty)
    for block in blocks {
      let code = block.hasPrefix("import Recurrent\n\n") ? String(block.dropFirst(18)) : block
      #expect(pieces.contains(code), "not compiled as it stands in \(article):\n\(code)")
    }
  }

  @Test func everyArticleIsListed() throws {
    for directory in [".", "Documentation", "Sources/Recurrent/Recurrent.docc"] {
      for name in try FileManager.default.contentsOfDirectory(atPath: Self.package.appending(path: directory).path) where name.hasSuffix(".md") {
        let path = directory == "." ? name : "\(directory)/\(name)"
        #expect(try Self.blocks(of: path).isEmpty || Self.tests[path] != nil, "\(path)")
      }
    }
  }

  /// SwiftPM reads the manifest that a newcomer copies, and finds this package's product in it.
  @Test func theManifestIsOne() throws {
    let manifest = try #require(
      try Self.blocks(of: "Sources/Recurrent/Recurrent.docc/GettingStarted.md").first { $0.hasPrefix("// swift-tools-version") })
    #expect(try Self.lines("Package.swift").contains { $0.contains(#".library(name: "Recurrent""#) })
    let directory = FileManager.default.temporaryDirectory.appending(path: "manifest-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    try Data(manifest.utf8).write(to: directory.appending(path: "Package.swift"))
    let process = Process(), output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["swift", "package", "--package-path", directory.path, "dump-package"]
    process.standardOutput = output
    try process.run()
    let description = try #require(try JSONSerialization.jsonObject(with: output.fileHandleForReading.readDataToEndOfFile()) as? [String: Any])
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(description["name"] as? String == "waves")
    #expect("\(description["targets"] ?? "")".contains("Recurrent"))
  }
}
