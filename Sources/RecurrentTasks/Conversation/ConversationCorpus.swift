import Foundation
import RecurrentData

extension Parts<ConversationSet> {
  /// Reads a directory with a file for each part, or one file, whose conversations are dealt into parts: always in the same way, whatever
  /// the seed of a run.
  init(_ source: DataSource, fractions: SplitFractions, by dealing: Dealing = .content) throws {
    try self.init(
      source, directory: { try ConversationSet.parts(in: $0) }, file: { try ConversationSet(jsonLines: $0) },
      dividing: { set in
        switch dealing {
        case .content: Splits.byContent(set.contents, fractions: fractions, seed: 0)
        case .place: Splits.random(count: set.count, fractions: fractions, seed: 0)
        }
      }
    ) { part in "give a directory with \(part.rawValue).jsonl, or set its fraction in data.split" }
  }
}

/// Conversations to learn from and to be measured on, as tokens.
struct ConversationCorpus: Sendable {
  let codec: TextCodec
  let context: ConversationDataConfiguration.Context
  let train: EncodedConversations
  let validation: EncodedConversations
  /// What is trained on.
  let trainedOn: TrainedOn
  /// What was left out of the data, and what is in two parts.
  let notes: [String]

  /// Reads the data and learns the vocabulary from the training part.
  init(_ source: DataSource, _ data: ConversationDataConfiguration, by dealing: Dealing = .content) throws {
    let parts = try Parts<ConversationSet>(source, fractions: data.fractions, by: dealing)
    let (train, validation) = (try parts.part(.train), try parts.part(.validation))
    let vocabulary = Vocabulary(
      ofSentences: train.conversations.flatMap(\.turns), tokenizer: data.tokenizer, minimumCount: data.minimumCount,
      mergeCount: data.merges ?? Vocabulary.usualMergeCount)
    codec = try TextCodec(data.tokenizer, vocabulary, replacesUnknown: true)
    context = data.context
    self.train = try EncodedConversations(train, codec)
    self.validation = try EncodedConversations(validation, codec)
    trainedOn = TrainedOn(train.contents)
    notes = [train, validation].flatMap { set in
      set.omissions.map { "\(URL(fileURLWithPath: set.path).lastPathComponent): \($0)" }
    } + parts.overlaps
  }
}

/// Conversations as tokens: each turn with the symbol that ends it.
struct EncodedConversations: Sendable {
  /// The turns of each conversation; the last token of each is `<eos>`.
  let turns: [[[Int32]]]
  /// The token that stands before a conversation, `<bos>`.
  let start: Int32
  /// Words between white space, the end of a turn counting as one: what a perplexity per word is a mean over, whatever the tokens are.
  let wordCount: Int
  /// Tokens that were not in the vocabulary.
  let unknownCount: Int

  /// Throws `VocabularyError` where a turn cannot be written in the vocabulary.
  init(_ set: ConversationSet, _ codec: TextCodec) throws(VocabularyError) {
    guard let start = codec.startOfSentenceIndex, let end = codec.endOfSentenceIndex else {
      fatalError("EncodedConversations: a vocabulary without <bos> and <eos>")
    }
    self.start = Int32(start)
    var (words, unknown) = (0, 0)
    var all: [[[Int32]]] = []
    all.reserveCapacity(set.count)
    for conversation in set.conversations {
      var turns: [[Int32]] = []
      for turn in conversation.turns {
        let encoded = try codec.encode(turn)
        words += turn.split(whereSeparator: \.isWhitespace).count + 1
        unknown += encoded.unknownCount
        turns.append(encoded.tokens + [Int32(end)])
      }
      all.append(turns)
    }
    turns = all
    wordCount = words
    unknownCount = unknown
  }

  /// How many tokens are predicted: all but the starts.
  var tokenCount: Int { turns.reduce(0) { $0 + $1.reduce(0) { $0 + $1.count } } }

  /// What is read as one sequence, from a state of zeros: whole conversations, or single turns where they are to have no context.
  func sequences(_ context: ConversationDataConfiguration.Context) -> [TurnSequence] {
    switch context {
    case .conversation: turns.map { TurnSequence(start: start, turns: $0, firstTurn: 0) }
    case .none:
      turns.flatMap { turns in
        turns.enumerated().map { TurnSequence(start: start, turns: [$1], firstTurn: $0) }
      }
    }
  }
}

/// Tokens that are read one after the other; each but the first is predicted from those before it.
struct TurnSequence: Sendable {
  /// The start, and then the turns, each with its end.
  let tokens: [Int32]
  /// How many tokens each turn has, with its end.
  let turnLengths: [Int]
  /// The place of the first turn in its conversation, counted from 0.
  let firstTurn: Int

  init(start: Int32, turns: [[Int32]], firstTurn: Int) {
    tokens = [start] + turns.flatMap(\.self)
    turnLengths = turns.map(\.count)
    self.firstTurn = firstTurn
  }

  /// How many tokens are predicted.
  var predictionCount: Int { tokens.count - 1 }
}
