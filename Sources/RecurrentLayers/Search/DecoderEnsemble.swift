public import RecurrentTensors

/// Several decoders that write together: the mean of their probabilities says what comes next.
///
/// They know the same tokens and decode the same inputs. Where all of them look at places, the ensemble looks where they do on average.
public struct DecoderEnsemble<Member: StepDecoder>: StepDecoder {
  /// The decoders.
  public let members: [Member]

  /// An ensemble of these decoders.
  ///
  /// - Precondition: At least one; all decode as many inputs.
  public init(_ members: [Member]) {
    check(!members.isEmpty, "DecoderEnsemble: no decoders")
    check(
      members.allSatisfy { $0.batchSize == members[0].batchSize },
      "DecoderEnsemble: the decoders have batches of \(members.map(\.batchSize))")
    self.members = members
  }

  public var batchSize: Int { members[0].batchSize }

  /// The states of all members, in their order.
  public struct State: SearchState {
    /// One state a member.
    public var members: [Member.State]

    /// The given states.
    public init(_ members: [Member.State]) { self.members = members }

    public var weights: Tensor<Float>? {
      let all = members.compactMap(\.weights)
      guard let first = all.first, all.count == members.count else { return nil }
      return all.dropFirst().reduce(first) { $0 + $1 } * (1 / Float(all.count))
    }

    public mutating func visitTensors(_ visitor: inout some ParameterVisitor<Float>) {
      visitor.visit(&members, "members")
    }
  }

  /// - Returns: the logarithms of the mean probabilities, `[rows, tokens]`.
  public func step(_ tokens: IndexTensor, from state: State) -> (logits: Tensor<Float>, state: State) {
    check(
      state.members.count == members.count, "DecoderEnsemble: \(state.members.count) states for \(members.count) decoders")
    let steps = zip(members, state.members).map { member, state in member.step(tokens, from: state) }
    let next = State(steps.map(\.state))
    if steps.count == 1 { return (steps[0].logits, next) }
    let sum = steps.dropFirst().reduce(steps[0].logits.softmax()) { $0 + $1.logits.softmax() }
    return ((sum * (1 / Float(steps.count))).log(), next)
  }
}
