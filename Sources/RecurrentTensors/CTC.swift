import RecurrentKernels

/// The loss of ``ctcLoss(logits:lengths:texts:blank:reduction:)``.
public struct CTCLoss<Scalar: TensorScalar>: Sendable {
  /// The loss, a scalar, in nats; over the sequences whose texts fit.
  public let value: Tensor<Scalar>
  /// The loss of each sequence; 0 where its text does not fit.
  public let losses: [Scalar]
  /// The sequences whose texts do not fit: they have fewer steps than the text has symbols, where neighbours that are alike, which a blank must
  /// part, count twice; or what the text needs has no probability.
  public let unfitting: [Int]
}

/// Connectionist temporal classification (Graves et al. 2006, "Connectionist temporal classification: labelling unsegmented sequence data with recurrent
/// neural networks"): the negative logarithm of the likelihood of texts, as `torch.nn.CTCLoss` of `log_softmax(logits)`.
///
/// At each step a network says a symbol or that there is none (the blank). What it has said is read by taking the steps' symbols, of neighbours that are
/// alike all but one away, and then the blanks. The likelihood of a text is the sum over all ways of saying it in so many steps. The softmax is part of
/// the operation, and the gradient is made with the loss, one pass forwards and one back over each sequence.
///
/// - An empty text is said by blanks alone. A sequence without steps says the empty text, for certain.
/// - A text that does not fit its sequence has loss and gradient 0 and is counted in `unfitting`, so that one bad pair does not end a run.
///
/// - Parameters:
///   - logits: `[time, batch, symbols]`, unnormalized log-probabilities.
///   - lengths: Steps of each sequence, at most `time`; nil: all have `time`. What stands past the end is not read, and its gradient is 0.
///   - texts: A text for each sequence, symbols in `0 ..< symbols` other than the blank.
///   - blank: The symbol that stands for none.
///   - reduction: `mean`: the losses' sum divided by the number of symbols in all texts that fit (at least 1); `sum`: it alone.
public func ctcLoss<Scalar>(
  logits: Tensor<Scalar>, lengths: [Int]? = nil, texts: [[Int32]], blank: Int32 = 0, reduction: Reduction = .mean
) -> CTCLoss<Scalar> {
  let shape = logits.shape
  check(shape.rank == 3, "ctcLoss: logits \(shape), not [time, batch, symbols]")
  let (time, batch, symbols) = (shape[0], shape[1], shape[2])
  check(texts.count == batch, "ctcLoss: \(texts.count) texts for logits \(shape)")
  check(blank >= 0 && Int(blank) < symbols, "ctcLoss: the blank \(blank) is not one of \(symbols) symbols")
  check(
    texts.allSatisfy { $0.allSatisfy { $0 >= 0 && Int($0) < symbols && $0 != blank } },
    "ctcLoss: a text has a symbol that is the blank \(blank) or not in 0 ..< \(symbols)")
  if let lengths {
    check(
      lengths.count == batch && lengths.allSatisfy { $0 >= 0 && $0 <= time }, "ctcLoss: lengths \(lengths) for logits \(shape)")
  }
  // A mean needs to know which texts fit before the gradient is made.
  let fits = texts.indices.map { leastSteps(of: texts[$0]) <= lengths?[$0] ?? time }
  let counted = zip(texts, fits).reduce(0) { $0 + ($1.1 ? $1.0.count : 0) }
  let weight: Scalar = reduction == .sum ? 1 : 1 / Scalar(max(1, counted))

  let x = logits.detached()
  let (symbolsOfTexts, scales) = (texts.flatMap { $0 }, [Scalar](repeating: weight, count: batch))
  let offsets = texts.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
  var losses = [Scalar](repeating: 0, count: batch)
  func run(_ gradient: UnsafeMutablePointer<Scalar>?) {
    Scalar.kernels.table.ctc(
      time, batch, symbols, x.base, lengths?.map { Int32($0) }, symbolsOfTexts, offsets, blank, scales, &losses, gradient)
  }
  var gradient: Tensor<Scalar>?
  if logits.isTracked { gradient = Tensor(uninitialized: shape) { run($0) } } else { run(nil) }
  let unfitting = losses.indices.filter { losses[$0] == .infinity }
  for index in unfitting { losses[index] = 0 }
  let value = Tensor<Scalar>(losses.reduce(0, +) * weight)
  guard let gradient else { return CTCLoss(value: value, losses: losses, unfitting: unfitting) }
  let recorded = value.recorded(logits) { cotangent in cotangent.scalar == 1 ? gradient : gradient * cotangent.scalar }
  return CTCLoss(value: recorded, losses: losses, unfitting: unfitting)
}

/// The fewest steps in which a text can be said.
private func leastSteps(of text: [Int32]) -> Int { text.count + zip(text, text.dropFirst()).reduce(0) { $0 + ($1.0 == $1.1 ? 1 : 0) } }
