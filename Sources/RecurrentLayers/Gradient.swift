public import RecurrentTensors

/// The loss that `body` computes from `model`, and its gradient: a value of the model's own type, each parameter holding the
/// derivative of the loss with respect to it (zeros where the loss does not depend on it).
///
/// ```swift
/// let (loss, gradient) = valueAndGradient(at: model) { model in
///   crossEntropy(logits: model(inputs), targets: targets)
/// }
/// optimizer.update(&model, along: gradient, rate: 0.001)
/// ```
///
/// - Parameter plan: Which parameters are frozen: their place in the gradient is taken by a tensor without elements, and what only their gradient
///   needs is not computed.
/// - Precondition: the loss has exactly one element.
public func valueAndGradient<M: Module>(
  at model: M, following plan: ParameterPlan = .uniform, _ body: (M) throws -> Tensor<M.Scalar>
) rethrows -> (value: Tensor<M.Scalar>, gradient: M) {
  let (value, gradient, _) = try valueAndGradient(at: model, following: plan) { (try body($0), ()) }
  return (value, gradient)
}

/// As `valueAndGradient(at:_:)`, for a `body` that gives a state besides the loss, for example the one to carry on. It is detached: no
/// gradient passes from one step to the next, and the tape's memory is free.
public func valueAndGradient<M: Module, Auxiliary: TensorTree<M.Scalar>>(
  at model: M, following plan: ParameterPlan = .uniform, _ body: (M) throws -> (Tensor<M.Scalar>, Auxiliary)
) rethrows -> (value: Tensor<M.Scalar>, gradient: M, auxiliary: Auxiliary) {
  let (value, gradient, auxiliary) = try differentiated(at: model, following: plan, body)
  return (value, gradient, auxiliary.detached())
}

/// As `valueAndGradient(at:_:)`, for a `body` that gives anything besides the loss.
///
/// What is no ``TensorTree`` is returned as it is. Tensors inside it (in a tuple, say) must be detached before the next step: they keep
/// the tape in memory, and an operation on them and on tensors of the next tape traps.
public func valueAndGradient<M: Module, Auxiliary>(
  at model: M, following plan: ParameterPlan = .uniform, _ body: (M) throws -> (Tensor<M.Scalar>, Auxiliary)
) rethrows -> (value: Tensor<M.Scalar>, gradient: M, auxiliary: Auxiliary) {
  try differentiated(at: model, following: plan, body)
}

private func differentiated<M: Module, Auxiliary>(
  at model: M, following plan: ParameterPlan, _ body: (M) throws -> (Tensor<M.Scalar>, Auxiliary)
) rethrows -> (value: Tensor<M.Scalar>, gradient: M, auxiliary: Auxiliary) {
  let tape = Tape<M.Scalar>()
  var tensors = model.tensors.map { $0.detached() }
  plan.checkFits(tensors.count)
  let trained = tensors.indices.filter { !plan[$0].isFrozen }
  for index in trained { tensors[index] = tape.watch(tensors[index]) }
  let (loss, auxiliary) = try body(model.replacingTensors(with: tensors))
  var gradients = [Tensor<M.Scalar>](repeating: Tensor(zeros: [0]), count: tensors.count)
  for (index, gradient) in zip(trained, tape.gradients(of: loss, at: trained.map { tensors[$0] })) {
    check(
      gradient.shape == tensors[index].shape,
      "valueAndGradient: a gradient of the shape \(gradient.shape) for a parameter of the shape \(tensors[index].shape)")
    gradients[index] = gradient
  }
  return (loss.detached(), model.replacingTensors(with: gradients), auxiliary)
}
