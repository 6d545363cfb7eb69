import Foundation

/// Words filled into lines of at most `width` columns, each after `indent` spaces.
func filledLines(_ text: String, width: Int, indent: Int = 0) -> [String] {
  let margin = String(repeating: " ", count: indent)
  var lines: [String] = []
  var line = ""
  for word in text.split(separator: " ") {
    if !line.isEmpty, indent + line.count + 1 + word.count > width {
      lines.append(margin + line)
      line = ""
    }
    line += line.isEmpty ? String(word) : " " + word
  }
  return line.isEmpty ? lines : lines + [margin + line]
}

/// The command as the person called it, to be repeated in advice: "recurrent", or the path to it.
var commandAsCalled: String {
  let name = CommandLine.arguments.first ?? "recurrent"
  return name.isEmpty ? "recurrent" : shellWord(name)
}

/// A word as a shell takes it: in quotes where it has spaces or other signs.
func shellWord(_ text: String) -> String {
  let isPlain = text.unicodeScalars.allSatisfy {
    $0.properties.isAlphabetic || "0123456789-_./+:,@%=".unicodeScalars.contains($0)
  }
  return isPlain && !text.isEmpty ? text : "'" + text.replacing("'", with: "'\\''") + "'"
}
