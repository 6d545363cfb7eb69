import RecurrentData
public import RecurrentTraining

extension SeriesLabelling: CrossValidatedTask {
  public static func foldCount(_ settings: RunSettings<Self>) -> Int? { settings.data.folds }

  public static func checkFolds(_ settings: RunSettings<Self>, from source: DataSource) throws -> [String] {
    var data = settings.data
    // A directory is refused when its parts are read.
    let whole = try source.isDirectory ? nil : SeriesReader(data: data, isTagging: isTagging).read(source.url())
    var notes: [String] = []
    for fold in 1...(data.folds ?? 1) {
      data.fold = fold
      do {
        let corpus = try Parts<SequenceSet>(source, data, isTagging: isTagging, whole: whole)
        if corpus.sets[.test] == nil {
          throw DataError(corpus.path, "it would have no series to test on, as it held out the only one of a label; deal fewer folds (data.folds)")
        }
        _ = try ClassTable(of: corpus.part(.train))
        notes += corpus.notes.filter { !notes.contains($0) && whole?.notes.contains($0) != true }
      } catch let error as DataError {
        throw DataError(error.path, line: error.line, character: error.character, "fold \(fold): \(error.problem)")
      }
    }
    return notes
  }

  public static func validateFold(
    _ settings: RunSettings<Self>, from source: DataSource, interruption: Interruption?
  ) throws -> FoldReport? {
    let run = try prepare(settings, from: source)
    let corpus = try Parts<SequenceSet>(source, settings.data, isTagging: isTagging)
    let stopwatch = Stopwatch()
    let result = try run.trainer(interruption: interruption).run(from: run.model)
    if result.reason == .interrupted { return nil }
    let seconds = stopwatch.seconds

    let (series, codec) = (try corpus.part(.train), run.artifacts.series)
    let heldOut = try corpus.part(.test)
    let test = try codec.encode(heldOut, isTagging: isTagging)
    let measured = result.model.evaluate(test, classCount: codec.classes.count)
    // What needs no validation part learns from the whole of what is not tested on.
    var learnt = series
    learnt.sequences += corpus.sets[.validation]?.sequences ?? []
    let baselines = try SeriesBaselines(training: learnt, codec: codec, isTagging: isTagging)
    return FoldReport(
      fold: settings.data.fold, name: nil, trainingCount: learnt.sequences.count, testCount: test.targetCount,
      figures: [
        .init(ShownFigure("accuracy", style: .percent), measured.confusion.accuracy),
        .init(ShownFigure("macroF1", label: "macro F1", style: .percent), measured.confusion.macroF1),
        .init(ShownFigure("loss", style: .exact), measured.loss, unit: "nats a label"),
      ],
      baselines: try baselines.measured(on: heldOut).figures, seconds: seconds)
  }
}
