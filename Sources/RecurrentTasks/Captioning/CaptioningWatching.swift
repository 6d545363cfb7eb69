import Foundation
import RecurrentLayers
import RecurrentPictures
import RecurrentTensors

extension Captioning {
  /// Lets the model caption a picture, the likeliest word each time, and records the decoder's cells as they do. A step is a word that is written.
  public static func watch(_ input: WatchedInput, limit: Int, by trained: TrainedCaptioner) throws -> WatchedRun {
    let picture = try Picture(contentsOf: URL(fileURLWithPath: input.path))
    let search = SentenceSearch(beam: 1)
    let inputs = trained.reader.inputs(of: [picture])
    let found = search.captions(of: [(trained.model, inputs)], trained.reader)[0][0]
    let words = WrittenCaption(found, trained).words + (found.isComplete ? ["(end)"] : [])
    let read = ([trained.reader.begin] + found.tokens).prefix(words.count).prefix(limit)
    return WatchedRun(
      steps: Array(words.prefix(read.count)), stepName: "word", inputStepCount: words.count,
      cells: trained.model.recordDecoder(of: inputs, reading: IndexTensor(shape: [read.count, 1], scalars: Array(read))))
  }
}
