import RecurrentLayers
import RecurrentTensors
import RecurrentTestSupport
import Testing

/// Attention of every kind, written with the simplest tensor operations.
private func reference(
  _ attention: AnyAttention<Double>, _ memory: Tensor<Double>, lengths: [Int]?, _ queries: Tensor<Double>
) -> (context: Tensor<Double>, weights: Tensor<Double>) {
  let (time, batch) = (memory.shape[0], memory.shape[1])
  func product(_ x: Tensor<Double>, _ weight: Tensor<Double>) -> Tensor<Double> {
    matmul(x, weight, transposingSecond: true)
  }
  let isScaled = (attention.base as? GeneralAttention<Double>)?.scale != 1
  func score(_ q: Tensor<Double>, _ h: Tensor<Double>) -> Double {  // [1, query], [1, memory]
    switch attention.base {
    case let base as AdditiveAttention<Double>:
      ((product(q, base.queryMap.weight) + product(h, base.memoryMap.weight)).tanh() * base.scoreVector).sum().scalar
    case let base as GeneralAttention<Double>:
      (q * product(h, base.memory.weight)).sum().scalar / (isScaled ? Double(q.count).squareRoot() : 1)
    default: (q * h).sum().scalar
    }
  }
  var weights: [Tensor<Double>] = []
  for step in 0..<queries.shape[0] {
    for b in 0..<batch {
      let length = lengths?[b] ?? time
      let scores = (0..<length).map { t in
        score(queries.index(step).sliced(b..<(b + 1)), memory.index(t).sliced(b..<(b + 1)))
      }
      let row = length == 0 ? [] : Tensor(shape: [length], scalars: scores).softmax().scalars
      weights.append(Tensor(shape: [time], scalars: row + Array(repeating: 0, count: time - length)))
    }
  }
  let all = Tensor(stacking: weights).reshaped(to: [queries.shape[0], batch, time])
  let contexts = matmul(
    all.transposed(permutation: [1, 0, 2]), memory.transposed(permutation: [1, 0, 2]))  // [batch, steps, memory]
  return (contexts.transposed(permutation: [1, 0, 2]), all)
}

@Suite struct AttentionTests {
  static let lengths: [[Int]?] = [nil, [4, 0, 6], [6, 1, 3]]

  static func attention<Scalar: TensorScalar>(_ kind: AttentionKind) -> AnyAttention<Scalar> {
    var generator = RandomGenerator(seed: 3)
    return kind.makeAttention(querySize: 5, memorySize: kind == .dot ? 5 : 4, size: 7, using: &generator)
      .mapParameters { Tensor(uniform: -1...1, shape: $0.shape, using: &generator) }
  }

  static func memory(of attention: AnyAttention<Double>) -> Tensor<Double> {
    random([6, 3, attention.memorySize], seed: 1, bound: 2)
  }

  @Test(arguments: AttentionKind.allCases, lengths)
  func isTheDefinition(_ kind: AttentionKind, lengths: [Int]?) {
    let attention: AnyAttention<Double> = Self.attention(kind)
    let (memory, queries): (Tensor<Double>, Tensor<Double>) = (Self.memory(of: attention), random([2, 3, 5], seed: 2))
    let expected = reference(attention, memory, lengths: lengths, queries)
    let found = attention.attending(memory, lengths: lengths).attend(queries)
    #expect(relativeDifference(found.context, expected.context) < 1e-12)
    #expect(relativeDifference(found.weights, expected.weights) < 1e-12)
  }

  /// With respect to memory, queries and parameters; through contexts and weights; all queries at once and one after the other.
  @Test(arguments: AttentionKind.allCases, lengths)
  func gradient(_ kind: AttentionKind, lengths: [Int]?) {
    let attention: AnyAttention<Double> = Self.attention(kind)
    let inputs: [Tensor<Double>] = [Self.memory(of: attention), random([3, 3, 5], seed: 2)]
    for isStepwise in [false, true] {
      let error = gradientError(at: attention, inputs) { attention, inputs in
        let memory = attention.attending(inputs[0], lengths: lengths)
        let queries = isStepwise ? inputs[1].split(count: 3) : [inputs[1]]
        let parts = queries.flatMap { query in
          let (context, weights) = memory.attend(query)
          return [context.reshaped(to: [context.count]), weights.reshaped(to: [weights.count])]
        }
        return Tensor(concatenating: parts)
      }
      #expect(error < 1e-6, "\(kind.rawValue), stepwise \(isStepwise): \(error)")
    }
    // Where only the weights count, or only what was seen.
    for isOfWeights in [false, true] {
      let error = gradientError(at: attention, inputs) { attention, inputs in
        let (context, weights) = attention.attending(inputs[0], lengths: lengths).attend(inputs[1])
        return isOfWeights ? weights : context
      }
      #expect(error < 1e-6)
    }
    // Where a loop feeds what it saw back, and only the last step counts.
    let error = gradientError(at: attention, [inputs[0], random([1, 3, 5], seed: 4)]) { attention, inputs in
      let memory = attention.attending(inputs[0], lengths: lengths)
      var query = inputs[1]
      for _ in 0..<3 { query = memory.attend(query).context.sum(alongAxes: 2, keepingAxes: true) * 0.2 + query }
      return query
    }
    #expect(error < 1e-6)
  }

  @Test(arguments: AttentionKind.allCases)
  func paddingNeverCounts(_ kind: AttentionKind) {
    let attention: AnyAttention<Double> = Self.attention(kind)
    let (memory, queries): (Tensor<Double>, Tensor<Double>) = (Self.memory(of: attention), random([2, 3, 5], seed: 2))
    let lengths = [6, 2, 0]
    let isPadding = Tensor<Double>(
      shape: [6, 3, 1], scalars: (0..<6).flatMap { time in lengths.map { $0 <= time ? 1 : 0 } })
    let clean = attention.attending(memory, lengths: lengths).attend(queries)
    for spoilt in [1e9, .infinity, .nan] {
      let found = attention.attending(memory.replacing(with: Tensor(spoilt), where: isPadding), lengths: lengths).attend(queries)
      #expect(found.context.isBitwiseEqual(to: clean.context) && found.weights.isBitwiseEqual(to: clean.weights))
    }
    for step in 0..<2 {
      #expect(abs(clean.weights.index(step).index(1).sum().scalar - 1) < 1e-12)
      #expect(clean.weights.index(step).index(1).scalars[2...].allSatisfy { $0 == 0 })
      #expect(clean.weights.index(step).index(2).scalars.allSatisfy { $0 == 0 })
      #expect(clean.context.index(step).index(2).scalars.allSatisfy { $0 == 0 })
    }
    // A sequence alone, without any padding, has the same answer to the last bit.
    for (row, length) in lengths.enumerated() where length > 0 {
      let alone = attention.attending(memory.sliced(0..<length).sliced(row..<(row + 1), alongAxis: 1))
        .attend(queries.sliced(row..<(row + 1), alongAxis: 1))
      #expect(alone.context.isBitwiseEqual(to: clean.context.sliced(row..<(row + 1), alongAxis: 1)))
    }
  }

  /// An attention of somebody else's, of tensor operations alone, with scores that are NaN in the padding.
  @Test func anotherAttention() {
    struct Linearly: Attention {
      typealias Scalar = Double
      var query: Linear<Double>
      var place: Linear<Double>
      var querySize: Int { query.weight.shape[1] }
      var memorySize: Int { place.weight.shape[1] }

      mutating func visitParameters(_ visitor: inout some ParameterVisitor<Double>) {
        visitor.visit(&query, "query")
        visitor.visit(&place, "place")
      }

      func scoring(_ memory: Tensor<Double>, lengths: [Int]?) -> AttentionScoring<Double> {
        let ofPlaces = place(memory).squeezingAxis(at: 2).transposed()
        return { [query] queries in query(queries).tanh() * ofPlaces }
      }
    }
    var generator = RandomGenerator(seed: 3)
    let attention = Linearly(
      query: Linear(inputSize: 5, outputSize: 1, using: &generator), place: Linear(inputSize: 4, outputSize: 1, using: &generator))
    let error = gradientError(at: attention, [random([6, 3, 4], seed: 1), random([2, 3, 5], seed: 2)]) {
      $0.attending($1[0], lengths: [6, 2, 0]).attend($1[1]).context
    }
    #expect(error < 1e-6)
  }

  /// In a process of its own: the number of threads must not change while other tests compute.
  @Test func oneThreadEqualsMany() async {
    await #expect(processExitsWith: .success) {
      for kind in AttentionKind.allCases {
        let attention: AnyAttention<Float> = Self.attention(kind)
        let memory: Tensor<Float> = random([17, 40, attention.memorySize], seed: 1)
        let queries: Tensor<Float> = random([9, 40, 5], seed: 2)
        func gradients() -> [Tensor<Float>] {
          let tape = Tape<Float>()
          let (m, q, watched) = (tape.watch(memory), tape.watch(queries), attention.mapParameters { tape.watch($0) })
          let (context, weights) = watched.attending(m, lengths: (0..<40).map { $0 % 18 }).attend(q)
          let loss = (context * context).sum() + (weights * weights).sum()
          return tape.gradients(of: loss, at: [m, q] + watched.parameters.map(\.tensor)) + [context.detached()]
        }
        Threads.count = 1
        let one = gradients()
        for count in [2, 3] {
          Threads.count = count
          for (a, b) in zip(one, gradients()) { #expect(a.isBitwiseEqual(to: b), "\(kind.rawValue), \(count) threads") }
        }
      }
    }
  }
}

/// Steps of a loop whose weights are shared.
@Suite struct SteppedTests {
  @Test(arguments: CellKind.ofPackage)
  func aSteppedCellIsTheCell(_ kind: CellKind) {
    let cell: AnyCell<Double> = randomCell(kind, inputSize: 4, hiddenSize: 4)
    let state = randomState(cell, batch: 3)
    let inputs: Tensor<Double> = random([3, 4], seed: 1)
    func loop(_ step: (Tensor<Double>, AnyState<Double>) -> AnyState<Double>, _ input: Tensor<Double>, _ state: AnyState<Double>)
      -> Tensor<Double>
    {
      var (input, state, seen) = (input, state, [Tensor<Double>]())
      for _ in 0..<4 {
        state = step(input, state)
        input = state.hidden * 0.5 + input
        seen += state.tensors
      }
      return Tensor(concatenating: seen)
    }
    let stepped = SteppedCell(cell)
    #expect(
      relativeDifference(loop({ stepped.step($0, from: $1) }, inputs, state), loop({ cell.step($0, from: $1) }, inputs, state))
        < 1e-12)
    let error = gradientError(at: cell, [inputs] + state.tensors) { cell, arguments in
      let stepped = SteppedCell(cell)
      return loop({ stepped.step($0, from: $1) }, arguments[0], state.replacingTensors(with: Array(arguments.dropFirst())))
    }
    #expect(error < 1e-6)
    // What only the last step counts, and parameters that are not wanted.
    let ofInputs = gradientError(at: [inputs]) { arguments in
      loop({ SteppedCell(cell).step($0, from: $1) }, arguments[0], state).sliced(9..<12)
    }
    #expect(ofInputs < 1e-6)
  }

  @Test(arguments: [true, false])
  func aSteppedLayerIsTheLayer(hasBias: Bool) {
    var generator = RandomGenerator(seed: 1)
    let layer = Linear<Double>(inputSize: 3, outputSize: 3, hasBias: hasBias, using: &generator)
      .mapParameters { Tensor(uniform: -1...1, shape: $0.shape, using: &generator) }
    let x: Tensor<Double> = random([2, 4, 3], seed: 2)
    #expect(SteppedLinear(layer)(x).isBitwiseEqual(to: layer(x)))
    let error = gradientError(at: layer, [x]) { layer, arguments in
      let stepped = SteppedLinear(layer)
      var x = arguments[0]
      for _ in 0..<3 { x = stepped(x).tanh() }
      return x
    }
    #expect(error < 1e-6)
  }
}
