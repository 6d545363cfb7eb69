public import Foundation

/// A line of `metrics.jsonl`: a step, an evaluation in the middle of an epoch, or an epoch.
///
/// The file is the source of the loss picture and of any analysis. All fields but those of ``clockKeys`` are the same
/// in every run with the same seed, interrupted or not.
public struct MetricsRecord: Codable, Sendable, Equatable {
  /// What a line is about.
  public enum Kind: String, Codable, Sendable {
    case step
    case evaluation
    case epoch
    /// How far back the gradient of a step reached; see `GradientRecording`.
    case gradients
  }

  /// What the line is about.
  public var kind: Kind
  /// Counted from 1.
  public var epoch: Int
  /// Steps done since the run's beginning.
  public var globalStep: Int
  /// Where in the run that is, in epochs: 2.5 is the middle of the third.
  public var epochs: Double
  /// A step's loss; an epoch's mean training loss.
  public var loss: Double?
  /// The moving average of the steps' losses.
  public var smoothedLoss: Double?
  /// A step's gradient norm before clipping; an epoch's mean.
  public var gradientNorm: Double?
  /// The part of an epoch's steps that were clipped; in a line on gradients, of those since the epoch began.
  public var clippedFraction: Double?
  /// The recurrent layers whose gradient was looked at, the lowest first: `0`, `0 reverse`.
  public var gradientLayers: [String]?
  /// Steps before the last at which it was looked at, ascending.
  public var gradientLags: [Int]?
  /// For each of those layers and each of those lags: the norm of the gradient of the loss at the last
  /// step with respect to the layer's state, the mean over the sequences.
  public var gradientNorms: [[Double]]?
  /// The rate of the step, or of the epoch's last step.
  public var learningRate: Double?
  /// The validation loss and further figures.
  public var validation: Evaluation?
  /// Whether no evaluation before was better.
  public var isBest: Bool?
  /// Seconds since the process began or resumed the run.
  public var seconds: Double?
  /// Units (tokens, sequences) a second.
  public var unitsPerSecond: Double?

  /// The keys whose values depend on the clock.
  public static let clockKeys = ["seconds", "unitsPerSecond"]

  /// A record that says only where it is.
  public init(kind: Kind, epoch: Int, globalStep: Int, epochs: Double) {
    self.kind = kind
    self.epoch = epoch
    self.globalStep = globalStep
    self.epochs = epochs
  }

  /// The lines of a file.
  ///
  /// - Throws: where the file cannot be read, or a whole line is not a record (the error names file and line). A last
  ///   line without its end, which a killed process leaves, is passed over.
  public static func read(from url: URL) throws -> [MetricsRecord] {
    let data = try Data(contentsOf: url)
    let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
    return try lines.enumerated().map { index, line in
      do {
        return try ExactJSON.decode(MetricsRecord.self, from: Data(line))
      } catch {
        throw MetricsError(path: url.path, line: index + 1)
      }
    }
  }
}

/// A line of a metrics file that is not a record.
public struct MetricsError: Error, Equatable, CustomStringConvertible {
  /// The file.
  public let path: String
  /// Counted from 1.
  public let line: Int

  public var description: String { "\(path), line \(line): not a record of training metrics" }
}
