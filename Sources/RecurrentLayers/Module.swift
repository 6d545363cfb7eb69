public import RecurrentTensors

/// A value made of parameters: a layer, a cell, a whole model.
///
/// The one requirement names the parameters, a line a field. Counting, saving, loading, clipping, optimizing and printing are all
/// visitors; a model's gradient and an optimizer's moments are values of the model's own type.
///
/// ```swift
/// struct Classifier: Module {
///   typealias Scalar = Float
///   var rnn: LSTM<Float>
///   var output: Linear<Float>
///
///   mutating func visitParameters(_ visitor: inout some ParameterVisitor<Float>) {
///     visitor.visit(&rnn, "rnn")
///     visitor.visit(&output, "output")
///   }
/// }
/// ```
public protocol Module<Scalar>: TensorTree, CustomStringConvertible {
  /// Shows each parameter and each module inside to the visitor, always in the same order, under its own name.
  mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>)
}

/// Something that passes over the parameters of a module, or the tensors of any other tree, and may change them.
public protocol ParameterVisitor<Scalar> {
  /// The kind of number that it visits.
  associatedtype Scalar: TensorScalar

  /// The path of the module or tree that is being visited: `["rnn"]` inside a model's `rnn`.
  var path: [String] { get set }

  /// Visits a parameter.
  mutating func visit(_ parameter: inout Tensor<Scalar>, _ name: String)
}

extension ParameterVisitor {
  /// Visits the tensors of a module or another tree, whose paths begin with `name`; an empty name adds nothing to the path.
  public mutating func visit<Tree: TensorTree<Scalar>>(_ tree: inout Tree, _ name: String) {
    if !name.isEmpty { path.append(name) }
    tree.visitTensors(&self)
    if !name.isEmpty { path.removeLast() }
  }

  /// Visits the tensors of a module or another tree in place where there is one; nothing otherwise.
  public mutating func visit<Tree: TensorTree<Scalar>>(_ tree: inout Tree?, _ name: String) {
    if !name.isEmpty { path.append(name) }
    tree?.visitTensors(&self)
    if !name.isEmpty { path.removeLast() }
  }

  /// Visits the tensors of each module or tree in place, whose paths begin with `name.0`, `name.1`, ...; without a name with `0`, `1`, ...
  public mutating func visit<Tree: TensorTree<Scalar>>(_ trees: inout [Tree], _ name: String) {
    if !name.isEmpty { path.append(name) }
    for index in trees.indices { visit(&trees[index], String(index)) }
    if !name.isEmpty { path.removeLast() }
  }

  /// Visits a tensor in place where there is one; nothing otherwise.
  public mutating func visit(_ parameter: inout Tensor<Scalar>?, _ name: String) {
    parameter?.accept(&self, name)
  }

  /// The full path of the parameter `name` of the module that is being visited: `"rnn.weight_hh_l0"`.
  public func fullPath(_ name: String) -> String { (path + [name]).joined(separator: ".") }
}

extension Tensor {
  /// Visits the tensor itself: through `?` a tensor inside an optional is reached in place.
  fileprivate mutating func accept(_ visitor: inout some ParameterVisitor<Scalar>, _ name: String) {
    visitor.visit(&self, name)
  }
}

extension Module {
  /// A module's tensors are its parameters.
  public mutating func visitTensors(_ visitor: inout some ParameterVisitor<Scalar>) { visitParameters(&visitor) }

  /// The parameters with their paths, in order of visit.
  public var parameters: [(path: String, tensor: Tensor<Scalar>)] { namedTensors }

  /// The paths of the parameters, in order of visit.
  public var parameterPaths: [String] { parameters.map(\.path) }

  /// The number of numbers to be learned.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.tensor.count } }

  /// This module with each parameter replaced by `transform` of it.
  public func mapParameters(_ transform: (Tensor<Scalar>) -> Tensor<Scalar>) -> Self {
    var copy = self
    copy.setParameters(parameters.map { transform($0.tensor) })
    return copy
  }

  /// Replaces the parameters, given in order of visit.
  ///
  /// - Precondition: as many tensors as parameters, each of its parameter's shape.
  public mutating func setParameters(_ tensors: [Tensor<Scalar>]) {
    var setter = ParameterSetter(tensors)
    visitParameters(&setter)
    check(
      setter.position == tensors.count, "setParameters: \(tensors.count) tensors for \(setter.position) parameters")
  }

  /// Calls `body` with the parameters, in order of visit, for changing in place.
  ///
  /// The tensors are moved out of the module and back, so each stays the only owner of its memory and nothing is copied.
  public mutating func withParameters<Result>(
    _ body: (inout [Tensor<Scalar>]) throws -> Result
  ) rethrows -> Result {
    var mover = ParameterMover<Scalar>()
    visitParameters(&mover)
    defer {
      mover.isGivingBack = true
      visitParameters(&mover)
    }
    return try body(&mover.tensors)
  }
}

private struct ParameterSetter<Scalar: TensorScalar>: ParameterVisitor {
  var path: [String] = []
  var position = 0
  let tensors: [Tensor<Scalar>]

  init(_ tensors: [Tensor<Scalar>]) { self.tensors = tensors }

  mutating func visit(_ parameter: inout Tensor<Scalar>, _ name: String) {
    check(position < tensors.count, "setParameters: no tensor for \(fullPath(name))")
    check(
      tensors[position].shape == parameter.shape,
      "setParameters: \(fullPath(name)) has the shape \(parameter.shape), not \(tensors[position].shape)")
    parameter = tensors[position]
    position += 1
  }
}

/// Moves parameters out, leaving empty tensors, and on a second visit back in.
private struct ParameterMover<Scalar: TensorScalar>: ParameterVisitor {
  var path: [String] = []
  var tensors: [Tensor<Scalar>] = []
  var isGivingBack = false
  private var position = 0
  private let placeholder = Tensor<Scalar>(zeros: [0])

  mutating func visit(_ parameter: inout Tensor<Scalar>, _ name: String) {
    if isGivingBack {
      swap(&parameter, &tensors[position])
      position += 1
    } else {
      tensors.append(placeholder)
      swap(&parameter, &tensors[tensors.count - 1])
    }
  }
}
