#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif
import RecurrentLayers
import RecurrentTensors

/// The derivatives of an LSTM with a softmax on top, written out by hand in the order of Chen 2016, "A gentle tutorial of
/// recurrent neural network with error backpropagation": number by number, without a tensor operation, so that it can be
/// read beside the equations.
///
/// Forward, at each step, with `⊙` element by element:
///
///     f = σ(W_xf x + W_hf h + b_f)    i = σ(...)    g = tanh(...)    o = σ(...)
///     c = f ⊙ c⁻ + i ⊙ g              h = o ⊙ tanh c               z = softmax(W_hz h + b_z)
///
/// Backward, from the last step to the first:
///
///     dz = z - target                  dh += W_hzᵀ dz
///     do = tanh c ⊙ dh                 dc += (1 - tanh² c) ⊙ o ⊙ dh
///     df = c⁻ ⊙ dc     dc⁻ = f ⊙ dc    di = g ⊙ dc     dg = i ⊙ dc
///     before σ: times σ(1 - σ); before tanh: times 1 - tanh²; then dW = d xᵀ, dh⁻ = Σ Wᵀ d
struct HandDerivatives {
  /// As the network's parameters, in order of visit.
  let gradient: FlowNetwork
  /// The loss, for a check that both compute the same.
  let loss: Double

  private struct Step {
    var input = 0
    var i: [Double], f: [Double], g: [Double], o: [Double]
    var cellBefore: [Double], hiddenBefore: [Double], cell: [Double], hidden: [Double]
    var probabilities: [Double]
  }

  init(of network: FlowNetwork, on letters: [Int32]) {
    let units = network.rnn.hiddenSize
    let classes = FlowNetwork.alphabet.count
    let (wx, wh) = (network.rnn.inputWeight.scalars, network.rnn.recurrentWeight.scalars)
    let (bx, bh) = (network.rnn.inputBias.scalars, network.rnn.recurrentBias.scalars)
    let (wz, bz) = (network.output.weight.scalars, network.output.bias?.scalars ?? [])
    func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

    // Forward.
    var steps: [Step] = []
    var (hidden, cell) = ([Double](repeating: 0, count: units), [Double](repeating: 0, count: units))
    var total = 0.0
    for (letter, next) in zip(letters, letters.dropFirst()) {
      // Row r of the weights belongs to gate r / units, in the order i f g o; x is 1 at the letter and 0 elsewhere.
      let sums = (0..<4 * units).map { row in
        (0..<units).reduce(wx[row * classes + Int(letter)] + bx[row] + bh[row]) { $0 + wh[row * units + $1] * hidden[$1] }
      }
      var step = Step(
        input: Int(letter), i: sums[0..<units].map(sigmoid), f: sums[units..<2 * units].map(sigmoid),
        g: sums[2 * units..<3 * units].map { tanh($0) }, o: sums[3 * units..<4 * units].map(sigmoid), cellBefore: cell,
        hiddenBefore: hidden, cell: [], hidden: [], probabilities: [])
      cell = (0..<units).map { step.f[$0] * cell[$0] + step.i[$0] * step.g[$0] }
      hidden = (0..<units).map { step.o[$0] * tanh(cell[$0]) }
      let scores = (0..<classes).map { k in (0..<units).reduce(bz[k]) { $0 + wz[k * units + $1] * hidden[$1] } }
      let largest = scores.max() ?? 0
      let exponentials = scores.map { exp($0 - largest) }
      let sum = exponentials.reduce(0, +)
      step.cell = cell
      step.hidden = hidden
      step.probabilities = exponentials.map { $0 / sum }
      total -= log(step.probabilities[Int(next)])
      steps.append(step)
    }
    let count = Double(steps.count)
    loss = total / count

    // Backward.
    var (dwx, dwh) = ([Double](repeating: 0, count: wx.count), [Double](repeating: 0, count: wh.count))
    var db = [Double](repeating: 0, count: bx.count)
    var (dwz, dbz) = ([Double](repeating: 0, count: wz.count), [Double](repeating: 0, count: classes))
    var (dHidden, dCell) = ([Double](repeating: 0, count: units), [Double](repeating: 0, count: units))
    for (step, target) in zip(steps, letters.dropFirst()).reversed() {
      for k in 0..<classes {
        let dz = (step.probabilities[k] - (k == Int(target) ? 1 : 0)) / count
        dbz[k] += dz
        for j in 0..<units {
          dwz[k * units + j] += dz * step.hidden[j]
          dHidden[j] += wz[k * units + j] * dz
        }
      }
      var before = [Double](repeating: 0, count: 4 * units)  // the derivatives before the nonlinearities, i f g o
      for j in 0..<units {
        let shown = tanh(step.cell[j])
        let dOutput = shown * dHidden[j]
        dCell[j] += (1 - shown * shown) * step.o[j] * dHidden[j]
        let (dForget, dInput, dCandidate) = (step.cellBefore[j] * dCell[j], step.g[j] * dCell[j], step.i[j] * dCell[j])
        before[j] = dInput * step.i[j] * (1 - step.i[j])
        before[units + j] = dForget * step.f[j] * (1 - step.f[j])
        before[2 * units + j] = dCandidate * (1 - step.g[j] * step.g[j])
        before[3 * units + j] = dOutput * step.o[j] * (1 - step.o[j])
        dCell[j] *= step.f[j]  // what goes on to the cell before: the constant error carousel, as far as f is 1
      }
      dHidden = [Double](repeating: 0, count: units)
      for row in 0..<4 * units {
        dwx[row * classes + step.input] += before[row]
        db[row] += before[row]
        for j in 0..<units {
          dwh[row * units + j] += before[row] * step.hiddenBefore[j]
          dHidden[j] += wh[row * units + j] * before[row]
        }
      }
    }
    var gradient = network
    let values = [dwx, dwh, db, db, dwz, dbz]
    gradient.setParameters(zip(network.parameters, values).map { Tensor(shape: $0.tensor.shape, scalars: $1) })
    self.gradient = gradient
  }
}
