import RecurrentKernels
import Testing

/// Properties that all fused cells have, bit for bit.
extension KernelTests {
  @Suite struct SequenceTests {
    @Test(arguments: FusedCell.allCases) func cutInTwoEqualsWhole(cell: FusedCell) {
      onEveryInstructionSet { set in
        for (batch, hidden) in [(1, 17), (5, 33), (13, 40)] {
          for reverse in [false, true] {
            let whole = SequenceShape(
              cell: cell, time: 7, batch: batch, input: 6, hidden: hidden, reverse: reverse)
            let inputs = SequenceInputs<Float>(whole)
            let expected = run(whole, inputs)
            // The part that runs first is the later one in reverse.
            let cut = 3
            let xCut = cut * batch * 6
            let yCut = cut * batch * hidden
            var (early, late) = (whole, whole)
            (early.time, late.time) = (cut, 7 - cut)
            var (earlyInputs, lateInputs) = (inputs, inputs)
            earlyInputs.x = Array(inputs.x[..<xCut])
            lateInputs.x = Array(inputs.x[xCut...])
            earlyInputs.dy = inputs.dy.map { Array($0[..<yCut]) }
            lateInputs.dy = inputs.dy.map { Array($0[yCut...]) }
            let (first, second) = reverse ? (late, early) : (early, late)
            var (firstInputs, secondInputs) = reverse ? (lateInputs, earlyInputs) : (earlyInputs, lateInputs)
            let firstForward = run(first, firstInputs)
            secondInputs.h0 = firstForward.hn
            if cell == .lstm { secondInputs.c0 = firstForward.cn }
            let secondResult = run(second, secondInputs)
            firstInputs.dhn = secondResult.dh0
            if cell == .lstm { firstInputs.dcn = secondResult.dc0 }
            let firstResult = run(first, firstInputs)
            let (e, l) = reverse ? (secondResult, firstResult) : (firstResult, secondResult)
            let what: Comment = "\(cell), batch \(batch), hidden \(hidden), reverse \(reverse), \(name(of: set))"
            #expect(sameBits(e.y + l.y, expected.y), what)
            #expect(sameBits(secondResult.hn, expected.hn) && sameBits(secondResult.cn, expected.cn), what)
            #expect(sameBits(e.dx + l.dx, expected.dx), what)
            #expect(sameBits(firstResult.dh0, expected.dh0) && sameBits(firstResult.dc0, expected.dc0), what)
          }
        }
      }
    }

    @Test(arguments: FusedCell.allCases) func otherRowsDoNotMatter(cell: FusedCell) {
      onEveryInstructionSet { set in
        for batch in [2, 7, 20] {
          let (time, input, hidden) = (4, 5, 37)
          let all = SequenceShape(
            cell: cell, time: time, batch: batch, input: input, hidden: hidden,
            lengths: SequenceShape.someLengths(time: time, batch: batch), reverse: batch == 7)
          let inputs = SequenceInputs<Float>(all)
          let expected = run(all, inputs)
          for b in [0, 1, batch - 1] {
            var alone = all
            alone.batch = 1
            alone.lengths = [all.lengths![b]]
            var row = inputs
            row.x = column(b, of: inputs.x, batch: batch, width: input)
            row.h0 = inputs.h0.map { column(b, of: $0, batch: batch, width: hidden) }
            row.c0 = inputs.c0.map { column(b, of: $0, batch: batch, width: hidden) }
            row.dy = inputs.dy.map { column(b, of: $0, batch: batch, width: hidden) }
            row.dhn = inputs.dhn.map { column(b, of: $0, batch: batch, width: hidden) }
            row.dcn = inputs.dcn.map { column(b, of: $0, batch: batch, width: hidden) }
            let result = run(alone, row)
            let pairs = [
              (result.y, expected.y, hidden), (result.hn, expected.hn, hidden), (result.dx, expected.dx, input),
              (result.dh0, expected.dh0, hidden),
            ]
            for (single, together, width) in pairs {
              #expect(
                sameBits(single, column(b, of: together, batch: batch, width: width)),
                "\(cell), row \(b) of \(batch), \(name(of: set))")
            }
          }
        }
      }
    }

    @Test(arguments: FusedCell.allCases) func missingStateEqualsZeros(cell: FusedCell) {
      onEveryInstructionSet { set in
        for reverse in [false, true] {
          var shape = SequenceShape(
            cell: cell, time: 5, batch: 7, input: 4, hidden: 35, lengths: [5, 0, 3, 1, 5, 2, 4], reverse: reverse)
          shape.hasState = false
          var inputs = SequenceInputs<Float>(shape)
          let missing = run(shape, inputs)
          let zeros = [Float](repeating: 0, count: 7 * 35)
          (inputs.h0, inputs.c0, inputs.dhn, inputs.dcn) = (zeros, zeros, zeros, zeros)
          #expect(run(shape, inputs).hasSameBits(as: missing), "\(cell), reverse \(reverse), \(name(of: set))")
        }
      }
    }

    /// Without a buffer to save into the forward pass gives the same bits.
    @Test(arguments: FusedCell.allCases) func inferenceEqualsTraining(cell: FusedCell) {
      onEveryInstructionSet { set in
        for lengths in [nil, [4, 0, 2, 3, 1] as [Int32]] {
          var shape = SequenceShape(cell: cell, time: 4, batch: 5, input: 3, hidden: 50, lengths: lengths)
          let inputs = SequenceInputs<Float>(shape)
          let training = run(shape, inputs)
          shape.hasGradients = false
          let inference = run(shape, inputs)
          #expect(sameBits(inference.y, training.y) && sameBits(inference.hn, training.hn), "\(cell), \(name(of: set))")
          #expect(sameBits(inference.cn, training.cn), "\(cell), \(name(of: set))")
        }
      }
    }

    /// Full lengths are no lengths.
    @Test(arguments: FusedCell.allCases) func fullLengthsChangeNothing(cell: FusedCell) {
      for reverse in [false, true] {
        var shape = SequenceShape(cell: cell, time: 6, batch: 8, input: 3, hidden: 20, reverse: reverse)
        let inputs = SequenceInputs<Double>(shape)
        let without = run(shape, inputs)
        shape.lengths = [Int32](repeating: 6, count: 8)
        let with = run(shape, inputs)
        for (a, b) in zip(with.named, without.named) {
          #expect(sameBits(a.values, b.values), "\(a.name) of \(cell), reverse \(reverse)")
        }
      }
    }

    /// Each gradient that is not wanted may be null, and the others stay the same.
    @Test(arguments: FusedCell.allCases) func gradientsMayBeLeftOut(cell: FusedCell) {
      let shape = SequenceShape(
        cell: cell, time: 4, batch: 3, input: 5, hidden: 18, lengths: [4, 2, 0], reverse: true)
      let inputs = SequenceInputs<Float>(shape)
      let all = run(shape, inputs)
      let kernels = Float.sequenceKernels(cell)
      var sequence = rk_sequence(time: 4, batch: 3, input: 5, hidden: 18, lengths: nil, reverse: true, backward_weights: nil, has_backward_weights: false)
      var packed = [Float](repeating: 0, count: kernels.packedCount(5, 18))
      var y = all.y
      var hn = all.hn
      var cn = all.hn
      var saved = [Float](repeating: 0, count: kernels.savedCount(4, 3, 18))
      shape.lengths!.withUnsafeBufferPointer { lengths in
        sequence.lengths = lengths.baseAddress
        kernels.pack(5, 18, inputs.wIH, inputs.wHH, inputs.bIH, inputs.bHH, &packed)
        kernels.forward(&sequence, packed, inputs.x, inputs.h0, inputs.c0, &y, &hn, &cn, &saved)
        func check(
          _ what: String, _ expected: [Float],
          _ dx: Output<Float>, _ dh0: Output<Float>, _ dwIH: Output<Float>, _ dwHH: Output<Float>,
          _ dbIH: Output<Float>,
          _ dbHH: Output<Float>
        ) {
          kernels.backward(
            &sequence, inputs.wIH, inputs.wHH, inputs.x, inputs.h0, inputs.c0, y, saved, inputs.dy, inputs.dhn,
            inputs.dcn,
            dx, dh0, nil, dwIH, dwHH, dbIH, dbHH)
          let written = [dx, dh0, dwIH, dwHH, dbIH, dbHH].compactMap { $0 }.first!
          #expect(
            sameBits(Array(UnsafeBufferPointer(start: written, count: expected.count)), expected), "\(what) of \(cell)")
        }
        let result = UnsafeMutablePointer<Float>.allocate(capacity: 4096)
        defer { result.deallocate() }
        check("dx", all.dx, result, nil, nil, nil, nil, nil)
        check("dh0", all.dh0, nil, result, nil, nil, nil, nil)
        check("dwIH", all.dwIH, nil, nil, result, nil, nil, nil)
        check("dwHH", all.dwHH, nil, nil, nil, result, nil, nil)
        check("dbIH", all.dbIH, nil, nil, nil, nil, result, nil)
        check("dbHH", all.dbHH, nil, nil, nil, nil, nil, result)
      }
    }

    /// Enough work that the rows, and for few rows the panels, are divided among the threads for certain.
    @Test(arguments: FusedCell.allCases) func threadsGiveTheSameBits(cell: FusedCell) {
      for (batch, hidden) in [(40, 100), (2, 200), (1, 300)] {
        let shape = SequenceShape(
          cell: cell, time: 5, batch: batch, input: 20, hidden: hidden,
          lengths: batch == 1 ? nil : SequenceShape.someLengths(time: 5, batch: batch), reverse: batch == 2)
        let inputs = SequenceInputs<Float>(shape)
        var first: SequenceResults<Float>?
        withEveryThreadCount { threads in
          let result = run(shape, inputs)
          #expect(first?.hasSameBits(as: result) ?? true, "\(cell), batch \(batch), \(threads) threads")
          first = result
        }
      }
    }
  }
}

/// The part of [..., batch, width] that belongs to row b.
private func column(_ b: Int, of values: [Float], batch: Int, width: Int) -> [Float] {
  stride(from: 0, to: values.count, by: batch * width).flatMap { values[$0 + b * width..<$0 + (b + 1) * width] }
}
