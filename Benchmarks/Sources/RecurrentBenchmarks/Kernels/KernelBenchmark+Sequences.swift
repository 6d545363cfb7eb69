import RecurrentBenchmarking
import RecurrentKernels

extension KernelBenchmark {
  /// The fused sequences at sizes from a toy's to a large model's: the packing of the weights, the forward pass alone and
  /// with what training keeps, and the backward pass.
  static var sequences: [KernelBenchmark] {
    let sizes = [(50, 32, 128, 128), (25, 7, 300, 100), (50, 64, 512, 512), (35, 20, 650, 650), (100, 1, 512, 512)]
    return BenchmarkCase.Cell.allCases.flatMap { cell in
      sizes.flatMap { time, batch, input, hidden in
        let extent = SequenceExtent(cell: cell, time: time, batch: batch, input: input, hidden: hidden)
        let size = "\(time)x\(batch)x\(input)x\(hidden)"
        func benchmark(_ pass: String, _ work: Work, call: @escaping (SequenceOperands) -> Void) -> KernelBenchmark {
          KernelBenchmark("\(cell.rawValue)-\(pass)/\(size)", work) {
            let operands = SequenceOperands(extent)
            operands.pack()
            operands.forward(saving: true)
            return { call(operands) }
          }
        }
        return [
          benchmark("pack", .pass(reading: extent.parameterCount, writing: extent.parameterCount)) { $0.pack() },
          benchmark("infer", .sequenceForward(extent, saving: false)) { $0.forward(saving: false) },
          benchmark("forward", .sequenceForward(extent, saving: true)) { $0.forward(saving: true) },
          benchmark("backward", .sequenceBackward(extent)) { $0.backward() },
        ]
      }
    }
  }
}

/// The weights, inputs and results of one layer over a sequence, and the calls of its kernels.
private final class SequenceOperands {
  private let cell: BenchmarkCase.Cell
  private var sequence: rk_sequence
  private let inputWeights, stateWeights, inputBias, stateBias: Operand
  private let packed, saved, x, y, finalHidden, finalCell: Operand
  private let outputGradient, inputGradient, inputWeightsGradient, stateWeightsGradient: Operand
  private let inputBiasGradient, stateBiasGradient: Operand

  init(_ extent: SequenceExtent) {
    cell = extent.cell
    let (time, batch, input, hidden) = (extent.time, extent.batch, extent.input, extent.hidden)
    let gates = extent.cell.gateCount * hidden
    sequence = rk_sequence(time: time, batch: batch, input: input, hidden: hidden, lengths: nil, reverse: false, backward_weights: nil, has_backward_weights: false)
    // As small as initial weights are, so that no gate is saturated.
    let scale = 1 / Float(hidden).squareRoot()
    (inputWeights, stateWeights) = (Operand(gates * input, scale: scale), Operand(gates * hidden, scale: scale))
    (inputBias, stateBias) = (Operand(gates, scale: scale), Operand(gates, scale: scale))
    switch cell {
    case .lstm:
      packed = Operand(rk_lstm_packed_count_f32(input, hidden))
      saved = Operand(rk_lstm_saved_count_f32(time, batch, hidden))
    case .gru:
      packed = Operand(rk_gru_packed_count_f32(input, hidden))
      saved = Operand(rk_gru_saved_count_f32(time, batch, hidden))
    case .rnn:
      packed = Operand(rk_elman_packed_count_f32(input, hidden))
      saved = Operand(rk_elman_saved_count_f32(time, batch, hidden))
    }
    (x, y) = (Operand(time * batch * input), Operand(time * batch * hidden))
    (finalHidden, finalCell) = (Operand(batch * hidden), Operand(batch * hidden))
    (outputGradient, inputGradient) = (Operand(time * batch * hidden), Operand(time * batch * input))
    (inputWeightsGradient, stateWeightsGradient) = (Operand(gates * input), Operand(gates * hidden))
    (inputBiasGradient, stateBiasGradient) = (Operand(gates), Operand(gates))
  }

  func pack() {
    let (input, hidden) = (sequence.input, sequence.hidden)
    switch cell {
    case .lstm:
      rk_lstm_pack_f32(
        input, hidden, inputWeights.base, stateWeights.base, inputBias.base, stateBias.base, packed.base)
    case .gru:
      rk_gru_pack_f32(
        input, hidden, inputWeights.base, stateWeights.base, inputBias.base, stateBias.base, packed.base)
    case .rnn:
      rk_elman_pack_f32(
        input, hidden, inputWeights.base, stateWeights.base, inputBias.base, stateBias.base, packed.base)
    }
  }

  func forward(saving: Bool) {
    let kept = saving ? saved.base : nil
    switch cell {
    case .lstm:
      rk_lstm_forward_f32(
        &sequence, packed.base, x.base, nil, nil, y.base, finalHidden.base, finalCell.base, kept)
    case .gru: rk_gru_forward_f32(&sequence, packed.base, x.base, nil, y.base, finalHidden.base, kept)
    case .rnn: rk_elman_forward_f32(&sequence, false, packed.base, x.base, nil, y.base, finalHidden.base, kept)
    }
  }

  func backward() {
    switch cell {
    case .lstm:
      rk_lstm_backward_f32(
        &sequence, inputWeights.base, stateWeights.base, x.base, nil, nil, y.base, saved.base, outputGradient.base, nil,
        nil, inputGradient.base, nil, nil, inputWeightsGradient.base, stateWeightsGradient.base, inputBiasGradient.base,
        stateBiasGradient.base)
    case .gru:
      rk_gru_backward_f32(
        &sequence, inputWeights.base, stateWeights.base, x.base, nil, y.base, saved.base, outputGradient.base, nil,
        inputGradient.base, nil, inputWeightsGradient.base, stateWeightsGradient.base, inputBiasGradient.base,
        stateBiasGradient.base)
    case .rnn:
      rk_elman_backward_f32(
        &sequence, false, inputWeights.base, stateWeights.base, x.base, nil, y.base, saved.base, outputGradient.base, nil,
        inputGradient.base, nil, inputWeightsGradient.base, stateWeightsGradient.base, inputBiasGradient.base,
        stateBiasGradient.base)
    }
  }
}
