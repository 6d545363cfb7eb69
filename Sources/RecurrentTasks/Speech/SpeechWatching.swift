import Foundation
import RecurrentData
import RecurrentLayers
import RecurrentSound
import RecurrentTensors

extension SpeechRecognition {
  /// The seconds of a recording that are read at most, whatever the limit: a page with more of them is too large to be looked at.
  static let watchedSeconds = 180.0

  /// Hears a recording from its beginning; a step is named by when it begins. What is beyond the limit is not heard at all, so that a model which reads both
  /// ways knows nothing of it, and picture, sound and words are of the same.
  ///
  /// - Throws: `DataError`: what is wrong with the file.
  public static func watch(_ input: WatchedInput, limit: Int, by trained: TrainedSpeechRecognizer) throws -> WatchedRun {
    let (model, reader) = (trained.model, trained.reader)
    let (features, stacking) = (reader.features, reader.stacking)
    let (file, rate) = (URL(fileURLWithPath: input.path), Double(features.sampleRate))
    let source = try SampleSource(contentsOf: file)
    var waveform = try Waveform(contentsOf: file, sampleRate: features.sampleRate, to: watchedSeconds)
    // Some files do not say how long they are, and some say what nobody believes.
    let duration = source.duration.map { min($0, 1e9) } ?? waveform.duration
    let allSteps = stacking.stepCount(ofFrames: features.frameCount(ofSamples: Int((duration * rate).rounded())))
    // So many samples have as many frames as that many steps read.
    let limit = min(limit, Int(watchedSeconds / reader.secondsOfStep))
    let sampleCount = Int((features.seconds(ofFrame: limit * stacking.stride - 1) * rate).rounded())
    waveform.samples = Array(waveform.samples.prefix(max(1, sampleCount)))
    if waveform.samples.isEmpty { throw DataError(input.path, "has no sound in it") }

    let (inputs, lengths) = stacking.batch([features.tensor(of: waveform)])
    let recording = model.encoder.record(model.frontOutputs(inputs))
    let rows = SymbolRows(model.output(model.inTime(recording.outputs)).logSoftmax(), lengths)[0]
    let page = SpeechPage(
      waveform: waveform, duration: rows.count < allSteps ? duration : nil, rows: rows, words: trained.transcribe(waveform), reader: reader)
    let decimals = reader.secondsOfStep < 0.01 ? 3 : 2
    return WatchedRun(
      // With a look-ahead the cells read some steps more than there are symbols for.
      steps: (0..<inputs.shape[0]).map { String(format: "%.\(decimals)f s", Double($0) * reader.secondsOfStep) }, stepName: "step",
      inputStepCount: max(rows.count, allSteps) + stacking.lookahead, cells: recording.cells, blocks: page.blocks)
  }
}
