import Synchronization

/// Tensors that many operations share, such as a weight that every step of a loop multiplies with, and whose gradient is made in one
/// go when the backward sweep has passed all of these operations.
///
/// Each operation's pullback leaves what it knows in `Pending`; at last `gradients` turns that into the cotangents of the shared
/// tensors. One product over the rows of all steps takes a fraction of the time of as many small ones, each of which would have to
/// be added to a whole gradient.
///
/// It is a record on the tape like any other, made before the operations that share it, so the sweep reaches it after them, in an
/// order that depends on the program alone.
///
/// ```swift
/// import RecurrentTensors
///
/// /// The products x W of many steps; the gradient of W is one product over the rows of all of them.
/// struct SharedProduct {
///   let weight: Tensor<Float>  // [input, output]
///   let shared: DeferredGradient<Float, [(x: Tensor<Float>, y: Tensor<Float>)]>
///
///   init(_ weight: Tensor<Float>) {
///     self.weight = weight.detached()
///     shared = DeferredGradient(of: [weight], pending: []) { steps in  // each step's rows, and the cotangents of their products
///       let rows = Tensor(concatenating: steps.map { $0.x }, alongAxis: 0)
///       return [matmul(rows, Tensor(concatenating: steps.map { $0.y }, alongAxis: 0), transposingFirst: true)]
///     }
///   }
///
///   func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
///     let (rows, weight) = (x.detached(), weight)
///     return shared.record(results: [matmul(rows, weight)], inputs: [x]) { cotangents, steps in
///       guard let y = cotangents[0] else { return [nil] }
///       steps.append((rows, y))
///       return [matmul(y, weight, transposingSecond: true)]
///     }[0]
///   }
/// }
/// let product = SharedProduct(Tensor(ones: [3, 3]))
/// let y = product(product(Tensor(ones: [2, 3])).tanh())  // [2, 3]
/// ```
public struct DeferredGradient<Scalar: TensorScalar, Pending: Sendable>: Sendable {
  /// Has no elements: it ties the operations to the shared tensors. Tracked where one of these is.
  private let tie: Tensor<Scalar>
  private let box: Box

  private final class Box: Sendable {
    let value: Mutex<Pending>
    init(_ value: Pending) { self.value = Mutex(value) }
  }

  /// Shared tensors, what is known of their gradient before the sweep, and what becomes of all that is known after it.
  ///
  /// - Parameter gradients: Gives the cotangents of the shared tensors, in order (nil: no influence). Called once, if any of the
  ///   operations matters to the loss, and at best with tensors that are detached.
  public init(
    of shared: [Tensor<Scalar>], pending: Pending, gradients: @escaping @Sendable (inout Pending) -> [Tensor<Scalar>?]
  ) {
    let box = Box(pending)
    self.box = box
    tie = Tensor.recorded(results: [Tensor(zeros: [0])], inputs: shared) { _ in box.value.withLock { gradients(&$0) } }[0]
  }

  /// Whether the gradient of a shared tensor is wanted.
  public var isTracked: Bool { tie.isTracked }

  /// Records an operation on the shared tensors and on `inputs`.
  ///
  /// - Parameter pullback: Takes the cotangents of the results (nil: no influence) to those of `inputs`, and leaves in `Pending` what
  ///   the gradient of the shared tensors will need. Captures detached tensors only.
  public func record(
    results: [Tensor<Scalar>], inputs: [Tensor<Scalar>],
    pullback: @escaping @Sendable (_ cotangents: [Tensor<Scalar>?], _ pending: inout Pending) -> [Tensor<Scalar>?]
  ) -> [Tensor<Scalar>] {
    let box = box
    return Tensor.recorded(results: results, inputs: [tie] + inputs) { cotangents in
      // Something must reach the tie, or the sweep would pass it by.
      [Tensor(zeros: [0])] + box.value.withLock { pullback(cotangents, &$0) }
    }
  }
}
