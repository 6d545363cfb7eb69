import Foundation
import RecurrentData
import RecurrentLayers
import RecurrentTensors

extension Translation {
  /// Reads a sentence of the source, or a line of a file (`FILE`, or `FILE:7` for the seventh), with the encoder, whose cells are recorded. A step is a
  /// token in the order in which it is read, the end of the sentence among them; with `model.reverseSource` the last comes first.
  public static func watch(_ input: WatchedInput, limit: Int, by trained: TrainedTranslator) throws -> WatchedRun {
    let sentence = try sentence(of: input)
    let tokens: [Int32]
    do {
      tokens = try trained.codecs.tokens(ofSource: sentence, reversed: trained.settings.model.reverseSource).tokens
    } catch {
      throw WatchError("INPUT: \(error)")
    }
    let read = Array(tokens.prefix(limit))
    return WatchedRun(
      steps: read.map(trained.codecs.source.label), stepName: trained.settings.data.tokens.singular, inputStepCount: tokens.count,
      cells: trained.model.network.recordEncoder(reading: IndexTensor(shape: [read.count, 1], scalars: read)).cells)
  }

  private static func sentence(of input: WatchedInput) throws -> String {
    let (line, name): (String, String)
    switch input {
    case .text(let text): (line, name) = (text.split(whereSeparator: \.isNewline).joined(separator: " "), "INPUT")
    case .file:
      let (file, number) = try input.fileAndNumber(of: "line")
      var lines = try WatchedInput.file(file.path).text().split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      if lines.last?.isEmpty == true { lines.removeLast() }
      (line, name) = (String(try WatchedInput.element(number, of: lines, in: file, called: "line")), "\(file.relativePath): line \(number)")
    }
    if line.allSatisfy(\.isWhitespace) { throw WatchError("\(name) is empty: give a sentence, or a file with --file") }
    return line
  }
}
