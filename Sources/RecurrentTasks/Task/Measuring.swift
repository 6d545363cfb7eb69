import RecurrentData
import RecurrentTensors
import RecurrentTraining

/// How much is read at once where a model is measured or asked about many examples: the same in every task.
enum Measuring {
  /// Sequences side by side, at most.
  static let sequenceLimit = 256
  /// Numbers in the widest tensor that the model makes of a batch, at most, where one sequence does not need more: 128 MiB.
  static let numberLimit = 1 << 25

  /// The answers to sequences, in their order, read in batches of similar length.
  ///
  /// - Parameters:
  ///   - lengths: The steps of each sequence.
  ///   - width: Numbers that the model makes of a step in its widest tensor.
  ///   - answer: Answers a batch, given as indices into `lengths`: one answer for each.
  static func answers<Answer>(lengths: [Int], width: Int, _ answer: (_ indices: [Int]) -> [Answer]) -> [Answer] {
    var found = [Answer?](repeating: nil, count: lengths.count)
    let order = LengthBatches.sorted(lengths: lengths, batchSize: max(1, lengths.count)).first ?? []
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, end - start < sequenceLimit, (end - start + 1) * lengths[order[end]] * width <= numberLimit { end += 1 }
      let indices = Array(order[start..<end])
      for (index, answer) in zip(indices, answer(indices)) { found[index] = answer }
      start = end
    }
    return found.compactMap(\.self)
  }
}

extension Tensor<Float> {
  /// What stands in the steps of each sequence of a batch `[time, batch, ...]`, one list a sequence, without the padding.
  func sequences(lengths: [Int]) -> [[Float]] {
    let (scalars, batch) = (scalars, shape[1])
    let width = shape.dropFirst(2).reduce(1, *)
    return lengths.enumerated().map { column, length in
      var sequence: [Float] = []
      for step in 0..<length {
        let start = (step * batch + column) * width
        sequence += scalars[start..<start + width]
      }
      return sequence
    }
  }
}
