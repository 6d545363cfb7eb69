public import RecurrentTensors

/// A distribution that a weight matrix is drawn from, named after the paper that proposed it.
///
/// A matrix `[rows, columns]` takes `columns` inputs (its fan-in) to `rows` outputs (its fan-out). A cell draws the
/// block of each gate by itself, so that fans and orthogonality are those of the gate.
public enum Initializer: Sendable, Hashable {
  /// Zero everywhere.
  case zeros
  /// The same number everywhere.
  case constant(Double)
  /// Evenly from `-bound ... bound`.
  case uniform(bound: Double)
  /// Normal with mean 0.
  case normal(standardDeviation: Double)
  /// Evenly within `±1 / sqrt(n)`, n the fan-in, or a cell's hidden size: PyTorch's default for recurrent layers (and
  /// for the weights of `torch.nn.Linear`).
  case inverseSquareRoot
  /// Evenly within `±sqrt(6 / (fanIn + fanOut))`: Glorot and Bengio 2010, "Understanding the difficulty of training
  /// deep feedforward neural networks".
  case glorotUniform
  /// Normal with variance `2 / (fanIn + fanOut)`: Glorot and Bengio 2010.
  case glorotNormal
  /// Evenly within `±sqrt(6 / fanIn)`: He et al. 2015, "Delving deep into rectifiers".
  case heUniform
  /// Normal with variance `2 / fanIn`: He et al. 2015.
  case heNormal
  /// Normal with variance `1 / fanIn`: LeCun et al. 1998, "Efficient BackProp".
  case lecunNormal
  /// `gain` times a matrix with orthonormal rows or columns, whichever are fewer, uniform among those: Saxe et al.
  /// 2014, "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks".
  case orthogonal(gain: Double)
  /// `scale` times the identity (ones where row equals column): Le, Jaitly, Hinton 2015, "A simple way to initialize
  /// recurrent networks of rectified linear units" (IRNN).
  case identity(scale: Double)

  /// The names that `init(name:scale:)` knows.
  public static let names = [
    "zeros", "constant", "uniform", "normal", "inverse-square-root", "glorot-uniform", "glorot-normal", "he-uniform",
    "he-normal", "lecun-normal", "orthogonal", "identity",
  ]

  /// The initializer of a name, as a configuration gives it; nil where there is none.
  ///
  /// - Parameters:
  ///   - name: One of `names`.
  ///   - scale: The constant, bound, standard deviation, gain or scale of those that have one; nil is 0.1 for
  ///     `uniform` and
  ///     `normal`, 1 for the others. The rest ignore it.
  public init?(name: String, scale: Double? = nil) {
    switch name {
    case "zeros": self = .zeros
    case "constant": self = .constant(scale ?? 1)
    case "uniform": self = .uniform(bound: scale ?? 0.1)
    case "normal": self = .normal(standardDeviation: scale ?? 0.1)
    case "inverse-square-root": self = .inverseSquareRoot
    case "glorot-uniform": self = .glorotUniform
    case "glorot-normal": self = .glorotNormal
    case "he-uniform": self = .heUniform
    case "he-normal": self = .heNormal
    case "lecun-normal": self = .lecunNormal
    case "orthogonal": self = .orthogonal(gain: scale ?? 1)
    case "identity": self = .identity(scale: scale ?? 1)
    default: return nil
    }
  }

  /// A matrix `[rows, columns]`.
  ///
  /// - Parameter width: what `inverseSquareRoot` takes as n; nil: `columns`.
  public func matrix<Scalar: TensorScalar>(
    _: Scalar.Type = Scalar.self, rows: Int, columns: Int, width: Int? = nil, using generator: inout RandomGenerator
  ) -> Tensor<Scalar> {
    let shape: Shape = [rows, columns]
    let (fanIn, fanOut) = (Double(max(columns, 1)), Double(max(rows, 1)))
    func even(_ bound: Double, _ generator: inout RandomGenerator) -> Tensor<Scalar> {
      check(bound >= 0 && bound.isFinite, "Initializer: the bound \(bound) is not a positive number")
      return Tensor(uniform: Scalar(-bound)...Scalar(bound), shape: shape, using: &generator)
    }
    func normal(_ variance: Double, _ generator: inout RandomGenerator) -> Tensor<Scalar> {
      Tensor(
        normalWithMean: 0, standardDeviation: Scalar(variance.squareRoot()), shape: shape, using: &generator)
    }
    switch self {
    case .zeros: return Tensor(zeros: shape)
    case .constant(let value): return Tensor(repeating: Scalar(value), shape: shape)
    case .uniform(let bound): return even(bound, &generator)
    case .normal(let deviation): return normal(deviation * deviation, &generator)
    case .inverseSquareRoot: return even(1 / Double(max(width ?? columns, 1)).squareRoot(), &generator)
    case .glorotUniform: return even((6 / (fanIn + fanOut)).squareRoot(), &generator)
    case .glorotNormal: return normal(2 / (fanIn + fanOut), &generator)
    case .heUniform: return even((6 / fanIn).squareRoot(), &generator)
    case .heNormal: return normal(2 / fanIn, &generator)
    case .lecunNormal: return normal(1 / fanIn, &generator)
    case .orthogonal(let gain):
      return Tensor(
        shape: shape, converting: orthogonalMatrix(rows: rows, columns: columns, using: &generator).map { $0 * gain })
    case .identity(let scale):
      var values = [Double](repeating: 0, count: rows * columns)
      for index in 0..<min(rows, columns) { values[index * columns + index] = scale }
      return Tensor(shape: shape, converting: values)
    }
  }

  /// A bias `[count]`, drawn as a column; orthogonal and identity make no sense here.
  func vector<Scalar: TensorScalar>(
    count: Int, width: Int, using generator: inout RandomGenerator
  ) -> Tensor<Scalar> {
    matrix(rows: count, columns: 1, width: width, using: &generator).reshaped(to: [count])
  }
}
