public import RecurrentTraining

/// An experiment of the lab: one question about recurrent networks, asked of networks and answered with a picture.
///
/// A conforming type is an enumeration without cases. Its parameters are a `Configuration`, so that ranges, help and the
/// nearest key to a misspelled one come from the same table as those of recipes. ``Laboratory`` has the list of all.
///
/// A run is a pure function of the parameters and the bench's seed: the number of threads never changes a digit.
public protocol Experiment: Sendable {
  /// What can be set.
  associatedtype Parameters: Configuration

  /// Its name on the command line.
  static var name: String { get }

  /// What it shows, in one line.
  static var summary: String { get }

  /// The question, and how it is asked: the report's first paragraphs.
  static var introduction: [String] { get }

  /// The equations that the introduction speaks of, line by line; empty: none.
  static var equations: String { get }

  /// The papers and books that it follows.
  static var sources: [String] { get }

  /// The parameters of the long form, at the scale of the paper; nil: the usual form is at that scale.
  static var fullParameters: Parameters? { get }

  /// Does it.
  ///
  /// - Throws: ``LabInterruption`` when the bench is asked to stop, ``LabError`` where the world is not as it must be.
  static func run(_ parameters: Parameters, on bench: Bench) throws -> Findings
}

extension Experiment {
  public static var equations: String { "" }
  public static var fullParameters: Parameters? { nil }
}

/// The run was asked to stop; nothing has been written.
public struct LabInterruption: Error, Equatable {}

/// An experiment cannot run: a file or a model is unsuitable, or parameters do not fit each other.
public struct LabError: Error, Equatable, CustomStringConvertible {
  /// What is wrong, and what to do.
  public let description: String

  /// An error with the given description.
  public init(_ description: String) { self.description = description }
}
