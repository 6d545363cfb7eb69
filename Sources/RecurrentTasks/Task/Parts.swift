public import Foundation
public import RecurrentData

/// Examples in parts: those of a directory with a file for each part, or of one file that is divided.
///
/// What is held out depends on the data and the recipe alone, not on a run's seed, so that it can be measured later; and where an example goes
/// depends on its own content alone (`Splits.byContent`), so that it stays there when others come.
public struct Parts<Examples: ExampleSet>: Sendable {
  /// Where they are from, for messages.
  public let path: String
  /// The parts that have examples.
  public internal(set) var sets: [DataPart: Examples]
  private let advice: @Sendable (DataPart) -> String

  /// The parts of a source.
  ///
  /// - Parameters:
  ///   - directory: Reads the parts that a directory has files for.
  ///   - file: Reads a file.
  ///   - dividing: Which examples of a file go into which part; nil: all are trained on.
  ///   - holdingOut: Divides the training part in two where none has been read for validation; nil: nothing is held out.
  ///   - advice: What to do where a part is missing.
  public init(
    _ source: DataSource, directory: (URL) throws -> [DataPart: Examples], file: (URL) throws -> Examples,
    dividing: ((Examples) throws -> [DataPart: [Int]])? = nil, holdingOut: ((Examples) throws -> [DataPart: [Int]])? = nil,
    advice: @escaping @Sendable (DataPart) -> String
  ) throws {
    func divided(_ whole: Examples, _ indices: [DataPart: [Int]]) -> [DataPart: Examples] { indices.mapValues { whole.selecting($0) } }
    let url = try source.url()
    var sets: [DataPart: Examples]
    if source.isDirectory {
      sets = try directory(url)
    } else {
      let whole = try file(url)
      sets = try dividing.map { divided(whole, try $0(whole)) } ?? [.train: whole]
    }
    if (sets[.validation]?.count ?? 0) == 0, let training = sets[.train], let holdingOut {
      let parts = divided(training, try holdingOut(training))
      (sets[.train], sets[.validation]) = (parts[.train], parts[.validation])
    }
    self.init(path: url.relativePath, sets: sets.filter { $0.value.count > 0 }, advice: advice)
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
      path, "there is no \(part.rawValue) part (there is: \(available.isEmpty ? "none" : available)); \(advice(part))\(likeness)")
  }

  /// What must be said where all examples are so alike that they do not make three parts.
  private var likeness: String {
    let contents = sets.values.flatMap(\.contents)
    let different = Set(contents).count
    guard different < DataPart.allCases.count, different < contents.count else { return "" }
    return "; of \(Figures.grouped(contents.count)) \(Examples.nouns.many) only \(different) \(different == 1 ? "is" : "are") different, and equal ones"
      + " are dealt into one part"
  }

  /// What a model that is trained on these parts was trained on.
  public var trainedOn: TrainedOn? { sets[.train].map { TrainedOn($0.contents) } }

  /// Says of each part that is measured how many of its examples are in the training part too, where there are any.
  public var overlaps: [String] {
    guard let training = sets[.train] else { return [] }
    let known = Set(training.contents)
    return [DataPart.validation, .test].compactMap { part in
      guard let examples = sets[part] else { return nil }
      let count = examples.contents.count { known.contains($0) }
      if count == 0 { return nil }
      let noun = examples.count == 1 ? Examples.nouns.one : Examples.nouns.many
      return "\(path): \(Figures.grouped(count)) of \(Figures.grouped(examples.count)) \(noun) of the \(part.rawValue) part"
        + " \(count == 1 ? "is" : "are") in the training part too"
    }
  }
}

extension SplitFractions {
  /// All of the data in the training part.
  public static var everything: SplitFractions { SplitFractions(train: 1, validation: 0, test: 0) }

  /// All but a share that is held out for validation.
  public static func holdingOut(_ validation: Double) -> SplitFractions {
    SplitFractions(train: 1 - validation, validation: validation, test: 0)
  }

  /// All but shares that are held out for validation and the test.
  public static func holdingOut(_ validation: Double, test: Double) -> SplitFractions {
    SplitFractions(train: 1 - validation - test, validation: validation, test: test)
  }
}
