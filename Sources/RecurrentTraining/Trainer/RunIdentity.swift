/// What two runs must share for one to go on where the other stopped: seed, training configuration, model
/// configuration, vocabulary, data.
struct RunIdentity: Codable, Sendable, Equatable {
  private let values: [String: JSON]

  /// - Parameters:
  ///   - metadata: The model's metadata; `training`, which tells of results, and `trainedOn`, which the data tell, are left out.
  ///   - source: What the source of the batches adds.
  init(
    seed: UInt64, stepsPerEpoch: Int, configuration: TrainingConfiguration, metadata: [String: String],
    source: [String: String]
  ) throws {
    var values: [String: JSON] = ["seed": .unsigned(seed), "stepsPerEpoch": .integer(stepsPerEpoch)]
    values["training"] = try ExactJSON.decode(JSON.self, from: configuration.json())
    for (key, text) in metadata where key != "training" && key != "trainedOn" { values["model.\(key)"] = Self.value(text) }
    for (key, text) in source { values["task.\(key)"] = Self.value(text) }
    // Through text and back, as that of the checkpoint: 1.0 and 1 are the same number there.
    self = try ExactJSON.decode(RunIdentity.self, from: ExactJSON.text(Wrapper(values: values)))
  }

  private struct Wrapper: Codable { let values: [String: JSON] }

  /// JSON objects are taken apart, so that a message names the key inside. Lists, which may be vocabularies, stay text.
  private static func value(_ text: String) -> JSON {
    text.hasPrefix("{") ? (try? ExactJSON.decode(JSON.self, from: text)) ?? .text(text) : .text(text)
  }

  /// What the run that has this identity wrote into its model's metadata under a name, where that is no object.
  func metadata(_ key: String) -> String? {
    if case .text(let text) = values["model.\(key)"] { text } else { nil }
  }

  /// Checks that a run with this identity may go on from a checkpoint with the identity `old`.
  ///
  /// One key may differ: where the schedule does not depend on `training.epochs`, the run may become longer or
  /// shorter.
  ///
  /// - Throws: `TrainingError.differs`, naming the first key that does not agree.
  func check(against old: RunIdentity, epochsMayDiffer: Bool, checkpoint: String) throws {
    let (mine, theirs) = (JSON.object(values).leaves(), JSON.object(old.values).leaves())
    for key in Set(mine.keys).union(theirs.keys).sorted() where mine[key] != theirs[key] {
      if key == "training.epochs" && epochsMayDiffer { continue }
      throw TrainingError.differs(
        checkpoint: checkpoint, key: key, was: theirs[key]?.summary ?? "absent", now: mine[key]?.summary ?? "absent")
    }
  }
}
