#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The equations of the fused cells, one row, one step and one unit at a time, forward and backward, in Double.
func naiveSequence<T: KernelScalar>(_ s: SequenceShape, _ inputs: SequenceInputs<T>) -> SequenceResults<T> {
  let (time, batch, input, hidden, gates) = (s.time, s.batch, s.input, s.hidden, s.cell.gates)
  func doubles(_ values: [T]) -> [Double] { values.map { Double($0) } }
  let wIH = doubles(inputs.wIH)
  let wHH = doubles(inputs.wHH)
  let x = doubles(inputs.x)
  let bIH = doubles(inputs.bIH)
  let bHH = doubles(inputs.bHH)
  let zeros = [Double](repeating: 0, count: batch * hidden)
  let h0 = inputs.h0.map(doubles) ?? zeros
  let c0 = inputs.c0.map(doubles) ?? zeros
  let dhn = inputs.dhn.map(doubles) ?? zeros
  let dcn = inputs.dcn.map(doubles) ?? zeros
  let dy = inputs.dy.map(doubles) ?? [Double](repeating: 0, count: time * batch * hidden)

  var y = [Double](repeating: 0, count: time * batch * hidden)
  var hn = zeros
  var cn = zeros
  var dx = [Double](repeating: 0, count: x.count)
  var dh0 = zeros
  var dc0 = zeros
  var dwIH = [Double](repeating: 0, count: wIH.count)
  var dwHH = [Double](repeating: 0, count: wHH.count)
  var dbIH = [Double](repeating: 0, count: bIH.count)
  var dbHH = [Double](repeating: 0, count: bHH.count)

  for b in 0..<batch {
    let steps = s.lengths.map { Int($0[b]) } ?? time
    // The steps that count, in the order of the run; what each leaves for the backward pass.
    let order = s.reverse ? Array((0..<steps).reversed()) : Array(0..<steps)
    var hs = [Array(h0[b * hidden..<(b + 1) * hidden])]
    var cs = [Array(c0[b * hidden..<(b + 1) * hidden])]
    var activations: [[[Double]]] = []
    for t in order {
      let h = hs.last!
      let c = cs.last!
      var fromInput = bIH
      var fromState = bHH
      for row in 0..<gates * hidden {
        for k in 0..<input { fromInput[row] += wIH[row * input + k] * x[(t * batch + b) * input + k] }
        for k in 0..<hidden { fromState[row] += wHH[row * hidden + k] * h[k] }
      }
      var newH = h
      var newC = c
      var kept = [[Double]](repeating: [Double](repeating: 0, count: hidden), count: 5)
      for j in 0..<hidden {
        func sum(_ gate: Int) -> Double { fromInput[gate * hidden + j] + fromState[gate * hidden + j] }
        switch s.cell {
        case .lstm:
          let (i, f, g, o) = (sigmoid(sum(0)), sigmoid(sum(1)), tanh(sum(2)), sigmoid(sum(3)))
          newC[j] = f * c[j] + i * g
          newH[j] = o * tanh(newC[j])
          (kept[0][j], kept[1][j], kept[2][j], kept[3][j]) = (i, f, g, o)
        case .gru:
          let (r, z, m) = (sigmoid(sum(0)), sigmoid(sum(1)), fromState[2 * hidden + j])
          let n = tanh(fromInput[2 * hidden + j] + r * m)
          newH[j] = (1 - z) * n + z * h[j]
          (kept[0][j], kept[1][j], kept[2][j], kept[3][j]) = (r, z, n, m)
        case .elmanTanh: newH[j] = tanh(sum(0))
        case .elmanRelu: newH[j] = max(0, sum(0))
        }
        y[(t * batch + b) * hidden + j] = newH[j]
      }
      activations.append(kept)
      hs.append(newH)
      cs.append(newC)
    }

    var dh = Array(dhn[b * hidden..<(b + 1) * hidden])
    var dc = Array(dcn[b * hidden..<(b + 1) * hidden])
    for (step, t) in order.enumerated().reversed() {
      let h = hs[step]
      let c = cs[step]
      let newH = hs[step + 1]
      let newC = cs[step + 1]
      let kept = activations[step]
      var toInput = [Double](repeating: 0, count: gates * hidden)
      var toState = toInput
      var previous = [Double](repeating: 0, count: hidden)
      for j in 0..<hidden {
        let d = dh[j] + dy[(t * batch + b) * hidden + j]
        var deltas: [Double] = []
        switch s.cell {
        case .lstm:
          let (i, f, g, o) = (kept[0][j], kept[1][j], kept[2][j], kept[3][j])
          let squashed = tanh(newC[j])
          dc[j] += d * o * (1 - squashed * squashed)
          deltas = [
            dc[j] * g * i * (1 - i), dc[j] * c[j] * f * (1 - f), dc[j] * i * (1 - g * g), d * squashed * o * (1 - o),
          ]
          dc[j] *= f
        case .gru:
          let (r, z, n, m) = (kept[0][j], kept[1][j], kept[2][j], kept[3][j])
          let dn = d * (1 - z) * (1 - n * n)
          deltas = [dn * m * r * (1 - r), d * (h[j] - n) * z * (1 - z), dn]
          previous[j] = d * z
        case .elmanTanh: deltas = [d * (1 - newH[j] * newH[j])]
        case .elmanRelu: deltas = [newH[j] > 0 ? d : 0]
        }
        for gate in 0..<gates {
          toInput[gate * hidden + j] = deltas[gate]
          toState[gate * hidden + j] = s.cell == .gru && gate == 2 ? deltas[gate] * kept[0][j] : deltas[gate]
        }
      }
      for row in 0..<gates * hidden {
        dbIH[row] += toInput[row]
        dbHH[row] += toState[row]
        for k in 0..<input {
          dwIH[row * input + k] += toInput[row] * x[(t * batch + b) * input + k]
          dx[(t * batch + b) * input + k] += toInput[row] * wIH[row * input + k]
        }
        for k in 0..<hidden {
          dwHH[row * hidden + k] += toState[row] * h[k]
          previous[k] += toState[row] * wHH[row * hidden + k]
        }
      }
      dh = previous
    }
    for j in 0..<hidden {
      hn[b * hidden + j] = hs.last![j]
      cn[b * hidden + j] = cs.last![j]
      dh0[b * hidden + j] = dh[j]
      dc0[b * hidden + j] = dc[j]
    }
  }

  func scalars(_ values: [Double]) -> [T] { values.map { T($0) } }
  return SequenceResults(
    y: scalars(y), hn: scalars(hn), cn: scalars(cn), dx: scalars(dx), dh0: scalars(dh0), dc0: scalars(dc0),
    dwIH: scalars(dwIH), dwHH: scalars(dwHH), dbIH: scalars(dbIH), dbHH: scalars(dbHH))
}

private func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
