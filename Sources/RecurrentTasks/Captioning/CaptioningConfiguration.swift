import RecurrentLayers
import RecurrentTensors
public import RecurrentTraining

/// The `model` of a captioner's recipe.
public struct CaptionerConfiguration: PictureConfiguration, RecurrentConfiguration, DropoutConfiguration {
  /// How the decoder looks at the places of a picture.
  public enum AttentionChoice: String, Codable, Sendable, CaseIterable {
    case none
    case soft
    case hard
  }

  /// What the decoder's cells read beside a word.
  public enum Feeding: String, Codable, Sendable, CaseIterable {
    /// What was looked at.
    case context
    /// The readout before.
    case readout
  }

  @Inlined public var pictures = PictureSettings()
  @Setting("Whether each place of the grid tells where it is. For attention only.") public var positions = true
  @Inlined(["cell": "The recurrent cell of the decoder.", "hidden": "Units of each layer of the decoder."])
  public var recurrent = RecurrentSettings { ($0.cell, $0.hidden) = (.lstm, 512) }
  @Setting(1...65_536, "Numbers a word is represented by.") public var embedding = 256
  @Setting(
    "How the decoder looks at the picture: soft, at a mixture of places; hard, at one (Xu et al. 2015); or none: it reads the picture once, before the"
      + " first word (Vinyals et al. 2015).")
  public var attention = AttentionChoice.soft
  @Setting(1...65_536, "Units of the hidden layer of attention. Absent: as many as hidden.") public var attentionSize: Int?
  @Setting(
    "When the decoder looks: context, before it reads the last word, and its cells read what it saw (Xu et al. 2015); readout, after it has read it, and they"
      + " read the readout before (Luong et al. 2015): then it can look for what it has begun to name.")
  public var feeding = Feeding.context
  @Setting("Whether the state says how much of what was looked at is let in (Xu et al. 2015).") public var gated = true
  @Setting(
    0...100, "How much it costs that the weights of a place do not add up to 1 over a caption (Xu et al. 2015, equation 14). For attention only.")
  public var doublyStochastic = 1.0
  @Setting(0...100, "Of hard attention: how strongly a drawn place becomes likelier where the rest of its caption was likelier than usual.")
  public var reinforcement = 1.0
  @Setting(
    1...64, "Of hard attention: how often places are drawn for a caption. A draw is compared with the others of its caption; a single one, with what is usual for a word"
      + " (a moving average, as Xu et al. 2015 have it).")
  public var draws = 2
  @Setting(
    0...1, "Of hard attention: over this share of the run, places begin to be drawn: at first all captions see the mixture of places, after it half of them.")
  public var softStart = 0.4
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
    try pictures.validate()
  }

  /// The share of captions that see the mixture of places with hard attention, at a part of the run from 0 to 1.
  func mixtureRate(at progress: Double) -> Double {
    let least = AttentionFocus.mixtureRate
    return softStart == 0 ? least : 1 - (1 - least) * min(1, progress / softStart)
  }

  /// What is made of places before their features are standardized.
  func description(of places: Tensor<Float>) -> Tensor<Float> {
    attention == .none ? PictureRegions(wholeOf: pictures.grid).description(of: places) : places
  }
  /// The features of it.
  var describedCount: Int { attention == .none ? PictureRegions(wholeOf: pictures.grid).featureCount : pictures.grid.features }
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
    let positions = Double(batch) * Double(longest) * Double(attention == .hard ? draws : 1)
    let (grid, words) = (pictures.grid, Double(wordCount))
    let looks = attention != .none
    let memorySize = describedCount + (looks && self.positions ? PictureGrid.positionCount : 0)
    let tables = words * Double(embedding) + words * (tied ? 1 : Double(readoutSize) + 1)
    let places = Double(batch * grid.high * grid.wide)
    let looking = looks ? Double((recurrent.hidden + memorySize + 1) * (attentionSize ?? recurrent.hidden)) : 0
    let gate = looks && gated ? Double(recurrent.hidden + 1) : 0
    let fed = looks ? feeding == .context ? memorySize : readoutSize : 0
    return .stack(recurrent, inputSize: embedding + fed, positions: positions)
      + .linear(memorySize, looks ? recurrent.hidden : embedding, count: looks ? recurrent.layers * recurrent.cell.stateCount : 1)
      + .linear(recurrent.hidden + (looks ? memorySize : 0) + embedding, readoutSize)
      + MemoryEstimate(
        parameterCount: tables + looking + gate,
        activationCount: positions * words + places * Double(memorySize + (looks ? attentionSize ?? recurrent.hidden : 0)))
      + pictures.memory(batch: batch)
  }
}
