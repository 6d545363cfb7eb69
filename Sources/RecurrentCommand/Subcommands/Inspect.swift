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
    try StandardOutput.line(json ? try object(location, trained).description : words(location, trained))
  }

  // MARK: JSON

  private func object(_ location: ModelLocation, _ trained: TrainedLanguageModel) throws -> JSON {
    let tensors = trained.model.parameters.map { path, tensor in
      JSON.object([("name", .text(path)), ("shape", .list(tensor.shape.map { .integer($0) }))])
    }
    var training = JSON.null
    if let summary = trained.training {
      training = .object([
        ("seed", .integer(Int(clamping: summary.seed))),
        ("configuration", .encoded(try summary.configuration.json())),
        ("best", summary.best.map(JSONDisplay.json) ?? .null),
      ])
    }
    return .object([
      ("path", .text(location.path)), ("task", .text(TaskKind.languageModel.rawValue)),
      ("parameters", .integer(trained.model.parameterCount)), ("tensors", .list(tensors)),
      ("data", .encoded(try trained.description.data.json())),
      ("model", .encoded(try trained.description.model.json())),
      ("vocabulary", .list(trained.codec.vocabulary.symbols.map { .text($0) })),
      ("training", training),
    ])
  }

  // MARK: Words

  private func words(_ location: ModelLocation, _ trained: TrainedLanguageModel) -> String {
    let parameters = trained.model.parameters
    let data = trained.description.data
    let model = trained.description.model
    var lines = [location.path, "task        \(TaskKind.languageModel.rawValue): \(TaskKind.languageModel.summary)"]
    var network =
      "\(model.cell.rawValue), \(Figures.counted(model.layers, "layer")) of \(Figures.grouped(model.hidden)) units, "
    network += "embedding of \(Figures.grouped(model.embedding))\(model.tied ? ", tied to the output" : "")"
    network += model.residual ? ", residual" : ""
    lines.append("network     \(network)")
    let count = trained.model.parameterCount
    let megabytes = String(format: "%.1f", Double(count) * 4 / 1e6)
    lines.append(
      "parameters  \(Figures.grouped(count)) in \(Figures.counted(parameters.count, "tensor")) (\(megabytes) MB)")
    lines.append("tokens      \(data.tokens.rawValue)\(data.lowercase ? ", lower-cased" : "")")
    lines.append(
      "vocabulary  \(Figures.grouped(trained.codec.vocabulary.count)): \(sample(trained.codec.vocabulary.symbols))")
    if let summary = trained.training {
      let configuration = summary.configuration
      lines.append(
        "training    \(configuration.optimizer.rawValue) at \(configuration.rate), \(configuration.schedule.rawValue), "
          + "\(Figures.counted(configuration.epochs, "epoch")), "
          + "batches of \(configuration.batch) x \(configuration.steps), "
          + "seed \(summary.seed)")
      if let best = summary.best {
        let metrics = best.evaluation.metrics.sorted { $0.key < $1.key }
          .map { ", \(spaced($0.key)) \(Figures.loss($0.value))" }.joined()
        lines.append("best        validation loss \(Figures.loss(best.evaluation.loss))\(metrics), epoch \(best.epoch)")
      }
    }
    lines.append("tensors")
    let column = parameters.map(\.path.count).max() ?? 0
    for (path, tensor) in parameters {
      lines.append("  \(path.padded(to: column))  \(tensor.shape)")
    }
    return lines.joined(separator: "\n")
  }

  /// The first symbols, as many as fit a line.
  private func sample(_ symbols: [String]) -> String {
    var shown: [String] = []
    var length = 0
    for symbol in symbols {
      let text = JSON.text(symbol).description.withVisibleControls
      length += text.count + 1
      if length > 70 { return shown.joined(separator: " ") + " ..." }
      shown.append(text)
    }
    return shown.joined(separator: " ")
  }

  /// `bitsPerCharacter` as words.
  private func spaced(_ key: String) -> String {
    key.reduce(into: "") { $0 += $1.isUppercase ? " " + $1.lowercased() : String($1) }
  }
}
