public import RecurrentData
import RecurrentLayers
import RecurrentTensors
import RecurrentTraining

/// What the file of a model of pictures and words holds beside its tensors.
public struct CaptionArtifacts: Codable, Sendable {
  /// The words.
  public let vocabulary: Vocabulary
  /// What tells a frozen encoder from others; nil: the encoder is a part of the model.
  public let encoder: String?
  /// What is done to features; nil: they are taken as the encoder gives them.
  public internal(set) var standardization: FeatureStandardization?

  /// Those of captions to learn from.
  init(_ captions: CaptionSet, _ data: CaptionData, _ pictures: PictureSettings) {
    vocabulary = Vocabulary(
      ofSentences: captions.pictures.flatMap { $0.captions.map { data.text($0.text) } }, tokenizer: data.tokenizer,
      minimumCount: data.minimumCount, mergeCount: data.merges ?? Vocabulary.usualMergeCount)
    encoder = pictures.trainsEncoder ? nil : EmbeddedFiles.squeezeNetDigest
  }

  /// What reads pictures and captions for a model.
  ///
  /// - Parameter featureCount: The number of features that are standardized.
  /// - Throws: ``ArtifactError`` where these are not of the settings, or of an encoder that this package does not have.
  func reader(_ data: CaptionData, _ pictures: PictureSettings, featureCount: Int) throws -> CaptionReader {
    if let encoder, encoder != EmbeddedFiles.squeezeNetDigest {
      throw ArtifactError("was trained on what another encoder sees (\(encoder)); this version has \(EmbeddedFiles.squeezeNetDigest)")
    }
    if (encoder == nil) != pictures.trainsEncoder {
      throw ArtifactError("says of its encoder both that it is frozen and that it learns")
    }
    if let standardization, !standardization.fits(featureCount: featureCount) {
      throw ArtifactError("has a standardization that is none of \(featureCount) features")
    }
    return try ArtifactError.reading("vocabulary") { try CaptionReader(data, pictures, vocabulary) }
  }
}

/// Pictures with captions, ready to be learned from: everything that stands before a model of them.
struct CaptionedPictures {
  /// What is left in the model's file of them.
  let artifacts: CaptionArtifacts
  /// What turns them into tensors.
  let reader: CaptionReader
  /// To learn from.
  let training: (captions: EncodedCaptions, pictures: PictureInputs)
  /// To choose by.
  let validation: (captions: EncodedCaptions, pictures: PictureInputs)
  /// What was done to the data, a line each.
  let notes: [String]

  /// Reads captions and looks at pictures.
  ///
  /// The words are those of all training captions, also where only some are learned from (`data.about`, `data.where`): models of different
  /// educations know the same words.
  ///
  /// - Parameter describe: What the model makes of the places of a known encoder before these features are standardized.
  init(
    _ data: CaptionData, _ settings: PictureSettings, from source: DataSource, _ preparation: Preparation,
    describing describe: (Tensor<Float>) -> Tensor<Float>
  ) throws {
    let store = try PictureSource(source, data)
    let corpus = try Parts<CaptionSet>(source, data, pictures: store)
    let all = try corpus.part(.train)
    var artifacts = CaptionArtifacts(all, data, settings)
    let reader = try CaptionReader(data, settings, artifacts.vocabulary)
    self.reader = reader
    let encoder = artifacts.encoder
    func inputs(_ set: inout CaptionSet) throws -> PictureInputs {
      try PictureInputs(of: &set, in: store, reader, broken: data.broken, grid: settings.grid, encoder: encoder ?? "", preparation)
    }
    var (trainingSet, validationSet) = (try data.chosen(all), try data.chosen(try corpus.part(.validation)))
    let trainingPictures = try inputs(&trainingSet)
    let validationPictures = try inputs(&validationSet)
    if let encoder = settings.knownEncoder {
      artifacts.standardization = FeatureStandardization(of: trainingPictures, seenBy: settings.trainsEncoder ? encoder : nil, describing: describe)
    }
    self.artifacts = artifacts
    let examples = try EncodedCaptions(trainingSet, reader, maximumLength: data.maximumLength)
    let validation = try EncodedCaptions(validationSet, reader)
    training = (examples, trainingPictures)
    self.validation = (validation, validationPictures)
    notes =
      [
        "\(Figures.counted(trainingSet.count, "picture")) with \(Figures.counted(examples.count, "caption")) to learn from,"
          + " \(Figures.grouped(validationSet.count)) for validation; \(Figures.counted(artifacts.vocabulary.count, "token"))"
      ] + examples.notes + validation.notes + corpus.overlaps
  }
}

extension PictureSettings {
  /// Says of an encoder that comes with weights and learns as fast as the rest that it will forget them.
  func notes(_ training: TrainingConfiguration) -> [String] {
    let isRuled = training.parameters?.entries.contains { $0.pattern.hasPrefix("encoder") } ?? false
    guard fineTune, encoder == .squeezenet, !isRuled else { return [] }
    return [
      "the encoder learns as fast as what begins at random, and may forget what it knows; training.parameters={\"encoder.*\": {rate: 0.01}} is usual"
    ]
  }
}
