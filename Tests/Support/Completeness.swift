public import RecurrentLayers
import RecurrentTensors

/// Whether visitors reach every tensor of a tree, and each once: a tensor that they miss is neither trained nor saved.
///
/// They put a number of its own into each tensor that they reach; then reflection, which needs no visitor, looks for tensors, in arrays,
/// optionals and whatever is stored in the tree, and must find these numbers and no others.
///
/// - Parameter others: Stored properties, of the tree or of what is in it, whose tensors are constants or room to work in.
public func visitsEveryTensorOnce<Tree: TensorTree>(_ tree: Tree, except others: Set<String> = []) -> Bool {
  let numbers = tree.tensors.indices.map { Tree.Scalar($0 + 1) }
  let numbered = tree.replacingTensors(with: numbers.map { Tensor($0) })
  return tensors(in: numbered, Tree.Scalar.self, except: others).flatMap(\.scalars).sorted() == numbers
}

/// The tensors in a value, as reflection finds them.
private func tensors<Scalar: TensorScalar>(in value: Any, _: Scalar.Type, except others: Set<String>) -> [Tensor<Scalar>] {
  if let tensor = value as? Tensor<Scalar> { return [tensor] }
  return Mirror(reflecting: value).children.filter { child in child.label.map { !others.contains($0) } ?? true }
    .flatMap { tensors(in: $0.value, Scalar.self, except: others) }
}
