public import RecurrentLayers
public import RecurrentTensors

/// What reads a sequence, whose kind is known at run time only: recurrent layers, or one of the two feed-forward networks that they are
/// compared with.
///
/// - Parameters: those of `SequenceEncoder`, `WindowNetwork` or `ConvolutionStack`, under the same names.
public struct AnyEncoder<Scalar: TensorScalar>: Module {
  /// Recurrent layers, where it has them.
  public private(set) var recurrent: SequenceEncoder<AnyCell<Scalar>>?
  /// A network over the last steps, where it has that.
  public private(set) var window: WindowNetwork<Scalar>?
  /// Convolutions, where it has them.
  public private(set) var convolution: ConvolutionStack<Scalar>?

  private let gradientSteps: Int?

  /// An encoder drawn as the settings say.
  ///
  /// - Parameters:
  ///   - inputSize: Numbers that it reads of each step.
  ///   - gradientSteps: How many steps the gradient of recurrent layers goes back; nil: all.
  init(_ settings: EncoderSettings, inputSize: Int, gradientSteps: Int? = nil, using generator: inout RandomGenerator) {
    self.gradientSteps = gradientSteps
    switch settings.kind {
    case .recurrent:
      recurrent = SequenceEncoder(
        inputSize: inputSize, hiddenSize: settings.hidden, layerCount: settings.layers,
        isBidirectional: settings.bidirectional, isResidual: settings.residual
      ) { inputSize in
        settings.recurrent.makeCell(inputSize: inputSize, using: &generator)
      }
    case .window:
      window = WindowNetwork(
        inputSize: inputSize, hiddenSize: settings.hidden, windowSize: settings.window,
        layerCount: settings.layers, using: &generator)
    case .convolution:
      convolution = ConvolutionStack(
        inputSize: inputSize, hiddenSize: settings.hidden, kernelSize: settings.kernel,
        layerCount: settings.layers, isResidual: settings.residual, using: &generator)
    }
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&recurrent, "")
    visitor.visit(&window, "")
    visitor.visit(&convolution, "")
  }

  /// The number of features of an output.
  var outputSize: Int { recurrent?.outputSize ?? window?.outputSize ?? convolution?.outputSize ?? 0 }

  /// How many steps an output depends on; nil: all that have been.
  public var reach: Int? { window?.windowSize ?? convolution?.reach }

  /// Reads sequences and makes one vector of each, `[batch, features]`.
  func pooled(
    _ inputs: Tensor<Scalar>, lengths: [Int]?, by pooling: Pooling<Scalar>,
    between: (Tensor<Scalar>) -> Tensor<Scalar> = { $0 }
  ) -> Tensor<Scalar> {
    if pooling.kind == .last, let window {
      // Only the last window of each sequence counts: the others are not computed.
      return window.last(inputs, lengths: lengths, between: between)
    }
    let (outputs, last) = self(inputs, lengths: lengths, between: between)
    return pooling(outputs, last: last, lengths: lengths)
  }

  /// Reads sequences `[time, batch, input]`: the top layer's outputs `[time, batch, features]`, zero past each one's end, and
  /// what was read last, `[batch, features]`.
  func callAsFunction(
    _ inputs: Tensor<Scalar>, lengths: [Int]?, between: (Tensor<Scalar>) -> Tensor<Scalar> = { $0 }
  ) -> (outputs: Tensor<Scalar>, last: Tensor<Scalar>) {
    if let recurrent {
      if let gradientSteps, let layers = recurrent.forward, inputs.shape[0] > gradientSteps {
        let outputs = layers.truncated(
          inputs, lengths: lengths, gradientSteps: gradientSteps, between: between)
        return (outputs, outputs.lastSteps(lengths: lengths))
      }
      return recurrent(inputs, lengths: lengths, between: between)
    }
    let outputs: Tensor<Scalar>
    if let window {
      outputs = window(inputs, lengths: lengths, between: between)
    } else if let convolution {
      outputs = convolution(inputs, lengths: lengths, between: between)
    } else {
      fatalError("AnyEncoder: no network")
    }
    return (outputs, outputs.lastSteps(lengths: lengths))
  }
}

extension Stacked {
  /// Runs over a sequence with the tape cut every `gradientSteps` steps, counted from the end: truncated backpropagation
  /// through time (Williams and Peng 1990). Outputs are those of a run in one piece.
  fileprivate func truncated(
    _ inputs: Tensor<Scalar>, lengths: [Int]?, gradientSteps: Int, between: (Tensor<Scalar>) -> Tensor<Scalar>
  ) -> Tensor<Scalar> {
    let time = inputs.shape[0]
    var state: State?
    var pieces: [Tensor<Scalar>] = []
    var start = 0
    while start < time {
      // The first piece takes what is left over, so that the last has all its steps.
      let rest = (time - start) % gradientSteps
      let end = start + (rest == 0 ? gradientSteps : rest)
      let piece = lengths.map { $0.map { Swift.min(Swift.max(0, $0 - start), end - start) } }
      let (outputs, last) = self(
        inputs.sliced(start..<end), from: state, lengths: piece, between: between)
      pieces.append(outputs)
      state = last.map { $0.detached() }
      start = end
    }
    return Tensor(concatenating: pieces)
  }
}
