import Foundation
import RecurrentData
import RecurrentLayers
import RecurrentTensors

extension ConversationModeling {
  /// Reads a conversation: a text, each of whose lines is a turn, or one of a file of JSON lines (`FILE`, or `FILE:7` for the seventh). A step is a
  /// token, among them the one before the first turn and the one that ends a turn. A model without context begins anew at each turn, as in training.
  public static func watch(_ input: WatchedInput, limit: Int, by trained: TrainedConversationModel) throws -> WatchedRun {
    let sequences: [TurnSequence]
    do {
      sequences = try EncodedConversations(conversation(of: input), trained.codec).sequences(trained.settings.data.context)
    } catch let error as VocabularyError {
      throw WatchError("INPUT: \(error)")
    }
    var (read, parts): ([Int32], [[CellRecording<Float>]]) = ([], [])
    for sequence in sequences where read.count < limit {
      let tokens = Array(sequence.tokens.prefix(limit - read.count))
      parts.append(trained.model.rnn.record(trained.model.embedding(IndexTensor(shape: [tokens.count, 1], scalars: tokens))).cells)
      read += tokens
    }
    return WatchedRun(
      steps: read.map(trained.codec.label), stepName: trained.settings.data.tokens.singular,
      inputStepCount: sequences.reduce(0) { $0 + $1.tokens.count },
      cells: parts[0].indices.map { cell in CellRecording(joining: parts.map { $0[cell] }) })
  }

  private static func conversation(of input: WatchedInput) throws -> ConversationSet {
    switch input {
    case .text(let text):
      let turns = text.split(whereSeparator: \.isNewline).map(String.init).filter { !$0.allSatisfy(\.isWhitespace) }
      if turns.isEmpty { throw WatchError("INPUT is empty: give what is said, a line a turn, or a file of conversations with --file") }
      return ConversationSet(path: "INPUT", conversations: [Conversation(turns: turns, line: 1)])
    case .file:
      let (file, number) = try input.fileAndNumber(of: "conversation")
      let all = try ConversationSet(jsonLines: file).conversations
      return ConversationSet(path: file.path, conversations: [try WatchedInput.element(number, of: all, in: file, called: "conversation")])
    }
  }
}
