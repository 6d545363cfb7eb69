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
/// - Precondition: the loss has exactly one element.
public func valueAndGradient<M: Module>(
  at model: M, _ body: (M) throws -> Tensor<M.Scalar>
) rethrows -> (value: Tensor<M.Scalar>, gradient: M) {
  let (value, gradient, _) = try valueAndGradient(at: model) { (try body($0), ()) }
  return (value, gradient)
}

/// As `valueAndGradient(at:_:)`, for a `body` that gives a state besides the loss, for example the one to carry on. It is detached: no
/// gradient passes from one step to the next, and the tape's memory is free.
public func valueAndGradient<M: Module, Auxiliary: TensorTree<M.Scalar>>(
  at model: M, _ body: (M) throws -> (Tensor<M.Scalar>, Auxiliary)
) rethrows -> (value: Tensor<M.Scalar>, gradient: M, auxiliary: Auxiliary) {
  let (value, gradient, auxiliary) = try differentiated(at: model, body)
  return (value, gradient, auxiliary.detached())
}

/// As `valueAndGradient(at:_:)`, for a `body` that gives anything besides the loss.
///
/// What is no ``TensorTree`` is returned as it is. Tensors inside it (in a tuple, say) must be detached before the next step: they keep
/// the tape in memory, and an operation on them and on tensors of the next tape traps.
public func valueAndGradient<M: Module, Auxiliary>(
  at model: M, _ body: (M) throws -> (Tensor<M.Scalar>, Auxiliary)
) rethrows -> (value: Tensor<M.Scalar>, gradient: M, auxiliary: Auxiliary) {
  try differentiated(at: model, body)
}

private func differentiated<M: Module, Auxiliary>(
  at model: M, _ body: (M) throws -> (Tensor<M.Scalar>, Auxiliary)
) rethrows -> (value: Tensor<M.Scalar>, gradient: M, auxiliary: Auxiliary) {
  let tape = Tape<M.Scalar>()
  let tracked = model.mapParameters { tape.watch($0.detached()) }
  let (loss, auxiliary) = try body(tracked)
  let gradients = tape.gradients(of: loss, at: tracked.tensors)
  var gradient = model
  gradient.setParameters(gradients)
  return (loss.detached(), gradient, auxiliary)
}
