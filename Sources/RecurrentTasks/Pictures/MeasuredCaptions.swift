import RecurrentData
import RecurrentTraining

/// The captions that an evaluation is about, and those of training, as a model reads them.
struct MeasuredCaptions {
  /// The data that are measured.
  let part: MeasuredPart
  /// How many of them the model was trained on.
  let overlap: TrainingOverlap?
  /// Where the pictures are.
  let source: PictureSource
  /// What is measured.
  let captions: EncodedCaptions
  let pictures: PictureInputs
  /// What the model learned from, for baselines; nil: there is no training part, or it is what is measured.
  let training: (captions: EncodedCaptions, pictures: PictureInputs)?

  /// - Throws: What is wrong with the data, or ``EvaluationError``.
  init<Task: RecipeTask>(
    _ request: EvaluationRequest, of trained: Trained<Task>, _ data: CaptionData, _ settings: PictureSettings, _ artifacts: CaptionArtifacts
  ) throws where Task.Reader == CaptionReader {
    let (source, reader) = (try PictureSource(request.source, data), trained.reader)
    self.source = source
    var training: CaptionSet?
    let measured = try request.examples(
      for: trained, whole: { try CaptionSet(contentsOf: request.source.url(), data) },
      parts: {
        let parts = try Parts<CaptionSet>(request.source, data, pictures: source)
        training = try parts.sets[.train].map { try data.chosen($0) }
        return parts
      })
    (part, overlap) = (measured.part, measured.overlap)
    func inputs(_ set: inout CaptionSet) throws -> PictureInputs {
      try PictureInputs(
        of: &set, in: source, reader, broken: data.broken, grid: settings.grid, encoder: artifacts.encoder ?? "", request.preparation)
    }
    var set = try data.chosen(measured.examples)
    pictures = try inputs(&set)
    captions = try EncodedCaptions(set, reader)
    if captions.unknownCount == captions.tokenCount, captions.tokenCount > 0 {
      throw EvaluationError(
        UnknownNames(of: set.pictures.flatMap { $0.captions.map { data.text($0.text) } }, reader.codec, kind: data.tokens)
          .refusal(path: set.path, subject: "these captions", known: reader.codec.vocabulary.symbols))
    }
    self.training = try training.flatMap { known in
      if measured.part == .part(.train) { return nil }
      var known = known
      let pictures = try inputs(&known)
      return (try EncodedCaptions(known, reader), pictures)
    }
  }
}
