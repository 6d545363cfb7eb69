#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif
import Foundation
import RecurrentDrawing
import RecurrentLayers
import RecurrentTasks
import RecurrentTensors
import RecurrentTraining

/// How far back the gradient reaches in a trained model, layer by layer, on data of its task.
struct ModelGradients {
  private let path: String
  private let task: TaskKind
  private let layers: [GradientReach<Float>.Layer]
  private let lags: [Int]
  /// The norms by layer and lag: the mean over the batches.
  private let norms: [[Double]]
  private let batches: Int
  private let parameters: GradientParameters

  init(model name: String, data: String, _ parameters: GradientParameters, _ bench: Bench) throws {
    var isDirectory: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: name, isDirectory: &isDirectory)
    path = exists && isDirectory.boolValue ? name + "/model.safetensors" : name
    self.parameters = parameters
    let stored = try StoredModel(contentsOf: URL(fileURLWithPath: path))
    task = stored.task
    let reaches = try Self.reaches(stored.task.task, stored, data, parameters, bench)
    guard let first = reaches.first else {
      throw LabError(
        "\(path): no gradient through time can be followed in this model: it needs recurrent layers that read a sequence, and data of two steps or more")
    }
    let same = reaches.filter { $0.lags == first.lags }
    batches = same.count
    (layers, lags) = (first.layers, first.lags)
    norms = first.norms.indices.map { layer in
      first.lags.indices.map { lag in same.reduce(0) { $0 + $1.norms[layer][lag] } / Double(same.count) }
    }
  }

  private static func reaches<Task: RecipeTask>(
    _ task: Task.Type, _ stored: StoredModel, _ data: String, _ parameters: GradientParameters, _ bench: Bench
  ) throws -> [GradientReach<Float>] {
    // What stands in the file is checked, sizes and all, before a model is made from the data.
    let settings = try Trained<Task>(stored).settings
    var training = stored.training?.configuration ?? TrainingConfiguration()
    do {
      try training.checkValues()
    } catch {
      throw LabError("\(stored.path): has a training that cannot be read: \(error)")
    }
    if !Task.meaninglessTrainingKeys.contains("steps") { training.steps = parameters.steps + 1 }
    let run = try Task.prepare(
      RunSettings(name: "lab", seed: bench.seed, data: settings.data, model: settings.model, training: training),
      from: DataSource(data))
    var model = run.model
    do {
      try stored.loadParameters(into: &model)
    } catch let error as ModelFileError {
      throw LabError("\(data): makes another network than \(stored.path) has; give the data that it was trained on (\(error))")
    }
    var reaches: [GradientReach<Float>] = []
    var carried: Task.Goal.Carried?
    let count = min(parameters.batches, run.source.stepsPerEpoch)
    for step in 0..<count {
      var generator = bench.generator("dropout \(step)")
      let batch = try run.source.batch(at: step, epoch: 0, shard: .whole)
      let before = carried ?? run.objective.initialCarried(for: model, on: batch)
      var after: Task.Goal.Carried?
      let reach = try GradientReach<Float>.measure(lags: GradientReach<Float>.spreadLags(upTo: parameters.steps)) {
        let result = try run.objective.loss(of: model, on: batch, from: before, using: &generator)
        after = result.carried.detached()
        return result.value
      }
      if let after { carried = after }
      if let reach { reaches.append(reach) }
      try bench.report(Double(step + 1) / Double(count), "batch \(step + 1) of \(count)")
    }
    return reaches
  }

  /// The lag at which a layer's norm first falls below a hundredth of that one step back.
  private func fading(_ layer: Int) -> Int? {
    let first = norms[layer][0]
    return zip(lags, norms[layer]).first { $1 < first / 100 }?.0
  }

  /// The mean change of the logarithm a step, from the first lag to the last that is not zero.
  private func slope(_ layer: Int) -> Double? {
    guard let last = lags.indices.last(where: { norms[layer][$0] > 0 }), last > 0, norms[layer][0] > 0 else { return nil }
    return (log(norms[layer][last]) - log(norms[layer][0])) / Double(lags[last] - lags[0])
  }

  func findings() -> Findings {
    let shown = [0, lags.count / 2, lags.count - 1]
    let table = Table(
      ["layer"] + shown.map { "\(lags[$0]) back" } + ["slope a step", "below 1 % at"],
      norms.indices.map { layer in
        ["\(layers[layer])"] + shown.map { norms[layer][$0].plain }
          + [slope(layer)?.signed(4) ?? "–", fading(layer).map { "\($0)" } ?? "> \(lags[lags.count - 1])"]
      })
    var notes = norms.indices.map { layer in
      fading(layer).map {
        "Layer \(layers[layer]): the gradient falls below a hundredth of what it is one step back after \($0) steps; what lies further back "
          + "hardly teaches it."
      } ?? "Layer \(layers[layer]): after \(lags[lags.count - 1]) steps the gradient is \((norms[layer][lags.count - 1] / norms[layer][0]).plain) of "
        + "what it is one step back: it has not faded."
    }
    if layers.contains(where: { $0.direction == .reverse }) {
      notes.append("A layer that reads in reverse has its last step at the beginning of a sequence; its steps back count from there.")
    }
    notes.append("Means over \(batches) batches of \(task.rawValue) data, the loss being that at the last step of each.")
    var file = DataFile("gradients.csv", columns: ["layer", "steps back", "norm"])
    for (layer, own) in norms.enumerated() {
      for (lag, norm) in zip(lags, own) { file.append([.text(layers[layer].description), .integer(lag), .number(norm)]) }
    }
    let figure = Figure(
      parts: [
        Plot(
          "\(path)", x: Axis("steps back, k"), y: Axis("‖∂L/∂state‖", scale: .logarithmic), height: 300,
          marks: norms.enumerated().flatMap { layer, own -> [Mark] in
            let points = zip(lags, own).map { Point(x: Double($0), y: $1 > 0 ? $1 : .nan) }
            return [.line(points, name: "layer \(layers[layer])"), .points(points, name: "layer \(layers[layer])")]
          })
      ])
    return Findings(
      introduction: [
        GradientExperiment.introduction[0],
        """
        Here a trained model, `\(path)`, reads data of its task. The loss at the last step of each batch is followed back through the states of \
        its recurrent layers: at some lags a zero is added to the state, and the gradient by that zero is the one by the state.
        """,
      ],
      table: table,
      tableNote: "The norm of the gradient of the loss at the last step with respect to each layer’s state, the mean over sequences.",
      notes: notes, blocks: [.heading("This model, layer by layer"), .figure(figure)], files: [file])
  }
}
