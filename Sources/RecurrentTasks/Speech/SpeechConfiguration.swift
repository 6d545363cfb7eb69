public import RecurrentData
import RecurrentLayers
public import RecurrentTraining

/// The `data` of a speech recognizer's recipe: recordings and their texts, what is heard of them, and what is held out.
public struct SpeechData: TokenConfiguration {
  /// What becomes of a recording that cannot be read, or says nothing.
  public enum BrokenRecordings: String, Codable, Sendable, CaseIterable {
    /// The run does not begin.
    case stop
    /// It is left out and counted.
    case omit
  }

  /// What is held out together.
  public enum HeldOut: String, Codable, Sendable, CaseIterable {
    /// Each recording by itself.
    case recording
    /// All recordings of a speaker.
    case speaker
  }

  @Setting("What columns and keys of a manifest that are not known are: a mistake (stop), or nothing (ignore).")
  public var otherColumns = RecordingSet.OtherColumns.stop
  @Setting("What becomes of a recording that is damaged, not there, or has an empty text: stop the run, or omit it and count.")
  public var broken = BrokenRecordings.stop
  @Setting("Lower-case texts and take punctuation away.") public var normalize = true
  @Inlined([
    "tokens":
      "What the network says a text in, beside the blank: characters, subwords, or words, of which there must be few; or one of the other kinds of tokens."
  ])
  public var tokenization = TokenSettings { $0.tokens = .characters }
  @Setting(
    "Learn to say a space after the last word of a text too, as after each other: a model of live sound then writes a word as soon as it has ended. For characters and subwords.")
  public var endingSpace = false
  @Inlined public var sound = SoundSettings()
  @Inlined public var augmentation = AugmentationSettings()
  @Inlined public var joining = JoiningSettings()
  @Setting("What is held out together: each recording by itself, or all those of a speaker (speaker).") public var heldOut = HeldOut.recording
  @Setting(0...0.9, "Share of the recordings without a part, or of the training part where there is no validation part, that is held out.")
  public var validation = 0.1
  @Setting(0...0.9, "Share of the recordings of a single manifest that is held out for the test, likewise.") public var test = 0.1
  @Setting(
    2...1000,
    "Deal all recordings into so many folds: `train` holds one of them out as the test part, `cross-validate` each in turn. With heldOut=speaker no speaker is on"
      + " both sides; as many folds as speakers leave out one at a time.")
  public var folds: Int?
  @Setting(1...1000, "The fold that is the test part.") public var fold = 1

  public init() {}

  public func validate() throws {
    try tokenization.validate()
    try sound.validate()
    try joining.validate()
    if let folds, fold > folds { throw ConfigurationError(key: "fold", "is \(fold), and there are \(folds) folds; the first is 1") }
    if validation + test > 0.95 {
      throw ConfigurationError(key: "test", "with validation it leaves nothing to train on; make one of them smaller")
    }
  }

  /// A text as it is cut into tokens.
  func text(_ text: String) -> String { normalize ? CaptionTokenizer.normalized(text) : text }

  /// A text as it is said, token by token.
  func said(_ text: String) -> String { self.text(text) + (endingSpace && !tokenization.tokens.areWords ? " " : "") }
}

/// The settings of strings of recordings, which are joined as if they had been said one after the other.
public struct JoiningSettings: Configuration {
  /// Who speaks a string.
  public enum Speakers: String, Codable, Sendable, CaseIterable {
    /// One speaker.
    case one
    /// Anybody, for each recording anew.
    case any
  }

  @Setting(
    0...1_000_000,
    "Learn from so many strings of recordings each epoch, which are joined anew each time; a tenth as many are measured. 0: recordings are read one by one.")
  public var strings = 0
  @Setting(1...100, "The recordings of a string at least.") public var shortestString = 3
  @Setting(1...100, "The recordings of a string at most.") public var longestString = 7
  @Setting(
    0...10_000,
    "Over so many epochs strings grow from one recording to as many as they have, slowly at first: whoever has learned the words finds them in strings soon. 0: they"
      + " are whole from the first epoch on.")
  public var growing = 0
  @Setting(0...60, "The pause before, between and after them at least, in seconds.") public var shortestPause = 0.05
  @Setting(0...60, "The pause at most.") public var longestPause = 0.5
  @Setting(0...60, "How many decibels each recording is louder or softer at most.") public var level = 6.0
  @Setting(-20...100, "Pink noise under the whole string: so many decibels softer than it, or up to 20 more. Absent: none.") public var background: Double?
  @Setting("Who speaks a string: one speaker, or any for each recording.") public var speakers = Speakers.any

  public init() {}

  public func validate() throws {
    if longestString < shortestString {
      throw ConfigurationError(key: "longestString", "is \(longestString), less than shortestString, \(shortestString)")
    }
    if longestPause < shortestPause { throw ConfigurationError(key: "longestPause", "is \(longestPause), less than shortestPause, \(shortestPause)") }
  }

  /// How many of its recordings a string has at most in an epoch.
  func longest(in epoch: Int) -> Int {
    if epoch >= growing { return longestString }
    let share = Double(epoch) / Double(growing)
    return 1 + Int(Double(longestString - 1) * share * share)
  }

  /// How many strings are measured.
  var measuredCount: Int { max(1, strings / 10) }
}

/// The `model` of a speech recognizer's recipe.
public struct SpeechConfiguration: RecurrentConfiguration, DropoutConfiguration {
  @Setting(1...64, "Frames from one step of the network to the next.") public var stride = 2
  @Setting(
    1...64, "Frames that a step reads side by side, the first of which is its own; with more than stride it sees what the next steps begin with, and live sound"
      + " has to wait for them.")
  public var stack = 3
  @Setting(
    0...1000, "Steps that the network has heard beyond the one that it says a symbol of: a model that reads in one direction knows a sound when it has ended, and else"
      + " says symbols where it has heard nothing. Live words come so much later.")
  public var lookahead = 0
  @Setting(1...65_536, "Units of a layer with a threshold (relu) that reads these frames, a convolution over time. Absent: the cells read them.")
  public var front: Int?
  @Inlined(["cell": "The recurrent cell.", "hidden": "Units of each layer, in each direction."])
  public var recurrent = RecurrentSettings { ($0.cell, $0.hidden, $0.layers) = (.gru, 128, 2) }
  @Setting(after: "layers", "Read recordings in both directions; false: from beginning to end, so that words come while they are spoken.")
  public var bidirectional = true
  @Setting(after: "bidirectional", "Add each layer's input to its output where the sizes agree.") public var residual = false
  @Inlined(["dropout": "Part dropped of the frames, between layers, and of the output."]) public var dropouts = DropoutSettings()

  public init() {}

  public func validate() throws {
    if stack < stride { throw ConfigurationError(key: "stack", "is \(stack), less than stride, \(stride): frames between would never be heard") }
  }

  /// How frames become steps.
  var stacking: FrameStacking { FrameStacking(size: stack, stride: stride, lookahead: lookahead) }

  /// The network in a few words: "2 × 2 × 128 gru".
  var summary: String { "\(recurrent.layers) × \(bidirectional ? "2 × " : "")\(recurrent.hidden) \(recurrent.cell.rawValue)" }

  /// The memory of a training step over `longest` steps.
  func memory(featureCount: Int, symbolCount: Int, batch: Int, longest: Int) -> MemoryEstimate {
    let positions = Double(batch) * Double(longest)
    let (sides, input) = (bidirectional ? 2 : 1, stack * featureCount)
    let layers = MemoryEstimate.stack(recurrent, inputSize: front ?? input, directions: sides, positions: positions)
      + .linear(sides * recurrent.hidden, symbolCount, positions: 2 * positions)
    return front.map { layers + .linear(input, $0, positions: 2 * positions) } ?? layers
  }
}
