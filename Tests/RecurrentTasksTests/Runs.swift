import Foundation
import RecurrentLayers
import RecurrentTraining
import Testing

@testable import RecurrentTasks

/// A directory that is there while `body` runs, with these files in it.
func withDirectory<R>(_ files: [String: String] = [:], _ body: (URL) throws -> R) throws -> R {
  let directory = FileManager.default.temporaryDirectory.appending(path: "recurrent-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: directory) }
  for (name, text) in files { try Data(text.utf8).write(to: directory.appending(path: name)) }
  return try body(directory)
}

/// Trains a run without a stop, and once more stopped after each of the given steps and prepared anew; both must leave the same files.
func expectSameBitsWhenResumed<Task: RecipeTask>(
  stoppingAt steps: [Int], _ prepare: () throws -> PreparedRun<Task>, configuration: () throws -> TrainingConfiguration
) throws {
  func run(_ directory: URL, stoppingAt step: Int?, resuming: Bool) throws -> Trainer<Task.Goal>.Result {
    let run = try prepare()
    let interruption = Interruption()
    let trainer = Trainer(
      objective: run.objective, source: run.source, configuration: try configuration(), seed: 3, directory: directory,
      modelMetadata: try run.metadata(),
      interruption: interruption)
    return try trainer.run(from: run.model, resuming: resuming) { event in
      if case .step(let done) = event, done.globalStep == step { interruption.request() }
    }
  }
  try withDirectory { whole in
    try withDirectory { parts in
      let result = try run(whole, stoppingAt: nil, resuming: false)
      #expect(result.globalStep > steps.max() ?? 0)
      for (index, step) in steps.enumerated() {
        #expect(try run(parts, stoppingAt: step, resuming: index > 0).reason == .interrupted)
      }
      #expect(try run(parts, stoppingAt: nil, resuming: true).reason == .completed)
      for name in ["model.safetensors", "checkpoint.safetensors"] {
        #expect(try Data(contentsOf: whole.appending(path: name)) == Data(contentsOf: parts.appending(path: name)))
      }
    }
  }
}
