import RecurrentData
import RecurrentSound
import RecurrentTensors

/// Recordings as a model hears them, with the symbols of their texts.
struct SpokenExamples: Sendable {
  /// What each is called.
  let names: [String]
  /// What is said.
  let texts: [String]
  /// The seconds of each.
  let durations: [Double]
  /// The symbols of each text.
  private(set) var symbols: [[Int32]] = []
  /// The frames of each, `[frames, features]`.
  private(set) var frames: [Tensor<Float>] = []
  /// Tokens that the vocabulary lacks, and all tokens.
  private(set) var unknownCount = 0
  private(set) var tokenCount = 0
  /// Recordings with fewer steps than it takes to say their texts.
  private(set) var unfittingCount = 0
  /// What must not go unsaid, a line each.
  private(set) var notes: [String]

  private let stacking: FrameStacking

  var count: Int { symbols.count }
  /// The steps of each.
  var lengths: [Int] { frames.map { stacking.stepCount(ofFrames: $0.shape[0]) } }

  /// Hears recordings.
  ///
  /// - Throws: `DataError` for a text that cannot be written in the vocabulary.
  init(_ recordings: Recordings, _ reader: SpeechReader, _ preparation: Preparation = Preparation()) throws(DataError) {
    (names, texts, notes, stacking) = (recordings.names, recordings.texts, recordings.notes, reader.stacking)
    durations = recordings.waveforms.map(\.duration)
    for index in 0..<recordings.count {
      preparation.progress("hearing recordings", index, recordings.count)
      let encoded = try reader.symbols(ofText: index, in: recordings)
      symbols.append(encoded.symbols)
      unknownCount += encoded.unknownCount
      tokenCount += encoded.symbols.count
      frames.append(reader.features.tensor(of: recordings.waveforms[index]))
      if Self.leastSteps(of: encoded.symbols) > stacking.stepCount(ofFrames: frames[index].shape[0]) { unfittingCount += 1 }
    }
    preparation.progress("hearing recordings", recordings.count, recordings.count)
    if unfittingCount > 0 {
      notes.append(
        "\(recordings.path): \(Figures.grouped(unfittingCount)) of \(Figures.counted(count, "recording")) \(unfittingCount == 1 ? "has" : "have") fewer steps than"
          + " it takes to say the text, and count for nothing in the loss; a smaller model.stride or data.hop makes more steps")
    }
  }

  /// The fewest steps in which a text can be said: a blank parts neighbours that are alike.
  private static func leastSteps(of text: [Int32]) -> Int { text.count + zip(text, text.dropFirst()).count { $0 == $1 } }

  /// The recordings of a batch, side by side.
  func batch(_ indices: [Int]) -> SpeechBatch {
    SpeechBatch(indices.map { frames[$0] }, texts: indices.map { symbols[$0] }, stacking)
  }
}

extension SpeechReader {
  /// The symbols of a recording's text.
  func symbols(ofText index: Int, in recordings: Recordings) throws(DataError) -> (symbols: [Int32], unknownCount: Int) {
    do throws(VocabularyError) {
      return try symbols(of: recordings.texts[index])
    } catch {
      throw DataError(recordings.path, "\(recordings.names[index]): \(error)")
    }
  }
}
