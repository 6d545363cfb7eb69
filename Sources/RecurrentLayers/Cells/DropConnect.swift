public import RecurrentTensors

/// A cell with one weight from hidden units to hidden units, which DropConnect can thin out.
public protocol RecurrentlyWeightedCell<Scalar>: RecurrentCell {
  /// `weight_hh`, `[gates * hidden, hidden]`.
  var recurrentWeight: Tensor<Scalar> { get set }
}

extension RecurrentlyWeightedCell {
  /// DropConnect on the recurrent weight: a copy of the cell in which each number of `weight_hh` is zero with
  /// probability `rate`, else scaled by `1 / (1 - rate)` (Wan et al. 2013; on recurrent weights Merity, Keskar and
  /// Socher 2018).
  ///
  /// One mask holds for a whole run, so a fused cell stays on its kernel; the gradient flows through the mask to the
  /// weight of this cell.
  ///
  /// ```swift
  /// import RecurrentLayers
  /// import RecurrentTensors
  ///
  /// var generator = RandomGenerator(seed: 1)
  /// let cell = LSTMCell<Float>(inputSize: 3, hiddenSize: 5, using: &generator)
  /// let (outputs, _) = cell.droppingConnections(rate: 0.5, using: &generator).run(Tensor(ones: [7, 2, 3]))
  /// ```
  ///
  /// - Precondition: `0 <= rate < 1`.
  public func droppingConnections(rate: Double, using generator: inout RandomGenerator) -> Self {
    check(rate >= 0 && rate < 1, "\(Self.self).droppingConnections: the rate \(rate) is not in [0, 1)")
    guard rate > 0 else { return self }
    var copy = self
    copy.recurrentWeight = Dropout(rate: rate)(recurrentWeight, using: &generator)
    return copy
  }
}

extension LayerNormLSTMCell: RecurrentlyWeightedCell {}

extension Unrolled where Cell: RecurrentlyWeightedCell {
  /// A copy with DropConnect on the recurrent weight; see the cell's.
  public func droppingConnections(rate: Double, using generator: inout RandomGenerator) -> Self {
    Unrolled(cell.droppingConnections(rate: rate, using: &generator))
  }
}

extension Stacked where Layer: RecurrentlyWeightedCell {
  /// A copy with DropConnect on every layer's recurrent weight, each with a mask of its own; see the cell's.
  public func droppingConnections(rate: Double, using generator: inout RandomGenerator) -> Self {
    var copy = self
    for index in layers.indices {
      copy.layers[index] = layers[index].droppingConnections(rate: rate, using: &generator)
    }
    return copy
  }
}

extension Bidirectional where Cell: RecurrentlyWeightedCell {
  /// A copy with DropConnect on both recurrent weights, each with a mask of its own; see the cell's.
  public func droppingConnections(rate: Double, using generator: inout RandomGenerator) -> Self {
    Bidirectional(
      forward: forward.droppingConnections(rate: rate, using: &generator),
      reverse: reverse.droppingConnections(rate: rate, using: &generator))
  }
}

extension Stacked {
  /// A copy with DropConnect on every recurrent weight, each with a mask of its own; see the cell's.
  public func droppingConnections<Cell: RecurrentlyWeightedCell>(
    rate: Double, using generator: inout RandomGenerator
  ) -> Self where Layer == Bidirectional<Cell> {
    var copy = self
    for index in layers.indices {
      copy.layers[index] = layers[index].droppingConnections(rate: rate, using: &generator)
    }
    return copy
  }
}
