/// What two or more people said to each other, turn by turn.
public struct Conversation: Sendable, Hashable {
  /// What they talk about, where that is known.
  public var topic: String?
  /// What was said, in order; none is empty.
  public var turns: [String]
  /// The line of the file on which it stands, counted from 1.
  public var line: Int

  /// A conversation.
  public init(topic: String? = nil, turns: [String], line: Int) {
    self.topic = topic
    self.turns = turns
    self.line = line
  }
}

/// Conversations of one file, and what was left out of them.
public struct ConversationSet: Sendable {
  /// Where they are from, for messages.
  public let path: String
  /// The conversations, in the order of the file. Each has at least one turn.
  public let conversations: [Conversation]
  /// What was left out, and why.
  public let omissions: [LineOmission]

  /// Conversations that are at hand.
  ///
  /// - Precondition: Each has at least one turn, and no turn is empty.
  public init(path: String, conversations: [Conversation], omissions: [LineOmission] = []) {
    self.path = path
    self.conversations = conversations
    self.omissions = omissions
  }

  /// The number of conversations.
  public var count: Int { conversations.count }

  /// How many turns they have together.
  public var turnCount: Int { conversations.reduce(0) { $0 + $1.turns.count } }
}

extension ConversationSet: ExampleSet {
  public static var nouns: (one: String, many: String) { ("conversation", "conversations") }

  /// What each conversation is known by: what was said, turn by turn.
  public var contents: [ContentHash] {
    conversations.map { conversation in
      var hasher = ContentHasher()
      for turn in conversation.turns { hasher.add(turn) }
      return hasher.hash
    }
  }

  /// The conversations with these indices, in this order; what was left out of the whole is not told again.
  public func selecting(_ indices: [Int]) -> ConversationSet {
    ConversationSet(path: path, conversations: indices.map { conversations[$0] })
  }
}
