/// A recipe, or an override of one of its keys, that cannot be used: where, what, and what to do.
///
/// Its description is one line: `Recipes/mine.yaml:12: unknown key "hiden" in model; did you mean "hidden"?`
public struct RecipeError: Error, Equatable, CustomStringConvertible, Sendable {
  /// The file, the name of a built-in recipe, or the command-line option in which the mistake stands.
  public let origin: String
  /// The line in the file, counted from 1, where there is one.
  public let line: Int?
  /// What is wrong, and what to do.
  public let problem: String

  /// An error at a place.
  public init(origin: String, line: Int? = nil, problem: String) {
    self.origin = origin
    self.line = line
    self.problem = problem
  }

  public var description: String {
    line.map { "\(origin):\($0): \(problem)" } ?? "\(origin): \(problem)"
  }
}
