public import RecurrentData
import RecurrentTraining

/// A configuration with the key `split`: the parts of a single file for training, validation and test, in this order.
public protocol SplitConfiguration {
  /// The parts.
  var split: [Double] { get }
}

extension SplitConfiguration {
  /// How one file is cut.
  public var fractions: SplitFractions { SplitFractions(train: split[0], validation: split[1], test: split[2]) }

  /// Checks that the parts are shares of one whole.
  ///
  /// - Parameters:
  ///   - needsValidation: Whether there must be a validation part beside the training part.
  ///   - usual: What to write instead.
  func validateSplit(needsValidation: Bool = false, usual: String) throws {
    guard fractions.areValid, split[0] > 0, !needsValidation || split[1] > 0 else {
      throw ConfigurationError(
        key: "split",
        "the parts \(split) must add up to 1 at most, the first \(needsValidation ? "two " : "")above 0; the usual split is \(usual)")
    }
  }
}
