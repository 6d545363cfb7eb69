import Foundation
import Testing

/// A run watched on a terminal, which the tool `script` (util-linux) pretends to be.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script"), "needs /usr/bin/script"))
struct TerminalTests {
  private func onTerminal(_ command: String, in scratch: Scratch, term: String = "xterm") throws -> Outcome {
    let quoted = "'\(Recurrent.url.path)' \(command)"
    return try Running(
      [], in: scratch, environment: ["TERM": term, "LANG": "C.UTF-8"],
      shell: "exec script -qec \"stty cols 100; \(quoted)\" /dev/null"
    ).wait()
  }

  @Test func aLiveLineAndASampleAfterEachEpoch() throws {
    let scratch = try TinyRun.scratch(textCount: 40000)
    let outcome = try onTerminal("train tiny.yaml", in: scratch)
    #expect(outcome.status == 0, "\(outcome.output)")
    let redrawn = outcome.output.split(separator: "\r").filter { $0.hasPrefix("epoch ") && $0.contains("gradient") }
    #expect(!redrawn.isEmpty)
    #expect(redrawn.allSatisfy { $0.contains("left") && $0.hasSuffix("\u{1B}[K") })
    #expect(outcome.output.contains("  │ "), "a sample with a margin")
    #expect(outcome.output.contains("validation"))
  }

  @Test func aDumbTerminalGetsPlainLines() throws {
    let outcome = try onTerminal("train tiny.yaml", in: try TinyRun.scratch(), term: "dumb")
    #expect(outcome.status == 0)
    #expect(!outcome.output.contains("\u{1B}"))
  }
}
