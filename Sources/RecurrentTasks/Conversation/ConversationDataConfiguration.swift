import RecurrentData
public import RecurrentTraining

/// The `data` of a conversation model's recipe: what a token is, what a turn is predicted from, and how one file is split.
public struct ConversationDataConfiguration: TokenConfiguration, SplitConfiguration {
  /// What a turn is predicted from.
  public enum Context: String, Codable, Sendable, CaseIterable {
    /// All that was said before it.
    case conversation
    /// Its own words only: the state begins anew at each turn.
    case none
  }

  @Inlined public var tokenization = TokenSettings()
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
    try validateSplit(usual: "[0.9, 0.05, 0.05]")
    try tokenization.validate()
  }
}
