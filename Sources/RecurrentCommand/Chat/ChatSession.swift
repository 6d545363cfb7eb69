import Foundation
import Recurrent

/// A conversation between a person, or a pipe, and a model.
struct ChatSession: ~Copyable {
  /// A turn and who said it.
  private struct Turn {
    var isModels: Bool
    var text: String
  }

  private var partner: ConversationPartner
  private var sampling: Sampling
  private var generator: RandomGenerator
  private let longest: Int
  private var turns: [Turn] = []
  /// Files that this session has written, and may write again.
  private var written: Set<String> = []

  /// A conversation that has not begun.
  ///
  /// - Parameter longest: The tokens of an answer at most.
  init(_ trained: TrainedConversationModel, sampling: Sampling, longest: Int, seed: UInt64) {
    partner = ConversationPartner(trained.model, codec: trained.codec, context: trained.settings.data.context)
    self.sampling = sampling
    self.longest = longest
    generator = RandomGenerator(seed: seed).split("sampling")
  }

  /// Hears a turn and answers.
  ///
  /// - Parameter show: Is given the answer piece by piece; when it returns false, the answer ends there.
  mutating func say(_ text: String, _ show: (String) throws -> Bool) throws {
    do {
      try partner.hear(text)
    } catch {
      throw ChatCommand.Problem(description: "\(error)")
    }
    turns.append(Turn(isModels: false, text: text))
    var answer = ""
    var goesOn = true
    for _ in 0..<longest where goesOn {
      guard let piece = partner.next(sampling: sampling, using: &generator) else { break }
      answer += piece
      goesOn = try show(piece)
    }
    let rest = partner.endTurn()
    if !rest.isEmpty { _ = try show(rest) }
    turns.append(Turn(isModels: true, text: (answer + rest).trimmingSpaces))
  }

  /// Follows a command; what there is to tell of it, nil where the chat is to end.
  ///
  /// - Throws: ``ChatCommand/Problem``.
  mutating func follow(_ command: ChatCommand) throws -> String? {
    switch command {
    case .help: return ChatCommand.list
    case .quit: return nil
    case .reset:
      partner.reset()
      turns = []
      return "The conversation is forgotten."
    case .temperature(let temperature):
      sampling.temperature = temperature
      return "The temperature is \(temperature)."
    case .topK(let topK):
      sampling.topK = topK
      return topK.map { "Choosing among the \(Figures.counted($0, "likeliest token"))." } ?? "Choosing among all tokens."
    case .topP(let topP):
      sampling.topP = topP
      return topP.map { "Choosing among the likeliest tokens that reach \($0) together." } ?? "Choosing among all tokens."
    case .save(let file): return try save(to: file)
    }
  }

  private mutating func save(to file: String) throws(ChatCommand.Problem) -> String {
    if turns.isEmpty { throw ChatCommand.Problem(description: "there is nothing to save yet") }
    let path = (file as NSString).expandingTildeInPath
    if !written.contains(path), FileManager.default.fileExists(atPath: path) {
      throw ChatCommand.Problem(description: "\(file): is there already; name another file")
    }
    let isJSON = path.hasSuffix(".jsonl") || path.hasSuffix(".json")
    let text =
      isJSON
      ? JSON.object([("turns", .list(turns.map { .text($0.text) }))]).description + "\n"
      : turns.map { "\($0.isModels ? "model" : "you  ")  \($0.text)\n" }.joined()
    do {
      try writeAtomically(to: URL(fileURLWithPath: path)) { writer in try writer.write(text) }
    } catch {
      throw ChatCommand.Problem(description: "\(error)")
    }
    written.insert(path)
    return "\(Figures.counted(turns.count, "turn")) written to \(file)."
  }
}
