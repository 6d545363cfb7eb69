import Foundation
import RecurrentData
import RecurrentLayers
import RecurrentTensors

extension SeriesRegression {
  /// Reads one series of a file (`FILE`, or `FILE:7` for the seventh); a step is a row of measurements, or where an answer is given without
  /// one, the number of the answer.
  public static func watch(_ input: WatchedInput, limit: Int, by trained: TrainedSeriesRegression) throws -> WatchedRun {
    let (model, codec) = (trained.model, trained.codec)
    let (file, number) = try input.fileAndNumber(of: "series")
    let pairs = try SequencePairSet(jsonLines: file, needsTargets: false)
    let series = try WatchedInput.element(number, of: pairs.inputs.sequences, in: file, called: "series")
    let target = pairs.targets.sequences[number - 1]
    let asked = target.missingCount < target.values.count ? target.stepCount : codec.answerCount ?? 1
    let count = codec.arrangement.outputCount(inputCount: series.stepCount) ?? asked
    let batch = try codec.encode(pairs.inputs.selecting([number - 1]), answerCounts: [count]).batch([0])
    let stepCount = codec.arrangement.stepCount(inputCount: series.stepCount, outputCount: count)
    let read = model.padded(batch.inputs, lengths: batch.lengths, to: stepCount).sliced(0..<min(limit, stepCount))
    let names = (1...read.shape[0]).map { $0 <= series.stepCount ? "\($0)" : "answer \($0 - codec.arrangement.firstOutput(inputCount: series.stepCount))" }
    return WatchedRun(steps: names, stepName: "step", inputStepCount: stepCount, cells: model.encoder.record(read).cells)
  }
}
