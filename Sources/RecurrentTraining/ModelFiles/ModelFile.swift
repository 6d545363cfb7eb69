public import Foundation
public import RecurrentLayers
import RecurrentTensors

/// Writes a model's parameters, under their paths, and what is needed to make sense of them.
///
/// - Parameters:
///   - model: Any module.
///   - metadata: Text by key: `configuration` (JSON), `vocabulary` (a JSON array in order of index), and whatever else
///     the task needs to read the model back. `format` = `recurrent` is added.
///   - url: The file; an old one is replaced in one piece.
/// - Throws: `FileWriteError`.
public func saveModel<M: Module>(_ model: M, metadata: [String: String] = [:], to url: URL) throws {
  var metadata = metadata
  metadata["format"] = "recurrent"
  try SafetensorsFile.write(contents(of: model, prefix: ""), metadata: metadata, to: url)
}

/// Replaces the parameters of `model` by the tensors of `file` that have their paths.
///
/// Strict: nothing is changed unless every parameter has a tensor of its shape and every tensor a parameter; the error
/// lists all that is amiss at once. Numbers of other types (F64, F16, BF16) are converted; all must be finite.
///
/// - Parameters:
///   - model: A model of the right structure; its own numbers do not matter.
///   - file: The file.
///   - prefix: What stands before the paths in the file, such as `rnn.`; tensors without it are not looked at.
/// - Throws: ``ModelFileError``, or `SafetensorsError` for a tensor that does not hold real numbers.
public func loadParameters<M: Module>(
  into model: inout M, from file: SafetensorsFile, prefix: String = ""
) throws {
  try loadParameters(into: &model, from: file, prefix: prefix, mustBeFinite: true)
}

/// The same for any numbers: the moments of an optimizer may be infinite where its run went on all the same.
func loadParameters<M: Module>(
  into model: inout M, from file: SafetensorsFile, prefix: String, mustBeFinite: Bool
) throws {
  let parameters = model.parameters
  var error = ModelFileError(path: file.path)
  for (path, tensor) in parameters {
    if let entry = file.entry(prefix + path) {
      if entry.shape != Array(tensor.shape) {
        error.misshapen.append(.init(name: entry.name, expected: Array(tensor.shape), found: entry.shape))
      }
    } else {
      error.missing.append(prefix + path)
    }
  }
  let known = Set(parameters.map { prefix + $0.path })
  error.unexpected = file.entries.map(\.name).filter { $0.hasPrefix(prefix) && !known.contains($0) }
  if !error.isEmpty { throw error }
  let tensors = try parameters.map { try file.tensor(prefix + $0.path, as: M.Scalar.self) }
  if mustBeFinite { error.notFinite = zip(parameters, tensors).filter { !$1.isFinite }.map { prefix + $0.0.path } }
  if !error.isEmpty { throw error }
  model.setParameters(tensors)
}

/// The parameters of a module as a file's tensors.
func contents<M: Module>(of module: M, prefix: String) -> [SafetensorsFile.Content] {
  module.parameters.map { SafetensorsFile.Content(prefix + $0.path, $0.tensor) }
}

/// The parameters of a model and the tensors of a file do not fit each other.
public struct ModelFileError: Error, Equatable, CustomStringConvertible {
  /// A tensor of another shape than its parameter.
  public struct Misshapen: Sendable, Equatable {
    /// Its name in the file.
    public var name: String
    /// The parameter's shape.
    public var expected: [Int]
    /// The tensor's shape.
    public var found: [Int]
  }

  /// The file.
  public let path: String
  /// Parameters for which the file has no tensor.
  public internal(set) var missing: [String] = []
  /// Tensors that belong to no parameter.
  public internal(set) var unexpected: [String] = []
  /// Tensors with numbers that are none: NaN or infinite.
  public internal(set) var notFinite: [String] = []
  /// Tensors of another shape than their parameter.
  public internal(set) var misshapen: [Misshapen] = []

  init(path: String) { self.path = path }

  var isEmpty: Bool { missing.isEmpty && unexpected.isEmpty && misshapen.isEmpty && notFinite.isEmpty }

  public var description: String {
    var parts: [String] = []
    if !missing.isEmpty { parts.append("missing: \(list(missing))") }
    if !unexpected.isEmpty { parts.append("unexpected: \(list(unexpected))") }
    if !misshapen.isEmpty {
      parts.append("of another shape: \(list(misshapen.map { "\($0.name) \($0.found), expected \($0.expected)" }))")
    }
    if !notFinite.isEmpty { return "\(path): not all numbers are finite in: \(list(notFinite)); the file is damaged, or its training went wrong" }
    return "\(path): the tensors do not fit the model; \(parts.joined(separator: "; "))"
  }

  private func list(_ items: [String]) -> String {
    let shown = items.prefix(12).joined(separator: ", ")
    return items.count > 12 ? "\(shown), and \(items.count - 12) more" : shown
  }
}
