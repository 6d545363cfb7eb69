import RecurrentData
import RecurrentLayers
public import RecurrentPictures
public import RecurrentTraining

/// The `data` of a captioner's recipe: which pictures, which captions, and what is held out.
public struct CaptioningData: TokenConfiguration {
  /// What becomes of a picture that cannot be read.
  public enum BrokenPictures: String, Codable, Sendable, CaseIterable {
    /// The run does not begin.
    case stop
    /// It is left out and counted.
    case omit
  }

  /// Which captions of a picture an epoch has.
  public enum CaptionChoice: String, Codable, Sendable, CaseIterable {
    /// Each.
    case all
    /// One that is drawn anew.
    case drawn
  }

  @Setting("The folder or tar archive of the pictures, seen from the captions. Absent: what is there, such as images.tar or Images.")
  public var pictures: String?
  @Setting("The column of a table, or key of JSON lines, with the names of pictures, by name or number. Absent: found by its name, or the first.")
  public var picture: String?
  @Setting("The column or key with the captions. Absent: found by its name, or the last.") public var caption: String?
  @Setting("What becomes of a picture that is damaged, or not there: stop the run, or omit it and count.") public var broken = BrokenPictures.stop
  @Setting("Lower-case captions and take punctuation away, as the papers on captions do.") public var normalize = true
  @Inlined public var tokenization = TokenSettings { $0.tokens = .words }
  @Setting("Which captions of a picture an epoch has: all, or one that is drawn anew.") public var captions = CaptionChoice.all
  @Setting(1...1000, "Training captions with more tokens are left out; which ones is said.") public var maximumLength = 50
  @Setting(0...0.9, "Share of the pictures without a part, or of the training part where there is no validation part, that is held out.")
  public var validation = 0.1
  @Setting(0...0.9, "Share of the pictures of a single file that is held out for the test, likewise.") public var test = 0.1

  public init() {}

  public func validate() throws {
    try tokenization.validate()
    if validation + test > 0.95 {
      throw ConfigurationError(key: "test", "with validation it leaves nothing to train on; make one of them smaller")
    }
  }
}

/// The `model` of a captioner's recipe.
public struct CaptionerConfiguration: RecurrentConfiguration, DropoutConfiguration {
  /// How the decoder looks at the places of a picture.
  public enum AttentionChoice: String, Codable, Sendable, CaseIterable {
    case none
    case soft
    case hard
  }

  @Setting(
    "What sees pictures: squeezenet (version 1.1, with the weights of ImageNet that are part of the package), or small: four convolutions that learn"
      + " from the beginning, for pictures that are no photographs.")
  public var encoder = PictureEncoderKind.squeezenet
  @Setting("Whether an encoder that comes with weights learns too. Otherwise its features are made once, before the first step.")
  public var fineTune = false
  @Setting(32...512, "Pixels of a side of the square that is seen. Absent: 224 of squeezenet, 64 of small.") public var size: Int?
  @Setting("What is made of pictures that are no squares: crop sees the square in the middle, fit squeezes all of it into one.")
  public var framing = PicturePreprocessing.Framing.fit
  @Setting("Whether each place of the grid tells where it is.") public var positions = true
  @Inlined(["cell": "The recurrent cell of the decoder.", "hidden": "Units of each layer of the decoder."])
  public var recurrent = RecurrentSettings { ($0.cell, $0.hidden) = (.lstm, 512) }
  @Setting(1...65_536, "Numbers a word is represented by.") public var embedding = 256
  @Setting(
    "How the decoder looks at the picture: soft, at a mixture of places; hard, at one (Xu et al. 2015); or none: it reads the picture once, before the"
      + " first word (Vinyals et al. 2015).")
  public var attention = AttentionChoice.soft
  @Setting(1...65_536, "Units of the hidden layer of attention. Absent: as many as hidden.") public var attentionSize: Int?
  @Setting("Whether the state says how much of what was looked at is let in (Xu et al. 2015).") public var gated = true
  @Setting(
    0...100, "How much it costs that the weights of a place do not add up to 1 over a caption (Xu et al. 2015, equation 14). For attention only.")
  public var doublyStochastic = 1.0
  @Setting(0...100, "Of hard attention: how strongly a drawn place becomes likelier where its caption was likelier than usual.")
  public var reinforcement = 1.0
  @Setting(0...100, "Of hard attention: what the entropy of the weights is rewarded with.") public var entropy = 0.002
  @Setting(1...65_536, "Size of the vector from which the next word is predicted. Absent: that of embedding.") public var readout: Int?
  @Setting("One table of vectors for the embedding and the output layer (Press and Wolf 2017).") public var tied = false
  @Inlined(["dropout": "Part dropped of embedded words, between layers, and of the readout."]) public var dropouts = DropoutSettings()
  @Setting(0...0.99, after: "dropoutBetween", "Part dropped of the features of places.") public var dropoutPlaces = 0.0

  public init() {}

  public func validate() throws {
    if tied, readout ?? embedding != embedding {
      throw ConfigurationError(key: "readout", "is \(readout ?? 0), but a tied readout is as large as an embedding: \(embedding)")
    }
    if encoder == .small, let size, size % 8 != 0 {
      throw ConfigurationError(key: "size", "is \(size); small halves it three times, so it must be a multiple of 8")
    }
  }

  /// Whether the encoder is a part of the model and learns.
  var trainsEncoder: Bool { encoder == .small || fineTune }
  /// The side of the square that is seen.
  var side: Int { size ?? encoder.usualSize }
  /// How pictures become numbers.
  var preprocessing: PicturePreprocessing { encoder.preprocessing(size: side, framing: framing) }
  /// The grid of places.
  var grid: PictureGrid { encoder.grid(size: side) }
  /// Features of a readout.
  var readoutSize: Int { readout ?? embedding }
  /// Dropout of what the decoder looks at.
  var placeDropout: Dropout { Dropout(rate: dropoutPlaces) }
  /// The dropout of the decoder.
  var decoderDropout: DecoderDropout {
    DecoderDropout(input: dropouts.inputDropout, between: dropouts.betweenDropout, output: dropouts.outputDropout)
  }

  /// The memory of a training step over captions of at most `longest` tokens.
  func memory(wordCount: Int, batch: Int, longest: Int) -> MemoryEstimate {
    let positions = Double(batch) * Double(longest)
    let (grid, words) = (grid, Double(wordCount))
    let memorySize = grid.features + (self.positions ? PictureGrid.positionCount : 0)
    let looks = attention != .none
    let tables = words * Double(embedding) + words * (tied ? 1 : Double(readoutSize) + 1)
    let places = Double(batch * grid.high * grid.wide)
    let looking = looks ? Double((recurrent.hidden + memorySize + 1) * (attentionSize ?? recurrent.hidden)) : 0
    let gate = looks && gated ? Double(recurrent.hidden + 1) : 0
    let encoderCounts = trainsEncoder ? encoder.memory(size: side, batch: batch) : MemoryEstimate(parameterCount: 0, activationCount: 0)
    return .stack(recurrent, inputSize: embedding + (looks ? memorySize : 0), positions: positions)
      + .linear(memorySize, looks ? recurrent.hidden : embedding, count: looks ? recurrent.layers * recurrent.cell.stateCount : 1)
      + .linear(recurrent.hidden + (looks ? memorySize : 0) + embedding, readoutSize)
      + MemoryEstimate(
        parameterCount: tables + looking + gate,
        activationCount: positions * words + places * Double(memorySize + (looks ? attentionSize ?? recurrent.hidden : 0)))
      + encoderCounts
  }
}
