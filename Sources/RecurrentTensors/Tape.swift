import RecurrentKernels

/// The operations performed on tracked tensors, in order: what reverse-mode differentiation sweeps back over.
///
/// The tape is an arena: an array of records that name their inputs by number. Sweeping and freeing it are loops, so its length is
/// bounded by memory alone. (A graph of linked objects overflows the stack when it is freed.) Most code does not touch a tape:
/// `valueAndGradient` makes one, sweeps it and drops it.
///
/// `@unchecked Sendable`: a tape belongs to the thread that records on it; tensors carry a reference to it only so that operations
/// find it.
public final class Tape<Scalar: TensorScalar>: @unchecked Sendable {
  /// What one operation left behind: who its inputs were, and how a cotangent of its output becomes cotangents of them.
  ///
  /// Pullbacks capture detached tensors only.
  enum Record {
    typealias Pullback = @Sendable (Tensor<Scalar>) -> Tensor<Scalar>
    typealias Accumulation = @Sendable (Tensor<Scalar>, inout Tensor<Scalar>) -> Void
    typealias Many = @Sendable ([Tensor<Scalar>?]) -> [Tensor<Scalar>?]

    /// A watched tensor, or a further output of the `many` record before it.
    case value
    case unary(Int32, Pullback)
    case binary(Int32, Pullback, Int32, Pullback)
    /// Adds its share into the gradient of its input, of the given shape, in place: a slice does not make a tensor of zeros
    /// around itself.
    case accumulation(Int32, Shape, Accumulation)
    /// Several inputs (-1: not tracked) and `outputs` outputs, of which this is the first.
    case many([Int32], outputs: Int32, Many)
  }

  private var records: [Record] = []

  /// An empty tape.
  public init() {}

  /// The number of values recorded.
  public var count: Int { records.count }

  func append(_ record: Record) -> Int32 {
    records.append(record)
    return Int32(records.count - 1)
  }

  /// The tensor as a variable of this tape.
  public func watch(_ tensor: Tensor<Scalar>) -> Tensor<Scalar> {
    var tracked = tensor
    tracked.node = Node(tape: self, index: append(.value))
    return tracked
  }

  /// The gradients of `result` with respect to the tracked tensors `variables`; zeros where it does not depend on one.
  ///
  /// The sweep consumes the tape: records are freed as it passes, and the tape is empty afterwards. Within it numbers too small to be normal (of `Float`
  /// below 1.2e-38) are zeros: where gradients vanish over hundreds of steps, arithmetic with such takes many times as long.
  ///
  /// - Precondition: `result` has one element, and `variables` are tracked by this tape.
  public func gradients(of result: Tensor<Scalar>, at variables: [Tensor<Scalar>]) -> [Tensor<Scalar>] {
    check(result.count == 1, "Tape.gradients: the result has the shape \(result.shape), not one element")
    var cotangents = [Tensor<Scalar>?](repeating: nil, count: records.count)
    // A variable's cotangent must outlive the sweep; every other is dropped as soon as it is used.
    var isVariable = [Bool](repeating: false, count: records.count)
    for variable in variables {
      guard let node = variable.node, node.tape === self else {
        fatalError("Tape.gradients: a variable of the shape \(variable.shape) is not on this tape")
      }
      isVariable[Int(node.index)] = true
    }
    if let node = result.node {
      check(node.tape === self, "Tape.gradients: the result is on another tape")
      cotangents[Int(node.index)] = Tensor(ones: result.shape)
    }
    let floatMode = rk_flush_subnormals()
    defer { rk_set_float_mode(floatMode) }
    while let record = records.popLast() {
      let index = records.count
      sweep(record, at: index, isVariable: isVariable, cotangents: &cotangents)
      // A further output keeps its cotangent until the sweep reaches the record that it belongs to.
      if case .value = record { continue }
      if !isVariable[index] { cotangents[index] = nil }
    }
    return variables.map { variable in
      variable.node.flatMap { cotangents[Int($0.index)] } ?? Tensor(zeros: variable.shape)
    }
  }

  private func sweep(
    _ record: Record, at index: Int, isVariable: [Bool], cotangents: inout [Tensor<Scalar>?]
  ) {
    switch record {
    case .value: break
    case .unary(let input, let pullback):
      guard let cotangent = cotangents[index] else { return }
      add(pullback(cotangent), to: &cotangents[Int(input)])
    case .binary(let first, let firstPullback, let second, let secondPullback):
      guard let cotangent = cotangents[index] else { return }
      add(firstPullback(cotangent), to: &cotangents[Int(first)])
      add(secondPullback(cotangent), to: &cotangents[Int(second)])
    case .accumulation(let input, let shape, let accumulate):
      guard let cotangent = cotangents[index] else { return }
      var total = cotangents[Int(input)].take() ?? .zerosWithoutFilledRows(shape)
      accumulate(cotangent, &total)
      cotangents[Int(input)] = total
    case .many(let inputs, let outputs, let pullback):
      let given = Array(cotangents[index..<(index + Int(outputs))])
      for output in index..<(index + Int(outputs)) where !isVariable[output] { cotangents[output] = nil }
      guard given.contains(where: { $0 != nil }) else { return }
      let parts = pullback(given)
      check(parts.count == inputs.count, "a pullback gave \(parts.count) cotangents for \(inputs.count) inputs")
      for (input, part) in zip(inputs, parts) {
        if input >= 0, let part { add(part, to: &cotangents[Int(input)]) }
      }
    }
  }

  private func add(_ part: Tensor<Scalar>, to total: inout Tensor<Scalar>?) {
    if var sum = total.take() {
      sum.add(part)
      total = sum
    } else {
      total = part
    }
  }
}

/// A place on a tape.
struct Node<Scalar: TensorScalar>: Sendable {
  let tape: Tape<Scalar>
  let index: Int32
}

extension Tensor {
  /// This result of an operation on `input`, recorded if `input` is tracked.
  func recorded(_ input: Tensor, _ pullback: @escaping @Sendable (Tensor) -> Tensor) -> Tensor {
    guard let node = input.node else { return self }
    return tracked(on: node.tape, .unary(node.index, pullback))
  }

  /// This result of an operation on `first` and `second`, recorded for those that are tracked.
  func recorded(
    _ first: Tensor, _ firstPullback: @escaping @Sendable (Tensor) -> Tensor,
    _ second: Tensor, _ secondPullback: @escaping @Sendable (Tensor) -> Tensor
  ) -> Tensor {
    switch (first.node, second.node) {
    case (nil, nil): return self
    case (let node?, nil): return tracked(on: node.tape, .unary(node.index, firstPullback))
    case (nil, let node?): return tracked(on: node.tape, .unary(node.index, secondPullback))
    case (let a?, let b?):
      check(a.tape === b.tape, "an operation on tensors of two tapes")
      return tracked(on: a.tape, .binary(a.index, firstPullback, b.index, secondPullback))
    }
  }

  /// This result of an operation on `input`, recorded with a pullback that adds into the gradient of `input` in place.
  func recordedAccumulation(
    _ input: Tensor, _ accumulate: @escaping @Sendable (Tensor, inout Tensor) -> Void
  ) -> Tensor {
    guard let node = input.node else { return self }
    return tracked(on: node.tape, .accumulation(node.index, input.shape, accumulate))
  }

  /// Records an operation with one result: `pullback` takes the cotangent of the result to those of the inputs, in order
  /// (nil: no influence).
  ///
  /// The way to add a differentiable operation from outside this module. The pullback must capture detached tensors only.
  public static func recorded(
    result: Tensor, inputs: [Tensor], pullback: @escaping @Sendable (Tensor) -> [Tensor?]
  ) -> Tensor {
    let count = inputs.count  // not the inputs: a record that held tracked tensors would keep the tape and them alive
    return recorded(results: [result], inputs: inputs) { cotangents in
      cotangents[0].map(pullback) ?? inputsWithoutCotangent(count)
    }[0]
  }

  /// Records an operation with several results: `pullback` takes the cotangents of the results (nil: no influence on the loss) to
  /// those of the inputs, in order.
  public static func recorded(
    results: [Tensor], inputs: [Tensor], pullback: @escaping @Sendable ([Tensor?]) -> [Tensor?]
  ) -> [Tensor] {
    guard let tape = inputs.lazy.compactMap({ $0.node?.tape }).first else { return results }
    let numbers = inputs.map { input -> Int32 in
      guard let node = input.node else { return -1 }
      check(node.tape === tape, "an operation on tensors of two tapes")
      return node.index
    }
    return results.enumerated().map { position, result in
      result.detached().tracked(
        on: tape, position == 0 ? .many(numbers, outputs: Int32(results.count), pullback) : .value)
    }
  }

  private static func inputsWithoutCotangent(_ count: Int) -> [Tensor?] { Array(repeating: nil, count: count) }

  private func tracked(on tape: Tape<Scalar>, _ record: Tape<Scalar>.Record) -> Tensor {
    var result = self
    result.node = Node(tape: tape, index: tape.append(record))
    return result
  }

  fileprivate static func zerosWithoutFilledRows(_ shape: Shape) -> Tensor {
    var zeros = Tensor(zeros: shape)
    zeros.filledRows = []
    return zeros
  }

  /// Adds `other`, of the same shape, in place.
  mutating func add(_ other: Tensor) {
    check(shape == other.shape, "cotangents of the shapes \(shape) and \(other.shape) cannot be added")
    makeUnique()
    Scalar.kernels.table.addScaled(1, other.base, storage.base + offset, count)
  }
}
