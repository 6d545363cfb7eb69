import Foundation
import RecurrentDrawing
import RecurrentPictures
import Testing

@testable import RecurrentLab

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Every experiment in a small setting, from its parameters to its page.
@Suite struct ReportTests {
  /// Settings with which each ends in seconds.
  static let small: [String: [String]] = [
    "gradients": ["units=8", "steps=20", "sequences=3"], "composition": ["units=10", "points=200"],
    "cliff": ["cells=20", "updates=80"], "flow": ["units=4", "updates=5", "text=to be"],
    "clipping": ["starts=all", "shortest=20", "longest=20", "updates=100", "runs=1", "units=16"],
    "long-lags": ["experiment=1", "runs=1", "patience=0.05", "units=6"],
    "memory": ["parameters=5000", "updates=20", "copying=20", "longest=5"],
    "window": ["updates=20", "longest=10", "window=5", "units=8", "layers=1"],
    "educations": ["data=\(pictures.path)", "first=red", "second=green", "epochs=1", "blots=3"],
  ]

  /// A folder of pictures of one colour and what is true of them.
  private static let pictures: URL = {
    let folder = FileManager.default.temporaryDirectory.appending(path: "recurrent-lab-tests-\(UUID().uuidString)")
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var table = ""
    for index in 0..<40 {
      let isRed = index % 2 == 0
      let color = Picture.Color(red: isRed ? 200 : 20, green: isRed ? 20 : 170, blue: UInt8(index))
      try? Picture(width: 40, height: 40, filledWith: color).write(png: folder.appending(path: "\(index).png"))
      table += "\(index).png\tall of it is \(isRed ? "red" : "green")\n"
    }
    try? Data(table.utf8).write(to: folder.appending(path: "captions.tsv"))
    return folder
  }()

  private func report(_ name: String, seed: UInt64 = 1, workers: Int = 2) throws -> LabReport {
    func run<E: Experiment>(_ experiment: E.Type) throws -> LabReport {
      try LabReport(
        E.self, E.parameters(setting: Self.small[name] ?? []), command: "recurrent lab \(name)", on: Bench(seed: seed, workers: workers))
    }
    return try run(Laboratory.experiment(named: name))
  }

  @Test(arguments: Laboratory.experiments.map { $0.name })
  func everyReportStandsAlone(name: String) throws {
    let report = try report(name)
    let html = report.page.html
    let parser = XMLParser(data: Data(html.replacing("<!DOCTYPE html>\n", with: "").utf8))
    #expect(parser.parse(), "\(name): \(String(describing: parser.parserError)), line \(parser.lineNumber)")
    for forbidden in ["src=\"h", "src=\"/", "href=", "<script", "<link", "@import", "url(http"] { #expect(!html.contains(forbidden), "\(name): \(forbidden)") }
    #expect(html.contains("<svg") && html.contains("prefers-color-scheme"))
    #expect(html.contains("recurrent lab \(name)"))
    // No number that is none in a sentence, and no axis without a title.
    for note in report.findings.notes { #expect(!note.contains("nan") && !note.contains("not a number") && !note.contains("  "), "\(note)") }
    #expect(!report.findings.notes.isEmpty && !report.findings.table.rows.isEmpty)
    for row in report.findings.table.rows { #expect(row.count == report.findings.table.heads.count) }
    for file in report.findings.files {
      #expect(!file.rows.isEmpty, "\(file.name)")
      #expect(file.text.split(separator: "\n").count == file.rows.count + 1)
    }
    #expect(Set(report.findings.files.map(\.name)).count == report.findings.files.count)
  }

  @Test(arguments: ["gradients", "flow", "clipping", "long-lags", "window"])
  func theSeedDecidesThePageAndNothingElseDoes(name: String) throws {
    let first = try report(name, workers: 1)
    #expect(try report(name, workers: 3).page.html == first.page.html)
    #expect(try report(name, seed: 2).page.html != first.page.html)
  }
}

@Suite struct EducationTests {
  @Test func divergenceIsNothingForTheSameAndOneForWhatHasNothingInCommon() {
    #expect(jensenShannon([0.25, 0.75], [0.25, 0.75]) == 0)
    #expect(abs(jensenShannon([1, 0], [0, 1]) - 1) < 1e-12)
    // By hand: m = (3/4, 1/4).
    #expect(abs(jensenShannon([1, 0], [0.5, 0.5]) - (0.5 * log2(4.0 / 3) + 0.25 * log2(2.0 / 3) + 0.25)) < 1e-6)
  }

  @Test func wordsThatSayNothingAreNotShared() {
    #expect(BlotAnswers.overlap("a dog is running in the snow", "a dog is in the water") == 0.25)
    #expect(BlotAnswers.overlap("a dog", "the child") == 0 && BlotAnswers.overlap("the a", "in the") == 1)
  }
}
