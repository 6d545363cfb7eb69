import Foundation
import Testing

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// How a run of the command ended and what it said.
struct Outcome {
  /// The exit code; 128 and the signal's number where a signal ended it.
  var status: Int32
  var output: String
  var error: String

  /// Standard output's lines as JSON objects; a line that is none is reported.
  func objects(_ location: SourceLocation = #_sourceLocation) -> [[String: Any]] {
    output.split(separator: "\n").compactMap { line in
      let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      if object == nil { Issue.record("not a JSON object: \(line)", sourceLocation: location) }
      return object
    }
  }
}

/// The built command, run as a person would run it.
enum Recurrent {
  /// The executable that was built with these tests: it lies beside the test bundle.
  static let url: URL = {
    #if canImport(Darwin)
      let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL
      let directory = (bundle ?? Bundle.main.bundleURL).deletingLastPathComponent()
    #else
      let directory = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    #endif
    return directory.appending(path: "recurrent")
  }()

  /// Runs it to its end.
  static func run(
    _ arguments: [String], in directory: Scratch, input: String = "", environment: [String: String] = [:]
  ) throws -> Outcome {
    try Running(arguments, in: directory, input: input, environment: environment).wait()
  }
}

/// The command while it runs.
final class Running {
  private let process = Process()
  private let outputURL: URL
  private let errorURL: URL

  /// Starts the command, or `shell` with the command as `$0` and its arguments as `$@`.
  init(
    _ arguments: [String], in directory: Scratch, input: String = "", environment: [String: String] = [:],
    shell: String? = nil
  ) throws {
    let name = UUID().uuidString
    outputURL = directory.url.appending(path: ".output-\(name)")
    errorURL = directory.url.appending(path: ".error-\(name)")
    let inputURL = directory.url.appending(path: ".input-\(name)")
    try Data(input.utf8).write(to: inputURL)
    try Data().write(to: outputURL)
    try Data().write(to: errorURL)
    if let shell {
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = ["-c", shell, Recurrent.url.path] + arguments
    } else {
      process.executableURL = Recurrent.url
      process.arguments = arguments
    }
    process.currentDirectoryURL = directory.url
    // No terminal, no settings of whoever runs the tests.
    process.environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"]
      .merging(environment) { $1 }
    process.standardInput = try FileHandle(forReadingFrom: inputURL)
    process.standardOutput = try FileHandle(forWritingTo: outputURL)
    process.standardError = try FileHandle(forWritingTo: errorURL)
    try process.run()
  }

  /// Sends a signal.
  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// Whether it has not ended.
  var isRunning: Bool { process.isRunning }

  /// What it has written to standard output so far.
  var outputSoFar: String { (try? String(contentsOf: outputURL, encoding: .utf8)) ?? "" }

  /// Waits for its end.
  func wait() throws -> Outcome {
    process.waitUntilExit()
    let status = process.terminationStatus + (process.terminationReason == .uncaughtSignal ? 128 : 0)
    return Outcome(
      status: status, output: String(decoding: try Data(contentsOf: outputURL), as: UTF8.self),
      error: String(decoding: try Data(contentsOf: errorURL), as: UTF8.self))
  }
}

/// A directory that goes when the test ends.
final class Scratch {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "recurrent-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Writes a file and gives its name.
  @discardableResult
  func file(_ name: String, _ text: String) throws -> String {
    try file(name, Data(text.utf8))
  }

  @discardableResult
  func file(_ name: String, _ data: Data) throws -> String {
    try data.write(to: url.appending(path: name))
    return name
  }

  /// The bytes of a file.
  func bytes(_ name: String) throws -> Data { try Data(contentsOf: url.appending(path: name)) }

  /// The text of a file.
  func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

  /// Whether there is a file or a directory of this name.
  func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: url.appending(path: name).path) }
}
