/// Artifacts as parts of a model file's metadata: the text of each member of a JSON object by its name.
enum ArtifactParts {
  /// The members of a JSON object that an encoder wrote without white space, each as the text that it has there.
  static func parts(of object: String) -> [String: String] {
    let bytes = Array(object.utf8)
    var parts: [String: String] = [:]
    var (depth, start, isText) = (0, 1, false)
    var name: String?
    var position = 0
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\\") where isText: position += 1  // what it escapes is passed over
      case UInt8(ascii: "\""): isText.toggle()
      case _ where isText: break
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: ":") where depth == 1:
        name = String(decoding: bytes[(start + 1)..<(position - 1)], as: UTF8.self)
        start = position + 1
      case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 1, let member = name {
          parts[member] = String(decoding: bytes[start..<position], as: UTF8.self)
          (name, start) = (nil, position + 1)
        }
        if bytes[position] != UInt8(ascii: ",") { depth -= 1 }
      default: break
      }
      position += 1
    }
    return parts
  }

  /// The JSON object of the parts.
  static func object(of parts: [String: String]) -> String {
    "{" + parts.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
  }
}

/// Artifacts that cannot be read, or do not fit the settings of their model.
public struct ArtifactError: Error, Equatable, CustomStringConvertible {
  /// What is wrong, to be read after the file's path: "has a scaling of other columns than its configuration".
  public let description: String

  /// A problem with the artifacts of a file.
  public init(_ description: String) { self.description = description }

  /// What `make` makes of the artifact `name`; its error becomes one that names the artifact.
  public static func reading<Value>(_ name: String, _ make: () throws -> Value) throws(ArtifactError) -> Value {
    do {
      return try make()
    } catch {
      throw ArtifactError("has a \(name) that cannot be read: \(error)")
    }
  }
}
