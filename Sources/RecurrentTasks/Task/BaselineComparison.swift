/// How a trained model does beside what answers without a network.
public struct BaselineComparison: Sendable {
  /// The figure that is compared: "accuracy on the test part".
  public var figure: String
  /// How it is written.
  public var style: ShownFigure.Style
  /// Whether less is better, as of errors.
  public var isError: Bool
  /// The model's.
  public var model: Double
  /// Those of what answers without a network, by name.
  public var baselines: [(name: String, value: Double)]
  /// What to try where one of these is better.
  public var advice: String

  /// A comparison of its parts.
  public init(
    figure: String, style: ShownFigure.Style, isError: Bool = false, model: Double, baselines: [(name: String, value: Double)], advice: String
  ) {
    (self.figure, self.style, self.isError) = (figure, style, isError)
    (self.model, self.baselines, self.advice) = (model, baselines, advice)
  }

  /// What must not go unsaid: the best of the baselines, where it is better than the model, and what to try. Empty where none is.
  public var notes: [String] {
    let sign: Double = isError ? -1 : 1
    let best = baselines.filter { !$0.value.isNaN }.max { sign * $0.value < sign * $1.value }
    // A model that is no number is worse than any.
    guard let best, !(sign * model >= sign * best.value) else { return [] }
    func written(_ value: Double) -> String { ShownFigure("", style: style).written(value) }
    return [
      "a baseline is better than this model: \(figure) \(written(best.value)) by \(best.name), \(written(model)) by the model",
      "to try: \(advice)",
    ]
  }
}
