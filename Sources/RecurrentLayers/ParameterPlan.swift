import RecurrentTensors

/// What a training step does with each parameter of a model: all of them alike (``uniform``), or some with another rate or decay, or not
/// at all.
///
/// Whoever makes a step hands the plan to the gradient and to the optimizer. A frozen parameter is not tracked, so whatever only its
/// gradient needs is not computed; in the gradient its place is taken by a tensor without elements (`[0]`), which counts for nothing in a norm,
/// and along which no optimizer moves.
///
/// ```swift
/// let plan = ParameterPlan(for: model) { path in path.hasPrefix("embedding.") ? .frozen : .init(rate: 0.1) }
/// let (loss, gradient) = valueAndGradient(at: model, following: plan) { $0.loss(batch) }
/// optimizer.update(&model, along: gradient, rate: 0.001, following: plan)
/// print(model.description(following: plan))
/// ```
///
/// `ParameterRules` make a plan of patterns, as recipes have them.
public struct ParameterPlan: Sendable, Equatable {
  /// What a step does with one parameter.
  public struct Treatment: Sendable, Equatable {
    /// What the learning rate of the step is multiplied by; 0 freezes the parameter.
    public var rate: Double
    /// The weight decay in place of the optimizer's; nil: that of the optimizer.
    public var decay: Double?

    /// A treatment; without arguments that of every parameter in a uniform plan.
    public init(rate: Double = 1, decay: Double? = nil) { (self.rate, self.decay) = (rate, decay) }

    /// The parameter stays as it is, bit for bit, and so does what an optimizer remembers of it.
    public static let frozen = Treatment(rate: 0)

    /// Whether a step leaves the parameter as it is.
    public var isFrozen: Bool { rate == 0 }
  }

  /// The treatments in order of visit; empty where all parameters are treated alike.
  public let treatments: [Treatment]

  /// All parameters take part, at the rate of the step and with the decay of the optimizer.
  public static let uniform = ParameterPlan([])

  /// A plan of one treatment a parameter, in order of visit.
  ///
  /// - Precondition: no rate and no decay is negative or not finite.
  public init(_ treatments: [Treatment]) {
    for treatment in treatments {
      for number in [treatment.rate, treatment.decay ?? 0] {
        check(number >= 0 && number.isFinite, "ParameterPlan: a rate or a decay of \(number)")
      }
    }
    self.treatments = treatments
  }

  /// The plan that gives each parameter of a model the treatment of its path.
  public init<M: Module>(for model: M, _ treatment: (_ path: String) -> Treatment) { self.init(model.parameterPaths.map(treatment)) }

  /// The treatment of a parameter, by its place in order of visit.
  public subscript(index: Int) -> Treatment { treatments.isEmpty ? Treatment() : treatments[index] }

  /// The number of numbers that a step changes.
  public func trainedCount<M: Module>(of model: M) -> Int {
    checkFits(model.tensors.count)
    return model.tensors.enumerated().reduce(0) { $0 + (self[$1.offset].isFrozen ? 0 : $1.element.count) }
  }

  /// Checks that the plan has a treatment for each parameter of a model that has `count` of them.
  public func checkFits(_ count: Int) {
    check(
      treatments.isEmpty || treatments.count == count, "ParameterPlan: \(treatments.count) treatments for a model of \(count) parameters")
  }
}

extension ParameterPlan.Treatment: CustomStringConvertible {
  /// What is unlike a uniform plan: `frozen`, `rate × 0.1, decay 0.0`; empty where nothing is.
  public var description: String {
    if isFrozen { return "frozen" }
    return [rate == 1 ? nil : "rate × \(rate)", decay.map { "decay \($0)" }].compactMap { $0 }.joined(separator: ", ")
  }
}
