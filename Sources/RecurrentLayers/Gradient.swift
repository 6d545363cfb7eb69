public import RecurrentTensors

/// The loss that `body` computes from `model`, and its gradient: a value of the model's own type, each parameter holding the
/// derivative of the loss with respect to it (zeros where the loss does not depend on it).
///
/// ```swift
/// let (loss, gradient) = valueAndGradient(at: model) { model in
///   crossEntropy(logits: model(inputs), targets: targets)
/// }
/// optimizer.update(&model, along: gradient)
/// ```
///
/// - Precondition: the loss has exactly one element.
public func valueAndGradient<M: Module>(
  at model: M, _ body: (M) throws -> Tensor<M.Scalar>
) rethrows -> (value: Tensor<M.Scalar>, gradient: M) {
  let (value, gradient, _) = try valueAndGradient(at: model) { (try body($0), ()) }
  return (value, gradient)
}

/// As `valueAndGradient(at:_:)`, for a `body` that gives something besides the loss, for example the state to carry on.
///
/// Tensors in the auxiliary result must be detached before the next step, or they keep the dead tape in memory.
public func valueAndGradient<M: Module, Auxiliary>(
  at model: M, _ body: (M) throws -> (Tensor<M.Scalar>, Auxiliary)
) rethrows -> (value: Tensor<M.Scalar>, gradient: M, auxiliary: Auxiliary) {
  let tape = Tape<M.Scalar>()
  let tracked = model.mapParameters { tape.watch($0.detached()) }
  let (loss, auxiliary) = try body(tracked)
  let gradients = tape.gradients(of: loss, at: tracked.parameters.map(\.tensor))
  var gradient = model
  gradient.setParameters(gradients)
  return (loss.detached(), gradient, auxiliary)
}
