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

  @Setting(TokenKind.documentation) public var tokens = TokenKind.subwords
  @Setting("Lower-case the turns first. Not for bytes.") public var lowercase = false
  @Setting(
    1...1_000_000_000,
    "Words rarer than this in the training part become <unk>; among subwords, rarer characters are written in bytes.")
  public var minimumCount = 1
  @Setting(0...1_000_000, TokenKind.mergesDocumentation) public var merges: Int?
  @Setting(
    "What a turn is predicted from: the conversation before it, or none of it, which is there to compare with: the state"
      + " then begins anew at each turn.")
  public var context = Context.conversation
  @Setting(
    each: 0...1,
    "Parts of a single file for training, validation and test, in this order, drawn by conversation. A directory has a file for each.")
  public var split = [0.9, 0.05, 0.05]

  public init() {}

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
