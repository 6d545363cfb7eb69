public import Foundation
public import RecurrentData

/// Examples in parts: those of a directory with a file for each part, or of one file that is divided.
///
/// What is held out depends on the data and the recipe alone, not on a run's seed, so that it can be measured later.
public struct Parts<Examples: Sendable>: Sendable {
  /// Where they are from, for messages.
  public let path: String
  /// The parts that have examples.
  public let sets: [DataPart: Examples]
  private let advice: @Sendable (DataPart) -> String

  /// The parts of a source.
  ///
  /// - Parameters:
  ///   - directory: Reads the parts that a directory has files for.
  ///   - file: Reads a file and divides it.
  ///   - holdingOut: Divides the training part in two where none has been read for validation; nil: nothing is held out.
  ///   - isEmpty: Whether a part has no examples, and so is none.
  ///   - advice: What to do where a part is missing.
  public init(
    _ source: DataSource, directory: (URL) throws -> [DataPart: Examples], file: (URL) throws -> [DataPart: Examples],
    holdingOut: ((Examples) throws -> [DataPart: Examples])? = nil, isEmpty: (Examples) -> Bool,
    advice: @escaping @Sendable (DataPart) -> String
  ) throws {
    let url = try source.url()
    var sets = try source.isDirectory ? directory(url) : file(url)
    if sets[.validation] == nil, let training = sets[.train], let holdingOut {
      let divided = try holdingOut(training)
      (sets[.train], sets[.validation]) = (divided[.train], divided[.validation])
    }
    self.init(path: url.relativePath, sets: sets.filter { !isEmpty($0.value) }, advice: advice)
  }

  /// Parts that have been read.
  public init(path: String, sets: [DataPart: Examples], advice: @escaping @Sendable (DataPart) -> String) {
    (self.path, self.sets, self.advice) = (path, sets, advice)
  }

  /// A part.
  ///
  /// - Throws: `DataError` where there is none: the parts that there are, and what to do.
  public func part(_ part: DataPart) throws(DataError) -> Examples {
    if let examples = sets[part] { return examples }
    let available = DataPart.allCases.filter { sets[$0] != nil }.map(\.rawValue).joined(separator: ", ")
    throw DataError(
      path, "there is no \(part.rawValue) part (there is: \(available.isEmpty ? "none" : available)); \(advice(part))")
  }
}

extension SplitFractions {
  /// All of the data in the training part.
  public static var everything: SplitFractions { SplitFractions(train: 1, validation: 0, test: 0) }

  /// All but a share that is held out for validation.
  public static func holdingOut(_ validation: Double) -> SplitFractions {
    SplitFractions(train: 1 - validation, validation: validation, test: 0)
  }
}
