import RecurrentData
public import RecurrentTraining

extension SpeechRecognition: CrossValidatedTask {
  public static func foldCount(_ settings: RunSettings<Self>) -> Int? { settings.data.folds }

  public static func checkFolds(_ settings: RunSettings<Self>, from source: DataSource) throws -> [String] {
    var data = settings.data
    for fold in 1...(data.folds ?? 1) {
      data.fold = fold
      let parts = try Parts<RecordingSet>(source, data)
      _ = try (parts.part(.train), parts.part(.validation), parts.part(.test))
    }
    return []
  }

  public static func validateFold(
    _ settings: RunSettings<Self>, from source: DataSource, interruption: Interruption?
  ) throws -> FoldReport? {
    let run = try prepare(settings, from: source)
    let stopwatch = Stopwatch()
    let result = try run.trainer(interruption: interruption).run(from: run.model)
    if result.reason == .interrupted { return nil }
    let seconds = stopwatch.seconds
    let trained = try run.trained(result)
    let parts = try Parts<RecordingSet>(source, settings.data)
    let score = try evaluate(trained, on: EvaluationRequest(source: source, part: .part(.test)))
    let count = score.references.count
    func share(_ recognized: SpeechScore.Recognized) -> Double { Double(recognized.exactCount) / Double(max(1, count)) }
    let speakers = Set(try parts.part(.test).recordings.map(\.speaker))
    return FoldReport(
      fold: settings.data.fold, name: speakers.count == 1 ? speakers.first ?? nil : nil,
      trainingCount: try parts.part(.train).count + (parts.sets[.validation]?.count ?? 0), testCount: count,
      figures: [
        .init(ShownFigure("exact", label: "right", style: .percent), share(score.beam)),
        .init(ShownFigure("wer", label: "WER", style: .percent), score.beam.words.rate),
        .init(ShownFigure("cer", label: "CER", style: .percent), score.beam.characters.rate),
        .init(ShownFigure("loss", style: .exact), score.loss, unit: "nats a \(settings.data.tokens.singular)"),
      ],
      baselines: score.nearest.map { [FoldReport.Baseline(name: "nearest", accuracy: share($0))] } ?? [], seconds: seconds)
  }
}
