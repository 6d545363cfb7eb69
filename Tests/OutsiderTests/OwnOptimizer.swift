import Recurrent
import Testing

/// An optimizer of one's own: steps of the sign of a running mean of gradients (Lion, Chen et al. 2023, without decay).
struct SignDescent<Model: Module>: Optimizer {
  typealias Scalar = Model.Scalar

  private var mean: Model
  private var stepCount = 0

  var progress: OptimizerProgress { OptimizerProgress(stepCount: stepCount) }

  init(for model: Model) { mean = model.zeros() }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) { visitor.visit(&mean, "mean") }

  mutating func restore(_ progress: OptimizerProgress, for model: Model) { stepCount = progress.stepCount }

  mutating func update(_ model: inout Model, along gradient: Model, scale: Double, rate: Double, following plan: ParameterPlan) {
    stepCount += 1
    mean.updateParameters(along: gradient, following: plan) { mean, gradient, _ in
      mean = mean * Scalar(0.9) + gradient * Scalar(0.1 * scale)
    }
    let direction = mean
    model.updateParameters(along: direction, following: plan) { parameter, mean, index in
      parameter = parameter - ((mean .> 0) - (mean .< 0)) * Scalar(rate * plan[index].rate)
    }
  }
}

@Suite struct OwnOptimizerTests {
  @Test func itTrains() {
    var generator = RandomGenerator(seed: 2)
    var model = LSTM<Float>(inputSize: 3, hiddenSize: 8, using: &generator)
    let inputs = Tensor<Float>(uniform: -1...1, shape: [6, 10, 3], using: &generator)
    let targets = inputs.sum(alongAxes: 2, keepingAxes: true).broadcast(to: [6, 10, 8]).tanh()
    var optimizer = SignDescent(for: model)
    var losses: [Float] = []
    for _ in 0..<80 {
      let (loss, gradient) = valueAndGradient(at: model) { ($0(inputs).outputs - targets).squared().mean() }
      optimizer.update(&model, along: gradient, rate: 0.01)
      losses.append(loss.scalar)
    }
    #expect(losses[79] < 0.5 * losses[0], "\(losses[0]) to \(losses[79])")
    #expect(optimizer.parameterPaths.first == "mean.weight_ih_l0" && optimizer.progress.stepCount == 80)
  }
}
