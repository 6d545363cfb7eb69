import RecurrentTensors

/// PyTorch's names for the parameters of layer `layer` of a recurrent stack: `weight_hh` becomes `weight_hh_l1`, or
/// `weight_hh_l1_reverse` for the cell that reads backwards. The one place that decides this.
struct LayerNamingVisitor<Base: ParameterVisitor>: ParameterVisitor {
  typealias Scalar = Base.Scalar

  private var base: Base
  private let suffix: String

  var path: [String] {
    get { base.path }
    set { base.path = newValue }
  }

  mutating func visit(_ parameter: inout Tensor<Scalar>, _ name: String) { base.visit(&parameter, name + suffix) }

  /// Visits the parameters of `cell` under the names that they have in layer `layer`.
  static func visit<Cell: RecurrentCell>(
    _ cell: inout Cell, layer: Int, isReverse: Bool = false, by visitor: inout Base
  ) where Cell.Scalar == Base.Scalar {
    var naming = LayerNamingVisitor(base: visitor, suffix: "_l\(layer)\(isReverse ? "_reverse" : "")")
    cell.visitParameters(&naming)
    visitor = naming.base
  }
}
