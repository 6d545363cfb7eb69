public import RecurrentData
public import RecurrentTraining

/// The settings of text that is cut into tokens, the same in every task that reads text.
public struct TokenSettings: Configuration {
  @Setting(
    "What one token is: a Unicode scalar, an extended grapheme cluster, a byte, a word between white space, a word or mark"
      + " of punctuation, the same with the space before it, so that text comes back exactly, or a part of a word, learned by"
      + " byte-pair encoding. Among words a newline is the word <eos>.")
  public var tokens = TokenKind.subwords
  @Setting("Lower-case the text first. Not for bytes.") public var lowercase = false
  @Setting(
    1...1_000_000_000,
    "Words rarer than this in the training text become <unk>; among subwords, rarer characters are written in bytes.")
  public var minimumCount = 1
  @Setting(
    0...1_000_000,
    "How many merges byte-pair encoding learns from the training text. For subwords only; absent: \(Vocabulary.usualMergeCount).")
  public var merges: Int?

  public init() {}

  /// Checks keys that only some kinds of tokens have.
  public func validate() throws {
    if !tokens.areWords, tokens != .subwords, minimumCount != 1 {
      throw ConfigurationError(key: "minimumCount", "is for words and subwords; leave it at 1 for \(tokens.rawValue)")
    }
    if tokens != .subwords, merges != nil {
      throw ConfigurationError(key: "merges", "is for subwords; leave it out for \(tokens.rawValue)")
    }
    if tokens == .bytes, lowercase {
      throw ConfigurationError(key: "lowercase", "bytes have no case; set it to false")
    }
  }

  /// How text is cut.
  public var tokenizer: Tokenizer { Tokenizer(tokens, lowercases: lowercase) }
}

/// A configuration of text; the keys of its tokens are read and set as its own, `configuration.tokens`.
@dynamicMemberLookup
public protocol TokenConfiguration: Configuration {
  /// The tokens.
  var tokenization: TokenSettings { get set }
}

extension TokenConfiguration {
  /// A key of the tokens.
  public subscript<Value>(dynamicMember key: WritableKeyPath<TokenSettings, Value>) -> Value {
    get { tokenization[keyPath: key] }
    set { tokenization[keyPath: key] = newValue }
  }

  /// How text is cut into tokens.
  public var tokenizer: Tokenizer { tokenization.tokenizer }
}
