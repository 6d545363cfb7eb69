public import Foundation
import RecurrentTensors

extension Recipe {
  /// The names of the recipes that come with the package.
  public static var builtInNames: [String] { EmbeddedFiles.recipes.map(\.name) }

  /// The recipes that come with the package.
  public static var builtIn: [Recipe] {
    EmbeddedFiles.recipes.map { name, text in
      do {
        return try Recipe(yaml: text, name: name, origin: name)
      } catch {
        // They are part of this package and read by a test.
        fatalError("Recipe: the built-in recipe \(error)")
      }
    }
  }

  /// The YAML of a built-in recipe with its comments, or nil where there is none of that name.
  public static func builtInText(named name: String) -> String? {
    EmbeddedFiles.recipes.first { $0.name == name }?.text
  }

  /// A recipe from YAML text.
  ///
  /// - Parameter tasks: The tasks that it may name.
  /// - Throws: ``RecipeError`` with the line of the first mistake.
  public init(
    yaml: String, name: String, origin: String, tasks: TaskRegistry = .standard
  ) throws(RecipeError) {
    self = try RecipeReader(origin: origin, name: name, tasks: tasks).recipe(from: yaml)
  }

  /// A recipe from a YAML file.
  ///
  /// - Throws: ``RecipeError`` when the file cannot be read, is not UTF-8, or has a mistake in it.
  public init(contentsOf url: URL, tasks: TaskRegistry = .standard) throws(RecipeError) {
    let path = url.relativePath
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory) else {
      throw RecipeError(origin: path, problem: "no such file; `recurrent recipes` lists what there is")
    }
    guard !isDirectory.boolValue else {
      throw RecipeError(origin: path, problem: "is a directory; a recipe is a YAML file")
    }
    // Configuration, not data: a larger file is a mistaken path.
    let limit = 1 << 20
    let data: Data
    do {
      let handle = try FileHandle(forReadingFrom: url)
      defer { try? handle.close() }
      data = try handle.read(upToCount: limit + 1) ?? Data()
    } catch {
      throw RecipeError(origin: path, problem: "cannot be read: \(error.localizedDescription)")
    }
    guard data.count <= limit else {
      throw RecipeError(origin: path, problem: "is larger than a megabyte; a recipe is a short YAML file")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw RecipeError(origin: path, problem: "is not UTF-8 text; a recipe is a YAML file")
    }
    let name = url.deletingPathExtension().lastPathComponent
    try self.init(yaml: text, name: name, origin: path, tasks: tasks)
  }

  /// The recipe that a user names: a path to a YAML file, or the name of one that comes with the package.
  ///
  /// A path has a slash or ends in `.yaml` or `.yml`; a built-in name is taken first.
  ///
  /// - Throws: ``RecipeError`` when there is none, with the nearest built-in name, or when it has a mistake in it.
  public init(named reference: String) throws(RecipeError) {
    let url = URL(fileURLWithPath: reference, relativeTo: nil)
    let looksLikePath = reference.contains("/") || reference.hasSuffix(".yaml") || reference.hasSuffix(".yml")
    if let text = Self.builtInText(named: reference) {
      try self.init(yaml: text, name: reference, origin: reference)
      return
    }
    if looksLikePath || FileManager.default.fileExists(atPath: reference) {
      let stem = url.deletingPathExtension().lastPathComponent
      if !FileManager.default.fileExists(atPath: reference), Self.builtInNames.contains(stem) {
        throw RecipeError(
          origin: reference, problem: "no such file; the recipe inside the command is called \"\(stem)\" without a path"
        )
      }
      do {
        try self.init(contentsOf: url)
      } catch {
        // The path as the user wrote it, not as made absolute.
        throw RecipeError(origin: reference, line: error.line, problem: error.problem)
      }
      origin = reference
      return
    }
    let hint =
      nearest(to: reference, among: Self.builtInNames).map { "did you mean \"\($0)\"?" }
      ?? "`recurrent recipes` lists what there is"
    throw RecipeError(origin: reference, problem: "no such recipe or file; \(hint)")
  }
}
