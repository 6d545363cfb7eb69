public import RecurrentData
public import RecurrentTraining

/// The `data` of a conversation model's recipe: what a token is, what a turn is predicted from, and how one file is split.
public struct ConversationDataConfiguration: Configuration {
  /// What a turn is predicted from.
  public enum Context: String, Codable, Sendable, CaseIterable {
    /// All that was said before it.
    case conversation
    /// Its own words only: the state begins anew at each turn.
    case none
  }

  /// What one token is.
  public var tokens = TokenKind.subwords
  /// Whether turns are lower-cased first.
  public var lowercase = false
  /// How often a word must occur in the training part to be in the vocabulary.
  public var minimumCount = 1
  /// How many merges subwords are learned by.
  public var merges: Int?
  /// What a turn is predicted from.
  public var context = Context.conversation
  /// The parts of a single file for training, validation and test, in this order.
  public var split = [0.9, 0.05, 0.05]

  public init() {}

  public static var keys: [ConfigurationKey] {
    [
      .choice("tokens", TokenKind.self, TokenKind.documentation),
      .boolean("lowercase", "Lower-case the turns first. Not for bytes."),
      .integer(
        "minimumCount", 1...1_000_000_000,
        "Words rarer than this in the training part become <unk>; among subwords, rarer characters are written in bytes."),
      .integer("merges", 0...1_000_000, optional: true, TokenKind.mergesDocumentation),
      .choice(
        "context", Context.self,
        "What a turn is predicted from: the conversation before it, or none of it, which is there to compare with: the state"
          + " then begins anew at each turn."),
      .numbers(
        "split", count: 3, 0...1,
        "Parts of a single file for training, validation and test, in this order, drawn by conversation. A directory has a file for each."),
    ]
  }

  public func validate() throws {
    guard fractions.areValid, split[0] > 0 else {
      throw ConfigurationError(
        key: "split", "the parts \(split) must add up to 1 at most, the first above 0; the usual split is [0.9, 0.05, 0.05]")
    }
    try tokens.validate(lowercase: lowercase, minimumCount: minimumCount, merges: merges)
  }

  /// How turns are cut into tokens.
  public var tokenizer: Tokenizer { Tokenizer(tokens, lowercases: lowercase) }

  /// How one file is cut.
  public var fractions: SplitFractions { SplitFractions(train: split[0], validation: split[1], test: split[2]) }
}
