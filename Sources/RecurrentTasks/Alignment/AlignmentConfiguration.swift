import RecurrentLayers
public import RecurrentTraining

/// The `model` of a recipe that matches pictures and sentences.
public struct AlignmentConfiguration: PictureConfiguration, RecurrentConfiguration, DropoutConfiguration {
  /// Which wrong pairs a right one is compared with.
  public enum Negatives: String, Codable, Sendable, CaseIterable {
    /// Each of the batch.
    case all
    /// The one that is taken for right most easily (Faghri et al. 2018, "VSE++").
    case hardest
    /// Each by how much it is taken for right: the right one is to be likely among all (Oord et al. 2018, "Representation learning with contrastive predictive coding").
    case softmax
  }

  @Inlined public var pictures = PictureSettings()
  @Setting("Whether each place of the grid is a region too, beside boxes of several places and the whole picture.") public var cells = false
  @Inlined(["cell": "The recurrent cell that reads the words, in both directions.", "hidden": "Its units, in each direction."])
  public var recurrent = RecurrentSettings { ($0.cell, $0.hidden) = (.gru, 256) }
  @Setting(1...65_536, "Numbers a word is represented by where it is read.") public var embedding = 256
  @Setting(1...65_536, "Numbers of a region and of a word where they meet.") public var jointSize = 512
  @Setting("Whether regions have length 1 where they meet words, so that the angle decides.") public var normalized = true
  @Setting(0...1000, "How much better the right pair has to be than a wrong one. Not for softmax.") public var margin = 1.0
  @Setting("Which wrong pairs of a batch a right one is compared with: all; the hardest alone (Faghri et al. 2018); or softmax: all, by"
      + " how much they are taken for right, without a margin (Oord et al. 2018).")
  public var negatives = Negatives.all
  @Inlined(["dropout": "Part dropped of embedded words, between layers, and of what the network makes of them."])
  public var dropouts = DropoutSettings()
  @Setting(0...0.99, after: "dropoutBetween", "Part dropped of the features of regions.") public var dropoutPlaces = 0.0

  public init() {}

  public func validate() throws { try pictures.validate() }

  /// Dropout of the features of regions.
  var placeDropout: Dropout { Dropout(rate: dropoutPlaces) }
  /// The regions of a picture.
  var regions: PictureRegions { PictureRegions(pictures.grid, cells: cells) }

  /// The memory of a training step over sentences of at most `longest` words.
  func memory(wordCount: Int, batch: Int, longest: Int) -> MemoryEstimate {
    let words = Double(batch) * Double(longest)
    let (grid, count) = (pictures.grid, Double(batch * regions.count))
    return MemoryEstimate(parameterCount: Double(wordCount) * Double(embedding), activationCount: words * Double(embedding))
      + .stack(recurrent, inputSize: embedding, directions: 2, positions: words)
      + .linear(2 * recurrent.hidden, jointSize, positions: words) + .linear(regions.featureCount, jointSize, positions: count)
      + MemoryEstimate(parameterCount: 0, activationCount: Double(batch * grid.count) * Double(grid.features) + count * Double(regions.featureCount) + words * Double(regions.count))
      + pictures.memory(batch: batch)
  }
}
