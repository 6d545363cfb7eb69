public import RecurrentLayers

// What the keys of a training configuration stand for.
extension TrainingConfiguration {
  /// The optimizer, at rest, for `model`.
  ///
  /// - Precondition: the configuration is valid (``validate()``).
  public func makeOptimizer<Model: Module>(for model: Model) -> any Optimizer<Model> {
    switch optimizer {
    case .sgd: SGD(for: model, momentum: momentum, nesterov: nesterov, weightDecay: weightDecay)
    case .averagedSGD: AveragedSGD(for: model, patience: averagingPatience, weightDecay: weightDecay)
    case .rmsprop:
      RMSProp(for: model, alpha: beta2, epsilon: epsilon, momentum: momentum, weightDecay: weightDecay)
    case .adagrad: Adagrad(for: model, epsilon: epsilon, weightDecay: weightDecay)
    case .adam: Adam(for: model, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay)
    case .adamw:
      Adam.adamW(for: model, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay)
    }
  }

  /// The schedule of a run whose epochs have `stepsPerEpoch` steps.
  ///
  /// - Precondition: the configuration is valid (``validate()``).
  public func makeSchedule(stepsPerEpoch: Int) -> any Schedule {
    let main: any Schedule =
      switch schedule {
      case .constant: ConstantSchedule(rate: rate)
      case .steps: StepSchedule(rate: rate, factor: decayFactor, after: decayAfter, interval: decayEvery)
      case .exponential: ExponentialSchedule(rate: rate, factor: decayFactor, after: decayAfter)
      case .cosine:
        CosineSchedule(rate: rate, finalRate: finalRate, start: warmup, totalSteps: epochs * stepsPerEpoch)
      case .divideOnStall:
        StallSchedule(rate: rate, factor: decayFactor, patience: patience, finalRate: finalRate)
      }
    return warmup > 0 ? WarmupSchedule(steps: warmup, then: main) : main
  }

  /// What is done with each parameter of `model` in an epoch, counted from 0.
  ///
  /// - Throws: ``ParameterRuleError``: the rules do not go with the model.
  public func plan<M: Module>(for model: M, epoch: Int = 0) throws(ParameterRuleError) -> ParameterPlan {
    try parameters?.plan(for: model, epoch: epoch) ?? .uniform
  }

  /// What is done to large gradients.
  public var clipping: GradientClipping {
    if let clip { .norm(clip) } else if let clipValue { .value(clipValue) } else { .none }
  }

  /// Whether a longer run begins with exactly the steps of a shorter one, so that a run may be resumed with more
  /// epochs.
  public var isExtensible: Bool { schedule != .cosine }
}
