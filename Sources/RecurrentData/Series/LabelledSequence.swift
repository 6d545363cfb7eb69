import RecurrentTensors

/// One sequence of measurements, with what is known about it.
public struct LabelledSequence: Sendable {
  /// What is to be predicted.
  public enum Labels: Sendable, Hashable {
    /// Not known.
    case none
    /// One for the whole sequence (many to one).
    case whole(String)
    /// One for each step (many to many in step); nil where it is not known.
    case steps([String?])
  }

  /// The measurements, `[steps, channels]` in row-major order; NaN where one is missing.
  public var values: [Double]
  /// The number of measurements a step.
  public let channelCount: Int
  /// What is to be predicted.
  public var labels: Labels
  /// Its name in the file, where it has one.
  public var id: String?
  /// What it belongs together with: a person, a place. Splits may keep groups whole.
  public var group: String?
  /// When each step was, where the file says so.
  public var times: [Double]?
  /// Where in the file it begins.
  public var line: Int

  /// A sequence.
  ///
  /// - Precondition: there are whole steps, and as many labels and times as steps, where there are any.
  public init(
    values: [Double], channelCount: Int, labels: Labels = .none, id: String? = nil, group: String? = nil, times: [Double]? = nil,
    line: Int = 1
  ) {
    check(
      channelCount > 0 && values.count % channelCount == 0,
      "LabelledSequence: \(values.count) values are no steps of \(channelCount) channels")
    self.values = values
    self.channelCount = channelCount
    self.labels = labels
    self.id = id
    self.group = group
    self.times = times
    self.line = line
    if case .steps(let labels) = labels {
      check(labels.count == stepCount, "LabelledSequence: \(labels.count) labels for \(stepCount) steps")
    }
    check(times?.count ?? stepCount == stepCount, "LabelledSequence: \(times?.count ?? 0) times for \(stepCount) steps")
  }

  /// The number of steps.
  public var stepCount: Int { values.count / channelCount }

  /// How many measurements are missing.
  public var missingCount: Int { values.count { $0.isNaN } }

  /// 1 where a measurement is there and 0 where it is missing, `[steps, channels]`.
  public var mask: [Float] { values.map { $0.isNaN ? 0 : 1 } }

  /// The label, if the whole sequence has one.
  public var label: String? {
    if case .whole(let label) = labels { label } else { nil }
  }

  /// All labels that are known.
  package var knownLabels: [String] {
    switch labels {
    case .none: []
    case .whole(let label): [label]
    case .steps(let labels): labels.compactMap(\.self)
    }
  }
}
