import ArgumentParser
import Foundation
import Recurrent

/// `recurrent inspect`: what a model file holds.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tells what a model is: layers, shapes, vocabulary, how it was trained, its best figure.",
    discussion: """
      For example:
        recurrent inspect output/shakespeare
        recurrent inspect model.safetensors --json
      """)

  @Argument(help: "A model.safetensors, or the directory of the run that made it.")
  var model: String

  @Flag(name: .long, help: "Print one JSON object.")
  var json = false

  func run() throws {
    let location = try ModelLocation(model)
    let trained = try location.load()
    try StandardOutput.line(json ? try object(location, trained).description : try words(location, trained))
  }

  // MARK: JSON

  private func object<Model: TrainedModel>(_ location: ModelLocation, _ trained: Model) throws -> JSON {
    let plan = try trained.lastPlan()
    let tensors = trained.model.parameters.enumerated().map { index, parameter in
      JSON.object([
        ("name", .text(parameter.path)), ("shape", .list(parameter.tensor.shape.map { .integer($0) })), ("trained", .boolean(!plan[index].isFrozen)),
      ])
    }
    var training = JSON.null
    if let summary = trained.training {
      training = .object([
        ("seed", .integer(Int(clamping: summary.seed))),
        ("configuration", try JSON(summary.configuration)),
        ("best", summary.best.map(JSONDisplay.json) ?? .null),
      ])
    }
    return .object(
      [
        ("path", .text(location.path)), ("task", .text(Model.Task.name)),
        ("parameters", .integer(trained.model.parameterCount)), ("trained", .integer(plan.trainedCount(of: trained.model))),
        ("tensors", .list(tensors)),
        ("data", try JSON(trained.settings.data)),
        ("model", try JSON(trained.settings.model)),
      ] + trained.inspection.members + [("training", training)])
  }

  // MARK: Words

  private func words<Model: TrainedModel>(_ location: ModelLocation, _ trained: Model) throws -> String {
    let parameters = trained.model.parameters
    let inspection = trained.inspection
    let count = trained.model.parameterCount
    let plan = try trained.lastPlan()
    let frozen = plan.trainedCount(of: trained.model) == count ? "" : ", \(Figures.grouped(plan.trainedCount(of: trained.model))) of them trained"
    let megabytes = String(format: "%.1f", Double(count) * 4 / 1e6)
    var lines = [
      location.path,
      "task        \(Model.Task.name): \(Model.Task.summary)",
      "network     \(inspection.network)",
      "parameters  \(Figures.grouped(count)) in \(Figures.counted(parameters.count, "tensor")) (\(megabytes) MB)\(frozen)",
    ]
    lines += inspection.lines.map { "\($0.label.padded(to: 11)) \($0.text)" }
    if let summary = trained.training {
      let configuration = summary.configuration
      let steps = Model.Task.meaninglessTrainingKeys.contains("steps") ? "" : " x \(configuration.steps)"
      lines.append(
        "training    \(configuration.optimizer.rawValue) at \(configuration.rate), \(configuration.schedule.rawValue), "
          + "\(Figures.counted(configuration.epochs, "epoch")), batches of \(configuration.batch)\(steps), "
          + "seed \(summary.seed)")
      if let best = summary.best {
        let metrics = best.evaluation.metrics.sorted { $0.key < $1.key }
          .map { ", \(spaced($0.key)) \(Figures.loss($0.value))" }.joined()
        lines.append("best        validation loss \(Figures.loss(best.evaluation.loss))\(metrics), epoch \(best.epoch)")
      }
    }
    lines.append("tensors")
    let column = parameters.map(\.path.count).max() ?? 0
    for (index, (path, tensor)) in parameters.enumerated() {
      let treatment = plan[index].description
      lines.append("  \(path.padded(to: column))  \(tensor.shape)\(treatment.isEmpty ? "" : "  " + treatment)")
    }
    return lines.joined(separator: "\n")
  }

  /// `bitsPerCharacter` as words.
  private func spaced(_ key: String) -> String {
    key.reduce(into: "") { $0 += $1.isUppercase ? " " + $1.lowercased() : String($1) }
  }
}

extension TrainedModel {
  /// What was done with each parameter in the last epoch of the training, as far as it is known.
  fileprivate func lastPlan() throws -> ParameterPlan {
    guard let configuration = training?.configuration else { return .uniform }
    return try configuration.plan(for: model, epoch: configuration.epochs - 1)
  }
}
