import Foundation

// Arguments: a file of preludes, the file to write that lists the examples, and pairs of a documented file and the file to write of its examples.
//
// An example that begins with its imports is whole: it is compiled with these alone, and run by `ExampleTests`. Any other is a fragment: it is
// compiled behind the prelude of its file, which declares the names that it uses. Errors of the compiler point at the documentation.

struct Example {
  let file: String
  let line: Int  // of its first line
  let code: [String]
  var isWhole: Bool { code.first?.hasPrefix("import ") ?? false }
}

func lines(_ path: String) throws -> [String] {
  try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
}

func examples(in path: String) throws -> [Example] {
  var examples: [Example] = [], open: (line: Int, code: [String])?
  for (index, line) in try lines(path).enumerated() {
    let text = line.drop { $0 == " " }
    if let (first, code) = open {
      guard text.hasPrefix("///") else { fatalError("\(path):\(first): the example has no end") }
      let body = text.dropFirst(3), isEnd = body.hasSuffix("```")
      if isEnd { examples.append(Example(file: path, line: first, code: code)) }
      open = isEnd ? nil : (first, code + [String(body.hasPrefix(" ") ? body.dropFirst() : body)])
    } else if text.hasPrefix("/// ```swift") {
      open = (index + 2, [])
    }
  }
  return examples
}

/// The preludes by the name of their file; `// MARK: One.swift, Another.swift` begins that of one or several.
func readPreludes(_ path: String) throws -> [String: [String]] {
  var preludes: [String: [String]] = [:], names: [String] = []
  for line in try lines(path) {
    if line.hasPrefix("// MARK: ") {
      names = line.dropFirst(9).split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    } else {
      for name in names { preludes[name, default: []].append(line) }
    }
  }
  return preludes
}

/// The names that the code declares outside of braces, so that none counts as unused.
func declaredNames(_ code: [String]) -> [String] {
  code.flatMap { line -> [String] in
    guard let match = line.prefixMatch(of: /(?:let|var) (?:\(([^)]*)\)|(\w+))/) else { return [] }
    return (match.1 ?? match.2 ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { $0 != "_" }
  }
}

let arguments = CommandLine.arguments.dropFirst().map { $0 }
var unused = try readPreludes(arguments[0])
let preludes = unused
var calls: [String] = []
for place in stride(from: 2, to: arguments.count, by: 2) {
  let name = arguments[place].split(separator: "/").last.map(String.init) ?? ""
  unused[name] = nil
  var imports: Set = ["import Foundation"], functions: [String] = []
  for example in try examples(in: arguments[place]) {
    let function = "example_\(name.dropLast(6).replacing("+", with: "_"))_\(example.line)"
    let code = example.code.map { $0.hasPrefix("import ") ? "" : $0 }
    imports.formUnion(example.isWhole ? example.code.filter { $0.hasPrefix("import ") } : ["import Recurrent"])
    let used = declaredNames(code + (example.isWhole ? [] : preludes[name] ?? []))
    functions += ["func \(function)() throws {"] + (example.isWhole ? [] : preludes[name] ?? [])
    functions += ["#sourceLocation(file: \"\(example.file)\", line: \(example.line))"] + code + ["#sourceLocation()"]
    functions += Set(used).sorted().map { "_ = \($0)" } + ["}", ""]
    if example.isWhole { calls.append("  (\"\(name):\(example.line)\", \(function)),") }
  }
  try (imports.sorted() + [""] + functions).joined(separator: "\n").write(toFile: arguments[place + 1], atomically: true, encoding: .utf8)
}
if let name = unused.keys.first { fatalError("\(arguments[0]): no file \(name) has examples") }
try (["/// The examples that need nothing but what they import.", "let wholeExamples: [(name: String, run: @Sendable () throws -> Void)] = ["] + calls + ["]", ""])
  .joined(separator: "\n").write(toFile: arguments[1], atomically: true, encoding: .utf8)
